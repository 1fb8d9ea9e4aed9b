"""Disputes: a bank taking a payment back. (A dispute reason is another thing: a tag on a credit note.)"""

from avoir.core.row import Row

OPEN, WON, LOST = "open", "won", "lost"


class Dispute(Row, frozen=True, gc=False):
    """A chargeback on one payment. `fee_minor` is what the bank charges for it."""

    TABLE = "disputes"
    GROUPS = (("organization_id", "payment_id"),)
    organization_id: int
    id: int
    uuid: str
    entity_id: int
    customer_id: int
    payment_id: int
    state: str
    currency: str
    rate_nano: int
    amount_minor: int
    fee_minor: int
    base_amount_minor: int
    reason: str
    remote_id: str
    opened_on: str
    closed_on: str
    action: str  # What losing it did.
    entry_id: int | None
    closing_entry_id: int | None
    created_at: str
    updated_at: str
    respond_by: str = ""  # Until when the bank waits for an answer, if it has said so.


class DisputeShare(Row, frozen=True, gc=False):
    """What a dispute holds of one allocation of its payment; of the part that is not allocated, the rest.

    It holds while the dispute is open, and for good when losing it did nothing.
    """

    TABLE, KEY = "dispute_shares", ("organization_id", "dispute_id", "allocation_id")
    GROUPS = (("organization_id", "dispute_id"),)
    organization_id: int
    dispute_id: int
    allocation_id: int
    amount_minor: int


DISPUTES_OF_PAYMENT = Dispute.GROUPS[0]
DISPUTE_SHARES = DisputeShare.GROUPS[0]
