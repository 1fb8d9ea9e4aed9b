"""The console's lists: by view, customer, words and dates; how many each view has, and what it sums to."""

from collections.abc import Sequence
from typing import Any

import msgspec

from avoir.app.reads.amounts import DUE, IS_DUE, IS_UNAPPLIED, LEFT, UNAPPLIED
from avoir.app.reads.console import FEW_ROWS, Conditions, like, names, page
from avoir.app.reads.console_listing import Line, Listed, Listing, Order, Wish
from avoir.app.reads.query import Query
from avoir.core.credit_note import ISSUED as NOTE_ISSUED
from avoir.core.credit_note import CreditNote
from avoir.core.dispute import OPEN as DISPUTE_OPEN
from avoir.core.dispute import Dispute
from avoir.core.invoice import ISSUED, Invoice
from avoir.core.payment import VOIDED, Payment
from avoir.core.refund import Refund

HELD = "t.state IN ('awaiting_approval', 'pending', 'unknown', 'settled')"


def invoice_standing(x: Invoice, today: str) -> str:
    """How an invoice stands, in one word; derived from amounts and dates, never kept."""
    if x.state != ISSUED:
        return x.state
    if x.due_minor:
        part = "part_paid" if x.due_minor < x.total_minor else "open"
        return "overdue" if x.due_on < today else part
    if x.disputed_minor:
        return "disputed"
    if x.returned_minor and x.returned_minor == x.paid_minor:
        return "refunded"
    return "written_off" if x.written_off_minor and not x.paid_minor else "paid"


def note_standing(x: CreditNote, today: str) -> str:
    """How a credit note stands: what is left of it."""
    if x.state != NOTE_ISSUED:
        return x.state
    if x.reserved_minor:
        return "awaiting_approval"
    if not x.remaining_minor:
        return "used"
    return "part_used" if x.used_minor else "open"


def payment_standing(x: Payment, today: str) -> str:
    """Whether something of a payment is nobody's yet."""
    if x.state == VOIDED:
        return "voided"
    if x.unapplied_minor:
        return "unapplied"
    return "refunded" if x.refunded_minor == x.amount_minor else "applied"


def disputed(query: Query, rows: Sequence[Payment]) -> dict[int, str]:
    """The payments of which a bank holds something, whatever they are applied to."""
    found = query.by_ids(Dispute, [row.id for row in rows], "payment_id")
    return {x.payment_id: "disputed" for x in found if x.state == DISPUTE_OPEN}


def own_state(x: Any, today: str) -> str:
    """Of what keeps its state itself."""
    state: str = x.state
    return state


def _day(column: str) -> Order:
    return Order((f"t.{column}",), True)


def _amount(sql: str) -> Order:
    # Amounts of different currencies are not compared: each currency stands for itself.
    return Order((sql,), True, "t.currency")


def _text(sql: str) -> Order:
    return Order((f"lower({sql})",))


NUMBER = Order(("length(t.number)", "t.number"))
NAME = "SELECT lower(c.name) FROM customers AS c WHERE c.organization_id = :o AND c.id = t.customer_id"
CUSTOMER = Order((f"({NAME})",))
HELD_BY_BANKS = f"FROM disputes AS d WHERE d.organization_id = :o AND d.state = '{DISPUTE_OPEN}'"
RETURNED = """FROM allocations AS a WHERE a.organization_id = :o AND a.payment_id IS NOT NULL
    AND a.returned_minor > 0"""
PAID_BACK = f"""t.refunded_minor
    + COALESCE((SELECT SUM(a.returned_minor) {RETURNED} AND a.payment_id = t.id), 0)"""
NOT_ISSUED = "t.state <> 'issued'"
WAITING = "t.state IN ('awaiting_approval', 'pending', 'unknown')"
UNDONE = "t.state IN ('failed', 'rejected', 'expired', 'canceled', 'reversed')"
"""In the words of the indexes, which SQLite knows no others for."""
OPEN = f"CASE WHEN t.state = '{ISSUED}' THEN {DUE} ELSE 0 END"
CREDIT = f"CASE WHEN t.state = '{NOTE_ISSUED}' THEN {LEFT} ELSE 0 END"

INVOICES = Listing(
    Invoice,
    {
        "": "t.state <> 'deleted'",
        "draft": f"{NOT_ISSUED} AND t.state = 'draft'",
        "open": f"t.state = 'issued' AND {IS_DUE}",
        "overdue": f"t.state = 'issued' AND {IS_DUE} AND t.due_on < :today",
        "paid": f"t.state = 'issued' AND {DUE} = 0",
        "refunded": "t.returned_minor > 0",
        "voided": f"{NOT_ISSUED} AND t.state = 'voided'",
    },
    "t.issued_on",
    ("t.number", "t.reference"),
    OPEN,
    "due",
    invoice_standing,
    ("draft", "overdue", "open", "refunded", "paid"),
    {
        "number": NUMBER,
        "customer": CUSTOMER,
        "issued": _day("issued_on"),
        "due": _day("due_on"),
        "total": _amount("t.total_minor"),
        "open": _amount(OPEN),
    },
    (f"{NOT_ISSUED} AND t.state = 'deleted'",),
    frozenset({"draft", "open", "overdue", "voided"}),
    "open",
    "",
    {
        "draft": ("t.total_minor", "not issued yet"),
        "paid": ("t.paid_minor", "paid"),
        "refunded": ("t.returned_minor", "given back"),
        "voided": ("t.total_minor", "claimed no longer"),
    },
)
CREDIT_NOTES = Listing(
    CreditNote,
    {
        "": "t.state <> 'deleted'",
        "draft": f"{NOT_ISSUED} AND t.state = 'draft'",
        "open": f"t.state = 'issued' AND {LEFT} > 0",
        "used": f"t.state = 'issued' AND {LEFT} = 0",
        "refund": "t.kind = 'refund' AND t.state <> 'deleted'",
        "write_off": "t.kind = 'write_off' AND t.state <> 'deleted'",
        "voided": f"{NOT_ISSUED} AND t.state = 'voided'",
    },
    "t.issued_on",
    ("t.number", "t.reference"),
    CREDIT,
    "left to give",
    note_standing,
    ("draft", "open", "used"),
    {
        "number": NUMBER,
        "customer": CUSTOMER,
        "issued": _day("issued_on"),
        "kind": _text("t.kind"),
        "total": _amount("t.total_minor"),
        "open": _amount(CREDIT),
    },
    (f"{NOT_ISSUED} AND t.state = 'deleted'",),
    frozenset({"draft", "voided"}),
    "",
    "",
    {
        "draft": ("t.total_minor", "not issued yet"),
        "used": ("t.total_minor", "credited"),
        "refund": ("t.refunded_minor", "given back"),
        "write_off": (f"CASE WHEN t.state = '{NOTE_ISSUED}' THEN t.total_minor ELSE 0 END", "given up"),
        "voided": ("t.total_minor", "taken back"),
    },
)
REFUNDS = Listing(
    Refund,
    {
        "": "1 = 1",
        "awaiting_approval": f"{WAITING} AND t.state = 'awaiting_approval'",
        "pending": f"{WAITING} AND t.state IN ('pending', 'unknown')",
        "settled": "t.state = 'settled'",
        "failed": f"{UNDONE} AND t.state = 'failed'",
        "taken_back": f"{UNDONE} AND t.state <> 'failed'",
    },
    "t.refunded_on",
    ("t.number", "t.reference", "t.description"),
    f"CASE WHEN {HELD} THEN t.amount_minor ELSE 0 END",
    "given back or promised",
    own_state,
    ("failed", "awaiting_approval", "pending", "settled"),
    {
        "number": NUMBER,
        "customer": CUSTOMER,
        "day": _day("refunded_on"),
        "rail": _text("t.rail"),
        "what": _text("CASE WHEN t.description <> '' THEN t.description ELSE t.reference END"),
        "total": _amount("t.amount_minor"),
    },
    (),
    frozenset({"awaiting_approval", "pending", "failed", "taken_back"}),
    "",
    "settled",
    {
        "awaiting_approval": ("t.amount_minor", "waiting"),
        "pending": ("t.amount_minor", "on its way"),
        "settled": ("t.amount_minor", "given back"),
        "failed": ("t.amount_minor", "not given back"),
        "taken_back": ("t.amount_minor", "taken back"),
    },
)
PAYMENTS = Listing(
    Payment,
    {
        "": "1 = 1",
        "unapplied": IS_UNAPPLIED,
        "disputed": f"t.id IN (SELECT d.payment_id {HELD_BY_BANKS})",
        "refunded": f"t.refunded_minor > 0 OR t.id IN (SELECT a.payment_id {RETURNED})",
        "voided": "t.state <> 'received' AND t.state = 'voided'",
    },
    "t.received_on",
    ("t.number", "t.reference"),
    UNAPPLIED,
    "not applied to an invoice",
    payment_standing,
    ("disputed", "unapplied", "refunded", "voided"),
    {
        "number": NUMBER,
        "customer": CUSTOMER,
        "day": _day("received_on"),
        "rail": _text("t.rail"),
        "total": _amount("t.amount_minor"),
        "open": _amount(UNAPPLIED),
    },
    (),
    frozenset({"unapplied", "disputed", "voided"}),
    "unapplied",
    "",
    {
        "disputed": (
            f"(SELECT SUM(d.amount_minor) {HELD_BY_BANKS} AND d.payment_id = t.id)",
            "held by banks",
        ),
        "refunded": (PAID_BACK, "paid back"),
        "voided": ("t.amount_minor", "voided"),
    },
    disputed,
)
DISPUTES = Listing(
    Dispute,
    {"": "1 = 1", "open": "t.state = 'open'", "won": "t.state = 'won'", "lost": "t.state = 'lost'"},
    "t.opened_on",
    ("t.remote_id", "t.reason"),
    "CASE WHEN t.state = 'open' THEN t.amount_minor ELSE 0 END",
    "held by banks",
    own_state,
    ("open", "lost", "won"),
    {
        "number": _text("t.remote_id"),
        "customer": CUSTOMER,
        "day": _day("opened_on"),
        "answer": Order(("t.respond_by",), within="CASE WHEN t.respond_by = '' THEN 1 ELSE 0 END"),
        "why": _text("t.reason"),
        "fee": _amount("t.fee_minor"),
        "total": _amount("t.amount_minor"),
    },
    (),
    frozenset({"open"}),
    "open",
    "",
    {"won": ("t.amount_minor", "won back"), "lost": ("t.amount_minor", "lost")},
)


LISTINGS = {
    "invoices": INVOICES,
    "credit-notes": CREDIT_NOTES,
    "refunds": REFUNDS,
    "payments": PAYMENTS,
    "disputes": DISPUTES,
}
"""Every list, by its room."""


def listed(query: Query, listing: Listing, wish: Wish) -> Listed:
    """A page of a list."""
    where = conditions(listing, wish)
    every = query.standing(listing.kind, listing.hidden)
    whole = wish.narrowed or every <= FEW_ROWS
    counts = _counts(query, listing, where) if whole else _held_counts(query, listing, where, every)
    where.add(listing.views[wish.view])
    order = listing.columns.get(wish.sort)
    # A view of few among many is sorted: on the way through the table's key they would be met with seldom.
    newest = "t.id DESC" if whole or wish.view not in listing.held else "t.id + 0 DESC"
    by = newest if order is None else order.sql(wish.falling)
    total = counts.get(wish.view)
    found = page(query, listing.kind, where, by, wish.page, wish.size, total=total)
    who = names(query, [*(row.customer_id for row in found.rows), wish.customer_id])
    besides = listing.besides(query, found.rows)
    lines = [
        Line(row, who[row.customer_id], besides.get(row.id) or listing.standing(row, wish.today))
        for row in found.rows
    ]
    sums, summed = _summed(query, listing, wish, where, whole)
    return Listed(
        msgspec.structs.replace(found, rows=lines), counts, sums, summed, who.get(wish.customer_id or 0, "")
    )


def conditions(listing: Listing, wish: Wish) -> Conditions:
    """What a list is narrowed by, besides its view."""
    # The parameter is always there, whether a view asks for the day or not.
    where = Conditions(":today = :today", today=wish.today)
    if wish.search:
        named = "c.organization_id = :o AND lower(c.name) LIKE :p ESCAPE '!'"
        mine = f"SELECT c.id FROM customers AS c WHERE {named}"
        own = [f"lower({column}) LIKE :p ESCAPE '!'" for column in listing.searched]
        where.add(" OR ".join((*own, f"t.customer_id IN ({mine})")), p=like(wish.search))
    if wish.customer_id is not None:
        where.add("t.customer_id = :customer", customer=wish.customer_id)
    if wish.since:
        where.add(f"{listing.day} >= :since", since=wish.since)
    if wish.until:
        where.add(f"{listing.day} <= :until", until=wish.until)
    return where


def _counts(query: Query, listing: Listing, where: Conditions) -> dict[str, int]:
    each = [f"CAST(SUM(CASE WHEN {view} THEN 1 ELSE 0 END) AS BIGINT)" for view in listing.views.values()]
    (found,) = query.all(
        f"""SELECT {", ".join(each)} FROM {listing.kind.TABLE} AS t
            WHERE t.organization_id = :o AND {where.sql}""",
        **where.params,
    )
    return dict(zip(listing.views, (count or 0 for count in found), strict=True))


def _held_counts(query: Query, listing: Listing, where: Conditions, every: int) -> dict[str, int]:
    """Of views that an index holds, of all, and of the rest: no row of another is looked at."""
    held = [view for view in listing.views if view in listing.held]
    each = [
        f"""(SELECT count(*) FROM {listing.kind.TABLE} AS t
            WHERE t.organization_id = :o AND {where.sql} AND {listing.views[view]})"""
        for view in held
    ]
    (found,) = query.all(f"SELECT {', '.join(each)}", **where.params)
    counts = {"": every, **dict(zip(held, found, strict=True))}
    return counts | ({listing.rest: every - sum(found)} if listing.rest else {})


def _summed(
    query: Query, listing: Listing, wish: Wish, where: Conditions, whole: bool
) -> tuple[dict[str, int], str]:
    """What is wished for sums to, and what that is; nothing where too much would have to be looked at."""
    if own := listing.sums.get(wish.view):
        return (
            (_sums(query, listing, own[0], where), own[1]) if whole or wish.view in listing.held else ({}, "")
        )
    if listing.summed_view:
        where.add(listing.views[listing.summed_view])
    elif not whole:
        return {}, ""
    return _sums(query, listing, listing.sum, where), listing.summed


def _sums(query: Query, listing: Listing, summing: str, where: Conditions) -> dict[str, int]:
    return dict(
        query.all(
            f"""SELECT t.currency, CAST(SUM({summing}) AS BIGINT) FROM {listing.kind.TABLE} AS t
                WHERE t.organization_id = :o AND {where.sql} GROUP BY t.currency
                HAVING SUM({summing}) > 0 ORDER BY t.currency""",
            **where.params,
        )
    )
