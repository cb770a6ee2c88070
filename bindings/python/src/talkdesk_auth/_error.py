"""The base of all errors, and a class for each name."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable


# generated: base
class TalkdeskAuthError(Exception):
    """The reason why a call failed.

    It holds no key, assertion, token, code or other secret, so you may log it. Each code has a class of its own. If this version
    does not know a code, its errors have this base class.
    """

    #: The HTTP status code of the answer.
    http_status: int | None = None
    #: Seconds to wait, from the answer's Retry-After header (RFC 9110 §10.2.3).
    retry_after: int | None = None

    # end of generated

    #: The stable code.
    code: int = 0
    #: The code's name, the same in every language.
    name: str = ""
    #: Whether you may repeat the call, because that can't spend a grant twice.
    retryable: bool = False

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(message)
        self.__dict__.update(fields)

    @property
    def message(self) -> str:
        """What happened and what to do, in English, on one line."""
        return str(self.args[0])


# generated: errors
#: The names that the package shows from this module, apart from the base class.
__all__ = [
    "CancelledError",
    "ConnectionFailedError",
    "DeadlineExceededError",
    "InternalError",
    "InvalidArgumentError",
    "InvalidKeyError",
    "InvalidOptionError",
    "InvalidResponseError",
    "OauthError",
    "OutcomeUnknownError",
    "TlsFailedError",
]

#: Each field that an error may have, and the type that reads its text.
FIELDS: dict[str, Callable[[str], str | int]] = {
    "option": str,
    "error": str,
    "error_description": str,
    "error_uri": str,
    "http_status": int,
    "retry_after": int,
    "clock_offset": int,
}


class InvalidArgumentError(TalkdeskAuthError):
    """A pointer that must not be NULL was NULL.

    When it is safe to repeat: never.
    """

    code = 1
    name = "invalid_argument"


class InvalidOptionError(TalkdeskAuthError):
    """An option or parameter is unknown, missing, malformed, given twice, or contradicts another.

    When it is safe to repeat: never.
    """

    code = 2
    name = "invalid_option"
    #: The name of the option or parameter that caused the error, if one did.
    option: str | None = None


class InvalidKeyError(TalkdeskAuthError):
    """The private key can't be read, or can't be used with the given options.

    When it is safe to repeat: never.
    """

    code = 3
    name = "invalid_key"
    #: The name of the option or parameter that caused the error, if one did.
    option: str | None = None


class ConnectionFailedError(TalkdeskAuthError):
    """The library could not connect to the token endpoint; nothing was sent.

    When it is safe to repeat: if no connection was made; not if the proxy refuses or localhost is another machine.
    """

    code = 4
    name = "connection_failed"


class TlsFailedError(TalkdeskAuthError):
    """The TLS handshake failed; the server processed no request.

    When it is safe to repeat: if the handshake broke off; not if one side refused the other.
    """

    code = 5
    name = "tls_failed"


class DeadlineExceededError(TalkdeskAuthError):
    """The deadline passed before anything was sent.

    When it is safe to repeat: always.
    """

    code = 6
    name = "deadline_exceeded"


class OutcomeUnknownError(TalkdeskAuthError):
    """The request was sent, but no complete answer came; a code or a refresh token may be spent.

    When it is safe to repeat: with grant_type client_credentials.
    """

    code = 7
    name = "outcome_unknown"


class OauthError(TalkdeskAuthError):
    """The token endpoint refused the request with an OAuth error (RFC 6749 §5.2).

    When it is safe to repeat: for status 429; with grant_type client_credentials also for status 408 and for status 500, 502, 503
    and 504.
    """

    code = 8
    name = "oauth_error"
    #: The error code of RFC 6749 §5.2, for example `invalid_client`.
    error: str | None = None
    #: The server's explanation; the library removes the secrets of the request from it.
    error_description: str | None = None
    #: The URI of a page about the error; the library removes the secrets of the request from it.
    error_uri: str | None = None
    #: Seconds by which the server's clock is ahead of this machine's, negative if behind; only if they differ by more than 30.
    clock_offset: int | None = None


class InvalidResponseError(TalkdeskAuthError):
    """The answer is neither a token nor an OAuth error.

    When it is safe to repeat: for status 429; with grant_type client_credentials also for status 408 and for status 500, 502, 503
    and 504.
    """

    code = 9
    name = "invalid_response"


class InternalError(TalkdeskAuthError):
    """Something failed inside the library, or the operating system refused a resource.

    When it is safe to repeat: never.
    """

    code = 10
    name = "internal"


class CancelledError(TalkdeskAuthError):
    """The call was cancelled before anything was sent.

    When it is safe to repeat: always.
    """

    code = 11
    name = "cancelled"


#: The class of each code.
ERRORS: dict[int, type[TalkdeskAuthError]] = {
    1: InvalidArgumentError,
    2: InvalidOptionError,
    3: InvalidKeyError,
    4: ConnectionFailedError,
    5: TlsFailedError,
    6: DeadlineExceededError,
    7: OutcomeUnknownError,
    8: OauthError,
    9: InvalidResponseError,
    10: InternalError,
    11: CancelledError,
}
# end of generated
