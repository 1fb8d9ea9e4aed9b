"""Document numbers: gapless, drawn when a document is issued, never by one that is refused."""

import pytest

from avoir.app.credit_notes import DeleteCreditNote, IssueCreditNote
from avoir.app.invoices import CreateInvoice, IssueInvoice
from avoir.core.document import Wording
from avoir.core.errors import Refusal
from avoir.core.organization import Series
from tests.invariants import hold
from tests.ledger import Paper, line


def test_documents_are_numbered_from_one_in_the_order_of_issue_each_kind_by_itself():
    company = Paper()
    first, draft = company.invoice(line(1)), company.invoice(line(1), issue=False)
    third = company.invoice(line(1))
    assert [x.number for x in (first, draft, third)] == ["INV-00001", "", "INV-00002"]
    assert company.ask(IssueInvoice(invoice_id=draft.id)).number == "INV-00003"
    note = company.credit_note(line(1))
    assert (note.number, company.refund(note, 1).number) == ("CN-00001", "RF-00001")
    assert company.paid(first, 1).number == "PAY-00001"
    hold(company)


def test_a_refused_command_draws_no_number():
    company = Paper()
    company.refused(
        CreateInvoice(
            customer_id=1, issued_on="2026-11-01", due_on="2026-11-01", issue=True, wording=Wording(())
        ),
        "lines_required",
    )
    assert company.invoice(line(1)).number == "INV-00001"


OWN = [
    # given                     next one     skipped
    ("2026/7",                  "INV-00001", 0),
    ("INV-7",                   "INV-00001", 0),
    ("inv-00007",               "INV-00001", 0),
    ("INV-000007",              "INV-00001", 0),
    ("INV-٠٠٠٠٧",               "INV-00001", 0),
    ("INV-" + "9" * 30,         "INV-00001", 0),
    ("INV-00001",               "INV-00002", 0),
    ("INV-00007",               "INV-00008", 6),
    ("INV-123456",              "INV-123457", 123_455),
    ("00007",                   "INV-00001", 0),
]  # fmt: skip


@pytest.mark.parametrize(("given", "following", "skipped"), OWN)
@pytest.mark.parametrize("issue", [True, False])
def test_a_number_of_the_callers_own_is_kept_and_in_the_series_form_moves_the_series_forwards(
    given, following, skipped, issue
):
    company = Paper()
    invoice = company.invoice(line(1), number=given, issue=issue)
    assert invoice.number == given
    if not issue:
        assert company.ask(IssueInvoice(invoice_id=invoice.id)).number == given
    assert company.invoice(line(1)).number == following
    assert company.get(Series, 1, "invoice").skipped == skipped
    hold(company)


@pytest.mark.parametrize("taken", ["A-1", "INV-00001", "INV-00003"])
@pytest.mark.parametrize("issue", [True, False])
def test_a_number_is_one_documents_also_while_that_is_a_draft(taken, issue):
    company = Paper()
    company.invoice(line(1), number="A-1", issue=issue)
    company.invoice(line(1), number="INV-00003", issue=issue)
    with pytest.raises(Refusal) as refused:
        company.invoice(line(1), number=taken, issue=False)
    assert (refused.value.code, refused.value.facts) == ("number_taken", {"number": taken})


def test_credit_notes_and_payments_keep_their_own_numbers_too():
    company = Paper()
    invoice = company.invoice(line(10))
    draft = company.credit_note(line(1), number="CN-00005", issue=False)
    assert company.credit_note(line(1)).number == "CN-00006"
    assert company.ask(IssueCreditNote(credit_note_id=draft.id)).number == "CN-00005"
    assert company.paid(invoice, 1, number="PAY-00002").number == "PAY-00002"
    assert company.paid(invoice, 1).number == "PAY-00003"
    with pytest.raises(Refusal) as refused:
        company.paid(invoice, 1, number="PAY-00001")
    assert refused.value.code == "number_taken"
    hold(company)


def test_a_deleted_draft_keeps_the_number_that_it_was_given():
    company = Paper()
    draft = company.credit_note(line(1), number="CN-00001", issue=False)
    company.ask(DeleteCreditNote(credit_note_id=draft.id))
    assert company.credit_note(line(1)).number == "CN-00002"
    hold(company)
