"""Assertions, verified by PyJWT, and how arguments reach the library."""

import base64
import json
import re
import time
from collections import UserDict
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from conftest import GRANT

import talkdesk_auth

ALGORITHMS = ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512", "EdDSA"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_independent_library_verifies_every_algorithm(endpoint, algorithm):
    public_key = Path(endpoint.ready["clients"][algorithm]["public_key_pem_file"]).read_text()
    with endpoint.client(algorithm=algorithm) as client, client.assertion() as assertion:
        claims = jwt.decode(assertion.jwt, public_key, algorithms=[algorithm], audience=endpoint.token_endpoint)
        assert claims == assertion.claims
        assert jwt.get_unverified_header(assertion.jwt) == assertion.header
        assert assertion.header["alg"] == algorithm == client.get("algorithm")


def test_an_altered_assertion_does_not_verify(endpoint, client):
    public_key = Path(endpoint.ready["clients"]["ES256"]["public_key_pem_file"]).read_text()
    head, body, signature = client.assertion().jwt.split(".")
    other = client.assertion().jwt.split(".")[1]
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(f"{head}.{other}.{signature}", public_key, algorithms=["ES256"], audience=endpoint.token_endpoint)
    assert other != body


def test_the_attributes_match_the_claims(client):
    with client.assertion() as assertion:
        claims = assertion.claims
        assert (assertion.jti, assertion.aud, assertion.iat, assertion.exp) == tuple(
            claims[n] for n in ("jti", "aud", "iat", "exp")
        )
        assert isinstance(assertion.jwt, str)
        assert assertion.iat <= time.time() < assertion.exp
        assert assertion.jti != client.assertion().jti


@pytest.mark.parametrize("text", ["", "ü", "日本語 🙂", 'quote " and \\', "line\nbreak", "x" * 100_000, "é" * 100_000])
def test_every_string_survives(client, text):
    with client.assertion(claims={"note": text, "näme": "x"}) as assertion:
        assert assertion.claims["note"] == text
        assert assertion.claims["näme"] == "x"
        assert jwt.decode(assertion.jwt, options={"verify_signature": False})["note"] == text


@pytest.mark.parametrize("lifetime", [60, 60.0, timedelta(minutes=1), "60"])
def test_a_duration_may_be_a_number_a_timedelta_or_text(client, lifetime):
    with client.assertion(assertion_lifetime=lifetime) as assertion:
        assert 50 < assertion.exp - time.time() <= 61


@pytest.mark.parametrize(
    ("given", "text"),
    [(2, "2"), (0.25, "0.25"), (30.0, "30"), (0.0011234, "0.0011234"), (timedelta(milliseconds=1500), "1.5"), ("7.50", "7.50")],
)
def test_a_number_becomes_decimal_text(endpoint, given, text):
    with endpoint.client(timeout=given) as client:
        assert client.get("timeout") == text


class Celsius(float):
    def __repr__(self):
        return f"{float(self)} °C"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (1e21, "1" + 21 * "0"),
        (123456789012345680000.0, "123456789012345680000"),
        (-2.5e30, "-25" + 29 * "0"),
        (1e-7, "0.0000001"),
        (1.25e-20, "0.0000000000000000000125"),
        (0.1, "0.1"),
        (100.0, "100"),
        (-0.0, "0"),
        (Celsius(1e-7), "0.0000001"),
        (10**25, "1" + 25 * "0"),
    ],
)
def test_a_number_is_written_with_all_digits_and_no_exponent(endpoint, given, text):
    with endpoint.client("echo=1") as client:
        request = json.loads(client.exchange(**GRANT, params={"n": given}).get("request"))
        assert request["form"]["n"] == text


@pytest.mark.parametrize(("given", "length"), [(1e21, 22), (1e-7, 9)])
def test_a_time_is_written_with_all_digits(endpoint, client, given, length):
    # The library's message shows a short value itself, and only the length of a longer one.
    for call in (lambda: endpoint.client(timeout=given), lambda: client.exchange(**GRANT, timeout=given)):
        with pytest.raises(talkdesk_auth.InvalidOptionError, match=f"^timeout: a value of {length} bytes is not"):
            call()


def test_a_very_long_number_reaches_the_library(client):
    _, claims, _ = client.assertion(claims={"n": -(10**5000)}).jwt.split(".")
    assert ('"n":-1' + 5000 * "0" + "}").encode() in base64.urlsafe_b64decode(claims + "==")
    with pytest.raises(talkdesk_auth.InvalidOptionError, match=r"^timeout: a value of 5001 bytes is not"):
        client.exchange(**GRANT, timeout=10**5000)


def test_a_boolean_becomes_text_and_none_means_not_given(endpoint):
    with endpoint.client(allow_http=True, timeout=None, audience=None) as client:
        assert client.get("allow_http") == "true"
        assert client.get("audience") == endpoint.token_endpoint
    with endpoint.client(allow_http=False) as client:
        assert client.get("allow_http") == "false"
    with client_with_claims(endpoint, {"kept": "x", "left_out": None}) as assertion:
        assert "left_out" not in assertion.claims
        assert assertion.claims["kept"] == "x"


def client_with_claims(endpoint, claims):
    return endpoint.client().assertion(claims=claims)


def test_a_key_may_be_text_bytes_or_a_path(endpoint):
    file = Path(endpoint.ready["clients"]["ES256"]["private_key_file"])
    for key in ({"private_key_file": file}, {"private_key_file": str(file)}):
        assert endpoint.client(**key).assertion().jwt
    for key in (file.read_text(), file.read_bytes()):
        assert endpoint.client(private_key_file=None, private_key=key).assertion().jwt


@pytest.mark.parametrize("value", [["x"], {"x": "y"}, 1j, object(), bytearray(b"x")])
def test_a_value_of_the_wrong_type_is_refused_with_the_options_name(client, value):
    kind = type(value).__name__
    given = {"audience": {"audience": value}}
    if not isinstance(value, (list, dict)):
        given["claim.NAME"] = {"claims": {"note": value}}
    for option, options in given.items():
        with pytest.raises(talkdesk_auth.InvalidOptionError) as raised:
            client.assertion(**options)
        assert str(raised.value) == f"{option}: a value of the class {kind}; give text, a number, true or false"
        assert (raised.value.option, raised.value.code) == (option, 2)


class Members(UserDict):
    """A mapping that is no dict."""


@pytest.mark.parametrize(
    "value",
    [7, -(2**70), 0.25, 1e-7, 1e21, True, False, [], [1, "zwei", None, [True]], {}, {"größe": {"deep": [0.5]}, "a\n": None}],
)
def test_a_claim_that_is_no_text_stays_what_it_is(client, value):
    claims = client.assertion(claims={"n": value, "text": "7"}).claims
    assert (claims["n"], type(claims["n"])) == (value, type(value))
    assert claims["text"] == "7"


def test_tuples_and_other_mappings_become_json(client):
    claims = client.assertion(claims={"t": (1, (2,)), "m": Members(a=Members(b=[3]))}).claims
    assert (claims["t"], claims["m"]) == ([1, [2]], {"a": {"b": [3]}})


def cycle():
    value = []
    value.append(value)
    return value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [object()], {"a": [b"bytes"]}, {(1, 2): "x"}, cycle()])
def test_a_value_that_json_cannot_say_is_refused_without_being_shown(client, value):
    with pytest.raises(talkdesk_auth.InvalidOptionError, match=r"^claim\.NAME: a value that JSON can't say; give ") as raised:
        client.assertion(claims={"secret": value})
    assert raised.value.option == "claim.NAME"
    assert raised.value.__context__ is None


def test_a_claim_that_the_library_sets_is_refused_as_a_number_too(client):
    with pytest.raises(talkdesk_auth.InvalidOptionError, match="sets"):
        client.assertion(claims={"exp": 5})
    assert client.assertion(claims={"nbf": 5}).claims["nbf"] == 5


@pytest.mark.parametrize("words", [["a:read", "b:write"], ("a:read", "b:write")])
def test_a_scope_may_be_a_list(endpoint, words):
    with endpoint.client("echo=1") as client:
        request = json.loads(client.exchange(**GRANT, scope=words).get("request"))
    assert request["form"]["scope"] == "a:read b:write"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a", ""], "element 2 is empty or has a blank in it; give one word in each"),
        (["a b"], "element 1 is empty or has a blank in it; give one word in each"),
        (["a", 5], "element 2 is of the class int; give text"),
        ([], "empty; give a value or leave the option out"),
    ],
)
def test_an_element_of_a_scope_that_is_no_word_is_named(client, words, says):
    with pytest.raises(talkdesk_auth.InvalidOptionError) as raised:
        client.exchange(**GRANT, scope=words)
    assert (str(raised.value), raised.value.option) == (f"scope: {says}", "scope")


def test_claims_must_be_a_mapping(client):
    with pytest.raises(talkdesk_auth.InvalidOptionError) as raised:
        client.assertion(claims="name=value")
    assert str(raised.value) == "claims: a value of the class str; give a mapping of names to text"
    assert raised.value.option == "claims"


@pytest.mark.parametrize("member", [b"tenant", 5, None, ("a",)])
@pytest.mark.parametrize("keyword", ["claims", "params"])
def test_the_names_of_members_must_be_text(client, keyword, member):
    with pytest.raises(talkdesk_auth.InvalidOptionError) as raised:
        client.exchange(**GRANT, **{keyword: {member: "acme"}})
    assert str(raised.value) == f"{keyword}: a name of the class {type(member).__name__}; give text"
    assert raised.value.option == keyword


def test_the_library_refuses_an_unknown_keyword(client):
    with pytest.raises(talkdesk_auth.InvalidOptionError, match="did you mean audience") as raised:
        client.assertion(audiense="x")
    assert raised.value.option == "audiense"


def test_every_typed_keyword_is_documented():
    for options in (talkdesk_auth.ClientOptions, talkdesk_auth.AssertionOptions, talkdesk_auth.ExchangeParameters):
        for name in options.__annotations__:
            assert re.search(rf"^ *{name}: ", options.__doc__, re.MULTILINE)
    assert {"claims", "params"} <= set(talkdesk_auth.ExchangeParameters.__annotations__)
