"""Cash goes back towards the payments that it came from: which, how much, on what day and in whose words."""

from decimal import Decimal

import pytest

from avoir.app.approvals import SetApprovalPolicy
from avoir.app.disputes import OpenDispute
from avoir.app.invoice_credits import CreditInvoice
from avoir.app.payments import AllocatePayment, DeallocatePayment
from avoir.app.refunds import RefundInvoice, ReopenInvoice
from avoir.core.allocation import Allocation
from avoir.core.credit import Shape
from avoir.core.invoice import Invoice
from avoir.core.journal import JournalEntry
from avoir.core.payment import Payment
from avoir.core.receiving import Portion
from avoir.core.refund import Refund
from tests.invariants import hold
from tests.ledger import Paper, line


@pytest.fixture
def paper() -> Paper:
    return Paper()


def towards(paper: Paper) -> list[tuple[int, int]]:
    """Which payment each refund is towards, and how much."""
    payments = {x.id: x.payment_id for x in paper.rows(Allocation)}
    return [(payments[x.allocation_id], x.amount_minor) for x in paper.rows(Refund)]


def test_it_goes_back_today_unless_something_of_it_is_later(paper):
    early = paper.invoice(line(10))
    paper.paid(early, 10)
    assert paper.ask(RefundInvoice(invoice_id=early.id)).issued_on == "2026-11-22"
    late = paper.invoice(line(10), issued_on="2026-12-03", due_on="2026-12-04")
    payment = paper.paid(None, 10)
    paper.ask(AllocatePayment(payment_id=payment.id, portions=(Portion(late.id),), allocated_on="2026-12-03"))
    assert paper.ask(RefundInvoice(invoice_id=late.id)).issued_on == "2026-12-03"
    hold(paper)


def test_what_a_bank_holds_of_a_payment_does_not_go_back_by_it(paper):
    invoice = paper.invoice(line(100))
    first = paper.paid(invoice, 60, on="2026-11-02")
    second = paper.paid(invoice, 40, on="2026-11-03")
    paper.ask(OpenDispute(payment_id=second.id, amount=Decimal(30)))
    paper.ask(RefundInvoice(invoice_id=invoice.id, amount=Decimal(50)))
    assert towards(paper) == [(second.id, 1_000), (first.id, 4_000)]
    hold(paper)


def test_of_one_day_the_later_payment_is_the_newer_whichever_was_set_off_first(paper):
    invoice = paper.invoice(line(20))
    on_account = paper.paid(None, 10)
    direct = paper.paid(invoice, 10)
    paper.ask(AllocatePayment(payment_id=on_account.id, portions=(Portion(invoice.id),)))
    paper.ask(RefundInvoice(invoice_id=invoice.id, amount=Decimal(5)))
    assert towards(paper) == [(direct.id, 500)]


def test_a_refund_says_of_which_note_it_is(paper):
    invoice = paper.invoice(line(10))
    paper.paid(invoice, 10)
    note = paper.ask(RefundInvoice(invoice_id=invoice.id))
    assert [x.reference for x in paper.rows(Refund)] == [note.number]
    other = paper.invoice(line(10))
    paper.paid(other, 10)
    (refund,) = paper.ask(ReopenInvoice(invoice_id=other.id))
    assert refund.reference == other.number


@pytest.mark.parametrize(("threshold", "waiting"), [(120, True), (121, False)])
def test_the_parts_of_one_refund_are_approved_by_what_they_come_to_together(paper, threshold, waiting):
    paper.ask(SetApprovalPolicy(threshold=Decimal(threshold), window_days=0))
    invoice = paper.invoice(line(120))
    for on in ("2026-11-02", "2026-11-03", "2026-11-04"):
        paper.paid(invoice, 40, on=on)
    paper.ask(RefundInvoice(invoice_id=invoice.id))
    assert ("awaiting_approval" in {x.state for x in paper.rows(Refund)}) is waiting
    hold(paper)


def test_half_a_payment_taken_back_leaves_the_other_half_as_it_was():
    paper = Paper(currency="EUR")
    customer = paper.customer("USD")
    invoice = paper.invoice(line(100), customer_id=customer, rate=Decimal("0.9"))
    paper.paid(invoice, 100, rate=Decimal("0.95"))
    (whole,) = paper.rows(Allocation)
    paper.ask(ReopenInvoice(invoice_id=invoice.id, amount=Decimal(40)))
    kept, taken = paper.rows(Allocation)
    assert (kept.amount_minor, kept.deallocated_on) == (6_000, "")
    assert (kept.base_source_minor, kept.base_invoice_minor) == (5_700, 5_400)
    assert (taken.amount_minor, taken.returned_minor, taken.disputed_minor) == (4_000, 0, 0)
    assert (taken.base_source_minor, taken.base_invoice_minor) == (3_800, 3_600)
    assert kept.entry_id not in (None, whole.entry_id), "the difference of what stays has its own entry"
    (entry,) = [x for x in paper.rows(JournalEntry) if x.id == kept.entry_id]
    assert entry.reverses_id is None
    hold(paper)


def test_what_was_paid_back_of_a_part_stays_with_what_is_kept(paper):
    invoice = paper.invoice(line(100))
    payment = paper.paid(invoice, 100)
    paper.ask(RefundInvoice(invoice_id=invoice.id, amount=Decimal(30)))
    paper.ask(ReopenInvoice(invoice_id=invoice.id, amount=Decimal(50)))
    paper.refused(ReopenInvoice(invoice_id=invoice.id, amount=Decimal(21)), "refund_exceeds_invoice")
    kept, taken = paper.rows(Allocation)
    assert (kept.amount_minor, kept.returned_minor) == (5_000, 3_000)
    assert (taken.amount_minor, taken.returned_minor) == (5_000, 0)
    assert paper.get(Payment, payment.id).allocated_minor == 5_000
    assert paper.get(Invoice, invoice.id).due_minor == 5_000
    hold(paper)


def test_a_payment_of_which_something_was_given_back_stays_where_it_is(paper):
    invoice = paper.invoice(line(100))
    paper.paid(invoice, 60, on="2026-11-02")
    second = paper.paid(invoice, 40, on="2026-11-03")
    paper.ask(RefundInvoice(invoice_id=invoice.id, amount=Decimal(10)))
    off = DeallocatePayment(payment_id=second.id, invoice_ids=(invoice.id,))
    paper.refused(off, "cash_returned")
    paper.ask(OpenDispute(payment_id=second.id, amount=Decimal(10)))
    paper.refused(off, "cash_returned")


def test_what_was_given_back_of_no_payment_in_particular_holds_as_much_of_all_of_them(paper):
    invoice = paper.invoice(line(100))
    first = paper.paid(invoice, 60, on="2026-11-02")
    second = paper.paid(invoice, 40, on="2026-11-03")
    note = paper.ask(CreditInvoice(invoice_id=invoice.id, shapes=(Shape(gross=Decimal(40)),)))
    paper.refund(note, 40, refunded_on="2026-11-22")
    paper.ask(OpenDispute(payment_id=first.id, amount=Decimal(30)))
    paper.refused(DeallocatePayment(payment_id=second.id, invoice_ids=(invoice.id,)), "cash_returned")
    hold(paper)
