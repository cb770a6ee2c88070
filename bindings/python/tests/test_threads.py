"""One client serves many threads, and a thread that waits doesn't block others. The tests count; they don't measure time."""

import os
from pathlib import Path

from conftest import GRANT, in_thread, run_program


def test_other_threads_work_while_one_waits(stalled):
    # If the call held the interpreter's lock, nothing below would run before the deadline, and the call would fail.
    client = stalled.client(timeout=20)
    call = in_thread(lambda: client.exchange(**GRANT))
    connection = stalled.wait()
    workers = [in_thread(lambda: sum(1 for _ in range(10_000))) for _ in range(3)]
    assert [worker.outcome() for worker in workers] == [10_000] * 3
    assert client.assertion().jwt
    assert call.is_alive()
    stalled.answer(connection)
    assert call.outcome().access_token == "late"


def test_one_client_serves_many_threads(client):
    def work():
        return [(client.assertion().jti, client.exchange(**GRANT).access_token) for _ in range(20)]

    results = [result for call in [in_thread(work) for _ in range(8)] for result in call.outcome()]
    assert len(set(results)) == 160


def test_many_threads_wait_at_once(stalled):
    client = stalled.client(timeout=20)
    calls = [in_thread(lambda: client.exchange(**GRANT)) for _ in range(32)]
    connections = [stalled.wait() for _ in calls]
    for connection in connections:
        stalled.answer(connection)
    assert [call.outcome().access_token for call in calls] == ["late"] * 32


def test_other_threads_work_while_a_constructor_reads(endpoint, tmp_path):
    """The constructor waits for a pipe that holds no key yet. If it blocked the other thread, the key would never be written."""
    options = endpoint.options()
    pipe, key = tmp_path / "pipe", Path(options["private_key_file"]).read_text()
    os.mkfifo(pipe)
    program = f"""
import threading
def make():
    print(talkdesk_auth.Client(**options).get("client_id"))
making = threading.Thread(target=make)
making.start()
with open(options["private_key_file"], "w") as pipe:
    pipe.write({key!r})
making.join()
"""
    ended = run_program(program, {**options, "private_key_file": str(pipe)}, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, options["client_id"] + "\n", "")
