"""Invoice."""

from datetime import date
from decimal import Decimal
from typing import Any

from avoir.core.customer import Customer
from avoir.core.invoice import DELETED, DRAFT, ISSUED, Invoice
from avoir.core.money import major_of, unscaled
from avoir.core.organization import Entity
from avoir.core.payment import Payment
from avoir.core.possible import acts_on_invoice
from avoir.faces.graphql.connection import Gathered
from avoir.faces.graphql.fields.allocations import PAYMENTS_ON_INVOICE
from avoir.faces.graphql.fields.beside import internal_notes, is_legacy, merged_from, merged_into, sent_to
from avoir.faces.graphql.fields.common import (
    MOST_INT,
    Fields,
    always,
    base_money,
    base_of,
    each,
    many,
    money,
    of,
    some,
    the,
)
from avoir.faces.graphql.fields.lines import (
    NOTES_OF_INVOICE,
    OF_INVOICE,
    TAXES_OF_INVOICE,
    CreditItem,
    credit_items,
    items_of_invoice,
)
from avoir.faces.graphql.request import Info

PAID = "PAID"


def state(invoice: Invoice, info: Info) -> str:
    """Contract A's state of an invoice (4.2); written off and never paid is UNPAID (4.1)."""
    if invoice.state != ISSUED:
        return "DRAFT" if invoice.state == DRAFT else "VOIDED"
    if invoice.due_minor:
        return "DUE" if invoice.due_on <= info.context.today else "NOT_DUE"
    return "UNPAID" if invoice.written_off_minor and not invoice.paid_minor else PAID


def _state(invoice: Invoice, info: Info) -> Any:
    return _gone(invoice, info) if invoice.state == DELETED else state(invoice, info)


async def _gone(invoice: Invoice, info: Info) -> str:
    return "MERGED" if await merged_into(invoice, info) else state(invoice, info)


async def _paid_at(invoice: Invoice, info: Info) -> str | None:
    """When the last payment came that left nothing due."""
    if state(invoice, info) != PAID:
        return None
    payments = await many(info, PAYMENTS_ON_INVOICE, invoice.id)
    return max((x.created_at for x in payments), default=None)


async def _payments(invoice: Invoice, info: Info, **args: Any) -> Gathered:
    ids = dict.fromkeys(x.payment_id for x in await many(info, PAYMENTS_ON_INVOICE, invoice.id))
    return Gathered(await each(info, Payment, ids), args)


async def _tax_rate(invoice: Invoice, info: Info) -> Decimal | int | None:
    taxes = await many(info, TAXES_OF_INVOICE, invoice.id)
    percents = {x.percent_micro for x in taxes}
    one_each = len({x.position for x in taxes}) == len(taxes) == len(await many(info, OF_INVOICE, invoice.id))
    return unscaled(percents.pop(), 6) if one_each and len(percents) == 1 else None


def _credits(invoice: Invoice, info: Info) -> Decimal | int:
    return major_of(invoice.credits_minor, invoice.currency)


def _net_payment_days(invoice: Invoice, info: Info) -> int:
    return (date.fromisoformat(invoice.due_on) - date.fromisoformat(invoice.issued_on)).days


def _small_unit_due(invoice: Invoice, info: Info) -> int | None:
    return invoice.due_minor if invoice.due_minor <= MOST_INT else None


async def _credit_item(invoice: Invoice, info: Info) -> CreditItem | None:
    """The newest credit of the invoice, if it has one."""
    credits = await credit_items(invoice, info)
    return credits[-1] if credits else None


def _url(place: str) -> Any:
    return lambda invoice, info: f"{info.context.base_url}/{place}/{invoice.uuid}"


INVOICE: Fields = {
    **dict.fromkeys(
        (
            "paymentFailedAt",
            "paymentFailureReason",
            "quoteId",
        ),
        always(None),
    ),
    **dict.fromkeys(("couponApplied", "hasPaymentMethod"), always(False)),
    "account": the(Customer, "customer_id"),
    "accountId": of("customer_id"),
    "amount": money("total_minor"),
    "amountDue": money("due_minor"),
    "amountPaid": money("paid_minor"),
    "baseCurrencyId": base_of,
    "baseCurrencyTotal": base_money("base_total_minor"),
    "createdAt": of("created_at"),
    "creditItem": _credit_item,
    "creditNotes": lambda invoice, info: many(info, NOTES_OF_INVOICE, invoice.id),
    "credits": _credits,
    "currencyId": of("currency"),
    "description": lambda invoice, info: f"Invoice {invoice.number}".rstrip(),
    "dueAt": of("due_on"),
    "entity": the(Entity, "entity_id"),
    "id": of("id"),
    "internalNotes": internal_notes,
    "invoiceItems": items_of_invoice,
    "isLegacy": is_legacy("invoice"),
    "issuedAt": lambda invoice, info: None if invoice.state == DRAFT else invoice.issued_on,
    "kind": of("kind"),
    "mergedInvoices": merged_from,
    "mergedToInvoice": merged_into,
    "netPaymentDays": _net_payment_days,
    "notes": some("message"),
    "number": lambda invoice, info: None if invoice.state == DRAFT else invoice.number,
    "operations": lambda invoice, info: acts_on_invoice(invoice),
    "paidAt": _paid_at,
    "payableId": of("id"),
    "paymentApplications": lambda invoice, info: many(info, PAYMENTS_ON_INVOICE, invoice.id),
    "payments": _payments,
    "poNumber": some("reference"),
    "portalUrl": _url("portal/invoices"),
    "sendInvoiceTo": sent_to,
    "smallUnitAmountDue": _small_unit_due,
    "state": _state,
    "subtotal": money("net_minor"),
    "taxAmount": money("tax_minor"),
    "taxRate": _tax_rate,
    "updatedAt": of("updated_at"),
    "url": _url("invoices"),
    "uuid": of("uuid"),
}
