"""Refunds: cash out of a credit note, of a whole invoice, and back again."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from avoir.core.account import Account
from avoir.core.command import Command
from avoir.core.credit import Shape
from avoir.core.credit_note import REFUND, CreditNote, left_of
from avoir.core.crediting import Against, credit_invoice
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.exchange import rate_of
from avoir.core.giving_back import give_back
from avoir.core.invoice import Invoice
from avoir.core.money import positive_minor_of
from avoir.core.organization import Entity
from avoir.core.payout import Payout, known_branch, pay_back, take_back
from avoir.core.refund import REVERSED, Refund
from avoir.core.row import Row
from avoir.core.text import LONG, fits


class RefundAlreadyReversed(Refusal):
    """A refund is reversed once."""

    code, kind = "refund_already_reversed", Kind.NOT_FOUND


class RefundCreditNote(Command, frozen=True, kw_only=True):
    """Pay out part of what a credit note still holds, from one account (contract B, 2.2)."""

    ANSWER = Refund
    credit_note_id: int
    account_id: int
    amount: Decimal
    refunded_on: str
    exchange_rate: Decimal | None = None
    branch_id: int | None = None
    reference: str = ""
    description: str = ""

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield CreditNote, self.credit_note_id
        yield Account, self.account_id

    def decide(self, desk: Desk) -> Refund:
        """Refuses, in this order: unknown note, account, branch; a wrong amount, date, rate; a note that is

        not issued or not left; an account that holds no money; a date before the note's.
        """
        note = desk.get(CreditNote, self.credit_note_id)
        account = desk.get(Account, self.account_id)
        known_branch(desk, self.branch_id)
        fits(self.reference, "referenceNo")
        fits(self.description, "description", LONG)
        minor = positive_minor_of(self.amount, note.currency)
        checked_day(self.refunded_on)
        rate = rate_of(self.exchange_rate, note.currency, desk.get(Entity, note.entity_id).base_currency)
        left_of(note, minor)
        payout = Payout(account, self.refunded_on, rate, self.branch_id, self.reference, self.description)
        return pay_back(desk, note, minor, payout)


class RefundInvoice(Command, frozen=True, kw_only=True):
    """Give back what was paid on an invoice: credit note, tax, refunds and postings in one commit.

    The cash goes towards the payments it came from, newest first, each by its own deposit account
    (contract A, `invoiceRefund`). `amount` in major units; all that is left, if not given.
    """

    ANSWER = CreditNote
    invoice_id: int
    dispute_reason_id: int | None = None
    amount: Decimal | None = None

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses `InvoiceNotIssued`, `InvoiceNotPaid`, `NothingToRefund`, `RefundExceedsInvoice`."""
        invoice = desk.get(Invoice, self.invoice_id)
        shapes = () if self.amount is None else (Shape(gross=self.amount),)
        asked = Against(REFUND, desk.today, shapes, self.dispute_reason_id)
        return give_back(desk, credit_invoice(desk, invoice, asked))


class ReverseRefund(Command, frozen=True, kw_only=True):
    """Undo a refund: the note holds the amount again; the books keep both entries."""

    ANSWER = Refund
    refund_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Refund, self.refund_id

    def decide(self, desk: Desk) -> Refund:
        """Refuses `RefundAlreadyReversed`."""
        refund = desk.get(Refund, self.refund_id)
        if refund.state == REVERSED:
            raise RefundAlreadyReversed("the refund was reversed before", refundId=refund.id)
        return take_back(desk, refund, REVERSED)
