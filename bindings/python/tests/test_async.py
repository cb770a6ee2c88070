"""`exchange_async` in each event loop: other tasks go on, and to cancel the task cancels the call."""

import asyncio
import contextvars
import gc
import logging
import sys
import threading
import weakref
from ctypes import byref

import anyio.lowlevel
import pytest
import trio
import uvloop
from conftest import CODE, GRANT, chain, run_program

import talkdesk_auth
from talkdesk_auth import _call, _library, _queue
from talkdesk_auth._handle import Descriptor, Handle
from talkdesk_auth._options import marshal

LOOPS = {
    "asyncio": lambda main, *given: asyncio.run(main(*given)),
    "uvloop": lambda main, *given: uvloop.run(main(*given)),
    "trio": trio.run,
    "anyio on asyncio": anyio.run,
    "anyio on trio": lambda main, *given: anyio.run(main, *given, backend="trio"),
}


@pytest.fixture(params=LOOPS)
def run(request):
    """Runs an asynchronous function. AnyIO's own functions work in each of these loops."""
    return LOOPS[request.param]


async def arrived(stalled):
    """The connection of a request that has arrived. The loop runs meanwhile, and no thread is used."""
    with anyio.fail_after(60):
        while stalled.nobody():  # noqa: ASYNC110 - the server runs in threads
            await anyio.sleep(0.001)
    return stalled.wait()


async def cancelled_once(ready, client, parameters):
    """The exception that ends a call whose task is cancelled when `ready` has returned."""
    raised = []

    async def call():
        try:
            await client.exchange_async(**parameters)
        except anyio.get_cancelled_exc_class() as stop:
            raised.append(stop)
            raise

    async with anyio.create_task_group() as group:
        group.start_soon(call)
        await ready()
        group.cancel_scope.cancel()
    return raised[0]


def test_it_returns_a_token_or_raises_the_error(run, client):
    async def main():
        with await client.exchange_async(**GRANT, scope="x") as token:
            assert token.scope == "x"
        with pytest.raises(talkdesk_auth.InvalidOptionError):
            await client.exchange_async(grant_type="")
        with pytest.raises(talkdesk_auth.InvalidOptionError, match="a NUL"):
            await client.exchange_async(grant_type="\0")

    run(main)


def test_other_tasks_go_on_while_200_calls_wait(run, stalled):
    client, tokens, turns = stalled.client(timeout=60), [], []

    async def call():
        tokens.append(await client.exchange_async(**GRANT))

    def threads():
        return [thread for thread in threading.enumerate() if thread.name != stalled.THREAD]

    async def main():
        before = threads()
        async with anyio.create_task_group() as group:
            for _ in range(200):
                group.start_soon(call)
            first = await arrived(stalled)
            for _ in range(1000):
                await anyio.lowlevel.checkpoint()
                turns.append(len(tokens))
            assert threads() == before
            stalled.answer(first)
            for _ in range(199):
                stalled.answer(await arrived(stalled))

    run(main)
    assert turns == [0] * 1000
    assert [token.access_token for token in tokens] == ["late"] * 200


@pytest.mark.parametrize(("parameters", "retryable"), [(GRANT, True), (CODE, False)])
def test_a_call_that_was_sent_is_cancelled_and_its_outcome_is_unknown(run, stalled, parameters, retryable):
    connections = []

    async def sent():
        connections.append(await arrived(stalled))

    stop = run(cancelled_once, sent, stalled.client(timeout=60), parameters)
    assert isinstance(stop.__cause__, talkdesk_auth.OutcomeUnknownError)
    assert stop.__cause__.retryable is retryable
    # The library has closed the connection, so the call has ended.
    assert connections[0].recv(1) == b""


def test_a_call_that_was_not_sent_is_cancelled_and_nothing_is_unknown(run, silent):
    stop = run(cancelled_once, anyio.lowlevel.checkpoint, silent, CODE)
    assert (stop.__cause__, chain(stop)) == (None, [stop])


def test_one_cancelled_call_ends_no_other(run, stalled):
    client, tokens = stalled.client(timeout=60), []

    async def call():
        tokens.append(await client.exchange_async(**GRANT))

    async def main():
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(call)
            connections = [await arrived(stalled) for _ in range(3)]

            async def sent():
                connections.append(await arrived(stalled))

            await cancelled_once(sent, client, GRANT)
            for connection in connections[:3]:
                stalled.answer(connection)

    run(main)
    assert [token.access_token for token in tokens] == ["late"] * 3


def test_a_time_limit_ends_a_call(run, stalled):
    async def main():
        with anyio.move_on_after(0.2) as scope:
            await stalled.client(timeout=60).exchange_async(**GRANT)
        return scope.cancelled_caught

    assert run(main)
    assert stalled.wait().recv(1) == b""


@pytest.mark.parametrize("run", [LOOPS["asyncio"], LOOPS["uvloop"]])
def test_asyncios_own_time_limit_tells_that_the_outcome_is_unknown(run, stalled):
    async def main():
        with pytest.raises(asyncio.TimeoutError) as raised:
            await asyncio.wait_for(stalled.client(timeout=60).exchange_async(**GRANT), 0.5)
        return raised.value

    assert talkdesk_auth.OutcomeUnknownError in [type(error) for error in chain(run(main))]


def started(client):
    call = Handle()
    assert not _library.token_exchange_start(client._handle, marshal(dict(GRANT)), None, _call.NO_TAG, byref(call))
    assert _library.call_wait(call, -1) == 1
    return call


@pytest.mark.parametrize("taken", [False, True])
def test_an_outcome_that_is_lost_is_unknown(client, freed, taken):
    call, stop, token = started(client), KeyboardInterrupt(), Handle()
    if taken:
        assert not _library.call_token(call, byref(token))
    before = len(freed)
    _call.cut_short(call, stop)
    assert type(stop.__cause__) is talkdesk_auth.OutcomeUnknownError
    assert stop.__cause__.retryable is False
    # The token, or the error which says that it was taken.
    assert len(freed) == before + 1


def test_an_error_that_had_come_is_the_cause(endpoint):
    call, stop = started(endpoint.client("error=invalid_scope")), KeyboardInterrupt()
    _call.cut_short(call, stop)
    assert type(stop.__cause__) is talkdesk_auth.OauthError


def test_a_loop_has_one_queue_which_goes_with_it(run, client, monkeypatch):
    made = []

    def counted(queue):
        made.append(queue)
        return _library.queue_new(queue)

    async def main():
        for _ in range(3):
            (await client.exchange_async(**GRANT)).close()

    monkeypatch.setattr(_queue, "queue_new", counted)
    gc.collect()  # what earlier tests left
    for _ in range(2):
        run(main)
    gc.collect()
    assert len(made) == 2
    assert not _queue._queues
    assert not [value for value in gc.get_objects() if isinstance(value, (_queue.Queue, Descriptor))]


def test_loops_in_two_threads_are_two_loops(stalled):
    client = stalled.client(timeout=60)

    async def main():
        return (await client.exchange_async(**GRANT)).access_token

    answers = []
    threads = [threading.Thread(target=lambda loop=loop: answers.append(LOOPS[loop](main))) for loop in LOOPS]
    for thread in threads:
        thread.start()
    for connection in [stalled.wait() for _ in threads]:
        stalled.answer(connection)
    for thread in threads:
        thread.join(60)
    assert answers == ["late"] * len(LOOPS)


def test_no_descriptor_for_the_queue_is_an_error(run, client, monkeypatch):
    monkeypatch.setattr(_queue, "queue_fd", lambda _: Descriptor(-1))

    async def main():
        with pytest.raises(talkdesk_auth.InternalError, match="no descriptor is left for the queue"):
            await client.exchange_async(**GRANT)

    run(main)


class Kept:
    """A value of a context."""


def test_the_loop_keeps_no_context(run, client):
    variable = contextvars.ContextVar("variable")

    async def call():
        variable.set(Kept())
        kept.append(weakref.ref(variable.get()))
        await client.exchange_async(**GRANT)

    async def main():
        async with anyio.create_task_group() as group:
            group.start_soon(call)
        gc.collect()
        return kept[0]()

    kept = []
    assert run(main) is None


def test_without_an_event_loop_nothing_is_sent(stalled):
    with pytest.raises(RuntimeError, match="no running event loop"):
        stalled.client().exchange_async(**GRANT).send(None)
    assert stalled.nobody()


def test_no_event_loop_is_imported(endpoint):
    program = """
import asyncio
asyncio.run(talkdesk_auth.Client(**options).exchange_async(grant_type="client_credentials"))
print(sorted({"anyio", "sniffio", "trio", "uvloop", "gevent"} & set(sys.modules)))
"""
    assert run_program(program, endpoint.options()).stdout == "[]\n"


def test_a_call_ends_when_its_loop_is_closed(stalled, caplog):
    client = stalled.client(timeout=60)
    caplog.set_level(logging.CRITICAL)  # asyncio tells of the task that it drops

    async def main():
        call = asyncio.ensure_future(client.exchange_async(**GRANT))
        connection = await arrived(stalled)
        return call, connection

    loop = asyncio.new_event_loop()
    call, connection = loop.run_until_complete(main())
    loop.close()
    assert not call.done()
    del call, loop
    gc.collect()
    assert connection.recv(1) == b""


def test_closing_during_a_call_lets_it_finish_and_frees_afterwards(run, stalled, freed):
    client = stalled.client(timeout=60)
    handle, tokens = client._handle.value, []

    async def call():
        tokens.append(await client.exchange_async(**GRANT))

    async def main():
        async with anyio.create_task_group() as group:
            group.start_soon(call)
            connection = await arrived(stalled)
            client.close()
            stalled.answer(connection)

    run(main)
    assert tokens[0].access_token == "late"
    assert freed.count(handle) == 1


@pytest.mark.parametrize("how", ["refused", "cancelled"])
def test_an_error_keeps_no_client_alive(run, endpoint, stalled, freed, how):
    client = endpoint.client("error=invalid_scope") if how == "refused" else stalled.client(timeout=60)
    handle = client._handle.value

    async def sent():
        await arrived(stalled)

    async def refused():
        with pytest.raises(talkdesk_auth.OauthError) as kept:
            await client.exchange_async(**GRANT)
        return kept.value

    kept = run(refused) if how == "refused" else run(cancelled_once, sent, client, GRANT)
    client.close()
    assert freed.count(handle) == 1
    assert kept.__traceback__


#: Programs that end while calls wait, each in its own way.
ENDING = {
    "the loop's time is over": """
async def main():
    await asyncio.wait_for(client.exchange_async(**GRANT), 0.2)
try:
    asyncio.run(main())
except asyncio.TimeoutError:
    pass
""",
    "the main task returns": """
async def main():
    calls = [asyncio.ensure_future(client.exchange_async(**GRANT)) for _ in range(20)]
    await asyncio.sleep(0.2)
asyncio.run(main())
""",
    "uvloop's main task returns": """
import uvloop
async def main():
    calls = [asyncio.ensure_future(client.exchange_async(**GRANT)) for _ in range(20)]
    await asyncio.sleep(0.2)
uvloop.run(main())
""",
    "a daemon thread runs the loop": """
import threading, time
async def main():
    await asyncio.gather(*[client.exchange_async(**GRANT) for _ in range(20)])
threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
time.sleep(0.2)
""",
    "nobody runs the coroutine on": """
loop = asyncio.new_event_loop()
async def main():
    global call
    call = client.exchange_async(**GRANT)
    call.send(None)
loop.run_until_complete(main())
loop.close()
""",
    "trio ends by an exception": """
import trio
async def main():
    async with trio.open_nursery() as nursery:
        for _ in range(20):
            nursery.start_soon(lambda: client.exchange_async(**GRANT))
        await trio.sleep(0.2)
        raise SystemExit(0)
try:
    trio.run(main)
except BaseException:
    pass
""",
}


@pytest.mark.parametrize("way", ENDING)
def test_the_end_of_the_program_waits_for_no_call(stalled, way):
    before = """
import asyncio
GRANT = {"grant_type": "client_credentials", "timeout": 600}
client = talkdesk_auth.Client(**options)
"""
    ended = run_program(before + ENDING[way] + "print('ended')\n", stalled.options, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "ended\n", "")


def test_a_loop_inside_a_loop_is_the_one_that_runs_the_task(client):
    """trio is loaded here, and runs as a guest of asyncio; a task of each awaits a call."""
    seen = []

    async def guest():
        seen.append(_queue._running()[0].__name__)
        (await client.exchange_async(**GRANT)).close()

    async def host():
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        trio.lowlevel.start_guest_run(
            guest, run_sync_soon_threadsafe=loop.call_soon_threadsafe, done_callback=lambda _: done.set()
        )
        while not done.is_set():
            (await client.exchange_async(**GRANT)).close()
            seen.append(_queue._running()[0].__name__)
        await done.wait()

    asyncio.run(host())
    assert set(seen) == {"asyncio", "trio"}
    assert "trio" in sys.modules
