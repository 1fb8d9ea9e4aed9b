"""What can be imported: each resource by the very body that its route takes, and the handler behind it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from avoir.app.imports import ResourceNotImportable
from avoir.core.account import Account
from avoir.core.credit_note import CreditNote
from avoir.core.customer import Customer, Item
from avoir.core.invoice import Invoice
from avoir.core.organization import Branch
from avoir.core.row import Row
from avoir.core.tax import TaxRate
from avoir.faces.rest import (
    accounts,
    credit_notes,
    customers,
    exchange_rates,
    invoices,
    items,
    journals,
    payments,
    refunds,
    tax_rates,
)
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body, Field
from avoir.faces.rest.kinds import id_in


class Named(NamedTuple):
    """How a row is found by what people call it: the table, and its columns of names, the surest first."""

    kind: type[Row]
    columns: tuple[str, ...]


ACCOUNT, CUSTOMER = Named(Account, ("code", "name")), Named(Customer, ("code", "name"))
TAX_RATE, BRANCH = Named(TaxRate, ("code", "name")), Named(Branch, ("code", "name"))
LOOKED_UP: Mapping[str, Named] = {
    "customerId": CUSTOMER,
    "contactId": CUSTOMER,
    "itemId": Named(Item, ("code", "name")),
    **dict.fromkeys(
        ("accountId", "depositAccountId", "fromAccountId", "sellAccountId", "costAccountId",
         "inventoryAccountId", "parentAccountId"), ACCOUNT),
    **dict.fromkeys(("taxRateId", "taxCode", "sellTaxRateId", "purchaseTaxRateId"), TAX_RATE),
    **dict.fromkeys(("branchId", "openingBalanceBranchId"), BRANCH),
    "invoiceId": Named(Invoice, ("number",)),
    "creditNoteId": Named(CreditNote, ("number",)),
}  # fmt: skip
"""Fields that name a row: in a sheet by its number, code or name, or by its id."""

NOT_IN_SHEETS = {"warehouseId", "index"}
_JOINT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def heading(key: str, group: str) -> str:
    """How a column is headed: `customerId` is Customer, `rate` of the entries is Entries: Rate."""
    said = _JOINT.sub(" ", key.removesuffix("Id")).capitalize()
    return f"{group.capitalize()}: {said}" if group else said


class Column(NamedTuple):
    """A column that a sheet may have; `group` is the list that it is part of, or empty."""

    field: Field
    group: str = ""

    @property
    def key(self) -> str:
        return self.field.name

    @property
    def label(self) -> str:
        return heading(self.key, self.group)

    def told(self) -> dict[str, Any]:
        """As the contract tells it."""
        hint = "by number, code or name" if self.key in LOOKED_UP else ""
        return {
            "key": self.key,
            "name": self.label,
            "group": self.group,
            "required": not self.field.optional,
            "hint": hint,
        }


class Importable(NamedTuple):
    """A resource: its body and handler, who may make one, and the field that ties a document's rows."""

    name: str
    ability: str
    body: Body
    create: Callable[[Call], Awaitable[Any]]
    number: str
    sample: tuple[dict[str, str], ...]

    def columns(self) -> list[Column]:
        """Every column that its sheets may have."""
        found = []
        for field in self.body.fields:
            if field.name in NOT_IN_SHEETS:
                continue
            if field.inner is None:
                found.append(Column(field))
            else:
                inner = (each for each in field.inner.fields if each.name not in NOT_IN_SHEETS)
                found += [Column(each, field.name) for each in inner if each.inner is None]
        return found


async def _refund(call: Call) -> Any:
    return await call.caller.ask(refunds.asked(call.form["creditNoteId"], call.form))


def _resource(
    name: str,
    subject: str,
    body: Body,
    create: Callable[[Call], Awaitable[Any]],
    *sample: dict[str, str],
    number: str = "",
    action: str = "Create",
) -> Importable:
    return Importable(name, f"{action} {subject}", body, create, number, sample)


REFUND = Body(id_in("creditNoteId", coerced=True), *refunds.CREATE.fields)
LINE = {"itemId": "Consulting", "rate": "100", "quantity": "2", "description": "A day's work"}
IMPORTABLES = {
    each.name: each
    for each in (
        _resource("Customer", "Customer", customers.CREATE, customers.create,
                  {"customerType": "business", "currencyCode": "USD", "displayName": "Ada & Sons",
                   "email": "ada@example.com"}),
        _resource("Item", "Item", items.CREATE, items.create,
                  {"name": "Consulting", "type": "service", "sellable": "true", "sellPrice": "100",
                   "sellAccountId": "50001"}),
        _resource("Account", "Account", accounts.CREATE, accounts.create,
                  {"name": "Savings", "code": "10050", "accountType": "bank"}),
        _resource("TaxRate", "TaxRate", tax_rates.CREATE, tax_rates.create,
                  {"name": "VAT", "code": "VAT20", "rate": "20"}),
        _resource("SaleInvoice", "SaleInvoice", invoices.CREATE, invoices.create,
                  {"customerId": "Ada & Sons", "invoiceDate": "2026-01-31", "dueDate": "2026-02-28",
                   "delivered": "true", **LINE}, number="invoiceNo"),
        _resource("CreditNote", "CreditNode", credit_notes.CREATE, credit_notes.create,
                  {"customerId": "Ada & Sons", "creditNoteDate": "2026-01-31", "open": "true", **LINE},
                  number="creditNoteNumber"),
        _resource("PaymentReceive", "PaymentReceive", payments.CREATE, payments.create,
                  {"customerId": "Ada & Sons", "paymentDate": "2026-02-20", "depositAccountId": "10001",
                   "invoiceId": "INV-00001", "paymentAmount": "200"}, number="paymentReceiveNo"),
        _resource("RefundCreditNote", "CreditNode", REFUND, _refund,
                  {"creditNoteId": "CN-00001", "fromAccountId": "10001", "amount": "50",
                   "date": "2026-02-21"}, action="Refund"),
        _resource("ManualJournal", "ManualJournal", journals.CREATE, journals.create,
                  {"date": "2026-01-31", "journalNumber": "J-1", "publish": "true", "accountId": "10001",
                   "debit": "10"},
                  {"date": "2026-01-31", "journalNumber": "J-1", "accountId": "30003", "credit": "10"},
                  number="journalNumber"),
        _resource("ExchangeRate", "ExchangeRate", exchange_rates.SET, exchange_rates.create,
                  {"currencyCode": "EUR", "date": "2026-01-31", "exchangeRate": "1.08"}),
    )
}  # fmt: skip


def singular(resource: str) -> str:
    """A resource as its contract's own name: `sale-invoices` and `sale_invoice` are SaleInvoice."""
    words = re.split(r"[-_\s]+", resource.strip())
    name = "".join(word[:1].upper() + word[1:] for word in words)
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


ALIASES = {"PaymentReceived": "PaymentReceive", "PaymentsReceived": "PaymentReceive",
           "Refund": "RefundCreditNote",
           "Invoice": "SaleInvoice", "Contact": "Customer", "Journal": "ManualJournal"}  # fmt: skip


def named(resource: str) -> str:
    """The name of a resource, however it is spelled."""
    name = singular(resource)
    return ALIASES.get(name, name)


def importable(resource: str) -> Importable:
    """The resource of that name. Refuses `ResourceNotImportable`."""
    found = IMPORTABLES.get(named(resource))
    if found is None:
        raise ResourceNotImportable(
            f"what can be imported: {', '.join(IMPORTABLES)}", resource=resource[:255]
        )
    return found
