"""Grants become tokens, and failures become errors."""

import json
import pickle
import time

import pytest
from conftest import GRANT

import talkdesk_auth
from talkdesk_auth import _failure


def test_a_code_then_its_refresh_token(endpoint, client):
    redirect_uri = endpoint.ready["redirect_uri"]
    with client.exchange(grant_type="authorization_code", code=endpoint.code(), redirect_uri=redirect_uri) as token:
        assert token.access_token
        refreshed = client.exchange(grant_type="refresh_token", refresh_token=token.refresh_token)
        assert refreshed.access_token != token.access_token


def test_the_attributes_of_a_token(client):
    with client.exchange(**GRANT, scope="account:read openid") as token:
        members = json.loads(token.json)
        assert token.access_token == members["access_token"]
        assert token.token_type == "Bearer"
        assert token.scope == token.get("scope") == "account:read openid"
        assert token.get("expires_in") == "600"
        assert token.get("nothing") is None
        assert 0 < token.seconds_left <= 600
        assert time.time() < token.expires_at <= time.time() + 601


def test_a_member_that_the_server_left_out_is_none(endpoint):
    with endpoint.client("omit=expires_in,omit=scope").exchange(**GRANT) as token:
        assert (token.expires_at, token.seconds_left) == (None, None)
        assert (token.scope, token.refresh_token, token.id_token) == (None, None, None)


@pytest.mark.parametrize("text", ["", "ü", "日本語 🙂", "a&b=c%d+e", "x" * 100_000, "é" * 50_000])
def test_every_string_survives(endpoint, text):
    with endpoint.client("echo=1") as client:
        token = client.exchange(**GRANT, scope=text.strip() or None, params={"field": text, "näme": "x"}, claims={"note": text})
        request = json.loads(token.get("request"))
        # A field without a value counts as omitted (RFC 6749 §3.2).
        assert request["form"].get("field", "") == text
        assert request["form"]["näme"] == "x"
        assert request["form"].get("scope", "") == text
        assert request["assertion"]["claims"]["note"] == text
        assert token.scope == text or not text


def failing(endpoint, name):
    """A call that fails with the error of this name."""
    ready = endpoint.ready
    return {
        "invalid_option": lambda: endpoint.client(region="mars"),
        "invalid_key": lambda: endpoint.client(private_key_file=ready["ca_file"]),
        "connection_failed": lambda: endpoint.client(token_endpoint="http://127.0.0.1:1/token").exchange(**GRANT),
        "tls_failed": lambda: endpoint.client(
            token_endpoint=ready["expired_https"] + "/oauth/token", ca_file=ready["ca_file"]
        ).exchange(**GRANT),
        "deadline_exceeded": lambda: endpoint.client(token_endpoint=f"https://{ready['silent']}/token", timeout=0.2).exchange(
            **GRANT
        ),
        "outcome_unknown": lambda: endpoint.client("delay_ms=5000").exchange(**GRANT, timeout=0.2),
        "oauth_error": lambda: endpoint.client("error=invalid_scope,error_description=none%20of%20it").exchange(**GRANT),
        "invalid_response": lambda: endpoint.client("html=1").exchange(**GRANT),
    }[name]


@pytest.mark.parametrize(
    ("name", "retryable", "fields"),
    [
        ("invalid_option", False, {"option": "region"}),
        ("invalid_key", False, {"option": "private_key_file"}),
        ("connection_failed", True, {}),
        ("tls_failed", False, {}),
        ("deadline_exceeded", True, {}),
        ("outcome_unknown", True, {}),
        (
            "oauth_error",
            False,
            {"error": "invalid_scope", "error_description": "none of it", "http_status": 400, "error_uri": None},
        ),
        ("invalid_response", True, {"http_status": 502, "retry_after": None}),
    ],
)
def test_each_error_has_its_class_and_fields(endpoint, name, retryable, fields):
    with pytest.raises(talkdesk_auth.TalkdeskAuthError) as raised:
        failing(endpoint, name)()
    error = raised.value
    assert error.name == name
    assert type(error) is _failure.ERRORS[error.code]
    assert error.message == str(error) != ""
    assert error.retryable is retryable
    assert {field: getattr(error, field) for field in fields} == fields


def test_retry_after_is_a_number_of_seconds(endpoint):
    with pytest.raises(talkdesk_auth.OauthError) as raised:
        endpoint.client("status=429,retry_after=7").exchange(**GRANT)
    assert (raised.value.http_status, raised.value.retry_after, raised.value.retryable) == (429, 7, True)


def test_a_wrong_key_is_an_oauth_error(endpoint):
    with pytest.raises(talkdesk_auth.OauthError) as raised:
        endpoint.client(private_key_file=endpoint.ready["wrong_private_key_file"]).exchange(**GRANT)
    assert raised.value.error == "invalid_client"


def test_each_error_name_has_a_class():
    for code, kind in _failure.ERRORS.items():
        assert issubclass(kind, talkdesk_auth.TalkdeskAuthError)
        assert kind.code == code
        assert getattr(talkdesk_auth, kind.__name__) is kind
        assert kind.__name__.lower() in {kind.name.replace("_", ""), kind.name.replace("_", "") + "error"}


def test_an_unknown_code_gives_the_base_class(client, monkeypatch):
    monkeypatch.setattr(_failure, "ERRORS", {})
    with pytest.raises(talkdesk_auth.TalkdeskAuthError) as raised:
        client.exchange(grant_typ="x")
    error = raised.value
    assert type(error) is talkdesk_auth.TalkdeskAuthError
    assert (error.http_status, error.retry_after) == (None, None)
    assert (error.code, error.name, error.retryable, error.option) == (2, "invalid_option", False, "grant_typ")


def test_an_error_survives_pickling(endpoint):
    with pytest.raises(talkdesk_auth.OauthError) as raised:
        failing(endpoint, "oauth_error")()
    copy = pickle.loads(pickle.dumps(raised.value))
    assert type(copy) is talkdesk_auth.OauthError
    assert (copy.args, vars(copy)) == (raised.value.args, vars(raised.value))


def test_a_call_ends_by_its_deadline(endpoint):
    start = time.monotonic()
    with pytest.raises(talkdesk_auth.OutcomeUnknownError):
        endpoint.client("delay_ms=60000").exchange(**GRANT, timeout=0.3)
    assert time.monotonic() - start < 20
