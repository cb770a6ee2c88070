"""Runs the linter, the type checker and all tests of the built wheel on every interpreter found. `make test` calls it."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
BINDING = HERE.parent
ROOT = BINDING.parent.parent
TARGET = ROOT / "target" / "python"
TOOLS = TARGET / "tools" / "bin"
#: As a module, because a script contains the path of its virtual environment, and a checkout may be a copy.
MYPY = [TOOLS / "python", "-m", "mypy"]
#: The versions that the package supports; mypy no longer knows the first.
VERSIONS = ["3.9", "3.10", "3.11", "3.12", "3.13"]
TYPED_VERSIONS = VERSIONS[1:]
CONFORMANCE = ROOT / "tests" / "conformance"
SOURCES = [BINDING, ROOT / "examples" / "python", CONFORMANCE]


def interpreter(version):
    """The first interpreter of this version that can make a virtual environment."""
    candidates = [shutil.which(f"python{version}"), *sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))]
    probe = "import ensurepip, sys; sys.exit('%d.%d' % sys.version_info[:2] != sys.argv[1])"
    for candidate in filter(None, candidates):
        if subprocess.run([candidate, "-c", probe, version], capture_output=True).returncode == 0:
            return candidate
    return None


def environment(version, python, wheel):
    """A virtual environment of this version with the wheel and the packages that the tests need."""
    folder = TARGET / version
    ready = folder / "ready"
    pip = [folder / "bin" / "python", "-m", "pip"]
    requirements = HERE / "requirements.txt"
    if not ready.exists() or ready.read_text() != requirements.read_text():
        subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([*pip, "install", "--quiet", "-r", requirements], check=True)
        ready.write_text(requirements.read_text())
    subprocess.run([*pip, "install", "--quiet", "--no-index", "--no-deps", "--force-reinstall", wheel], check=True)
    return folder / "bin" / "python"


def holds(*command):
    """Runs a check, which prints what it finds; whether it passed."""
    passed = subprocess.run(command, cwd=BINDING).returncode == 0
    if not passed:
        print("FAILED:", *command)
    return passed


def tests(version, python):
    """Runs the tests on this interpreter: their output, and how many passed and failed."""
    report = TARGET / f"{version}.xml"
    report.unlink(missing_ok=True)
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *sys.argv[1:], HERE]
    # Outside the checkout, so that the tests import the installed wheel.
    ended = subprocess.run(command, cwd=TARGET, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if not report.exists():
        return ended.stdout, 0, 1
    suite = ElementTree.parse(report).getroot().find("testsuite")
    failed = sum(int(suite.get(kind)) for kind in ("failures", "errors", "skipped"))
    passed = int(suite.get("tests")) - failed
    return ended.stdout, passed, max(failed, int(ended.returncode != 0))


def main():
    (wheel,) = (ROOT / "dist").glob("talkdesk_auth-*.whl")
    pythons = {version: python for version in VERSIONS if (python := interpreter(version))}
    environments = {version: environment(version, python, wheel) for version, python in pythons.items()}

    checks = [
        holds(TOOLS / "ruff", "check", *SOURCES),
        holds(TOOLS / "ruff", "format", "--check", *SOURCES),
        *(holds(*MYPY, "--python-version", version, "src") for version in TYPED_VERSIONS),
        *(
            # Checks the installed wheel, as a user's program sees it.
            holds(
                *MYPY,
                "--python-executable",
                environments[version],
                "tests/typed.py",
                CONFORMANCE / "python" / "runner.py",
            )
            for version in TYPED_VERSIONS
            if version in environments
        ),
    ]
    passed, failed = checks.count(True), checks.count(False)
    with ThreadPoolExecutor(os.cpu_count()) as executor:
        outcomes = executor.map(tests, environments, environments.values())
        for version, (output, more_passed, more_failed) in zip(environments, outcomes):
            print(f"\n=== Python {version}\n{output}", flush=True)
            passed, failed = passed + more_passed, failed + more_failed

    absent = [version for version in VERSIONS if version not in environments]
    print("\nPython:", ", ".join(environments) + (f"; absent: {', '.join(absent)}" if absent else ""))
    if not environments:
        print("no Python of these versions can make a virtual environment: apt-get install python3-venv")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    os.environ.pop("PYTHONPATH", None)
    sys.exit(main())
