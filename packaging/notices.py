#!/usr/bin/env python3
"""Prints the licences of the packages that are linked into the library. Everyone who distributes the library must include them."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

#: If a package offers a choice of licences, the first of these is used.
PREFERRED = ["LICENSE-MIT", "LICENSE-ISC", "LICENSE"]


def main() -> None:
    cargo = os.environ.get("CARGO", "cargo")
    command = [cargo, "metadata", "--format-version", "1", "--locked", "--features", "capi"]
    host = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    platform = next(line.split()[1] for line in host.splitlines() if line.startswith("host:"))
    output = subprocess.run([*command, "--filter-platform", platform], check=True, stdout=subprocess.PIPE).stdout
    metadata = json.loads(output)
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]
    packages = {package["id"]: package for package in metadata["packages"]}
    linked, waiting = set(), [root]
    while waiting:
        package = waiting.pop()
        # The dependencies of a macro are used only during the build.
        if package not in linked and not any("proc-macro" in target["kind"] for target in packages[package]["targets"]):
            linked.add(package)
            waiting += [dependency["pkg"] for dependency in nodes[package]["deps"] if is_linked(dependency)]
    holders = defaultdict(list)
    for package in (packages[key] for key in linked - {root}):
        holders[licence(package)].append(f"{package['name']} {package['version']} ({package['license']})")
    print("libtalkdesk_auth contains the following works, each under its licence.")
    for text, names in sorted(holders.items(), key=lambda entry: sorted(entry[1])):
        print(f"\n{'=' * 100}\n" + "\n".join(sorted(names)) + f"\n{'=' * 100}\n\n{text}")


def is_linked(dependency: dict) -> bool:
    return any(kind["kind"] is None for kind in dependency["dep_kinds"])


def licence(package: dict) -> str:
    folder = Path(package["manifest_path"]).parent
    files = sorted(file for file in folder.iterdir() if file.name.upper().startswith(("LICENSE", "LICENCE", "COPYING")))
    chosen = [file for name in PREFERRED for file in files if file.stem == name or file.name == name] or files
    if not chosen:
        return f"{package['license']}, by {', '.join(package['authors']) or package['repository']}"
    return chosen[0].read_text(errors="replace").strip()


if __name__ == "__main__":
    sys.exit(main())
