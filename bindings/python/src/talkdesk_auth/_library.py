"""The C ABI: the library beside this file, its functions, and who frees what they hand out."""

from __future__ import annotations

import os
from ctypes import CDLL, PyDLL, byref, c_char_p, c_int32, c_int64, c_void_p

from ._error import TalkdeskAuthError
from ._generated import ERRORS, FIELDS, VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, NoReturn, Optional

    Text = Optional[bytes]

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "libtalkdesk_auth.so")

try:
    # The one lets other threads run while it calls, the other, for what takes no time, does not.
    _releasing, _holding = CDLL(PATH), PyDLL(PATH)
except OSError as error:
    raise ImportError(f"talkdesk_auth can't load its library: {error}", name=__package__, path=PATH) from error


def _function(library: CDLL, name: str, result: Any = None) -> Any:
    function = library[name]
    function.restype = result
    return function


version: Callable[[], bytes] = _function(_holding, "td_version", c_char_p)
if version().decode() != VERSION:
    raise ImportError(
        f"talkdesk_auth {VERSION} found version {version().decode()} of its library; install the package anew",
        name=__package__,
        path=PATH,
    )


class Handle(c_void_p):
    """Owns an object of the library, and frees it with the last reference.

    A call in any thread holds a reference for as long as it takes, so nothing is freed under a call. The library writes
    into a handle that exists already, so an exception at any moment (a signal's, say) leaves nothing without an owner. One
    that arrives in `__del__` itself is Python's to report: it goes no further, and the object may be lost.
    """

    __slots__ = ()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a handle frees what it points to; it can't be copied or pickled")

    def __del__(self, free: Callable[[Handle], None] = _function(_holding, "td_free")) -> None:
        if self:
            free(self)


# Results that are errors belong to a handle from the start, too. No argument is a number, so none needs a declared type.
client_new: Callable[..., Handle] = _function(_releasing, "td_client_new", Handle)
client_get: Callable[[Handle, bytes], Text] = _function(_holding, "td_client_get", c_char_p)

assertion_new: Callable[..., Handle] = _function(_releasing, "td_assertion_new", Handle)
assertion_jwt: Callable[[Handle], bytes] = _function(_holding, "td_assertion_jwt", c_char_p)
assertion_get: Callable[[Handle, bytes], bytes] = _function(_holding, "td_assertion_get", c_char_p)

token_exchange: Callable[..., Handle] = _function(_releasing, "td_token_exchange", Handle)
token_access_token: Callable[[Handle], bytes] = _function(_holding, "td_token_access_token", c_char_p)
token_type: Callable[[Handle], bytes] = _function(_holding, "td_token_type", c_char_p)
token_expires_at: Callable[[Handle], int] = _function(_holding, "td_token_expires_at", c_int64)
token_seconds_left: Callable[[Handle], int] = _function(_holding, "td_token_seconds_left", c_int64)
token_get: Callable[[Handle, bytes], Text] = _function(_holding, "td_token_get", c_char_p)
token_json: Callable[[Handle], bytes] = _function(_holding, "td_token_json", c_char_p)

_error_code: Callable[[Handle], int] = _function(_holding, "td_error_code", c_int32)
_error_name: Callable[[Handle], bytes] = _function(_holding, "td_error_name", c_char_p)
_error_message: Callable[[Handle], bytes] = _function(_holding, "td_error_message", c_char_p)
_error_is_retryable: Callable[[Handle], int] = _function(_holding, "td_error_is_retryable", c_int32)
_error_get: Callable[[Handle, bytes], Text] = _function(_holding, "td_error_get", c_char_p)


def create(function: Callable[..., Handle], given: object, *client: Handle) -> Handle:
    """Calls what hands out an object or an error; raises the error."""
    created = Handle()
    error = function(*client, given, byref(created))
    if error:
        # The traceback would keep the client, and with it its key, beyond its close.
        del given, client
        raise _raised(error)
    return created


def _raised(error: Handle) -> TalkdeskAuthError:
    code = _error_code(error)
    details: dict[str, object] = {"retryable": bool(_error_is_retryable(error))}
    for name, read in FIELDS.items():
        text = _error_get(error, name.encode())
        if text is not None:
            details[name] = read(text.decode())
    if code not in ERRORS:
        details.update(code=code, name=_error_name(error).decode())
    return ERRORS.get(code, TalkdeskAuthError)(_error_message(error).decode(), **details)
