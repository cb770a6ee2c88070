"""Each object is closed once, freed once, and never freed during a call."""

import asyncio
import ctypes
import gc

import pytest
from conftest import GRANT, in_thread, run_program

import talkdesk_auth
from talkdesk_auth import _assertion, _call, _client, _queue, _token

#: The attributes of each class that call the library.
READ = {
    "assertion": ["jwt", "jti", "aud", "iat", "exp", "header", "claims"],
    "token": ["access_token", "token_type", "expires_at", "seconds_left", "scope", "refresh_token", "id_token", "json"],
}


def test_closing_twice_does_nothing(endpoint, freed):
    client = endpoint.client()
    for value in (client.assertion(), client.exchange(**GRANT), client):
        handle = value._handle.value
        assert not value.closed
        with value as same:
            assert same is value
        value.close()
        assert value.closed
        assert freed.count(handle) == 1


def test_use_after_close_never_enters_the_library(endpoint, monkeypatch):
    client = endpoint.client()
    assertion, token = client.assertion(), client.exchange(**GRANT)
    for value in (client, assertion, token):
        value.close()

    def entered(*_):
        raise AssertionError("it entered the library")

    for module in (_client, _assertion, _token, _call, _queue):
        for name in [name for name in dir(module) if name.startswith(("client_", "assertion_", "token_", "call_"))]:
            monkeypatch.setattr(module, name, entered)
    uses = {
        "client": [
            lambda: client.assertion(),
            lambda: client.exchange(**GRANT),
            lambda: asyncio.run(client.exchange_async(**GRANT)),
            lambda: client.get("client_id"),
            lambda: client.__enter__(),
        ],
        "assertion": [lambda name=name: getattr(assertion, name) for name in READ["assertion"]],
        "token": [lambda: token.get("scope"), *(lambda name=name: getattr(token, name) for name in READ["token"])],
    }
    for name, calls in uses.items():
        for call in calls:
            with pytest.raises(ValueError, match=f"^the {name} is closed$"):
                call()


def test_closing_during_a_call_lets_it_finish_and_frees_afterwards(stalled, freed):
    client = stalled.client()
    handle = client._handle.value
    calls = [in_thread(lambda: client.exchange(**GRANT)) for _ in range(3)]
    connections = [stalled.wait() for _ in calls]
    client.close()
    gc.collect()
    assert client.closed
    assert handle not in freed
    with pytest.raises(ValueError, match="closed"):
        client.exchange(**GRANT)
    for connection in connections:
        assert handle not in freed
        stalled.answer(connection)
    assert [call.outcome().access_token for call in calls] == ["late"] * 3
    assert freed.count(handle) == 1


def test_a_collection_does_not_free_a_temporary_during_its_call(stalled, freed):
    client = stalled.client()
    handle = client._handle.value
    clients = [client]
    del client
    call = in_thread(lambda: clients.pop().exchange(**GRANT))
    connection = stalled.wait()
    for _ in range(3):
        gc.collect()
    assert clients == []
    assert handle not in freed
    stalled.answer(connection)
    assert call.outcome().access_token == "late"
    assert freed.count(handle) == 1


@pytest.mark.parametrize("made", [talkdesk_auth.Assertion, talkdesk_auth.Token])
@pytest.mark.parametrize("handle", ["x", b"x", 5, None, object(), ctypes.c_void_p(5), ctypes.c_void_p])
def test_the_library_never_gets_anything_but_a_handle(made, handle):
    with pytest.raises(TypeError, match=f"^a {made.__name__} comes from a client"):
        made(handle)


def test_dropping_frees_at_once(endpoint, freed):
    client = endpoint.client()
    values = [client.assertion(), client.exchange(**GRANT), client]
    handles = [value._handle.value for value in values]
    del client
    while values:
        del values[0]
    assert [handle for handle in freed if handle in handles] == handles


def test_assertions_and_tokens_outlive_their_client(endpoint):
    client = endpoint.client()
    assertion, token = client.assertion(), client.exchange(**GRANT)
    client.close()
    assert assertion.jwt
    assert token.access_token


def test_an_error_keeps_no_client_alive(endpoint, freed):
    client = endpoint.client("error=invalid_scope")
    handle = client._handle.value
    kept = []
    for call in (lambda: client.exchange(**GRANT), lambda: client.assertion(audience="")):
        try:
            call()
        except talkdesk_auth.TalkdeskAuthError as error:
            kept.append(error)
    assert len(kept) == 2
    client.close()
    assert freed.count(handle) == 1


def test_exceptions_at_any_moment_lose_next_to_nothing(endpoint):
    """Signals arrive during many short calls. Each object that is lost keeps 20 kB for ever.

    Python itself loses a few: those that it is dropping when the signal arrives.
    """
    ended = run_program(
        """
import signal

class Stop(Exception):
    pass

def stop(*_):
    raise Stop

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

signal.signal(signal.SIGALRM, stop)
client = talkdesk_auth.Client(**options)
hits = 0
for round in range(1500):
    if round == 300:
        before = resident()
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.0003)
        for _ in range(1000):
            client.assertion(claims={"padding": "x" * 20_000}).close()
    except Stop:
        hits += 1
assert hits > 1200, hits
grown = resident() - before
assert grown < 4 << 20, grown
""",
        endpoint.options(),
        # Python reports an exception that arrives while it drops an object on stderr, and goes on.
        stderr=None,
        capture_output=False,
    )
    assert ended.returncode == 0


def test_2000_used_clients_fit_into_256_descriptors(endpoint):
    """And each of them keeps working."""
    program = """
import os, resource
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))

def used():
    client = talkdesk_auth.Client(**options)
    client.exchange(grant_type="client_credentials").close()
    return client

clients = [used()]
before = len(os.listdir("/proc/self/fd"))
clients += [used() for _ in range(1999)]
print(len(os.listdir("/proc/self/fd")) - before)
print(len({client.exchange(grant_type="client_credentials").access_token for client in clients[::100]}))
"""
    over_tls = {"token_endpoint": endpoint.ready["token_endpoint_https"], "ca_file": endpoint.ready["ca_file"]}
    ended = run_program(program, {**endpoint.options(), **over_tls})
    more, tokens = map(int, ended.stdout.split())
    assert ended.stderr == ""
    assert more < 20  # the library may renew its connection meanwhile
    assert tokens == 20


def test_the_program_can_end_while_daemon_threads_are_in_a_call(stalled):
    ended = run_program(
        """
import threading, time
client = talkdesk_auth.Client(**options)
call = {"grant_type": "client_credentials", "timeout": 600}
threads = [threading.Thread(target=client.exchange, kwargs=call, daemon=True) for _ in range(4)]
for thread in threads:
    thread.start()
sys.stdin.readline()
""",
        stalled.options,
        input="\n",
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
