"""In the main thread, signal handlers run while `exchange` waits, and what they raise cancels the call."""

import gc
import json
import os
import signal
import subprocess
import sys
import threading

import pytest
from conftest import CODE, GRANT, chain, in_thread, run_program

import talkdesk_auth
from talkdesk_auth import _call
from talkdesk_auth._handle import Descriptor


@pytest.fixture
def handling():
    """Sets a handler of SIGINT for the test. A shell starts what it puts into the background with SIGINT ignored."""
    before = signal.getsignal(signal.SIGINT)
    yield lambda handler: signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGINT, before)


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def interrupt_when_sent(stalled):
    """Interrupts the main thread when its request is there. Joining answers the request's connection."""

    def work():
        connection = stalled.wait()
        interrupt()
        return connection

    return in_thread(work)


@pytest.mark.parametrize(("parameters", "retryable"), [(GRANT, True), (CODE, False)])
def test_an_interrupt_ends_a_call_that_was_sent_and_its_outcome_is_unknown(stalled, handling, parameters, retryable):
    handling(signal.default_int_handler)
    interrupting = interrupt_when_sent(stalled)
    with pytest.raises(KeyboardInterrupt) as raised:
        stalled.client(timeout=600).exchange(**parameters)
    assert isinstance(raised.value.__cause__, talkdesk_auth.OutcomeUnknownError)
    assert raised.value.__cause__.retryable is retryable
    # The library has closed the connection, so the call has ended.
    assert interrupting.outcome().recv(1) == b""


def test_an_interrupt_ends_a_call_that_was_not_sent_and_nothing_is_unknown(silent, handling):
    handling(signal.default_int_handler)
    timer = threading.Timer(0.3, interrupt)
    timer.start()
    with pytest.raises(KeyboardInterrupt) as raised:
        silent.exchange(**CODE)
    assert chain(raised.value) == [raised.value]
    timer.join()


def test_any_exception_of_a_handler_ends_the_call(stalled, handling):
    stop = TimeoutError("the handler's own")

    def handler(*_):
        raise stop

    handling(handler)
    interrupting = interrupt_when_sent(stalled)
    with pytest.raises(TimeoutError) as raised:
        stalled.client(timeout=600).exchange(**GRANT)
    assert raised.value is stop
    assert isinstance(stop.__cause__, talkdesk_auth.OutcomeUnknownError)
    interrupting.outcome()


def test_handlers_run_while_a_call_waits_and_it_goes_on(stalled, handling):
    handled, turn = [], threading.Semaphore(0)

    def handler(*_):
        handled.append(threading.current_thread())
        turn.release()

    def work():
        connection = stalled.wait()
        for _ in range(20):
            interrupt()
            assert turn.acquire(timeout=60)
        stalled.answer(connection)

    handling(handler)
    interrupting = in_thread(work)
    assert stalled.client(timeout=600).exchange(**GRANT).access_token == "late"
    interrupting.outcome()
    assert handled == [threading.main_thread()] * 20


def test_a_handler_may_exchange_too(client, stalled, handling):
    tokens = []

    def work():
        connection = stalled.wait()
        interrupt()
        while not tokens:
            pass
        stalled.answer(connection)

    handling(lambda *_: tokens.append(client.exchange(**GRANT).access_token))
    interrupting = in_thread(work)
    assert stalled.client(timeout=600).exchange(**GRANT).access_token == "late"
    interrupting.outcome()
    assert len(tokens) == 1


def test_an_interrupted_call_keeps_no_client_alive_and_leaves_no_descriptor(stalled, handling, freed):
    handling(signal.default_int_handler)
    gc.collect()  # what earlier tests left
    client = stalled.client(timeout=600)
    handle = client._handle.value
    interrupting = interrupt_when_sent(stalled)
    with pytest.raises(KeyboardInterrupt) as kept:
        client.exchange(**GRANT)
    interrupting.outcome()
    assert handle not in freed
    client.close()
    assert freed.count(handle) == 1
    assert kept.value.__traceback__
    assert not [value for value in gc.get_objects() if isinstance(value, Descriptor)]


def test_errors_and_tokens_are_the_same_without_a_descriptor(endpoint, client, monkeypatch):
    asked = []

    def none_left(_):
        asked.append("descriptor")
        return Descriptor(-1)

    monkeypatch.setattr(_call, "call_fd", none_left)
    assert client.exchange(**GRANT).access_token
    with pytest.raises(talkdesk_auth.OauthError):
        endpoint.client("error=invalid_scope").exchange(**GRANT)
    with pytest.raises(talkdesk_auth.InvalidOptionError):
        client.exchange(grant_type="")
    assert asked == ["descriptor"] * 2


def test_a_descriptor_above_1023_is_fine(endpoint):
    """`select.select` would refuse it."""
    program = """
import os, resource
from talkdesk_auth import _call
resource.setrlimit(resource.RLIMIT_NOFILE, (2048, 2048))
client = talkdesk_auth.Client(**options)
kept = [os.open("/dev/null", os.O_RDONLY) for _ in range(1100)]
seen = []
call_fd = _call.call_fd
def noted(call):
    descriptor = call_fd(call)
    seen.append(descriptor.value)
    return descriptor
_call.call_fd = noted
print(client.exchange(grant_type="client_credentials").token_type, seen[0] > 1023)
"""
    ended = run_program(program, endpoint.options())
    assert (ended.stdout, ended.stderr) == ("Bearer True\n", "")


def test_another_thread_needs_no_descriptor(client, monkeypatch):
    def started(*_):
        raise AssertionError("no signal handler runs here, so the plain call does")

    monkeypatch.setattr(_call, "token_exchange_start", started)
    assert in_thread(lambda: client.exchange(**GRANT).access_token).outcome()


def test_where_poll_is_gone_the_plain_call_works(client, monkeypatch):
    """eventlet removes it."""
    monkeypatch.delattr(_call.select, "poll")
    assert client.exchange(**GRANT).access_token


def ctrl_c(stalled, wait):
    """What a program writes to stderr that is interrupted while it waits for a call in this way."""
    program = f"""
import asyncio, json, signal, sys
import talkdesk_auth
signal.signal(signal.SIGINT, signal.default_int_handler)
client = talkdesk_auth.Client(**json.loads(sys.argv[1]))
GRANT = {{"grant_type": "client_credentials", "timeout": 3600}}
async def main():
    await client.exchange_async(**GRANT)
{wait}
"""
    command = [sys.executable, "-c", program, json.dumps(stalled.options)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running, stalled.wait():
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=60)
    assert running.returncode == -signal.SIGINT
    assert errors.endswith("\nKeyboardInterrupt\n")
    return errors


def test_ctrl_c_ends_a_program_at_once(stalled):
    assert "talkdesk_auth.OutcomeUnknownError: " in ctrl_c(stalled, "client.exchange(**GRANT)")


LOOPS = ["asyncio.run(main())", "import uvloop; uvloop.run(main())", "import trio; trio.run(main)"]


@pytest.mark.parametrize("loop", LOOPS)
def test_ctrl_c_ends_an_event_loop_at_once(stalled, loop):
    ctrl_c(stalled, loop)
