"""Turns an error of the library into an exception."""

from __future__ import annotations

from ctypes import byref

from ._error import ERRORS, FIELDS, TalkdeskAuthError
from ._handle import Handle
from ._library import error_code, error_get, error_is_retryable, error_message, error_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable


def create(function: Callable[..., Handle], given: object, *client: Handle) -> Handle:
    """Calls a function that gives an object or an error; raises the error."""
    created = Handle()
    try:
        error = function(*client, given, byref(created))
    finally:
        # Otherwise the traceback would keep the client and its key alive after `close`.
        del given, client
    check(error)
    return created


def check(error: Handle) -> None:
    """Raises the error, if there is one."""
    if error:
        raise failure(error)


def failure(error: Handle) -> TalkdeskAuthError:
    """The exception for an error."""
    code = error_code(error)
    details: dict[str, object] = {"retryable": bool(error_is_retryable(error))}
    for name, read in FIELDS.items():
        text = error_get(error, name.encode())
        if text is not None:
            details[name] = read(text.decode())
    if code not in ERRORS:
        details.update(code=code, name=error_name(error).decode())
    return ERRORS.get(code, TalkdeskAuthError)(error_message(error).decode(), **details)
