"""Issuing: a draft gets its number and its entry, in one place for every way to an issued document."""

from avoir.core import postings
from avoir.core.account import Account
from avoir.core.branch import known_branch
from avoir.core.credit_note import (
    CREDIT_NOTE_LINES,
    CREDIT_NOTE_TAXES,
    CreditNote,
    CreditNoteAlreadyIssued,
    CreditNoteLine,
    CreditNoteTax,
)
from avoir.core.desk import Desk
from avoir.core.document import NotAnIncomeAccount
from avoir.core.invoice import (
    DRAFT,
    INVOICE_LINES,
    INVOICE_TAXES,
    ISSUED,
    Invoice,
    InvoiceAlreadyIssued,
    InvoiceLine,
    InvoiceTax,
)
from avoir.core.row import changed


def issue_invoice(desk: Desk, invoice: Invoice) -> Invoice:
    """Draw the number, unless the draft has one, and post the claim.

    Refuses `InvoiceAlreadyIssued`, `BranchRequired` and `NotAnIncomeAccount` when that came after the draft,
    and `DateLocked`.
    """
    if invoice.state != DRAFT:
        raise InvoiceAlreadyIssued(f"the invoice is {invoice.state}", invoiceId=invoice.id)
    desk.tell("invoice.issued", invoice)
    return post_invoice(desk, invoice, desk.now)


def post_invoice(desk: Desk, invoice: Invoice, issued_at: str) -> Invoice:
    """The claim itself, for the first time or, when it is said anew, again. Refuses as `issue_invoice`."""
    known_branch(desk, invoice.branch_id, invoice.entity_id)
    earned = [(x.account_id, x.net_minor) for x in desk.of(InvoiceLine, INVOICE_LINES, invoice.id)]
    _still_active(desk, earned)
    number, sequence = invoice.number, invoice.sequence
    if not number:
        number, sequence = desk.draw(invoice.entity_id, "invoice")
    issued = desk.put(
        changed(
            invoice,
            number=number,
            sequence=sequence,
            state=ISSUED,
            issued_at=issued_at,
            updated_at=desk.now,
        )
    )
    taxes = _by_rate(desk.of(InvoiceTax, INVOICE_TAXES, invoice.id))
    return desk.put(changed(issued, entry_id=postings.invoice_issued(desk, issued, earned, taxes)))


def issue_credit_note(desk: Desk, note: CreditNote, lost_to: int | None = None) -> CreditNote:
    """Draw the number, unless the draft has one, and post what is given up.

    `lost_to` is the account that a write-off is lost to, if not Bad debt. Refuses `CreditNoteAlreadyIssued`,
    `BranchRequired`, `NotAnIncomeAccount`, `DateLocked`.
    """
    if note.state != DRAFT:
        raise CreditNoteAlreadyIssued(f"the credit note is {note.state}", creditNoteId=note.id)
    desk.tell("credit_note.issued", note)
    return post_credit_note(desk, note, desk.now, lost_to)


def post_credit_note(desk: Desk, note: CreditNote, issued_at: str, lost_to: int | None = None) -> CreditNote:
    """What is given up, for the first time or, when it is said anew, again.

    Refuses as `issue_credit_note`.
    """
    earned = [(x.account_id, x.net_minor) for x in desk.of(CreditNoteLine, CREDIT_NOTE_LINES, note.id)]
    if note.invoice_id is None:
        # One against an invoice has the invoice's branch and accounts, whatever became of them.
        known_branch(desk, note.branch_id, note.entity_id)
        _still_active(desk, earned)
    number, sequence = note.number, note.sequence
    if not number:
        number, sequence = desk.draw(note.entity_id, "credit_note")
    taxes = _by_rate(desk.of(CreditNoteTax, CREDIT_NOTE_TAXES, note.id))
    entry = postings.credit_note_issued(desk, note, earned, taxes, lost_to)
    return desk.put(
        changed(
            note,
            number=number,
            sequence=sequence,
            state=ISSUED,
            entry_id=entry,
            issued_at=issued_at,
            updated_at=desk.now,
        )
    )


def _still_active(desk: Desk, earned: list[tuple[int, int]]) -> None:
    """A draft may be older than the closing of its accounts. Refuses `NotAnIncomeAccount`."""
    for account_id, _ in earned:
        if not desk.get(Account, account_id).active:
            raise NotAnIncomeAccount("the account is no longer active", accountId=account_id)


def _by_rate(taxes: list[InvoiceTax] | list[CreditNoteTax]) -> list[tuple[int, int]]:
    sums: dict[int, int] = {}
    for x in taxes:
        sums[x.tax_rate_id] = sums.get(x.tax_rate_id, 0) + x.tax_minor
    return list(sums.items())
