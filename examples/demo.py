"""Runs the examples against the embedded token endpoint: `make demo`. Installs nothing and leaves nothing behind.

`make demo-all` installs what the examples need and passes `--all`: then an example that can't run counts as a failure.
"""

import json
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
STAGE = ROOT / "target" / "c"
ENDPOINT = ROOT / "target" / "debug" / "examples" / "token-endpoint"


class Missing(Exception):
    """Something that an example needs is missing; the message says how to install it."""


def needed(command, package):
    if not shutil.which(command):
        raise Missing(f"{command} is missing; install it: apt-get install {package}")


def compiled(compiler, *flags):
    def prepare(source, folder):
        needed(compiler, "g++")
        program = folder / source.parent.name
        library = STAGE / "lib"
        subprocess.run(
            [compiler, *flags, source, "-I", STAGE / "include", "-L", library, "-ltalkdesk_auth", f"-Wl,-rpath,{library}", "-o", program],
            check=True,
        )
        return [program]

    return prepare


def python(source, folder):
    """Lays the package out as the wheel does: the library is inside it."""
    package = shutil.copytree(ROOT / "bindings/python/src/talkdesk_auth", folder / "python/talkdesk_auth")
    shutil.copy(STAGE / "lib/libtalkdesk_auth.so", package)
    return ["env", f"PYTHONPATH={package.parent}", "python3", source]


def ruby(source, folder):
    """Copies the gem's files and puts the library beside them."""
    needed("ruby", "ruby")
    if subprocess.run(["ruby", "-e", "require 'ffi'"], stderr=subprocess.DEVNULL).returncode:
        raise Missing("the gem ffi is missing; install it: apt-get install ruby-ffi")
    lib = shutil.copytree(ROOT / "bindings/ruby/lib", folder / "ruby")
    shutil.copy(STAGE / "lib/libtalkdesk_auth.so", lib / "talkdesk_auth/libtalkdesk_auth.so")
    return ["ruby", "-I", lib, source]


def java_package(folder):
    """Compiles the Java package and returns its class path. The library is inside, as in the jar."""
    needed("javac", "default-jdk-headless")
    needed("java", "default-jre-headless")
    jars = [*ROOT.glob("target/java/repository/net/java/dev/jna/jna/*/jna-*.jar"), *pathlib.Path("/usr/share/java").glob("jna.jar")]
    if not jars:
        raise Missing("JNA is missing; install it: apt-get install libjna-java")
    classes = folder / "java"
    resources = classes / "talkdeskauth" / f"linux-{platform.machine().replace('_', '-')}"
    if not classes.exists():
        subprocess.run(["javac", "-cp", jars[0], "-d", classes, *(ROOT / "bindings/java/src/main/java").rglob("*.java")], check=True)
        resources.mkdir()
        shutil.copy((STAGE / "lib/libtalkdesk_auth.so").resolve(), resources)
    return f"{classes}:{jars[0]}"


def java(source, folder):
    return ["java", "-cp", java_package(folder), source]


def clojure(source, folder):
    jars = [pathlib.Path("/usr/share/java") / f"{name}.jar" for name in ("clojure", "spec.alpha", "core.specs.alpha")]
    if not all(jar.exists() for jar in jars):
        raise Missing("Clojure is missing; install it: apt-get install clojure")
    package = java_package(folder)
    return ["java", "-cp", ":".join(map(str, [ROOT / "bindings/clojure/src", package, *jars])), "clojure.main", source]


def node(source, folder):
    """Makes a project with the package as npm would install it."""
    needed("node", "nodejs")
    version = subprocess.run(["node", "-p", "process.versions.node"], capture_output=True, text=True).stdout.strip()
    if int(version.partition(".")[0] or 0) < 18:
        raise Missing(f"Node 18 or later is needed, and this is {version}; install a later one: https://nodejs.org")
    koffi = ROOT / "target/node/node_modules/koffi"
    if not koffi.exists():
        raise Missing("koffi is missing; install it: npm install --prefix target/node koffi")
    modules = folder / "node" / "node_modules"
    package = modules / "talkdesk-auth"
    shutil.copytree(ROOT / "bindings/node/lib", package / "lib")
    shutil.copy(ROOT / "bindings/node/package.json", package)
    shutil.copy(STAGE / "lib/libtalkdesk_auth.so", package / "lib")
    (modules / "koffi").symlink_to(koffi)
    return ["node", shutil.copy(source, folder / "node")]


EXAMPLES = [
    ("C", "c/example.c", compiled("cc", "-std=c99")),
    ("C++", "cpp/example.cpp", compiled("c++", "-std=c++17")),
    ("Python", "python/example.py", python),
    ("Ruby", "ruby/example.rb", ruby),
    ("Java", "java/Example.java", java),
    ("Clojure", "clojure/example.clj", clojure),
    ("Node", "node/example.mjs", node),
]


def main():
    # These signals would end Python without running the `finally` below.
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda *_: sys.exit(1))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="talkdesk-auth-demo-"))
    endpoint = subprocess.Popen([ENDPOINT, "--until-stdin-closes", "--dir", folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        ready = json.loads(endpoint.stdout.readline())
        print(f"The embedded token endpoint listens on {ready['token_endpoint']}.")
        client = ready["clients"][ready["default_client"]]
        key = pathlib.Path(client["private_key_file"]).read_text().strip()
        print(f"The key of its client {client['client_id']} has the vendor's form: {len(key)} characters of bare base64.")
        failures = 0
        for number, (name, source, prepare) in enumerate(EXAMPLES, start=1):
            print(f"\n=== {name}: examples/{source}", flush=True)
            try:
                command = prepare(ROOT / "examples" / source, folder)
            except Missing as missing:
                print(f"left out: {missing}")
                failures += "--all" in sys.argv
                continue
            arguments = [ready["token_endpoint"], client["client_id"], client["key_id"], client["private_key_file"]]
            arguments += [f"code-{number}", ready["redirect_uri"], ready["wrong_private_key_file"]]
            failures += subprocess.run([*command, *arguments]).returncode != 0
        return failures
    finally:
        endpoint.stdin.close()
        endpoint.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
