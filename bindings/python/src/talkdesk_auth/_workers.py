"""Runs blocking calls for asyncio on its own threads, so that a slow server doesn't block the program's executors.

A thread lives as long as there is work; between calls there is none. All are daemon threads, so the program can end during
a call.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections import OrderedDict
from typing import Callable, Optional

from ._failure import create
from ._handle import Handle
from ._library import client_get, token_exchange
from ._options import array_of

Job = Callable[[], None]
Outcome = tuple[Optional[Handle], Optional[BaseException]]

#: How many calls are in flight at most; further ones wait for their turn.
LIMIT = 64


class Workers:
    """Threads that run one job after the other, and end when none is left. A thread keeps no job after it has run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = 0
        self._waiting: OrderedDict[Job, None] = OrderedDict()

    def submit(self, job: Job) -> bool:
        """Whether the job must wait until another job ends."""
        with self._lock:
            full = self._running == LIMIT
            if not full:
                # It takes the job out of the queue; given to the thread itself, the job would live as long as that.
                threading.Thread(target=self._work, name="talkdesk_auth", daemon=True).start()
                self._running += 1
            self._waiting[job] = None
            return full

    def withdraw(self, job: Job) -> bool:
        """Removes a job whose turn has not come; says whether there was one."""
        with self._lock:
            there = job in self._waiting
            if there:
                del self._waiting[job]
            return there

    def _work(self) -> None:
        while job := self._next():
            job()

    def _next(self) -> Job | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popitem(last=False)[0]
            self._running -= 1
            return None


_workers = Workers()


def _anew() -> None:
    """A forked child has none of its parent's threads, and its copy of the lock may never be released."""
    global _workers
    _workers = Workers()


os.register_at_fork(after_in_child=_anew)


class Exchange:
    """A call that may have to wait for its turn. The library gets the wait as `waited` and counts it as part of the timeout."""

    def __init__(self, texts: list[bytes], client: Handle) -> None:
        self._client = client
        self._texts = texts
        given = dict(zip(texts[::2], texts[1::2]))
        timeout = _seconds(given.get(b"timeout", client_get(client, b"timeout")))
        #: How long the call may wait.
        self.patience = max(0.0, timeout - _seconds(given.get(b"waited", b"0")))

    def outcome(self, waited: float) -> Outcome:
        """The token or the error. If the wait took all the time, the library answers at once and sends nothing."""
        try:
            return create(token_exchange, array_of(self._after(waited)), self._client), None
        except BaseException as raised:
            # Its traceback holds the client; the awaiting task adds one that says more.
            return None, raised.with_traceback(None)

    def _after(self, waited: float) -> list[bytes]:
        # Rounded up, so that a call that is too late can't seem to be in time.
        return [*self._texts, b"waited", b"%.6f" % (waited + 1e-6)] if waited else self._texts


def _seconds(text: bytes | None) -> float:
    """A time as a number; 0 if the text is no number, so that the call doesn't wait and the library refuses it at once."""
    try:
        return float(text or b"")
    except ValueError:
        return 0.0


def run(texts: list[bytes], client: Handle) -> asyncio.Future[Handle]:
    """A future of the token. If it is cancelled before its turn, nothing is sent; later, the token is dropped."""
    start = time.monotonic()
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Handle] = loop.create_future()
    exchange = Exchange(texts, client)

    def job() -> None:
        # Where the loop is closed nobody waits any more.
        if future.cancelled() or loop.is_closed():
            return
        waited = time.monotonic() - start
        # Less is the start of a thread.
        outcome = exchange.outcome(waited if waited >= 0.001 else 0)
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, future, *outcome)

    def expire() -> None:
        if _workers.withdraw(job):
            _settle(future, *exchange.outcome(exchange.patience))

    if _workers.submit(job):
        timer = loop.call_later(exchange.patience, expire)

        def done(_: object) -> None:
            timer.cancel()
            _workers.withdraw(job)

        future.add_done_callback(done)
    return future


def _settle(future: asyncio.Future[Handle], token: Handle | None, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if token is not None:
        future.set_result(token)
    elif error is not None:
        future.set_exception(error)
