"""Under gevent other greenlets run while `exchange` waits, and `kill` and `Timeout` end it."""

import json
import subprocess
import sys

#: What every program begins with.
BEFORE = """
from gevent import monkey
monkey.patch_all()
import json, sys
import gevent
import talkdesk_auth
options = json.loads(sys.argv[1])
client = talkdesk_auth.Client(**options)
GRANT = {"grant_type": "client_credentials", "timeout": 60}
"""


class Running:
    """A program under gevent. It tells what it does line by line, and may wait until it is told something."""

    def __init__(self, program, *options):
        command = [sys.executable, "-c", BEFORE + program, *map(json.dumps, options)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, text=True, **pipes)

    def line(self):
        return self.process.stdout.readline().strip()

    def tell(self, what):
        self.process.stdin.write(what)
        self.process.stdin.flush()

    def end(self, told=None):
        """What else the program tells until it ends."""
        output, errors = self.process.communicate(told, timeout=60)
        assert (self.process.returncode, errors) == (0, "")
        return output.split()


def test_other_greenlets_run_while_200_calls_wait(stalled):
    running = Running(
        """
calls = [gevent.spawn(lambda: client.exchange(**GRANT).access_token) for _ in range(200)]
for _ in range(1000):
    gevent.sleep(0)
print(sum(call.ready() for call in calls), flush=True)
gevent.joinall(calls, raise_error=True)
print(len(calls), {call.value for call in calls})
""",
        stalled.options,
    )
    assert running.line() == "0"
    for _ in range(200):
        stalled.answer(stalled.wait())
    assert running.end() == ["200", "{'late'}"]


def test_kill_ends_a_call(stalled):
    running = Running(
        """
from gevent.socket import wait_read
causes = []
def exchange():
    try:
        client.exchange(**GRANT)
    except gevent.GreenletExit as stop:
        causes.append(type(stop.__cause__).__name__)
        raise
call = gevent.spawn(exchange)
wait_read(0)
call.kill()
print(call.ready(), *causes)
""",
        stalled.options,
    )
    connection = stalled.wait()
    assert running.end("sent") == ["True", "OutcomeUnknownError"]
    assert connection.recv(1) == b""


def test_a_timeout_ends_a_call(stalled):
    running = Running(
        """
try:
    with gevent.Timeout(0.5):
        client.exchange(**GRANT)
except gevent.Timeout as stop:
    print(type(stop.__cause__).__name__)
with gevent.Timeout(0.1, False):
    client.exchange(**GRANT)
print("on")
""",
        stalled.options,
    )
    assert running.end() == ["OutcomeUnknownError", "on"]


def test_a_call_that_was_not_sent_has_no_cause(silent, endpoint):
    running = Running(
        """
try:
    with gevent.Timeout(0.5):
        client.exchange(**GRANT)
except gevent.Timeout as stop:
    print(stop.__cause__)
""",
        {**endpoint.options(), "token_endpoint": silent.get("token_endpoint")},
    )
    assert running.end() == ["None"]


def test_a_client_may_be_closed_while_calls_wait(stalled):
    running = Running(
        """
from gevent.socket import wait_read
calls = [gevent.spawn(lambda: client.exchange(**GRANT).access_token) for _ in range(20)]
wait_read(0)
client.close()
print("closed", flush=True)
gevent.joinall(calls, raise_error=True)
print({call.value for call in calls})
""",
        stalled.options,
    )
    connections = [stalled.wait() for _ in range(20)]
    running.tell("sent")
    assert running.line() == "closed"
    for connection in connections:
        stalled.answer(connection)
    assert running.end() == ["{'late'}"]


def test_the_end_of_the_program_waits_for_no_call(stalled):
    running = Running(
        """
from gevent.socket import wait_read
calls = [gevent.spawn(client.exchange, **GRANT) for _ in range(20)]
wait_read(0)
print("ended")
""",
        stalled.options,
    )
    connections = [stalled.wait() for _ in range(20)]  # they stay open, so no call ends before the program
    assert running.end("sent") == ["ended"]
    assert len(connections) == 20


def test_200_calls_in_gevents_own_threads_end(endpoint):
    running = Running(
        """
calls = [gevent.get_hub().threadpool.spawn(client.exchange, **GRANT) for _ in range(200)]
print(len({call.get().access_token for call in calls}))
""",
        endpoint.options(),
    )
    assert running.end() == ["200"]


def test_a_fork_while_calls_wait(stalled, endpoint):
    running = Running(
        """
from gevent.socket import wait_read
calls = [gevent.spawn(lambda: client.exchange(**GRANT).access_token) for _ in range(20)]
wait_read(0)
child = gevent.os.fork()
if child == 0:
    own = talkdesk_auth.Client(**json.loads(sys.argv[2]))
    tokens = {own.exchange(**GRANT).access_token for _ in range(20)}
    gevent.os._exit(0 if len(tokens) == 20 else 1)
print(gevent.os.waitpid(child, 0)[1], flush=True)
gevent.joinall(calls, raise_error=True)
print({call.value for call in calls})
""",
        stalled.options,
        endpoint.options(),
    )
    connections = [stalled.wait() for _ in range(20)]
    running.tell("sent")
    assert running.line() == "0"
    for connection in connections:
        stalled.answer(connection)
    assert running.end() == ["{'late'}"]
