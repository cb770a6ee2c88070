"""Makes mistakes in the conformance cases. A runner that overlooks one would also overlook a mistake of its package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Members = dict[str, Any]

#: A name that no object and no member has.
NOBODY = "nobody"

#: For each call that makes an object: a member that the object has until it is closed.
MEMBERS = {"client": ["client", "client_id"], "exchange": ["token", "expires_in"]}

#: Kinds of mistake that must be possible in the cases.
NEEDED = {
    ("fails", False, False),
    ("fails", False, True),
    ("fails", True, True),
    ("as", "client"),
    ("as", "assertion"),
    ("as", "exchange"),
    ("close", "client"),
    ("close", "exchange"),
    "on",
    "from",
    *(
        (matcher, mistake)
        for matcher in ("same_as", "other_than")
        for mistake in ("the opposite", "unknown object", "nothing here", "nothing there", "nothing on either side")
    ),
}


def mistakes(cases: Iterable[Members]) -> list[Members]:
    """Cases with one mistake each: the first mistake of each kind in a last step, and the first in an earlier step."""
    first: dict[tuple[Any, bool], Members] = {}
    for case in cases:
        if not is_spent(case):
            for kind, is_last, wrong in in_case(case):
                first.setdefault((kind, is_last), wrong)
    if missing := NEEDED - {kind for kind, _ in first}:
        raise ValueError(f"no case has room for these mistakes: {missing}")
    return list(first.values())


def is_spent(case: Members) -> bool:
    """Whether a second run fails without any mistake, because a code or a refresh token is used up."""
    return any({"code", "refresh_token"} & step["options"].keys() for step in case["steps"])


def in_case(case: Members) -> Iterator[tuple[Any, bool, Members]]:
    """The kind of each mistake, whether it is in the last step, and the case that has it."""
    yield "unknown member of a case", True, {**case, "more": 1}
    steps = case["steps"]
    for number, step in enumerate(steps):
        before, later = steps[:number], steps[number + 1 :]
        for kind, *wrong in [*in_step(step, before, later), *in_checks(step)]:
            yield kind, not later, {**case, "steps": [*before, *wrong, *later]}


def in_step(step: Members, before: list[Members], later: list[Members]) -> Iterator[tuple[Any, ...]]:
    """The kind of each mistake in a step, and the steps that replace the step."""
    yield "unknown member of a step", {**step, "more": 1}
    yield "unknown call", {**step, "call": "sign"}
    yield ("fails", step["fails"], bool(step["checks"])), {**step, "fails": not step["fails"]}
    if step["on"]:
        yield "on", {**step, "on": NOBODY}
    for option, path in step["from"].items():
        yield "from", {**step, "from": {**step["from"], option: [NOBODY, *path[1:]]}}
    if step["as"] in names(later):
        yield ("as", step["call"]), {**step, "as": NOBODY}
    if step["call"] == "close":
        (call,) = (maker["call"] for maker in before if maker["as"] == step["on"])
        yield ("close", call), step, {**step, "call": "read", "checks": [{"path": MEMBERS[call], "is": "present", "value": None}]}


def names(steps: Iterable[Members]) -> Iterator[str]:
    """The names of the objects that the steps use."""
    for step in steps:
        yield step["on"]
        yield from (path[0] for path in step["from"].values())
        yield from (check["value"][0] for check in step["checks"] if is_comparison(check))


def is_comparison(check: Members) -> bool:
    """Whether the check compares two objects."""
    return check["is"] in ("same_as", "other_than")


def in_checks(step: Members) -> Iterator[tuple[Any, Members]]:
    """The kind of each mistake in a check, and the step that has it."""
    checks = step["checks"]
    for number, check in enumerate(checks):
        for kind, wrong in in_check(check):
            yield kind, {**step, "checks": [*checks[:number], wrong, *checks[number + 1 :]]}


def in_check(check: Members) -> Iterator[tuple[Any, Members]]:
    """The kind of each mistake, and the check that has it."""
    kind, value, path = check["is"], check["value"], check["path"]
    yield "unknown member of a check", {**check, "more": 1}
    yield "unknown kind of check", {**check, "is": "likely"}
    if is_comparison(check):
        here, there = [*path[:-1], NOBODY], [*value[:-1], NOBODY]
        yield (kind, "the opposite"), {**check, "is": "same_as" if kind == "other_than" else "other_than"}
        yield (kind, "unknown object"), {**check, "value": [NOBODY, *value[1:]]}
        yield (kind, "nothing here"), {**check, "path": here}
        yield (kind, "nothing there"), {**check, "value": there}
        yield (kind, "nothing on either side"), {**check, "path": here, "value": there}
    else:
        yield (path[0], kind, type(value)), opposite(check)


def opposite(check: Members) -> Members:
    """A check that fails if this one holds."""
    kind, value = check["is"], check["value"]
    if kind == "near_now":
        return {**check, "value": value + 100}
    if kind in ("absent", "present", "shown"):
        return {**check, "is": "present" if kind == "absent" else "absent"}
    return {**check, "value": not value if isinstance(value, bool) else value + type(value)("1")}
