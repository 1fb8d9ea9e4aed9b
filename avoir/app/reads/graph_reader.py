"""Reads a filter token by token; and the days that it names, in contract A's words (2.3)."""

from datetime import date, timedelta, tzinfo

from avoir.app.reads.graph_days import (
    DAYS,
    INSTANTS,
    NUMBERS,
    UNITS,
    Days,
    Span,
    around,
    beside,
    plus,
    span_at,
    span_of,
)
from avoir.app.reads.graph_tokens import MalformedFilter, Token, malformed, said

_NEAR = {"yesterday": timedelta(-1), "today": timedelta(0), "tomorrow": timedelta(1)}
DAY_WORDS = {*_NEAR, "before", "after", "on", "current", "past", "last", "next"}
"""What days begin with, and no comparison does."""


class Reader:
    """The tokens, one after the other."""

    def __init__(self, tokens: list[Token], today: date) -> None:
        self.tokens, self.today, self._next = tokens, today, 0

    @property
    def ahead(self) -> Token:
        """The token that comes next."""
        return self.tokens[self._next]

    def pop(self) -> Token:
        """The next token, taken."""
        token = self.ahead
        if token.kind == "end":
            raise self.no("it ends too early")
        self._next += 1
        return token

    def take(self, text: str) -> bool:
        """Whether the next token is that word or sign; if so, it is taken."""
        token = self.ahead
        taken = token.kind in ("word", "sign") and token.text.lower() == text
        self._next += int(taken)
        return taken

    def expect(self, text: str) -> None:
        """Take that word or sign. Refuses `MalformedFilter`."""
        if not self.take(text):
            raise self.no(f"{text!r} is expected")

    def no(self, why: str) -> MalformedFilter:
        """The refusal of what comes next."""
        return malformed(self.ahead.at, why)

    # Days.

    @property
    def days_ahead(self) -> bool:
        """Whether days come next, where a comparison might."""
        return self.ahead.word in DAY_WORDS or _counts(self.ahead)

    def span(self, zone: tzinfo | None) -> Span:
        """The time that some words name: days if there is no time zone, else instants."""
        at = self.ahead.at
        try:
            token = self.pop()
            if token.word in ("before", "after", "on"):
                return self._bounded(token.word, zone)
            return span_of(self._days(token), zone)
        except (OverflowError, ValueError):
            raise malformed(at, "no calendar has these days") from None

    def _days(self, token: Token) -> Days:
        word = token.word
        if word in _NEAR:
            day = self.today + _NEAR[word]
        elif word == "current":
            return around(self.today, self._unit())
        elif word in ("past", "last", "next"):
            count = self._count(self.pop()) if _counts(self.ahead) else 1
            return beside(self.today, count if word == "next" else -count, self._unit())
        elif word == "in":
            day = plus(self.today, self._count(self.pop()), self._unit())
        elif _counts(token):
            day = plus(self.today, -self._count(token), self._unit())
            self.expect("ago")
        else:
            raise malformed(token.at, "`blank` or days are expected")
        return Days(day, day)

    def _bounded(self, word: str, zone: tzinfo | None) -> Span:
        inclusive = word == "on"
        if inclusive and self.take("or"):
            word = "before" if self.take("before") else "after"
            if word == "after":
                self.expect("after")
        sign = {"before": "<", "after": ">", "on": "="}[word]
        return beyond(span_at(said(self.pop()), zone), f"{sign}=" if inclusive else sign, zone)

    def _unit(self) -> str:
        token = self.pop()
        unit = token.word.removesuffix("s")
        if unit not in UNITS:
            raise malformed(token.at, f"one of {', '.join(UNITS)} is expected")
        return unit

    def _count(self, token: Token) -> int:
        if token.word in NUMBERS:
            return NUMBERS.index(token.word) + 1
        if not token.text.isdigit() or not 0 < int(token.text) < 10_000:
            raise malformed(token.at, "a whole number up to 9999 is expected")
        return int(token.text)


def _counts(token: Token) -> bool:
    return token.kind == "number" or token.word in NUMBERS


def beyond(span: Span, sign: str, zone: tzinfo | None) -> Span:
    """The time that is before, in or after a span of time, as the sign says."""
    first, end = DAYS if zone is None else INSTANTS
    if sign in ("<", "<="):
        return Span(first, span.first if sign == "<" else span.end)
    if sign in (">", ">="):
        return Span(span.end if sign == ">" else span.first, end)
    return span
