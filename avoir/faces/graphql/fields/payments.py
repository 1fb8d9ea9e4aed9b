"""Payment."""

from typing import Any

from avoir.core.customer import Customer
from avoir.core.money import unscaled
from avoir.core.organization import Entity
from avoir.core.payment import Payment
from avoir.core.rail import BANK
from avoir.faces.graphql.connection import Gathered
from avoir.faces.graphql.fields import allocations
from avoir.faces.graphql.fields.beside import fees, is_legacy
from avoir.faces.graphql.fields.common import Fields, always, base_money, base_of, money, of, some, the
from avoir.faces.graphql.request import Info


def state(payment: Payment, info: Info) -> str:
    """How much of a payment is set against invoices."""
    if not payment.unapplied_minor:
        return "APPLIED"
    return "PARTIALLY_APPLIED" if payment.allocated_minor else "UNAPPLIED"


async def _applied_to_invoices(payment: Payment, info: Info, **args: Any) -> Gathered:
    return await allocations.applied_to_invoices(info, allocations.OF_PAYMENT, payment.id, args)


PAYMENT: Fields = {
    **dict.fromkeys(("errorCode", "errorMessage"), always(None)),
    "account": the(Customer, "customer_id"),
    "accountId": of("customer_id"),
    "amount": money("amount_minor"),
    "amountUnapplied": money("unapplied_minor"),
    "appliedToInvoices": _applied_to_invoices,
    "baseCurrencyCash": base_money("base_amount_minor"),
    "baseCurrencyId": base_of,
    "completedAt": of("created_at"),
    "conversionRate": lambda payment, info: unscaled(payment.rate_nano, 9),
    "createdAt": of("created_at"),
    "currencyId": of("currency"),
    "description": lambda payment, info: f"Payment {payment.number}",
    "entity": the(Entity, "entity_id"),
    "id": of("id"),
    "fees": fees,
    "isLegacy": is_legacy("payment"),
    "memo": of("memo"),
    "paymentProcessor": lambda payment, info: None if payment.rail == BANK else payment.rail,
    "processingState": lambda payment, info: "DISPUTED" if payment.disputed_minor else "SUCCEEDED",
    "receivedAt": lambda payment, info: f"{payment.received_on}T00:00:00Z",
    "remoteTransactionId": some("reference"),
    "startedAt": of("created_at"),
    "state": state,
    "updatedAt": of("updated_at"),
}
