"""Dispute: a bank taking a payment back."""

from typing import Any

from avoir.core.allocation import Allocation
from avoir.core.customer import Customer
from avoir.core.dispute import OPEN, Dispute, DisputeShare
from avoir.core.invoice import Invoice
from avoir.core.organization import Entity
from avoir.core.payment import Payment
from avoir.faces.graphql.fields.common import Fields, each, many, money, of, some, the
from avoir.faces.graphql.fields.users import warren_id
from avoir.faces.graphql.loader import Batch
from avoir.faces.graphql.request import Info

SHARES = Batch(DisputeShare, "dispute_id", rest="ORDER BY t.dispute_id, t.allocation_id")


async def _invoices(dispute: Dispute, info: Info) -> list[Any]:
    """The invoices of the allocations that the dispute holds of."""
    shares = await many(info, SHARES, dispute.id)
    allocations = await each(info, Allocation, (share.allocation_id for share in shares))
    return await each(info, Invoice, dict.fromkeys(x.invoice_id for x in allocations))


def _state(dispute: Dispute, info: Info) -> str:
    return dispute.state.upper()


DISPUTE: Fields = {
    "account": the(Customer, "customer_id"),
    "accountId": of("customer_id"),
    "amount": money("amount_minor"),
    "closedAt": lambda dispute, info: f"{dispute.closed_on}T00:00:00Z" if dispute.closed_on else None,
    "createdAt": of("created_at"),
    "currency": of("currency"),
    "currencyId": of("currency"),
    "entity": the(Entity, "entity_id"),
    "entityId": of("entity_id"),
    "feeAmount": money("fee_minor"),
    "id": of("id"),
    "invoices": _invoices,
    "payment": the(Payment, "payment_id"),
    "paymentId": of("payment_id"),
    "processingState": lambda dispute, info: "OPEN" if dispute.state == OPEN else "CLOSED",
    "reason": some("reason"),
    "remoteTransactionId": of("remote_id"),
    "state": _state,
    "updatedAt": of("updated_at"),
    "warrenId": warren_id,
}
