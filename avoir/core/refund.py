"""Refunds: cash out, from a credit note, through a rail. What they are; how they come about is `payout`."""

from avoir.core.row import Row

BANK = "bank"
SETTLED, REVERSED = "settled", "reversed"

MOVES: dict[str, frozenset[str]] = {
    SETTLED: frozenset({REVERSED}),
    REVERSED: frozenset(),
}
"""What a refund may become. What is not in the table is refused."""


class Refund(Row, frozen=True, gc=False):
    """Cash given back. `base_amount_minor` is the cash at its own rate, `base_relieved_minor` the claim."""

    TABLE = "refunds"
    GROUPS = (("organization_id", "credit_note_id"),)
    organization_id: int
    id: int
    uuid: str
    entity_id: int
    customer_id: int
    branch_id: int | None
    credit_note_id: int
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
    reference: str
    description: str
    entry_id: int
    created_at: str
    updated_at: str


REFUNDS_OF_CREDIT_NOTE = Refund.GROUPS[0]
