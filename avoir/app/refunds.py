"""Refunds: cash out of a credit note, of a payment, of a whole invoice, and back again."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from avoir.core.account import Account
from avoir.core.allocation import Allocation
from avoir.core.branch import known_branch
from avoir.core.command import Command
from avoir.core.credit import Shape
from avoir.core.credit_note import REFUND, CreditNote, given_up, left_of
from avoir.core.crediting import (
    Against,
    InvoiceNotPaid,
    NothingToRefund,
    RefundExceedsInvoice,
    credit_invoice,
)
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.exchange import rate_of, rate_on
from avoir.core.giving_back import day_of, give_back, reopen
from avoir.core.invoice import Invoice, issued
from avoir.core.money import positive_minor_of
from avoir.core.organization import Entity
from avoir.core.payment import Payment, unapplied_of
from avoir.core.payout import (
    IllegalMove,
    Payout,
    Way,
    allowed,
    day_for,
    move,
    pay_allowed,
    pay_back,
    settle,
    source_of,
    take_back,
    towards,
    way_out,
)
from avoir.core.rail import AT_ONCE, BANK
from avoir.core.refund import CANCELED, FAILED, REVERSED, SETTLED, UNKNOWN, Refund
from avoir.core.row import Row, changed
from avoir.core.text import LONG, SHORT, fits


class RefundAlreadyReversed(Refusal):
    """A refund is reversed once."""

    code, kind = "refund_already_reversed", Kind.NOT_FOUND


class RefundNotFailed(Refusal):
    """Only a refund that failed is asked for again."""

    code = "refund_not_failed"


class RefundAlreadyRetried(Refusal):
    """A failed refund is asked for again once; what came of that can fail, and be asked for again."""

    code = "refund_already_retried"


class RefundCreditNote(Command, frozen=True, kw_only=True):
    """Pay out part of what a credit note still holds, from one account (contract B, 2.2) or by a gateway."""

    ANSWER = Refund
    credit_note_id: int
    amount: Decimal
    refunded_on: str
    account_id: int | None = None
    rail: str = BANK
    exchange_rate: Decimal | None = None
    branch_id: int | None = None
    reference: str = ""
    description: str = ""

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield CreditNote, self.credit_note_id
        if self.account_id is not None:
            yield Account, self.account_id

    def decide(self, desk: Desk) -> Refund:
        """Refuses, in this order: unknown note, rail, account, branch; a wrong amount, date, rate; a note

        that is not issued, an account that holds no money, a date before the note's or locked; too much.
        """
        note = desk.get(CreditNote, self.credit_note_id)
        rail, account = way_out(desk, self.rail, self.account_id)
        known_branch(desk, self.branch_id, note.entity_id)
        fits(self.reference, "referenceNo")
        fits(self.description, "description", LONG)
        minor = positive_minor_of(self.amount, note.currency)
        checked_day(self.refunded_on)
        base = desk.get(Entity, note.entity_id).base_currency
        rate = rate_on(desk, self.exchange_rate, note.currency, base, self.refunded_on)
        words = (self.branch_id, self.reference, self.description)
        payout = Payout(account, self.refunded_on, rate, *words, rail=rail)
        given_up(note)
        allowed(desk, note, payout)
        return pay_allowed(desk, left_of(note, minor), minor, payout, base)


class RefundPayment(Command, frozen=True, kw_only=True):
    """Pay back what is left of a payment: an overpayment, or cash that came in for nothing.

    It goes back as it came in, at the rate it came in at, unless another rail, account or rate is named.
    `amount` in major units; all that is left, if not given.
    """

    ANSWER = Refund
    payment_id: int
    amount: Decimal | None = None
    refunded_on: str = ""  # Today, if not given.
    account_id: int | None = None
    rail: str = ""
    exchange_rate: Decimal | None = None
    branch_id: int | None = None  # The payment's, if not given.
    reference: str = ""
    description: str = ""

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Payment, self.payment_id

    def decide(self, desk: Desk) -> Refund:
        """Refuses, in this order: unknown payment, rail, account, branch; a wrong amount, date, rate; a

        date before the payment's; `PaymentUsedUp`, `RefundExceedsPayment`; an account without money.
        """
        payment = desk.get(Payment, self.payment_id)
        fits(self.reference, "referenceNo")
        fits(self.description, "description", LONG)
        branch_id = payment.branch_id if self.branch_id is None else self.branch_id
        known_branch(desk, branch_id, payment.entity_id)
        asked = None if self.amount is None else positive_minor_of(self.amount, payment.currency)
        on = checked_day(self.refunded_on) if self.refunded_on else max(desk.today, payment.received_on)
        way = Way(self.rail, self.account_id, self.exchange_rate)
        words = {"branch_id": branch_id, "reference": self.reference, "description": self.description}
        payout = towards(desk, payment, way, on, **words)
        return pay_back(desk, payment, unapplied_of(payment, asked), payout)


class GiveBack(Command, frozen=True, kw_only=True):
    """How much of what was paid on an invoice goes back, and how.

    Towards the payments it came from, newest first, each as it came in and at the rate it came in at,
    unless one rail, account or rate is named. `amount` in major units; all that is left, if not given.
    """

    invoice_id: int
    amount: Decimal | None = None
    refunded_on: str = ""  # Today, if not given.
    account_id: int | None = None
    rail: str = ""
    exchange_rate: Decimal | None = None

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    @property
    def way(self) -> Way:
        return Way(self.rail, self.account_id, self.exchange_rate, self.refunded_on)


class RefundInvoice(GiveBack, frozen=True, kw_only=True):
    """Give back what was paid on an invoice: credit note, tax, refunds and postings in one commit.

    The invoice stays paid (contract A, `invoiceRefund`). Refunds that need a second person wait, and hold
    what the note has; the note is issued all the same.
    """

    ANSWER = CreditNote
    dispute_reason_id: int | None = None
    shapes: tuple[Shape, ...] = ()  # Of single lines, say; together with `amount`, both.
    note: str = ""  # What the credit note says.

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses `InvoiceNotIssued`, `InvoiceNotPaid`, `NothingToRefund`, `RefundExceedsInvoice`, and

        what is wrong with the shapes, the day, the rail or the account.
        """
        invoice = desk.get(Invoice, self.invoice_id)
        shapes = self.shapes if self.amount is None else (*self.shapes, Shape(gross=self.amount))
        on = day_of(desk, invoice, self.way)
        asked = Against(REFUND, on, shapes, self.dispute_reason_id, note=self.note)
        note = credit_invoice(desk, invoice, asked)
        return give_back(desk, note, self.way)


class ReopenInvoice(GiveBack, frozen=True, kw_only=True):
    """Give back what was paid on an invoice, and keep the claim: no credit note, the invoice is due again.

    The payments are taken off the invoice as far as needed, and paid back. (`reopen: true` of a refund.)
    """

    ANSWER = list[Refund]

    def decide(self, desk: Desk) -> list[Refund]:
        """Refuses `InvoiceNotIssued`, `InvoiceNotPaid`, `NothingToRefund`, `RefundExceedsInvoice`, and

        what is wrong with the day, the rail or the account.
        """
        invoice = desk.get(Invoice, self.invoice_id)
        minor = None if self.amount is None else positive_minor_of(self.amount, invoice.currency)
        on = day_of(desk, invoice, self.way)
        if not issued(invoice).paid_minor:
            raise InvoiceNotPaid("nothing was received on the invoice", invoiceId=invoice.id)
        left = invoice.paid_minor - invoice.returned_minor - invoice.disputed_minor
        if left == 0:
            raise NothingToRefund("all that was paid is given back", invoiceId=invoice.id)
        if minor is not None and minor > left:
            raise RefundExceedsInvoice(
                "more was asked than is left", invoiceId=invoice.id, asked=minor, left=left
            )
        return reopen(desk, invoice, left if minor is None else minor, self.way, on)


class OneRefund(Command, frozen=True, kw_only=True):
    """Something that becomes of one refund."""

    ANSWER = Refund
    refund_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Refund, self.refund_id


class SendRefund(OneRefund, frozen=True, kw_only=True):
    """Mark a pending refund as handed to its gateway: from here on only the gateway knows.

    Asked before the gateway is called, so that nobody cancels what may be paid already, and so that a
    crash in between leaves `unknown`, which is the truth.
    """

    def decide(self, desk: Desk) -> Refund:
        """Refuses `IllegalMove`."""
        refund = desk.get(Refund, self.refund_id)
        move(refund, UNKNOWN)
        desk.tell("refund.sent", refund)
        return desk.put(changed(refund, state=UNKNOWN, updated_at=desk.now))


class SettleRefund(OneRefund, frozen=True, kw_only=True):
    """The gateway has paid, today; `reference` is its name of the refund. Told twice, it is once."""

    reference: str

    def decide(self, desk: Desk) -> Refund:
        """Refuses `IllegalMove`."""
        refund = desk.get(Refund, self.refund_id)
        fits(self.reference, "reference", SHORT)
        told_before = refund.state == SETTLED and refund.gateway_reference == self.reference
        if told_before and refund.rail not in AT_ONCE:
            return refund
        return settle(desk, refund, self.reference)


class FailedBeforeRefunded(Refusal):
    """A refund does not fail before the day on which it was made."""

    code, kind = "failed_before_refunded", Kind.INVALID


class FailRefund(OneRefund, frozen=True, kw_only=True):
    """The gateway has not paid, or a bank sends back what it had accepted: the amount is free again."""

    reason: str
    failed_on: str = ""  # Today, if not given; the first open day, if that is locked.
    under_way: bool = False  # A gateway's answer: it fails what is under way, never what is settled.

    def decide(self, desk: Desk) -> Refund:
        """Refuses `IllegalMove`, `DateLocked`, and a date before the refund's."""
        refund = desk.get(Refund, self.refund_id)
        fits(self.reason, "reason", LONG)
        on = self.failed_on and checked_day(self.failed_on, "failedOn")
        move(refund, FAILED)
        if self.under_way and refund.state == SETTLED:
            raise IllegalMove("the refund is settled", refundId=refund.id, state=refund.state)
        if on:
            desk.unlocked(on)
            if on < refund.refunded_on:
                raise FailedBeforeRefunded("a refund fails after it was made", since=refund.refunded_on)
        return take_back(desk, refund, FAILED, self.reason, on or day_for(desk, refund))


class CancelRefund(OneRefund, frozen=True, kw_only=True):
    """Call back a refund that was promised and not yet handed to its gateway."""

    def decide(self, desk: Desk) -> Refund:
        """Refuses `IllegalMove`."""
        refund = desk.get(Refund, self.refund_id)
        return take_back(desk, refund, CANCELED, on=day_for(desk, refund))


class ReverseRefund(OneRefund, frozen=True, kw_only=True):
    """Undo a settled refund: its source holds the amount again; the books keep both entries."""

    def decide(self, desk: Desk) -> Refund:
        """Refuses `RefundAlreadyReversed`, `IllegalMove`."""
        refund = desk.get(Refund, self.refund_id)
        if refund.state == REVERSED:
            raise RefundAlreadyReversed("the refund was reversed before", refundId=refund.id)
        return take_back(desk, refund, REVERSED)


class RetryRefund(OneRefund, frozen=True, kw_only=True):
    """Ask again for a refund that failed: a new one of the same amount, out of the same source.

    It goes as the failed one went, at its rate, unless a rail, an account or a rate is named. The failed one
    stays as it is, and names the new one.
    """

    refunded_on: str = ""  # Today, if not given.
    account_id: int | None = None
    rail: str = ""
    exchange_rate: Decimal | None = None

    def decide(self, desk: Desk) -> Refund:
        """Refuses `RefundNotFailed`, `RefundAlreadyRetried`; a wrong day, rail, account or rate; and what

        the source no longer gives.
        """
        failed = desk.get(Refund, self.refund_id)
        if failed.state != FAILED:
            raise RefundNotFailed(f"the refund is {failed.state}", refundId=failed.id, state=failed.state)
        if failed.retried_by_id is not None:
            raise RefundAlreadyRetried("it was asked for again", refundId=failed.retried_by_id)
        on = self.refunded_on and checked_day(self.refunded_on, "refundedOn")
        rail, account = self._way(desk, failed)
        base = desk.get(Entity, failed.entity_id).base_currency
        rate = rate_of(self.exchange_rate, failed.currency, base, default=failed.rate_nano)
        payout = Payout(
            account, on or max(desk.today, failed.refunded_on), rate, failed.branch_id, failed.reference,
            failed.description, rail=rail,
        )  # fmt: skip
        source, minor = source_of(desk, failed), failed.amount_minor
        if isinstance(source, CreditNote):
            left_of(source, minor)
        else:
            unapplied_of(source, minor)
        again = pay_back(desk, source, minor, payout, _towards(desk, failed))
        desk.tell("refund.retried", failed)
        desk.put(changed(failed, retried_by_id=again.id, updated_at=desk.now))
        return again

    def _way(self, desk: Desk, failed: Refund) -> tuple[str, Account]:
        if self.rail or self.account_id is not None:
            return way_out(desk, self.rail or BANK, self.account_id)
        return way_out(desk, failed.rail, failed.account_id if failed.rail == BANK else None)


def _towards(desk: Desk, failed: Refund) -> Allocation | None:
    """The payment that the cash goes back to, as long as it still pays the invoice by that much."""
    if failed.allocation_id is None:
        return None
    towards_it = desk.get(Allocation, failed.allocation_id)
    free = towards_it.amount_minor - towards_it.returned_minor - towards_it.disputed_minor
    return towards_it if free >= failed.amount_minor and not towards_it.deallocated_on else None
