"""Days as contract A's filters name them (2.3): from one to another, both included. Weeks begin on Monday."""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

UNITS = ("day", "week", "month", "quarter", "year")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
ONE_DAY = timedelta(days=1)


class Days(NamedTuple):
    """The first day and the last one."""

    first: date
    last: date


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
