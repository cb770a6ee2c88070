"""Runs blocking calls for asyncio on threads of its own, so that a slow server starves no executor of the host's.

A thread lives for as long as there is work: between calls there is none. They are daemons: the end of the program waits
for no call.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections import deque
from typing import Any, Callable

Job = Callable[[], None]

#: How many calls are in flight at most; further ones wait for their turn.
LIMIT = 64


class Workers:
    """Threads that take one job after the other, and end when none is left."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = 0
        self._waiting: deque[Job] = deque()

    def submit(self, job: Job) -> None:
        with self._lock:
            if self._running == LIMIT:
                self._waiting.append(job)
                return
            threading.Thread(target=self._work, args=(job,), name="talkdesk_auth", daemon=True).start()
            self._running += 1

    def _work(self, job: Job) -> None:
        following: Job | None = job
        while following:
            following()
            following = self._next()

    def _next(self) -> Job | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._running -= 1
            return None


_workers = Workers()


def _anew() -> None:
    """A child has none of its parent's threads, and perhaps a lock that nobody will release."""
    global _workers
    _workers = Workers()


os.register_at_fork(after_in_child=_anew)


def run(function: Callable[..., Any], *arguments: object) -> asyncio.Future[Any]:
    """A future of what the function returns. Cancelled before its turn it calls nothing; later, the result is dropped."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()

    def job() -> None:
        if future.cancelled():
            return
        error: BaseException | None = None
        try:
            result = function(*arguments)
        except BaseException as raised:
            # Its traceback holds the arguments, and with them the client; the awaiting task adds one that says more.
            result, error = None, raised.with_traceback(None)
        # Where the loop is closed nobody waits any more.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, future, result, error)

    _workers.submit(job)
    return future


def _settle(future: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
