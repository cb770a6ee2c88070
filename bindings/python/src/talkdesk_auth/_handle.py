"""Ownership: a handle owns and frees an object of the library; client, assertion and token hold a handle."""

from __future__ import annotations

from ctypes import c_int, c_void_p

# gevent replaces `os.close` with a function that may switch to another greenlet. It also raises EBADF, and closes nothing, if
# another thread just closed the same number.
from posix import close

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, ClassVar, NoReturn, TypeVar

    Self = TypeVar("Self", bound="Closable")


class Handle(c_void_p):
    """Owns an object of the library, and frees it with the last reference.

    Each call holds a reference until it ends, so nothing is freed during a call. The library writes into a handle that
    already exists. So an exception at any moment, for example from a signal, leaves no object without an owner. If an
    exception arrives in `__del__` itself, Python reports it and goes on, and the object may be lost.
    """

    __slots__ = ()

    #: The library's function; `_library` sets it.
    free: ClassVar[Callable[[Handle], None]]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a handle frees what it points to; it can't be copied or pickled")

    def __del__(self) -> None:
        if self:
            # When Python ends, the names of this module may be gone. The handle's class is still there.
            type(self).free(self)


class Descriptor(c_int):
    """Owns a file descriptor, or is -1 where none was left. Closes it with the last reference."""

    __slots__ = ()

    _close: ClassVar[Callable[[int], None]] = close

    def __del__(self) -> None:
        if self.value >= 0:
            type(self)._close(self.value)


class Closable:
    """The base of client, assertion and token: it can be closed, but neither copied nor pickled.

    It holds an object of the library until you close or drop it. Use it in a `with` statement, or call `close`.
    """

    __slots__ = ("__weakref__", "_handle")

    _handle: Handle | None

    def __init__(self, handle: Handle) -> None:
        # The library would take anything else for a pointer, and read memory that isn't an object.
        if type(handle) is not Handle:
            raise TypeError(f"a {type(self).__name__} comes from a client; you can't make one yourself")
        self._handle = handle

    def _open(self) -> Handle:
        """The handle, for one call: never keep it."""
        try:
            handle = self._handle
        except AttributeError:  # the constructor failed
            handle = None
        if handle is None:
            raise ValueError(f"the {type(self).__name__.lower()} is closed")
        return handle

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return getattr(self, "_handle", None) is None

    def close(self) -> None:
        """Wipes and frees it. If calls in other threads still use it, they end first. Closing again does nothing."""
        self._handle = None

    def __enter__(self: Self) -> Self:
        self._open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"this {type(self).__name__} holds secrets of this process; it can't be copied or pickled")

    def __repr__(self) -> str:
        try:
            summary = self._summary()
        except ValueError:  # another thread may close it right now
            summary = "closed"
        return f"<talkdesk_auth.{type(self).__name__}: {summary}>"

    def _summary(self) -> str:
        """The text that `repr` shows, without secrets."""
        raise NotImplementedError
