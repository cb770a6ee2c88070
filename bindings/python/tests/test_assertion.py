"""What is signed, as PyJWT sees it, and how arguments reach the library."""

import re
import time
from datetime import timedelta
from pathlib import Path

import jwt
import pytest

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


def test_the_parts_are_those_of_the_claims(client):
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


def test_a_boolean_becomes_text_and_none_is_not_given(endpoint):
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


def test_what_is_no_text_is_a_type_error_that_names_the_option(client):
    with pytest.raises(TypeError, match=r"^audience: .* not list$"):
        client.assertion(audience=["x"])
    with pytest.raises(TypeError, match=r"^claims: .* not str$"):
        client.assertion(claims="name=value")


def test_an_unknown_keyword_is_the_librarys_error(client):
    with pytest.raises(talkdesk_auth.InvalidOptionError, match="did you mean audience") as raised:
        client.assertion(audiense="x")
    assert raised.value.option == "audiense"


def test_the_documented_keywords_are_the_typed_ones():
    for options in (talkdesk_auth.ClientOptions, talkdesk_auth.AssertionOptions, talkdesk_auth.ExchangeParameters):
        for name in options.__annotations__:
            assert re.search(rf"^ *{name}: ", options.__doc__, re.MULTILINE)
    assert {"claims", "params"} <= set(talkdesk_auth.ExchangeParameters.__annotations__)
