"""Closed and dropped objects free their memory. The tokens are padded, because 8,000 plain ones would fit into the limit."""

import pytest
from conftest import run_program


@pytest.mark.parametrize("way", ["closed", "dropped"])
def test_memory_does_not_grow(endpoint, way):
    program = f"""
import gc
close = {way == "closed"}

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

def end(value):
    if close:
        value.close()

def use(client):
    for _ in range(1000):
        end(talkdesk_auth.Client(**options))
        with_claims = client.assertion(claims={{"note": "x"}})
        with_claims.jwt, with_claims.claims
        end(with_claims)
        try:
            client.assertion(audience="")
        except talkdesk_auth.InvalidOptionError as error:
            error.option

def exchange(client):
    for _ in range(1000):
        token = client.exchange(grant_type="client_credentials")
        token.access_token, token.json
        end(token)

client = talkdesk_auth.Client(**options)
for batches, work in ((100, use), (10, exchange)):
    for batch in range(batches):
        if batch == batches // 5:
            before = resident()
        work(client)
        gc.collect()
    grown = resident() - before
    assert grown < 8 << 20, (work.__name__, grown)
"""
    ended = run_program(program, endpoint.options(fault="huge=2048"))
    assert (ended.returncode, ended.stderr) == (0, "")
