"""A client that was made and used before a fork works on both sides, even if other threads were in a call."""

import asyncio
import http.client
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import anyio.to_thread
import pytest
import trio
from conftest import GRANT, in_thread

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

REQUESTS = 40


def requests(client):
    """Sends the requests; how many different tokens came back."""
    return len({client.exchange(**GRANT).access_token for _ in range(REQUESTS)})


def in_child(function):
    """Runs the function in a forked child that does nothing else; its result."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        signal.alarm(60)  # ends a child that hangs
        try:
            os.write(writer, json.dumps(function()).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with open(reader) as answer:
        text = answer.read()
    assert os.waitpid(child, 0)[1] == 0
    return json.loads(text)


def test_both_sides_of_a_fork(client):
    assert client.exchange(**GRANT).access_token
    for _ in range(3):
        assert in_child(lambda: requests(client)) == REQUESTS
    assert requests(client) == REQUESTS


def test_a_fork_while_other_threads_are_in_a_call(client, stalled):
    assert client.exchange(**GRANT).access_token
    waiting = stalled.client(timeout=60)
    calls = [in_thread(lambda: waiting.exchange(**GRANT)) for _ in range(4)]
    connections = [stalled.wait() for _ in calls]
    for _ in range(3):
        assert in_child(lambda: requests(client)) == REQUESTS
    for connection in connections:
        stalled.answer(connection)
    assert [call.outcome().access_token for call in calls] == ["late"] * 4


def test_a_fork_during_calls_of_the_same_client(client):
    def work():
        return [requests(client) for _ in range(3)]

    calls = [in_thread(work) for _ in range(3)]
    for _ in range(6):
        assert in_child(lambda: requests(client)) == REQUESTS
    assert [call.outcome() for call in calls] == [[REQUESTS] * 3] * 3


def test_inherited_objects_can_be_read_and_closed_on_both_sides(client):
    def child():
        jwt, text = assertion.jwt, token.access_token
        for value in (assertion, token, client):
            value.close()
        return [jwt, text]

    assertion, token = client.assertion(), client.exchange(**GRANT)
    assert in_child(child) == [assertion.jwt, token.access_token]
    assert requests(client) == REQUESTS


LOOPS = {"asyncio": asyncio.run, "trio": lambda coroutine: trio.run(lambda: coroutine)}


@pytest.mark.parametrize("run", LOOPS.values(), ids=LOOPS)
def test_an_event_loop_on_both_sides(client, stalled, run):
    async def many():
        return len({(await client.exchange_async(**GRANT)).access_token for _ in range(REQUESTS)})

    async def call(waiting, tokens):
        tokens.append((await waiting.exchange_async(**GRANT)).access_token)

    async def main():
        waiting, tokens = stalled.client(timeout=60), []
        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(call, waiting, tokens)
            connections = [await anyio.to_thread.run_sync(stalled.wait) for _ in range(20)]
            # The child inherits the calls, the queue and the loop that reads it.
            answered = await anyio.to_thread.run_sync(in_child, lambda: run(many()))
            for connection in connections:
                stalled.answer(connection)
        return answered, tokens

    assert run(main()) == (REQUESTS, ["late"] * 20)
    assert run(many()) == REQUESTS


def test_a_child_knows_that_its_parent_may_still_send_a_call(stalled):
    def child():
        with pytest.raises(KeyboardInterrupt) as raised:
            call.throw(KeyboardInterrupt())
        return type(raised.value.__cause__).__name__

    async def start():
        return asyncio.ensure_future(call)

    call = stalled.client(timeout=60).exchange_async(**GRANT)
    loop = asyncio.new_event_loop()
    task = loop.run_until_complete(start())
    loop.run_until_complete(asyncio.sleep(0))
    connection = stalled.wait()
    assert in_child(child) == "OutcomeUnknownError"
    # It ended no call of the parent's.
    stalled.answer(connection)
    assert loop.run_until_complete(task).access_token == "late"
    loop.close()


inherited = None


def of_inherited(_):
    return requests(inherited)


def test_multiprocessing_by_fork_with_an_inherited_global(client):
    global inherited
    inherited = client
    assert client.exchange(**GRANT).access_token
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(of_inherited, range(4)) == [REQUESTS] * 4
    assert requests(client) == REQUESTS


def test_gunicorn_with_preload(endpoint, tmp_path):
    address = str(tmp_path / "socket")
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers", "2", "--threads", "2", "--bind", f"unix:{address}"]
    server = subprocess.Popen(
        [*command, "--log-level", "warning", "gunicorn_app:application"],
        cwd=Path(__file__).parent,
        # gunicorn writes a file into the home directory.
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "CLIENT_OPTIONS": json.dumps(endpoint.options()),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
    )
    try:
        answers = [answer(address, server) for _ in range(REQUESTS)]
    finally:
        server.terminate()
        assert server.wait(60) == 0
    assert all(status == 200 for status, _ in answers)
    assert len({body["access_token"] for _, body in answers}) == REQUESTS
    assert {body["made_in"] for _, body in answers} == {server.pid}
    assert server.pid not in {body["served_by"] for _, body in answers}


def answer(address, server):
    """Waits for the server and sends one request over its socket; status and body."""
    for _ in range(600):
        assert server.poll() is None
        connection = http.client.HTTPConnection("localhost", timeout=60)
        connection.sock = socket.socket(socket.AF_UNIX)
        try:
            connection.sock.connect(address)
            break
        except OSError:
            connection.sock.close()
            time.sleep(0.1)
    connection.request("GET", "/")
    reply = connection.getresponse()
    body = json.loads(reply.read())
    connection.close()
    return reply.status, body
