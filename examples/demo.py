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


def compiled(compiler, flags, source, folder):
    program = folder / source.parent.name
    library = STAGE / "lib"
    subprocess.run(
        [compiler, *flags, source, "-I", STAGE / "include", "-L", library, "-ltalkdesk_auth", f"-Wl,-rpath,{library}", "-o", program],
        check=True,
    )
    return program


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
        for number, (name, compiler, flags, source) in enumerate(
            [
                ("C", "cc", ["-std=c99"], ROOT / "examples/c/example.c"),
                ("C++", "c++", ["-std=c++17"], ROOT / "examples/cpp/example.cpp"),
            ],
            start=1,
        ):
            print(f"\n=== {name}: {source.relative_to(ROOT)}")
            if not shutil.which(compiler):
                print(f"left out: no {compiler} here; add it with: apt-get install g++")
                continue
            program = compiled(compiler, flags, source, folder)
            arguments = [ready["token_endpoint"], client["client_id"], client["key_id"], client["private_key_file"]]
            arguments += [f"code-{number}", ready["redirect_uri"], ready["wrong_private_key_file"]]
            failures += subprocess.run([program, *arguments]).returncode != 0
        return failures
    finally:
        endpoint.stdin.close()
        endpoint.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
