"""Paying back and taking it back: what a refund does to its source, its invoice and the books."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from avoir.core import postings
from avoir.core.account import Account, holds_money
from avoir.core.allocation import Allocation
from avoir.core.approval import digest_of, needs_approval
from avoir.core.credit_note import CreditNote
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal, invariant
from avoir.core.exchange import consumed, rate_of, to_base
from avoir.core.invoice import Invoice
from avoir.core.journal import JournalEntry
from avoir.core.organization import ApprovalPolicy, Entity
from avoir.core.payment import Payment
from avoir.core.rail import (
    AT_ONCE,
    BANK,
    DISPUTE,
    AccountRequired,
    Gateway,
    GatewayHasItsAccount,
    UnknownRail,
)
from avoir.core.refund import AWAITING_APPROVAL, PENDING, SETTLED, Refund
from avoir.core.row import changed
from avoir.core.usage import use


class RefundBeforeSource(Refusal):
    """Cash cannot go back before the claim was given up, or the payment received."""

    code, kind = "refund_before_source", Kind.INVALID


class RefundExceedsCash(Refusal):
    """No more cash goes back on an invoice than was received on it and not taken by a bank."""

    code = "refund_exceeds_cash_received"


class IllegalMove(Refusal):
    """The thing cannot go from its state to that one."""

    code = "illegal_move"


class Payout(msgspec.Struct, frozen=True):
    """How a refund is to be paid: the words of the caller, checked by `pay_back`."""

    account: Account
    on: str
    rate_nano: int
    branch_id: int | None = None
    reference: str = ""
    description: str = ""
    rail: str = BANK
    more_base: int = 0  # What the same ask pays back besides: it is approved as a whole.
    dispute_id: int | None = None  # A lost one has paid it already: nobody is asked,
    base_minor: int | None = None  # and what it took in base currency is known.
    imported: bool = False  # Paid before the books were opened: no cash moves, and nobody is asked.


class Way(msgspec.Struct, frozen=True):
    """How cash is to go back, as a caller says it; what is not said is as the payment came in."""

    rail: str = ""
    account_id: int | None = None
    exchange_rate: Decimal | None = None
    on: str = ""


Held = CreditNote | Payment
"""What a refund pays out of."""


def way_out(
    desk: Desk, rail: str, account_id: int | None, payment: Payment | None = None
) -> tuple[str, Account]:
    """The rail, and the account the cash leaves: what is named, else as the payment came in.

    Refuses `NotFound`, `UnknownRail`, `AccountRequired`, `GatewayHasItsAccount`.
    """
    if not rail:
        rail = BANK if payment is None or account_id is not None else payment.rail
    if rail == BANK:
        if account_id is None and payment is None:
            raise AccountRequired("say which account the refund is paid from", field="accountId")
        return rail, desk.get(Account, payment.account_id if account_id is None and payment else account_id)
    gateway = None if rail == DISPUTE else desk.find(Gateway, rail)
    if gateway is None or not gateway.active:
        raise UnknownRail("refunds go out by the bank, or by a gateway that is set up", rail=rail)
    if account_id is not None:
        raise GatewayHasItsAccount("a gateway pays out of its own clearing account", rail=rail)
    return rail, desk.get(Account, gateway.account_id)


def towards(desk: Desk, payment: Payment, way: Way, on: str, **words: Any) -> Payout:
    """The payout back to where a payment came from, at the rate it came in at, unless `way` says otherwise.

    What came in is what goes out. Refuses as `way_out` and `rate_of`, and `RefundBeforeSource`.
    """
    rail, account = way_out(desk, way.rail, way.account_id, payment)
    base = desk.get(Entity, payment.entity_id).base_currency
    rate = rate_of(way.exchange_rate, payment.currency, base, default=payment.rate_nano)
    not_before(on, payment.received_on)
    return Payout(account, on, rate, rail=rail, **words)


def not_before(on: str, since: str) -> None:
    """Refuses `RefundBeforeSource`."""
    if on < since:
        raise RefundBeforeSource("a refund is not dated before what it pays out of", since=since)


def allowed(desk: Desk, source: Held, payout: Payout) -> str:
    """Whether cash may go out so, however much; the base currency.

    Refuses `AccountNotForMoney`, `AccountCurrencyMismatch`, `RefundBeforeSource`, `DateLocked`.
    """
    base = desk.get(Entity, source.entity_id).base_currency
    if not payout.imported:
        holds_money(payout.account, source.currency, base)
    not_before(payout.on, source.issued_on if isinstance(source, CreditNote) else source.received_on)
    desk.unlocked(payout.on)
    return base


def pay_back(
    desk: Desk, source: Held, minor: int, payout: Payout, allocation: Allocation | None = None
) -> Refund:
    """One refund: the source holds less, cash goes back or is promised, and the books say so.

    The caller has made sure that the source can give it. Refuses what `allowed` and `pay_allowed` refuse.
    """
    return pay_allowed(desk, source, minor, payout, allowed(desk, source, payout), allocation)


def pay_allowed(
    desk: Desk, source: Held, minor: int, payout: Payout, base: str, allocation: Allocation | None = None
) -> Refund:
    """As `pay_back`, for whoever has asked `allowed` before, and was given the base currency.

    `source` is as the desk has it now. By policy the refund waits for a second person first, and holds its
    amount meanwhile. Refuses `RefundExceedsCash`.
    """
    use(desk, payout.account)
    base_minor = payout.base_minor
    if base_minor is None:
        base_minor = to_base(minor, source.currency, payout.rate_nano, base)
    policy = None
    if payout.dispute_id is None and not payout.imported:
        policy = needs_approval(desk, source.customer_id, base_minor + payout.more_base)
    refund = _asked(desk, source, minor, base_minor, payout, allocation, policy)
    _hold(desk, refund, minor)
    if policy is None:
        return desk.add(_carried_out(desk, refund, source))
    desk.add(refund)
    desk.put(changed(source, reserved_minor=source.reserved_minor + minor, updated_at=desk.now))
    desk.tell("refund.held", refund)
    return refund


def _carried_out(desk: Desk, refund: Refund, source: Held) -> Refund:
    """Pay what was asked: by the bank it is settled at once, by a gateway it is promised and pending.

    The refund as it is then, to be written by the caller; `base_relieved_minor` is known already.
    """
    desk.put(
        changed(
            source,
            refunded_minor=source.refunded_minor + refund.amount_minor,
            base_used_minor=source.base_used_minor + refund.base_relieved_minor,
            updated_at=desk.now,
        )
    )
    if refund.rail in AT_ONCE:
        posted = postings.refund_by_bank if refund.rail == BANK else postings.refund_by_dispute
        entry = posted(desk, refund)
        desk.tell("refund.settled", refund)
        return changed(refund, state=SETTLED, entry_id=entry, settled_entry_id=entry)
    desk.tell("refund.requested", refund)
    return changed(refund, state=PENDING, entry_id=postings.refund_requested(desk, refund))


def _relieved(source: Held, minor: int) -> int:
    """The base amount of the claim that paying back so much of a source relieves."""
    return consumed(minor, source.open_minor, source.base_open_minor)


def take_back(desk: Desk, refund: Refund, state: str, failure: str = "", on: str = "") -> Refund:
    """Undo a refund that was paid or promised: its entries are mirrored, the source holds the amount again.

    The mirrors are dated `on`, or each as its entry, if no day is given. The row stays, in the state that
    says why. Refuses `IllegalMove`.
    """
    move(refund, state)
    source = source_of(desk, refund)
    desk.put(
        changed(
            source,
            refunded_minor=source.refunded_minor - refund.amount_minor,
            base_used_minor=source.base_used_minor - refund.base_relieved_minor,
            updated_at=desk.now,
        )
    )
    _hold(desk, refund, -refund.amount_minor)
    for entry_id in dict.fromkeys((refund.settled_entry_id, refund.entry_id)):
        if entry_id is not None:
            desk.mirror(entry_id, on=on or desk.get(JournalEntry, entry_id).booked_on)
    refund = desk.put(changed(refund, state=state, failure=failure, updated_at=desk.now))
    desk.tell(f"refund.{state}", refund)
    return refund


def let_go(desk: Desk, refund: Refund, state: str, reason: str = "") -> Refund:
    """End a refund that waits for approval: nothing was posted, the hold ends. Refuses `IllegalMove`."""
    move(refund, state)
    _unreserve(desk, refund)
    _hold(desk, refund, -refund.amount_minor)
    refund = desk.put(changed(refund, state=state, failure=reason, updated_at=desk.now))
    desk.tell(f"refund.{state}", refund)
    return refund


def approve(desk: Desk, refund: Refund) -> Refund:
    """Carry out a refund that waited. Refuses `IllegalMove`, and an account that holds money no longer."""
    move(refund, PENDING)
    base = desk.get(Entity, refund.entity_id).base_currency
    holds_money(desk.get(Account, refund.account_id), refund.currency, base)
    source = _unreserve(desk, refund)
    relieved = _relieved(source, refund.amount_minor)
    refund = changed(refund, approved_by=desk.actor, base_relieved_minor=relieved, updated_at=desk.now)
    desk.tell("refund.approved", refund)
    return desk.put(_carried_out(desk, refund, source))


def settle(desk: Desk, refund: Refund, reference: str) -> Refund:
    """The gateway has paid, today. Refuses `IllegalMove`."""
    move(refund, SETTLED)
    entry = postings.refund_settled(desk, refund, on=day_for(desk, refund))
    refund = desk.put(
        changed(
            refund, state=SETTLED, settled_entry_id=entry, gateway_reference=reference, updated_at=desk.now
        )
    )
    desk.tell("refund.settled", refund)
    return refund


def move(refund: Refund, state: str) -> None:
    """Refuses `IllegalMove` unless a refund may go to that state."""
    if state not in refund.moves:
        raise IllegalMove(
            f"a refund that is {refund.state} cannot become {state}", refundId=refund.id, state=refund.state
        )


def day_for(desk: Desk, refund: Refund) -> str:
    """The day of what becomes of a refund: today, not before the refund's own, and open.

    What a bank or gateway has done cannot be refused for its date.
    """
    return desk.first_open(max(desk.today, refund.refunded_on))


def source_of(desk: Desk, refund: Refund) -> Held:
    """What the refund pays out of."""
    if refund.credit_note_id is not None:
        return desk.get(CreditNote, refund.credit_note_id)
    return desk.get(Payment, refund.payment_id)


def _asked(
    desk: Desk,
    source: Held,
    minor: int,
    base_minor: int,
    payout: Payout,
    allocation: Allocation | None,
    policy: ApprovalPolicy | None,
) -> Refund:
    number, sequence = desk.draw(source.entity_id, "refund")
    note = source if isinstance(source, CreditNote) else None
    refund = Refund(
        organization_id=desk.organization_id,
        id=desk.next("refund"),
        uuid=desk.uuid(),
        entity_id=source.entity_id,
        customer_id=source.customer_id,
        branch_id=payout.branch_id,
        credit_note_id=None if note is None else note.id,
        payment_id=None if note is not None else source.id,
        invoice_id=None if note is None else note.invoice_id,
        allocation_id=None if allocation is None else allocation.id,
        number=number,
        sequence=sequence,
        rail=payout.rail,
        state=AWAITING_APPROVAL,
        account_id=payout.account.id,
        currency=source.currency,
        rate_nano=payout.rate_nano,
        amount_minor=minor,
        base_amount_minor=base_minor,
        base_relieved_minor=0 if policy is not None else _relieved(source, minor),
        refunded_on=payout.on,
        month=desk.now[:7],
        reference=payout.reference,
        description=payout.description,
        requested_by=desk.actor,
        created_at=desk.now,
        updated_at=desk.now,
        dispute_id=payout.dispute_id,
    )
    if policy is None:
        return refund
    return changed(refund, digest=digest_of(refund), expires_at=_later(desk.now, policy.expires_hours))


def _later(now: str, hours: int) -> str:
    then = datetime.fromisoformat(now) + timedelta(hours=hours)
    return then.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _unreserve(desk: Desk, refund: Refund) -> Held:
    source = source_of(desk, refund)
    left = source.reserved_minor - refund.amount_minor
    return desk.put(changed(source, reserved_minor=left, updated_at=desk.now))


def _hold(desk: Desk, refund: Refund, minor: int) -> None:
    """Take cash out of the budget of the refund's invoice and allocation, or give it back to it."""
    if refund.invoice_id is not None:
        invoice = desk.get(Invoice, refund.invoice_id)
        returned = invoice.returned_minor + minor
        if minor > 0 and returned + invoice.disputed_minor > invoice.paid_minor:
            raise RefundExceedsCash(
                "no more cash goes back than was received on the invoice",
                invoiceId=invoice.id,
                received=invoice.paid_minor,
                disputed=invoice.disputed_minor,
                returned=returned,
            )
        invariant(returned >= 0, "no less than nothing was given back")
        desk.put(changed(invoice, returned_minor=returned, updated_at=desk.now))
    if refund.allocation_id is not None:
        allocation = desk.get(Allocation, refund.allocation_id)
        desk.put(changed(allocation, returned_minor=allocation.returned_minor + minor))
