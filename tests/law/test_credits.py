"""Credit notes against an invoice: every shape, to the cent; drafts, previews, voids."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avoir.app.accounts import InactivateAccount
from avoir.app.credit_notes import DeleteCreditNote, IssueCreditNote
from avoir.app.invoice_credits import (
    CancelWriteOff,
    CreditInvoice,
    DraftInvoiceCredit,
    ShapeInvoiceCredit,
    WriteOffInvoice,
)
from avoir.app.invoices import EditInvoice, IssueInvoice, ReissueInvoice, VoidInvoice
from avoir.app.refunds import RefundInvoice
from avoir.core.command import Preview
from avoir.core.credit import Shape
from avoir.core.credit_note import CreditNote, CreditNoteLine
from avoir.core.document import Wording
from avoir.core.errors import Refusal
from avoir.core.invoice import Invoice
from avoir.core.journal import JournalLine
from tests import invariants
from tests.ledger import Paper, line, money, off, percent


def shape(position=None, **how) -> Shape:
    """How much of a line, or of the whole invoice."""
    return Shape(position, **{k: v if isinstance(v, bool) else Decimal(str(v)) for k, v in how.items()})


def given_back(company, invoice, *shapes, command=CreditInvoice, **other) -> CreditNote:
    return company.ask(command(invoice_id=invoice.id, shapes=shapes, **other))


def totals(note: CreditNote) -> tuple[str, str]:
    """(total, tax) in major units."""
    return money(note.total_minor, note.currency), money(note.tax_minor, note.currency)


# The figures of the order.


def test_two_lines_of_68_33_give_back_82_00_and_81_99():
    books = Paper()
    vat = books.tax(20)
    invoice = books.invoice(line("68.33", vat), line("68.33", vat))
    assert (invoice.tax_minor, invoice.total_minor) == (2733, 16399)
    assert totals(given_back(books, invoice, shape(1)))[0] == "82.00"
    assert totals(given_back(books, invoice, shape(2)))[0] == "81.99"
    invariants.hold(books)


def test_four_lines_of_68_33_the_last_in_three_parts():
    books = Paper()
    vat = books.tax(20)
    invoice = books.invoice(*[line("68.33", vat)] * 4)
    assert (invoice.tax_minor, invoice.total_minor) == (5466, 32798)
    steps = [shape(1), shape(2), shape(3), shape(4, net="13.67"), shape(4, net="22.33"), shape(4)]
    gross = [totals(given_back(books, invoice, step))[0] for step in steps]
    assert gross == ["82.00", "82.00", "81.99", "16.40", "26.80", "38.79"]
    after = books.get(Invoice, invoice.id)
    assert (after.credited_minor, after.uncredited_minor) == (32798, 0)
    invariants.hold(books)


def test_a_hundred_lines_of_three_cents_give_back_exactly_the_tax():
    books = Paper()
    vat = books.tax(20)
    invoice = books.invoice(*[line("0.03", vat)] * 100)
    assert invoice.total_minor == 360
    taxes = [given_back(books, invoice, shape(position)).tax_minor for position in range(1, 101)]
    assert (min(taxes), sum(taxes)) == (0, 60)
    assert books.get(Invoice, invoice.id).uncredited_minor == 0
    invariants.hold(books)


@pytest.mark.parametrize(
    ("inclusive", "prices", "amount", "gross", "tax"),
    [
        # inclusive  prices           amount   by line          tax by line
        (False,      ("60", "40"),    "25.00", [1500, 1000],    [300, 200]),
        (True,       ("60", "40"),    "20.00", [1200, 800],     [240, 160]),
    ],
)  # fmt: skip
def test_an_amount_is_split_over_the_lines_by_what_is_left(inclusive, prices, amount, gross, tax):
    books = Paper()
    vat = books.tax(25)
    invoice = books.invoice(*[line(price, vat) for price in prices], inclusive=inclusive)
    note = given_back(books, invoice, shape(gross=amount))
    lines = [x for x in books.rows(CreditNoteLine) if x.credit_note_id == note.id]
    assert [x.net_minor + x.tax_minor for x in lines] == gross
    assert [x.tax_minor for x in lines] == tax


def test_net_726_86_of_769_gives_872_23_and_leaves_50_57():
    books = Paper()
    invoice = books.invoice(line(769, books.tax(20)))
    assert totals(given_back(books, invoice, shape(1, net="726.86")))[0] == "872.23"
    assert totals(given_back(books, invoice))[0] == "50.57"


@pytest.mark.parametrize(
    ("rate", "entry"),
    [
        (None, "Dr sales 1200.00, Dr tax_payable 180.00, Dr tax_payable 30.00, Cr receivable 1410.00"),
        ("0.333333333", "Dr sales 400.00, Dr tax_payable 60.00, Dr tax_payable 10.00, Cr receivable 470.00"),
    ],
)
def test_two_taxes_at_once_are_given_back_each_by_its_rate(rate, entry):
    books = Paper()
    a, b = books.tax(15), books.tax(15)
    other = {"currency": "EUR"} if rate else {}
    invoice = books.invoice(line(1000, a), line(200, a, b), rate=rate, **other)
    note = given_back(books, invoice)
    (written,) = books.entries("credit_note", note.id)
    assert sorted(written.split(", ")) == sorted(entry.split(", "))
    invariants.hold(books)


def test_income_accounts_of_two_lines_share_the_base_amount_by_largest_remainder():
    books = Paper()
    a, b = books.tax(15), books.tax(15)
    invoice = books.invoice(
        line(1000, a, account_id=1025), line(200, a, b, account_id=1026), rate="0.333333333", currency="EUR"
    )
    note = given_back(books, invoice)
    (written,) = books.entries("credit_note", note.id)
    assert sorted(written.split(", ")) == sorted(
        ["Dr sales 333.33", "Dr Sales of Service Income 66.67", "Dr tax_payable 60.00",
         "Dr tax_payable 10.00", "Cr receivable 470.00"]
    )  # fmt: skip


def test_an_invoice_of_500_credited_and_refunded_in_part_leaves_nothing():
    books = Paper()
    invoice = books.invoice(line(500))
    books.paid(invoice, 500)
    note = given_back(books, invoice, shape(gross="333.33"))
    books.refund(note, "333.33", refunded_on="2026-11-22")
    note, invoice = books.get(CreditNote, note.id), books.get(Invoice, invoice.id)
    assert (invoice.due_minor, note.remaining_minor) == (0, 0)


def test_an_invoice_of_25_credited_10_and_refunded_7_leaves_3_to_the_customer():
    books = Paper()
    invoice = books.invoice(line(25))
    books.paid(invoice, 25)
    note = given_back(books, invoice, shape(gross=10))
    books.refund(note, 7, refunded_on="2026-11-22")
    assert books.get(CreditNote, note.id).remaining_minor == 300
    invariants.hold(books)


# Shapes.


@pytest.mark.parametrize(
    ("shapes", "total", "tax"),
    [
        # of an invoice of 3 x 100.00 + 50.00, 20 % on both
        ((),                                                   "420.00", "70.00"),
        ((shape(gross=42),),                                   "42.00",  "7.00"),
        ((shape(1, quantity=1),),                              "120.00", "20.00"),
        ((shape(1, quantity="0.5"),),                          "60.00",  "10.00"),
        ((shape(1, percent=10),),                              "36.00",  "6.00"),
        ((shape(1, net=100), shape(2)),                        "180.00", "30.00"),
        ((shape(2, gross=30),),                                "30.00",  "5.00"),
        ((shape(2, tax_only=True),),                           "10.00",  "10.00"),
        ((shape(tax_only=True),),                              "70.00",  "70.00"),
        ((shape(1, quantity=2), shape(2, percent=50), shape(gross=10)), "280.00", "46.66"),
    ],
)  # fmt: skip
def test_each_shape_gives_back_its_part(shapes, total, tax):
    books = Paper()
    vat = books.tax(20)
    invoice = books.invoice(line(100, vat, quantity=3), line(50, vat))
    assert totals(given_back(books, invoice, *shapes)) == (total, tax)
    invariants.hold(books)


@pytest.mark.parametrize(
    ("shapes", "code"),
    [
        ((shape(gross="420.01"),), "credit_exceeds_invoice"),
        ((shape(gross=0),), "amount_not_positive"),
        ((shape(gross="1.001"),), "amount_too_fine"),
        ((shape(1, quantity="3.1"),), "credit_exceeds_line"),
        ((shape(1, quantity=-1),), "credit_exceeds_line"),
        ((shape(2, net="50.01"),), "credit_exceeds_line"),
        ((shape(2, gross="60.01"),), "credit_exceeds_line"),
        ((shape(2, percent="100.1"),), "credit_exceeds_line"),
        ((shape(2), shape(2, net=1)), "credit_exceeds_line"),
        ((shape(3),), "not_found"),
        ((shape(1, net=1, quantity=1),), "ambiguous_credit_shape"),
        ((shape(net=1),), "ambiguous_credit_shape"),
        ((shape(2, percent=0),), "nothing_to_credit"),
    ],
)
def test_what_cannot_be_credited_is_refused_and_changes_nothing(shapes, code):
    books = Paper()
    vat = books.tax(20)
    invoice = books.invoice(line(100, vat, quantity=3), line(50, vat))
    books.refused(CreditInvoice(invoice_id=invoice.id, shapes=shapes), code)


def test_tax_given_back_first_is_not_given_back_again():
    books = Paper()
    invoice = books.invoice(line(100, books.tax(20)))
    assert totals(given_back(books, invoice, shape(1, tax_only=True))) == ("20.00", "20.00")
    assert totals(given_back(books, invoice, shape(1, net=40))) == ("40.00", "0.00")
    assert totals(given_back(books, invoice)) == ("60.00", "0.00")
    invariants.hold(books)


def test_discount_and_adjustment_after_tax_come_back_in_proportion_and_to_the_cent():
    books = Paper(timing="after_tax")
    vat = books.tax(10)
    invoice = books.invoice(line(1000, vat), line("0.03", vat), discount=percent(10), adjustment="7.77")
    for step in (shape(1, percent="33.3"), shape(gross="100.01"), shape(2), shape()):
        given_back(books, invoice, step)
    after = books.get(Invoice, invoice.id)
    assert after.uncredited_minor == 0
    assert after.discount_credited_minor == after.discount_minor
    assert after.adjustment_credited_minor == after.adjustment_minor
    invariants.hold(books)


amounts = st.decimals(min_value="0.01", max_value="150", places=2)
SHAPES = st.one_of(
    st.builds(lambda a: shape(gross=a), amounts),
    st.builds(lambda p, a: shape(p, net=a), st.integers(1, 4), amounts),
    st.builds(lambda p, a: shape(p, gross=a), st.integers(1, 4), amounts),
    st.builds(lambda p, a: shape(p, quantity=a), st.integers(1, 4), amounts),
    st.builds(lambda p, a: shape(p, percent=a), st.integers(1, 4), st.integers(1, 100)),
    st.builds(lambda p: shape(p, tax_only=True), st.integers(1, 4)),
    st.builds(shape, st.integers(1, 4)),
)


REFUSALS = {"credit_exceeds_invoice", "credit_exceeds_line", "nothing_to_credit", "not_found"}


@settings(max_examples=60)
@given(
    prices=st.lists(st.tuples(amounts, st.integers(1, 3)), min_size=1, max_size=4),
    timing=st.sampled_from(["before_tax", "after_tax"]),
    inclusive=st.booleans(),
    adjustment=st.decimals(min_value="0", max_value="5", places=2),
    discount=st.one_of(st.integers(0, 100).map(percent), st.just(off("0.01"))),
    steps=st.lists(SHAPES, max_size=8),
    voided=st.sets(st.integers(0, 7), max_size=3),
)
def test_whatever_the_order_and_shape_of_credits_the_last_leaves_nothing(
    prices, timing, inclusive, adjustment, discount, steps, voided
):
    books = Paper(timing=timing)
    a, b, c = books.tax(20), books.tax("7.125"), books.tax(5, compound=True)
    lines = [
        line(price, *taxes, quantity=quantity)
        for (price, quantity), taxes in zip(prices, itertools.cycle([(a,), (a, b), (), (b, c)]), strict=False)
    ]
    invoice = books.invoice(*lines, inclusive=inclusive, discount=discount, adjustment=adjustment)
    if invoice.total_minor:  # What is paid is not allocated, so that notes can be voided.
        books.paid(invoice, money(invoice.total_minor, "USD"))
    notes, refusals = [], set()
    for step in steps:
        try:
            notes.append(given_back(books, invoice, step))
        except Refusal as refusal:
            refusals.add(refusal.code)
    assert refusals <= REFUSALS
    for i in sorted(voided):
        if i < len(notes):
            books.ask(DeleteCreditNote(credit_note_id=notes[i].id))
    invariants.hold(books)
    if books.get(Invoice, invoice.id).uncredited_minor:
        given_back(books, invoice)
    after = books.get(Invoice, invoice.id)
    assert after.uncredited_minor == 0
    invariants.hold(books)


# Drafts, previews, voids.


def test_a_draft_holds_nothing_and_is_worked_out_anew_when_issued(ledger):
    books = ledger
    invoice = books.invoice(line(100, books.tax(20)))
    draft = given_back(books, invoice, shape(1, net=60), command=DraftInvoiceCredit, kind="credit")
    assert (draft.state, draft.number, draft.total_minor) == ("draft", "", 7200)
    assert books.get(Invoice, invoice.id).credited_minor == 0
    draft = books.ask(
        ShapeInvoiceCredit(credit_note_id=draft.id, invoice_id=invoice.id, shapes=(shape(1, net=50),))
    )
    assert draft.total_minor == 6000
    given_back(books, invoice, shape(1, net=60))
    books.refused(IssueCreditNote(credit_note_id=draft.id), "credit_exceeds_line")
    books.ask(ShapeInvoiceCredit(credit_note_id=draft.id, invoice_id=invoice.id, shapes=(shape(1, net=40),)))
    note = books.ask(IssueCreditNote(credit_note_id=draft.id))
    assert (note.state, note.number, note.total_minor) == ("issued", "CN-00002", 4800)
    invariants.hold(books)


def test_a_draft_refund_pays_back_when_it_is_issued(ledger):
    books = ledger
    invoice = books.invoice(line(100))
    books.refused(DraftInvoiceCredit(invoice_id=invoice.id, kind="refund"), "invoice_not_paid")
    books.paid(invoice, 100)
    draft = given_back(books, invoice, shape(gross=30), command=DraftInvoiceCredit, kind="refund")
    note = books.ask(IssueCreditNote(credit_note_id=draft.id))
    assert (note.kind, note.refunded_minor, note.remaining_minor) == ("refund", 3000, 0)
    invariants.hold(books)


def test_a_preview_is_the_very_entry_that_issuing_posts_and_writes_nothing(ledger):
    books = ledger
    vat = books.tax(20)
    invoice = books.invoice(line(100, vat), line(50, vat))
    books.paid(invoice, 180)
    asked = RefundInvoice(invoice_id=invoice.id, amount=Decimal("77.77"))
    before = books.books()
    seen = books.ask(Preview(command=asked))
    assert books.books() == before
    note = books.ask(asked)
    assert (seen.answer.total_minor, seen.answer.tax_minor) == (note.total_minor, note.tax_minor)
    sides = [
        [(x.account_id, x.base_debit_minor, x.base_credit_minor) for x in lines] for _, lines in seen.entries
    ]
    for (entry, _), expected in zip(seen.entries, sides, strict=True):
        written = [x for x in books.rows(JournalLine) if x.entry_id == entry.id]
        assert [(x.account_id, x.base_debit_minor, x.base_credit_minor) for x in written] == expected


def test_a_voided_credit_can_be_given_again(ledger):
    books = ledger
    invoice = books.invoice(line(100, books.tax(20)))
    books.paid(invoice, 120)
    note = given_back(books, invoice, shape(gross=50))
    books.ask(DeleteCreditNote(credit_note_id=note.id))
    assert books.get(Invoice, invoice.id).credited_minor == 0
    assert given_back(books, invoice).total_minor == 12000
    invariants.hold(books)


def test_a_write_off_of_part_to_a_chosen_account_and_its_cancelling(ledger):
    books = ledger
    invoice = books.invoice(line(1000, books.tax(20)))
    books.paid(invoice, 200)
    note = given_back(books, invoice, shape(gross=400), command=WriteOffInvoice, account_id=1024)
    (entry,) = books.entries("credit_note", note.id)
    assert entry.startswith("Cr receivable 400.00") or "Cr receivable 400.00" in entry
    assert "Dr Depreciation Expense 333.33" in entry
    assert "Dr tax_payable 66.67" in entry
    books.refused(
        WriteOffInvoice(invoice_id=invoice.id, shapes=(shape(gross="600.01"),)), "write_off_exceeds_due"
    )
    due = books.ask(CancelWriteOff(invoice_id=invoice.id))
    assert due.due_minor == 100_000
    books.refused(CancelWriteOff(invoice_id=invoice.id), "invoice_not_written_off")
    invariants.hold(books)


# Invoices.


def test_a_draft_is_edited_issued_voided_and_reissued(ledger):
    books = ledger
    vat = books.tax(20)
    draft = books.invoice(line(10, vat), line(20, vat), line(30), issue=False)
    edited = books.ask(
        EditInvoice(
            invoice_id=draft.id,
            customer_id=1,
            issued_on="2026-11-03",
            wording=Wording((line(15, vat), line(5))),
        )
    )
    assert (edited.id, edited.uuid, edited.total_minor) == (draft.id, draft.uuid, 2300)
    assert edited.due_on == "2026-12-03"
    invoice = books.ask(IssueInvoice(invoice_id=draft.id))
    books.refused(
        EditInvoice(invoice_id=draft.id, customer_id=1, issued_on="2026-11-03", wording=Wording((line(1),))),
        "invoice_not_draft",
    )
    books.ask(VoidInvoice(invoice_id=invoice.id))
    assert books.trial_balance() == {}
    books.refused(VoidInvoice(invoice_id=invoice.id), "not_found")
    again = books.ask(ReissueInvoice(invoice_id=invoice.id))
    assert (again.state, again.number, again.reissues_id) == ("draft", "", invoice.id)
    again = books.ask(IssueInvoice(invoice_id=again.id))
    assert (again.number, again.total_minor, again.due_on) == ("INV-00002", 2300, "2026-12-22")
    invariants.hold(books)


def test_a_draft_whose_account_was_closed_meanwhile_is_not_issued(ledger):
    draft = ledger.invoice(line(10, account_id=1028), issue=False)
    ledger.ask(InactivateAccount(account_id=1028))
    ledger.refused(IssueInvoice(invoice_id=draft.id), "not_an_income_account")


def test_an_invoice_that_something_happened_to_is_not_voided(ledger):
    books = ledger
    paid, credited = books.invoice(line(10)), books.invoice(line(10))
    books.paid(paid, 4)
    note = given_back(books, credited, shape(gross=3))
    books.refused(VoidInvoice(invoice_id=paid.id), "invoice_has_payments")
    books.refused(VoidInvoice(invoice_id=credited.id), "invoice_has_payments")
    assert note.allocated_minor == 300
    books.refused(ReissueInvoice(invoice_id=paid.id), "invoice_not_voided")
