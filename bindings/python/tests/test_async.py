"""`exchange_async` on threads of the package's own."""

import asyncio
import concurrent.futures
import gc
import threading
from pathlib import Path

import pytest
from conftest import GRANT, run_program

import talkdesk_auth
from talkdesk_auth import _workers


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
