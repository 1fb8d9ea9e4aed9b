"""Credit notes, refunds, payments and disputes: each with all that became of it, and what can be done."""

from collections.abc import Iterator

import msgspec

from avoir.app.reads import documents
from avoir.app.reads.amounts import IS_DUE
from avoir.app.reads.console import Entry, entries_about, names, numbers
from avoir.app.reads.console_invoices import Moment, refund_moment
from avoir.app.reads.console_lists import disputed, note_standing, payment_standing
from avoir.app.reads.documents import CreditNoteView, PaymentView
from avoir.app.reads.invoice_templates import template_of
from avoir.app.reads.query import Query
from avoir.core.account import Account
from avoir.core.allocation import Allocation
from avoir.core.approval import digest_of
from avoir.core.credit_note import DRAFT, ISSUED, WRITE_OFF, CreditNote
from avoir.core.customer import DisputeReason
from avoir.core.dispute import OPEN, WON, Dispute
from avoir.core.invoice import Invoice
from avoir.core.payment import Payment
from avoir.core.rail import Gateway
from avoir.core.refund import (
    AWAITING_APPROVAL,
    CANCELED,
    FAILED,
    REJECTED,
    REVERSED,
    SETTLED,
    Refund,
)
from avoir.core.tax import TaxRate

TOLD = {
    "approved": "good", "failed": "bad", "held": "warn", "rejected": "bad", "requested": "info",
    "sent": "info", "settled": "plum", "unknown": "warn",
}  # fmt: skip
"""The tone of what is told of a refund."""
MOST = 200
"""Open invoices that something can be set against on one page."""


class Applied(msgspec.Struct, frozen=True):
    """What is set against one invoice."""

    allocation: Allocation
    invoice: Invoice


class NotePage(msgspec.Struct, frozen=True):
    """A credit note with all that became of it."""

    view: CreditNoteView
    standing: str
    invoice_number: str
    reason: str
    rates: dict[int, TaxRate]
    taxes: dict[int, int]
    timeline: list[Moment]
    entries: list[Entry]
    applied: list[Applied]
    refunds: list[Refund]
    offers: frozenset[str]


class RefundPage(msgspec.Struct, frozen=True):
    """A refund, what it pays out of, and where it stands. `digest` is of what was asked."""

    refund: Refund
    customer: str
    account: Account
    note_number: str
    payment_number: str
    invoice_number: str
    timeline: list[Moment]
    entries: list[Entry]
    offers: frozenset[str]
    digest: str
    gateways: list[Gateway]
    retried_by: str  # The number of the refund that was asked for in its place,
    instead_of: Refund | None  # or the failed one that this is in the place of.


class PaymentPage(msgspec.Struct, frozen=True):
    """A payment, what it paid for, and what is left of it."""

    view: PaymentView
    standing: str
    timeline: list[Moment]
    entries: list[Entry]
    refunds: list[Refund]
    disputes: list[Dispute]
    offers: frozenset[str]


class DisputePage(msgspec.Struct, frozen=True):
    """A dispute, the payment it is about, and the invoices that this pays."""

    dispute: Dispute
    customer: str
    payment: Payment
    timeline: list[Moment]
    entries: list[Entry]
    applied: list[Applied]
    offers: frozenset[str]


def note(query: Query, id: int, today: str) -> NotePage | None:
    """One credit note, or None."""
    x = query.one(CreditNote, id)
    if x is None:
        return None
    view = documents.credit_note_views(query, [x])[0]
    view = msgspec.structs.replace(view, template=template_of(query, view.customer.customer))
    applied = _applied(query, "credit_note_id", id)
    refunds = query.rows(Refund, "t.credit_note_id = :id", "ORDER BY t.id", id=id)
    taxes: dict[int, int] = {}
    for tax in (tax for line in view.lines for tax in line.taxes):
        taxes[tax.tax_rate_id] = taxes.get(tax.tax_rate_id, 0) + tax.tax_minor
    moments = [*_of_note(x), *_allocated(applied), *map(refund_moment, refunds)]
    reason = query.one(DisputeReason, x.dispute_reason_id) if x.dispute_reason_id else None
    return NotePage(
        view,
        note_standing(x, today),
        numbers(query, Invoice, [x.invoice_id]).get(x.invoice_id or 0, ""),
        reason.name if reason else "",
        {rate.id: rate for rate in query.by_ids(TaxRate, list(taxes))},
        taxes,
        sorted(moments, key=lambda moment: moment.on),
        entries_about(query, [("credit_note", id), *(("refund", each.id) for each in refunds)]),
        [each for each in applied if not each.allocation.deallocated_on],
        refunds,
        _note_offers(x),
    )


def _note_offers(x: CreditNote) -> frozenset[str]:
    if x.state == DRAFT:
        return frozenset({"issue", "void"})
    if x.state != ISSUED or x.kind == WRITE_OFF:
        return frozenset()
    found = {"refund", "apply"} if x.remaining_minor else set()
    return frozenset(found if x.used_minor else found | {"void"})


def refund(query: Query, id: int) -> RefundPage | None:
    """One refund, or None."""
    x = query.one(Refund, id)
    if x is None:
        return None
    return RefundPage(
        x,
        names(query, [x.customer_id])[x.customer_id],
        query.by_ids(Account, [x.account_id])[0],
        numbers(query, CreditNote, [x.credit_note_id]).get(x.credit_note_id or 0, ""),
        numbers(query, Payment, [x.payment_id]).get(x.payment_id or 0, ""),
        numbers(query, Invoice, [x.invoice_id]).get(x.invoice_id or 0, ""),
        list(_of_refund(query, x)),
        entries_about(query, [("refund", id)]),
        _refund_offers(x),
        digest_of(x),
        query.rows(Gateway, "t.active = 1", "ORDER BY t.name"),
        "".join(each.number for each in query.by_ids(Refund, [x.retried_by_id])),
        next(iter(_failed_before(query, x)), None),
    )


def _failed_before(query: Query, x: Refund) -> list[Refund]:
    # By what it pays out of, for which there is an index.
    column = "payment_id" if x.credit_note_id is None else "credit_note_id"
    source = x.payment_id if x.credit_note_id is None else x.credit_note_id
    return query.rows(Refund, f"t.{column} = :source AND t.retried_by_id = :id", source=source, id=x.id)


def _refund_offers(x: Refund) -> frozenset[str]:
    if x.state == AWAITING_APPROVAL:
        return frozenset({"approve", "reject"})
    if x.state == FAILED:
        return frozenset({"retry"} if x.retried_by_id is None else ())
    said = {REVERSED: "reverse", CANCELED: "cancel", REJECTED: "reject"}
    found = {said[state] for state in x.moves if state in said}
    return frozenset(found | ({"fail"} if x.state == SETTLED and FAILED in x.moves else set()))


def payment(query: Query, id: int, today: str) -> PaymentPage | None:
    """One payment, or None."""
    view = documents.payment(query, id)
    if view is None:
        return None
    x = view.payment
    refunds = query.rows(Refund, "t.payment_id = :id", "ORDER BY t.id", id=id)
    disputes = query.rows(Dispute, "t.payment_id = :id", "ORDER BY t.id", id=id)
    moments = [
        Moment(
            x.received_on, "Received", x.amount_minor, x.currency, more=view.account.account.name, tone="good"
        ),
        *_allocated(_applied(query, "payment_id", id)),
        *map(refund_moment, refunds),
        *(
            Moment(
                d.opened_on, "Disputed", d.amount_minor, d.currency, f"/disputes/{d.id}", "", "bad", d.state
            )
            for d in disputes
        ),
    ]
    sources = [("payment", id), *(("refund", each.id) for each in refunds)]
    sources += [("dispute", each.id) for each in disputes]
    found = {"apply", "refund"} if x.unapplied_minor else set()
    return PaymentPage(
        view,
        disputed(query, [x]).get(x.id) or payment_standing(x, today),
        sorted(moments, key=lambda moment: moment.on),
        entries_about(query, sources),
        refunds,
        disputes,
        frozenset(found if any(d.state == OPEN for d in disputes) else found | {"dispute"}),
    )


def dispute(query: Query, id: int) -> DisputePage | None:
    """One dispute, or None."""
    x = query.one(Dispute, id)
    if x is None:
        return None
    return DisputePage(
        x,
        names(query, [x.customer_id])[x.customer_id],
        query.by_ids(Payment, [x.payment_id])[0],
        list(_of_dispute(x)),
        entries_about(query, [("dispute", id)]),
        [each for each in _applied(query, "payment_id", x.payment_id) if not each.allocation.deallocated_on],
        frozenset({"win", "lose"} if x.state == OPEN else ()),
    )


def open_invoices(query: Query, customer_id: int, currency: str) -> list[Invoice]:
    """What a customer owes in a currency, oldest due first."""
    return query.rows(
        Invoice,
        f"t.customer_id = :customer AND t.currency = :currency AND t.state = 'issued' AND {IS_DUE}",
        "ORDER BY t.due_on, t.id LIMIT :most",
        customer=customer_id, currency=currency, most=MOST,
    )  # fmt: skip


def _applied(query: Query, column: str, id: int) -> list[Applied]:
    rows = query.rows(Allocation, f"t.{column} = :id", "ORDER BY t.id", id=id)
    invoices = {row.id: row for row in query.by_ids(Invoice, [row.invoice_id for row in rows])}
    return [Applied(row, invoices[row.invoice_id]) for row in rows]


def _allocated(applied: list[Applied]) -> Iterator[Moment]:
    for x, invoice in ((each.allocation, each.invoice) for each in applied):
        to, currency = f"/invoices/{invoice.id}", invoice.currency
        yield Moment(
            x.allocated_on, f"Applied to {invoice.number}", x.amount_minor, currency, to, tone="info"
        )
        if x.deallocated_on:
            yield Moment(x.deallocated_on, f"Taken off {invoice.number}", x.amount_minor, currency, to)


def _of_note(x: CreditNote) -> Iterator[Moment]:
    if x.state == DRAFT:
        yield Moment(x.created_at[:10], "Drafted", x.total_minor, x.currency)
    elif x.issued_at:
        yield Moment(x.issued_on, "Issued", x.total_minor, x.currency, tone="plum")
    if x.state == "voided":
        yield Moment(x.updated_at[:10], "Voided", tone="bad")


def _of_dispute(x: Dispute) -> Iterator[Moment]:
    yield Moment(x.opened_on, "Opened by the bank", x.amount_minor, x.currency, tone="bad")
    if x.state == OPEN and x.respond_by:
        yield Moment(x.respond_by, "The bank wants an answer", tone="warn")
    if x.closed_on:
        yield Moment(x.closed_on, x.state.capitalize(), tone="good" if x.state == WON else "bad")


def _of_refund(query: Query, x: Refund) -> Iterator[Moment]:
    """What is told of a refund, in the order in which it was."""
    told = query.all(
        """SELECT t.topic, t.actor, t.created_at FROM events AS t WHERE t.organization_id = :o
            AND t.subject_kind = 'refund' AND t.subject_id = :id ORDER BY t.id""",
        id=x.id,
    )
    for topic, actor, at in told:
        state = topic.partition(".")[2]
        yield Moment(at, "", more=actor, state=state, tone=TOLD.get(state, ""))
