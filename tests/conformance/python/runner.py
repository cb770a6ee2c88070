"""Runs the conformance cases through the Python package: runner.py CASES. Prints a line per case; exits with 1 if one failed."""

from __future__ import annotations

import functools
import json
import pathlib
import sys
import time
from typing import Any, Callable

from talkdesk_auth import Assertion, Client, TalkdeskAuthError, Token

#: The values of a token that have a getter of their own; `get` finds the others.
PROPERTIES = ("access_token", "token_type", "expires_at", "seconds_left", "scope", "refresh_token", "id_token", "json")

Getter = Callable[[str], Any]

#: The calls that a step can make on an object, with options.
CALLS: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "client": lambda _, options: Client(**options),
    "assertion": lambda client, options: client.assertion(**options),
    "exchange": lambda client, options: client.exchange(**options),
    "read": lambda on, _: on,
    "close": lambda on, _: on.close(),
}


@functools.singledispatch
def parts(made: Any) -> dict[str, Getter]:
    """The functions that read the members of each part; a path begins with a part."""
    raise TypeError(f"{made!r} has no parts")


@parts.register(Client)
def client_parts(client: Client) -> dict[str, Getter]:
    return {"client": client.get}


@parts.register(Assertion)
def assertion_parts(assertion: Assertion) -> dict[str, Getter]:
    own = {name: getattr(assertion, name) for name in ("jwt", "jti", "aud", "iat", "exp")}
    return {"assertion": own.get, "header": assertion.header.get, "claims": assertion.claims.get}


@parts.register(Token)
def token_parts(token: Token) -> dict[str, Getter]:
    def own(name: str) -> Any:
        return getattr(token, name) if name in PROPERTIES else token.get(name)

    return {"token": own, "request": json.loads(token.get("request") or "{}").get}


@parts.register(TalkdeskAuthError)
def error_parts(error: TalkdeskAuthError) -> dict[str, Getter]:
    return {"error": lambda name: getattr(error, name, None)}


def found(made: Any, path: list[str]) -> Any:
    part, name, *deeper = path
    value = parts(made)[part](name)
    for step in deeper:
        value = (value or {}).get(step)
    return value


def outcome(step: dict[str, Any], objects: dict[str, Any]) -> Any:
    """The result of the step's call, or its error."""
    on = None if step["on"] is None else objects[step["on"]]
    answers = {name: found(objects[other], path) for name, (other, *path) in step["from"].items()}
    try:
        return CALLS[step["call"]](on, {**step["options"], **answers})
    except TalkdeskAuthError as error:
        return error


def text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def holds(check: dict[str, Any], actual: Any, objects: dict[str, Any], times: tuple[int, float]) -> bool:
    kind, expected = check["is"], check["value"]
    if kind == "absent":
        return actual is None
    if kind in ("present", "shown"):
        return actual not in (None, "")
    if kind == "contains":
        return isinstance(actual, str) and expected in actual
    if kind == "near_now":
        return isinstance(actual, int) and times[0] <= actual - expected <= times[1]
    if kind in ("literal", "hidden"):
        return type(actual) is type(expected) and bool(actual == expected)
    if kind in ("same_as", "other_than"):
        other, *path = expected
        answer = found(objects[other], path)
        return None not in (actual, answer) and (actual == answer) is (kind == "same_as")
    raise ValueError(f"unknown kind of check {kind}")


def only(members: dict[str, Any], *names: str) -> None:
    if members.keys() != set(names):
        raise ValueError(f"unknown members in {members}")


def told(step: dict[str, Any], objects: dict[str, Any]) -> list[str]:
    """Checks the step and returns the part of the line about it. Fails if a check does not hold."""
    only(step, "step", "call", "on", "as", "options", "from", "fails", "checks")
    started = int(time.time())
    made = outcome(step, objects)
    times = (started, time.time())
    if isinstance(made, TalkdeskAuthError) is not step["fails"]:
        raise AssertionError(f"step {step['step']}: {made if isinstance(made, TalkdeskAuthError) else 'no error'}")
    if step["as"] is not None:
        objects[step["as"]] = made
    lines = []
    for check in step["checks"]:
        only(check, "path", "is", "value")
        path, kind = check["path"], check["is"]
        actual = found(made, path)
        if not holds(check, actual, objects, times):
            raise AssertionError(f"step {step['step']}: {check}, but it is {actual!r}")
        lines.append(f"{'.'.join(path)} {text(actual) if kind in ('literal', 'shown') else kind}")
    return lines


def line(case: dict[str, Any]) -> str:
    only(case, "name", "steps")
    objects: dict[str, Any] = {}
    lines = []
    for step in case["steps"]:
        lines += told(step, objects)
    return f"ok {case['name']}: {'; '.join(lines)}"


def main() -> int:
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    failed = False
    for case in json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")):
        try:
            told = line(case)
        except Exception as problem:
            told = f"FAILED {case['name']}: {problem!r}"
        failed |= not told.startswith("ok ")
        print(told, flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
