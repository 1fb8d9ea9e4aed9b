"""AccountBalance and BillingDetails: what a customer owes, and where it gets its invoices."""

from avoir.app.reads.graph_made import BalanceRow, balances_of
from avoir.faces.graphql.fields.accounts import ACCOUNT
from avoir.faces.graphql.fields.common import Fields, money, of
from avoir.faces.graphql.loader import Batch

OF_CUSTOMER = Batch(BalanceRow, "customer_id", read=balances_of)

ACCOUNT_BALANCE: Fields = {
    "accountId": of("customer_id"),
    "balance": money("minor"),
    "currencyId": of("currency"),
    "id": lambda row, info: f"{row.customer_id}-{row.currency}",
}

BILLING_DETAILS: Fields = {
    name: ACCOUNT[name]
    for name in (
        "billingCity", "billingContact", "billingCountry", "billingState", "billingStreet", "billingZip",
        "currency", "name", "taxNumber",
    )
}  # fmt: skip
