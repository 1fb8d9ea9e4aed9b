"""Days and instants as contract A's filters name them (2.3). Weeks begin on Monday."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

UNITS = ("day", "week", "month", "quarter", "year")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
ONE_DAY = timedelta(days=1)
NUMBERS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
"""Numbers in words: `in three weeks`."""

_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
INSTANTS = ("0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z")
DAYS = ("0001-01-01", "9999-12-32")
"""What comes first and what comes last. The empty text, which is no time, comes before both."""


class Days(NamedTuple):
    """The first day and the last one."""

    first: date
    last: date


class Span(NamedTuple):
    """From the first instant or day to before the next one, as they are kept."""

    first: str
    end: str


def plus(day: date, count: int, unit: str) -> date:
    """So many units later; a month that is too short ends on its last day. Raises what `date` raises."""
    if unit in MONTHS:
        year, month = divmod(day.year * 12 + day.month - 1 + count * MONTHS[unit], 12)
        if not date.min.year <= year <= date.max.year:
            raise OverflowError(year)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return day + count * timedelta(days=7 if unit == "week" else 1)


def around(day: date, unit: str) -> Days:
    """The whole unit that a day lies in."""
    first = day
    if unit == "week":
        first = day - day.weekday() * ONE_DAY
    elif unit in MONTHS:
        first = date(day.year, (day.month - 1) // MONTHS[unit] * MONTHS[unit] + 1, 1)
    return Days(first, plus(first, 1, unit) - ONE_DAY)


def beside(day: date, count: int, unit: str) -> Days:
    """So many whole units after the one that a day lies in; before it, if the count is negative."""
    first, last = around(day, unit)
    if count < 0:
        return Days(plus(first, count, unit), first - ONE_DAY)
    return Days(last + ONE_DAY, plus(first, count + 1, unit) - ONE_DAY)


def span_of(days: Days, zone: tzinfo | None) -> Span:
    """Whole days: as days, or as instants if there is a time zone. Raises `OverflowError`."""
    if zone is None:
        return Span(days.first.isoformat(), _next(days.last))
    return Span(_midnight(days.first, zone), _midnight(days.last + ONE_DAY, zone))


def span_at(text: str, zone: tzinfo | None) -> Span:
    """What a text names: a day; or, if there is a time zone, as little time as it says.

    A time of day without an offset is UTC. Raises `ValueError`, `OverflowError`.
    """
    match = _INSTANT.fullmatch(text)
    if match is None or zone is None:
        if match is None and not _DAY.fullmatch(text):
            raise ValueError(text)
        day = date.fromisoformat(text[:10])
        return span_of(Days(day, day), zone)
    *_, second, fraction, offset = match.groups()
    at = datetime.fromisoformat(match[0].replace(" ", "T"))
    at = at if offset else at.replace(tzinfo=UTC)
    length = 1 if fraction else 1_000 if second else 60_000
    return Span(_kept(at), _kept(at + timedelta(milliseconds=length)))


def _next(day: date) -> str:
    return DAYS[1] if day == date.max else (day + ONE_DAY).isoformat()


def _midnight(day: date, zone: tzinfo) -> str:
    return _kept(datetime.combine(day, time.min, zone))


def _kept(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
