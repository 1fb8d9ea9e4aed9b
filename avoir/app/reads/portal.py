"""What a customer sees of its own account: its documents, newest first, and what is open in each currency."""

import msgspec

from avoir.app.reads.query import Query
from avoir.core.credit_note import CreditNote
from avoir.core.customer import Customer
from avoir.core.invoice import Invoice
from avoir.core.payment import Payment

MOST = 50
NEWEST = f"ORDER BY t.id DESC LIMIT {MOST}"


class Portal(msgspec.Struct, frozen=True):
    """A customer, and the newest of its invoices, credit notes and payments."""

    customer: Customer
    invoices: list[Invoice]
    notes: list[CreditNote]
    payments: list[Payment]


def portal(query: Query, uuid: str) -> Portal | None:
    """What the customer with this uuid sees; None if there is no such customer any more."""
    found = query.rows(Customer, "t.uuid = :uuid", uuid=uuid)
    if not found:
        return None
    issued = "t.customer_id = :id AND t.state = 'issued'"
    received = "t.customer_id = :id AND t.state = 'received'"
    return Portal(
        found[0],
        query.rows(Invoice, issued, NEWEST, id=found[0].id),
        query.rows(CreditNote, issued, NEWEST, id=found[0].id),
        query.rows(Payment, received, NEWEST, id=found[0].id),
    )
