"""Refunds: out of credit notes, payments and whole invoices; how they fail, end and are undone."""

from decimal import Decimal

import pytest

from avoir.app.approvals import ApproveRefund
from avoir.app.credit_notes import DeleteCreditNote
from avoir.app.gateways import SetGateway
from avoir.app.invoice_credits import CreditInvoice
from avoir.app.locks import LockPeriod
from avoir.app.payments import AllocatePayment
from avoir.app.refunds import (
    CancelRefund,
    FailRefund,
    RefundCreditNote,
    RefundInvoice,
    RefundPayment,
    ReopenInvoice,
    RetryRefund,
    ReverseRefund,
    SendRefund,
    SettleRefund,
)
from avoir.core.allocation import Allocation
from avoir.core.credit import Shape
from avoir.core.credit_note import CreditNote
from avoir.core.invoice import Invoice
from avoir.core.journal import JournalEntry
from avoir.core.payment import Payment
from avoir.core.receiving import Portion
from avoir.core.refund import Refund
from tests.invariants import hold
from tests.ledger import BANK, SAVINGS, Ledger, Paper, line, money

CLEARING = 1002


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def gateway(paper) -> Paper:
    paper.ask(SetGateway(name="acme", account_id=CLEARING))
    return paper


def shown(company, refund: Refund) -> tuple[str, str]:
    refund = company.get(Refund, refund.id)
    return refund.state, money(refund.amount_minor, refund.currency)


def refunds(company) -> list[tuple[int, str, str]]:
    return [(x.account_id, x.rail, money(x.amount_minor, x.currency)) for x in company.rows(Refund)]


# Out of a payment.


def test_an_overpayment_goes_back_to_where_it_came_from(url):
    ledger = Ledger(url)
    payment = ledger.paid(ledger.invoice(line(100)), 100, over=20, account=SAVINGS)
    refund = ledger.ask(RefundPayment(payment_id=payment.id, amount=Decimal(15)))
    assert ledger.entries("refund", refund.id) == ["Dr receivable 15.00, Cr Saving Bank Account 15.00"]
    assert (refund.payment_id, refund.credit_note_id, refund.number) == (payment.id, None, "RF-00001")
    ledger.refused(RefundPayment(payment_id=payment.id, amount=Decimal("5.01")), "refund_exceeds_payment")
    ledger.ask(RefundPayment(payment_id=payment.id, account_id=BANK))
    assert refunds(ledger) == [(SAVINGS, "bank", "15.00"), (BANK, "bank", "5.00")]
    assert ledger.get(Payment, payment.id).unapplied_minor == 0
    assert "receivable" not in ledger.trial_balance()
    hold(ledger)
    ledger.close()


def test_an_exchange_difference_is_realised_by_a_refund():
    paper = Paper(currency="EUR")
    paper.customer("USD")
    payment = paper.paid(None, 100, customer_id=2, rate="0.9")
    same = paper.ask(RefundPayment(payment_id=payment.id, amount=Decimal(40)))
    assert paper.entries("refund", same.id) == ["Dr receivable 36.00, Cr Bank Account 36.00"]
    dear = paper.ask(RefundPayment(payment_id=payment.id, exchange_rate=Decimal("0.95")))
    assert paper.entries("refund", dear.id) == [
        "Dr receivable 54.00, Cr Bank Account 57.00, Dr exchange_difference 3.00"
    ]
    hold(paper)


PAYMENTS = [
    ({"payment_id": 99}, "not_found"),
    ({"rail": "acme"}, "unknown_rail"),
    ({"rail": "dispute"}, "unknown_rail"),
    ({"account_id": 999}, "not_found"),
    ({"branch_id": 99}, "unknown_branch"),
    ({"amount": Decimal(0)}, "amount_not_positive"),
    ({"amount": Decimal("0.001")}, "amount_too_fine"),
    ({"refunded_on": "2026-02-30"}, "invalid_date"),
    ({"exchange_rate": Decimal(2)}, "exchange_rate_not_one"),
    ({"refunded_on": "2026-11-01"}, "refund_before_source"),
    ({"payment_id": 2}, "payment_used_up"),
    ({"amount": Decimal("10.01")}, "refund_exceeds_payment"),
    ({"account_id": 1025}, "account_not_for_money"),
]


@pytest.mark.parametrize(("said", "code"), PAYMENTS)
def test_a_refund_of_a_payment_is_refused_and_changes_nothing(paper, said, code):
    paper.paid(None, 10)
    paper.paid(paper.invoice(line(10)), 10)
    paper.refused(RefundPayment(**{"payment_id": 1} | said), code)


# Out of an invoice.


def paid_twice(company, **other) -> Invoice:
    """An invoice of 100.00, paid by 60.00 into the bank account and then 40.00 into the savings account."""
    invoice = company.invoice(line(100))
    company.paid(invoice, 60, on="2026-11-03")
    company.paid(invoice, 40, on="2026-11-04", account=SAVINGS, **other)
    return invoice


WAYS = [
    ({}, [(SAVINGS, "bank", "40.00"), (BANK, "bank", "60.00")]),
    ({"amount": Decimal(50)}, [(SAVINGS, "bank", "40.00"), (BANK, "bank", "10.00")]),
    ({"amount": Decimal(30)}, [(SAVINGS, "bank", "30.00")]),
    ({"account_id": BANK}, [(BANK, "bank", "40.00"), (BANK, "bank", "60.00")]),
    ({"rail": "acme", "amount": Decimal(50)}, [(CLEARING, "acme", "40.00"), (CLEARING, "acme", "10.00")]),
]


@pytest.mark.parametrize("command", [RefundInvoice, ReopenInvoice])
@pytest.mark.parametrize(("said", "expected"), WAYS)
def test_cash_goes_back_to_the_newest_payment_first(gateway, command, said, expected):
    invoice = paid_twice(gateway)
    gateway.ask(command(invoice_id=invoice.id, **said))
    assert refunds(gateway) == expected
    hold(gateway)


def test_what_came_in_by_a_gateway_goes_back_by_it(gateway):
    invoice = paid_twice(gateway, rail="acme", remote_id="ch_7")
    note = gateway.ask(RefundInvoice(invoice_id=invoice.id))
    assert refunds(gateway) == [(CLEARING, "acme", "40.00"), (BANK, "bank", "60.00")]
    assert (note.refunded_minor, note.remaining_minor) == (10_000, 0)
    promised, _ = gateway.rows(Refund)
    assert gateway.entries("refund", promised.id) == ["Dr receivable 40.00, Cr refunds_in_transit 40.00"]
    hold(gateway)


def test_the_refund_has_its_day(paper):
    invoice = paid_twice(paper)
    paper.refused(RefundInvoice(invoice_id=invoice.id, refunded_on="2026-11-03"), "refund_before_source")
    paper.refused(RefundInvoice(invoice_id=invoice.id, refunded_on="2026-10-31"), "refund_before_source")
    note = paper.ask(RefundInvoice(invoice_id=invoice.id, refunded_on="2026-11-05"))
    assert note.issued_on == "2026-11-05"
    assert {x.refunded_on for x in paper.rows(Refund)} == {"2026-11-05"}


def test_cash_that_is_dated_tomorrow_goes_back_tomorrow(paper):
    invoice = paper.invoice(line(10))
    paper.paid(invoice, 10, on="2026-11-23")
    assert paper.ask(RefundInvoice(invoice_id=invoice.id)).issued_on == "2026-11-23"


INVOICES = [
    # what was done before, what is asked, code
    ((), {"invoice_id": 99}, "not_found"),
    ((), {"amount": Decimal("0.001")}, "amount_too_fine"),
    ((), {"amount": Decimal(0)}, "amount_not_positive"),
    ((), {"refunded_on": "2026-W08-1"}, "invalid_date"),
    ((), {"invoice_id": 2}, "invoice_not_issued"),
    ((), {"invoice_id": 3}, "invoice_not_paid"),
    ((RefundInvoice(invoice_id=1),), {}, "nothing_to_refund"),
    (
        (RefundInvoice(invoice_id=1, amount=Decimal(70)),),
        {"amount": Decimal("30.01")},
        "refund_exceeds_invoice",
    ),
    ((), {"rail": "nobody"}, "unknown_rail"),
    ((), {"rail": "acme", "account_id": BANK}, "gateway_has_its_account"),
    ((), {"account_id": 999}, "not_found"),
    ((), {"account_id": 1025}, "account_not_for_money"),
    ((), {"exchange_rate": Decimal("1.1")}, "exchange_rate_not_one"),
]


@pytest.mark.parametrize("command", [RefundInvoice, ReopenInvoice])
@pytest.mark.parametrize(("before", "said", "code"), INVOICES)
def test_a_refund_of_an_invoice_is_refused_and_changes_nothing(gateway, command, before, said, code):
    paid_twice(gateway)
    gateway.invoice(line(10), issue=False), gateway.invoice(line(10))
    for done in before:
        gateway.ask(done)
    gateway.refused(command(**{"invoice_id": 1} | said), code)


def test_invoice_500_paid_note_333_33_refund_333_33(paper):
    invoice = paper.invoice(line(500))
    paper.paid(invoice, 500)
    note = paper.ask(RefundInvoice(invoice_id=invoice.id, amount=Decimal("333.33")))
    assert (paper.get(Invoice, invoice.id).due_minor, note.remaining_minor) == (0, 0)
    assert paper.trial_balance() == {"Bank Account": "166.67", "sales": "-166.67"}


def test_invoice_25_paid_credited_10_and_refunded_7_of_it(paper):
    invoice = paper.invoice(line(25))
    paper.paid(invoice, 25)
    ten = (Shape(gross=Decimal(10)),)
    note = paper.ask(CreditInvoice(invoice_id=invoice.id, shapes=ten, on="2026-11-10"))
    paper.refund(note, 7)
    assert paper.get(CreditNote, note.id).remaining_minor == 300
    paper.refund(note, 3)
    paper.refused(
        RefundCreditNote(
            credit_note_id=note.id, account_id=BANK, amount=Decimal("0.01"), refunded_on="2026-11-22"
        ),
        "credit_note_used_up",
    )
    hold(paper)


# Reopened.


def test_a_reopened_invoice_is_due_again_and_no_claim_is_given_up(url):
    ledger = Ledger(url)
    tax = ledger.tax(20)
    invoice = ledger.invoice(line(100, tax))
    payment = ledger.paid(invoice, 120)
    made = ledger.ask(ReopenInvoice(invoice_id=invoice.id, amount=Decimal(50)))
    assert [x.amount_minor for x in made] == [5000]
    again = ledger.get(Invoice, invoice.id)
    assert (again.due_minor, again.paid_minor, again.credited_minor, again.returned_minor) == (
        5000,
        7000,
        0,
        0,
    )
    assert ledger.get(Payment, payment.id).refunded_minor == 5000
    assert ledger.rows(CreditNote) == []
    assert ledger.trial_balance() == {
        "Bank Account": "70.00", "receivable": "50.00", "sales": "-100.00", "tax_payable": "-20.00"
    }  # fmt: skip
    kept, taken = ledger.rows(Allocation)
    assert (kept.amount_minor, kept.deallocated_on) == (7000, "")
    assert (taken.amount_minor, taken.deallocated_on) == (5000, "2026-11-22")
    hold(ledger)
    ledger.close()


def test_what_was_given_back_by_a_note_is_not_reopened(paper):
    invoice = paid_twice(paper)
    paper.ask(RefundInvoice(invoice_id=invoice.id, amount=Decimal(30)))
    paper.ask(ReopenInvoice(invoice_id=invoice.id))
    again = paper.get(Invoice, invoice.id)
    assert (again.paid_minor, again.returned_minor, again.due_minor) == (3000, 3000, 7000)
    assert refunds(paper) == [(SAVINGS, "bank", "30.00"), (SAVINGS, "bank", "10.00"), (BANK, "bank", "60.00")]
    hold(paper)


@pytest.mark.parametrize("rate", ["75.90", "83.10", "80"])
@pytest.mark.parametrize("amount", ["0.33", "0.67", "1"])
def test_part_of_an_exchange_difference_is_undone_with_part_of_a_payment(rate, amount):
    paper = Paper(currency="INR")
    paper.customer("USD")
    invoice = paper.invoice(line(1), customer_id=2, currency="USD", rate=80)
    payment = paper.paid(invoice, 1, rate=rate)
    paper.ask(ReopenInvoice(invoice_id=invoice.id, amount=Decimal(amount)))
    hold(paper)
    again, entries = paper.paid(None, amount, customer_id=2, rate=rate), len(paper.rows(JournalEntry))
    paper.ask(AllocatePayment(payment_id=again.id, portions=(Portion(invoice.id),)))
    settled = paper.get(Invoice, invoice.id)
    assert (settled.due_minor, settled.base_due_minor) == (0, 0)
    assert paper.get(Payment, payment.id).base_open_minor == 0
    assert len(paper.rows(JournalEntry)) <= entries + 1
    hold(paper)


# How they end.


def promised(company, amount=10) -> Refund:
    """A refund that a gateway is to pay."""
    company.paid(None, amount, rail="acme", account=CLEARING)
    return company.ask(RefundPayment(payment_id=company.rows(Payment)[-1].id))


def test_a_gateway_settles_what_it_was_sent(gateway):
    refund = promised(gateway)
    assert shown(gateway, refund) == ("pending", "10.00")
    assert gateway.ask(SendRefund(refund_id=refund.id)).state == "unknown"
    gateway.ask(SettleRefund(refund_id=refund.id, reference="re_1"), today="2026-11-25")
    assert shown(gateway, refund) == ("settled", "10.00")
    assert gateway.entries("refund", refund.id) == [
        "Dr receivable 10.00, Cr refunds_in_transit 10.00",
        "Dr refunds_in_transit 10.00, Cr Undeposited Funds 10.00",
    ]
    assert gateway.rows(JournalEntry)[-1].booked_on == "2026-11-25"
    before = gateway.books()["refunds"]
    gateway.ask(SettleRefund(refund_id=refund.id, reference="re_1"))
    assert gateway.books()["refunds"] == before
    gateway.refused(SettleRefund(refund_id=refund.id, reference="re_2"), "illegal_move")
    gateway.refused(FailRefund(refund_id=refund.id, reason="late", under_way=True), "illegal_move")
    assert gateway.trial_balance() == {}
    hold(gateway)


# From each state: what may become of a refund, and what is refused. (Design, 5.4.)
END = {
    "settle": SettleRefund(refund_id=1, reference="re_1"),
    "send": SendRefund(refund_id=1),
    "fail": FailRefund(refund_id=1, reason="no such account"),
    "cancel": CancelRefund(refund_id=1),
    "reverse": ReverseRefund(refund_id=1),
    "approve": ApproveRefund(refund_id=1),
}
ALLOWED = {
    "pending": {"settle", "send", "fail", "cancel"},
    "unknown": {"settle", "fail"},
    "settled": {"fail", "reverse"},
    "failed": set(),
    "canceled": set(),
    "reversed": set(),
}
PATH = {
    "pending": [],
    "unknown": ["send"],
    "settled": ["settle"],
    "failed": ["fail"],
    "canceled": ["cancel"],
    "reversed": ["settle", "reverse"],
}


@pytest.mark.parametrize("state", ALLOWED)
@pytest.mark.parametrize("move", END)
def test_a_refund_goes_where_the_table_lets_it_and_nowhere_else(gateway, state, move):
    refund = promised(gateway)
    for step in PATH[state]:
        gateway.ask(END[step])
    assert shown(gateway, refund)[0] == state
    if move in ALLOWED[state]:
        gateway.ask(END[move])
    elif (state, move) == ("settled", "settle"):
        assert gateway.ask(END[move]).state == "settled"
    else:
        codes = {"reverse": "refund_already_reversed"} if state == "reversed" else {}
        gateway.refused(
            END[move], codes.get(move, "maker_is_checker" if move == "approve" else "illegal_move")
        )
    hold(gateway)


@pytest.mark.parametrize(
    "path", [["fail"], ["cancel"], ["send", "fail"], ["settle", "fail"], ["settle", "reverse"]]
)
def test_what_is_undone_leaves_no_trace_in_the_balances_and_frees_its_amount(gateway, path):
    refund = promised(gateway)
    for step in path:
        gateway.ask(END[step])
    assert gateway.trial_balance() == {"Undeposited Funds": "10.00", "receivable": "-10.00"}
    assert gateway.get(Payment, refund.payment_id).unapplied_minor == 1000
    gateway.ask(RefundPayment(payment_id=refund.payment_id))
    hold(gateway)


def test_a_bank_bounces_a_refund_of_an_invoice(paper):
    invoice = paid_twice(paper)
    note = paper.ask(RefundInvoice(invoice_id=invoice.id))
    first, _ = paper.rows(Refund)
    failed = paper.ask(FailRefund(refund_id=first.id, reason="account closed", failed_on="2026-11-28"))
    assert (failed.state, failed.failure) == ("failed", "account closed")
    assert [x.booked_on for x in paper.rows(JournalEntry)][-1] == "2026-11-28"
    assert paper.get(CreditNote, note.id).remaining_minor == 4000
    assert paper.get(Invoice, invoice.id).returned_minor == 6000
    assert paper.get(Allocation, first.allocation_id).returned_minor == 0
    paper.refund(note, 40, refunded_on="2026-11-29")
    hold(paper)


def test_a_refund_that_failed_is_asked_for_again_once(paper):
    invoice, note = paper.invoice(line(100)), None
    paper.paid(invoice, 100)
    note = paper.ask(RefundInvoice(invoice_id=invoice.id, amount=Decimal(60)))
    first = paper.rows(Refund)[0]
    paper.refused(RetryRefund(refund_id=first.id), "refund_not_failed")
    paper.ask(FailRefund(refund_id=first.id, reason="account closed"))
    again = paper.ask(RetryRefund(refund_id=first.id, account_id=SAVINGS))
    assert (again.state, again.amount_minor, again.account_id) == ("settled", 6000, SAVINGS)
    assert (again.credit_note_id, again.invoice_id, again.allocation_id) == (
        note.id, invoice.id, first.allocation_id,
    )  # fmt: skip
    assert paper.get(Refund, first.id).retried_by_id == again.id
    assert paper.get(Invoice, invoice.id).returned_minor == 6000
    paper.refused(RetryRefund(refund_id=first.id), "refund_already_retried")
    # What came of it may fail as well, and goes back as it went.
    paper.ask(FailRefund(refund_id=again.id, reason="closed, too"))
    third = paper.ask(RetryRefund(refund_id=again.id))
    assert (third.state, third.account_id, third.number) == ("settled", SAVINGS, "RF-00003")
    hold(paper)


def test_a_failed_refund_whose_amount_was_given_otherwise_is_not_paid_again(paper):
    note = paper.credit_note(line(50))
    first = paper.refund(note, 50)
    paper.ask(FailRefund(refund_id=first.id, reason="account closed"))
    paper.refund(note, 30)
    paper.refused(RetryRefund(refund_id=first.id), "credit_note_used_up")
    hold(paper)


def test_a_failed_refund_of_an_overpayment_goes_by_the_gateway_that_is_named(gateway):
    payment = gateway.paid(None, 50)
    first = gateway.ask(RefundPayment(payment_id=payment.id, amount=Decimal(20)))
    gateway.ask(FailRefund(refund_id=first.id, reason="account closed"))
    again = gateway.ask(RetryRefund(refund_id=first.id, rail="acme"))
    assert (again.state, again.rail, again.payment_id) == ("pending", "acme", payment.id)
    assert gateway.get(Payment, payment.id).unapplied_minor == 3000
    hold(gateway)


def test_the_day_it_fails_is_open_and_not_before_the_refund(paper):
    refund = paper.refund(paper.credit_note(line(10)), 10)
    early = FailRefund(refund_id=refund.id, reason="", failed_on="2026-11-10")
    paper.refused(early, "failed_before_refunded")
    paper.ask(LockPeriod(module="all", lock_to="2026-11-22", reason="closed"))
    paper.refused(FailRefund(refund_id=refund.id, reason="", failed_on="2026-11-20"), "date_locked")
    paper.ask(FailRefund(refund_id=refund.id, reason="account closed"))
    assert paper.rows(JournalEntry)[-1].booked_on == "2026-11-23"
    hold(paper)


def test_a_gateway_that_pays_after_the_month_is_closed_is_booked_on_the_first_open_day(gateway):
    refund = promised(gateway)
    gateway.ask(LockPeriod(module="all", lock_to="2026-11-30", reason="closed"))
    gateway.ask(SettleRefund(refund_id=refund.id, reference="re_1"))
    assert gateway.rows(JournalEntry)[-1].booked_on == "2026-12-01"
    hold(gateway)


def test_many_refunds_of_one_note_each_stand_for_themselves(paper):
    note = paper.credit_note(line(100))
    parts = [paper.refund(note, amount) for amount in (10, 20, 30)]
    paper.ask(ReverseRefund(refund_id=parts[1].id))
    assert paper.get(CreditNote, note.id).remaining_minor == 6000
    paper.refused(DeleteCreditNote(credit_note_id=note.id), "credit_note_has_refunds")
    assert [shown(paper, x)[0] for x in parts] == ["settled", "reversed", "settled"]
    hold(paper)


# Gateways.


def test_a_note_is_refunded_by_a_gateway(gateway):
    note = gateway.credit_note(line(10))
    refund = gateway.ask(
        RefundCreditNote(credit_note_id=note.id, amount=Decimal(4), refunded_on="2026-11-20", rail="acme")
    )
    assert (refund.state, refund.account_id) == ("pending", CLEARING)
    assert gateway.get(CreditNote, note.id).remaining_minor == 600
    gateway.refused(
        RefundCreditNote(credit_note_id=note.id, amount=Decimal(4), refunded_on="2026-11-20"),
        "account_required",
    )
    gateway.ask(SetGateway(name="acme", account_id=CLEARING, active=False))
    gateway.refused(
        RefundCreditNote(credit_note_id=note.id, amount=Decimal(4), refunded_on="2026-11-20", rail="acme"),
        "unknown_rail",
    )


GATEWAYS = [
    ({"name": "Acme"}, "bad_gateway_name"),
    ({"name": ""}, "bad_gateway_name"),
    ({"name": "bank"}, "bad_gateway_name"),
    ({"name": "dispute"}, "bad_gateway_name"),
    ({"name": "a" * 65}, "text_too_long"),
    ({"account_id": 999}, "not_found"),
    ({"account_id": 1025}, "account_not_for_money"),
]


@pytest.mark.parametrize(("said", "code"), GATEWAYS)
def test_a_gateway_has_a_name_and_an_account_that_holds_money(paper, said, code):
    paper.refused(SetGateway(**{"name": "acme", "account_id": CLEARING} | said), code)
