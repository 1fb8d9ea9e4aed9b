"""What an account leads to: its balances, transactions and payment methods."""

from typing import Any

from avoir.core.customer import Customer
from avoir.faces.graphql.connection import Gathered
from avoir.faces.graphql.fields import balances, payment_methods, transactions
from avoir.faces.graphql.fields.common import Fields, many
from avoir.faces.graphql.request import Info


async def _payment_methods(customer: Customer, info: Info, **args: Any) -> Gathered:
    return Gathered(await many(info, payment_methods.OF_CUSTOMER, customer.id), args)


ACCOUNT_LINKS: Fields = {
    "balances": lambda customer, info: many(info, balances.OF_CUSTOMER, customer.id),
    "paymentMethods": _payment_methods,
    "transactions": transactions.transactions_of,
}
