"""The signed client assertion."""

from __future__ import annotations

from ._library import assertion_get, assertion_jwt
from ._object import NativeObject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Assertion(NativeObject):
    """A signed JWT client assertion (RFC 7523 §2.2), from `Client.assertion`: good for one request, until it expires."""

    __slots__ = ()

    @property
    def jwt(self) -> str:
        """The assertion as it is sent: the value of `client_assertion`. A secret."""
        return assertion_jwt(self._open()).decode()

    @property
    def jti(self) -> str:
        """Its identifier, random."""
        return self._get("jti")

    @property
    def aud(self) -> str:
        """The audience."""
        return self._get("aud")

    @property
    def iat(self) -> int:
        """When it was issued, in Unix seconds: 5 s before it was, since clocks differ."""
        return int(self._get("iat"))

    @property
    def exp(self) -> int:
        """When it expires, in Unix seconds."""
        return int(self._get("exp"))

    @property
    def header(self) -> dict[str, Any]:
        """The whole header."""
        return self._json("header")

    @property
    def claims(self) -> dict[str, Any]:
        """All claims."""
        return self._json("claims")

    def _get(self, name: str) -> str:
        return assertion_get(self._open(), name.encode()).decode()

    def _json(self, name: str) -> dict[str, Any]:
        import json  # which costs a cold start more than signing does

        members: dict[str, Any] = json.loads(self._get(name))
        return members

    def _summary(self) -> str:
        return f"aud={self.aud!r} exp={self.exp}"
