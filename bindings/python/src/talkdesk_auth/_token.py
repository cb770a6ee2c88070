"""The token that the token endpoint issued."""

from __future__ import annotations

from ._handle import Closable

# generated: imports
from ._library import token_access_token, token_expires_at, token_get, token_json, token_seconds_left, token_type

# end of generated
from ._options import encoded_name


# generated: Token
class Token(Closable):
    """The answer of the token endpoint: an access token and everything that came with it.

    Everything in it is secret. `Client.exchange` makes it.
    """

    __slots__ = ()

    @property
    def access_token(self) -> str:
        """The access token (RFC 6749 §1.4); it is never empty."""
        return token_access_token(self._open()).decode()

    @property
    def token_type(self) -> str:
        """The token's type (RFC 6749 §7.1) as the server wrote it, or `Bearer` if the answer has none.

        Ignore case when you compare it.
        """
        return token_type(self._open()).decode()

    @property
    def expires_at(self) -> int | None:
        """The time at which the access token expires, in Unix seconds; None if the server did not say.

        It is computed from the wall clock at the exchange.
        """
        seconds = token_expires_at(self._open())
        return None if seconds < 0 else seconds

    @property
    def seconds_left(self) -> int | None:
        """The whole seconds until the access token expires, or 0 if it has expired; None if the server did not say.

        The countdown continues while the machine is suspended. It does not change when somebody sets the clock.
        """
        seconds = token_seconds_left(self._open())
        return None if seconds < 0 else seconds

    @property
    def scope(self) -> str | None:
        """The granted scopes, separated by spaces; None if neither the answer nor the request has any.

        If the server left the scope out, they are the requested ones (RFC 6749 §5.1).
        """
        text = token_get(self._open(), b"scope")
        return None if text is None else text.decode()

    @property
    def refresh_token(self) -> str | None:
        """The refresh token (RFC 6749 §6); None if the answer has none."""
        text = token_get(self._open(), b"refresh_token")
        return None if text is None else text.decode()

    @property
    def id_token(self) -> str | None:
        """The ID token (OpenID Connect Core §2), which the library does not check; None if the answer has none."""
        text = token_get(self._open(), b"id_token")
        return None if text is None else text.decode()

    def get(self, name: str) -> str | None:
        """A member of the response: a string as it is, anything else as JSON; None if it is absent or null, or has a NUL."""
        text = token_get(self._open(), encoded_name(name))
        return None if text is None else text.decode()

    @property
    def json(self) -> str:
        """The whole response, as the JSON text that the server wrote."""
        return token_json(self._open()).decode()

    # end of generated

    def _summary(self) -> str:
        return f"seconds_left={self.seconds_left}"
