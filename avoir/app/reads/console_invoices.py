"""One invoice as the console shows it: with all that became of it, and what can be done with it."""

from collections.abc import Iterator

import msgspec

from avoir.app.reads import documents
from avoir.app.reads.console import Entry, entries_about
from avoir.app.reads.console_lists import invoice_standing
from avoir.app.reads.documents import InvoiceView
from avoir.app.reads.query import Query
from avoir.core.allocation import Allocation
from avoir.core.credit_note import CreditNote
from avoir.core.dispute import Dispute
from avoir.core.invoice import DRAFT, ISSUED, VOIDED, Invoice
from avoir.core.payment import Payment
from avoir.core.refund import FAILED, HOLDING, Refund


class Moment(msgspec.Struct, frozen=True):
    """Something that happened to a document: when, what, how much, and where to read more."""

    on: str
    what: str
    amount_minor: int | None = None
    currency: str = ""
    to: str = ""
    more: str = ""
    tone: str = ""
    state: str = ""  # Where it stands; the page has words for it.


class InvoicePage(msgspec.Struct, frozen=True):
    """An invoice with all that became of it. `offers` names what can be done with it now."""

    view: InvoiceView
    standing: str
    timeline: list[Moment]
    entries: list[Entry]
    offers: frozenset[str]
    notes: list[CreditNote]
    refunds: list[Refund]
    taxes: dict[int, int]


def offers(x: Invoice) -> frozenset[str]:
    """What may be offered for an invoice. It is only a courtesy: the law refuses by itself."""
    if x.state == DRAFT:
        return frozenset({"issue", "delete"})
    if x.state == VOIDED:
        return frozenset({"reissue"})
    if x.state != ISSUED:
        return frozenset()
    found = set()
    if x.uncredited_minor or x.refundable_minor:
        found.add("refund")
    if x.due_minor:
        found |= {"pay", "write_off"}
    if x.due_minor == x.total_minor and not x.credited_minor:
        found.add("void")
    if x.written_off_minor:
        found.add("cancel_write_off")
    return frozenset(found)


def invoice(query: Query, id: int, today: str) -> InvoicePage | None:
    """One invoice, or None."""
    view = documents.invoice(query, id)
    if view is None:
        return None
    x = view.invoice
    allocations = query.rows(Allocation, "t.invoice_id = :id", "ORDER BY t.id", id=id)
    payments = {p.id: p for p in query.by_ids(Payment, [a.payment_id for a in allocations])}
    against = query.rows(CreditNote, "t.invoice_id = :id AND t.state <> 'deleted'", "ORDER BY t.id", id=id)
    set_off = query.by_ids(CreditNote, [a.credit_note_id for a in allocations])
    notes = {note.id: note for note in (*against, *set_off)}
    refunds = query.rows(Refund, "t.invoice_id = :id", "ORDER BY t.id", id=id)
    disputes = query.by_ids(Dispute, list(payments), "payment_id")
    moments = [
        *_own(x),
        *_allocated(allocations, payments, notes),
        *_credited(against),
        *map(refund_moment, refunds),
        *map(_disputed, disputes),
    ]
    sources = [("invoice", id)]
    sources += [("payment", each) for each in payments]
    sources += [("credit_note", each.id) for each in against]
    sources += [("refund", each.id) for each in refunds] + [("dispute", each.id) for each in disputes]
    return InvoicePage(
        view,
        invoice_standing(x, today),
        sorted(moments, key=lambda moment: moment.on),
        entries_about(query, sources),
        offers(x),
        against,
        refunds,
        taxes_of(view),
    )


def taxes_of(view: InvoiceView) -> dict[int, int]:
    """The tax of a document by rate."""
    taxes: dict[int, int] = {}
    for line in view.lines:
        for tax in line.taxes:
            taxes[tax.tax_rate_id] = taxes.get(tax.tax_rate_id, 0) + tax.tax_minor
    return taxes


def _own(x: Invoice) -> Iterator[Moment]:
    if x.state == DRAFT:
        yield Moment(x.created_at[:10], "Drafted", x.total_minor, x.currency)
        return
    if x.issued_at:
        yield Moment(x.issued_on, "Issued", x.total_minor, x.currency, tone="info")
    if x.state == VOIDED:
        yield Moment(x.updated_at[:10], "Voided", tone="bad")


def _allocated(
    allocations: list[Allocation], payments: dict[int, Payment], notes: dict[int, CreditNote]
) -> Iterator[Moment]:
    for x in allocations:
        if x.payment_id is not None:
            payment = payments[x.payment_id]
            what, to = f"Paid by {payment.number}", f"/payments/{payment.id}"
            tone, currency = "good", payment.currency
        else:
            note = notes[x.credit_note_id or 0]
            what, to = f"Credit applied from {note.number}", f"/credit-notes/{note.id}"
            tone, currency = "info", note.currency
        yield Moment(x.allocated_on, what, x.amount_minor, currency, to, tone=tone)
        if x.deallocated_on:
            yield Moment(
                x.deallocated_on, f"Taken back: {what[0].lower()}{what[1:]}", x.amount_minor, currency, to
            )


def _credited(notes: list[CreditNote]) -> Iterator[Moment]:
    said = {"refund": "Refund credited", "credit": "Credited", "write_off": "Written off"}
    for x in notes:
        name = x.number or "a draft"
        tone = "" if x.state != "issued" else "plum"
        yield Moment(
            x.issued_on,
            f"{said[x.kind]} by {name}",
            x.total_minor,
            x.currency,
            f"/credit-notes/{x.id}",
            tone=tone,
            state=x.state,
        )


def refund_moment(x: Refund) -> Moment:
    """What a refund is in a timeline."""
    tone = "plum" if x.state in HOLDING else "bad" if x.state == FAILED else ""
    return Moment(
        x.refunded_on,
        f"Refund {x.number}",
        x.amount_minor,
        x.currency,
        f"/refunds/{x.id}",
        f"by {x.rail}",
        tone,
        x.state,
    )


def _disputed(x: Dispute) -> Moment:
    return Moment(
        x.opened_on, "Disputed by the bank", x.amount_minor, x.currency, f"/disputes/{x.id}", "", "bad",
        x.state,
    )  # fmt: skip
