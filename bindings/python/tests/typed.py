"""Code that a type checker must accept or refuse. mypy reads this file; nobody runs it.

Each line to refuse has an ignore, and mypy reports an ignore that is not needed.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from talkdesk_auth import Assertion, AssertionOptions, Client, ClientOptions, InvalidOptionError, OauthError, Token


def accepted(options: ClientOptions) -> Token:
    with Client(**options) as kept:
        kept.close()
    client = Client(account="acme", region="us", private_key_file=Path("key"), ca_file=None, allow_http=False, timeout=1.5)
    claims: AssertionOptions = {
        "claims": {"text": "x", "number": 1, "none": None, "list": ["a", 1], "map": {"a": [True]}},
        "assertion_lifetime": timedelta(minutes=5),
    }
    with client.assertion(**claims) as assertion:
        jwt: str = assertion.jwt
        expires: int = assertion.exp
        header: dict[str, Any] = assertion.header
        print(jwt, expires, header)
    algorithm: str | None = client.get("algorithm")
    print(algorithm)
    try:
        client.exchange(grant_type="client_credentials", scope=["a", "b"])
        return client.exchange(grant_type="client_credentials", params={"expires": 1.5}, timeout=timedelta(seconds=5))
    except InvalidOptionError as error:
        option: str | None = error.option
        print(option, error.code, error.name, error.message, error.retryable)
        raise
    except OauthError as error:
        status: int | None = error.http_status
        print(status, error.error, error.error_description, error.retry_after)
        raise


async def accepted_too(client: Client) -> int | None:
    with await client.exchange_async(grant_type="client_credentials") as token:
        return token.seconds_left


def refused(client: Client, assertion: Assertion, token: Token) -> None:
    Client(nonsense="x")  # type: ignore[call-arg]
    Client(allow_http="true")  # type: ignore[arg-type]
    client.assertion(code="x")  # type: ignore[call-arg]
    Client(region="mars")  # type: ignore[arg-type]
    Client(algorithm="HS256")  # type: ignore[arg-type]
    client.exchange(scope="a")  # type: ignore[call-arg]
    client.exchange(grant_type="x", params={"name": ["x"]})  # type: ignore[dict-item]
    client.exchange(grant_type="x", params={b"name": "x"})  # type: ignore[dict-item]
    token.scope.upper()  # type: ignore[union-attr]
    assertion.jwt = "x"  # type: ignore[misc]
