"""Keyword arguments to what the C ABI takes: alternating names and values, all text."""

from __future__ import annotations

from ctypes import c_char_p
from os import PathLike, fspath

from ._error import InvalidOptionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ctypes import Array
    from typing import Any

# generated: families
#: Each keyword that takes a mapping, and the prefix of the names in it.
FAMILIES = {
    "claims": "claim.",
    "params": "param.",
}
# end of generated


def marshal(options: Any) -> Array[c_char_p] | None:
    """The options as the library takes them; the dict is empty afterwards."""
    return array_of(texts_of(options)) if options else None


def array_of(texts: list[bytes]) -> Array[c_char_p] | None:
    """A NULL-terminated array that keeps what it points to."""
    return (c_char_p * (len(texts) + 1))(*texts) if texts else None


def texts_of(options: Any) -> list[bytes]:
    """Names and values by turns.

    Empties the dict, which is the caller's own, and refuses from a frame that holds no value: what logs an error with all
    local variables of its traceback logs no secret.
    """
    try:
        return [part for name, value in _pairs(options) for part in (encoded_name(name), _text(name, value))]
    except InvalidOptionError as error:
        refused = error.with_traceback(None)
    finally:
        options.clear()
    try:
        raise refused
    finally:
        del refused  # or it would hold itself, by its traceback


def _pairs(options: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The options that are given, with each mapping taken apart."""
    for name, value in options.items():
        if value is None:
            continue
        if name not in FAMILIES:
            yield name, value
            continue
        if not hasattr(value, "items"):
            raise _refused(name, f"a value of the class {type(value).__name__}; give a mapping of names to text")
        for member, text in value.items():
            if not isinstance(member, str):
                raise _refused(name, f"a name of the class {type(member).__name__}; give text")
            if text is not None:
                yield FAMILIES[name] + member, text


def encoded_name(name: str) -> bytes:
    """The name of an option or of a member of the response."""
    if not isinstance(name, str):
        raise TypeError(f"a name is text, and not of the class {type(name).__name__}")
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
    except ValueError:  # of more digits than Python writes; the library says what it thinks of them
        from decimal import Decimal

        return f"{Decimal(value):f}"


def _decimal(value: float) -> str:
    """All digits, and no exponent, which the library takes for no number."""
    text = float.__repr__(float.__add__(value, 0.0))  # not -0.0; and a subclass may write itself otherwise
    if "e" in text:
        from decimal import Decimal  # which few need

        text = f"{Decimal(text):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _refused(name: str, what: str) -> InvalidOptionError:
    # What may be a secret in the wrong place is not shown: what a claim or a field is called, as the library says it, and what
    # holds a NUL, like a key in DER.
    option = next((f"{prefix}NAME" for prefix in FAMILIES.values() if name.startswith(prefix)), None if "\0" in name else name)
    return InvalidOptionError(f"{option or 'an option'}: {what}", option=option)


def _encoded(text: str) -> bytes:
    # What is no Unicode goes as it is: the library refuses it and says so.
    return text.encode("utf-8", "surrogatepass")
