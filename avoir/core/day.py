"""Accounting dates: plain calendar days, written YYYY-MM-DD, compared as text."""

import re
from datetime import date, datetime, tzinfo
from functools import lru_cache

from avoir.core.errors import Kind, Refusal

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(?P<zone>Z|[+-]\d{2}:?\d{2})?", re.ASCII
)


class InvalidDate(Refusal):
    """No day of the calendar, or not written as one (2026-02-30, 2026, 2026-W08)."""

    code, kind = "invalid_date", Kind.INVALID


@lru_cache(4096)
def day_of(text: str, zone: tzinfo, what: str = "date") -> str:
    """The day that a text names, as YYYY-MM-DD; a date-time is taken at its date in `zone`.

    Refuses `InvalidDate`.
    """
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
        if match := _INSTANT.fullmatch(text):
            instant = datetime.fromisoformat(text.replace(",", "."))
            return (instant if match["zone"] is None else instant.astimezone(zone)).date().isoformat()
    except (ValueError, OverflowError):
        pass
    raise InvalidDate(f"{what} is no day of the calendar (YYYY-MM-DD)", field=what)


def checked_day(text: str, what: str = "date") -> str:
    """The day itself, if it is one of the calendar. Refuses `InvalidDate`."""
    try:
        if _DAY.fullmatch(text):
            date.fromisoformat(text)
            return text
    except ValueError:
        pass
    raise InvalidDate(f"{what} is no day of the calendar (YYYY-MM-DD)", field=what)
