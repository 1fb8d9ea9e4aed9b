"""Credit notes: standing alone; and issuing and voiding of any."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from avoir.core.branch import known_branch
from avoir.core.command import Command
from avoir.core.credit_note import (
    CREDIT,
    CREDIT_NOTE_LINES,
    CREDIT_NOTE_TAXES,
    CREDIT_NOTES_BY_NUMBER,
    DELETED,
    DRAFT,
    REFUND,
    VOIDED,
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
)
from avoir.core.crediting import issue_against, void_credit_note
from avoir.core.customer import Customer
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.document import Reckoned, Totals, Wording, reckoned
from avoir.core.errors import NotFound, Refusal
from avoir.core.giving_back import give_back
from avoir.core.issuing import issue_credit_note
from avoir.core.numbering import chosen
from avoir.core.organization import Organization
from avoir.core.row import Row, changed
from avoir.core.text import fits


class CreditNoteNotDraft(Refusal):
    """What is issued stays as it is; only a draft can be edited."""

    code = "credit_note_not_draft"


class CreditNoteDraft(Command, frozen=True, kw_only=True):
    """What a credit note standing alone says: its own lines, its own tax. Amounts in major units."""

    ANSWER = CreditNote
    customer_id: int
    issued_on: str
    wording: Wording
    currency: str = ""  # The customer's, if not given.
    exchange_rate: Decimal | None = None
    number: str = ""
    reference: str = ""
    branch_id: int | None = None
    note: str = ""
    terms: str = ""

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Customer, self.customer_id
        yield Organization, ()

    def write(self, desk: Desk, old: CreditNote | None = None) -> CreditNote:
        """Write the draft, in the place of `old` if given. Refuses what is wrong with it, `NumberTaken`."""
        customer = desk.get(Customer, self.customer_id)
        fits(self.reference, "referenceNo")
        known_branch(desk, self.branch_id, customer.entity_id)
        checked_day(self.issued_on, "creditNoteDate")
        document = reckoned(desk, customer, self.wording, self.currency, self.exchange_rate, self.issued_on)
        note = self._row(desk, customer, document, old)
        by, entity_id = CREDIT_NOTES_BY_NUMBER, customer.entity_id
        number, sequence = chosen(desk, CreditNote, by, entity_id, self.number, old)
        note = changed(note, number=number, sequence=sequence)
        if old is not None:
            _remove_lines(desk, old.id)
        note = desk.put(note) if old else desk.add(note)
        _write_lines(desk, note.id, document.totals)
        return note

    def _row(self, desk: Desk, customer: Customer, document: Reckoned, old: CreditNote | None) -> CreditNote:
        totals = document.totals
        id, uuid = (old.id, old.uuid) if old else (desk.next("credit_note"), desk.uuid())
        return CreditNote(
            organization_id=desk.organization_id,
            id=id,
            uuid=uuid,
            entity_id=customer.entity_id,
            customer_id=customer.id,
            branch_id=self.branch_id,
            invoice_id=None,
            dispute_reason_id=None,
            dispute_id=None,
            kind=CREDIT,
            number=old.number if old else "",
            sequence=old.sequence if old else 0,
            reference=self.reference,
            state=DRAFT,
            currency=document.currency,
            rate_nano=document.rate_nano,
            is_tax_inclusive=int(self.wording.inclusive),
            issued_on=self.issued_on,
            discount_kind=self.wording.discount.kind,
            discount_micro=self.wording.discount.micro,
            discount_timing=document.timing,
            subtotal_minor=totals.subtotal,
            discount_minor=totals.discount,
            adjustment_minor=totals.adjustment,
            net_minor=totals.net,
            tax_minor=totals.tax,
            total_minor=totals.total,
            base_total_minor=document.base_total,
            note=self.note,
            terms=self.terms,
            created_at=old.created_at if old else desk.now,
            updated_at=desk.now,
        )


class CreateCreditNote(CreditNoteDraft, frozen=True, kw_only=True):
    """Write a credit note standing alone; a draft, or issued at once."""

    issue: bool = False

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses what is wrong with lines, date, rate or branch; `NumberTaken`, `DateLocked`."""
        note = self.write(desk)
        desk.tell("credit_note.created", note)
        return issue_credit_note(desk, note) if self.issue else note


class EditCreditNote(CreditNoteDraft, frozen=True, kw_only=True):
    """Write a draft anew: all of it is replaced but its id, and its number if none is given."""

    credit_note_id: int

    def decide(self, desk: Desk) -> CreditNote:
        """Refuses `CreditNoteNotDraft`, and what `CreateCreditNote` refuses."""
        old = _known(desk, self.credit_note_id)
        if old.state != DRAFT or old.invoice_id is not None:
            raise CreditNoteNotDraft("only a draft standing alone is edited so", creditNoteId=old.id)
        note = self.write(desk, old)
        desk.tell("credit_note.edited", note)
        return note


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
