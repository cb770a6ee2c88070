#!/usr/bin/env python3
"""`make bench-bindings`: how fast the packages sign and start, compared with other libraries. Writes docs/benchmarks.md and .svg.

    run.py              measures, and writes the section and the chart
    run.py --check      lets every program sign with every algorithm, and the embedded token endpoint verify the assertions
    run.py LANGUAGE...  measures these languages (python, ruby, node, java), and only prints
    run.py --rounds N   counts N rounds of our package in each start

Each contender is a program, started as

    PROGRAM CONTENDER held|PEM AUDIENCE CLIENT_ID KEY_ID KEY_FILE ALGORITHM [turns]

It prints one assertion. With `turns` it then reads numbers of seconds, one per line. For each it signs for that time and prints how
often it signed, as {"count": N, "seconds": S}. With `held` the key is parsed once. With `PEM` it is parsed at each call, as in the
vendor's examples.
"""

import argparse
import contextlib
import functools
import json
import os
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import contenders
import report
from endpoint import Endpoint

#: For each algorithm the seconds of a turn, and the part of its best that the raw rate must reach before and after the turn. Other
#: work on the core leaves about 0.7 of the best; a limit nearer to 1 would select lucky raw rates. Moments without other work are
#: short, so turns are short too. An RSA signature takes a millisecond, so a turn has some dozens of them.
ALGORITHMS = {"ES256": (0.01, 0.88), "RS256": (0.03, 0.88), "PS256": (0.03, 0.88)}
#: How many seconds before each turn don't count, because another program's data is still in the caches.
LEAD = 0.003
#: How often all programs are started: the place of a process in memory changes its rate, the raw one too, by some per cent.
STARTS = 4
#: How many rounds of each start must count: more of ours, because our figures are near their targets, and fewer of a peer.
ROUNDS, PEERS_ROUNDS = 10, 3
#: For a slow peer: after this many seconds of its own in one start, this number of rounds is enough.
PATIENCE = 2
FEWEST = 1
#: How many rounds are tried at most.
MOST = 4000
#: How many rounds are done before the next check of which ones count.
BETWEEN_LOOKS = 4
#: How many seconds of raw signing come first, to find its best rate.
CALIBRATION = 2
COLD_STARTS = 25


class Program:
    """A running program that takes turns."""

    def __init__(self, command, environment=None):
        environment = {**os.environ, **(environment or {})}
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    @functools.cached_property
    def jwt(self):
        """The first assertion. It is read on first use, so that programs can start at the same time."""
        return self.process.stdout.readline().strip()

    def rate(self, seconds):
        assert self.jwt
        for length in (LEAD, seconds):
            print(length, file=self.process.stdin, flush=True)
            taken = json.loads(self.process.stdout.readline())
        return taken["count"] / taken["seconds"]

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait()


def started(contender, key, endpoint, algorithm):
    return Program([*contender.command, contender.name, key, *endpoint.arguments(algorithm), "turns"], contender.environment)


def ways(contender):
    """The ways to pass the key to a contender. Our package always holds it."""
    return ["held"] if contender.ours else ["held", "PEM"]


def raw(endpoint, algorithm, jwt, *profile):
    """The crypto library alone: a mode of the benchmark in benches/speed that signs the same bytes."""
    words = ["cargo", *profile, "--quiet", "--bench", "speed", "--no-run", "--message-format", "json"]
    messages = contenders.output(*words, cwd=contenders.ROOT).splitlines()
    program = next(path for line in messages if (path := json.loads(line).get("executable")) and "speed" in path)
    key = endpoint.ready["clients"][algorithm]["private_key_file"]
    return Program([program, "raw", key, algorithm, jwt.rpartition(".")[0]])


@contextlib.contextmanager
def one_processor():
    """Programs that are started within run on one processor, so that the raw rate is measured on the same core as the others."""
    all_of_them = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(all_of_them)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_of_them)


def rates(languages, endpoint, algorithm, rounds):
    """Returns for each contender and way the median ratio to the raw rate of the moment; and the share of rounds that count."""
    ratios, counted, tried = {}, 0, 0
    for _ in range(STARTS):
        for entry, (kept, taken) in turns(languages, endpoint, algorithm, rounds).items():
            ratios.setdefault(entry, []).extend(kept)
            counted += len(kept)
            tried += taken
    return {entry: statistics.median(ratios[entry]) for entry in ratios}, counted / tried


def turns(languages, endpoint, algorithm, rounds):
    """Starts the programs. Returns each one's ratios in the rounds that count, and in how many rounds it took part."""
    turn, part = ALGORITHMS[algorithm]
    with one_processor():
        programs = {
            (contender, key): (language, started(contender, key, endpoint, algorithm))
            for language in languages
            for contender in language.contenders
            for key in ways(contender)
        }
        limit = raw(endpoint, algorithm, next(iter(programs.values()))[1].jwt, "bench")
    limits = [limit.rate(turn) for _ in range(round(CALIBRATION / turn))]
    for language, program in programs.values():
        program.rate(language.warm_up)
    taken = {entry: [] for entry in programs}
    ends = dict.fromkeys(programs, PATIENCE)
    wanted = {entry: rounds if entry[0].ours else PEERS_ROUNDS for entry in programs}
    limits.append(limit.rate(turn))
    lacking = list(programs)
    while lacking:
        for entry in lacking * BETWEEN_LOOKS:
            _, program = programs[entry]
            start = time.perf_counter()
            own = program.rate(turn)
            ends[entry] -= time.perf_counter() - start
            limits.append(limit.rate(turn))
            taken[entry].append((own, *limits[-2:]))
        kept = {entry: quiet(taken[entry], limits, part) for entry in lacking}
        wanted.update((entry, FEWEST) for entry in lacking if ends[entry] <= 0 and not entry[0].ours)
        lacking = [entry for entry in lacking if len(kept[entry]) < wanted[entry]]
        if any(len(taken[entry]) > MOST for entry in lacking):
            sys.exit(f"{algorithm}: too few of {MOST} rounds count; measure again when the machine has less other work")
    for program in [limit, *(program for _, program in programs.values())]:
        program.end()
    kept = {entry: quiet(taken[entry], limits, part) for entry in programs}
    return {entry: ([2 * own / (before + after) for own, before, after in kept[entry]], len(taken[entry])) for entry in programs}


def quiet(taken, limits, part):
    """The rounds with raw rates near the best before and after. In the others, other work used the core or its caches."""
    best = statistics.quantiles(limits, n=100)[-1]
    return [(own, *around) for own, *around in taken if min(around) >= part * best]


def cold_starts(languages, endpoint, rounds):
    """The median time, in seconds, of a whole process that signs one ES256 assertion."""
    arguments = ["PEM", *endpoint.arguments("ES256")]
    everyone = [contender for language in languages for contender in (language.nothing, *language.contenders)]
    taken = {contender: [] for contender in everyone}
    for turn in range(rounds + 1):
        for contender in everyone:
            environment = {**os.environ, **contender.environment}
            start = time.perf_counter()
            subprocess.run(
                [*contender.command, contender.name, *arguments], env=environment, check=True, stdout=subprocess.DEVNULL
            )
            # The first start finds nothing in the caches.
            if turn:
                taken[contender].append(time.perf_counter() - start)
    return {contender: statistics.median(each) for contender, each in taken.items()}


def check(languages, endpoint):
    """Counts the programs whose assertions the endpoint accepts, and the others."""
    passed = failed = 0
    for algorithm in ALGORITHMS:
        programs = {
            (contender.language, contender.name, key): started(contender, key, endpoint, algorithm)
            for language in languages
            for contender in language.contenders
            for key in ways(contender)
        }
        jwt = next(iter(programs.values())).jwt
        for name, program in {**programs, ("raw",): raw(endpoint, algorithm, jwt, "test", "--features", "capi")}.items():
            holds = (name == ("raw",) or endpoint.accepts(program.jwt)) and program.rate(0.001) > 0 and program.end() == 0
            passed, failed = passed + holds, failed + (not holds)
            if not holds:
                print(f"FAILED: {algorithm} {' '.join(name)}")
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--cold-starts", type=int, default=COLD_STARTS)
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", choices=[[], *contenders.LANGUAGES])
    options = parser.parse_args()

    languages = [contenders.LANGUAGES[name]() for name in options.languages or contenders.LANGUAGES]
    with Endpoint() as endpoint:
        if options.check:
            passed, failed = check(languages, endpoint)
            print(f"{passed} passed, {failed} failed")
            return failed > 0
        measured, shares = {}, {}
        for algorithm in ALGORITHMS:
            measured[algorithm], shares[algorithm] = rates(languages, endpoint, algorithm, options.rounds)
            print(f"{algorithm}  {shares[algorithm]:.0%} of the rounds count")
            for (contender, key), ratio in measured[algorithm].items():
                print(f"{algorithm}  {contender.language:7} {contender.name:24} {key:5} {ratio:.3f}", flush=True)
        starts = cold_starts(languages, endpoint, options.cold_starts)
        for contender, seconds in starts.items():
            print(f"start  {contender.language:7} {contender.name:24} {1000 * seconds:6.1f} ms")
    if not options.languages:
        report.write(languages, measured, starts, (STARTS, options.rounds, PEERS_ROUNDS), statistics.mean(shares.values()), options.cold_starts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
