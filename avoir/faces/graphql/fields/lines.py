"""InvoiceItem and CreditNoteItem: the lines of documents."""

from decimal import Decimal
from typing import NamedTuple

from avoir.app.reads.graph_lists import CREDIT_NOTES
from avoir.core.credit_note import CreditNote, CreditNoteLine, CreditNoteTax
from avoir.core.invoice import Invoice, InvoiceLine, InvoiceTax
from avoir.core.money import major_of, unscaled
from avoir.core.tax import TaxRate
from avoir.faces.graphql.fields.beside import comment
from avoir.faces.graphql.fields.common import Fields, Resolver, always, decimals, many, one, whole
from avoir.faces.graphql.loader import Batch
from avoir.faces.graphql.request import Info, Request

OF_INVOICE = Batch(InvoiceLine, "invoice_id", rest="ORDER BY t.invoice_id, t.position")
TAXES_OF_INVOICE = Batch(InvoiceTax, "invoice_id")
NOTES_OF_INVOICE = Batch(CreditNote, "invoice_id", CREDIT_NOTES.shown, "ORDER BY t.id")
OF_NOTE = Batch(CreditNoteLine, "credit_note_id", rest="ORDER BY t.credit_note_id, t.position")
TAXES_OF_NOTE = Batch(CreditNoteTax, "credit_note_id")


class InvoiceItem(NamedTuple):
    """A line and the invoice that it stands on."""

    document: Invoice
    line: InvoiceLine


class CreditNoteItem(NamedTuple):
    """A line and the credit note that it stands on."""

    document: CreditNote
    line: CreditNoteLine


Item = InvoiceItem | CreditNoteItem


async def items_of_invoice(invoice: Invoice, info: Info) -> list[InvoiceItem]:
    """The lines of an invoice, in order."""
    return [InvoiceItem(invoice, line) for line in await many(info, OF_INVOICE, invoice.id)]


async def items_of_note(note: CreditNote, info: Info) -> list[CreditNoteItem]:
    """The lines of a credit note, in order."""
    return [CreditNoteItem(note, line) for line in await many(info, OF_NOTE, note.id)]


async def invoice_items(request: Request, lines: list[InvoiceLine]) -> list[InvoiceItem]:
    """Lines of a page with their invoices: one statement."""
    waiting = [request.loader.many(Batch(Invoice, "id"), line.invoice_id) for line in lines]
    return [InvoiceItem((await found)[0], line) for found, line in zip(waiting, lines, strict=True)]


async def credit_note_items(request: Request, lines: list[CreditNoteLine]) -> list[CreditNoteItem]:
    """Lines of a page with their credit notes: one statement."""
    waiting = [request.loader.many(Batch(CreditNote, "id"), line.credit_note_id) for line in lines]
    return [CreditNoteItem((await found)[0], line) for found, line in zip(waiting, lines, strict=True)]


async def only_tax(item: Item, info: Info) -> InvoiceTax | CreditNoteTax | None:
    """The line's tax, if it has one and no more."""
    batch = TAXES_OF_INVOICE if isinstance(item, InvoiceItem) else TAXES_OF_NOTE
    taxes = [x for x in await many(info, batch, item.document.id) if x.position == item.line.position]
    return taxes[0] if len(taxes) == 1 else None


async def _tax_code(item: Item, info: Info) -> str | None:
    tax = await only_tax(item, info)
    rate = await one(info, TaxRate, tax.tax_rate_id) if tax else None
    return rate.code if rate else None


async def _tax_rate(item: Item, info: Info) -> Decimal | int | None:
    tax = await only_tax(item, info)
    return unscaled(tax.percent_micro, 6) if tax else None


def _amount(item: Item, info: Info) -> Decimal | int:
    return major_of(item.line.gross_minor, item.document.currency)


def _line(name: str) -> Resolver:
    return lambda item, info: getattr(item.line, name)


def _money(name: str) -> Resolver:
    return lambda item, info: major_of(getattr(item.line, name), item.document.currency)


async def _given_back(item: CreditNoteItem, info: Info) -> InvoiceItem | None:
    """The invoice's line that a credit note's line gives back."""
    note, position = item.document, item.line.invoice_position
    if note.invoice_id is None or position is None:
        return None
    lines = await many(info, OF_INVOICE, note.invoice_id)
    line = next(line for line in lines if line.position == position)
    return InvoiceItem(await one(info, Invoice, note.invoice_id), line)


async def _given_back_id(item: CreditNoteItem, info: Info) -> int | None:
    given = await _given_back(item, info)
    return given.line.id if given else None


async def _giving_back(item: InvoiceItem, info: Info) -> CreditNoteItem | None:
    """The newest line of a credit note that gives back part of an invoice's line."""
    notes = await many(info, NOTES_OF_INVOICE, item.document.id)
    # All are asked for before the first is waited for: one statement.
    waiting = [info.context.loader.many(OF_NOTE, note.id) for note in notes]
    found = [
        CreditNoteItem(note, line)
        for note, lines in zip(notes, waiting, strict=True)
        for line in await lines
        if line.invoice_position == item.line.position
    ]
    return found[-1] if found else None


_EITHER: Fields = {
    "amount": _amount,
    "currencyId": lambda item, info: item.document.currency,
    "id": _line("id"),
    "lineText": lambda item, info: item.line.description or None,
    "position": _line("position"),
    "price": lambda item, info: unscaled(item.line.price_micro, 6),
    "priceDecimals": lambda item, info: decimals(item.document.currency),
    "quantity": lambda item, info: whole(item.line.quantity_micro),
    "subtotal": _money("net_minor"),
    "taxAmount": _money("tax_minor"),
    "taxCode": _tax_code,
    "vatCode": always(None),
}

CREDIT_NOTE_ITEM: Fields = {
    **_EITHER,
    "priceTiers": always(None),
    "invoiceItem": _given_back,
    "invoiceItemId": _given_back_id,
}

INVOICE_ITEM: Fields = {
    **_EITHER,
    **dict.fromkeys(
        (
            "chargeType",
            "couponId",
            "creditedItem",
            "endDate",
            "kind",
            "priceTier",
            "priceTiers",
            "prorationRate",
            "startDate",
        ),
        always(None),
    ),
    "comment": comment,
    "creditNoteItem": _giving_back,
    "discount": _money("discount_minor"),
    "invoice": lambda item, info: item.document,
    "invoiceId": lambda item, info: item.document.id,
    "isCoupon": always(False),
    "isCredit": always(False),
    "taxRate": _tax_rate,
}
