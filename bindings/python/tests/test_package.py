"""The built wheel, as a user gets it: without the project's files beside it, and without any variable or path set."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, run_program

import talkdesk_auth

BINDING = Path(__file__).resolve().parent.parent
(WHEEL,) = (ROOT / "dist").glob("talkdesk_auth-*.whl")
PACKAGE = Path(talkdesk_auth.__file__).parent


def cargo_version():
    return re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]


def arguments(endpoint):
    client = endpoint.ready["clients"]["ES256"]
    return [endpoint.token_endpoint, client["client_id"], client["key_id"], client["private_key_file"]]


def bare(command, home, **how):
    """Runs a command with only a PATH and an empty home."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    return subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=300, **how)


def test_the_wheel_installs_anywhere_and_its_readme_is_right(endpoint, tmp_path):
    python = tmp_path / "venv" / "bin" / "python"
    assert bare([sys.executable, "-m", "venv", tmp_path / "venv"], tmp_path).returncode == 0
    wheel = shutil.copy(WHEEL, tmp_path)
    installed = bare([python, "-m", "pip", "install", "--no-index", wheel], tmp_path)
    assert installed.returncode == 0, installed.stderr

    readme = (BINDING / "README.md").read_text()
    (example,) = re.findall(r"```python\n(.+?)```", readme, re.DOTALL)
    for grant in ([endpoint.code(), endpoint.ready["redirect_uri"]], []):
        ended = bare([python, "-c", example, *arguments(endpoint), *grant], tmp_path)
        assert ended.stderr == ""
        assert re.fullmatch(r"Bearer [\w-]+ \d+ account:read contacts:read\n", ended.stdout)


def test_the_example_tells_the_whole_story(endpoint, tmp_path):
    example = ROOT / "examples" / "python" / "example.py"
    ready = endpoint.ready
    rest = [endpoint.code(), ready["redirect_uri"], ready["wrong_private_key_file"]]
    ended = bare([sys.executable, example, *arguments(endpoint), *rest], tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    steps = [line for line in ended.stdout.splitlines() if not line.startswith(" ")]
    assert steps == ["sign the assertion", "exchange a code", "refresh", "a wrong key: oauth_error (code 8)"]


def test_the_versions_are_those_of_the_library():
    assert talkdesk_auth.__version__ == cargo_version()
    assert WHEEL.name.split("-")[1] == cargo_version()


def test_the_wheel_says_where_it_runs():
    library = ROOT / "target" / "c" / "lib" / "libtalkdesk_auth.so"
    needs = subprocess.run(["readelf", "--version-info", library], check=True, capture_output=True, text=True).stdout
    glibc = max(int(minor) for minor in re.findall(r"Name: GLIBC_2\.(\d+)", needs))
    machine = sysconfig.get_platform().split("-")[1]
    assert WHEEL.name.endswith(f"-py3-none-manylinux_2_{glibc}_{machine}.whl")


def test_the_wheel_holds_the_package_and_its_library_and_nothing_else():
    with zipfile.ZipFile(WHEEL) as wheel:
        names = set(wheel.namelist())
        library = wheel.read("talkdesk_auth/libtalkdesk_auth.so")
        (metadata,) = (wheel.read(name).decode() for name in names if name.endswith("/METADATA"))
    sources = {f"talkdesk_auth/{file.name}" for file in (BINDING / "src" / "talkdesk_auth").iterdir() if file.is_file()}
    assert {f"talkdesk_auth/{name}" for name in ("py.typed", "OPTIONS.md", "ERRORS.md")} <= sources
    assert {name for name in names if ".dist-info/" not in name} == sources
    assert library == (ROOT / "target" / "c" / "lib" / "libtalkdesk_auth.so").read_bytes()
    licenses = {name.rpartition("/")[2] for name in names if ".dist-info/licenses/" in name}
    assert licenses == {"LICENSE", "THIRD-PARTY.txt"}
    assert "Requires-Python: >=3.9" in metadata
    assert "Requires-Dist" not in metadata


@pytest.fixture
def altered(tmp_path):
    """A copy of the installed package, and a function that imports it in a new process."""
    shutil.copytree(PACKAGE, tmp_path / "talkdesk_auth", ignore=shutil.ignore_patterns("__pycache__"))

    def imported(**environment):
        command = [sys.executable, "-c", "import talkdesk_auth; print(talkdesk_auth._library.PATH)"]
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), **environment}
        return subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True)

    return tmp_path / "talkdesk_auth", imported


def test_the_package_looks_for_its_library_only_beside_itself(altered):
    package, imported = altered
    assert imported().stdout.strip() == str(package / "libtalkdesk_auth.so")
    elsewhere = package.parent / "elsewhere"
    elsewhere.mkdir()
    (package / "libtalkdesk_auth.so").rename(elsewhere / "libtalkdesk_auth.so")
    ended = imported(LD_LIBRARY_PATH=str(elsewhere))
    assert ended.returncode == 1
    assert "ImportError: talkdesk_auth can't load its library: " in ended.stderr


def test_another_version_of_the_library_is_refused(altered):
    package, imported = altered
    library = package / "_library.py"
    library.write_text(library.read_text().replace(f'VERSION = "{cargo_version()}"', 'VERSION = "99.0.0"'))
    ended = imported()
    assert ended.returncode == 1
    assert f"ImportError: talkdesk_auth 99.0.0 found version {cargo_version()} of its library" in ended.stderr


def test_importing_loads_no_slow_module(endpoint):
    """They would slow down a cold start, and a first assertion doesn't need them."""
    program = """
talkdesk_auth.Client(**options).assertion().jwt
slow = {"asyncio", "concurrent.futures", "dataclasses", "inspect", "threading", "typing"}
print(sorted(slow & set(sys.modules)))
"""
    assert run_program(program, endpoint.options()).stdout == "[]\n"


def test_each_class_names_its_public_module():
    for name in talkdesk_auth.__all__:
        public = getattr(talkdesk_auth, name)
        # The names in a TypedDict's annotations are those of its own module.
        if isinstance(public, type) and not issubclass(public, dict):
            assert f"{public.__module__}.{public.__qualname__}" == f"talkdesk_auth.{name}"


def test_the_keyword_classes_are_loaded_on_first_use():
    assert "Client" in talkdesk_auth.ClientOptions.__doc__
    assert set(talkdesk_auth.__all__) <= set(dir(talkdesk_auth))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = talkdesk_auth.nothing
