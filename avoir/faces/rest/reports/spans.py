"""The columns of a statement: its whole period or parts of it, and those that they are compared with."""

import calendar
from datetime import date, timedelta
from typing import Any, NamedTuple

from avoir.app.reads.figures import TooManyColumns
from avoir.faces.render import Style, midnight
from avoir.faces.rest.fields import Form
from avoir.faces.rest.kinds import choice, flag

MOST_COLUMNS = 1000
MONTHS = {"month": 1, "quarter": 3, "year": 12}
FIRST_YEAR = 1

DISPLAY = (
    choice("displayColumnsType", ("total", "date_periods"), rule="isEnum", optional=True, default="total"),
    choice("displayColumnsBy", ("day", "month", "quarter", "year"), rule="isEnum", optional=True,
           default="year"),
)  # fmt: skip
COMPARED = tuple(
    flag(name)
    for name in (
        "previousPeriod", "previousPeriodAmountChange", "previousPeriodPercentageChange",
        "previousYear", "previousYearAmountChange", "previousYearPercentageChange",
    )
)  # fmt: skip


class Span(NamedTuple):
    """From one day to another, both included."""

    since: str
    until: str

    def dates(self, style: Style) -> dict[str, Any]:
        """Its two days as the contract tells them."""
        return {"from_date": told(self.since, style), "to_date": told(self.until, style)}


def told(day: str, style: Style) -> dict[str, Any]:
    """A day, and how it reads."""
    return {"date": midnight(day), "formatted_date": style.day(day)}


def parts(whole: Span, query: Form) -> list[Span]:
    """The date periods that are asked for, cut to the whole; none for one total. Refuses `TooManyColumns`."""
    if query["displayColumnsType"] != "date_periods" or whole.since > whole.until:
        return []
    found, day = list[Span](), whole.since
    while day <= whole.until:
        until = min(_end(day, query["displayColumnsBy"]), whole.until)
        found.append(Span(day, until))
        if len(found) > MOST_COLUMNS:
            raise TooManyColumns("a report has at most a thousand columns", most=MOST_COLUMNS)
        if until == whole.until:
            break
        day = (date.fromisoformat(until) + timedelta(1)).isoformat()
    return found


def label(span: Span, by: str) -> str:
    """How a column of one period is headed."""
    on = date.fromisoformat(span.since)
    if by == "year":
        return f"{on.year:04d}"
    if by == "quarter":
        return f"Q{(on.month - 1) // 3 + 1} {on.year:04d}"
    return on.strftime("%b ") + f"{on.year:04d}" if by == "month" else span.since


def _end(day: str, by: str) -> str:
    """The last day of the calendar's unit that a day lies in."""
    on = date.fromisoformat(day)
    if by == "day":
        return day
    months = MONTHS[by]
    month = (on.month - 1) // months * months + months
    return date(on.year, month, calendar.monthrange(on.year, month)[1]).isoformat()


def previous_year(span: Span) -> Span:
    """The same days a year before."""
    return _shifted(span, -12)


def previous_period(span: Span, by: str = "") -> Span:
    """What came right before: whole months before whole months, else as many days.

    `by` is the unit of a column that may be cut short: it is compared with as much of the unit before.
    """
    start, end = date.fromisoformat(span.since), date.fromisoformat(span.until)
    if by in MONTHS:
        return _shifted(span, -MONTHS[by])
    if start.day == 1 and _is_last(end) and start <= end:
        months = (end.year - start.year) * 12 + end.month - start.month + 1
        return _shifted(span, -months)
    days = max((end - start).days + 1, 1)
    return Span(_before(start, days), _before(end, days))


def _shifted(span: Span, months: int) -> Span:
    return Span(shifted(span.since, months), shifted(span.until, months, end=True))


def shifted(day: str, months: int, *, end: bool = False) -> str:
    """So many months later, or earlier. As the `end` of a period the last day of a month stays one."""
    on = date.fromisoformat(day)
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    if year < FIRST_YEAR:
        return "0001-01-01"
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, last if end and _is_last(on) else min(on.day, last)).isoformat()


def _is_last(on: date) -> bool:
    return on.day == calendar.monthrange(on.year, on.month)[1]


def _before(on: date, days: int) -> str:
    earliest = date(1, 1, 1)
    return (on - timedelta(days)).isoformat() if (on - earliest).days >= days else earliest.isoformat()
