"""Payments: received, set against invoices, taken off again; what is left is the customer's."""

from decimal import Decimal

import pytest

from avoir.app.allocations import AllocateCreditNote, Share
from avoir.app.disputes import OpenDispute
from avoir.app.invoice_credits import WriteOffInvoice
from avoir.app.invoices import VoidInvoice
from avoir.app.payments import (
    MOST_PORTIONS,
    AllocatePayment,
    DeallocatePayment,
    KeepPayment,
    Portion,
    ReceivePayment,
)
from avoir.app.reads.open_invoices import open_invoices
from avoir.app.reads.query import Query
from avoir.app.refunds import RefundInvoice, RefundPayment
from avoir.core.allocation import Allocation
from avoir.core.command import fingerprint
from avoir.core.invoice import Invoice
from avoir.core.payment import Payment
from tests.invariants import hold
from tests.ledger import BANK, SAVINGS, Ledger, Paper, line, money


@pytest.fixture
def paper() -> Paper:
    return Paper()


def portion(invoice: Invoice, amount=None) -> Portion:
    return Portion(invoice.id, None if amount is None else Decimal(amount))


def allocate(payment: Payment, *portions: Portion, **other) -> AllocatePayment:
    return AllocatePayment(payment_id=payment.id, portions=portions, **other)


def due(company, *invoices: Invoice) -> list[str]:
    return [money(company.get(Invoice, x.id).due_minor, x.currency) for x in invoices]


def left(company, payment: Payment) -> str:
    return money(company.get(Payment, payment.id).unapplied_minor, payment.currency)


# Received.


def test_what_is_paid_too_much_stays_the_customers(paper):
    invoice = paper.invoice(line(100))
    payment = paper.paid(invoice, 100, over=20)
    assert (due(paper, invoice), left(paper, payment)) == (["0.00"], "20.00")
    assert paper.trial_balance()["receivable"] == "-20.00"
    hold(paper)


def test_a_payment_serves_its_invoices_in_the_order_given_until_it_is_used_up(paper):
    first, second, third = (paper.invoice(line(50)) for _ in range(3))
    paper.ask(ReceivePayment(
        customer_id=1, account_id=BANK, received_on="2026-11-05", amount=Decimal(70),
        portions=(portion(second), portion(first), portion(third)),
    ))  # fmt: skip
    assert due(paper, first, second, third) == ["30.00", "0.00", "50.00"]
    hold(paper)


def test_an_allocation_is_not_dated_before_its_invoice(paper):
    invoice = paper.invoice(line(50), issued_on="2026-11-20")
    paper.paid(invoice, 50, on="2026-11-02")
    (allocation,) = paper.rows(Allocation)
    assert allocation.allocated_on == "2026-11-20"


RECEIVED = [
    ({"account_id": 999}, "not_found"),
    ({"account_id": 1025}, "account_not_for_money"),
    ({"received_on": "2026-02-30"}, "invalid_date"),
    ({"rail": "acme"}, "unknown_rail"),
    ({"amount": Decimal("10.001")}, "amount_too_fine"),
    ({"amount": Decimal(0)}, "amount_not_positive"),
    ({"amount": None}, "amount_required"),
    ({"portions": (Portion(1, Decimal(-1)),)}, "amount_not_positive"),
    ({"portions": (Portion(1, Decimal(11)),)}, "allocation_exceeds_payment"),
    ({"portions": (Portion(99, Decimal(1)),)}, "not_found"),
    ({"portions": (Portion(2, Decimal(6)),)}, "allocation_exceeds_due"),
]


@pytest.mark.parametrize(("said", "code"), RECEIVED)
def test_a_payment_is_refused_and_changes_nothing(paper, said, code):
    paper.invoice(line(50))
    paper.invoice(line(5))
    asked = {
        "customer_id": 1, "account_id": BANK, "received_on": "2026-11-05", "amount": Decimal(10),
        "portions": (Portion(1),),
    }  # fmt: skip
    paper.refused(ReceivePayment(**asked | said), code)


# Allocated.


def test_a_payment_on_account_is_set_off_later(paper):
    payment, invoice = paper.paid(None, 100), paper.invoice(line(80))
    (made,) = paper.ask(allocate(payment, portion(invoice, 30)))
    assert (made.allocated_on, made.amount_minor) == ("2026-11-22", 3000)
    (rest,) = paper.ask(allocate(payment, portion(invoice)))
    assert rest.amount_minor == 5000
    assert (due(paper, invoice), left(paper, payment)) == (["0.00"], "20.00")
    assert paper.entries("payment", payment.id) == ["Dr Bank Account 100.00, Cr receivable 100.00"]
    hold(paper)


def test_what_has_nothing_due_is_passed_over_when_no_amount_is_said(paper):
    paid, open_ = paper.invoice(line(10)), paper.invoice(line(10))
    paper.paid(paid, 10)
    payment = paper.paid(None, 15)
    (made,) = paper.ask(allocate(payment, portion(paid), portion(open_)))
    assert made.invoice_id == open_.id


def test_the_oldest_due_comes_first(url):
    ledger = Ledger(url)
    late = ledger.invoice(line(40), due_on="2026-12-10")
    early = ledger.invoice(line(40), due_on="2026-12-01")
    same_day = ledger.invoice(line(40), due_on="2026-12-10")
    ledger.invoice(line(40), issue=False)
    paid = ledger.invoice(line(40), due_on="2026-11-02")
    ledger.paid(paid, 40)
    ledger.customer()
    ledger.invoice(line(40), customer_id=2)
    payment = ledger.paid(None, 100)
    query = Query(ledger.database, ledger.organization_id)
    among = open_invoices(query, 1, "USD")
    assert among == [early.id, late.id, same_day.id]
    assert open_invoices(query, 1, "USD", 1) == [early.id]
    assert open_invoices(query, 1, "EUR") == []
    made = ledger.ask(allocate(payment, oldest_due_first=True, among=tuple(reversed(among))))
    assert [(x.invoice_id, x.amount_minor) for x in made] == [
        (early.id, 4000), (late.id, 4000), (same_day.id, 2000)
    ]  # fmt: skip
    hold(ledger)
    ledger.close()


def test_what_is_no_longer_open_is_passed_over(paper):
    paper.customer()
    void, written_off, open_ = (paper.invoice(line(40)) for _ in range(3))
    others = paper.invoice(line(40), customer_id=2)
    paper.ask(VoidInvoice(invoice_id=void.id))
    paper.ask(WriteOffInvoice(invoice_id=written_off.id))
    payment = paper.paid(None, 100)
    among = (void.id, 99, others.id, written_off.id, open_.id, open_.id)
    made = paper.ask(allocate(payment, oldest_due_first=True, among=among))
    assert [x.invoice_id for x in made] == [open_.id]
    assert paper.ask(allocate(payment, oldest_due_first=True, among=among)) == []
    hold(paper)


def test_who_asks_again_is_answered_the_same_though_other_invoices_are_open_by_then(paper):
    payment, invoice = paper.paid(None, 100), paper.invoice(line(40))
    asked = allocate(payment, oldest_due_first=True, among=(invoice.id,))
    again = allocate(payment, oldest_due_first=True)
    assert fingerprint(asked) == fingerprint(again) != fingerprint(allocate(payment))
    assert paper.ask(asked, key="once") == paper.ask(again, key="once")


ALLOCATED = [
    # how, code
    ({"payment_id": 99}, "not_found"),
    ({"portions": (Portion(99),)}, "not_found"),
    ({"portions": tuple(Portion(1) for _ in range(MOST_PORTIONS + 1))}, "too_many_portions"),
    ({"portions": (Portion(1, Decimal("0.001")),)}, "amount_too_fine"),
    ({"portions": (Portion(1, Decimal(0)),)}, "amount_not_positive"),
    ({"allocated_on": "2026-W08"}, "invalid_date"),
    ({"payment_id": 2}, "payment_used_up"),
    ({"portions": (Portion(1, Decimal(31)),)}, "allocation_exceeds_payment"),
    ({"portions": (Portion(1, Decimal(20)), Portion(1, Decimal(11)))}, "allocation_exceeds_payment"),
    ({"portions": (Portion(2, Decimal(11)),)}, "allocation_exceeds_due"),
    ({"portions": (Portion(3),)}, "invoice_not_issued"),
    ({"portions": (Portion(4),)}, "customer_mismatch"),
    ({"portions": (Portion(5),)}, "currency_mismatch"),
]


@pytest.mark.parametrize(("said", "code"), ALLOCATED)
def test_an_allocation_is_refused_and_changes_nothing(paper, said, code):
    paper.customer()
    paper.invoice(line(50)), paper.invoice(line(20)), paper.invoice(line(20), issue=False)
    paper.invoice(line(20), customer_id=2), paper.invoice(line(20), currency="EUR", rate=2)
    paper.paid(None, 30)
    paper.paid(paper.get(Invoice, 2), 10)
    paper.refused(AllocatePayment(**{"payment_id": 1, "portions": (Portion(1),)} | said), code)


# Taken off.


def test_taking_a_payment_off_restores_both_sides(paper):
    first, second = paper.invoice(line(60)), paper.invoice(line(60))
    payment = paper.paid(None, 100)
    before = (paper.get(Payment, payment.id), paper.get(Invoice, first.id), paper.get(Invoice, second.id))
    paper.ask(allocate(payment, portion(first), portion(second)))
    (taken,) = paper.ask(DeallocatePayment(payment_id=payment.id, invoice_ids=(second.id,)))
    assert taken.deallocated_on == "2026-11-22"
    assert (due(paper, first, second), left(paper, payment)) == (["0.00", "60.00"], "40.00")
    paper.ask(DeallocatePayment(payment_id=payment.id))
    after = (paper.get(Payment, payment.id), paper.get(Invoice, first.id), paper.get(Invoice, second.id))
    assert after == before
    hold(paper)


RATES = [
    # received at, difference while it is set off
    ("75.90", "Dr exchange_difference 4.10, Cr receivable 4.10"),
    ("83.10", "Dr receivable 3.10, Cr exchange_difference 3.10"),
    ("80.01", "Dr receivable 0.01, Cr exchange_difference 0.01"),
]


@pytest.mark.parametrize(("rate", "entry"), RATES)
def test_an_exchange_difference_is_realised_once_and_undone_with_it(rate, entry):
    paper = Paper(currency="INR")
    paper.customer("USD")
    invoice = paper.invoice(line(1), customer_id=2, currency="USD", rate=80)
    payment = paper.paid(None, 1, customer_id=2, rate=rate)
    paper.ask(allocate(payment, portion(invoice)))
    assert sorted(paper.entries("payment", payment.id)[-1].split(", ")) == sorted(entry.split(", "))
    settled = paper.get(Invoice, invoice.id)
    assert (settled.due_minor, settled.base_due_minor) == (0, 0)
    paper.ask(DeallocatePayment(payment_id=payment.id))
    again = paper.get(Invoice, invoice.id)
    assert (again.due_minor, again.base_due_minor) == (100, 8000)
    assert "exchange_difference" not in paper.trial_balance()
    hold(paper)


def test_open_items_are_matched_and_their_residuals_stay():
    # (60 base, 120 foreign) and (-80, -240): 40/120 consumed, 20 to exchange loss or gain.
    paper = Paper(currency="EUR")
    paper.customer("USD")
    invoice = paper.invoice(line(120), customer_id=2, currency="USD", rate="0.5")
    payment = paper.paid(None, 240, customer_id=2, rate="0.333333333")
    paper.ask(allocate(payment, portion(invoice)))
    open_ = paper.get(Payment, payment.id)
    assert (open_.open_minor, open_.base_open_minor) == (12000, 4000)
    assert paper.trial_balance()["exchange_difference"] == "20.00"
    hold(paper)


TAKEN_OFF = [
    ({"payment_id": 99}, "not_found"),
    ({"invoice_ids": (2,)}, "payment_not_allocated"),
    ({"allocation_ids": (99,)}, "payment_not_allocated"),
    ({"payment_id": 2}, "payment_not_allocated"),
]


@pytest.mark.parametrize(("said", "code"), TAKEN_OFF)
def test_what_is_not_set_off_is_not_taken_off(paper, said, code):
    paper.paid(paper.invoice(line(10)), 10)
    paper.paid(None, 10)
    paper.refused(DeallocatePayment(**{"payment_id": 1} | said), code)


def test_a_payment_that_was_given_back_stays_where_it_is(paper):
    invoice = paper.invoice(line(10))
    payment = paper.paid(invoice, 10)
    paper.ask(RefundInvoice(invoice_id=invoice.id, amount=Decimal(1)))
    paper.refused(DeallocatePayment(payment_id=payment.id), "cash_returned")


def test_a_payment_that_is_disputed_stays_where_it_is(paper):
    payment = paper.paid(paper.invoice(line(10)), 10)
    paper.ask(OpenDispute(payment_id=payment.id, amount=Decimal(1)))
    paper.refused(DeallocatePayment(payment_id=payment.id), "cash_returned")


def test_a_payment_is_taken_off_by_the_allocation(paper):
    invoice = paper.invoice(line(10))
    payment = paper.paid(None, 10)
    (one,) = paper.ask(allocate(payment, portion(invoice, 4)))
    paper.ask(allocate(payment, portion(invoice, 5)))
    paper.ask(DeallocatePayment(payment_id=payment.id, allocation_ids=(one.id,)))
    assert due(paper, invoice) == ["5.00"]
    paper.refused(DeallocatePayment(payment_id=payment.id, allocation_ids=(one.id,)), "payment_not_allocated")


# Kept.


def test_what_is_left_is_kept_as_credit(paper):
    payment = paper.paid(None, 10)
    assert paper.ask(KeepPayment(payment_id=payment.id, customer_id=1)).unapplied_minor == 1000
    paper.customer()
    paper.refused(KeepPayment(payment_id=payment.id, customer_id=2), "customer_mismatch")
    paper.refused(KeepPayment(payment_id=99), "not_found")
    paper.ask(RefundPayment(payment_id=payment.id))
    paper.refused(KeepPayment(payment_id=payment.id), "payment_used_up")


def test_a_credit_note_and_a_payment_share_an_invoice(paper):
    invoice, note = paper.invoice(line(100)), paper.credit_note(line(30))
    paper.ask(AllocateCreditNote(credit_note_id=note.id, shares=(Share(invoice.id, Decimal(30)),)))
    payment = paper.paid(None, 100)
    (made,) = paper.ask(allocate(payment, portion(invoice)))
    assert made.amount_minor == 7000
    assert left(paper, payment) == "30.00"
    hold(paper)


def test_a_payment_comes_in_at_another_account(paper):
    payment = paper.paid(None, 10, account=SAVINGS, remote_id="ch_1")
    assert (payment.rail, payment.remote_id) == ("bank", "ch_1")
    assert paper.entries("payment", payment.id) == ["Dr Saving Bank Account 10.00, Cr receivable 10.00"]
