"""Refunds: cash out, from a credit note or a payment, through a rail. How they come about is `payout`."""

from avoir.core.rail import DISPUTE
from avoir.core.row import Row

AWAITING_APPROVAL, REJECTED, EXPIRED = "awaiting_approval", "rejected", "expired"
PENDING, UNKNOWN, CANCELED = "pending", "unknown", "canceled"
SETTLED, FAILED, REVERSED = "settled", "failed", "reversed"

MOVES: dict[str, frozenset[str]] = {
    # Never straight to settled: a gateway's yes must not stand for the second person's.
    AWAITING_APPROVAL: frozenset({PENDING, REJECTED, EXPIRED}),
    PENDING: frozenset({SETTLED, FAILED, CANCELED, UNKNOWN}),
    # The gateway was called: from here on only the gateway knows, and a timeout says nothing.
    UNKNOWN: frozenset({SETTLED, FAILED}),
    SETTLED: frozenset({FAILED, REVERSED}),  # A bank may bounce what it had accepted.
}
"""What a refund may become. What is not in the table is refused."""

HOLDING = frozenset({AWAITING_APPROVAL, PENDING, UNKNOWN, SETTLED})
"""The states in which a refund holds its amount."""


class Refund(Row, frozen=True, gc=False):
    """Cash given back. `base_amount_minor` is the cash at its own rate, `base_relieved_minor` the claim."""

    TABLE = "refunds"
    GROUPS = (("organization_id", "credit_note_id"), ("organization_id", "customer_id", "month"))
    organization_id: int
    id: int
    uuid: str
    entity_id: int
    customer_id: int
    branch_id: int | None
    credit_note_id: int | None  # The source: a credit note,
    payment_id: int | None  # or a payment's unapplied part.
    invoice_id: int | None  # The invoice whose cash is given back, if the note is against one.
    allocation_id: int | None  # Towards this payment, by its allocation.
    number: str
    sequence: int
    rail: str
    state: str
    account_id: int
    currency: str
    rate_nano: int
    amount_minor: int
    base_amount_minor: int
    base_relieved_minor: int
    refunded_on: str
    month: str  # Of `created_at`: what was asked for a customer within a window is read by month.
    reference: str
    description: str
    requested_by: str
    created_at: str
    updated_at: str
    digest: str = ""  # Of what was asked; what is approved is what is executed.
    expires_at: str = ""
    approved_by: str = ""
    failure: str = ""
    gateway_reference: str = ""
    dispute_id: int | None = None  # The lost dispute that paid it.
    entry_id: int | None = None
    settled_entry_id: int | None = None
    retried_by_id: int | None = None  # The refund that was asked for in its place, once it had failed.

    @property
    def moves(self) -> frozenset[str]:
        """The states that it may go to. What a bank has taken for good goes nowhere."""
        return frozenset() if self.rail == DISPUTE else MOVES.get(self.state, frozenset())


REFUNDS_OF_CREDIT_NOTE, REFUNDS_OF_MONTH = Refund.GROUPS
