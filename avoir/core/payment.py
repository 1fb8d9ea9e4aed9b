"""Payments: cash in. What is not allocated to an invoice is the customer's."""

from avoir.core.row import Row


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
    allocated_minor: int
    base_used_minor: int
    created_at: str
    updated_at: str

    @property
    def unapplied_minor(self) -> int:
        return self.amount_minor - self.allocated_minor

    @property
    def base_unapplied_minor(self) -> int:
        return self.base_amount_minor - self.base_used_minor


PAYMENTS_BY_NUMBER = Payment.GROUPS[0]
