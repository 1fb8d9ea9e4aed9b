"""IntracomVat: what was supplied to a business in another member of the European Union in a month."""

from datetime import date
from typing import Any

from avoir.app.reads.intracom import IntracomRow
from avoir.core.customer import Customer
from avoir.faces.graphql.fields.accounts import ACCOUNT
from avoir.faces.graphql.fields.common import Fields, Resolver, money, of, one, the
from avoir.faces.graphql.request import Info


def _of_customer(name: str) -> Resolver:
    async def resolve(row: IntracomRow, info: Info) -> Any:
        return ACCOUNT[name](await one(info, Customer, row.customer_id), info)

    return resolve


INTRACOM_VAT: Fields = {
    **{
        name: _of_customer(name)
        for name in (
            "billingCity", "billingCountry", "billingState", "billingStreet", "billingZip", "taxNumber",
        )
    },
    "account": the(Customer, "customer_id"),
    "accountId": of("customer_id"),
    "currencyId": of("currency"),
    "id": lambda row, info: f"{row.month}-{row.customer_id}-{row.currency}",
    "month": lambda row, info: f"{row.month}-01",
    "monthNameYear": lambda row, info: f"{date.fromisoformat(f'{row.month}-01'):%B %Y}",
    "totalAmount": money("minor"),
}  # fmt: skip
