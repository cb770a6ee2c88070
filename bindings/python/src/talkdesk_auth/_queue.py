"""Awaits calls in asyncio and trio. Each event loop has a queue, which tells it which calls have ended."""

from __future__ import annotations

import os
import sys
from ctypes import byref, c_size_t
from itertools import count
from weakref import WeakKeyDictionary, ref

from ._call import cut_short
from ._error import InternalError, TalkdeskAuthError
from ._failure import check
from ._handle import Handle
from ._library import call_token, queue_fd, queue_new, queue_next, token_exchange_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


class Queue:
    """The queue of one event loop, and the functions to run when calls have ended. Only this loop uses it."""

    def __init__(self) -> None:
        self.handle = Handle()
        check(queue_new(byref(self.handle)))
        self.descriptor = queue_fd(self.handle)
        if self.descriptor.value < 0:
            raise InternalError("no descriptor is left for the queue")
        self._tags = count(1)
        self._waiting: dict[int, Callable[[], object]] = {}

    def expect(self, wake: Callable[[], object]) -> int:
        """A tag for a call. `wake` is called in the event loop when the call has ended."""
        tag = next(self._tags)
        self._waiting[tag] = wake
        return tag

    def forget(self, tag: int) -> None:
        self._waiting.pop(tag, None)

    def read(self) -> None:
        """Wakes every task whose call has ended."""
        while tag := queue_next(self.handle):
            wake = self._waiting.pop(tag, None)
            if wake is not None:
                wake()


#: The queue of each loop of asyncio and each run of trio. The loop itself keeps it. A closed loop drops its queue, and the queue
#: drops the calls that wait.
_queues: WeakKeyDictionary[Any, ref[Queue]] = WeakKeyDictionary()

# A child makes its own queues, because the parent reads the descriptors of these.
os.register_at_fork(after_in_child=_queues.clear)


def _running() -> tuple[Any, Queue]:
    """The library whose event loop runs this task, and the loop's queue."""
    if _is_in_trio():
        return _trio()
    return _asyncio()


def _queue_of(loop: Any, keep: Callable[[Queue], object]) -> Queue:
    """The queue of an event loop. If there is none yet, `keep` gives it a new one, which it must read and keep."""
    known = _queues.get(loop)
    queue = known and known()
    if not queue:
        queue = Queue()
        keep(queue)
        _queues[loop] = ref(queue)
    return queue


def _is_in_trio() -> bool:
    """Whether this is a task of trio. If trio is loaded, so is sniffio, which knows the innermost of several loops."""
    sniffio = sys.modules.get("sniffio")
    if sniffio is None or "trio" not in sys.modules:
        return False
    try:
        return bool(sniffio.current_async_library() == "trio")
    except sniffio.AsyncLibraryNotFoundError:
        return False


def _asyncio() -> tuple[Any, Queue]:
    import asyncio
    from contextvars import Context

    def keep(queue: Queue) -> None:
        # Use an empty context, because the loop keeps the context as long as the reader.
        Context().run(loop.add_reader, queue.descriptor.value, queue.read)

    loop = asyncio.get_running_loop()
    return asyncio, _queue_of(loop, keep)


def _trio() -> tuple[Any, Queue]:
    trio = sys.modules["trio"]

    async def read(queue: Queue) -> None:
        while True:
            await trio.lowlevel.wait_readable(queue.descriptor.value)
            queue.read()

    def keep(queue: Queue) -> None:
        trio.lowlevel.spawn_system_task(read, queue)

    return trio, _queue_of(trio.lowlevel.current_trio_token(), keep)


async def exchange(parameters: object, client: Handle) -> Handle:
    """The token of an exchange. If an exception ends the wait, for example a cancellation of the task, the call ends, too."""
    call, token = Handle(), Handle()
    tag = 0
    try:
        library, queue = _running()
        ended = library.Event()
        tag = queue.expect(ended.set)
        check(token_exchange_start(client, parameters, queue.handle, c_size_t(tag), byref(call)))
        await ended.wait()
        check(call_token(call, byref(token)))
        return token
    except TalkdeskAuthError:
        raise
    except BaseException as stop:
        cut_short(call, stop)
        raise
    finally:
        if tag:
            queue.forget(tag)
        # Otherwise the traceback would keep the client and its key alive after `close`.
        del client, parameters, call
