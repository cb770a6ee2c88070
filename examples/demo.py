"""Runs the examples against the embedded token endpoint: `make demo`. Installs nothing and leaves nothing behind."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
STAGE = ROOT / "target" / "c"
ENDPOINT = ROOT / "target" / "debug" / "examples" / "token-endpoint"


def compiled(compiler, standard, source, folder):
    program = folder / source.parent.name
    library = STAGE / "lib"
    subprocess.run(
        [compiler, standard, source, "-I", STAGE / "include", "-L", library, "-ltalkdesk_auth", f"-Wl,-rpath,{library}", "-o", program],
        check=True,
    )
    return [program]


def c(source, folder):
    return compiled("cc", "-std=c99", source, folder)


def cpp(source, folder):
    return compiled("c++", "-std=c++17", source, folder)


def python(source, folder):
    """The package with its library inside, as the wheel lays it."""
    package = shutil.copytree(ROOT / "bindings/python/src/talkdesk_auth", folder / "python/talkdesk_auth")
    shutil.copy(STAGE / "lib/libtalkdesk_auth.so", package)
    return ["env", f"PYTHONPATH={package.parent}", "python3", source]


# Language, source, the command that it needs, how to add that, and what makes it ready to run.
EXAMPLES = [
    ("C", "examples/c/example.c", "cc", "apt-get install gcc", c),
    ("C++", "examples/cpp/example.cpp", "c++", "apt-get install g++", cpp),
    ("Python", "examples/python/example.py", "python3", "apt-get install python3", python),
]


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="talkdesk-auth-demo-"))
    endpoint = subprocess.Popen([ENDPOINT, "--until-stdin-closes", "--dir", folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        ready = json.loads(endpoint.stdout.readline())
        print(f"The embedded token endpoint listens on {ready['token_endpoint']}.")
        client = ready["clients"][ready["default_client"]]
        key = pathlib.Path(client["private_key_file"]).read_text().strip()
        print(f"Its client {client['client_id']} has a key as the vendor hands it out: {len(key)} characters of bare base64.")
        failures = 0
        for number, (language, source, command, addition, prepare) in enumerate(EXAMPLES, start=1):
            print(f"\n=== {language}: {source}", flush=True)
            if not shutil.which(command):
                print(f"left out: no {command} here; add it with: {addition}")
                continue
            program = prepare(ROOT / source, folder)
            arguments = [ready["token_endpoint"], client["client_id"], client["key_id"], client["private_key_file"]]
            arguments += [f"code-{number}", ready["redirect_uri"], ready["wrong_private_key_file"]]
            failures += subprocess.run([*program, *arguments]).returncode != 0
        return failures
    finally:
        endpoint.stdin.close()
        endpoint.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
