"""Payments: cash in. What is not allocated to an invoice is the customer's."""

from avoir.core.errors import Refusal
from avoir.core.rail import BANK
from avoir.core.row import Row

RECEIVED, VOIDED = "received", "voided"


class Payment(Row, frozen=True, gc=False):
    """Cash received into one account. Amounts in minor units."""

    TABLE = "payments"
    GROUPS = (("organization_id", "entity_id", "number"),)
    organization_id: int
    id: int
    uuid: str
    entity_id: int
    customer_id: int
    branch_id: int | None
    number: str
    sequence: int
    reference: str
    memo: str
    account_id: int
    currency: str
    rate_nano: int
    received_on: str
    amount_minor: int
    base_amount_minor: int
    created_at: str
    updated_at: str
    rail: str = BANK  # How it came in, and how it goes back: by the bank, or by the gateway of that name.
    remote_id: str = ""  # What the bank or gateway calls it.
    allocated_minor: int = 0
    refunded_minor: int = 0  # Given back of what is not allocated, pending and settled.
    reserved_minor: int = 0  # Of refunds that wait for approval.
    disputed_minor: int = 0  # What a bank holds of the part that is not allocated.
    base_used_minor: int = 0
    entry_id: int | None = None
    state: str = RECEIVED

    @property
    def unapplied_minor(self) -> int:
        if self.state == VOIDED:
            return 0
        return self.amount_minor - self.allocated_minor - self.refunded_minor - self.held_minor

    @property
    def held_minor(self) -> int:
        """What waits for approval, or lies with a bank."""
        return self.reserved_minor + self.disputed_minor

    @property
    def open_minor(self) -> int:
        """The open item: what is neither allocated nor paid back yet, waiting refunds included."""
        if self.state == VOIDED:
            return 0
        return self.amount_minor - self.allocated_minor - self.refunded_minor

    @property
    def base_open_minor(self) -> int:
        return 0 if self.state == VOIDED else self.base_amount_minor - self.base_used_minor


PAYMENTS_BY_NUMBER = Payment.GROUPS[0]


class PaymentUsedUp(Refusal):
    """Nothing is left of the payment: all of it is allocated, paid back, or held."""

    code = "payment_used_up"


class RefundExceedsPayment(Refusal):
    """More was asked back than is left of the payment."""

    code = "refund_exceeds_payment"


def unapplied_of(payment: Payment, asked_minor: int | None) -> int:
    """What is asked of the unapplied part, all of it if nothing is said.

    Refuses `PaymentUsedUp`, `RefundExceedsPayment`.
    """
    left = payment.unapplied_minor
    if left == 0:
        raise PaymentUsedUp("nothing is left of the payment", paymentId=payment.id)
    if asked_minor is not None and asked_minor > left:
        raise RefundExceedsPayment(
            "more was asked back than is left of the payment",
            paymentId=payment.id,
            asked=asked_minor,
            left=left,
        )
    return left if asked_minor is None else asked_minor
