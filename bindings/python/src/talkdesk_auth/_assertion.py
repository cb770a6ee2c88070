"""The signed client assertion."""

from __future__ import annotations

from ._handle import Closable

# generated: imports
from ._library import assertion_get, assertion_jwt

# end of generated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


# generated: Assertion
class Assertion(Closable):
    """A signed JWT client assertion (RFC 7523 §2.2), for one request before it expires.

    It is a secret. `Client.assertion` makes it.
    """

    __slots__ = ()

    @property
    def jwt(self) -> str:
        """The JWT as it is sent, in JWS compact serialisation (RFC 7515 §7.1).

        It is the value of `client_assertion`. It is a secret.
        """
        return assertion_jwt(self._open()).decode()

    @property
    def jti(self) -> str:
        """The assertion's identifier, fresh and random."""
        return assertion_get(self._open(), b"jti").decode()

    @property
    def aud(self) -> str:
        """The audience."""
        return assertion_get(self._open(), b"aud").decode()

    @property
    def iat(self) -> int:
        """The time at which the assertion was issued, in Unix seconds.

        It is 5 s in the past, because clocks differ.
        """
        return int(assertion_get(self._open(), b"iat"))

    @property
    def exp(self) -> int:
        """The time at which the assertion expires, in Unix seconds."""
        return int(assertion_get(self._open(), b"exp"))

    @property
    def header(self) -> dict[str, Any]:
        """The whole header (RFC 7515 §4)."""
        import json  # which costs a cold start more than signing does

        members: dict[str, Any] = json.loads(assertion_get(self._open(), b"header").decode())
        return members

    @property
    def claims(self) -> dict[str, Any]:
        """All claims (RFC 7519 §4)."""
        import json  # which costs a cold start more than signing does

        members: dict[str, Any] = json.loads(assertion_get(self._open(), b"claims").decode())
        return members

    # end of generated

    def _summary(self) -> str:
        return f"aud={self.aud!r} exp={self.exp}"
