"""Transaction: an invoice, a payment or a credit note as its customer sees it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from avoir.app.reads.graph_lists import CREDIT_NOTES, INVOICES, PAYMENTS
from avoir.app.reads.graph_made import KINDS, TransactionRow, transaction_id
from avoir.core.credit_note import CreditNote
from avoir.core.customer import Customer
from avoir.core.invoice import Invoice
from avoir.core.payment import Payment
from avoir.faces.graphql.fields import credit_notes, invoices, payments
from avoir.faces.graphql.fields.common import Fields, Resolver, many, one
from avoir.faces.graphql.loader import Batch
from avoir.faces.graphql.request import Info, Request

Document = Invoice | CreditNote | Payment
KIND_OF = {kind: name for name, kind in KINDS.items()}
FIELDS_OF: dict[type[Any], Fields] = {
    Invoice: invoices.INVOICE,
    CreditNote: credit_notes.CREDIT_NOTE,
    Payment: payments.PAYMENT,
}
OF_CUSTOMER = (
    Batch(Invoice, "customer_id", INVOICES.shown, "ORDER BY t.id"),
    Batch(CreditNote, "customer_id", CREDIT_NOTES.shown, "ORDER BY t.id"),
    Batch(Payment, "customer_id", PAYMENTS.shown, "ORDER BY t.id"),
)


class Transaction(NamedTuple):
    """A document as a transaction."""

    document: Document


async def transactions(request: Request, rows: Sequence[TransactionRow]) -> list[Transaction]:
    """The transactions of a page, with their documents: one statement for each kind."""
    waiting = [request.loader.many(Batch(KINDS[row.kind], "id"), row.document_id) for row in rows]
    return [Transaction(document) for found in waiting for document in await found]


def transaction_of(document: Document, info: Info) -> Transaction:
    """A document as a transaction."""
    return Transaction(document)


async def transactions_of(customer: Customer, info: Info) -> list[Transaction]:
    """A customer's transactions, oldest first."""
    found = [document for batch in OF_CUSTOMER for document in await many(info, batch, customer.id)]
    return [Transaction(x) for x in sorted(found, key=lambda x: (x.created_at, _id(Transaction(x))))]


def _id(transaction: Transaction) -> int:
    document = transaction.document
    return transaction_id(KIND_OF[type(document)], document.id)


def _as(name: str) -> Resolver:
    """What the document's own type says under that name."""
    return lambda x, info: FIELDS_OF[type(x.document)][name](x.document, info)


def _if(kind: type[Any]) -> Resolver:
    return lambda x, info: x.document if isinstance(x.document, kind) else None


async def _account(transaction: Transaction, info: Info) -> Any:
    return await one(info, Customer, transaction.document.customer_id)


TRANSACTION: Fields = {
    "account": _account,
    "accountId": lambda x, info: x.document.customer_id,
    "amount": _as("amount"),
    "createdAt": lambda x, info: x.document.created_at,
    "creditNote": _if(CreditNote),
    "currencyId": lambda x, info: x.document.currency,
    "description": _as("description"),
    "id": lambda x, info: _id(x),
    "invoice": _if(Invoice),
    "kind": lambda x, info: KIND_OF[type(x.document)],
    "payment": _if(Payment),
    "state": _as("state"),
    "transactionable": lambda x, info: x.document,
    "transactionableId": lambda x, info: x.document.id,
}
