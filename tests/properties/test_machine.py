"""A machine that does whatever comes to its mind, for as long as it likes; the books are right after each
step. It runs the law alone, on a desk with nothing behind it; `test_engines` does the like on both databases.
"""

import contextlib
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from avoir.app.allocations import AllocateCreditNote, DeallocateCreditNote, Share
from avoir.app.credit_notes import CreateCreditNote, DeleteCreditNote, EditCreditNote, IssueCreditNote
from avoir.app.invoice_credits import (
    CancelWriteOff,
    CreditInvoice,
    DraftInvoiceCredit,
    ShapeInvoiceCredit,
    WriteOffInvoice,
)
from avoir.app.invoices import CreateInvoice, EditInvoice, IssueInvoice, ReissueInvoice, VoidInvoice
from avoir.app.payments import ReceivePayment
from avoir.app.refunds import RefundCreditNote, RefundInvoice, ReverseRefund
from avoir.core.books import KINDS
from avoir.core.command import Command
from avoir.core.credit import Shape
from avoir.core.currency import exponent
from avoir.core.document import Discount, Line, Wording
from avoir.core.errors import Refusal
from avoir.core.invoice import Invoice, InvoiceLine
from avoir.core.receiving import Portion
from tests.invariants import hold
from tests.ledger import Company, Paper
from tests.properties.bounds import bounds

CURRENCIES = ("USD", "EUR", "JPY", "KWD")
"""Of the customers 1 to 4; the first is the base currency."""

KIND = {kind.TABLE: kind for kind in KINDS}
TAXES = (("20", False), ("7.7", False), ("33.333333", False), ("15", True))

picks = st.integers(0, 999)
prices = st.one_of(st.integers(1, 12), st.integers(1, 50_000))
quantities = st.one_of(st.just("1"), st.sampled_from(["2", "3", "0.5", "0.333333", "0"]))
taxes = st.lists(st.integers(1, len(TAXES)), max_size=3, unique=True).map(tuple)
percents = st.sampled_from(["0", "0", "10", "33.333333", "99", "100"]).map(lambda x: Discount(Decimal(x)))
days = st.integers(1, 28).map(lambda day: f"2026-11-{day:02d}")
rates = st.sampled_from(["1.2", "0.333333333", "83.1", "0.007"]).map(Decimal)
lines = st.lists(st.tuples(prices, quantities, taxes, percents), min_size=1, max_size=4)
shares = st.one_of(st.integers(1, 100), st.just(100))
customers = st.one_of(st.just(1), st.integers(1, len(CURRENCIES)))
documents = st.fixed_dictionaries(
    {
        "lines": lines,
        "inclusive": st.booleans(),
        "discount": percents,
        "adjustment": st.one_of(st.just(0), st.integers(-60, 60)),
    }
)

ways = st.sampled_from(["gross", "gross", "net", "quantity", "percent", "tax_only", "all"])
shapes = st.lists(st.tuples(st.one_of(st.none(), st.integers(1, 4)), ways, shares), max_size=3)
kinds = st.sampled_from(["credit", "refund", "write_off"])


def major(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-exponent(currency))


def part_of(whole: int, share: int) -> int:
    """So many hundredths of an amount, and at least something, were it too much."""
    return max(whole * share // 100, 1)


def worded(document: dict, currency: str) -> Wording:
    return Wording(
        tuple(
            Line(Decimal(quantity), major(price, currency), discount=off, tax_rate_ids=taxes)
            for price, quantity, taxes, off in document["lines"]
        ),
        document["inclusive"],
        document["discount"],
        major(document["adjustment"], currency),
    )


def there_are(table: str):
    """A rule makes sense only when there is something to apply it to."""
    return precondition(lambda self: self.company.rows(KIND[table]))


class Office(RuleBasedStateMachine):
    """Everything that can be asked of a company's books, in any order, sensible or not."""

    @initialize(timing=st.sampled_from(["before_tax", "after_tax"]))
    def open(self, timing):
        self.company = self.new_company(timing)
        for currency in CURRENCIES[1:]:
            self.company.customer(currency)
        for rate, compound in TAXES:
            self.company.tax(rate, compound=compound)

    def new_company(self, timing: str) -> Company:
        """Where the books are: on paper, unless a machine says otherwise."""
        return Paper(currency=CURRENCIES[0], timing=timing)

    def ask(self, command: Command, **other: str) -> None:
        with contextlib.suppress(Refusal):
            self.company.ask(command, **other)

    def some(self, table: str, pick: int) -> Any:
        rows = self.company.rows(KIND[table])
        return rows[pick % len(rows)]

    @rule(
        who=customers, document=documents, on=days, rate=rates, paid=shares,
        issue=st.sampled_from([True, True, True, False]),
    )  # fmt: skip
    def write_an_invoice(self, who, document, on, rate, issue, paid):
        currency = CURRENCIES[who - 1]
        self.ask(CreateInvoice(
            customer_id=who, issued_on=on, due_on=on, wording=worded(document, currency),
            issue=issue, exchange_rate=rate if who > 1 else None,
        ))  # fmt: skip
        if issue and self.company.rows(Invoice):
            self.pay(self.company.rows(Invoice)[-1], paid, 0, on, rate)

    @there_are("invoices")
    @rule(pick=picks)
    def issue_an_invoice(self, pick):
        self.ask(IssueInvoice(invoice_id=self.some("invoices", pick).id))

    @rule(who=customers, document=documents, on=days, rate=rates, issue=st.sampled_from([True, True, False]))
    def write_a_credit_note(self, who, document, on, rate, issue):
        currency = CURRENCIES[who - 1]
        self.ask(CreateCreditNote(
            customer_id=who, issued_on=on, wording=worded(document, currency),
            issue=issue, exchange_rate=rate if who > 1 else None,
        ))  # fmt: skip

    @there_are("credit_notes")
    @rule(pick=picks)
    def issue_a_credit_note(self, pick):
        self.ask(IssueCreditNote(credit_note_id=self.some("credit_notes", pick).id))

    @there_are("credit_notes")
    @rule(pick=picks)
    def delete_a_credit_note(self, pick):
        self.ask(DeleteCreditNote(credit_note_id=self.some("credit_notes", pick).id))

    @there_are("invoices")
    @rule(pick=picks, share=shares, over=st.sampled_from([0, 0, 7]), on=days, rate=rates)
    def receive_a_payment(self, pick, share, over, on, rate):
        self.pay(self.some("invoices", pick), share, over, on, rate)

    def pay(self, invoice: Invoice, share: int, over: int, on: str, rate: Decimal) -> None:
        currency, part = invoice.currency, part_of(invoice.due_minor, share)
        self.ask(ReceivePayment(
            customer_id=invoice.customer_id, account_id=1000, received_on=on,
            exchange_rate=rate if invoice.customer_id > 1 else None, amount=major(part + over, currency),
            portions=(Portion(invoice.id, major(part, currency)),),
        ))  # fmt: skip

    @there_are("payments")
    @there_are("invoices")
    @rule(pick=picks, share=st.one_of(st.none(), shares))
    def refund_an_invoice(self, pick, share):
        invoice = self.some("invoices", pick)
        part = None if share is None else major(part_of(invoice.refundable_minor, share), invoice.currency)
        self.ask(RefundInvoice(invoice_id=invoice.id, amount=part))

    @there_are("invoices")
    @rule(pick=picks, shapes=shapes, on=days)
    def credit_an_invoice(self, pick, shapes, on):
        invoice = self.some("invoices", pick)
        self.ask(CreditInvoice(invoice_id=invoice.id, shapes=self.shaped(invoice, shapes), on=on))

    @there_are("invoices")
    @rule(pick=picks, shapes=shapes)
    def write_an_invoice_off(self, pick, shapes):
        invoice = self.some("invoices", pick)
        self.ask(WriteOffInvoice(invoice_id=invoice.id, shapes=self.shaped(invoice, shapes)))

    @there_are("invoices")
    @rule(pick=picks)
    def cancel_a_write_off(self, pick):
        self.ask(CancelWriteOff(invoice_id=self.some("invoices", pick).id))

    @there_are("invoices")
    @rule(pick=picks, shapes=shapes, kind=kinds)
    def draft_a_credit(self, pick, shapes, kind):
        invoice = self.some("invoices", pick)
        self.ask(DraftInvoiceCredit(invoice_id=invoice.id, shapes=self.shaped(invoice, shapes), kind=kind))

    @there_are("credit_notes")
    @rule(pick=picks, shapes=shapes, kind=kinds)
    def shape_a_draft(self, pick, shapes, kind):
        note = self.some("credit_notes", pick)
        if note.invoice_id is not None:
            shaped = self.shaped(self.company.get(Invoice, note.invoice_id), shapes)
            self.ask(ShapeInvoiceCredit(
                credit_note_id=note.id, invoice_id=note.invoice_id, shapes=shaped, kind=kind
            ))  # fmt: skip

    def shaped(self, invoice: Invoice, shapes: list) -> tuple[Shape, ...]:
        """Shapes of what is left of an invoice or of one of its lines."""
        lines = {x.position: x for x in self.company.rows(InvoiceLine) if x.invoice_id == invoice.id}
        found = []
        for position, way, share in shapes:
            line, how = lines.get(position), {}
            gross = line.gross_left_minor if line else invoice.uncredited_minor
            if way == "gross":
                how["gross"] = major(part_of(gross, share), invoice.currency)
            elif way == "net":
                how["net"] = major(part_of(line.net_minor if line else gross, share), invoice.currency)
            elif way == "quantity":
                how["quantity"] = Decimal(share) / 100
            elif way == "percent":
                how["percent"] = Decimal(share)
            elif way == "tax_only":
                how["tax_only"] = True
            found.append(Shape(position if line else None, **how))
        return tuple(found)

    @there_are("invoices")
    @rule(pick=picks)
    def void_an_invoice(self, pick):
        self.ask(VoidInvoice(invoice_id=self.some("invoices", pick).id))

    @there_are("invoices")
    @rule(pick=picks)
    def reissue_an_invoice(self, pick):
        self.ask(ReissueInvoice(invoice_id=self.some("invoices", pick).id))

    @there_are("invoices")
    @rule(pick=picks, document=documents, on=days, rate=rates)
    def write_a_draft_anew(self, pick, document, on, rate):
        invoice = self.some("invoices", pick)
        self.ask(EditInvoice(
            invoice_id=invoice.id, customer_id=invoice.customer_id, issued_on=on, due_on=on,
            wording=worded(document, invoice.currency),
            exchange_rate=rate if invoice.customer_id > 1 else None,
        ))  # fmt: skip

    @there_are("credit_notes")
    @rule(pick=picks, document=documents, on=days, rate=rates)
    def write_a_draft_note_anew(self, pick, document, on, rate):
        note = self.some("credit_notes", pick)
        self.ask(EditCreditNote(
            credit_note_id=note.id, customer_id=note.customer_id, issued_on=on,
            wording=worded(document, note.currency), exchange_rate=rate if note.customer_id > 1 else None,
        ))  # fmt: skip

    @there_are("credit_notes")
    @rule(pick=picks, share=shares, on=days, rate=rates)
    def refund_a_credit_note(self, pick, share, on, rate):
        note = self.some("credit_notes", pick)
        self.ask(RefundCreditNote(
            credit_note_id=note.id, account_id=1000, refunded_on=max(on, note.issued_on),
            amount=major(part_of(note.remaining_minor, share), note.currency),
            exchange_rate=rate if note.currency != "USD" else None,
        ))  # fmt: skip

    @there_are("refunds")
    @rule(pick=picks)
    def reverse_a_refund(self, pick):
        self.ask(ReverseRefund(refund_id=self.some("refunds", pick).id))

    @there_are("credit_notes")
    @there_are("invoices")
    @rule(note=picks, invoice=picks, share=shares)
    def allocate_a_credit_note(self, note, invoice, share):
        note, invoice = self.some("credit_notes", note), self.some("invoices", invoice)
        part = part_of(min(note.remaining_minor, invoice.due_minor), share)
        shares = (Share(invoice.id, major(part, note.currency)),)
        self.ask(AllocateCreditNote(credit_note_id=note.id, shares=shares))

    @there_are("allocations")
    @rule(pick=picks)
    def take_an_allocation_back(self, pick):
        self.ask(DeallocateCreditNote(allocation_id=self.some("allocations", pick).id))

    @invariant()
    def the_books_are_right(self):
        if hasattr(self, "company"):
            hold(self.company)


TestOffice = Office.TestCase
TestOffice.settings = bounds(12)
