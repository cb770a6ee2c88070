"""Runs the conformance cases through the Python package: runner.py CASES. One line a case; status 1 where one failed."""

from __future__ import annotations

import json
import pathlib
import sys
import time
from typing import Any, Callable

from talkdesk_auth import Client, TalkdeskAuthError, Token

#: What `get` of a token does not answer, or answers too.
PROPERTIES = ("access_token", "token_type", "expires_at", "seconds_left", "scope", "refresh_token", "id_token", "json")

Getter = Callable[[str], Any]


def token_member(token: Token) -> Getter:
    return lambda name: getattr(token, name) if name in PROPERTIES else token.get(name)


def call(case: dict[str, Any]) -> dict[str, Getter]:
    """What answers for the first word of a path."""
    try:
        client = Client(**case["client"])
        if case["call"] == "client":
            return {"client": client.get}
        if case["call"] == "assertion":
            assertion = client.assertion(**case["options"])
            own = {name: getattr(assertion, name) for name in ("jwt", "jti", "aud", "iat", "exp")}
            return {"assertion": own.get, "header": assertion.header.get, "claims": assertion.claims.get}
        if case["call"] == "exchange":
            token = client.exchange(**case["options"])
            return {"token": token_member(token), "request": json.loads(token.get("request") or "{}").get}
        raise ValueError(f"unknown call {case['call']}")
    except TalkdeskAuthError as error:
        return {"error": vars_of(error)}


def vars_of(error: TalkdeskAuthError) -> Getter:
    return lambda name: getattr(error, name, None)


def found(answers: dict[str, Getter], path: list[str]) -> Any:
    part, name, *deeper = path
    value = answers[part](name)
    for step in deeper:
        value = (value or {}).get(step)
    return value


def text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def holds(kind: str, expected: Any, actual: Any, times: tuple[int, float]) -> bool:
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
    raise ValueError(f"unknown kind of check {kind}")


def line(case: dict[str, Any]) -> str:
    if case.keys() != {"name", "call", "client", "options", "checks"}:
        raise ValueError(f"unknown members in {case['name']}")
    started = int(time.time())
    answers = call(case)
    times = (started, time.time())
    told = []
    for check in case["checks"]:
        if check.keys() != {"path", "is", "value"}:
            raise ValueError(f"unknown members in a check of {case['name']}")
        path, kind = check["path"], check["is"]
        if path[0] not in answers:
            return f"FAILED {case['name']}: {answers['error']('message') if 'error' in answers else 'no error'}"
        actual = found(answers, path)
        if not holds(kind, check["value"], actual, times):
            return f"FAILED {case['name']}: {check}, but it is {actual!r}"
        told.append(f"{'.'.join(path)} {text(actual) if kind in ('literal', 'shown') else kind}")
    return f"ok {case['name']}: {'; '.join(told)}"


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
