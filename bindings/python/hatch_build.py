"""Puts the shared library into the wheel, and says on the wheel where it runs."""

import re
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: What the ELF header calls the machine.
MACHINES = {62: "x86_64", 183: "aarch64"}


class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        package = "talkdesk_auth/libtalkdesk_auth.so"
        library = Path(self.root, "src", package)
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform(library.read_bytes())}"
        build_data["force_include"][str(library)] = package


def platform(library: bytes) -> str:
    """The manylinux tag: the library runs where glibc has every symbol version that it names."""
    machine = MACHINES[int.from_bytes(library[18:20], "little")]
    glibc = max(int(minor) for minor in re.findall(rb"\0GLIBC_2\.(\d+)", library))
    return f"manylinux_2_{glibc}_{machine}"
