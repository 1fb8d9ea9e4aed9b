"""Refund analytics, our addition: what was given back, by what it has in common. Base currency."""

from collections.abc import Sequence
from typing import Any

from avoir.app.reads.query import Query
from avoir.app.reads.refund_analytics import GROUPINGS, REASON, Group, analytics
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import anything, text
from avoir.faces.rest.reports.shape import COMMON, PERIOD, Asked, Made, Numbers, answered, share
from avoir.faces.tables import Cell, Column, Line, Table

ANALYTICS = Body(*COMMON, *PERIOD, text("groupBy", optional=True), anything("customersIds"))
TITLE = "Refund Analytics"
UNNAMED = "Without a reason"


async def refund_analytics(call: Call) -> Any:
    """What was given back in a period, by reason, rail, month, customer, currency, account or status.

    Refuses `UnknownGrouping`.
    """
    asked = Asked(call, show_zero=True)
    return await answered(call, lambda query: _made(asked, query))


def _made(asked: Asked, query: Query) -> Made:
    by, numbers, customer_ids = asked.query["groupBy"] or REASON, asked.numbers, asked.ids("customersIds")
    found = analytics(
        query, asked.entity_id, by, asked.since, asked.until,
        branch_ids=asked.branch_ids, customer_ids=customer_ids,
    )  # fmt: skip
    all_ = [sum(getattr(group, name) for group in found.groups) for name in Group._fields[2:]]
    total = Group("", "Total", *all_)
    data = {
        "groups": [{"key": x.key, "name": _name(x), **_told(x, total, numbers)} for x in found.groups],
        "total": {
            **_told(total, total, numbers),
            "received": numbers.amount(found.received_minor, total=True),
            "refund_rate": share(total.settled_minor, found.received_minor),
        },
    }
    echo = asked.echo(group_by=by, groupings=list(GROUPINGS), customers_ids=customer_ids)
    return Made(data, lambda: _table(found.groups, total, numbers), echo, asked.meta(TITLE))


def _name(group: Group) -> str:
    return group.name or UNNAMED


def _told(x: Group, total: Group, numbers: Numbers) -> dict[str, Any]:
    sum_ = x is total
    return {
        "count": x.refunds,
        "total": numbers.amount(x.minor, total=sum_),
        "percentage_of_column": share(x.minor, total.minor),
        "settled_count": x.settled,
        "settled": numbers.amount(x.settled_minor, total=sum_),
        "pending_count": x.under_way,
        "pending": numbers.amount(x.under_way_minor, total=sum_),
        "undone_count": x.undone,
    }


def _table(groups: Sequence[Group], total: Group, numbers: Numbers) -> Table:
    columns = (
        Column("name", "Group"), Column("count", "Refunds"), Column("total", "Total"),
        Column("settled", "Settled"), Column("pending", "Pending"), Column("undone_count", "Undone"),
    )  # fmt: skip

    def line(x: Group) -> Line:
        sum_ = x is total
        amounts = [numbers.cell(m, total=sum_) for m in (x.minor, x.settled_minor, x.under_way_minor)]
        cells = (Cell(_name(x)), Cell(str(x.refunds), x.refunds), *amounts, Cell(str(x.undone), x.undone))
        return Line(cells, ("TOTAL",) if sum_ else ("GROUP",))

    return Table(TITLE, columns, [line(x) for x in (*groups, total)])
