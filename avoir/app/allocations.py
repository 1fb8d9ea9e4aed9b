"""Credit set against what is due, and taken back."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from avoir.core.allocation import Allocation, allocate, deallocate
from avoir.core.command import Command
from avoir.core.credit_note import WRITE_OFF, CreditNote, WriteOffIsBound, left_of
from avoir.core.desk import Desk
from avoir.core.errors import NotFound
from avoir.core.invoice import Invoice, issued
from avoir.core.money import positive_minor_of
from avoir.core.row import Row


class Share(msgspec.Struct, frozen=True):
    """How much of a credit note goes to which invoice, in major units; what is due, if nothing is said."""

    invoice_id: int
    amount: Decimal | None = None


class AllocateCreditNote(Command, frozen=True, kw_only=True):
    """Set a credit note against invoices of its customer, in the order given, until it is used up."""

    ANSWER = list[Allocation]
    credit_note_id: int
    shares: tuple[Share, ...]

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield CreditNote, self.credit_note_id
        for share in self.shares:
            yield Invoice, share.invoice_id

    def decide(self, desk: Desk) -> list[Allocation]:
        """Refuses `CreditNoteNotIssued`, `CreditNoteUsedUp`, and what `allocate` refuses."""
        note = desk.get(CreditNote, self.credit_note_id)
        for share in self.shares:
            desk.get(Invoice, share.invoice_id)
        parts = [positive_minor_of(x.amount, note.currency) for x in self.shares if x.amount is not None]
        # Where no amount is said, something has to be left all the same.
        left_of(note, sum(parts) or 1)
        allocations = []
        for share in self.shares:
            note, invoice = desk.get(CreditNote, note.id), desk.get(Invoice, share.invoice_id)
            if share.amount is None:
                minor = min(issued(invoice).due_minor, note.remaining_minor)
            else:
                minor = positive_minor_of(share.amount, note.currency)
            if minor:
                allocations.append(allocate(desk, note, invoice, minor, on=desk.today))
        return allocations


class DeallocateCreditNote(Command, frozen=True, kw_only=True):
    """Take back what a credit note was set against an invoice."""

    ANSWER = Allocation
    allocation_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Allocation, self.allocation_id

    def decide(self, desk: Desk) -> Allocation:
        """Refuses `AllocationGone`, `WriteOffIsBound`, and `NotFound` for a payment's allocation."""
        allocation = desk.get(Allocation, self.allocation_id)
        if allocation.credit_note_id is None:
            raise NotFound("no such Allocation", kind="Allocation", id=allocation.id)
        if desk.get(CreditNote, allocation.credit_note_id).kind == WRITE_OFF:
            raise WriteOffIsBound("a write-off is used by its own invoice", allocationId=allocation.id)
        return deallocate(desk, allocation, on=desk.today)
