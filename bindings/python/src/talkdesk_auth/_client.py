"""The registered client."""

from __future__ import annotations

from ._assertion import Assertion
from ._call import exchange
from ._failure import create
from ._handle import Closable

# generated: imports
from ._library import assertion_new, client_get, client_new

# end of generated
from ._options import encoded_name, marshal
from ._token import Token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Unpack

    # generated: keywords
    from ._keywords import AssertionOptions, ClientOptions, ExchangeParameters
    # end of generated


class Client(Closable):
    """A registered client. Make one and keep it: it holds the parsed key, open connections and the trust store.

    `help(talkdesk_auth.ClientOptions)` lists the keyword arguments. The constructor checks everything, above all the key. It
    sends nothing. Any number of threads may use one client at once, and so may both sides of a fork. Raises
    `InvalidOptionError` and `InvalidKeyError`.
    """

    __slots__ = ()

    def __init__(self, **options: Unpack[ClientOptions]) -> None:
        super().__init__(create(client_new, marshal(options)))

    # generated: getters
    def get(self, name: str) -> str | None:
        """The value of a client option: given, resolved or by default; None where the option is secret, unset or unknown.

        `algorithm`, `audience`, `client_id`, `key_id` and `token_endpoint` always have a value. A later version may reload a
        changed key, and a value may change then; a string that was answered stays as it is.
        """
        text = client_get(self._open(), encoded_name(name))
        return None if text is None else text.decode()

    # end of generated

    # generated: assertion
    def assertion(self, **options: Unpack[AssertionOptions]) -> Assertion:
        """Signs a fresh assertion, for a program that sends the token request itself.

        `Client.exchange` needs none.

        `help(talkdesk_auth.AssertionOptions)` lists the keyword arguments. Raises `InvalidOptionError` and `InternalError`.
        """
        # end of generated
        return Assertion(create(assertion_new, marshal(options), self._open()))

    # generated: exchange
    def exchange(self, **parameters: Unpack[ExchangeParameters]) -> Token:
        """Exchanges a grant for a token, authenticated by a fresh assertion (RFC 7523 §2.2).

        After `OutcomeUnknownError` a code or refresh token may be spent. The call blocks this thread, and no other, until the
        answer is there or the deadline has come. In the main thread, signal handlers run meanwhile, and under gevent other
        greenlets run everywhere. An exception that ends the wait cancels the call, for example `KeyboardInterrupt`. It has
        `OutcomeUnknownError` as its `__cause__` if the request was sent.

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
