"""Checks style and documentation, and tests the built jar on every JDK found. `make test` passes Maven's command."""

import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor

BINDING = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = BINDING.parent.parent / "target" / "java" / "build"
MAVEN = sys.argv[1:]
#: The versions that the tests run on; virtual threads came between the two.
VERSIONS = [17, 25]
FIRST_WITH_VIRTUAL_THREADS = 21


def jdks():
    """A java command of each version that is installed."""
    found = {}
    for java in sorted(pathlib.Path("/usr/lib/jvm").glob("*/bin/java")):
        words = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
        if version := re.search(r'version "(\d+)', words):
            found.setdefault(int(version[1]), java)
    return {version: found[version] for version in VERSIONS if version in found}


def holds(*goals):
    passed = subprocess.run([*MAVEN, *goals], cwd=BINDING).returncode == 0
    if not passed:
        print("FAILED:", *goals)
    return passed


def tests(version, java, memory):
    """Runs the tests on this JDK: Maven's output, and how many passed and failed."""
    excluded = {"virtual": version < FIRST_WITH_VIRTUAL_THREADS, "memory": not memory}
    reports = BUILD / f"reports-{version}"
    for report in reports.glob("*.xml"):
        report.unlink()
    # The JDK that Maven runs on has already built the jar and the test classes, for Java 11.
    groups = ",".join(group for group, is_excluded in excluded.items() if is_excluded)
    goals = ["surefire:test", f"-Djvm={java}", f"-DexcludedGroups={groups}", f"-Dreports={reports}"]
    ended = subprocess.run([*MAVEN, *goals], cwd=BINDING, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    suites = [ElementTree.parse(report).getroot() for report in reports.glob("TEST-*.xml")]
    failed = sum(int(suite.get(kind)) for suite in suites for kind in ("failures", "errors", "skipped"))
    passed = sum(int(suite.get("tests")) for suite in suites) - failed
    return ended.stdout, passed, max(failed, int(ended.returncode != 0 or passed == 0))


def main():
    checks = [holds("test-compile"), holds("checkstyle:check"), holds("javadoc:javadoc")]
    passed, failed = checks.count(True), checks.count(False)
    found = jdks()
    with ThreadPoolExecutor(os.cpu_count()) as executor:
        # One JDK measures the memory, because the code is the same.
        outcomes = executor.map(tests, found, found.values(), [version == min(found) for version in found])
        for version, (output, more_passed, more_failed) in zip(found, outcomes):
            print(f"\n=== Java {version}\n{output}", flush=True)
            passed, failed = passed + more_passed, failed + more_failed
    absent = [str(version) for version in VERSIONS if version not in found]
    print("\nJava:", ", ".join(map(str, found)) + (f"; absent: {', '.join(absent)}" if absent else ""))
    if not found:
        print("none of these JDKs is in /usr/lib/jvm: apt-get install openjdk-17-jdk-headless")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
