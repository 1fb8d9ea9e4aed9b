"""Invoices as the console shows them: the list by state, and one with all that became of it."""

from collections.abc import Iterator

import msgspec

from avoir.app.reads import documents
from avoir.app.reads.console import Conditions, Entry, Page, entries_about, like, names, page
from avoir.app.reads.documents import InvoiceView
from avoir.app.reads.query import Query
from avoir.core.allocation import Allocation
from avoir.core.credit_note import CreditNote
from avoir.core.dispute import Dispute
from avoir.core.invoice import DRAFT, ISSUED, VOIDED, Invoice
from avoir.core.payment import Payment
from avoir.core.refund import HOLDING, Refund

DUE = "t.total_minor - t.paid_minor - t.credit_minor - t.written_off_minor"
VIEWS = {
    "": "t.state <> 'deleted'",
    "draft": "t.state = 'draft'",
    "open": f"t.state = 'issued' AND {DUE} > 0",
    "overdue": f"t.state = 'issued' AND {DUE} > 0 AND t.due_on < :today",
    "paid": f"t.state = 'issued' AND {DUE} = 0",
    "refunded": "t.returned_minor > 0",
    "voided": "t.state = 'voided'",
}
"""The views of the list, each a condition."""


class Wish(msgspec.Struct, frozen=True):
    """Which invoices are wanted; what is empty does not matter."""

    today: str
    view: str = ""
    search: str = ""
    customer_id: int | None = None
    since: str = ""
    until: str = ""
    page: int = 1


class InvoiceRow(msgspec.Struct, frozen=True):
    """One line of the list."""

    invoice: Invoice
    customer: str
    standing: str


class InvoiceList(msgspec.Struct, frozen=True):
    """A page of invoices, how many each view has, and what the wish is owed in all, by currency."""

    page: Page
    counts: dict[str, int]
    due: dict[str, int]


class Moment(msgspec.Struct, frozen=True):
    """Something that happened to a document: when, what, how much, and where to read more."""

    on: str
    what: str
    amount_minor: int | None = None
    currency: str = ""
    to: str = ""
    more: str = ""
    tone: str = ""


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


def invoices(query: Query, wish: Wish) -> InvoiceList:
    """A page of the list."""
    where = Conditions(today=wish.today)
    # The parameter is always there, whether a view asks for the day or not.
    where.add(":today = :today")
    if wish.search:
        mine = "SELECT c.id FROM customers AS c WHERE c.organization_id = :o AND lower(c.name) LIKE :p ESCAPE '!'"
        where.add(
            f"lower(t.number) LIKE :p ESCAPE '!' OR lower(t.reference) LIKE :p ESCAPE '!' OR t.customer_id IN ({mine})",
            p=like(wish.search),
        )
    if wish.customer_id is not None:
        where.add("t.customer_id = :customer", customer=wish.customer_id)
    if wish.since:
        where.add("t.issued_on >= :since", since=wish.since)
    if wish.until:
        where.add("t.issued_on <= :until", until=wish.until)
    counts = _counts(query, where)
    where.add(VIEWS[wish.view])
    due = dict(
        query.all(
            f"""SELECT t.currency, CAST(SUM({DUE}) AS BIGINT) FROM invoices AS t
                WHERE t.organization_id = :o AND t.state = 'issued' AND {where.sql} GROUP BY t.currency
                HAVING SUM({DUE}) > 0 ORDER BY t.currency""",
            **where.params,
        )
    )
    found = page(query, Invoice, where, "t.issued_on DESC, t.id DESC", wish.page)
    who = names(query, [row.customer_id for row in found.rows])
    rows = [InvoiceRow(row, who[row.customer_id], standing(row, wish.today)) for row in found.rows]
    return InvoiceList(msgspec.structs.replace(found, rows=rows), counts, due)


def _counts(query: Query, where: Conditions) -> dict[str, int]:
    sums = ", ".join(f"CAST(SUM(CASE WHEN {each} THEN 1 ELSE 0 END) AS BIGINT)" for each in VIEWS.values())
    found = query.all(
        f"SELECT {sums} FROM invoices AS t WHERE t.organization_id = :o AND {where.sql}", **where.params
    )
    return dict(zip(VIEWS, (count or 0 for count in found[0]), strict=True))


def standing(x: Invoice, today: str) -> str:
    """How an invoice stands, in one word; derived from amounts and dates, never kept."""
    if x.state != ISSUED:
        return x.state
    if x.due_minor:
        part = "part_paid" if x.due_minor < x.total_minor else "open"
        return "overdue" if x.due_on < today else part
    if x.returned_minor and x.returned_minor == x.paid_minor:
        return "refunded"
    return "written_off" if x.written_off_minor and not x.paid_minor else "paid"


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
        standing(x, today),
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
            yield Moment(x.deallocated_on, f"Taken back: {what[0].lower()}{what[1:]}", x.amount_minor, currency, to)


def _credited(notes: list[CreditNote]) -> Iterator[Moment]:
    said = {"refund": "Refund credited", "credit": "Credited", "write_off": "Written off"}
    for x in notes:
        name = x.number or "a draft"
        tone = "" if x.state != "issued" else "plum"
        yield Moment(
            x.issued_on, f"{said[x.kind]} by {name}", x.total_minor, x.currency, f"/credit-notes/{x.id}", x.state, tone
        )


def refund_moment(x: Refund) -> Moment:
    """What a refund is in a timeline."""
    tone = "plum" if x.state in HOLDING else ""
    state = x.state.replace("_", " ")
    return Moment(
        x.refunded_on, f"Refund {x.number}", x.amount_minor, x.currency, f"/refunds/{x.id}", f"{state}, by {x.rail}", tone
    )


def _disputed(x: Dispute) -> Moment:
    return Moment(
        x.opened_on, "Disputed by the bank", x.amount_minor, x.currency, f"/disputes/{x.id}", x.state, "bad"
    )
