"""Loads the library beside this file, and declares the functions of its C ABI."""

from __future__ import annotations

import os
from ctypes import CDLL, PyDLL, c_char_p, c_int32, c_int64, c_size_t

from ._handle import Descriptor, Handle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

    Text = Optional[bytes]

# generated: version
VERSION = "0.1.0"
# end of generated

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "libtalkdesk_auth.so")

try:
    # CDLL lets other threads run during a call. PyDLL doesn't: it is for calls that take no time.
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
        f"talkdesk_auth {VERSION} found version {version().decode()} of its library; reinstall the package",
        name=__package__,
        path=PATH,
    )

# An error is returned as a handle, so it has an owner from the start. No argument is a number, so none needs a declared type.
# generated: functions
free: Callable[[Handle], None] = _function(_holding, "td_free")

client_new: Callable[..., Handle] = _function(_releasing, "td_client_new", Handle)
client_get: Callable[[Handle, bytes], Text] = _function(_holding, "td_client_get", c_char_p)
client_clock_offset: Callable[[Handle], int] = _function(_holding, "td_client_clock_offset", c_int32)

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

token_exchange_start: Callable[..., Handle] = _function(_holding, "td_token_exchange_start", Handle)
call_wait: Callable[..., int] = _function(_releasing, "td_call_wait", c_int32)
call_fd: Callable[[Handle], Descriptor] = _function(_holding, "td_call_fd", Descriptor)
call_token: Callable[..., Handle] = _function(_releasing, "td_call_token", Handle)
call_cancel: Callable[[Handle], None] = _function(_holding, "td_call_cancel")

queue_new: Callable[..., Handle] = _function(_holding, "td_queue_new", Handle)
queue_fd: Callable[[Handle], Descriptor] = _function(_holding, "td_queue_fd", Descriptor)
queue_next: Callable[[Handle], int] = _function(_holding, "td_queue_next", c_size_t)

error_code: Callable[[Handle], int] = _function(_holding, "td_error_code", c_int32)
error_name: Callable[[Handle], bytes] = _function(_holding, "td_error_name", c_char_p)
error_message: Callable[[Handle], bytes] = _function(_holding, "td_error_message", c_char_p)
error_is_retryable: Callable[[Handle], int] = _function(_holding, "td_error_is_retryable", c_int32)
error_get: Callable[[Handle, bytes], Text] = _function(_holding, "td_error_get", c_char_p)
# end of generated

Handle.free = free
