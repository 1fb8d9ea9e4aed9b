"""Settings as clients look them up (rest.md, 2.8): the number series, and what is so and cannot be set."""

from typing import Any

from avoir.app.reads.query import Query
from avoir.core.organization import DEFAULT_ENTITY, Series
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import text

GROUPS = {
    "manual_journal": "manual_journals",
    "invoice": "sales_invoices",
    "payment": "payment_receives",
    "credit_note": "credit_note",
}
"""What contract B calls the number series."""

INDEX = Body(text("group", optional=True), text("key", optional=True))
FIXED = (
    ("organization", "accounting_basis", "accrual"),
    ("accounts", "account_code_unique", True),
    ("items", "preferred_sell_account", 1025),
)
"""What is the same for everybody: group, key, value."""


async def index(call: Call) -> list[dict[str, Any]]:
    """Every setting, or those of a group or a key."""
    group, key = call.query["group"], call.query["key"]
    series = await call.caller.read(_series)
    found = [*FIXED, *(row for x in series if x.kind in GROUPS for row in _of(x))]
    return [
        {"key": name, "value": value, "group": of}
        for of, name, value in found
        if group in ("", of) and key in ("", name)
    ]


def _series(query: Query) -> list[Series]:
    return query.rows(Series, "t.entity_id = :entity", "ORDER BY t.kind", entity=DEFAULT_ENTITY)


def _of(x: Series) -> tuple[tuple[str, str, Any], ...]:
    group = GROUPS[x.kind]
    return (
        (group, "number_prefix", x.prefix),
        (group, "next_number", f"{x.next_number:05d}"),
        (group, "auto_increment", True),
    )
