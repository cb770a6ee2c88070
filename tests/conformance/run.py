"""Runs the conformance cases in every language against one embedded endpoint, and compares the output: `make conformance`."""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
from mistakes import mistakes  # noqa: E402

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
STAGE = ROOT / "target/c"
CASES = ROOT / "tests/cases.json"
ENDPOINT = ROOT / "target/debug/examples/token-endpoint"
VERSION = re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.MULTILINE)[1]

#: The least number of cases in each group.
LEAST = {
    "key spellings": 25,
    "broken keys": 15,
    "option errors": 20,
    "claims and headers": 20,
    "grants": 10,
    "server answers": 25,
    "strings": 5,
    "several steps": 8,
}

#: Variables that a runner must not inherit. With them, it would bypass the endpoint, or trust authorities that the cases do not
#: name, or Java would print that it uses them.
FOREIGN = {
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "_JAVA_OPTIONS",
}

#: The tools that the runners need, by their names in tests/install.
TOOLS = ["cc", "cjson", "c++", "json.hpp", "venv", "ruby", "ffi", "javac", "mvn", "clojure", "tools.deps", "node", "npm"]


def check_cases():
    groups = json.loads(CASES.read_text(encoding="utf-8"))
    counts = Counter({group["group"]: len(group["cases"]) for group in groups})
    few = [f"{name}: {counts[name]} cases of {least}" for name, least in LEAST.items() if counts[name] < least]
    if few:
        sys.exit(f"{CASES.name} has too few cases: {', '.join(few)}")


def make(folder, *targets):
    made = subprocess.run(["make", "--no-print-directory", "-C", ROOT / folder, *targets], capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit(f"{made.stdout}{made.stderr}make -C {folder} {' '.join(targets)} failed")


def built(pattern):
    """The only package that matches the pattern."""
    (path,) = (ROOT / "dist").glob(pattern)
    return path


def compiled(compiler, source, folder, *libraries):
    program = folder / source.replace("/", "-")
    warnings = ["-Wall", "-Wextra", "-Werror", "-pedantic"]
    library = STAGE / "lib"
    where = ["-I", STAGE / "include", "-L", library, f"-Wl,-rpath,{library}"]
    subprocess.run([*compiler, *warnings, HERE / source, *where, "-ltalkdesk_auth", *libraries, "-o", program], check=True)
    return [program]


def c(folder):
    return compiled(["cc", "-std=c99"], "c/runner.c", folder, "-lcjson")


def cpp(folder):
    return compiled(["c++", "-std=c++17"], "cpp/runner.cpp", folder)


def python(folder):
    make("bindings/python", "package")
    zipfile.ZipFile(built(f"talkdesk_auth-{VERSION}-*.whl")).extractall(folder / "python")
    return ["env", f"PYTHONPATH={folder / 'python'}", "python3", HERE / "python/runner.py"]


def ruby(folder):
    make("bindings/ruby", "package")
    subprocess.run(
        ["gem", "unpack", "--silent", "--target", folder / "ruby", built(f"talkdesk_auth-{VERSION}-*.gem")], check=True
    )
    (unpacked,) = (folder / "ruby").iterdir()
    return ["ruby", "-w", "-I", unpacked / "lib", HERE / "ruby/runner.rb"]


def jvm():
    """The java command. Its option prevents a warning of JDK 24 and later about calls of native code."""
    allowed = ["java", "--enable-native-access=ALL-UNNAMED"]
    known = subprocess.run([*allowed, "-version"], capture_output=True).returncode == 0
    return allowed if known else ["java"]


def java(folder):
    """Uses the class path of the tests of Clojure, which has a JSON library for both languages."""
    make("bindings/clojure", "class-path")
    source, classes = HERE / "java/Runner.java", folder / "java"
    class_path = (ROOT / "target/clojure/class-path").read_text(encoding="utf-8")
    subprocess.run(
        ["javac", "--release", "11", "-Xlint:all,-path", "-Werror", "-cp", class_path, "-d", classes, source], check=True
    )
    return [*jvm(), "-cp", f"{classes}:{class_path}", "Runner"]


def clojure(_):
    class_path = (ROOT / "target/clojure/class-path").read_text(encoding="utf-8")
    return [*jvm(), "-cp", class_path, "clojure.main", HERE / "clojure/runner.clj"]


def node(folder):
    """Makes a project that has the package as npm would install it."""
    make("bindings/node", "package", "installed")
    modules = folder / "node/node_modules"
    modules.mkdir(parents=True)
    with tarfile.open(built(f"talkdesk-auth-{VERSION}.tgz")) as package:
        package.extractall(modules)
    (modules / "package").rename(modules / "talkdesk-auth")
    (modules / "koffi").symlink_to(ROOT / "target/node/node_modules/koffi")
    return ["node", shutil.copy(HERE / "node/runner.mjs", folder / "node")]


#: The functions that make the command of each runner, in this order. All runners must print the same as the first.
RUNNERS = {"c": c, "cpp": cpp, "python": python, "ruby": ruby, "java": java, "clojure": clojure, "node": node}


def run(command, cases, environment):
    return subprocess.run([*command, cases], env=environment, capture_output=True, encoding="utf-8", timeout=600)


def say(name, command, path, environment):
    """Runs a runner. Returns its line for each case, and complaints about the runner."""
    cases = json.loads(path.read_text(encoding="utf-8"))
    ended = run(command, path, environment)
    # Each runner has a folder of its own. A message shows a path in parentheses, unless the path is long.
    lines = re.sub(rf" \({re.escape(tempfile.gettempdir())}/[^) ]*\)", "", ended.stdout).splitlines()
    complaints = [f"{name}: {line}" for line in ended.stderr.splitlines()]
    if len(lines) != len(cases) or not all(about(case, line) for case, line in zip(cases, lines)):
        complaints.append(f"{name}: {len(lines)} lines; there must be one for each of the {len(cases)} cases, in their order")
    if (ended.returncode == 0) != all(line.startswith("ok ") for line in lines):
        complaints.append(f"{name}: ended with status {ended.returncode}")
    return lines + [""] * (len(cases) - len(lines)), complaints + overlooked(name, command, cases, path, environment)


def about(case, line):
    return line.partition(" ")[2].startswith(f"{case['name']}: ")


def overlooked(name, command, cases, path, environment):
    """Complaints about mistakes that a runner overlooks."""
    wrongs = mistakes(cases)
    file = path.with_suffix(".wrong.json")
    file.write_text(json.dumps(wrongs), encoding="utf-8")
    ended = run(command, file, environment)
    # The value of a wrong check can contain a line break, so not every line begins a case.
    lines = [line for line in ended.stdout.splitlines() if line.startswith(("ok ", "FAILED "))]
    complaints = [f"{name}: overlooks what is wrong: {line}" for line in lines if line.startswith("ok ")]
    if ended.returncode == 0 or len(lines) != len(wrongs):
        complaints.append(f"{name}: status {ended.returncode}, and {len(lines)} lines for {len(wrongs)} wrong cases")
    return complaints


def report(said):
    """Prints all failures, and returns how many cases passed and how many failed."""
    passed = failed = 0
    first, (expected, _) = next(iter(said.items()))
    for name, (lines, complaints) in said.items():
        agreed = [line.startswith("ok ") and line == other for line, other in zip(lines, expected)]
        passed, failed = passed + agreed.count(True), failed + agreed.count(False) + len(complaints)
        print(f"{'ok' if all(agreed) and not complaints else 'FAILED'}: {name}, {agreed.count(True)} of {len(lines)} cases")
        told = [line for line in lines if line.startswith("FAILED")]
        difference = difflib.unified_diff(expected, lines, first, name, n=0, lineterm="")
        for line in [*complaints, *told, *difference]:
            print(line)
    return passed, failed


def main():
    if not shutil.which("cargo"):
        sys.exit("The conformance cases need Rust: https://rustup.rs")
    if subprocess.run([ROOT / "tests/install", *TOOLS]).returncode != 0:
        sys.exit(1)
    check_cases()
    subprocess.run(["cargo", "build", "--quiet", "--example", "token-endpoint"], cwd=ROOT, check=True)
    make(".", "lib")
    with tempfile.TemporaryDirectory(prefix="talkdesk-auth-conformance-") as temporary:
        folder = Path(temporary)
        commands = {name: prepare(folder) for name, prepare in RUNNERS.items()}
        runners = [argument for name in RUNNERS for argument in ("--runner", name)]
        expansion = ["--cases", CASES, "--out", folder / "cases", *runners]
        endpoint = subprocess.Popen(
            [ENDPOINT, "--until-stdin-closes", "--dir", folder / "endpoint", *expansion],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        environment = {name: value for name, value in os.environ.items() if name.upper() not in FOREIGN}
        try:
            if not endpoint.stdout.readline():
                sys.exit("the endpoint ended before it was ready")
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                said = {
                    name: pool.submit(say, name, command, folder / "cases" / f"{name}.json", environment)
                    for name, command in commands.items()
                }
            passed, failed = report({name: outcome.result() for name, outcome in said.items()})
        finally:
            endpoint.stdin.close()
            endpoint.wait()
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
