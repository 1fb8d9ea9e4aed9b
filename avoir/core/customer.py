"""Who owes or is owed, and what is sold to them."""

from avoir.core.desk import Desk
from avoir.core.errors import NotFound
from avoir.core.row import Row


class Customer(Row, frozen=True, gc=False):
    """A customer. `details` is JSON (addresses, phones, notes) that no law reads."""

    TABLE = "customers"
    organization_id: int
    id: int
    uuid: str
    entity_id: int
    type: str
    name: str
    email: str
    currency: str
    code: str
    terms_days: int | None
    active: int
    details: str
    created_at: str
    updated_at: str
    used: int = 0  # 1: something names it, so it stays.
    opening_invoice_id: int | None = None  # What was owed when the books were opened,
    opening_credit_note_id: int | None = None  # or what was owed to the customer.
    invoice_template_id: int | None = None  # How its papers look; as its entity has it, if not given.


class Item(Row, frozen=True, gc=False):
    """Something sold: a default price, income account and tax for the lines that name it."""

    TABLE = "items"
    GROUPS = (("organization_id", "name"),)
    organization_id: int
    id: int
    name: str
    type: str
    code: str
    sellable: int
    price_micro: int | None
    account_id: int | None
    tax_rate_id: int | None
    description: str
    active: int
    created_at: str
    purchasable: int = 0
    cost_micro: int | None = None  # What follows is said of what is bought, and no law reads it.
    cost_account_id: int | None = None
    inventory_account_id: int | None = None
    purchase_tax_rate_id: int | None = None
    purchase_description: str = ""
    note: str = ""
    updated_at: str = ""  # Empty: as it was made.
    used: int = 0  # 1: a line names it, so it stays.


class DisputeReason(Row, frozen=True, gc=False):
    """A tag saying why a credit was given. A bank taking money back is another thing: a dispute."""

    TABLE = "dispute_reasons"
    organization_id: int
    id: int
    name: str
    description: str
    active: int
    created_at: str
    updated_at: str


ITEMS_BY_NAME = Item.GROUPS[0]


def offered(desk: Desk, dispute_reason_id: int) -> DisputeReason:
    """The reason. Refuses `NotFound` for one that is unknown, or deleted: it is given to no more notes."""
    reason = desk.get(DisputeReason, dispute_reason_id)
    if not reason.active:
        raise NotFound("no such DisputeReason", kind="DisputeReason", id=dispute_reason_id)
    return reason
