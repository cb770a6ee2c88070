"""Puts the shared library and the lists of options and errors into the wheel, and sets the wheel's platform tag."""

import re
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: The machine numbers of the ELF header.
MACHINES = {62: "x86_64", 183: "aarch64"}


class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        package = Path(self.root, "src", "talkdesk_auth")
        library = package / "libtalkdesk_auth.so"
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform(library.read_bytes())}"
        # Hatch leaves out files that version control ignores.
        for file in (library, package / "OPTIONS.md", package / "ERRORS.md"):
            build_data["force_include"][str(file)] = f"talkdesk_auth/{file.name}"


def platform(library: bytes) -> str:
    """The manylinux tag. The library needs a glibc that has every symbol version it names."""
    machine = MACHINES[int.from_bytes(library[18:20], "little")]
    glibc = max(int(minor) for minor in re.findall(rb"\0GLIBC_2\.(\d+)", library))
    return f"manylinux_2_{glibc}_{machine}"
