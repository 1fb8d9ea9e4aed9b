"""Disputes: a bank takes a payment back, and a claim is won or lost over it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from avoir.core import postings
from avoir.core.account import ACCOUNTS_BY_ROLE, DISPUTED_FUNDS, Account
from avoir.core.allocation import ALLOCATIONS_OF_PAYMENT, Allocation
from avoir.core.command import Command
from avoir.core.credit import Shape
from avoir.core.credit_note import REFUND
from avoir.core.crediting import Against, credit_invoice
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.dispute import (
    DISPUTE_SHARES,
    DISPUTES_OF_PAYMENT,
    LOST,
    OPEN,
    WON,
    Dispute,
    DisputeShare,
)
from avoir.core.errors import Kind, Refusal
from avoir.core.exchange import consumed, rate_of, to_base
from avoir.core.invoice import Invoice
from avoir.core.money import AmountNotPositive, major_of, minor_of, positive_minor_of, split
from avoir.core.organization import Entity
from avoir.core.payment import Payment
from avoir.core.payout import IllegalMove, Payout, pay_back
from avoir.core.rail import DISPUTE
from avoir.core.row import Row, changed
from avoir.core.settings import DISPUTE_ACTIONS
from avoir.core.text import LONG, fits
from avoir.core.unpaying import unpay

DO_NOTHING, CREDIT_NOTE_AND_REFUND, _ = DISPUTE_ACTIONS


class DisputeOutOfTime(Refusal):
    """A dispute is opened after the payment came in, and closed after it was opened."""

    code, kind = "dispute_out_of_time", Kind.INVALID


class AlreadyDisputed(Refusal):
    """A payment has one open dispute at a time, and none twice."""

    code = "payment_already_disputed"


class NothingToDispute(Refusal):
    """All of the payment is given back already."""

    code = "nothing_to_dispute"


class DisputeExceedsPayment(Refusal):
    """More is disputed than is left of the payment: the rest is given back already, or promised."""

    code = "dispute_exceeds_payment"


class OpenDispute(Command, frozen=True, kw_only=True):
    """A bank takes a payment back, with a fee: the money leaves at once, and the refund budget is held.

    `amount` in major units; all that is left of the payment, if not given. It is held of what the payment is
    allocated to, oldest first, then of what is not allocated.
    """

    ANSWER = Dispute
    payment_id: int
    amount: Decimal | None = None
    fee: Decimal = Decimal(0)
    reason: str = ""
    remote_id: str = ""
    opened_on: str = ""  # Today, if not given.
    exchange_rate: Decimal | None = None  # The payment's, if not given.
    respond_by: str = ""  # Until when the bank waits for an answer, if it says so.

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Payment, self.payment_id

    def decide(self, desk: Desk) -> Dispute:
        """Refuses, in this order: wrong words, amount, fee, date or rate; `AlreadyDisputed`;

        `NothingToDispute`, `DisputeExceedsPayment`.
        """
        payment = desk.get(Payment, self.payment_id)
        fits(self.reason, "reason", LONG)
        fits(self.remote_id, "remoteId")
        asked = None if self.amount is None else positive_minor_of(self.amount, payment.currency)
        fee = minor_of(self.fee, payment.currency, "fee")
        if fee < 0:
            raise AmountNotPositive("a fee is not negative", field="fee")
        on = checked_day(self.opened_on) if self.opened_on else max(desk.today, payment.received_on)
        _not_before(on, payment.received_on)
        if self.respond_by:
            _not_before(checked_day(self.respond_by, "respondBy"), on)
        base = desk.get(Entity, payment.entity_id).base_currency
        rate = rate_of(self.exchange_rate, payment.currency, base, default=payment.rate_nano)
        self._known_before(desk, payment)
        free = _free(desk, payment)
        left = sum(free.values()) + payment.unapplied_minor
        minor = _enough(payment, asked, left)
        dispute = self._open(desk, payment, minor, fee, rate, on)
        base_fee = to_base(fee, payment.currency, rate, base)
        entry = postings.dispute_opened(desk, dispute, payment, base_fee)
        for allocation, part in free.items():
            if share := min(minor, part):
                desk.add(DisputeShare(desk.organization_id, dispute.id, allocation, share))
                _hold(desk, allocation, share)
                minor -= share
        _hold_unapplied(desk, payment.id, minor)
        desk.tell("dispute.opened", dispute)
        return desk.put(changed(dispute, entry_id=entry))

    def _known_before(self, desk: Desk, payment: Payment) -> None:
        for dispute in desk.of(Dispute, DISPUTES_OF_PAYMENT, payment.id):
            again = self.remote_id and dispute.remote_id == self.remote_id
            if dispute.state == OPEN or again:
                raise AlreadyDisputed("the payment is disputed already", disputeId=dispute.id)

    def _open(self, desk: Desk, payment: Payment, minor: int, fee: int, rate: int, on: str) -> Dispute:
        base = desk.get(Entity, payment.entity_id).base_currency
        return desk.add(
            Dispute(
                organization_id=desk.organization_id,
                id=desk.next("dispute"),
                uuid=desk.uuid(),
                entity_id=payment.entity_id,
                customer_id=payment.customer_id,
                payment_id=payment.id,
                state=OPEN,
                currency=payment.currency,
                rate_nano=rate,
                amount_minor=minor,
                fee_minor=fee,
                base_amount_minor=to_base(minor, payment.currency, rate, base),
                reason=self.reason,
                remote_id=self.remote_id,
                opened_on=on,
                closed_on="",
                action="",
                entry_id=None,
                closing_entry_id=None,
                created_at=desk.now,
                updated_at=desk.now,
                respond_by=self.respond_by,
            )
        )


class CloseDispute(Command, frozen=True, kw_only=True):
    """How a dispute ends."""

    ANSWER = Dispute
    dispute_id: int
    closed_on: str = ""  # Today, if not given.

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Dispute, self.dispute_id

    def closed(self, desk: Desk) -> tuple[Dispute, str]:
        """The open dispute, and the day it ends. Refuses `DisputeOutOfTime`, `IllegalMove`, `DateLocked`."""
        dispute = desk.get(Dispute, self.dispute_id)
        on = checked_day(self.closed_on) if self.closed_on else max(desk.today, dispute.opened_on)
        _not_before(on, dispute.opened_on)
        if dispute.state != OPEN:
            raise IllegalMove(
                f"a dispute that is {dispute.state} is over", disputeId=dispute.id, state=dispute.state
            )
        desk.unlocked(on)
        return dispute, on


class WinDispute(CloseDispute, frozen=True, kw_only=True):
    """The bank gives the money and the fee back; everything is as it was before."""

    def decide(self, desk: Desk) -> Dispute:
        """Refuses `IllegalMove`, `DisputeOutOfTime`, `DateLocked`."""
        dispute, on = self.closed(desk)
        *held, own = _losses(desk, dispute)
        for each in held:
            _hold(desk, each.allocation_id, -each.minor)
        _hold_unapplied(desk, dispute.payment_id, -own.minor)
        entry = desk.mirror(dispute.entry_id or 0, on=on)
        desk.tell("dispute.won", dispute)
        return desk.put(
            changed(dispute, state=WON, closed_on=on, closing_entry_id=entry, updated_at=desk.now)
        )


class Loss(NamedTuple):
    """What a dispute took: of one allocation of its payment, or (0) of what is not allocated."""

    allocation_id: int
    minor: int
    base: int


class LoseDispute(CloseDispute, frozen=True, kw_only=True):
    """The bank keeps the money. What that does to the invoices, the entity's setting says.

    `credit_note_and_refund`: the claim is given up by a credit note, and what the bank took is its refund;
    what is credited already is unpaid instead. `unpay_and_refund`: the payment is taken off the invoices,
    which are due again, and what the bank took is its refund. `do_nothing`: the invoices stay paid, and the
    loss is bad debt. What was not allocated was the customer's own, and is refunded in each case. The fee
    stays spent.
    """

    exchange_rate: Decimal | None = None  # Of the credit notes, where a setting asks for their date's.

    def decide(self, desk: Desk) -> Dispute:
        """Refuses `IllegalMove`, `DisputeOutOfTime`, `DateLocked`, `RateRequired`."""
        dispute, on = self.closed(desk)
        action = desk.get(Entity, dispute.entity_id).dispute_action
        *lost, own = _losses(desk, dispute)
        _hold_unapplied(desk, dispute.payment_id, -own.minor)
        entry = None
        if action == DO_NOTHING:
            # The shares stay held for good: cash that a bank took is not there to be given back.
            bad = (sum(loss.minor for loss in lost), sum(loss.base for loss in lost))
            payment = desk.get(Payment, dispute.payment_id)
            entry = postings.dispute_lost(desk, dispute, payment, *bad, on=on)
        else:
            for loss in lost:
                _hold(desk, loss.allocation_id, -loss.minor)
                if action == CREDIT_NOTE_AND_REFUND:
                    loss = self._give_up(desk, dispute, loss, on)  # noqa: PLW2901 - what is left of it.
                if loss.minor:
                    unpay(desk, desk.get(Allocation, loss.allocation_id), loss.minor, on=on)
                    own = Loss(0, own.minor + loss.minor, own.base + loss.base)
        if own.minor:
            payment = desk.get(Payment, dispute.payment_id)
            pay_back(desk, payment, own.minor, _taken(desk, dispute, payment, own.base, on))
        desk.tell("dispute.lost", dispute)
        return desk.put(
            changed(
                dispute, state=LOST, action=action, closed_on=on, closing_entry_id=entry, updated_at=desk.now
            )
        )

    def _give_up(self, desk: Desk, dispute: Dispute, loss: Loss, on: str) -> Loss:
        """A credit note for what can still be credited of the invoice, refunded; the rest is given back."""
        allocation = desk.get(Allocation, loss.allocation_id)
        invoice = desk.get(Invoice, allocation.invoice_id)
        minor = min(loss.minor, invoice.uncredited_minor)
        base = consumed(minor, loss.minor, loss.base)
        if minor:
            gross = Shape(gross=Decimal(major_of(minor, dispute.currency)))
            asked = Against(REFUND, on, (gross,), None, dispute.id, self.exchange_rate)
            note = credit_invoice(desk, invoice, asked)
            payment = desk.get(Payment, dispute.payment_id)
            pay_back(desk, note, minor, _taken(desk, dispute, payment, base, on), allocation)
        return Loss(allocation.id, loss.minor - minor, loss.base - base)


def _losses(desk: Desk, dispute: Dispute) -> list[Loss]:
    """What the dispute holds of each allocation, then of what is not allocated, also in base currency."""
    shares = [(x.allocation_id, x.amount_minor) for x in desk.of(DisputeShare, DISPUTE_SHARES, dispute.id)]
    shares.append((0, dispute.amount_minor - sum(minor for _, minor in shares)))
    bases = split(dispute.base_amount_minor, [minor for _, minor in shares])
    return [Loss(id, minor, base) for (id, minor), base in zip(shares, bases, strict=True)]


def _taken(desk: Desk, dispute: Dispute, payment: Payment, base: int, on: str) -> Payout:
    """A refund that the bank has made itself, out of what it took when the dispute was opened."""
    account = desk.one(Account, ACCOUNTS_BY_ROLE, DISPUTED_FUNDS)
    words = (payment.branch_id, dispute.remote_id, dispute.reason)
    return Payout(
        account, on, dispute.rate_nano, *words, rail=DISPUTE, dispute_id=dispute.id, base_minor=base
    )


def _free(desk: Desk, payment: Payment) -> dict[int, int]:
    """What can still be disputed of each live allocation, oldest first, within its invoice's cash."""
    free: dict[int, int] = {}
    left: dict[int, int] = {}
    live = (x for x in desk.of(Allocation, ALLOCATIONS_OF_PAYMENT, payment.id) if not x.deallocated_on)
    for x in sorted(live, key=lambda x: (x.allocated_on, x.id)):
        invoice = desk.get(Invoice, x.invoice_id)
        cash = left.get(x.invoice_id, invoice.paid_minor - invoice.returned_minor - invoice.disputed_minor)
        free[x.id] = min(x.amount_minor - x.returned_minor - x.disputed_minor, cash)
        left[x.invoice_id] = cash - free[x.id]
    return free


def _enough(payment: Payment, asked: int | None, left: int) -> int:
    if left == 0:
        raise NothingToDispute("all of the payment is given back already", paymentId=payment.id)
    if asked is not None and asked > left:
        raise DisputeExceedsPayment(
            "more is disputed than is left of the payment", paymentId=payment.id, asked=asked, left=left
        )
    return left if asked is None else asked


def _not_before(on: str, since: str) -> None:
    if on < since:
        raise DisputeOutOfTime("a dispute does not come before what it is about", since=since)


def _hold(desk: Desk, allocation_id: int, minor: int) -> None:
    """Hold part of an allocation, and of the cash of its invoice; or let it go again."""
    allocation = desk.get(Allocation, allocation_id)
    desk.put(changed(allocation, disputed_minor=allocation.disputed_minor + minor))
    invoice = desk.get(Invoice, allocation.invoice_id)
    desk.put(changed(invoice, disputed_minor=invoice.disputed_minor + minor, updated_at=desk.now))


def _hold_unapplied(desk: Desk, payment_id: int, minor: int) -> None:
    payment = desk.get(Payment, payment_id)
    desk.put(changed(payment, disputed_minor=payment.disputed_minor + minor, updated_at=desk.now))
