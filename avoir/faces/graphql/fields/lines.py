"""InvoiceItem and CreditNoteItem: the lines of documents."""

import asyncio
from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from avoir.app.reads.graph_lists import CREDIT_NOTES
from avoir.core.credit_note import CreditNote, CreditNoteLine, CreditNoteTax
from avoir.core.invoice import DELETED, Invoice, InvoiceDeduction, InvoiceLine, InvoiceTax, taken_by
from avoir.core.invoice_draft import by_deduction
from avoir.core.money import major_of, unscaled
from avoir.core.tax import TaxRate
from avoir.faces.graphql.fields.beside import comment
from avoir.faces.graphql.fields.common import Fields, Resolver, always, decimals, many, one, whole
from avoir.faces.graphql.loader import Batch
from avoir.faces.graphql.request import Info, Request

OF_INVOICE = Batch(InvoiceLine, "invoice_id", rest="ORDER BY t.invoice_id, t.position")
TAXES_OF_INVOICE = Batch(InvoiceTax, "invoice_id")
NOTES_OF_INVOICE = Batch(CreditNote, "invoice_id", CREDIT_NOTES.shown, "ORDER BY t.id")
DEDUCTIONS = Batch(InvoiceDeduction, "invoice_id")
CREDIT = Batch(InvoiceDeduction, "id")
OF_NOTE = Batch(CreditNoteLine, "credit_note_id", rest="ORDER BY t.credit_note_id, t.position")
TAXES_OF_NOTE = Batch(CreditNoteTax, "credit_note_id")


class InvoiceItem(NamedTuple):
    """A line and the invoice that it stands on; and what its deductions took, in minor units."""

    document: Invoice
    line: InvoiceLine
    deducted: int = 0


class CreditItem(NamedTuple):
    """A deduction of an invoice, which contract A shows as a line that takes away."""

    document: Invoice
    rows: list[InvoiceDeduction]
    position: int

    @property
    def minor(self) -> int:
        """What it takes, below zero: the one line of a document that is."""
        return -taken_by(self.rows)


class CreditNoteItem(NamedTuple):
    """A line and the credit note that it stands on."""

    document: CreditNote
    line: CreditNoteLine


Item = InvoiceItem | CreditNoteItem


async def items_of_invoice(invoice: Invoice, info: Info) -> list[InvoiceItem | CreditItem]:
    """The lines of an invoice, in order, and then its credits."""
    lines = await many(info, OF_INVOICE, invoice.id)
    if not any(line.discount_minor for line in lines):
        return [InvoiceItem(invoice, line) for line in lines]
    return [*await items_of(info.context, invoice, lines), *await credit_items(invoice, info)]


async def credit_items(invoice: Invoice, info: Info) -> list[CreditItem]:
    """The credits of an invoice, in the order in which they were made."""
    request = info.context
    lines = await request.loader.many(OF_INVOICE, invoice.id)
    known = by_deduction(await _deductions(request, invoice.id, lines))
    request.spend(len(known))
    return [CreditItem(invoice, rows, len(lines) + n) for n, (_, rows) in enumerate(known, 1)]


async def credit_item(info: Info, row: InvoiceDeduction) -> CreditItem | None:
    """The credit that a row is part of."""
    invoice = await one(info, Invoice, row.invoice_id)
    if invoice.state == DELETED:
        return None
    return next(each for each in await credit_items(invoice, info) if each.rows[0].id == row.id)


async def items_of(request: Request, invoice: Invoice, lines: list[InvoiceLine]) -> list[InvoiceItem]:
    """Lines of one invoice."""
    taken: defaultdict[int, int] = defaultdict(int)
    for row in await _deductions(request, invoice.id, lines):
        taken[row.position] += row.amount_minor
    return [InvoiceItem(invoice, line, taken[line.position]) for line in lines]


async def _deductions(request: Request, id: int, lines: list[InvoiceLine]) -> list[InvoiceDeduction]:
    """The deductions of an invoice, which are part of its lines' discounts: without one there is none."""
    if not any(line.discount_minor for line in lines):
        return []
    return await request.loader.many(DEDUCTIONS, id)


async def items_of_note(note: CreditNote, info: Info) -> list[CreditNoteItem]:
    """The lines of a credit note, in order."""
    return [CreditNoteItem(note, line) for line in await many(info, OF_NOTE, note.id)]


async def invoice_items(request: Request, lines: list[InvoiceLine]) -> list[InvoiceItem]:
    """Lines of a page with their invoices: one statement."""
    waiting = [request.loader.many(Batch(Invoice, "id"), line.invoice_id) for line in lines]
    invoices = [(await found)[0] for found in waiting]
    items = (items_of(request, invoice, [line]) for invoice, line in zip(invoices, lines, strict=True))
    return [item for of_line in await asyncio.gather(*items) for item in of_line]


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
    return major_of(_shown(item).gross_minor, item.document.currency)


def _subtotal(item: Item, info: Info) -> Decimal | int:
    return major_of(_shown(item).net_minor, item.document.currency)


def _discount(item: InvoiceItem, info: Info) -> Decimal | int:
    return major_of(_shown(item).discount_minor, item.document.currency)


def _shown(item: Item) -> InvoiceLine | CreditNoteLine:
    """What its credits took is shown by them, with the line as it would be without."""
    return item.line.before(item.deducted) if isinstance(item, InvoiceItem) else item.line


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
    return (await items_of(info.context, await one(info, Invoice, note.invoice_id), [line]))[0]


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
    "subtotal": _subtotal,
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

_OF_LINE: Fields = {
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
    "discount": _discount,
    "invoice": lambda item, info: item.document,
    "invoiceId": lambda item, info: item.document.id,
    "isCoupon": always(False),
    "isCredit": always(False),
    "taxRate": _tax_rate,
}


def _minor(item: CreditItem, info: Info) -> Decimal | int:
    return major_of(item.minor, item.document.currency)


async def _credited(item: CreditItem, info: Info) -> InvoiceItem | None:
    """The line that a credit takes away from, if it is one and no more."""
    lines = await many(info, OF_INVOICE, item.document.id)
    if item.rows[0].of_all and len(lines) > 1:
        return None
    items = await items_of(info.context, item.document, lines)
    return next(each for each in items if each.line.position == item.rows[0].position)


_OF_CREDIT: Fields = {
    **dict.fromkeys(_OF_LINE, always(None)),
    **{name: _OF_LINE[name] for name in ("currencyId", "invoice", "invoiceId", "isCoupon", "priceDecimals")},
    "amount": _minor,
    "creditedItem": _credited,
    "discount": always(0),
    "id": lambda item, info: item.rows[0].id,
    "isCredit": always(True),
    "kind": always("CREDIT"),
    "lineText": always("Credit"),
    "position": lambda item, info: item.position,
    "price": _minor,
    "quantity": always(1),
    "subtotal": _minor,
    "taxAmount": always(0),
}
"""A credit has no tax of its own: the tax of the lines is less by it."""


def _of_either(line: Resolver, credit: Resolver) -> Resolver:
    return lambda item, info: (credit if isinstance(item, CreditItem) else line)(item, info)


INVOICE_ITEM: Fields = {name: _of_either(line, _OF_CREDIT[name]) for name, line in _OF_LINE.items()}
