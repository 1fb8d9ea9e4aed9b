"""Receivable aging: what every customer owes on a day, by how late it is. Base currency."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from avoir.app.reads.query import Query
from avoir.app.reads.receivables import open_items
from avoir.core.customer import Customer
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import anything, day, whole
from avoir.faces.rest.reports.shape import COMMON, NONE_ZERO, ONLY_ACTIVE, Asked, Made, Numbers, answered
from avoir.faces.tables import Cell, Column, Line, Table

MOST_DAYS, MOST_PERIODS = 3650, 100
AGING = Body(
    *COMMON,
    day("asDate", optional=True),
    whole("agingDaysBefore", least=1, default=30),
    whole("agingPeriods", least=1, default=3),
    NONE_ZERO,
    ONLY_ACTIVE,
    anything("customersIds"),
)
TITLE = "A/R Aging Summary"


class Period(NamedTuple):
    """How late: from so many days to so many, the last without an end; and the due dates that this means."""

    before_days: int
    to_days: int | None
    from_period: str
    to_period: str | None

    def told(self) -> dict[str, Any]:
        """As the contract tells it."""
        return self._asdict()

    @property
    def label(self) -> str:
        if self.to_days is None:
            return f"> {self.before_days - 1}"
        return f"{self.before_days} - {self.to_days}"


class Owing(NamedTuple):
    """What a customer owes: what is not late or is the customer's credit, then by period."""

    id: int
    name: str
    current: int
    late: list[int]

    @property
    def total(self) -> int:
        return self.current + sum(self.late)


async def aging_summary(call: Call) -> Any:
    """What every customer owes on a day, by how late it is; credits that nothing was set against count too.

    The total is the receivable account on that day.
    """
    asked = Asked(call, show_zero=True)
    return await answered(call, lambda query: _made(asked, query))


def periods(on: str, days: int, count: int) -> list[Period]:
    """From one day late on, `count` periods of so many days, the last of which never ends."""
    found = []
    for place in range(min(count, MOST_PERIODS)):
        first, last = place * days + 1, (place + 1) * days
        ends = place + 1 == min(count, MOST_PERIODS)
        found.append(Period(first, None if ends else last, _ago(on, first), None if ends else _ago(on, last)))
    return found


def _ago(on: str, days: int) -> str:
    earliest, day_ = date(1, 1, 1), date.fromisoformat(on)
    return (day_ - timedelta(days)).isoformat() if (day_ - earliest).days >= days else earliest.isoformat()


def _made(asked: Asked, query: Query) -> Made:
    given, numbers = asked.query, asked.numbers
    days = min(given["agingDaysBefore"], MOST_DAYS)
    ages = periods(asked.on, days, given["agingPeriods"])
    customer_ids = asked.ids("customersIds")
    rows = _owing(query, asked, ages, days, customer_ids)
    total = Owing(
        0, "Total", sum(row.current for row in rows),
        [sum(row.late[place] for row in rows) for place in range(len(ages))],
    )  # fmt: skip
    sums = _told(total, ages, numbers, total=True)
    data = {
        "customers": [
            {"customer_id": row.id, "customer_name": row.name, **_told(row, ages, numbers)} for row in rows
        ],
        "current": sums["current"],
        "aging": sums["aging"],
        # The sum, for clients of either dialect: an amount, and the columns under it.
        "total": {**sums["total"], **sums},
    }
    echo = {
        "as_date": asked.on,
        "aging_days_before": days,
        "aging_periods": len(ages),
        "number_format": asked.number_format(),
        "none_zero": given["noneZero"],
        "only_active": given["onlyActive"],
        "customers_ids": customer_ids,
        "branches_ids": asked.branch_ids,
    }
    columns = [age.told() for age in ages]
    meta = asked.meta(TITLE, on=asked.on)
    return Made(data, lambda: _table([*rows, total], ages, numbers), echo, meta, {"columns": columns})


def _owing(
    query: Query, asked: Asked, ages: Sequence[Period], days: int, customer_ids: Sequence[int]
) -> list[Owing]:
    found = open_items(
        query, asked.entity_id, asked.on, customer_ids=customer_ids, branch_ids=asked.branch_ids
    )
    current: dict[int, int] = defaultdict(int)
    late: dict[int, list[int]] = defaultdict(lambda: [0] * len(ages))
    on = date.fromisoformat(asked.on)
    days_late = {
        due_on: (on - date.fromisoformat(due_on)).days for due_on in {x.due_on for x in found} if due_on
    }
    for item in found:
        by = days_late.get(item.due_on, 0)
        if by > 0:
            late[item.customer_id][min((by - 1) // days, len(ages) - 1)] += item.minor
        else:
            current[item.customer_id] += item.minor
    given = asked.query
    customers = query.by_ids(Customer, customer_ids) if customer_ids else query.rows(Customer)
    customers.sort(key=lambda customer: (customer.name, customer.id))
    rows = [Owing(x.id, x.name, current[x.id], late[x.id]) for x in customers]
    idle = {x.id for x in customers if given["onlyActive"] and not x.active}
    return [row for row in rows if any((row.current, *row.late)) or not (given["noneZero"] or row.id in idle)]


def _told(row: Owing, ages: Sequence[Period], numbers: Numbers, *, total: bool = False) -> dict[str, Any]:
    return {
        "current": numbers.amount(row.current, total=total),
        "aging": [
            {**age.told(), "total": numbers.amount(minor, total=total)}
            for age, minor in zip(ages, row.late, strict=True)
        ],
        "total": numbers.amount(row.total, total=True),
    }


def _table(rows: Sequence[Owing], ages: Sequence[Period], numbers: Numbers) -> Table:
    columns = [
        Column("customer_name", "Customer name"),
        Column("current", "Current"),
        *(Column(f"aging_period-{place}", age.label) for place, age in enumerate(ages)),
        Column("total", "Total"),
    ]
    return Table(TITLE, columns, _lines(rows, numbers))


def _lines(rows: Sequence[Owing], numbers: Numbers) -> Iterator[Line]:
    for row in rows:
        cells = [numbers.cell(minor, total=not row.id) for minor in (row.current, *row.late)]
        kinds = ("CUSTOMER",) if row.id else ("TOTAL",)
        yield Line((Cell(row.name), *cells, numbers.cell(row.total, total=True)), kinds)
