"""`exchange_async` on threads of the package's own."""

import asyncio
import concurrent.futures
import contextlib
import gc
import re
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import GRANT, run_program

import talkdesk_auth
from talkdesk_auth import _failure, _workers


async def until(call, *arguments):
    """Waits for a blocking call of a test on a thread of the test's own."""
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        return await asyncio.get_running_loop().run_in_executor(executor, call, *arguments)


def test_it_returns_a_token_or_raises_the_error(client):
    async def main():
        with await client.exchange_async(**GRANT, scope="x") as token:
            assert token.scope == "x"
        with pytest.raises(talkdesk_auth.InvalidOptionError):
            await client.exchange_async(grant_type="")
        with pytest.raises(talkdesk_auth.InvalidOptionError, match="a NUL"):
            await client.exchange_async(grant_type="\0")

    asyncio.run(main())


def test_the_loop_and_its_executor_work_while_calls_wait(stalled):
    class Untouched(concurrent.futures.ThreadPoolExecutor):
        def submit(self, *_, **__):
            raise AssertionError("the host's executor is not ours")

    async def main():
        asyncio.get_running_loop().set_default_executor(Untouched(1))
        client = stalled.client(timeout=60)
        calls = [asyncio.ensure_future(client.exchange_async(**GRANT)) for _ in range(40)]
        connections = [await until(stalled.wait) for _ in calls]
        for _ in range(1000):
            await asyncio.sleep(0)
        assert not any(call.done() for call in calls)
        for connection in connections:
            stalled.answer(connection)
        assert [token.access_token for token in await asyncio.gather(*calls)] == ["late"] * 40

    asyncio.run(main())


def test_more_calls_than_threads_wait_for_their_turn(stalled):
    readme = Path(__file__).parent.parent / "README.md"
    assert f", {_workers.LIMIT} at most, " in readme.read_text()

    async def main():
        client = stalled.client(timeout=60)
        calls = [asyncio.ensure_future(client.exchange_async(**GRANT)) for _ in range(_workers.LIMIT + 10)]
        first = [await until(stalled.wait) for _ in range(_workers.LIMIT)]
        assert stalled.nobody()
        # What is cancelled before its turn sends nothing.
        for call in calls[-3:]:
            call.cancel()
        for connection in first:
            stalled.answer(connection)
        for _ in range(7):
            stalled.answer(await until(stalled.wait))
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert [outcome.access_token for outcome in outcomes[:-3]] == ["late"] * (_workers.LIMIT + 7)
        assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes[-3:])
        assert stalled.nobody()

    asyncio.run(main())


@contextlib.asynccontextmanager
async def all_threads_busy(stalled):
    """Every thread of the package is at a call of a client; the calls and their connections."""
    client = stalled.client(timeout=60)
    calls = [asyncio.ensure_future(client.exchange_async(**GRANT)) for _ in range(_workers.LIMIT)]
    connections = [await until(stalled.wait) for _ in calls]
    try:
        yield client, calls, connections
    finally:
        for connection in connections:
            stalled.answer(connection)
    await asyncio.gather(*calls)
    assert await until(no_thread_is_left)
    assert stalled.nobody()


NO_TURN = r"^the call's turn did not come within its timeout of {} s; nothing was sent$"


@pytest.mark.parametrize(
    ("options", "parameters", "timeout"),
    [
        ({"timeout": 0.25}, {}, "0.25"),
        ({"timeout": 600}, {"timeout": 0.25}, "0.25"),
        ({"timeout": 600}, {"timeout": timedelta(milliseconds=250)}, "0.25"),
        ({"timeout": 600}, {"timeout": "0.2512345"}, "0.2512345"),
        ({"timeout": 600}, {"waited": 599.8}, "600"),
        ({"timeout": 3600}, {"waited": "3599.9"}, "3600"),
        ({"timeout": 600}, {"waited": 600}, "600"),
        ({"timeout": 600}, {"waited": 3600}, "600"),
        ({"timeout": 0.0015}, {"waited": 0.001}, "0.0015"),
    ],
)
def test_a_call_ends_by_its_deadline_also_where_its_turn_has_not_come(stalled, options, parameters, timeout):
    async def main():
        async with all_threads_busy(stalled):
            client = stalled.client(**options)
            calls = [client.exchange_async(**GRANT, **parameters) for _ in range(100)]
            # The busy calls go on all the time, so it is no turn that ends these.
            for error in await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 30):
                assert type(error) is talkdesk_auth.DeadlineExceededError
                assert re.match(NO_TURN.format(re.escape(timeout)), error.message)
                assert error.retryable

    asyncio.run(main())


@pytest.mark.parametrize(
    "wrong",
    [{"timeout": "soon"}, {"timeout": "nan"}, {"timeout": 0}, {"timeout": -1}]
    + [{"waited": waited} for waited in ("soon", "nan", "inf", -1, "1e1", ".5", "1_0")]
    + [{"grant_typ": "x"}, {"code": ""}],
)
def test_a_call_whose_turn_has_not_come_tells_the_same_of_its_parameters(stalled, wrong):
    async def main():
        async with all_threads_busy(stalled):
            client = stalled.client(timeout=0.1)
            with pytest.raises(talkdesk_auth.InvalidOptionError) as at_once:
                client.exchange(**GRANT, **wrong)
            with pytest.raises(talkdesk_auth.InvalidOptionError) as raised:
                await asyncio.wait_for(client.exchange_async(**GRANT, **wrong), 30)
            assert vars(raised.value) == vars(at_once.value)
            assert raised.value.message == at_once.value.message

    asyncio.run(main())


@pytest.mark.parametrize("timeout", [3601, 1e300])
def test_a_timeout_that_is_too_long_is_refused_when_the_turn_comes(stalled, timeout):
    async def main():
        async with all_threads_busy(stalled) as (client, _, connections):
            call = asyncio.ensure_future(client.exchange_async(**GRANT, timeout=timeout))
            await asyncio.sleep(0)
            stalled.answer(connections.pop())
            with pytest.raises(talkdesk_auth.InvalidOptionError, match="timeout: "):
                await asyncio.wait_for(call, 30)

    asyncio.run(main())


def test_the_wait_for_a_turn_counts(stalled, monkeypatch):
    waits = []

    def create(function, given, *client):
        texts = given[:-1]
        waits.append([value for name, value in zip(texts[::2], texts[1::2]) if name == b"waited"])
        return _failure.create(function, given, *client)

    monkeypatch.setattr(_workers, "create", create)

    async def main():
        async with all_threads_busy(stalled) as (client, calls, connections):
            waits.clear()
            earliest = time.monotonic()
            further = [asyncio.ensure_future(client.exchange_async(**GRANT, waited=waited)) for waited in (None, 7, 7.0005)]
            await asyncio.sleep(0)
            # Now they wait, and they do until one of the busy calls has its answer.
            latest = time.monotonic()
            await asyncio.sleep(0.1)
            least = time.monotonic() - latest
            for _ in further:
                stalled.answer(connections.pop())
            for _ in further:
                connections.append(await until(stalled.wait))
            calls += further
            most = time.monotonic() - earliest + 0.000002
            assert sorted(given for *given, _ in waits) == [[], [b"7"], [b"7.0005"]]
            assert all(re.fullmatch(rb"\d+\.\d{6}", waited) for *_, waited in waits)
            assert all(least <= float(waited) <= most for *_, waited in waits)

    asyncio.run(main())


@pytest.mark.parametrize("wait", [1e-9, 0.0005, 0.29, 7.0000005, 3600.0])
def test_a_wait_is_rounded_up_and_joins_what_the_caller_tells(client, wait):
    texts = [b"timeout", b"9", b"waited", b"8.5"]
    exchange = _workers.Exchange(texts, client._handle)
    *as_given, name, waited = exchange._after(wait)
    assert (as_given, name) == (texts, b"waited")
    assert wait < float(waited) < wait + 0.000002
    assert exchange._after(0) == texts


@pytest.mark.parametrize(
    ("texts", "patience"),
    [
        ([], 5),
        ([b"timeout", b"9"], 9),
        ([b"timeout", b"9", b"waited", b"8.5"], 0.5),
        ([b"waited", b"60"], 0),
        ([b"waited", b"soon"], 5),
        ([b"timeout", b"soon"], 0),
        ([b"timeout", b"nan"], 0),
        ([b"timeout", b""], 0),
    ],
)
def test_a_call_may_wait_for_what_is_left_of_its_time(endpoint, texts, patience):
    with endpoint.client(timeout=5) as client:
        assert _workers.Exchange(texts, client._handle).patience == patience


def test_what_is_cancelled_before_its_turn_is_freed_at_once(stalled, freed):
    async def main():
        async with all_threads_busy(stalled):
            client = stalled.client()
            handle = client._handle.value
            call = asyncio.ensure_future(client.exchange_async(**GRANT))
            await asyncio.sleep(0)
            client.close()
            assert handle not in freed
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await asyncio.sleep(0)
            assert freed.count(handle) == 1

    asyncio.run(main())


def test_a_thread_holds_nothing_of_earlier_calls(stalled, freed):
    """Neither of the first, with which it began, nor of the one before."""

    async def main():
        async with all_threads_busy(stalled) as (client, calls, connections):
            handle = client._handle.value
            other = stalled.client(timeout=60)
            further = [asyncio.ensure_future(other.exchange_async(**GRANT)) for _ in range(2)]
            await asyncio.sleep(0)
            # One thread takes both of these in turn, and is at the second to the end.
            stalled.answer(connections.pop())
            stalled.answer(await until(stalled.wait))
            kept = await until(stalled.wait)
            client.close()
            for connection in connections:
                stalled.answer(connection)
            connections.clear()
            await asyncio.gather(*calls)
            calls.clear()
            deadline = time.monotonic() + 30
            while len(own_threads()) > 1:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.001)
            assert freed.count(handle) == 1
            stalled.answer(kept)
            await asyncio.gather(*further)

    asyncio.run(main())


def own_threads():
    return [thread for thread in threading.enumerate() if thread.name == "talkdesk_auth"]


def no_thread_is_left():
    for thread in own_threads():
        thread.join(60)
    return own_threads() == []


def test_no_thread_stays_between_calls(client):
    asyncio.run(client.exchange_async(**GRANT))
    assert no_thread_is_left()


def test_a_cancelled_task_leaves_the_call_running_and_its_result_is_freed(stalled, freed):
    async def main():
        client = stalled.client(timeout=60)
        call = asyncio.ensure_future(client.exchange_async(**GRANT))
        connection = await until(stalled.wait)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        before = len(freed)
        assert own_threads()
        stalled.answer(connection)
        assert await until(no_thread_is_left)
        await asyncio.sleep(0)
        gc.collect()
        assert len(freed) == before + 1
        assert client._handle.value not in freed

    asyncio.run(main())


def test_a_result_after_the_loop_has_ended_is_freed(stalled, freed):
    client = stalled.client(timeout=60)

    async def main():
        call = asyncio.ensure_future(client.exchange_async(**GRANT))
        connection = await until(stalled.wait)
        assert not call.done()
        return connection

    connection = asyncio.run(main())
    before = len(freed)
    stalled.answer(connection)
    assert no_thread_is_left()
    gc.collect()
    assert len(freed) == before + 1


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_what_waits_for_its_turn_when_the_loop_is_closed_is_not_sent(stalled, caplog):
    client = stalled.client(timeout=60)

    async def main():
        calls = [asyncio.ensure_future(client.exchange_async(**GRANT)) for _ in range(_workers.LIMIT + 10)]
        return calls, [await until(stalled.wait) for _ in range(_workers.LIMIT)]

    # asyncio.run would cancel the calls.
    loop = asyncio.new_event_loop()
    calls, connections = loop.run_until_complete(main())
    loop.close()
    for connection in connections:
        stalled.answer(connection)
    assert no_thread_is_left()
    assert stalled.nobody()
    assert not any(call.done() for call in calls)


def test_closing_during_a_call_lets_it_finish_and_frees_afterwards(stalled, freed):
    async def main():
        client = stalled.client(timeout=60)
        handle = client._handle.value
        call = asyncio.ensure_future(client.exchange_async(**GRANT))
        connection = await until(stalled.wait)
        client.close()
        assert handle not in freed
        stalled.answer(connection)
        assert (await call).access_token == "late"
        assert await until(no_thread_is_left)
        return handle

    handle = asyncio.run(main())
    assert freed.count(handle) == 1


def test_an_error_keeps_no_client_alive(endpoint, freed):
    async def main():
        client = endpoint.client("error=invalid_scope")
        handle = client._handle.value
        with pytest.raises(talkdesk_auth.OauthError) as kept:
            await client.exchange_async(**GRANT)
        client.close()
        assert await until(no_thread_is_left)
        assert freed.count(handle) == 1
        assert kept.value.error == "invalid_scope"

    asyncio.run(main())


def test_the_end_of_the_program_waits_for_no_call(stalled):
    ended = run_program(
        """
import asyncio
async def main():
    client = talkdesk_auth.Client(**options)
    await asyncio.wait_for(client.exchange_async(grant_type="client_credentials", timeout=600), 0.5)
try:
    asyncio.run(main())
except asyncio.TimeoutError:
    print("gave up waiting")
""",
        stalled.options,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "gave up waiting\n", "")
