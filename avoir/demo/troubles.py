"""What went wrong in the last two weeks of the year: so that there is something to see to."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from avoir.app.approvals import SetApprovalPolicy
from avoir.app.disputes import OpenDispute
from avoir.app.refunds import FailRefund, RefundInvoice, RefundPayment
from avoir.core.command import Command
from avoir.core.invoice import Invoice
from avoir.core.payment import Payment
from avoir.core.refund import Refund

THRESHOLD, LARGEST = Decimal(2_000), Decimal(9_000)
DISPUTES = (("Goods not received", "dp_7731", 5), ("Charged twice", "dp_7750", 19))
"""The bank's reason and number, and in how many days it wants an answer."""
FEE = Decimal(15)
BOUNCED = "The account was closed"

Then = Callable[[Any], None]
At = Callable[[int, Command, Then], None]


class Paid(NamedTuple):
    """An invoice, and the payment that paid all of it."""

    invoice: Invoice
    payment: Payment


def troubles(at: At, today: date, paid: list[Paid], over: list[Payment], day: int) -> None:
    """Put on the agenda what happens from a day on, the first of the last two weeks: disputes, a payout that

    bounces, refunds that wait. What was paid last is taken first.
    """
    newest = paid[::-1]
    large = [x for x in newest if 100 * THRESHOLD < x.invoice.total_minor < 100 * LARGEST]
    small = [x for x in newest if x.invoice.total_minor <= 100 * THRESHOLD]
    for (reason, number, days), each in zip(DISPUTES, small, strict=False):
        respond_by = (today + timedelta(days=days)).isoformat()
        dispute = OpenDispute(
            payment_id=each.payment.id, reason=reason, remote_id=number, fee=FEE, respond_by=respond_by
        )
        at(day + 3, dispute, _nothing)
    for payment in over[-1:]:
        back = RefundPayment(payment_id=payment.id, description="Paid too much")
        at(
            day + 2,
            back,
            lambda refund: at(day + 9, FailRefund(refund_id=refund.id, reason=BOUNCED), _nothing),
        )
    at(day + 7, SetApprovalPolicy(threshold=THRESHOLD), _nothing)
    for place, each in enumerate(large[:2]):
        # Of the last two days: nobody has looked at them yet, and there is still time to.
        at(day + 12 + place, RefundInvoice(invoice_id=each.invoice.id, dispute_reason_id=2), _nothing)


def _bounces(at: At, refund: Refund, day: int) -> None:
    at(day, FailRefund(refund_id=refund.id, reason=BOUNCED), _nothing)


def _nothing(outcome: object) -> None:
    """Nothing comes of it."""
