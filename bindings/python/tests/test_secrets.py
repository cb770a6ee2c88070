"""Secrets stay where they are, and a NUL cuts nothing."""

import copy
import pickle
import traceback
from pathlib import Path

import pytest
from conftest import GRANT

import talkdesk_auth


def test_repr_shows_no_secret(endpoint):
    key = Path(endpoint.ready["clients"]["ES256"]["private_key_file"]).read_text().strip()
    with endpoint.client(private_key=key, private_key_file=None) as client:
        assertion, token = client.assertion(), client.exchange(**GRANT)
        shown = f"{client!r} {assertion!r} {token!r} {client} {assertion} {token}"
        assert "client-es256" in shown
        for secret in (key, assertion.jwt, token.access_token):
            assert secret not in shown
        for secret in ("private_key", "proxy"):
            assert client.get(secret) is None
    assert "closed" in repr(client)


def test_no_error_shows_a_secret(endpoint):
    with pytest.raises(talkdesk_auth.InvalidKeyError) as raised:
        endpoint.client(private_key="c2VjcmV0IHNlY3JldA==", private_key_file=None)
    with pytest.raises(talkdesk_auth.InvalidOptionError) as also:
        endpoint.client(private_key="c2VjcmV0\0IHNlY3JldA==", private_key_file=None)
    with pytest.raises(talkdesk_auth.OauthError) as leak:
        endpoint.client("leak=1").exchange(grant_type="authorization_code", code="c2VjcmV0-the-code")
    for error in (raised.value, also.value, leak.value):
        text = "".join(traceback.format_exception(type(error), error, None)) + repr(vars(error))
        assert "c2VjcmV0" not in text


def test_nothing_is_copied_or_pickled(client):
    for value in (client, client.assertion(), client.exchange(**GRANT)):
        for refused in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="can't be copied or pickled"):
                refused(value)


def test_no_attribute_can_be_set(client):
    for value in (client, client.assertion(), client.exchange(**GRANT)):
        with pytest.raises(AttributeError):
            value.jwt = "x"


@pytest.mark.parametrize("at", ["x\0", "\0", "x\0y"])
def test_a_nul_is_refused_by_the_options_name(endpoint, client, at):
    calls = {
        "client_id": lambda: endpoint.client(client_id=at),
        "private_key": lambda: endpoint.client(private_key=at.encode(), private_key_file=None),
        "private_key_file": lambda: endpoint.client(private_key_file=Path(at)),
        "audience": lambda: client.assertion(audience=at),
        "claim.note": lambda: client.assertion(claims={"note": at}),
        "scope": lambda: client.exchange(**GRANT, scope=at),
        "param.field": lambda: client.exchange(**GRANT, params={"field": at}),
    }
    for option, call in calls.items():
        with pytest.raises(talkdesk_auth.InvalidOptionError, match=f"^{option}: a NUL at byte") as raised:
            call()
        assert raised.value.option == option
        assert (raised.value.code, raised.value.name, raised.value.retryable) == (2, "invalid_option", False)


def test_a_nul_in_a_name_is_refused(client):
    calls = [
        lambda: client.assertion(claims={"a\0b": "x"}),
        lambda: client.exchange(**GRANT, params={"a\0b": "x"}),
        lambda: client.assertion(**{"audience\0": "x"}),
        lambda: client.get("client_id\0"),
        lambda: client.exchange(**GRANT).get("scope\0"),
    ]
    for call in calls:
        with pytest.raises(talkdesk_auth.InvalidOptionError, match="holds a NUL"):
            call()


def test_what_is_no_unicode_is_the_librarys_error(client):
    for text in ("\udcff", "\ud800", b"\xff"):
        with pytest.raises(talkdesk_auth.InvalidOptionError, match="not UTF-8"):
            client.assertion(claims={"note": text})
