"""The keyword arguments of each call: rendered by `make generate`; do not edit."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Literal, Mapping, Optional, Sequence, TypedDict, Union

#: The value of a form field; None means not given.
Value = Union[str, bytes, float, timedelta, os.PathLike[str], None]
#: The value of a claim. A number, a boolean, a list or a mapping stays one; None means not given.
Claim = Union[Value, Sequence[object], Mapping[str, object]]
#: A choice of `region`.
Region = Literal[
    "us",
    "eu",
    "ca",
    "au",
]
#: A choice of `algorithm`.
Algorithm = Literal[
    "ES256",
    "ES384",
    "ES512",
    "PS256",
    "PS384",
    "PS512",
    "RS256",
    "RS384",
    "RS512",
    "EdDSA",
    "Ed25519",
]


class ClientOptions(TypedDict, total=False):
    """The keyword arguments of `Client`; None means not given.

    account: one label of a domain name
        The account's name, as in `https://ACCOUNT.talkdeskid.com`; together with `region`, it determines the token endpoint.
    region: `us`, `eu`, `ca`, `au`
        The account's region; required with `account`.
    token_endpoint: text on one line
        The URL of the token endpoint, instead of `account` and `region`; by default, it is also the audience, exactly as given.
    client_id: text on one line
        The client id (RFC 6749 §2.2); required unless the credentials contain it.
    key_id: text on one line
        The key id, which is sent as `kid`; required unless the credentials or the JWK contain it.
    algorithm: `ES256`, `ES384`, `ES512`, `PS256`, `PS384`, `PS512`, `RS256`, `RS384`, `RS512`, `EdDSA`, `Ed25519`
        The signature algorithm (RFC 7518 §3.1); by default, the algorithm that fits the key (PS256 for RSA).
    private_key: text; secret
        The private key in any common form: the vendor's bare base64, PEM or JWK.
    private_key_file: path of a file
        The path of a file that contains the private key, in a form of `private_key` or as DER.
    private_key_passphrase: any text, which may be empty; secret
        The passphrase of an encrypted private key.
    credentials: text; secret
        The JSON that the vendor provides: the OAuth client file or the app.installed event.
    credentials_file: path of a file
        The path of a file that contains the JSON of `credentials`.
    audience: text on one line
        The assertion's `aud`; by default the client's `audience`, or else the token endpoint exactly as given.
    assertion_type_header: text on one line; by default `JWT`
        The assertion's `typ` header; newer drafts require `client-authentication+jwt`.
    assertion_lifetime: whole seconds, 1 to 3600; by default `300`
        Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`.
    connect_timeout: seconds, 0.001 to 3600; by default `10`
        How many seconds making a connection may take (name resolution, TCP and TLS), each time it is tried; the client's `timeout` limits them. All addresses of a name share this time; after 0.3 s, the library also tries the addresses of the other family (IPv4 or IPv6).
    timeout: seconds, 0.001 to 3600; by default `30`
        How many seconds the whole exchange may take, including waiting.
    proxy: text on one line; secret
        The URL of an HTTP proxy, instead of HTTPS_PROXY and ALL_PROXY from the environment; it may contain a user and a password. The library never uses a proxy for loopback (localhost, 127.0.0.0/8, ::1).
    no_proxy: any text, which may be empty
        The hosts to reach without a proxy, separated by commas, instead of NO_PROXY from the environment. Each is a name (which includes all names below it), an address, or a range like 10.0.0.0/8; a name or an address may have a port (HOST:PORT); `*` turns proxies off.
    ca_file: path of a file
        The path of a PEM file with certificate authorities to trust in addition to the system's.
    user_agent: text on one line; by default `talkdesk_auth/VERSION`
        The request's User-Agent header.
    clock_correction: `true` or `false`; by default `true`
        Whether an assertion that the server refused is signed and sent once more by the server's clock, if this machine's clock is wrong.
    max_retries: whole number, 0 to 10; by default `2`
        How often a call may send its request again after a failure that spends no grant, while its `timeout` lasts. Before each time, it waits: half a second at most at first, then longer, and at least as long as the server asks for (Retry-After).
    allow_http: `true` or `false`; by default `false`
        Whether a token endpoint outside loopback may use plain HTTP; tokens then cross the network unencrypted.
    """

    account: Optional[str]
    region: Optional[Region]
    token_endpoint: Optional[str]
    client_id: Optional[str]
    key_id: Optional[str]
    algorithm: Optional[Algorithm]
    private_key: Optional[Union[str, bytes]]
    private_key_file: Optional[Union[str, os.PathLike[str]]]
    private_key_passphrase: Optional[str]
    credentials: Optional[Union[str, bytes]]
    credentials_file: Optional[Union[str, os.PathLike[str]]]
    audience: Optional[str]
    assertion_type_header: Optional[str]
    assertion_lifetime: Optional[Union[int, timedelta]]
    connect_timeout: Optional[Union[float, timedelta]]
    timeout: Optional[Union[float, timedelta]]
    proxy: Optional[str]
    no_proxy: Optional[str]
    ca_file: Optional[Union[str, os.PathLike[str]]]
    user_agent: Optional[str]
    clock_correction: Optional[bool]
    max_retries: Optional[int]
    allow_http: Optional[bool]


class AssertionOptions(TypedDict, total=False):
    """The keyword arguments of `Client.assertion`; None means not given.

    audience: text on one line
        The assertion's `aud`; by default the client's `audience`, or else the token endpoint exactly as given.
    assertion_lifetime: whole seconds, 1 to 3600; by default the client's value
        Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`.
    claims: a mapping of names to text, a number, true or false, a list or a map
        A further claim of the assertion; it can't replace a claim of RFC 7523 §3.
    """

    audience: Optional[str]
    assertion_lifetime: Optional[Union[int, timedelta]]
    claims: Optional[Mapping[str, Claim]]


class _RequiredExchangeParameters(TypedDict):
    grant_type: str


class ExchangeParameters(_RequiredExchangeParameters, total=False):
    """The keyword arguments of `Client.exchange` and `Client.exchange_async`; None means not given.

    audience: text on one line
        The assertion's `aud`; by default the client's `audience`, or else the token endpoint exactly as given.
    assertion_lifetime: whole seconds, 1 to 3600; by default the client's value
        Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`.
    timeout: seconds, 0.001 to 3600; by default the client's value
        How many seconds the whole exchange may take, including waiting.
    claims: a mapping of names to text, a number, true or false, a list or a map
        A further claim of the assertion; it can't replace a claim of RFC 7523 §3.
    grant_type: text on one line
        The grant type: `authorization_code`, `refresh_token`, `client_credentials`, or another one that the server knows; required.
    code: text on one line; secret
        The authorization code (RFC 6749 §4.1.3).
    redirect_uri: text on one line
        The redirect URI; it must be identical to the one in the authorization request.
    code_verifier: text on one line; secret
        The PKCE code verifier (RFC 7636 §4.1): 43 to 128 letters, digits or `-._~`.
    refresh_token: text on one line; secret
        The refresh token (RFC 6749 §6).
    scope: words on one line, separated by spaces, or a list of them
        The requested scopes, separated by spaces.
    params: a mapping of names to any text, which may be empty; secret
        A further field of the token request; it can't replace a field that the library sets.
    """

    audience: Optional[str]
    assertion_lifetime: Optional[Union[int, timedelta]]
    timeout: Optional[Union[float, timedelta]]
    claims: Optional[Mapping[str, Claim]]
    code: Optional[str]
    redirect_uri: Optional[str]
    code_verifier: Optional[str]
    refresh_token: Optional[str]
    scope: Optional[Union[str, Sequence[str]]]
    params: Optional[Mapping[str, Value]]
