"""Paying back and taking it back: what a refund does to its note, its invoice and the books."""

import msgspec

from avoir.core import postings
from avoir.core.account import Account, holds_money
from avoir.core.allocation import Allocation
from avoir.core.credit_note import CreditNote
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal, invariant
from avoir.core.exchange import consumed, to_base
from avoir.core.invoice import Invoice
from avoir.core.organization import Branch, Entity
from avoir.core.refund import BANK, MOVES, REVERSED, SETTLED, Refund
from avoir.core.row import changed


class RefundBeforeCreditNote(Refusal):
    """Cash cannot go back before the claim was given up."""

    code, kind = "refund_before_credit_note", Kind.INVALID


class RefundExceedsCash(Refusal):
    """No more cash goes back on an invoice than was received on it."""

    code = "refund_exceeds_cash_received"


class IllegalMove(Refusal):
    """The thing cannot go from its state to that one."""

    code = "illegal_move"


class UnknownBranch(Refusal):
    """No such branch in this organization."""

    code, kind = "unknown_branch", Kind.INVALID


class Payout(msgspec.Struct, frozen=True):
    """How a refund is to be paid: the words of the caller, checked by `pay_back`."""

    account: Account
    on: str
    rate_nano: int
    branch_id: int | None = None
    reference: str = ""
    description: str = ""


def known_branch(desk: Desk, branch_id: int | None) -> int | None:
    """The branch id itself. Refuses `UnknownBranch`."""
    if branch_id is not None and desk.find(Branch, branch_id) is None:
        raise UnknownBranch("no such branch", branchId=branch_id)
    return branch_id


def pay_back(
    desk: Desk, note: CreditNote, minor: int, payout: Payout, allocation: Allocation | None = None
) -> Refund:
    """One refund out of one account: the note holds less, cash went back, and the books say so.

    The caller has made sure of the note (`left_of`). Refuses `AccountNotForMoney`,
    `AccountCurrencyMismatch`, `RefundBeforeCreditNote`, `RefundExceedsCash`.
    """
    base = desk.get(Entity, note.entity_id).base_currency
    holds_money(payout.account, note.currency, base)
    if payout.on < note.issued_on:
        raise RefundBeforeCreditNote("a refund is not dated before its credit note", issuedOn=note.issued_on)
    if note.invoice_id is not None:
        _return_cash(desk, desk.get(Invoice, note.invoice_id), minor)
    if allocation is not None:
        desk.put(changed(allocation, returned_minor=allocation.returned_minor + minor))
    relieved = consumed(minor, note.remaining_minor, note.base_remaining_minor)
    desk.put(
        changed(
            note,
            refunded_minor=note.refunded_minor + minor,
            base_used_minor=note.base_used_minor + relieved,
            updated_at=desk.now,
        )
    )
    refund = _settled(desk, note, minor, payout, allocation, relieved)
    refund = desk.add(changed(refund, entry_id=postings.refund_by_bank(desk, refund)))
    desk.tell("refund.settled", refund.id)
    return refund


def _settled(
    desk: Desk, note: CreditNote, minor: int, payout: Payout, allocation: Allocation | None, relieved: int
) -> Refund:
    number, sequence = desk.draw(note.entity_id, "refund")
    base = desk.get(Entity, note.entity_id).base_currency
    return Refund(
        organization_id=desk.organization_id,
        id=desk.next("refund"),
        uuid=desk.uuid(),
        entity_id=note.entity_id,
        customer_id=note.customer_id,
        branch_id=payout.branch_id,
        credit_note_id=note.id,
        invoice_id=note.invoice_id,
        allocation_id=None if allocation is None else allocation.id,
        number=number,
        sequence=sequence,
        rail=BANK,
        state=SETTLED,
        account_id=payout.account.id,
        currency=note.currency,
        rate_nano=payout.rate_nano,
        amount_minor=minor,
        base_amount_minor=to_base(minor, note.currency, payout.rate_nano, base),
        base_relieved_minor=relieved,
        refunded_on=payout.on,
        reference=payout.reference,
        description=payout.description,
        entry_id=0,
        created_at=desk.now,
        updated_at=desk.now,
    )


def take_back(desk: Desk, refund: Refund) -> Refund:
    """Reverse a refund: its entry is mirrored, the note holds the amount again, the row stays as reversed.

    Refuses `IllegalMove` when it was reversed before.
    """
    if REVERSED not in MOVES[refund.state]:
        raise IllegalMove(f"a {refund.state} refund cannot be reversed", refundId=refund.id)
    note = desk.get(CreditNote, refund.credit_note_id)
    desk.put(
        changed(
            note,
            refunded_minor=note.refunded_minor - refund.amount_minor,
            base_used_minor=note.base_used_minor - refund.base_relieved_minor,
            updated_at=desk.now,
        )
    )
    if refund.invoice_id is not None:
        _return_cash(desk, desk.get(Invoice, refund.invoice_id), -refund.amount_minor)
    if refund.allocation_id is not None:
        allocation = desk.get(Allocation, refund.allocation_id)
        desk.put(changed(allocation, returned_minor=allocation.returned_minor - refund.amount_minor))
    desk.mirror(refund.entry_id, on=refund.refunded_on)
    desk.tell("refund.reversed", refund.id)
    return desk.put(changed(refund, state=REVERSED, updated_at=desk.now))


def _return_cash(desk: Desk, invoice: Invoice, minor: int) -> None:
    returned = invoice.returned_minor + minor
    if returned > invoice.paid_minor:
        raise RefundExceedsCash(
            "no more cash goes back than was received on the invoice",
            invoiceId=invoice.id,
            received=invoice.paid_minor,
            returned=returned,
        )
    invariant(returned >= 0, "no less than nothing was given back")
    desk.put(changed(invoice, returned_minor=returned, updated_at=desk.now))
