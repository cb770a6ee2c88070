"""Who owns an object of the library: a handle, which frees it, and what client, assertion and token make of that."""

from __future__ import annotations

from ctypes import c_void_p

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, ClassVar, NoReturn, TypeVar

    Self = TypeVar("Self", bound="Closable")


class Handle(c_void_p):
    """Owns an object of the library, and frees it with the last reference.

    A call in any thread holds a reference for as long as it takes, so nothing is freed under a call. The library writes
    into a handle that exists already, so an exception at any moment (a signal's, say) leaves nothing without an owner. One
    that arrives in `__del__` itself is Python's to report: it goes no further, and the object may be lost.
    """

    __slots__ = ()

    #: The library's function; `_library` sets it.
    free: ClassVar[Callable[[Handle], None]]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a handle frees what it points to; it can't be copied or pickled")

    def __del__(self) -> None:
        if self:
            # By the class of the handle, which outlives the names of this module when Python ends.
            type(self).free(self)


class Closable:
    """What client, assertion and token have in common: they are closed, once, and neither copied nor pickled.

    Holds an object of the library until it is closed or dropped; use it in a `with` statement, or call `close`.
    """

    __slots__ = ("__weakref__", "_handle")

    _handle: Handle | None

    def __init__(self, handle: Handle) -> None:
        # Of anything else the library would read memory that is none of its own.
        if type(handle) is not Handle:
            raise TypeError(f"a {type(self).__name__} comes from a client; it can't be made of anything else")
        self._handle = handle

    def _open(self) -> Handle:
        """The handle, for as long as a call takes: never keep it."""
        try:
            handle = self._handle
        except AttributeError:  # of an object whose constructor failed
            handle = None
        if handle is None:
            raise ValueError(f"the {type(self).__name__.lower()} is closed")
        return handle

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return getattr(self, "_handle", None) is None

    def close(self) -> None:
        """Wipes and frees it, once the calls that other threads are in have ended. Closing again does nothing."""
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
        except ValueError:  # also where another thread closes it just now
            summary = "closed"
        return f"<talkdesk_auth.{type(self).__name__}: {summary}>"

    def _summary(self) -> str:
        """What `repr` shows: nothing secret."""
        raise NotImplementedError
