"""Disputes: a bank takes a payment back; won, lost by each policy, and what may not happen meanwhile."""

from decimal import Decimal

import pytest

from avoir.app.approvals import SetApprovalPolicy
from avoir.app.credit_notes import DeleteCreditNote
from avoir.app.disputes import LoseDispute, OpenDispute, WinDispute
from avoir.app.entities import EditEntity
from avoir.app.invoice_credits import CreditInvoice
from avoir.app.locks import LockPeriod
from avoir.app.payments import AllocatePayment, ReceivePayment
from avoir.app.refunds import (
    FailRefund,
    RefundCreditNote,
    RefundInvoice,
    RefundPayment,
    ReopenInvoice,
    ReverseRefund,
)
from avoir.core.credit_note import CreditNote
from avoir.core.dispute import Dispute, DisputeShare
from avoir.core.invoice import Invoice
from avoir.core.journal import Event, JournalEntry
from avoir.core.payment import Payment
from avoir.core.receiving import Portion
from avoir.core.refund import Refund
from avoir.core.settings import DISPUTE_ACTIONS
from tests.invariants import hold
from tests.ledger import SAVINGS, Ledger, Paper, line

DO_NOTHING, CREDIT_NOTE_AND_REFUND, UNPAY_AND_REFUND = DISPUTE_ACTIONS


@pytest.fixture
def paper() -> Paper:
    return Paper()


def taken(company, payment, amount=None, **other) -> Dispute:
    """A dispute of the 12th of November."""
    asked = None if amount is None else Decimal(amount)
    other = {"opened_on": "2026-11-12"} | other
    return company.ask(OpenDispute(payment_id=payment.id, amount=asked, **other))


def lost(company, dispute, action, **other) -> Dispute:
    """The dispute lost on the 20th of November."""
    company.ask(EditEntity(dispute_action=action))
    return company.ask(LoseDispute(dispute_id=dispute.id, closed_on="2026-11-20", **other))


def budget(company, invoice) -> tuple[int, int, int, int]:
    """Of an invoice: what is paid, given back, held by banks, due."""
    x = company.get(Invoice, invoice.id)
    return x.paid_minor, x.returned_minor, x.disputed_minor, x.due_minor


# Opened.


def test_a_bank_takes_the_money_and_a_fee(url):
    ledger = Ledger(url)
    invoice = ledger.invoice(line(100))
    payment = ledger.paid(invoice, 100, over=20, account=SAVINGS)
    dispute = taken(ledger, payment, fee=Decimal(15), reason="fraudulent", remote_id="dp_1")
    assert (dispute.state, dispute.amount_minor, dispute.fee_minor) == ("open", 12_000, 1500)
    assert ledger.entries("dispute", dispute.id) == [
        "Dr disputed_funds 120.00, Dr bank_fees 15.00, Cr Saving Bank Account 135.00"
    ]
    assert [(x.allocation_id, x.amount_minor) for x in ledger.rows(DisputeShare)] == [(1, 10_000)]
    assert budget(ledger, invoice) == (10_000, 0, 10_000, 0)
    held = ledger.get(Payment, payment.id)
    assert (held.disputed_minor, held.unapplied_minor) == (2000, 0)
    hold(ledger)
    won = ledger.ask(WinDispute(dispute_id=dispute.id, closed_on="2026-11-20"))
    assert (won.state, won.closed_on) == ("won", "2026-11-20")
    assert ledger.entries("dispute", dispute.id)[1] == (
        "Cr disputed_funds 120.00, Cr bank_fees 15.00, Dr Saving Bank Account 135.00"
    )
    assert budget(ledger, invoice) == (10_000, 0, 0, 0)
    assert ledger.get(Payment, payment.id).unapplied_minor == 2000
    assert [x.topic for x in ledger.rows(Event)][-1] == "dispute.won"
    hold(ledger)
    ledger.close()


def two_invoices(company) -> tuple[Invoice, Invoice, Payment]:
    """One payment of 100.00: 50.00 and 30.00 for two invoices, 20.00 on account."""
    first, second = company.invoice(line(50)), company.invoice(line(60))
    payment = company.ask(ReceivePayment(
        customer_id=1, account_id=1000, received_on="2026-11-02", amount=Decimal(100),
        portions=(Portion(first.id, Decimal(50)), Portion(second.id, Decimal(30))),
    ))  # fmt: skip
    return first, second, payment


SPREAD = [
    # done before, disputed, held of the first and second invoice and of what is not allocated
    ([], None, (5000, 3000, 2000)),
    ([], "40", (4000, 0, 0)),
    ([], "70", (5000, 2000, 0)),
    ([], "90", (5000, 3000, 1000)),
    ([RefundInvoice(invoice_id=1, amount=Decimal(20))], None, (3000, 3000, 2000)),
    ([RefundInvoice(invoice_id=1, amount=Decimal(20))], "50", (3000, 2000, 0)),
    ([RefundPayment(payment_id=1, amount=Decimal(5))], None, (5000, 3000, 1500)),
    ([ReopenInvoice(invoice_id=2), RefundInvoice(invoice_id=1)], None, (0, 0, 2000)),
]


@pytest.mark.parametrize(("before", "amount", "held"), SPREAD)
def test_a_dispute_holds_the_oldest_allocations_first_within_what_is_left(paper, before, amount, held):
    first, second, payment = two_invoices(paper)
    for done in before:
        paper.ask(done)
    dispute = taken(paper, payment, amount, opened_on="2026-11-22")
    assert dispute.amount_minor == sum(held)
    assert (budget(paper, first)[2], budget(paper, second)[2]) == held[:2]
    assert paper.get(Payment, payment.id).disputed_minor == held[2]
    hold(paper)


def test_cash_given_back_by_another_note_of_the_invoice_is_not_disputed_too(paper):
    invoice = paper.invoice(line(100))
    payment = paper.paid(invoice, 100)
    note = paper.ask(CreditInvoice(invoice_id=invoice.id, on="2026-11-10"))
    paper.refund(note, 60)
    assert taken(paper, payment).amount_minor == 4000
    paper.refused(RefundPayment(payment_id=payment.id), "payment_used_up")
    hold(paper)


REFUSED = [
    # done before, what is said, code; the payment is of 100.00, of the 2nd of November
    ([], {"payment_id": 99}, "not_found"),
    ([], {"amount": Decimal("0.001")}, "amount_too_fine"),
    ([], {"amount": Decimal(0)}, "amount_not_positive"),
    ([], {"fee": Decimal(-1)}, "amount_not_positive"),
    ([], {"reason": "x" * 65_536}, "text_too_long"),
    ([], {"opened_on": "2026-02-30"}, "invalid_date"),
    ([], {"opened_on": "2026-11-01"}, "dispute_out_of_time"),
    ([], {"exchange_rate": Decimal(2)}, "exchange_rate_not_one"),
    ([OpenDispute(payment_id=1, amount=Decimal(1))], {}, "payment_already_disputed"),
    (
        [OpenDispute(payment_id=1, amount=Decimal(1), remote_id="dp_1"), WinDispute(dispute_id=1)],
        {"remote_id": "dp_1"},
        "payment_already_disputed",
    ),
    (
        [RefundInvoice(invoice_id=1), RefundInvoice(invoice_id=2), RefundPayment(payment_id=1)],
        {},
        "nothing_to_dispute",
    ),
    ([], {"amount": Decimal("100.01")}, "dispute_exceeds_payment"),
    ([RefundInvoice(invoice_id=1)], {"amount": Decimal("50.01")}, "dispute_exceeds_payment"),
    ([LockPeriod(module="all", lock_to="2026-11-22")], {}, "date_locked"),
]


@pytest.mark.parametrize(("before", "said", "code"), REFUSED)
def test_a_dispute_is_refused_and_changes_nothing(paper, before, said, code):
    two_invoices(paper)
    for done in before:
        paper.ask(done)
    paper.refused(OpenDispute(**{"payment_id": 1} | said), code)


def test_a_refusal_says_what_is_left(paper):
    *_, payment = two_invoices(paper)
    paper.ask(RefundInvoice(invoice_id=1))
    refused = paper.refused(OpenDispute(payment_id=payment.id, amount=Decimal(60)), "dispute_exceeds_payment")
    assert refused.facts == {"paymentId": payment.id, "asked": 6000, "left": 5000}


def test_what_is_disputed_is_not_given_back_as_well(paper):
    first, second, payment = two_invoices(paper)
    taken(paper, payment, 60)
    paper.refused(RefundInvoice(invoice_id=first.id), "nothing_to_refund")
    paper.refused(ReopenInvoice(invoice_id=first.id), "nothing_to_refund")
    paper.refused(RefundInvoice(invoice_id=second.id, amount=Decimal("20.01")), "refund_exceeds_invoice")
    note = paper.ask(CreditInvoice(invoice_id=first.id, on="2026-11-15"))
    paper.refused(
        RefundCreditNote(
            credit_note_id=note.id, account_id=1000, amount=Decimal("0.01"), refunded_on="2026-11-16"
        ),
        "refund_exceeds_cash_received",
    )
    assert note.remaining_minor == 5000
    paper.ask(RefundInvoice(invoice_id=second.id))
    hold(paper)


# Closed.

CLOSED = [
    ({"dispute_id": 99}, "not_found"),
    ({"closed_on": "2026-11-31"}, "invalid_date"),
    ({"closed_on": "2026-11-11"}, "dispute_out_of_time"),
    ({"closed_on": "2026-11-13"}, "date_locked"),
    ({"dispute_id": 2}, "illegal_move"),
]


@pytest.mark.parametrize("command", [WinDispute, LoseDispute])
@pytest.mark.parametrize(("said", "code"), CLOSED)
def test_an_end_is_refused_and_changes_nothing(paper, command, said, code):
    *_, payment = two_invoices(paper)
    taken(paper, payment)
    taken(paper, paper.paid(None, 10))
    paper.ask(WinDispute(dispute_id=2))
    paper.ask(LockPeriod(module="all", lock_to="2026-11-15"))
    paper.refused(command(**{"dispute_id": 1} | said), code)


def test_lost_by_credit_note_and_refund(url):
    ledger = Ledger(url)
    tax = ledger.tax(20)
    invoice = ledger.invoice(line(100, tax))
    payment = ledger.paid(invoice, 120, over=10)
    dispute = lost(ledger, taken(ledger, payment, fee=Decimal(15)), CREDIT_NOTE_AND_REFUND)
    assert (dispute.state, dispute.action, dispute.closed_on) == (
        "lost",
        CREDIT_NOTE_AND_REFUND,
        "2026-11-20",
    )
    (note,) = ledger.rows(CreditNote)
    assert (note.kind, note.dispute_id, note.total_minor, note.tax_minor) == (
        "refund",
        dispute.id,
        12_000,
        2000,
    )
    assert (note.refunded_minor, note.remaining_minor) == (12_000, 0)
    assert [(x.rail, x.state, x.dispute_id, x.amount_minor) for x in ledger.rows(Refund)] == [
        ("dispute", "settled", dispute.id, 12_000),
        ("dispute", "settled", dispute.id, 1000),
    ]
    assert ledger.entries("refund", 1) == ["Dr receivable 120.00, Cr disputed_funds 120.00"]
    assert budget(ledger, invoice) == (12_000, 12_000, 0, 0)
    assert ledger.trial_balance() == {"Bank Account": "-15.00", "bank_fees": "15.00"}
    hold(ledger)
    ledger.close()


def test_lost_by_unpay_and_refund(url):
    ledger = Ledger(url)
    first, second, payment = two_invoices(ledger)
    lost(ledger, taken(ledger, payment, 70), UNPAY_AND_REFUND)
    assert budget(ledger, first) == (0, 0, 0, 5000)
    assert budget(ledger, second) == (1000, 0, 0, 5000)
    assert [(x.payment_id, x.rail, x.amount_minor) for x in ledger.rows(Refund)] == [
        (payment.id, "dispute", 7000)
    ]
    assert ledger.get(Payment, payment.id).unapplied_minor == 2000
    assert ledger.rows(CreditNote) == []
    assert ledger.trial_balance() == {"Bank Account": "30.00", "receivable": "80.00", "sales": "-110.00"}
    hold(ledger)
    ledger.close()


def test_lost_and_nothing_is_done(url):
    ledger = Ledger(url)
    first, second, payment = two_invoices(ledger)
    dispute = lost(ledger, taken(ledger, payment), DO_NOTHING)
    assert ledger.entries("dispute", dispute.id)[1] == "Dr bad_debt 80.00, Cr disputed_funds 80.00"
    assert budget(ledger, first) == (5000, 0, 5000, 0)
    assert budget(ledger, second) == (3000, 0, 3000, 3000)
    assert [(x.payment_id, x.amount_minor) for x in ledger.rows(Refund)] == [(payment.id, 2000)]
    ledger.refused(RefundInvoice(invoice_id=first.id), "nothing_to_refund")
    assert ledger.trial_balance() == {"receivable": "30.00", "bad_debt": "80.00", "sales": "-110.00"}
    hold(ledger)
    ledger.close()


def test_a_claim_that_is_given_up_already_is_not_given_up_twice(paper):
    """Credited in full and kept as credit, then charged back: the invoice is due again, the credit stands."""
    invoice = paper.invoice(line(100))
    payment = paper.paid(invoice, 100)
    note = paper.ask(CreditInvoice(invoice_id=invoice.id, on="2026-11-05"))
    lost(paper, taken(paper, payment), CREDIT_NOTE_AND_REFUND)
    assert [x.id for x in paper.rows(CreditNote)] == [note.id]
    assert budget(paper, invoice) == (0, 0, 0, 10_000)
    assert paper.get(CreditNote, note.id).remaining_minor == 10_000
    assert paper.trial_balance() == {}
    hold(paper)


@pytest.mark.parametrize("action", DISPUTE_ACTIONS)
@pytest.mark.parametrize("rate", [None, "0.95", "1.0537"])
@pytest.mark.parametrize("amount", ["0.01", "33.33", "99.99", None])
def test_every_end_balances_in_a_foreign_currency(action, rate, amount):
    paper = Paper(currency="EUR")
    paper.customer("USD")
    invoice = paper.invoice(line("77.77"), customer_id=2, rate="0.9123")
    payment = paper.paid(invoice, "77.77", over="22.23", rate="0.9321")
    exchange = None if rate is None else Decimal(rate)
    dispute = taken(paper, payment, amount, exchange_rate=exchange, fee=Decimal("0.33"))
    hold(paper)
    lost(paper, dispute, action)
    hold(paper)
    again = taken(paper, payment, opened_on="2026-11-21") if amount else None
    if again:
        paper.ask(WinDispute(dispute_id=again.id))
    hold(paper)


def test_what_a_bank_took_for_good_is_not_undone(paper):
    invoice = paper.invoice(line(100))
    lost(paper, taken(paper, paper.paid(invoice, 100)), CREDIT_NOTE_AND_REFUND)
    paper.refused(ReverseRefund(refund_id=1), "illegal_move")
    paper.refused(FailRefund(refund_id=1, reason=""), "illegal_move")
    paper.refused(DeleteCreditNote(credit_note_id=1), "credit_note_has_refunds")


def test_nobody_approves_what_a_bank_has_done(paper):
    paper.ask(SetApprovalPolicy(threshold=Decimal(1)))
    payment = paper.paid(paper.invoice(line(100)), 100)
    lost(paper, taken(paper, payment), CREDIT_NOTE_AND_REFUND)
    assert [x.state for x in paper.rows(Refund)] == ["settled"]
    hold(paper)


def test_an_unpaid_invoice_is_paid_again(paper):
    invoice = paper.invoice(line(100))
    lost(paper, taken(paper, paper.paid(invoice, 100), 30), UNPAY_AND_REFUND)
    payment = paper.paid(None, 30)
    paper.ask(AllocatePayment(payment_id=payment.id, portions=(Portion(invoice.id),)))
    assert budget(paper, invoice) == (10_000, 0, 0, 0)
    hold(paper)


def test_everything_is_dated_the_day_the_dispute_ends(paper):
    lost(paper, taken(paper, paper.paid(paper.invoice(line(100)), 100)), CREDIT_NOTE_AND_REFUND)
    assert {x.booked_on for x in paper.rows(JournalEntry) if x.id > 3} == {"2026-11-20"}
