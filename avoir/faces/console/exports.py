"""Lists as files: the same rows as on the screen, as far as they go."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from avoir.app.reads.console_listing import Line, Listing
from avoir.app.reads.console_lists import CREDIT_NOTES, DISPUTES, INVOICES, PAYMENTS, REFUNDS, listed
from avoir.faces.console.listing import wish_of
from avoir.faces.console.sheets import Cell, Row, Sheet, filing, money, short_of
from avoir.faces.console.templates import FILE_ROWS
from avoir.faces.console.visit import Handler, Visit
from avoir.faces.console.words import label


class Export(NamedTuple):
    """A list as a file: what it is called, its columns, and the cells of a row."""

    title: str
    listing: Listing
    heads: Sequence[str]
    amounts: int
    cells: Callable[[Line], Sequence[Cell]]


def _invoice(line: Line) -> Sequence[Cell]:
    x = line.row
    texts = (x.number, line.customer, x.issued_on, x.due_on, label(line.standing), x.reference, x.currency)
    return (*map(Cell, texts), money(x.total_minor, x.currency), money(x.due_minor, x.currency))


def _note(line: Line) -> Sequence[Cell]:
    x = line.row
    texts = (
        x.number,
        line.customer,
        x.issued_on,
        label(x.kind),
        label(line.standing),
        x.reference,
        x.currency,
    )
    return (*map(Cell, texts), money(x.total_minor, x.currency), money(x.remaining_minor, x.currency))


def _refund(line: Line) -> Sequence[Cell]:
    x = line.row
    texts = (
        x.number,
        line.customer,
        x.refunded_on,
        x.rail,
        label(x.state),
        x.description,
        x.reference,
        x.currency,
    )
    return (*map(Cell, texts), money(x.amount_minor, x.currency))


def _payment(line: Line) -> Sequence[Cell]:
    x = line.row
    texts = (x.number, line.customer, x.received_on, x.rail, label(line.standing), x.reference, x.currency)
    return (*map(Cell, texts), money(x.amount_minor, x.currency), money(x.unapplied_minor, x.currency))


def _dispute(line: Line) -> Sequence[Cell]:
    x = line.row
    texts = (x.remote_id, line.customer, x.opened_on, x.closed_on, label(x.state), x.reason, x.currency)
    return (*map(Cell, texts), money(x.fee_minor, x.currency), money(x.amount_minor, x.currency))


INVOICE = ("Number", "Customer", "Issued", "Due", "State", "Reference", "Currency", "Total", "Still due")
NOTE = ("Number", "Customer", "Issued", "Kind", "State", "Reference", "Currency", "Total", "Left")
REFUND = ("Number", "Customer", "Date", "By", "State", "What for", "Reference", "Currency", "Amount")
PAYMENT = ("Number", "Customer", "Received", "By", "State", "Reference", "Currency", "Amount", "Not applied")
DISPUTE = ("Number", "Customer", "Opened", "Closed", "State", "Reason", "Currency", "Fee", "Amount")
EXPORTS = {
    "invoices": Export("Invoices", INVOICES, INVOICE, 2, _invoice),
    "credit-notes": Export("Credit notes", CREDIT_NOTES, NOTE, 2, _note),
    "refunds": Export("Refunds", REFUNDS, REFUND, 1, _refund),
    "payments": Export("Payments", PAYMENTS, PAYMENT, 2, _payment),
    "disputes": Export("Disputes", DISPUTES, DISPUTE, 2, _dispute),
}


def exporting(export: Export) -> Handler:
    """The page that sends a list as a file."""

    async def sheet(visit: Visit) -> Sheet:
        wish = msgspec.structs.replace(wish_of(visit, export.listing), page=1, size=FILE_ROWS)
        found = await visit.caller.read(listed, export.listing, wish)
        rows = [Row(export.cells(line)) for line in found.page.rows]
        short = short_of(found.page)
        return Sheet(export.title, "", export.heads, rows, export.amounts, short)

    return filing(sheet)
