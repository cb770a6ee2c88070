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


class Missing(Exception):
    """What an example needs and is not here, and how to add it."""


def needed(program, package):
    if not shutil.which(program):
        raise Missing(f"no {program} here; add it with: apt-get install {package}")


def compiled(compiler, flags, source, folder):
    needed(compiler, "g++")
    program = folder / source.parent.name
    library = STAGE / "lib"
    subprocess.run(
        [compiler, *flags, source, "-I", STAGE / "include", "-L", library, "-ltalkdesk_auth", f"-Wl,-rpath,{library}", "-o", program],
        check=True,
    )
    return [program]


def c(source, folder):
    return compiled("cc", ["-std=c99"], source, folder)


def cpp(source, folder):
    return compiled("c++", ["-std=c++17"], source, folder)


def ruby(source, folder):
    needed("ruby", "ruby")
    if subprocess.run(["ruby", "-e", "require 'ffi'"], stderr=subprocess.DEVNULL).returncode:
        raise Missing("Ruby has no ffi here; add it with: apt-get install ruby-ffi")
    lib = folder / "ruby"
    shutil.copytree(ROOT / "bindings/ruby/lib", lib)
    shutil.copy(STAGE / "lib/libtalkdesk_auth.so", lib / "talkdesk_auth/libtalkdesk_auth.so")
    return ["ruby", "-I", lib, source]


EXAMPLES = [
    ("C", c, "c/example.c"),
    ("C++", cpp, "cpp/example.cpp"),
    ("Ruby", ruby, "ruby/example.rb"),
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
        for number, (name, prepare, path) in enumerate(EXAMPLES, start=1):
            source = ROOT / "examples" / path
            print(f"\n=== {name}: {source.relative_to(ROOT)}", flush=True)
            try:
                command = prepare(source, folder)
            except Missing as missing:
                print(f"left out: {missing}")
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
