"""Waits for a call. If an exception ends the wait, it cancels the call, and its cause tells whether the request was sent."""

from __future__ import annotations

import select
from _thread import get_native_id  # `threading` would make a cold start slower
from ctypes import byref, c_size_t
from os import getpid

from ._error import CancelledError, InvalidArgumentError, OutcomeUnknownError
from ._failure import failure
from ._handle import Handle
from ._library import call_cancel, call_fd, call_token, token_exchange, token_exchange_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

#: The tag of a call without a queue.
NO_TAG = c_size_t(0)

#: The longest sleep in milliseconds. If a signal arrives just before a sleep, its handler runs after the sleep.
NAP = 500


def exchange(client: Handle, parameters: object, token: object) -> Handle:
    """Does what `token_exchange` does. Where it can, it lets signal handlers or other greenlets run while it waits."""
    poll = _poll()
    if poll is None:
        return token_exchange(client, parameters, token)
    call = Handle()
    try:
        error = token_exchange_start(client, parameters, None, NO_TAG, byref(call))
        if error:
            return error
        _wait(call, poll)
        return call_token(call, token)
    except BaseException as stop:
        cut_short(call, stop)
        # Otherwise the traceback would keep the client and its key alive after `close`.
        del client, parameters, token, call
        raise


def _poll() -> Callable[[], Any] | None:
    """The function that makes an object to poll with, or None if such a wait would be of no use.

    gevent replaces `select.poll`, and eventlet removes it, so this looks for it at each call. Signal handlers run in the
    main thread only. On Linux, that thread has the id of the process, also in a child that another thread forked.
    """
    poll: Callable[[], Any] | None = getattr(select, "poll", None)
    is_pythons_own = poll is not None and poll.__module__ == "select"
    return None if is_pythons_own and get_native_id() != getpid() else poll


def _wait(call: Handle, poll: Callable[[], Any]) -> None:
    """Waits for the end of a call. If no descriptor is left, it returns at once, and taking the outcome waits instead."""
    descriptor = call_fd(call)
    if descriptor.value < 0:
        return
    try:
        polled = poll()
        polled.register(descriptor.value, select.POLLIN)
        while not polled.poll(NAP):
            pass
    finally:
        # Otherwise the traceback would keep the descriptor open.
        del descriptor


def cut_short(call: Handle, stop: BaseException) -> None:
    """Cancels a call because an exception ends its wait. If anything may have been sent, this becomes the exception's cause."""
    if not call:  # it did not start
        return
    call_cancel(call)
    error = call_token(call, byref(Handle()))
    cause = failure(error) if error else None
    if isinstance(cause, CancelledError):
        return
    if cause is None or isinstance(cause, InvalidArgumentError):
        # The call had ended, and the exception came before the outcome could be returned.
        cause = OutcomeUnknownError("the wait was cut short when the call ended, and its outcome is lost; the grant may be spent")
    stop.__cause__ = cause
