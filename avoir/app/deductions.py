"""Deductions: what is taken off a draft invoice's lines, in one amount. Contract A calls them its credits."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import msgspec

from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.document import Deduction
from avoir.core.errors import NotFound
from avoir.core.invoice import INVOICE_DEDUCTIONS, Invoice, InvoiceDeduction, InvoiceLine, a_draft
from avoir.core.invoice_draft import deductions_of, redrafted
from avoir.core.row import Row

Deductions = tuple[Deduction, ...]


class DeductFromInvoice(Command, frozen=True, kw_only=True):
    """Take an amount off a draft, or off one line of it: all that is left if no amount is given."""

    ANSWER = list[InvoiceDeduction]
    invoice_id: int
    amount: Decimal | None = None
    position: int | None = None

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> list[InvoiceDeduction]:
        """Refuses `NotFound`, `InvoiceNotDraft`, `DeductionTooLarge`, and an amount that is none."""
        if self.position is not None and desk.find(InvoiceLine, self.invoice_id, self.position) is None:
            raise NotFound("no such InvoiceLine", kind="InvoiceLine", id=self.position)
        id = desk.next("line")
        fresh = Deduction(self.amount, self.position, id)
        return _rewritten(desk, self.invoice_id, lambda known: (*known, fresh), (id,))


class ChangeDeductions(Command, frozen=True, kw_only=True):
    """Other amounts for deductions of a draft, by their ids; the others stay as they are."""

    ANSWER = list[InvoiceDeduction]
    invoice_id: int
    amounts: tuple[tuple[int, Decimal], ...]

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> list[InvoiceDeduction]:
        """Refuses as `DeductFromInvoice`."""
        amounts = dict(self.amounts)

        def change(known: Deductions) -> Deductions:
            for id in amounts:
                _there(known, id)
            return tuple(
                msgspec.structs.replace(x, amount=amounts[x.id]) if x.id in amounts else x for x in known
            )

        return _rewritten(desk, self.invoice_id, change, tuple(amounts))


class RemoveDeduction(Command, frozen=True, kw_only=True):
    """Take a deduction of a draft back; what it took is asked for again."""

    ANSWER = list[InvoiceDeduction]
    invoice_id: int
    deduction_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> list[InvoiceDeduction]:
        """What it was. Refuses `NotFound`, `InvoiceNotDraft`."""
        rows = desk.of(InvoiceDeduction, INVOICE_DEDUCTIONS, self.invoice_id)
        was = [x for x in rows if x.id == self.deduction_id]

        def take_back(known: Deductions) -> Deductions:
            _there(known, self.deduction_id)
            return tuple(x for x in known if x.id != self.deduction_id)

        _rewritten(desk, self.invoice_id, take_back, ())
        return was


def _rewritten(
    desk: Desk, invoice_id: int, change: Callable[[Deductions], Deductions], told: tuple[int, ...]
) -> list[InvoiceDeduction]:
    """The draft worked out anew with its deductions changed; the rows of those that are told of."""
    invoice = a_draft(desk.get(Invoice, invoice_id))
    redrafted(desk, invoice, change(deductions_of(desk, invoice)))
    rows = desk.of(InvoiceDeduction, INVOICE_DEDUCTIONS, invoice.id)
    return sorted((x for x in rows if x.id in told), key=lambda x: (told.index(x.id), x.position))


def _there(known: Deductions, id: int) -> None:
    if all(x.id != id for x in known):
        raise NotFound("no such InvoiceDeduction", kind="InvoiceDeduction", id=id)
