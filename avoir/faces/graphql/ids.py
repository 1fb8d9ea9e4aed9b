"""Ids as contract A writes them: texts of digits, or numbers."""

import re

NOBODY = -1
"""An id that nothing has."""
_ID = re.compile(r"[1-9]\d{0,15}", re.ASCII)


def identifier(text: str) -> int:
    """The id that a text names; nobody's, if it is none: `2abc` is not found, and so the law says."""
    return int(text) if _ID.fullmatch(text) and int(text) < 2**53 else NOBODY


def maybe(text: str | None) -> int | None:
    """An id that need not be given."""
    return None if text is None else identifier(text)
