"""Turns keyword arguments into what the C ABI takes: alternating names and values, all text."""

from __future__ import annotations

from ctypes import c_char_p
from os import PathLike, fspath

from ._error import InvalidOptionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from ctypes import Array
    from typing import Any

# generated: families
#: Each keyword that takes a mapping, and the prefix of the names in it.
FAMILIES = {
    "claims": "claim.",
    "params": "param.",
}

#: The prefix of a family, and the prefix of the names whose values are JSON.
JSON_FAMILIES = {
    "claim.": "claim_json.",
}

#: The keywords that take a list of words.
LISTS = {"scope"}
# end of generated


#: Stands before a name that can't be out of step with its value, so that the library may show it.
MARK = b"="


def marshal(options: Any) -> Array[c_char_p] | None:
    """The options as the library takes them. Empties the dict."""
    return array_of(texts_of(options)) if options else None


def array_of(texts: list[bytes]) -> Array[c_char_p] | None:
    """A NULL-terminated array that keeps the texts alive."""
    return (c_char_p * (len(texts) + 1))(*texts) if texts else None


def texts_of(options: Any) -> list[bytes]:
    """Alternating names and values.

    Some programs log an error with all local variables of its traceback. So that they log no secret, this empties the dict,
    which belongs to the calling function alone, and raises from a frame that holds no value.
    """
    try:
        return [part for name, value in _pairs(options) for part in (MARK + encoded_name(name), _text(name, value))]
    except InvalidOptionError as error:
        refused = error.with_traceback(None)
    finally:
        options.clear()
    try:
        raise refused
    finally:
        del refused  # its traceback holds this frame: a cycle


def _pairs(options: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The options that are given; each mapping is split into its members."""
    for name, value in options.items():
        if value is None:
            continue
        if name in LISTS and isinstance(value, (list, tuple, set, frozenset)):
            value = _joined(name, value)
        if name not in FAMILIES:
            yield name, value
            continue
        if not hasattr(value, "items"):
            raise _refused(name, f"a value of the class {type(value).__name__}; give a mapping of names to text")
        for member, text in value.items():
            if not isinstance(member, str):
                raise _refused(name, f"a name of the class {type(member).__name__}; give text")
            if text is not None:
                yield _member(FAMILIES[name], member, text)


def _member(prefix: str, member: str, value: object) -> tuple[str, object]:
    """A member of a family. A claim that is no text becomes JSON."""
    if prefix in JSON_FAMILIES and (isinstance(value, (int, float, list, tuple)) or hasattr(value, "items")):
        return JSON_FAMILIES[prefix] + member, _json(prefix, value)
    return prefix + member, value


def _json(prefix: str, value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return _digits(value)
    import json  # which costs a cold start more than signing does

    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_mapping)
    except (TypeError, ValueError, RecursionError):
        pass  # the error would show the value
    raise _refused(prefix, "a value that JSON can't say; give text, finite numbers, booleans, lists and mappings of these")


def _mapping(value: Any) -> dict[object, object]:
    """Other mappings than dict, which json does not know."""
    if not hasattr(value, "items"):
        raise TypeError
    return dict(value.items())


def _joined(name: str, words: Collection[object]) -> str:
    for position, word in enumerate(words, 1):
        if not isinstance(word, str):
            raise _refused(name, f"element {position} is of the class {type(word).__name__}; give text")
        if word.split() != [word]:
            raise _refused(name, f"element {position} is empty or has a blank in it; give one word in each")
    return " ".join(map(str, words))


def encoded_name(name: str) -> bytes:
    """The name of an option or of a member of the response."""
    if not isinstance(name, str):
        raise TypeError(f"a name of the class {type(name).__name__}; give text")
    if "\0" in name:
        raise _refused(name, "a NUL inside the name; remove it")
    return _encoded(name)


def _text(name: str, value: object) -> bytes:
    if hasattr(value, "total_seconds"):  # a timedelta, without the cost of its import
        value = value.total_seconds()
    if isinstance(value, PathLike):
        value = fspath(value)
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, int):
        value = _digits(value)
    elif isinstance(value, float):
        value = _decimal(value)
    if isinstance(value, str):
        value = _encoded(value)
    if not isinstance(value, bytes):
        raise _refused(name, f"a value of the class {type(value).__name__}; give text, a number, true or false")
    if b"\0" in value:
        raise _refused(name, "a NUL inside the value; remove it")
    return value


def _digits(value: int) -> str:
    try:
        return f"{value:d}"
    except ValueError:  # Python refuses to write so many digits; the library decides whether it takes them
        from decimal import Decimal

        return f"{Decimal(value):f}"


def _decimal(value: float) -> str:
    """All digits without an exponent, because the library accepts no exponent."""
    text = float.__repr__(float.__add__(value, 0.0))  # turns -0.0 into 0.0; a subclass may have another `repr`
    if "e" in text:
        from decimal import Decimal  # imported here because it is rarely needed

        text = f"{Decimal(text):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _refused(name: str, what: str) -> InvalidOptionError:
    # A name may be a secret in the wrong place. So the name of a claim or field is not shown, as in the library's messages, and
    # neither is a name with a NUL, which may be a key in DER.
    option = next((f"{prefix}NAME" for prefix in FAMILIES.values() if name.startswith(prefix)), None if "\0" in name else name)
    return InvalidOptionError(f"{option or 'an option'}: {what}", option=option)


def _encoded(text: str) -> bytes:
    # Invalid Unicode is passed on: the library refuses it with a message.
    return text.encode("utf-8", "surrogatepass")
