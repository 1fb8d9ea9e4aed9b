"""The words of a filter of contract A, 2.3, and where each begins."""

import re
from typing import NamedTuple

from avoir.core.errors import Kind, Refusal

MOST_CHARACTERS = 4_000

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
  | (?P<day>\d{4}-\d{2}-\d{2}(?:T[0-9:.]+(?:Z|[+-]\d{2}:\d{2})?)?)
  | (?P<number>-?\d{1,40}(?:\.\d{1,20})?)
  | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<sign>=>|<=|>=|!=|[=<>()\[\],])
  )""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class MalformedFilter(Refusal):
    """A filter is a condition on the listed fields. `position` counts characters from 1."""

    code, kind = "malformed_filter", Kind.INVALID


def malformed(position: int, why: str) -> MalformedFilter:
    """The refusal of a filter that is wrong at a place."""
    return MalformedFilter(f"Malformed filter at character {position}: {why}", position=position)


class Token(NamedTuple):
    """A word of a filter, and where it begins."""

    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """What stands there in small letters, if it is a word."""
        return self.text.lower() if self.kind == "word" else ""


def tokens_of(filter: str) -> list[Token]:
    """The words of a filter, and an end. Refuses `MalformedFilter`."""
    if len(filter) > MOST_CHARACTERS:
        raise malformed(MOST_CHARACTERS, "it is too long")
    tokens, at = [], 0
    end = len(filter.rstrip())
    while at < end:
        match = _TOKEN.match(filter, at)
        if match is None or match.lastgroup is None:
            start = at + len(filter[at:]) - len(filter[at:].lstrip())
            raise malformed(start + 1, f"{filter[start]!r} is not expected here")
        tokens.append(Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1))
        at = match.end()
    tokens.append(Token("end", "", end + 1))
    return tokens


def said(token: Token) -> str:
    """The text that a value says, quoted or not. Refuses `MalformedFilter`."""
    if token.kind == "text":
        text = _ESCAPED.sub(r"\1", token.text[1:-1])
        if "\0" in text:
            raise malformed(token.at, "no text holds the character NUL")
        return text
    if token.kind in ("day", "number", "word"):
        return token.text
    raise malformed(token.at, "a value is expected")
