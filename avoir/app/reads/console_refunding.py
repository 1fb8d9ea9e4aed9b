"""What the refund dialog must know before it asks: what is left of each line, and where money can go."""

from collections.abc import Sequence

import msgspec

from avoir.app.reads import documents
from avoir.app.reads.amounts import IS_DUE
from avoir.app.reads.console import Entry, dressed, money_accounts, names, reasons
from avoir.app.reads.console_listing import Wish
from avoir.app.reads.console_lists import INVOICES, conditions, invoice_standing
from avoir.app.reads.documents import InvoiceView, LineView
from avoir.app.reads.query import Query
from avoir.core.account import Account
from avoir.core.allocation import Allocation
from avoir.core.command import Previewed
from avoir.core.credit_note import CreditNote
from avoir.core.customer import DisputeReason
from avoir.core.invoice import Invoice, InvoiceLine
from avoir.core.organization import ApprovalPolicy
from avoir.core.payment import Payment
from avoir.core.rail import Gateway
from avoir.core.refund import Refund
from avoir.core.tax import TaxRate

MOST = 100
"""Open invoices that are offered to apply a credit to."""


class Source(msgspec.Struct, frozen=True):
    """A payment that the invoice was paid by, and the account it came in to."""

    payment: Payment
    account: str
    amount_minor: int


class Refunding(msgspec.Struct, frozen=True):
    """The invoice, and everything that can be chosen."""

    view: InvoiceView
    standing: str
    lines: list[LineView]  # Those of which something is left.
    sources: list[Source]
    accounts: list[Account]
    gateways: list[Gateway]
    reasons: list[DisputeReason]
    open_invoices: list[Invoice]
    policy: ApprovalPolicy | None

    @property
    def invoice(self) -> Invoice:
        return self.view.invoice


class Chosen(msgspec.Struct, frozen=True):
    """One of several invoices that are given back together."""

    invoice: Invoice
    customer: str


class TaxBack(msgspec.Struct, frozen=True):
    """What is given back of one tax."""

    rate: TaxRate
    minor: int


class Goes(msgspec.Struct, frozen=True):
    """One refund that would be made: of which payment, if it goes back towards one, and out of what."""

    refund: Refund
    payment: str
    account: str


class WouldBe(msgspec.Struct, frozen=True):
    """What would happen, as it is shown. Amounts in minor units of the note's currency."""

    note: CreditNote
    taxes: list[TaxBack]
    entries: list[Entry]
    after: Invoice
    goes: list[Goes]

    @property
    def waits(self) -> bool:
        """Whether somebody else has to approve it first."""
        return self.note.reserved_minor > 0


def refunding(query: Query, id: int, today: str) -> Refunding | None:
    """What is needed to refund one invoice, or None."""
    view = documents.invoice(query, id)
    if view is None:
        return None
    x = view.invoice
    open_invoices = query.rows(
        Invoice,
        f"""t.customer_id = :customer AND t.currency = :currency AND t.state = 'issued' AND t.id <> :id
            AND {IS_DUE}""",
        "ORDER BY t.due_on, t.id LIMIT :most",
        customer=x.customer_id, currency=x.currency, id=x.id, most=MOST,
    )  # fmt: skip
    policies = query.rows(ApprovalPolicy, "t.threshold_minor > 0")
    return Refunding(
        view,
        invoice_standing(x, today),
        [each for each in view.lines if isinstance(each.line, InvoiceLine) and each.line.gross_left_minor],
        _sources(query, id),
        money_accounts(query),
        query.rows(Gateway, "t.active = 1", "ORDER BY t.name"),
        reasons(query),
        open_invoices,
        policies[0] if policies else None,
    )


def would_be(query: Query, previewed: Previewed, invoice_id: int) -> WouldBe:
    """A preview with the names of its accounts and taxes, and the invoice as it would be."""
    note: CreditNote = previewed.answer
    taxes: dict[int, int] = {}
    for entry, lines in previewed.entries:
        if entry.source_kind == "credit_note":
            for line in lines:
                if line.tax_rate_id is not None:
                    back = line.debit_minor - line.credit_minor
                    taxes[line.tax_rate_id] = taxes.get(line.tax_rate_id, 0) + back
    rates = {rate.id: rate for rate in query.by_ids(TaxRate, list(taxes))}
    left = [row for row in previewed.rows if isinstance(row, Invoice) and row.id == invoice_id]
    after = left[-1] if left else query.by_ids(Invoice, [invoice_id])[0]
    return WouldBe(
        note,
        [TaxBack(rates[id], minor) for id, minor in taxes.items()],
        dressed(query, previewed.entries),
        after,
        _goes(query, previewed),
    )


def _goes(query: Query, previewed: Previewed) -> list[Goes]:
    made = {row.id: row for row in previewed.rows if isinstance(row, Refund)}
    accounts = {row.id: row.name for row in query.by_ids(Account, [x.account_id for x in made.values()])}
    towards = query.by_ids(Allocation, [x.allocation_id for x in made.values()])
    numbers = {row.id: row.number for row in query.by_ids(Payment, [each.payment_id for each in towards])}
    of = {each.id: numbers[each.payment_id or 0] for each in towards}
    return [Goes(x, of.get(x.allocation_id or 0, ""), accounts[x.account_id]) for x in made.values()]


def _sources(query: Query, invoice_id: int) -> list[Source]:
    """The payments that pay an invoice, newest first, as a refund goes back to them."""
    allocations = query.rows(
        Allocation, "t.invoice_id = :id AND t.payment_id IS NOT NULL AND t.deallocated_on = ''", id=invoice_id
    )
    payments = {row.id: row for row in query.by_ids(Payment, [each.payment_id for each in allocations])}
    accounts = {row.id: row for row in query.by_ids(Account, [each.account_id for each in payments.values()])}
    found = []
    for each in allocations:
        payment = payments[each.payment_id or 0]
        found.append(Source(payment, accounts[payment.account_id].name, each.amount_minor))
    return sorted(found, key=lambda each: (each.payment.received_on, each.payment.id), reverse=True)


def positions(query: Query, invoice_id: int) -> tuple[int, ...]:
    """The lines of an invoice of which something is left."""
    lines = query.rows(InvoiceLine, "t.invoice_id = :id", "ORDER BY t.position", id=invoice_id)
    return tuple(line.position for line in lines if line.gross_left_minor)


def chosen(query: Query, ids: Sequence[int]) -> list[Chosen]:
    """Some invoices, by number, each with its customer; those that there are not are left out."""
    rows = sorted(query.by_ids(Invoice, list(ids)), key=lambda x: x.id)
    who = names(query, [row.customer_id for row in rows])
    return [Chosen(row, who[row.customer_id]) for row in rows]


def given(notes: Sequence[CreditNote]) -> list[tuple[str, int]]:
    """What some credit notes are over together, by currency."""
    sums: dict[str, int] = {}
    for note in notes:
        sums[note.currency] = sums.get(note.currency, 0) + note.total_minor
    return sorted(sums.items())


def paid_among(query: Query, wish: Wish, most: int) -> list[int]:
    """Of a list of invoices those of which cash can still be given back, oldest first."""
    where = conditions(INVOICES, wish)
    where.add(INVOICES.views[wish.view])
    where.add("t.state = 'issued' AND t.paid_minor > t.returned_minor + t.disputed_minor")
    rows = query.all(
        f"""SELECT t.id FROM invoices AS t WHERE t.organization_id = :o AND {where.sql}
            ORDER BY t.id LIMIT :most""",
        **where.params, most=most,
    )  # fmt: skip
    return [id for (id,) in rows]
