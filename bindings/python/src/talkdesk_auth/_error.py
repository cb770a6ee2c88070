"""The base of all errors; `_generated.py` has a class for each name."""

from __future__ import annotations


class TalkdeskAuthError(Exception):
    """Why a call failed. It holds no key, assertion, token, code or other secret: log it freely.

    There is a class for each name; a code that this version doesn't know comes as this base class.
    """

    #: The stable code.
    code: int = 0
    #: The code's name, the same in every language.
    name: str = ""
    #: Whether the call may be repeated, because that can't spend a grant twice.
    retryable: bool = False

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(message)
        self.__dict__.update(fields)

    @property
    def message(self) -> str:
        """What happened and what to do, in English, on one line."""
        return str(self.args[0])
