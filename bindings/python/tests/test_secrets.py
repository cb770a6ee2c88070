"""Secrets are never shown, and a NUL never shortens a value."""

import asyncio
import copy
import pickle
import re
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
        expected = (
            r"<talkdesk_auth.Client: client_id='client-es256' key_id='\S+' token_endpoint='http\S+'> "
            r"<talkdesk_auth.Assertion: aud='http\S+' exp=\d+> <talkdesk_auth.Token: seconds_left=\d+>"
        )
        assert re.match(expected, shown)
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


SECRET = "c2VjcmV0"
CODE = {"grant_type": "authorization_code", "code": SECRET}


def closed(endpoint):
    client = endpoint.client()
    client.close()
    return client


def refusing(endpoint):
    return endpoint.client("error=invalid_scope")


def keyed(endpoint, key=SECRET, **options):
    return endpoint.client(private_key=key, private_key_file=None, **options)


#: Calls that fail in the library, while the arguments are converted, and before that.
FAILING = {
    "no key": keyed,
    "unknown": lambda endpoint: keyed(endpoint, nonsense="x"),
    "a NUL": lambda endpoint: keyed(endpoint, SECRET + "\0"),
    "a NUL elsewhere": lambda endpoint: keyed(endpoint, audience="\0"),
    "a NUL in a name": lambda endpoint: keyed(endpoint, **{"audience\0": "x"}),
    "a list": lambda endpoint: keyed(endpoint, [SECRET]),
    "no mapping": lambda endpoint: closed(endpoint).assertion(claims=[SECRET]),
    "a list in a mapping": lambda endpoint: closed(endpoint).exchange(**CODE, params={"field": [SECRET]}),
    "closed": lambda endpoint: closed(endpoint).exchange(**CODE),
    "closed, async": lambda endpoint: asyncio.run(closed(endpoint).exchange_async(**CODE)),
    "refused": lambda endpoint: refusing(endpoint).exchange(**CODE, params={"field": SECRET}),
    "refused, async": lambda endpoint: asyncio.run(refusing(endpoint).exchange_async(**CODE, params={"field": SECRET})),
}


@pytest.mark.parametrize("call", FAILING)
def test_no_local_variable_of_the_package_shows_a_secret(endpoint, call):
    """Some programs log an error with all variables of its traceback."""
    with pytest.raises((talkdesk_auth.TalkdeskAuthError, ValueError)) as raised:
        FAILING[call](endpoint)
    told = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    own = [frame for frame in told.stack if Path(frame.filename).parent == Path(talkdesk_auth.__file__).parent]
    assert own
    assert SECRET not in str([frame.locals for frame in own])
    assert told.__context__ is None
    # If `repr` of a client without a handle raised an error, this text would be missing.
    assert str(raised.value) in "".join(told.format())


def test_the_callers_own_mappings_stay_as_they_are(endpoint):
    options, claims = endpoint.options(), {"note": "x"}
    with talkdesk_auth.Client(**options) as client:
        client.assertion(claims=claims)
    assert options == endpoint.options()
    assert claims == {"note": "x"}


def test_repr_never_raises(endpoint):
    class Closing(talkdesk_auth.Client):
        """Closes itself at the worst moment, as another thread could."""

        def get(self, name):
            self.close()
            return super().get(name)

    assert repr(Closing(**endpoint.options())) == "<talkdesk_auth.Closing: closed>"
    for kind in (talkdesk_auth.Client, talkdesk_auth.Assertion, talkdesk_auth.Token):
        unfinished = kind.__new__(kind)
        assert repr(unfinished) == f"<talkdesk_auth.{kind.__name__}: closed>"
        assert unfinished.closed
        with pytest.raises(ValueError, match="is closed"):
            unfinished.__enter__()


def test_nothing_is_copied_or_pickled(client):
    for value in (client, client.assertion(), client.exchange(**GRANT), client._handle):
        for refused in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="can't be copied or pickled"):
                refused(value)


def test_no_attribute_can_be_set(client):
    for value in (client, client.assertion(), client.exchange(**GRANT)):
        with pytest.raises(AttributeError):
            value.jwt = "x"


@pytest.mark.parametrize("at", ["x\0", "\0", "x\0y"])
def test_a_nul_is_refused_with_the_options_name(endpoint, client, at):
    calls = {
        "client_id": lambda: endpoint.client(client_id=at),
        "private_key": lambda: endpoint.client(private_key=at.encode(), private_key_file=None),
        "private_key_file": lambda: endpoint.client(private_key_file=Path(at)),
        "audience": lambda: client.assertion(audience=at),
        "claim.NAME": lambda: client.assertion(claims={"note": at}),
        "scope": lambda: client.exchange(**GRANT, scope=at),
        "param.NAME": lambda: client.exchange(**GRANT, params={"field": at}),
    }
    for option, call in calls.items():
        with pytest.raises(talkdesk_auth.InvalidOptionError, match=f"^{option}: a NUL inside the value; remove it$") as raised:
            call()
        assert raised.value.option == option
        assert (raised.value.code, raised.value.name, raised.value.retryable) == (2, "invalid_option", False)


def test_a_nul_in_a_name_is_refused(client):
    calls = [
        ("claim.NAME", lambda: client.assertion(claims={"a\0b": "x"})),
        ("param.NAME", lambda: client.exchange(**GRANT, params={"a\0b": "x"})),
        (None, lambda: client.assertion(**{"audience\0": "x"})),
        (None, lambda: client.get("client_id\0")),
        (None, lambda: client.exchange(**GRANT).get("scope\0")),
    ]
    for option, call in calls:
        shown = option or "an option"
        with pytest.raises(talkdesk_auth.InvalidOptionError, match=f"^{shown}: a NUL inside the name; remove it$") as raised:
            call()
        assert raised.value.option == option


def test_the_library_refuses_invalid_unicode(client):
    for text in ("\udcff", "\ud800", b"\xff"):
        with pytest.raises(talkdesk_auth.InvalidOptionError, match="not UTF-8") as raised:
            client.assertion(claims={"note": text})
        assert raised.value.option == "claim.NAME"
