"""The token that the token endpoint issued."""

from __future__ import annotations

from ._handle import Closable

# generated: imports
from ._library import token_access_token, token_expires_at, token_get, token_json, token_seconds_left, token_type

# end of generated
from ._options import encoded_name


# generated: Token
class Token(Closable):
    """What the token endpoint answered: an access token and all that came with it.

    Everything in it is secret. `Client.exchange` makes it.
    """

    __slots__ = ()

    @property
    def access_token(self) -> str:
        """The access token (RFC 6749 §1.4); never empty."""
        return token_access_token(self._open()).decode()

    @property
    def token_type(self) -> str:
        """The token's type (RFC 6749 §7.1) as the server wrote it, `Bearer` where it said nothing.

        Compare it without case.
        """
        return token_type(self._open()).decode()

    @property
    def expires_at(self) -> int | None:
        """When the access token expires, in Unix seconds; None where the server did not say.

        It is a time by the wall clock of the exchange.
        """
        seconds = token_expires_at(self._open())
        return None if seconds < 0 else seconds

    @property
    def seconds_left(self) -> int | None:
        """Whole seconds until the access token expires, 0 once it has; None where the server did not say.

        It counts while the machine is suspended, and does not change when somebody sets the clock.
        """
        seconds = token_seconds_left(self._open())
        return None if seconds < 0 else seconds

    @property
    def scope(self) -> str | None:
        """The granted scopes, separated by spaces; None where nobody named any.

        Where the server left the scope out, they are the requested ones (RFC 6749 §5.1).
        """
        text = token_get(self._open(), b"scope")
        return None if text is None else text.decode()

    @property
    def refresh_token(self) -> str | None:
        """The refresh token (RFC 6749 §6); None where none came."""
        text = token_get(self._open(), b"refresh_token")
        return None if text is None else text.decode()

    @property
    def id_token(self) -> str | None:
        """The ID token (OpenID Connect Core §2), unchecked; None where none came."""
        text = token_get(self._open(), b"id_token")
        return None if text is None else text.decode()

    def get(self, name: str) -> str | None:
        """Any member of the response: a string as it is, anything else as JSON; None where it is absent, null or holds a NUL.

        An omitted `scope` reads as the requested one (RFC 6749 §5.1).
        """
        text = token_get(self._open(), encoded_name(name))
        return None if text is None else text.decode()

    @property
    def json(self) -> str:
        """The whole response, JSON as the server wrote it."""
        return token_json(self._open()).decode()

    # end of generated

    def _summary(self) -> str:
        return f"seconds_left={self.seconds_left}"
