"""What the token endpoint answered."""

from __future__ import annotations

from ._library import token_access_token, token_expires_at, token_get, token_json, token_seconds_left, token_type
from ._marshal import encoded_name
from ._object import NativeObject


class Token(NativeObject):
    """An access token and all that came with it, from `Client.exchange`. Everything in it is secret."""

    __slots__ = ()

    @property
    def access_token(self) -> str:
        """The access token (RFC 6749 §1.4): never empty."""
        return token_access_token(self._open()).decode()

    @property
    def token_type(self) -> str:
        """Its type (RFC 6749 §7.1) as the server wrote it: compare it without case."""
        return token_type(self._open()).decode()

    @property
    def expires_at(self) -> int | None:
        """When the access token expires, in Unix seconds; None where the server did not say."""
        return _known(token_expires_at(self._open()))

    @property
    def seconds_left(self) -> int | None:
        """Whole seconds until the access token expires, 0 once it has; None where the server did not say.

        Counts while the machine is suspended, and does not care when somebody sets the clock.
        """
        return _known(token_seconds_left(self._open()))

    @property
    def scope(self) -> str | None:
        """The granted scopes, separated by spaces; the requested ones where the server did not say (RFC 6749 §5.1)."""
        return self.get("scope")

    @property
    def refresh_token(self) -> str | None:
        """The refresh token, where one came (RFC 6749 §6)."""
        return self.get("refresh_token")

    @property
    def id_token(self) -> str | None:
        """The ID token, unchecked, where one came."""
        return self.get("id_token")

    def get(self, name: str) -> str | None:
        """Any member of the response: a string as it is, anything else as JSON, None where absent or null."""
        text = token_get(self._open(), encoded_name(name))
        return None if text is None else text.decode()

    @property
    def json(self) -> str:
        """The whole response, JSON as the server wrote it."""
        return token_json(self._open()).decode()

    def _summary(self) -> str:
        return f"seconds_left={self.seconds_left}"


def _known(seconds: int) -> int | None:
    return None if seconds < 0 else seconds
