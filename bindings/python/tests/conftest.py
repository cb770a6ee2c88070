"""The embedded token endpoint, a server that answers when the test says so, and a record of what was freed."""

import gc
import json
import queue
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

import talkdesk_auth
from talkdesk_auth._handle import Handle

ROOT = Path(__file__).resolve().parents[3]
GRANT = {"grant_type": "client_credentials"}
#: A grant that can be spent.
CODE = {"grant_type": "authorization_code", "code": "a-code"}


class Endpoint:
    """The project's own token endpoint, which verifies what it gets and misbehaves on request."""

    def __init__(self):
        program = ROOT / "target" / "debug" / "examples" / "token-endpoint"
        self.process = subprocess.Popen([program, "--until-stdin-closes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.ready = json.loads(self.process.stdout.readline())
        self.token_endpoint = self.ready["token_endpoint"]
        self._codes = iter(range(1, 1000))

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def code(self):
        return f"code-{next(self._codes)}"

    def options(self, algorithm="ES256", fault=None):
        """The options that every client needs. The fault is one of the endpoint's, like `delay_ms=100`."""
        known = self.ready["clients"][algorithm]
        return {
            "token_endpoint": self.token_endpoint.replace("/oauth", f"/with/{fault}/oauth") if fault else self.token_endpoint,
            "algorithm": algorithm,
            "client_id": known["client_id"],
            "key_id": known["key_id"],
            "private_key_file": known["private_key_file"],
        }

    def client(self, fault=None, algorithm="ES256", **options):
        return talkdesk_auth.Client(**{**self.options(algorithm, fault), **options})

    def seen(self):
        with urllib.request.urlopen(self.ready["http"] + "/seen") as answer:
            return json.load(answer)


@pytest.fixture(scope="session")
def endpoint():
    endpoint = Endpoint()
    yield endpoint
    endpoint.stop()


@pytest.fixture
def client(endpoint):
    with endpoint.client() as client:
        yield client


class Stalled:
    """A token endpoint that hands each request to the test, and answers when the test says so."""

    #: The name of its threads.
    THREAD = "stalled"

    def __init__(self, options):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self._requests = queue.Queue()
        self.options = {**options, "token_endpoint": f"http://127.0.0.1:{self._listener.getsockname()[1]}/token"}
        threading.Thread(target=self._serve, name=self.THREAD, daemon=True).start()

    def client(self, **options):
        return talkdesk_auth.Client(**{**self.options, **options})

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._read, args=(connection,), name=self.THREAD, daemon=True).start()

    def _read(self, connection):
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
        head, body = received.split(b"\r\n\r\n", 1)
        (length,) = (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        while len(body) < length:
            body += connection.recv(65536)
        self._requests.put(connection)

    def wait(self):
        """Waits for the next request; its connection."""
        return self._requests.get(timeout=60)

    def nobody(self):
        """Whether no further request has arrived."""
        return self._requests.empty()

    def answer(self, connection):
        body = json.dumps({"access_token": "late", "token_type": "Bearer", "expires_in": 600, "scope": "x"}).encode()
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        connection.sendall(head % len(body) + body)
        connection.close()

    def close(self):
        self._listener.close()


@pytest.fixture
def stalled(endpoint):
    stalled = Stalled(endpoint.options())
    yield stalled
    stalled.close()


@pytest.fixture
def silent(endpoint):
    """A client whose endpoint never answers the TLS handshake, so nothing is ever sent."""
    with endpoint.client(token_endpoint=f"https://{endpoint.ready['silent']}/token", timeout=60) as client:
        yield client


@pytest.fixture
def freed(monkeypatch):
    """The addresses of the objects that were freed, in their order."""
    gc.collect()  # frees what earlier tests left
    addresses = []
    free = Handle.__del__

    def counting(handle):
        if handle:
            addresses.append(handle.value)
        free(handle)

    monkeypatch.setattr(Handle, "__del__", counting)
    return addresses


def chain(error):
    """An exception and all that it came from."""
    found = []
    while error is not None:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def in_thread(function):
    """Runs a function in a thread; `outcome` returns its result or raises its error."""

    class Running(threading.Thread):
        def run(self):
            try:
                self.result, self.error = function(), None
            except BaseException as error:
                self.error = error

        def outcome(self):
            self.join(60)
            assert not self.is_alive()
            if self.error:
                raise self.error
            return self.result

    running = Running(daemon=True)
    running.start()
    return running


def run_program(program, options, **how):
    """Runs a program, which finds a client's options in `options`. Returns the completed process."""
    prelude = "import json, sys\nimport talkdesk_auth\noptions = json.loads(sys.argv[1])\n"
    command = [sys.executable, "-c", prelude + program, json.dumps(options)]
    return subprocess.run(command, **{"capture_output": True, "text": True, "timeout": 600, **how})
