"""Giving an invoice's cash back: towards the payments that it came from, newest first."""

from avoir.core.account import Account
from avoir.core.allocation import ALLOCATIONS_OF_INVOICE, Allocation
from avoir.core.credit_note import CreditNote
from avoir.core.desk import Desk
from avoir.core.errors import invariant
from avoir.core.payment import Payment
from avoir.core.payout import Payout, pay_back


def give_back(desk: Desk, note: CreditNote) -> CreditNote:
    """Pay out all of a refund note: each payment by its own deposit account, at the rate it came in at.

    Refuses what `pay_back` refuses.
    """
    allocations = [
        (desk.get(Payment, x.payment_id), x)
        for x in desk.of(Allocation, ALLOCATIONS_OF_INVOICE, note.invoice_id)
        if x.payment_id is not None and not x.deallocated_on
    ]
    allocations.sort(key=lambda pair: (pair[0].received_on, pair[0].id), reverse=True)
    rest = note.remaining_minor
    for payment, allocation in allocations:
        free = allocation.amount_minor - allocation.returned_minor - allocation.disputed_minor
        if part := min(rest, free):
            account = desk.get(Account, payment.account_id)
            payout = Payout(account, note.issued_on, payment.rate_nano, note.branch_id, note.number)
            pay_back(desk, desk.get(CreditNote, note.id), part, payout, allocation)
            rest -= part
    invariant(rest == 0, "what was received can be given back")
    return desk.get(CreditNote, note.id)
