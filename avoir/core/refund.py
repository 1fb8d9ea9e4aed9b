"""Refunds: cash out, from a credit note, through a rail. What they are; how they come about is `payout`."""

from avoir.core.row import Row

BANK = "bank"
AWAITING_APPROVAL, REJECTED, EXPIRED = "awaiting_approval", "rejected", "expired"
PENDING, UNKNOWN, CANCELED = "pending", "unknown", "canceled"
SETTLED, FAILED, REVERSED = "settled", "failed", "reversed"

MOVES: dict[str, frozenset[str]] = {
    AWAITING_APPROVAL: frozenset({PENDING, SETTLED, REJECTED, EXPIRED}),
    PENDING: frozenset({SETTLED, FAILED, CANCELED, UNKNOWN}),
    UNKNOWN: frozenset({SETTLED, FAILED}),  # A timeout says nothing; only the gateway knows.
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
    month: str  # Of `refunded_on`: a customer's sum over a window is read by month.
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
    entry_id: int | None = None
    settled_entry_id: int | None = None


REFUNDS_OF_CREDIT_NOTE, REFUNDS_OF_MONTH = Refund.GROUPS
