"""What each event writes into the journal, to the cent, on both databases (design.md, 6; rest.md, 3.6)."""

from decimal import Decimal

import pytest

from avoir.app.allocations import DeallocateCreditNote
from avoir.app.credit_notes import DeleteCreditNote
from avoir.app.invoice_credits import CreditInvoice, WriteOffInvoice
from avoir.app.invoices import VoidInvoice
from avoir.app.refunds import RefundCreditNote, RefundInvoice, ReverseRefund
from avoir.app.settings import ChangeSettings
from avoir.core.allocation import Allocation
from avoir.core.credit_note import CreditNote
from avoir.core.invoice import Invoice
from avoir.core.journal import JournalEntry, JournalLine
from tests.invariants import hold
from tests.ledger import SALES_OF_SERVICE, Ledger, Paper, line, off, percent

SERVICE = {"account_id": SALES_OF_SERVICE}


@pytest.fixture
def shop(url):
    """A company as contract B's clients expect it: the document discount is taken after tax."""
    ledger = Ledger(url, timing="after_tax")
    ledger.tax(10)
    ledger.customer("EUR")
    yield ledger
    ledger.close()


# Contract B's own table of expected postings; its tax is 10 %, with the id 1.
CONTRACT = [
    # lines, and what is said of the document
    #     entry
    ([line(1000, **SERVICE)], {"discount": percent(10)},
        "Dr receivable 900.00, Cr income 1000.00, Dr discount 100.00"),
    ([line(1000, quantity=2, discount=percent(10), **SERVICE)], {},
        "Dr receivable 1800.00, Cr income 1800.00"),
    ([line(1000, quantity=2, discount=percent(10), **SERVICE)], {"discount": percent(10)},
        "Dr receivable 1620.00, Cr income 1800.00, Dr discount 180.00"),
    ([line(1000, 1, **SERVICE)], {"discount": percent(10)},
        "Dr receivable 1000.00, Cr income 1000.00, Cr tax_payable 100.00, Dr discount 100.00"),
    ([line(1000, 1, **SERVICE)], {"discount": percent(10), "inclusive": True},
        "Dr receivable 900.00, Cr income 909.09, Cr tax_payable 90.91, Dr discount 100.00"),
    ([line(1000, **SERVICE)], {"discount": percent(10), "adjustment": 50},
        "Dr receivable 950.00, Cr income 1000.00, Cr other_charges 50.00, Dr discount 100.00"),
    ([line(1000, **SERVICE)], {"adjustment": -50},
        "Dr receivable 950.00, Cr income 1000.00, Dr other_charges 50.00"),
    ([line(1000, 1, **SERVICE)], {"discount": percent(10), "customer_id": 2, "rate": "1.2"},
        "Dr receivable 1200.00, Cr income 1200.00, Cr tax_payable 120.00, Dr discount 120.00"),
]  # fmt: skip


def sides(entry: str) -> list[str]:
    return sorted(entry.replace("Sales of Service Income", "income").split(", "))


def turned(entry: str) -> list[str]:
    """The sides of an entry, turned round."""
    turn = {"Dr": "Cr", "Cr": "Dr"}
    return sorted(turn[side[:2]] + side[2:] for side in sides(entry))


@pytest.mark.parametrize(("lines", "said", "entry"), CONTRACT)
def test_an_invoice_is_posted_as_contract_b_expects_it_and_a_credit_note_the_other_way_round(
    shop, lines, said, entry
):
    invoice = shop.invoice(*lines, **said)
    (posted,) = shop.entries("invoice", invoice.id)
    assert sides(posted) == sides(entry)
    note = shop.credit_note(*lines, **said)
    (posted,) = shop.entries("credit_note", note.id)
    assert sides(posted) == turned(entry)
    assert shop.trial_balance() == {}
    hold(shop)


def test_a_payment_is_posted_to_its_deposit_account(shop):
    payment = shop.paid(shop.invoice(line(1000)), 1000)
    assert shop.entries("payment", payment.id) == ["Dr Bank Account 1000.00, Cr receivable 1000.00"]


def test_a_note_with_a_discount_of_an_amount(shop):
    note = shop.credit_note(line(1000, **SERVICE), discount=off(100))
    assert [sides(entry) for entry in shop.entries("credit_note", note.id)] == [
        sides("Cr receivable 900.00, Dr income 1000.00, Cr discount 100.00")
    ]


def test_a_refund_comes_out_of_its_account_and_its_reversal_goes_back_in(ledger):
    note = ledger.credit_note(line("50.00"))
    refund = ledger.refund(note, "20.00", account_id=1001)
    out = "Dr receivable 20.00, Cr Saving Bank Account 20.00"
    assert ledger.entries("refund", refund.id) == [out]
    before = ledger.get(CreditNote, note.id)
    ledger.ask(ReverseRefund(refund_id=refund.id))
    assert [sides(entry) for entry in ledger.entries("refund", refund.id)] == [sides(out), turned(out)]
    first, second = [x for x in ledger.rows(JournalEntry) if x.source_kind == "refund"]
    assert (second.reverses_id, second.booked_on) == (first.id, first.booked_on)
    after = ledger.get(CreditNote, note.id)
    assert (before.remaining_minor, after.remaining_minor) == (3000, 5000)
    ledger.refused(ReverseRefund(refund_id=refund.id), "refund_already_reversed")
    assert ledger.refund(note, "50.00").number == "RF-00002"
    hold(ledger)


def test_a_voided_note_leaves_nothing_but_its_two_entries(ledger):
    note = ledger.credit_note(line("50.00", ledger.tax(20)))
    ledger.ask(DeleteCreditNote(credit_note_id=note.id))
    assert ledger.trial_balance() == {}
    first, second = ledger.entries("credit_note", note.id)
    assert turned(first) == sides(second)
    ledger.refused(DeleteCreditNote(credit_note_id=note.id), "not_found")
    hold(ledger)


def test_a_deleted_draft_never_was_in_the_books(ledger):
    draft = ledger.credit_note(line("50.00"), issue=False)
    ledger.ask(DeleteCreditNote(credit_note_id=draft.id))
    assert ledger.rows(JournalLine) == []
    ledger.refused(DeleteCreditNote(credit_note_id=draft.id), "not_found")
    hold(ledger)


def test_a_voided_invoice_is_mirrored(ledger):
    invoice = ledger.invoice(line("50.00", ledger.tax(20)))
    ledger.ask(VoidInvoice(invoice_id=invoice.id))
    first, second = ledger.entries("invoice", invoice.id)
    assert turned(first) == sides(second)
    assert ledger.trial_balance() == {}
    hold(ledger)


@pytest.mark.parametrize(
    ("reclaims", "entry"),
    [
        (True, "Cr receivable 60.00, Dr bad_debt 50.00, Dr tax_payable 10.00"),
        (False, "Cr receivable 60.00, Dr bad_debt 60.00"),
    ],
)
def test_a_write_off_is_bad_debt_with_or_without_relief_from_tax(ledger, reclaims, entry):
    ledger.ask(ChangeSettings(write_off_tax=reclaims))
    invoice = ledger.invoice(line("100.00", ledger.tax(20)))
    ledger.paid(invoice, "60.00")
    note = ledger.ask(WriteOffInvoice(invoice_id=invoice.id))
    assert ledger.entries("credit_note", note.id) == [entry]
    after = ledger.get(Invoice, invoice.id)
    assert (after.due_minor, after.written_off_minor) == (0, 6000)
    assert "receivable" not in ledger.trial_balance()
    hold(ledger)


def test_an_allocation_posts_nothing_where_there_is_no_difference_and_is_taken_back_exactly(ledger):
    invoice, other = ledger.invoice(line("100.00")), ledger.invoice(line("30.00"))
    note = ledger.credit_note(line("80.00"))
    before = ledger.books()
    one, two = ledger.allocate(note, (other, "30.00"), (invoice, "50.00"))
    assert len(ledger.rows(JournalEntry)) == len(before["journal_entries"])
    assert ledger.get(Invoice, other.id).due_minor == 0
    assert ledger.get(CreditNote, note.id).remaining_minor == 0
    for allocation in (two, one):
        ledger.ask(DeallocateCreditNote(allocation_id=allocation.id))
    unmoved = {"updated_at"}
    for table in ("invoices", "credit_notes", "journal_entries", "balances"):
        assert strip(ledger.books()[table], unmoved) == strip(before[table], unmoved)
    ledger.refused(DeallocateCreditNote(allocation_id=one.id), "allocation_gone")
    hold(ledger)


def strip(rows, names) -> list[dict]:
    return [{f: getattr(row, f) for f in row.__struct_fields__ if f not in names} for row in rows]


# Foreign currency. (rate at settlement, what is realised, how it is posted)
DIFFERENCES = [
    ("75.90", "Cr receivable 4.10, Dr exchange_difference 4.10"),
    ("83.10", "Dr receivable 3.10, Cr exchange_difference 3.10"),
    ("80.01", "Dr receivable 0.01, Cr exchange_difference 0.01"),
    ("80", None),
]


@pytest.mark.parametrize(("rate", "entry"), DIFFERENCES)
def test_a_foreign_invoice_settled_at_another_rate_realises_the_difference_once(url, rate, entry):
    books = Ledger(url, currency="INR")
    customer = books.customer("USD")
    invoice = books.invoice(line(1), customer_id=customer, rate=80)
    payment = books.paid(invoice, 1, rate=rate)
    _, *difference = books.entries("payment", payment.id)
    assert difference == ([entry] if entry else [])
    after = books.get(Invoice, invoice.id)
    assert (after.due_minor, after.base_due_minor) == (0, 0)
    assert "receivable" not in books.trial_balance()
    hold(books)
    books.close()


@pytest.mark.parametrize(("rate", "entry"), DIFFERENCES)
def test_a_difference_of_a_credit_is_undone_with_its_allocation(url, rate, entry):
    books = Ledger(url, currency="INR")
    customer = books.customer("USD")
    invoice = books.invoice(line(1), customer_id=customer, rate=80)
    note = books.credit_note(line(1), customer_id=customer, rate=rate)
    (allocation,) = books.allocate(note, (invoice, 1))
    _, *difference = books.entries("credit_note", note.id)
    assert difference == ([entry] if entry else [])
    assert "receivable" not in books.trial_balance()
    books.ask(DeallocateCreditNote(allocation_id=allocation.id))
    after = books.get(Invoice, invoice.id)
    assert (after.due_minor, after.base_due_minor) == (100, 8000)
    assert "exchange_difference" not in books.trial_balance()
    hold(books)
    books.close()


@pytest.mark.parametrize(
    ("rate", "entry"),
    [
        ("1.3", "Dr receivable 48.00, Cr Bank Account 52.00, Dr exchange_difference 4.00"),
        ("1.1", "Dr receivable 48.00, Cr Bank Account 44.00, Cr exchange_difference 4.00"),
        ("1.2", "Dr receivable 48.00, Cr Bank Account 48.00"),
    ],
)
def test_a_refund_of_a_foreign_note_realises_its_difference(shop, rate, entry):
    note = shop.credit_note(line(100), customer_id=2, rate="1.2")
    refund = shop.refund(note, 40, rate=rate)
    assert [sides(x) for x in shop.entries("refund", refund.id)] == [sides(entry)]
    assert shop.entries("refund", refund.id, foreign=True)[0].startswith(
        "Dr receivable 40.00, Cr Bank Account 40.00"
    )
    shop.ask(ReverseRefund(refund_id=refund.id))
    assert "exchange_difference" not in shop.trial_balance()
    hold(shop)


def test_the_last_refund_takes_the_exact_rest_of_the_base_amount(shop):
    note = shop.credit_note(line(1), customer_id=2, rate="0.333333333")
    for _ in range(3):
        shop.refund(note, "0.33", rate="0.333333333")
    shop.refund(note, "0.01", rate="0.333333333")
    after = shop.get(CreditNote, note.id)
    assert (after.remaining_minor, after.base_open_minor) == (0, 0)
    assert "receivable" not in shop.trial_balance()
    hold(shop)


def test_open_items_are_matched_in_proportion():
    """60 base, 120 foreign against 80, 240: 40 of 120 are consumed, 20 are lost; and the other way round."""
    for owed, owing, entry, left in (
        ("0.5", "0.333333333", "Cr receivable 20.00, Dr exchange_difference 20.00", 4000),
        ("0.333333333", "0.5", "Dr receivable 20.00, Cr exchange_difference 20.00", 6000),
    ):
        books = Paper()
        customer = books.customer("EUR")
        invoice = books.invoice(line(120), customer_id=customer, rate=owed)
        note = books.credit_note(line(240), customer_id=customer, rate=owing)
        books.allocate(note, (invoice, 120))
        assert books.entries("credit_note", note.id)[1:] == [entry]
        invoice, note = books.get(Invoice, invoice.id), books.get(CreditNote, note.id)
        assert (invoice.due_minor, invoice.base_due_minor) == (0, 0)
        assert (note.remaining_minor, note.base_open_minor) == (12000, left)
        hold(books)


# `invoiceRefund`: the cash goes back as it came.


def test_a_whole_invoice_is_given_back_newest_payment_first(ledger):
    invoice = ledger.invoice(line("100.00", ledger.tax(20)))
    old = ledger.paid(invoice, "50.00", on="2026-11-02")
    new = ledger.paid(invoice, "70.00", account=1001, on="2026-11-03")
    part = ledger.ask(RefundInvoice(invoice_id=invoice.id, amount=Decimal("80.00")))
    assert ledger.entries("credit_note", part.id) == [
        "Cr receivable 80.00, Dr sales 66.67, Dr tax_payable 13.33"
    ]
    assert [ledger.entries("refund", id) for id in (1, 2)] == [
        ["Dr receivable 70.00, Cr Saving Bank Account 70.00"],
        ["Dr receivable 10.00, Cr Bank Account 10.00"],
    ]
    of_payment = {x.payment_id: x.returned_minor for x in ledger.rows(Allocation)}
    assert of_payment == {old.id: 1000, new.id: 7000}
    rest = ledger.ask(RefundInvoice(invoice_id=invoice.id))
    assert rest.total_minor == 4000
    assert ledger.trial_balance() == {}
    ledger.refused(RefundInvoice(invoice_id=invoice.id), "nothing_to_refund")
    hold(ledger)


def test_cash_back_shares_one_budget_with_credits_and_never_exceeds_what_came_in(ledger):
    invoice = ledger.invoice(line("100.00"))
    ledger.paid(invoice, "60.00")
    note = ledger.ask(CreditInvoice(invoice_id=invoice.id))
    # 40.00 of the credit served what was still owed; the 60.00 that were paid are the customer's.
    assert (note.allocated_minor, note.remaining_minor) == (4000, 6000)
    ledger.refused(RefundInvoice(invoice_id=invoice.id), "nothing_to_refund")
    ledger.refund(note, "60.00", refunded_on="2026-11-22")
    assert ledger.get(Invoice, invoice.id).returned_minor == 6000
    # The part that gave up a claim is taken back, and is a claim again; but no cash ever came in for it.
    (allocation,) = [x for x in ledger.rows(Allocation) if x.credit_note_id == note.id]
    ledger.ask(DeallocateCreditNote(allocation_id=allocation.id))
    ledger.refused(
        RefundCreditNote(
            credit_note_id=note.id, account_id=1000, amount=Decimal(1), refunded_on="2026-11-22"
        ),
        "refund_exceeds_cash_received",
    )
    hold(ledger)


def test_a_payment_at_another_rate_goes_back_at_the_rate_it_came_in_at(shop):
    invoice = shop.invoice(line(100), customer_id=2, rate="1.2")
    shop.paid(invoice, 100, rate="1.3")
    shop.ask(RefundInvoice(invoice_id=invoice.id))
    # What came in went out: the bank is even. The gain that was realised coming in is given back going out.
    assert shop.trial_balance() == {}
    hold(shop)
