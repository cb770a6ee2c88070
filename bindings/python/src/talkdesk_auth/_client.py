"""The registered client."""

from __future__ import annotations

from ._assertion import Assertion
from ._call import exchange
from ._failure import create
from ._handle import Closable

# generated: imports
from ._library import assertion_new, client_clock_offset, client_get, client_new

# end of generated
from ._options import encoded_name, marshal
from ._token import Token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Unpack

    # generated: keywords
    from ._keywords import AssertionOptions, ClientOptions, ExchangeParameters
    # end of generated


# generated: Client
class Client(Closable):
    """A registered client, with its parsed private key and its token endpoint.

    Make one client and keep it, because it holds connections and the trust store. Any number of threads may use it at once. It
    works on both sides of a fork.
    """

    __slots__ = ()

    # end of generated

    # generated: __init__
    def __init__(self, **options: Unpack[ClientOptions]) -> None:
        """Makes a client.

        It checks all options, above all the key. It sends nothing and makes no connection. It reads HTTPS_PROXY, ALL_PROXY,
        NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR from the environment; later calls do not read them. In a set-user-ID program, or
        in one with file capabilities, it ignores them.

        `help(talkdesk_auth.ClientOptions)` lists the keyword arguments. Raises `InvalidOptionError`, `InvalidKeyError` and
        `InternalError`.
        """
        # end of generated
        super().__init__(create(client_new, marshal(options)))

    # generated: getters
    def get(self, name: str) -> str | None:
        """The given, resolved or default value of a client option; None if the option is secret, unset or unknown.

        `algorithm`, `audience`, `client_id`, `key_id` and `token_endpoint` always have a value. A value may change if a later
        version of the library reloads a changed key.
        """
        text = client_get(self._open(), encoded_name(name))
        return None if text is None else text.decode()

    @property
    def clock_offset(self) -> int:
        """The seconds by which the token endpoint's clock is ahead of this machine's, negative if behind, or 0.

        The library learns them if the server refuses an assertion because of the clock, and accepts one that was signed by its
        own clock (see `clock_correction`). It then signs by that clock. All clients of the endpoint in this process share the
        value.
        """
        return client_clock_offset(self._open())

    # end of generated

    # generated: assertion
    def assertion(self, **options: Unpack[AssertionOptions]) -> Assertion:
        """Signs a fresh assertion, for a program that sends the token request itself.

        The program puts two fields into its form (RFC 7523 §2.2): `client_assertion_type`, which is
        `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, and `client_assertion`, which is the JWT. `Client.exchange`
        makes its own assertion.

        `help(talkdesk_auth.AssertionOptions)` lists the keyword arguments. Raises `InvalidOptionError` and `InternalError`.
        """
        # end of generated
        return Assertion(create(assertion_new, marshal(options), self._open()))

    # generated: exchange
    def exchange(self, **parameters: Unpack[ExchangeParameters]) -> Token:
        """Exchanges a grant for a token, and authenticates the client with a fresh assertion (RFC 7523 §2.2).

        After `OutcomeUnknownError`, a code or a refresh token may be spent. The call blocks only this thread, until the answer
        arrives or the deadline passes. In the main thread, signal handlers run meanwhile. Under gevent, other greenlets run in
        any thread. An exception that ends the wait, for example `KeyboardInterrupt`, cancels the call. Its `__cause__` is an
        `OutcomeUnknownError` if the request was sent.

        `help(talkdesk_auth.ExchangeParameters)` lists the keyword arguments. Raises `InvalidOptionError`,
        `ConnectionFailedError`, `TlsFailedError`, `DeadlineExceededError`, `OutcomeUnknownError`, `OauthError`,
        `InvalidResponseError` and `InternalError`.
        """
        # end of generated
        return Token(create(exchange, marshal(parameters), self._open()))

    async def exchange_async(self, **parameters: Unpack[ExchangeParameters]) -> Token:
        """`exchange` for asyncio, with or without uvloop, for trio and for AnyIO. Other tasks run while it waits.

        It needs no thread of the program, so any number of calls can wait at once. If you cancel the task, you cancel the call.
        The exception that ends the wait then has `OutcomeUnknownError` as its `__cause__` if the request was sent.
        """
        from ._queue import exchange  # a program that awaits nothing needs none of it

        return Token(await exchange(marshal(parameters), self._open()))

    def _summary(self) -> str:
        return " ".join(f"{name}={self.get(name)!r}" for name in ("client_id", "key_id", "token_endpoint"))
