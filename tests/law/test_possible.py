"""What can be done with a document is what the commands grant: each is asked, and each is tried."""

from decimal import Decimal

import pytest

from avoir.app.credit_notes import DeleteCreditNote, IssueCreditNote
from avoir.app.invoice_credits import CreditInvoice, DraftInvoiceCredit, WriteOffInvoice
from avoir.app.invoices import IssueInvoice, ReissueInvoice, VoidInvoice
from avoir.app.refunds import RefundCreditNote, RefundInvoice
from avoir.core.command import Preview
from avoir.core.credit import Shape
from avoir.core.credit_note import CreditNote
from avoir.core.errors import Refusal
from avoir.core.invoice import Invoice
from avoir.core.possible import acts_on_credit_note, acts_on_invoice
from tests.ledger import ask_of, line

BANK = 1002


def on_invoice(id):
    return {
        "issue": IssueInvoice(invoice_id=id),
        "void": VoidInvoice(invoice_id=id),
        "credit": CreditInvoice(invoice_id=id),
        "refund": RefundInvoice(invoice_id=id),
        "write_off": WriteOffInvoice(invoice_id=id),
        "reissue": ReissueInvoice(invoice_id=id),
    }


def on_note(id, today):
    return {
        "issue": IssueCreditNote(credit_note_id=id),
        "delete": DeleteCreditNote(credit_note_id=id),
        "refund": RefundCreditNote(
            credit_note_id=id, amount=Decimal("0.01"), refunded_on=today, account_id=BANK
        ),
    }


def granted(ledger, commands) -> set[str]:
    """Those that the books grant, were they asked now."""
    given = set()
    for name, command in commands.items():
        (outcome,) = ledger.record(ask_of(ledger.organization_id, Preview(command=command)))
        if not isinstance(outcome, Refusal):
            given.add(name)
    return given


def part(amount):
    return (Shape(gross=Decimal(amount)),)


def drafted(ledger):
    ledger.invoice(line(100), issue=False)


def open_(ledger):
    ledger.invoice(line(100))


def voided(ledger):
    ledger.ask(VoidInvoice(invoice_id=ledger.invoice(line(100)).id))


def paid(ledger):
    ledger.paid(ledger.invoice(line(100)), 100)


def paid_in_part(ledger):
    ledger.paid(ledger.invoice(line(100)), 40)


def refunded_in_part(ledger):
    paid(ledger)
    ledger.ask(RefundInvoice(invoice_id=1, amount=Decimal(30)))


def refunded(ledger):
    paid(ledger)
    ledger.ask(RefundInvoice(invoice_id=1))


def credited_in_part(ledger):
    open_(ledger)
    ledger.ask(CreditInvoice(invoice_id=1, shapes=part(30)))


def credited_after_payment(ledger):
    paid(ledger)
    ledger.ask(CreditInvoice(invoice_id=1, shapes=part(30)))


def written_off(ledger):
    paid_in_part(ledger)
    ledger.ask(WriteOffInvoice(invoice_id=1))


def credit_drafted(ledger):
    open_(ledger)
    ledger.ask(DraftInvoiceCredit(invoice_id=1))


def credit_voided(ledger):
    credited_after_payment(ledger)
    ledger.ask(DeleteCreditNote(credit_note_id=1))


STORIES = (
    drafted, open_, voided, paid, paid_in_part, refunded_in_part, refunded, credited_in_part,
    credited_after_payment, written_off, credit_drafted, credit_voided,
)  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_what_is_said_to_be_possible_is_granted_and_nothing_else(ledger, story):
    story(ledger)
    (invoice,) = ledger.rows(Invoice)
    assert set(acts_on_invoice(invoice)) == granted(ledger, on_invoice(invoice.id))
    for note in ledger.rows(CreditNote):
        said = set(acts_on_credit_note(note))
        assert ("apply_to_invoices" in said) == ("refund" in said)
        assert said - {"apply_to_invoices"} == granted(ledger, on_note(note.id, note.issued_on))
