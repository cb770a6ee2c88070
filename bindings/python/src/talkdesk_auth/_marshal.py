"""Keyword arguments to what the C ABI takes: alternating names and values, all text."""

from __future__ import annotations

from ctypes import c_char_p
from os import PathLike, fspath

from ._generated import FAMILIES, InvalidOptionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ctypes import Array


def marshal(options: Mapping[str, object]) -> Array[c_char_p] | None:
    """A NULL-terminated array that keeps what it points to."""
    if not options:
        return None
    texts = [part for name, value in _pairs(options) for part in (encoded_name(name), _text(name, value))]
    return (c_char_p * (len(texts) + 1))(*texts)


def _pairs(options: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The options that are given, with each mapping taken apart."""
    for name, value in options.items():
        if value is None:
            continue
        if name not in FAMILIES:
            yield name, value
            continue
        if not hasattr(value, "items"):
            raise TypeError(f"{name}: a mapping of names to text is wanted, not {type(value).__name__}")
        for member, text in value.items():
            if text is not None:
                yield f"{FAMILIES[name]}{member}", text


def encoded_name(name: str) -> bytes:
    """The name of an option or of a member of the response."""
    if "\0" in name:
        raise InvalidOptionError("a name holds a NUL; remove it")
    return _encoded(name)


def _text(name: str, value: object) -> bytes:
    if hasattr(value, "total_seconds"):  # a timedelta, without the cost of its import
        value = value.total_seconds()
    if isinstance(value, PathLike):
        value = fspath(value)
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, int):
        value = f"{value:d}"
    elif isinstance(value, float):
        value = _decimal(value)
    if isinstance(value, str):
        value = _encoded(value)
    if not isinstance(value, bytes):
        raise TypeError(f"{name}: text, a number, a boolean, a timedelta or a path is wanted, not {type(value).__name__}")
    if b"\0" in value:
        raise InvalidOptionError(f"{name}: a NUL at byte {value.index(0)}; remove it", option=name)
    return value


def _decimal(value: float) -> str:
    """All digits, and no exponent, which the library takes for no number."""
    text = float.__repr__(value)  # a subclass may write itself otherwise
    if "e" in text:
        text = f"{value:.17f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _encoded(text: str) -> bytes:
    # What is no Unicode goes as it is: the library refuses it and says so.
    return text.encode("utf-8", "surrogatepass")
