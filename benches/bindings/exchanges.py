#!/usr/bin/env python3
"""The processor time of an exchange from each language, beside other libraries. `make bench` writes it into docs/benchmarks.md.

    exchanges.py              measures, and writes the section
    exchanges.py --check      lets every program make one exchange; leaves out the library of before, which takes minutes to build
    exchanges.py --rounds N   measures N rounds and only prints

Each contender is a program, started as

    PROGRAM CONTENDER TOKEN_ENDPOINT CA_FILE CLIENT_ID KEY_ID KEY_FILE

It reads lines, each `sign N` or `exchange N`, signs N assertions with ES256 or makes N exchanges one after the other, and prints
`done`. The processor time of the whole process counts, with all its threads.
"""

import argparse
import ctypes
import dataclasses
import json
import operator
import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import contenders
import report
from contenders import HERE, ROOT, TARGET
from endpoint import Endpoint

#: This section of the page begins with it.
MARK = "<!-- written by make bench, in benches/bindings/exchanges.py -->"
LANGUAGES = ["C", "Python", "Ruby", "Node", "Java"]
#: Where a blocking call can be interrupted, and could not be before.
INTERRUPTIBLE = ["Python", "Ruby", "Java"]
ROUNDS = 60
#: How many calls a turn has, and how many before it don't count, because another program's data is still in the caches.
CALLS, LEAD = 40, 5
#: How many seconds a program runs before it counts. Java compiles for some time.
WARM_UP, WARM_UP_OF_JAVA = 0.5, 15
#: How much more processor time a call may take than before, in seconds, where it became interruptible.
MOST_MORE = 40e-6
#: A difference is never exact, so this many times the target is about as much.
ABOUT = 1.1
#: The status of `benches/before` if the history of this folder lacks the commit.
ABSENT = 3

OURS, BEFORE, PEER = "ours", "before", "peer"


@dataclasses.dataclass(frozen=True, eq=False)
class Contender:
    language: str
    name: str
    role: str
    command: tuple
    environment: dict = dataclasses.field(default_factory=dict)


class Program:
    """A running program that takes turns."""

    def __init__(self, contender, endpoint):
        client = endpoint.ready["clients"]["ES256"]
        words = [endpoint.ready["token_endpoint_https"], endpoint.ready["ca_file"], client["client_id"], client["key_id"]]
        self.process = subprocess.Popen(
            [*contender.command, *words, client["private_key_pem_file"]],
            env={**os.environ, **contender.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        clock = ctypes.c_int()
        if failure := ctypes.CDLL(None).clock_getcpuclockid(self.process.pid, ctypes.byref(clock)):
            raise OSError(failure, os.strerror(failure))
        self.clock = clock.value

    def does(self, what, times):
        try:
            print(what, times, file=self.process.stdin, flush=True)
        except BrokenPipeError:
            return False
        return self.process.stdout.readline() == "done\n"

    def processor_time(self, what, times):
        """The seconds of a call."""
        start = time.clock_gettime(self.clock)
        if not self.does(what, times):
            sys.exit(f"{self.process.args[0]} failed")
        return (time.clock_gettime(self.clock) - start) / times

    def warm_up(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for what in ("sign", "exchange"):
                self.processor_time(what, CALLS)

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait()


def library_of_before():
    """Returns the folder of its checkout, or None and the reason why it can't be had."""
    words = [ROOT / "benches" / "before", *contenders.LANGUAGES]
    built = subprocess.run(words, check=False, capture_output=True, text=True)
    if built.returncode == ABSENT:
        return None, built.stderr.strip()
    if built.returncode:
        sys.exit(built.stderr)
    return pathlib.Path(built.stdout.strip()), ""


def compiled(name, source, *links):
    TARGET.mkdir(parents=True, exist_ok=True)
    program = TARGET / name
    sources = [HERE / "c" / "main.c", HERE / "c" / source]
    subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", *sources, "-o", program, *links], check=True)
    return program, "-"


def ours(root, role, built):
    """Our packages from a checkout. `built` builds or finds the package of a binding."""
    folder = {binding: TARGET / f"{binding}{'-before' if role == BEFORE else ''}" for binding in contenders.LANGUAGES}
    stage = root / "target" / "c"
    links = ["-I", stage / "include", "-L", stage / "lib", "-ltalkdesk_auth", f"-Wl,-rpath,{stage / 'lib'}"]
    interpreter = contenders.python_with(built("python", contenders.WHEEL), folder["python"])
    environment = contenders.ruby_with(built("ruby", contenders.GEM), folder["ruby"])
    archive = contenders.node_with(built("node", contenders.ARCHIVE), folder["node"])
    jar = built("java", contenders.JAR)
    return [
        Contender("C", "libtalkdesk_auth", role, compiled(f"c-{role}", "ours.c", *links)),
        Contender("Python", "talkdesk_auth", role, (interpreter, HERE / "exchange.py", "talkdesk_auth")),
        Contender("Ruby", "talkdesk_auth", role, ("ruby", HERE / "exchange.rb", "talkdesk_auth"), environment),
        Contender("Node", "talkdesk-auth", role, ("node", archive / "exchange.mjs", "talkdesk-auth")),
        Contender("Java", "talkdesk-auth", role, java(jar, "talkdesk-auth")),
    ]


def java(jar, name):
    classes, jna, _ = contenders.java_with(contenders.packaged(ROOT, contenders.JAR))
    return "java", "-cp", ":".join(map(str, [classes / "classes", jar, *jna])), "Exchange", name


def peers():
    """Clients that are written by hand. The library in brackets signs."""
    python = TARGET / "python" / "bin" / "python"
    pinned = contenders.pinned_in(HERE / "requirements.txt")
    undici = json.loads((HERE / "package.json").read_text())["dependencies"]["undici"]
    curl, openssl = (contenders.output("pkg-config", "--modversion", name) for name in ("libcurl", "libcrypto"))
    jar = contenders.packaged(ROOT, contenders.JAR)
    return [
        Contender("C", f"libcurl {curl} (OpenSSL {openssl})", PEER, compiled("c-libcurl", "libcurl.c", "-lcurl", "-lcrypto")),
        *(
            Contender("Python", f"{name} {pinned[name]} (PyJWT)", PEER, (python, HERE / "exchange.py", name))
            for name in ("requests", "httpx")
        ),
        Contender("Ruby", "Net::HTTP (ruby-jwt)", PEER, ("ruby", HERE / "exchange.rb", "Net::HTTP")),
        Contender("Node", f"undici {undici} (jsonwebtoken)", PEER, ("node", TARGET / "node" / "exchange.mjs", "undici")),
        Contender("Java", "java.net.http.HttpClient (java.security.Signature)", PEER, java(jar, "HttpClient")),
    ]


def everyone(before):
    """All contenders. `before` is the checkout of the library of before, or None."""
    subprocess.run(["make", "--no-print-directory", "lib"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    found = ours(ROOT, OURS, contenders.package)
    if before:
        found += ours(before, BEFORE, lambda _, pattern: contenders.packaged(before, pattern))
    return sorted([*found, *peers()], key=lambda contender: LANGUAGES.index(contender.language))


def measure(everyone, endpoint, rounds):
    """Returns for each contender the seconds of each round, for a signature and for an exchange."""
    programs = {contender: Program(contender, endpoint) for contender in everyone}
    for contender, program in programs.items():
        program.warm_up(WARM_UP_OF_JAVA if contender.language == "Java" else WARM_UP)
    taken = {contender: {"sign": [], "exchange": []} for contender in everyone}
    for number in range(rounds):
        # Each goes first equally often.
        first = number % len(everyone)
        for contender in everyone[first:] + everyone[:first]:
            for what, seconds in taken[contender].items():
                programs[contender].processor_time("exchange", LEAD)
                seconds.append(programs[contender].processor_time(what, CALLS))
    for program in programs.values():
        program.end()
    return taken


def section(taken, absent):
    lines = [
        MARK,
        "## Exchange from each language",
        "",
        report.wrapped(
            "`make bench` (`benches/bindings/exchanges.py`) writes this section. It shows the processor time of a "
            "`client_credentials` exchange with ES256 over a kept TLS connection, and how much of it the assertion takes. All "
            "threads of the process count. A peer is a client that is written by hand: the library sends, and the one in brackets "
            f"signs, with a key that was parsed once. The programs take turns of {CALLS} calls, and a figure is the median of the "
            "turns."
        ),
        "",
        report.wrapped(f"Machine: {contenders.machine()}, shared with other work. {versions()}."),
        "",
        report.row("", "an exchange", "of it the assertion", "beside ours"),
        report.row(*4 * ["---"]),
    ]
    own = {contender.language: contender for contender in taken if contender.role == OURS}
    for contender, seconds in taken.items():
        if contender.role == BEFORE:
            continue
        name = f"**{contender.name}**" if contender.role == OURS else contender.name
        ratio = statistics.median(map(operator.truediv, seconds["exchange"], taken[own[contender.language]]["exchange"]))
        cells = [f"{statistics.median(seconds[what]) * 1e6:.0f} µs" for what in ("exchange", "sign")]
        lines.append(report.row(f"{contender.language}: {name}", *cells, f"{ratio:.2f}"))
    return "\n".join([*lines, "", *beside_before(taken, own, absent), ""])


def beside_before(taken, own, absent):
    what = (
        '"Before" is the package of commit 9c0c53f, the last one without started calls. Since then, a call can be interrupted in '
        "Python, Ruby and Java, and Node runs no call on a thread of libuv. The first row is the library's share in each of them."
    )
    if absent:
        return [report.wrapped(f"{what} **It was not measured**: {absent}.")]
    lines = [report.wrapped(what), "", report.row("more than before", "measured", "target", ""), report.row(*4 * ["---"])]
    for contender, seconds in taken.items():
        if contender.role != BEFORE:
            continue
        now, then = taken[own[contender.language]]["exchange"], seconds["exchange"]
        more, *both = (1e6 * statistics.median(each) for each in (map(operator.sub, now, then), now, then))
        cells = [f"{more:+.1f} µs ({both[0]:.1f} µs beside {both[1]:.1f} µs)"]
        if contender.language in INTERRUPTIBLE:
            met = "met" if more <= ABOUT * 1e6 * MOST_MORE else "**missed**"
            cells += [f"about {1e6 * MOST_MORE:.0f} µs or less", met]
        lines.append(report.row(contender.language, *cells, *[""] * (3 - len(cells))))
    return lines


def versions():
    python = contenders.output(TARGET / "python" / "bin" / "python", "-c", "import platform; print(platform.python_version())")
    ruby = contenders.output("ruby", "-e", "puts RUBY_VERSION")
    node = contenders.output("node", "-p", "process.versions.node")
    return f"Python {python}, Ruby {ruby}, Node {node}, Java {contenders.java_version()}"


def write(text):
    """Replaces this section of the page, which ends at the next mark."""
    page = report.PAGE.read_text() if report.PAGE.exists() else ""
    before, _, rest = page.partition(MARK)
    if not rest:
        before, _, _ = page.partition(report.MARK)
    following = page[page.index(report.MARK) :] if report.MARK in page else ""
    report.PAGE.write_text(f"{before.rstrip()}\n\n{text}\n{following}".rstrip() + "\n")
    print("written to docs/benchmarks.md")


def check(everyone, endpoint):
    """Counts the programs that sign and exchange, and the others."""
    passed = failed = 0
    for contender in everyone:
        program = Program(contender, endpoint)
        holds = program.does("sign", 1) and program.does("exchange", 2) and program.end() == 0
        passed, failed = passed + holds, failed + (not holds)
        if not holds:
            print(f"FAILED: {contender.language} {contender.name}")
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--rounds", type=int)
    options = parser.parse_args()
    if options.check:
        with Endpoint() as endpoint:
            passed, failed = check(everyone(None), endpoint)
        print(f"{passed} passed, {failed} failed")
        return failed > 0
    before, absent = library_of_before()
    with Endpoint("release") as endpoint:
        text = section(measure(everyone(before), endpoint, options.rounds or ROUNDS), absent)
    print(text.removeprefix(MARK))
    if not options.rounds:
        write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
