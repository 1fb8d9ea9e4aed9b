"""FormattedInvoice and FormattedCreditNote: documents as they are printed."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from avoir.app.reads import documents
from avoir.app.reads.invoice_templates import template_of
from avoir.core.credit_note import CreditNote
from avoir.core.customer import Customer
from avoir.core.errors import NotFound
from avoir.core.invoice import Invoice
from avoir.core.money import major_of
from avoir.core.organization import Entity
from avoir.faces.graphql.fields.accounts import ACCOUNT
from avoir.faces.graphql.fields.common import Fields, Resolver, always, of, one
from avoir.faces.graphql.fields.credit_notes import CREDIT_NOTE
from avoir.faces.graphql.fields.entities import ENTITY, symbol
from avoir.faces.graphql.fields.invoices import INVOICE
from avoir.faces.graphql.fields.lines import (
    CREDIT_NOTE_ITEM,
    INVOICE_ITEM,
    CreditItem,
    CreditNoteItem,
    InvoiceItem,
)
from avoir.faces.graphql.request import Info
from avoir.faces.invoice_links import invoice_link
from avoir.faces.paper import html
from avoir.faces.paper.documents import credit_note_paper, invoice_paper, is_printed
from avoir.faces.render import style_of

Item = InvoiceItem | CreditItem | CreditNoteItem


class Printed(NamedTuple):
    """A document to be printed, with whom it is from and whom it is for."""

    object: Any
    entity: Entity
    customer: Customer


async def printed(info: Info, document: Invoice | CreditNote) -> Printed:
    """A document with its entity and its customer."""
    entity, customer = document.entity_id, document.customer_id
    return Printed(document, await one(info, Entity, entity), await one(info, Customer, customer))


def _as(fields: Fields, name: str) -> Resolver:
    """What the document's own type says."""
    return lambda printed, info: fields[name](printed.object, info)


def _entity(name: str) -> Resolver:
    """What is said of the entity that issued it."""
    return lambda printed, info: ENTITY[name](printed.entity, info)


def _customer(name: str) -> Resolver:
    """What is said of the customer."""
    return lambda printed, info: ACCOUNT[name](printed.customer, info)


async def _billing_contact(printed: Printed, info: Info) -> Any:
    contact = await ACCOUNT["billingContact"](printed.customer, info)
    return contact and f"{contact.first_name} {contact.last_name}".strip()


async def _invoice_html(printed: Printed, info: Info) -> str:
    """The page itself, as contract B shows it too."""
    caller, id = info.context.caller, printed.object.id
    view = await caller.read(documents.invoice, id, documents.KEPT)
    if view is None:
        raise NotFound("no such Invoice", kind="Invoice", id=id)
    return html(invoice_paper(view, caller.setup, style_of(caller), invoice_link(caller, id)))


async def _note_html(printed: Printed, info: Info) -> str:
    """The page itself, as contract B shows it too."""
    caller, id = info.context.caller, printed.object.id
    view = await caller.read(documents.credit_note, id, documents.KEPT)
    if view is None:
        raise NotFound("no such CreditNote", kind="CreditNote", id=id)
    return html(credit_note_paper(view, caller.setup, style_of(caller)))


def _formatted_lines(read: Resolver) -> Resolver:
    """The lines that are printed: the template may leave out those of nothing."""

    async def resolve(printed: Printed, info: Info) -> list[Item]:
        items: list[Item] = await read(printed.object, info)
        template = await info.context.caller.read(template_of, printed.customer)
        return [each for each in items if isinstance(each, CreditItem) or is_printed(each.line, template)]

    return resolve


def _state(fields: Fields) -> Resolver:
    return lambda printed, info: fields["state"](printed.object, info).replace("_", " ").capitalize()


def _both(fields: Fields, lines: str) -> Mapping[str, Resolver]:
    """What invoices and credit notes print alike."""
    nothing = (
        "messages", "salesContactEmail", "subscriptionEndDate", "subscriptionStartDate", "taxCode", "vatCode",
    )  # fmt: skip
    ours = ("billingCity", "billingCountry", "billingState", "billingStreet", "billingZip", "taxType")
    same = ("amount", "createdAt", "currencyId", "id", "isLegacy", "number", "state", "subtotal", "uuid",
            "taxAmount")  # fmt: skip
    return {
        **dict.fromkeys(nothing, always(None)),
        **{name: _as(fields, name) for name in same},
        **{name: _entity(name) for name in ours},
        "currency": _as(fields, "currencyId"),
        "currencySymbol": lambda printed, info: symbol(printed.object.currency, info),
        "customerBillingCity": _customer("billingCity"),
        "customerBillingContact": _billing_contact,
        "customerBillingCountry": _customer("billingCountry"),
        "customerBillingState": _customer("billingState"),
        "customerBillingStreet": _customer("billingStreet"),
        "customerBillingZip": _customer("billingZip"),
        "customerName": _customer("name"),
        "formattedLines": _formatted_lines(fields[lines]),
        "object": of("object"),
        "payableId": _as(fields, "id"),
        "poNumber": lambda printed, info: printed.object.reference or None,
        "printedState": _state(fields),
        "taxId": lambda printed, info: printed.entity.tax_number or None,
        "taxNumber": _customer("taxNumber"),
        "vendorName": lambda printed, info: printed.entity.name,
    }


FORMATTED_INVOICE: Fields = {
    **_both(INVOICE, "invoiceItems"),
    "html": _invoice_html,
    **{
        name: _as(INVOICE, name)
        for name in ("amountDue", "amountPaid", "credits", "dueAt", "netPaymentDays", "smallUnitAmountDue")
    },
}

FORMATTED_CREDIT_NOTE: Fields = {
    **_both(CREDIT_NOTE, "creditNoteItems"),
    "html": _note_html,
    **dict.fromkeys(("dueAt", "netPaymentDays", "smallUnitAmountDue"), always(None)),
    "amountDue": _as(CREDIT_NOTE, "amountUnapplied"),
    "amountPaid": _as(CREDIT_NOTE, "amountApplied"),
    "creditedInvoice": _as(CREDIT_NOTE, "creditedInvoice"),
    "creditedInvoiceId": _as(CREDIT_NOTE, "creditedInvoiceId"),
    "credits": always(None),
}


def _line(name: str) -> Resolver:
    def resolve(item: Item, info: Info) -> Any:
        fields = CREDIT_NOTE_ITEM if isinstance(item, CreditNoteItem) else INVOICE_ITEM
        return fields[name](item, info)

    return resolve


def _description(item: Item, info: Info) -> str:
    return "Credit" if isinstance(item, CreditItem) else item.line.description


def _kind(item: Item, info: Info) -> str | None:
    return "CREDIT" if isinstance(item, CreditItem) else None


def _line_discount(item: Item, info: Info) -> Any:
    if isinstance(item, CreditNoteItem):
        return major_of(item.line.discount_minor, item.document.currency)
    return INVOICE_ITEM["discount"](item, info)


FORMATTED_LINE: Fields = {
    **dict.fromkeys(
        (
            "billingPeriodEnd", "billingPeriodStart", "chargeType", "couponId", "frequency",
            "priceListChargeId", "priceListChargeName", "priceListId", "priceListName", "priceTiers",
            "prorationRate", "unitOfMeasure",
        ),
        always(None),
    ),
    **{
        name: _line(name)
        for name in (
            "amount", "currencyId", "id", "lineText", "position", "price", "priceDecimals", "quantity",
            "taxAmount", "taxCode", "vatCode",
        )
    },
    "chargeKind": _kind,
    "discount": _line_discount,
    "isCoupon": always(False),
    "isRamp": always(False),
    "planName": always(""),
    "pricingModel": always("flat"),
    "productName": _description,
    "showProductNameOnLineItem": always(False),
}  # fmt: skip

INVOICE_MESSAGE: Fields = dict.fromkeys(("ids", "message"), always(None))
