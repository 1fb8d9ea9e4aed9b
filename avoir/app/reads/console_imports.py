"""What the rows of an import name: customers, accounts and invoices, by the words people use for them."""

from typing import TypeVar

import msgspec

from avoir.app.reads.query import Query
from avoir.core.account import Account
from avoir.core.customer import Customer
from avoir.core.invoice import Invoice

T = TypeVar("T")


class Names(msgspec.Struct, frozen=True):
    """Who and what a payment is about; None for what there is not, or not one alone."""

    customer: Customer | None
    account: Account | None
    invoice: Invoice | None


def payment_names(query: Query, customer: str, account: str, invoice: str) -> Names:
    """A customer by name or e-mail, an account by code or name, an invoice by number."""
    customers = query.rows(Customer, "lower(t.name) = :it OR lower(t.email) = :it", it=customer.lower())
    accounts = query.rows(Account, "t.code = :it OR t.name = :it", it=account)
    invoices = query.rows(Invoice, "t.number = :it", it=invoice) if invoice else []
    return Names(_one(customers), _one(accounts), _one(invoices))


def _one(rows: list[T]) -> T | None:
    return rows[0] if len(rows) == 1 else None
