"""Credit notes: standing alone; and issuing and voiding of any."""

from collections.abc import Iterator
from typing import Any

from avoir.core.allocation import ALLOCATIONS_OF_CREDIT_NOTE, Allocation, allocate, deallocate
from avoir.core.command import Command
from avoir.core.credit_note import (
    CREDIT,
    CREDIT_NOTE_LINES,
    CREDIT_NOTE_TAXES,
    CREDIT_NOTES_BY_NUMBER,
    DELETED,
    DRAFT,
    ISSUED,
    REFUND,
    VOIDED,
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
    left_of,
)
from avoir.core.crediting import issue_against, unused, void_credit_note
from avoir.core.desk import Desk
from avoir.core.document import Totals
from avoir.core.drafting import DocumentDraft
from avoir.core.errors import NotFound, Refusal
from avoir.core.giving_back import give_back
from avoir.core.invoice import Invoice
from avoir.core.issuing import issue_credit_note, post_credit_note
from avoir.core.legacy import imported
from avoir.core.numbering import renumbered
from avoir.core.rewording import Wordings, reworded
from avoir.core.row import Row, changed


class CreditNoteNotDraft(Refusal):
    """What is issued stays as it is; only a draft can be edited."""

    code = "credit_note_not_draft"


class CreditNoteDraft(DocumentDraft, frozen=True, kw_only=True):
    """What a credit note standing alone says: its own lines, its own tax."""

    ANSWER = CreditNote
    note: str = ""

    def write(self, desk: Desk, old: CreditNote | None = None) -> CreditNote:
        """Write the draft, in the place of `old` if given. Refuses as `drafted`."""
        _, document, columns = self.drafted(desk, CreditNote, CREDIT_NOTES_BY_NUMBER, old)
        note = CreditNote(
            **columns, kind=CREDIT, invoice_id=None, dispute_reason_id=None, dispute_id=None, note=self.note
        )
        if old is not None:
            _remove_lines(desk, old.id)
        note = desk.put(note) if old else desk.add(note)
        _write_lines(desk, note.id, document.totals)
        return note


class CreateCreditNote(CreditNoteDraft, frozen=True, kw_only=True):
    """Write a credit note standing alone; a draft, or issued at once."""

    issue: bool = False

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses what is wrong with lines, date, rate or branch; `NumberTaken`, `DateLocked`."""
        note = self.write(desk)
        desk.tell("credit_note.created", note)
        return issue_credit_note(desk, note) if self.issue else note


class EditCreditNote(CreditNoteDraft, frozen=True, kw_only=True):
    """Write a draft anew: all of it is replaced but its id, and its number if none is given.

    With `issue` it is issued then. With `amend` an issued one is written anew as well: its entry is undone by
    the mirror and posted again, and it is set against its invoices again. Once cash was paid out of it, only
    its words may change.
    """

    credit_note_id: int
    issue: bool = False
    amend: bool = False

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses `CreditNoteNotDraft`, and what `CreateCreditNote` refuses.

        Of one that is issued also `CreditNoteHasRefunds` for other figures once cash was paid out of it,
        `CreditNoteHasAllocations` for another customer, `CreditNoteUsedUp` when it would be less than is set
        against invoices, and `DateLocked` for the day it had.
        """
        old = _known(desk, self.credit_note_id)
        alone = old.invoice_id is None and old.kind == CREDIT
        if old.state == ISSUED and alone and self.amend:
            return self._amended(desk, old)
        if old.state != DRAFT or not alone:
            raise CreditNoteNotDraft("only a draft standing alone is edited so", creditNoteId=old.id)
        note = self.write(desk, old)
        desk.tell("credit_note.edited", note)
        return issue_credit_note(desk, note) if self.issue else note

    def _amended(self, desk: Desk, old: CreditNote) -> CreditNote:
        imported(desk, "credit_note", old.id)
        desk.unlocked(old.issued_on)
        number, sequence = renumbered(desk, CreditNote, CREDIT_NOTES_BY_NUMBER, self.number, old)
        if old.refunded_minor or old.reserved_minor:
            return self._reworded(desk, old, changed(old, number=number, sequence=sequence))
        if self.customer_id != old.customer_id:
            unused(old)
        used = [x for x in desk.of(Allocation, ALLOCATIONS_OF_CREDIT_NOTE, old.id) if not x.deallocated_on]
        for allocation in used:
            deallocate(desk, allocation, on=allocation.allocated_on)
        free = desk.put(changed(desk.get(CreditNote, old.id), number=number, sequence=sequence))
        if old.entry_id is not None:
            desk.mirror(old.entry_id, on=old.issued_on)
        note = self.write(desk, free)
        desk.tell("credit_note.edited", note)
        note = post_credit_note(desk, note, old.issued_at)
        for allocation in used:
            invoice = desk.get(Invoice, allocation.invoice_id)
            on = max(allocation.allocated_on, note.issued_on)
            allocate(desk, left_of(note, allocation.amount_minor), invoice, allocation.amount_minor, on=on)
            note = desk.get(CreditNote, note.id)
        return note

    def _reworded(self, desk: Desk, old: CreditNote, free: CreditNote) -> CreditNote:
        # What was paid back rests on these figures.
        before = _wordings(desk, old)
        note = reworded(desk, before, _wordings(desk, self.write(desk, free)))
        if note is None:
            unused(old)
        desk.tell("credit_note.edited", desk.get(CreditNote, old.id))
        return desk.get(CreditNote, old.id)


class IssueCreditNote(Command, frozen=True, kw_only=True):
    """Issue a draft. One against an invoice is worked out anew; a refund is paid back at once."""

    ANSWER = CreditNote
    credit_note_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield CreditNote, self.credit_note_id

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses `CreditNoteAlreadyIssued`, `DateLocked`, and what crediting the invoice refuses."""
        note = _known(desk, self.credit_note_id)
        if note.invoice_id is None:
            return issue_credit_note(desk, note)
        note = issue_against(desk, note)
        return give_back(desk, note) if note.kind == REFUND else note


class DeleteCreditNote(Command, frozen=True, kw_only=True):
    """Delete a draft, or void an issued note of which nothing was used: its entry is mirrored."""

    ANSWER = CreditNote
    credit_note_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield CreditNote, self.credit_note_id

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses `CreditNoteHasRefunds`, `CreditNoteHasAllocations`, and `NotFound` the second time."""
        return void_credit_note(desk, _known(desk, self.credit_note_id))


def _known(desk: Desk, credit_note_id: int) -> CreditNote:
    note = desk.get(CreditNote, credit_note_id)
    if note.state in (VOIDED, DELETED):
        raise NotFound("no such CreditNote", kind="CreditNote", id=credit_note_id)
    return note


def _wordings(desk: Desk, note: CreditNote) -> Wordings:
    lines = desk.of(CreditNoteLine, CREDIT_NOTE_LINES, note.id)
    return Wordings(note, lines, desk.of(CreditNoteTax, CREDIT_NOTE_TAXES, note.id))


def _remove_lines(desk: Desk, credit_note_id: int) -> None:
    for line in desk.of(CreditNoteLine, CREDIT_NOTE_LINES, credit_note_id):
        desk.remove(line)
    for tax in desk.of(CreditNoteTax, CREDIT_NOTE_TAXES, credit_note_id):
        desk.remove(tax)


def _write_lines(desk: Desk, credit_note_id: int, totals: Totals) -> None:
    for position, priced in enumerate(totals.lines, 1):
        line = priced.line
        desk.add(
            CreditNoteLine(
                organization_id=desk.organization_id,
                credit_note_id=credit_note_id,
                position=position,
                id=desk.next("line"),
                invoice_position=None,
                item_id=line.item_id,
                account_id=priced.account_id,
                description=line.description,
                quantity_micro=priced.quantity_micro,
                price_micro=priced.price_micro,
                discount_kind=line.discount.kind,
                discount_micro=line.discount.micro,
                amount_minor=priced.amount,
                discount_minor=priced.discount,
                net_minor=priced.net,
                tax_minor=priced.tax_total,
            )
        )
        for rate in priced.rates:
            tax = priced.tax.get(rate.id, 0)
            desk.add(
                CreditNoteTax(
                    desk.organization_id, credit_note_id, position, rate.id, rate.percent_micro, tax
                )
            )
