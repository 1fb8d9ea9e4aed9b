"""What was given back in a period, by reason, rail, month, customer, currency, account or state."""

from collections.abc import Sequence
from typing import NamedTuple

from avoir.app.reads.query import Query
from avoir.core.errors import Kind, Refusal

REASON, RAIL, MONTH, CUSTOMER, CURRENCY, ACCOUNT, STATE = (
    "reason", "rail", "month", "customer", "currency", "account", "status",
)  # fmt: skip

OUT = "('settled')"
UNDER_WAY = "('awaiting_approval', 'pending', 'unknown')"
HELD = "('awaiting_approval', 'pending', 'unknown', 'settled')"


class UnknownGrouping(Refusal):
    """Refunds are grouped by reason, rail, month, customer, currency, account or status."""

    code, kind = "unknown_grouping", Kind.INVALID


class Group(NamedTuple):
    """Refunds that have something in common. Amounts in minor units of the base currency.

    `refunds` and `minor` are of what is paid out or promised; what failed or was undone is counted beside.
    """

    key: str
    name: str
    refunds: int
    minor: int
    settled: int
    settled_minor: int
    under_way: int
    under_way_minor: int
    undone: int


class Analytics(NamedTuple):
    """The groups, the largest first, and what was received in the same period."""

    groups: list[Group]
    received_minor: int


class _By(NamedTuple):
    """How refunds are grouped: by what, how that is called, and what has to be joined."""

    key: str
    name: str
    joined: str = ""


_REASON = """LEFT JOIN credit_notes AS n ON n.organization_id = t.organization_id AND n.id = t.credit_note_id
    LEFT JOIN dispute_reasons AS r ON r.organization_id = t.organization_id AND r.id = n.dispute_reason_id"""
_ACCOUNT = "LEFT JOIN accounts AS a ON a.organization_id = t.organization_id AND a.id = t.account_id"
_CUSTOMER = "LEFT JOIN customers AS c ON c.organization_id = t.organization_id AND c.id = t.customer_id"
GROUPINGS = {
    REASON: _By("coalesce(CAST(r.id AS TEXT), '')", "coalesce(r.name, '')", _REASON),
    RAIL: _By("t.rail", "t.rail"),
    MONTH: _By("substr(t.refunded_on, 1, 7)", "substr(t.refunded_on, 1, 7)"),
    CUSTOMER: _By("CAST(t.customer_id AS TEXT)", "coalesce(c.name, '')", _CUSTOMER),
    CURRENCY: _By("t.currency", "t.currency"),
    ACCOUNT: _By("CAST(t.account_id AS TEXT)", "coalesce(a.name, '')", _ACCOUNT),
    STATE: _By("t.state", "t.state"),
}


def analytics(
    query: Query,
    entity_id: int,
    by: str,
    since: str,
    until: str,
    *,
    branch_ids: Sequence[int] = (),
    customer_ids: Sequence[int] = (),
) -> Analytics:
    """Refunds dated in a period, in groups. Refuses `UnknownGrouping`."""
    if by not in GROUPINGS:
        raise UnknownGrouping(f"refunds are grouped by: {', '.join(GROUPINGS)}", groupBy=by[:255])
    how, params = GROUPINGS[by], {"entity": entity_id, "since": since, "until": until}
    narrowed = ""
    for column, ids in (("t.branch_id", branch_ids), ("t.customer_id", customer_ids)):
        if ids:
            among, more = query.among(column, ids)
            narrowed, params = f"{narrowed} AND {among}", params | more

    def sums(states: str) -> str:
        of = f"CASE WHEN t.state IN {states} THEN"
        return (
            f"CAST(SUM({of} 1 ELSE 0 END) AS BIGINT),"
            f" CAST(SUM({of} t.base_amount_minor ELSE 0 END) AS BIGINT)"
        )

    rows = query.all(
        f"""SELECT {how.key}, {how.name}, {sums(HELD)}, {sums(OUT)}, {sums(UNDER_WAY)},
                CAST(SUM(CASE WHEN t.state IN {HELD} THEN 0 ELSE 1 END) AS BIGINT)
            FROM refunds AS t {how.joined}
            WHERE t.organization_id = :o AND t.entity_id = :entity
                AND t.refunded_on BETWEEN :since AND :until {narrowed}
            GROUP BY 1, 2""",
        **params,
    )
    (received,) = query.all(
        f"""SELECT CAST(coalesce(SUM(t.base_amount_minor), 0) AS BIGINT) FROM payments AS t
            WHERE t.organization_id = :o AND t.entity_id = :entity AND t.state = 'received'
                AND t.received_on BETWEEN :since AND :until {narrowed}""",
        **params,
    )
    groups = [Group(*row) for row in rows]
    groups.sort(key=(lambda x: x.key) if by == MONTH else (lambda x: (-x.minor, x.name, x.key)))
    return Analytics(groups, received[0])
