"""Approval: which refunds wait for a second person, who that may be, and what happens meanwhile."""

from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from avoir.app.accounts import InactivateAccount
from avoir.app.approvals import ApproveRefund, ExpireRefund, RejectRefund, SetApprovalPolicy
from avoir.app.credit_notes import DeleteCreditNote
from avoir.app.gateways import SetGateway
from avoir.app.locks import LockPeriod
from avoir.app.payments import DeallocatePayment
from avoir.app.refunds import (
    CancelRefund,
    FailRefund,
    RefundCreditNote,
    RefundInvoice,
    RefundPayment,
    ReopenInvoice,
    ReverseRefund,
    SendRefund,
    SettleRefund,
)
from avoir.core.credit_note import CreditNote
from avoir.core.errors import Refusal
from avoir.core.invoice import Invoice
from avoir.core.journal import Event, JournalEntry
from avoir.core.organization import ApprovalPolicy
from avoir.core.payment import Payment
from avoir.core.refund import Refund
from tests.invariants import hold
from tests.ledger import NOW, SAVINGS, Ledger, Paper, ask_of, line

MAKER, CHECKER = "user:1", "user:2"


def by(company, actor, command, *, hours=0):
    """What a person's command gives back, or the refusal; so many hours later."""
    later = datetime.fromisoformat(NOW) + timedelta(hours=hours)
    now = later.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    ask = msgspec.structs.replace(ask_of(company.organization_id, command), actor=actor, now=now)
    (outcome,) = company.record(ask)
    if isinstance(outcome, BaseException) and not isinstance(outcome, Refusal):
        raise outcome
    return outcome


def no(company, actor, command, code, *, hours=0) -> Refusal:
    """A person is refused, and the books are as they were."""
    before = company.books()
    outcome = by(company, actor, command, hours=hours)
    assert getattr(outcome, "code", outcome) == code
    assert company.books() == before
    return outcome


def policy(company, threshold=100, **other) -> ApprovalPolicy:
    return company.ask(SetApprovalPolicy(threshold=Decimal(threshold), **other))


@pytest.fixture
def paper() -> Paper:
    paper = Paper()
    policy(paper)
    return paper


def states(company) -> list[str]:
    return [x.state for x in company.rows(Refund)]


# The policy.

POLICIES = [
    ({"threshold": Decimal(-1)}, "approval_policy_out_of_range"),
    ({"threshold": Decimal("0.001")}, "amount_too_fine"),
    ({"window_days": -1}, "approval_policy_out_of_range"),
    ({"window_days": 367}, "approval_policy_out_of_range"),
    ({"expires_hours": 0}, "approval_policy_out_of_range"),
    ({"expires_hours": 8785}, "approval_policy_out_of_range"),
]


@pytest.mark.parametrize(("said", "code"), POLICIES)
def test_a_policy_is_within_reason(paper, said, code):
    paper.refused(SetApprovalPolicy(**{"threshold": Decimal(5)} | said), code)


def test_a_policy_is_changed_and_its_change_is_told(paper):
    policy(paper, 50, window_days=7, expires_hours=1)
    (kept,) = paper.rows(ApprovalPolicy)
    assert (kept.threshold_minor, kept.window_days, kept.expires_hours) == (5000, 7, 1)
    assert [x.topic for x in paper.rows(Event)].count("approval_policy.set") == 2


# window, what was asked before (amount, days ago), the refund, its state: 100.00 is the threshold.
WHO_WAITS = [
    (30, [], "99.99", "settled"),
    (30, [], "100.00", "awaiting_approval"),
    (30, [("60.00", 1)], "39.99", "settled"),
    (30, [("60.00", 1)], "40.00", "awaiting_approval"),
    (0, [("60.00", 1)], "40.00", "settled"),
    (0, [("60.00", 0)], "40.00", "awaiting_approval"),
    (9, [("60.00", 9)], "40.00", "awaiting_approval"),
    (8, [("60.00", 9)], "40.00", "settled"),
    (366, [("60.00", 366)], "40.00", "awaiting_approval"),
    (366, [("60.00", 367)], "40.00", "settled"),
    (30, [("33.00", 30), ("33.00", 12)], "33.99", "settled"),
    (30, [("33.00", 30), ("33.00", 12)], "34.00", "awaiting_approval"),
]


@pytest.mark.parametrize(("window", "before", "asked", "state"), WHO_WAITS)
def test_splitting_does_not_help(paper, window, before, asked, state):
    policy(paper, window_days=window)
    note = paper.credit_note(line(500), issued_on="2025-11-01")
    for amount, days in before:
        assert by(paper, MAKER, refund_of(note, amount), hours=-24 * days).state == "settled"
    assert by(paper, MAKER, refund_of(note, asked)).state == state
    hold(paper)


def test_dating_does_not_help(paper):
    note = paper.credit_note(line(500), issued_on="2025-11-01")
    assert by(paper, MAKER, refund_of(note, 60, "2025-12-01")).state == "settled"
    assert by(paper, MAKER, refund_of(note, 60, "2031-01-01")).state == "awaiting_approval"


def refund_of(note, amount, on="2026-11-22") -> RefundCreditNote:
    return RefundCreditNote(credit_note_id=note.id, account_id=1000, amount=Decimal(amount), refunded_on=on)


def test_what_was_undone_does_not_count_and_another_customer_neither(paper):
    paper.customer()
    note, other = paper.credit_note(line(500)), paper.credit_note(line(500), customer_id=2)
    undone = paper.refund(note, 60)
    paper.ask(ReverseRefund(refund_id=undone.id))
    paper.refund(other, 60)
    assert paper.refund(note, 60).state == "settled"
    assert paper.refund(note, 60).state == "awaiting_approval"


def test_the_threshold_is_in_the_base_currency():
    paper = Paper(currency="EUR")
    policy(paper)
    paper.customer("USD")
    note = paper.credit_note(line(500), customer_id=2, rate="0.5")
    assert paper.refund(note, "199.98", rate="0.5").state == "settled"
    assert paper.refund(note, "0.04", rate="0.5").state == "awaiting_approval"
    hold(paper)


def test_nobody_is_asked_when_the_threshold_is_nothing(paper):
    policy(paper, 0)
    assert paper.refund(paper.credit_note(line(500)), 500).state == "settled"


# Waiting.


def test_what_waits_holds_its_amount_and_posts_nothing(url):
    ledger = Ledger(url)
    policy(ledger)
    note = ledger.credit_note(line(300))
    refund = ledger.refund(note, 200)
    assert (refund.state, refund.requested_by, refund.expires_at) == (
        "awaiting_approval", MAKER, "2026-11-25T10:00:00.000Z"
    )  # fmt: skip
    held = ledger.get(CreditNote, note.id)
    assert (held.reserved_minor, held.refunded_minor, held.remaining_minor) == (20_000, 0, 10_000)
    assert ledger.entries("refund", refund.id) == []
    no(ledger, CHECKER, CancelRefund(refund_id=refund.id), "illegal_move")
    no(ledger, MAKER, DeleteCreditNote(credit_note_id=note.id), "credit_note_has_refunds")
    done = by(ledger, CHECKER, ApproveRefund(refund_id=refund.id, digest=refund.digest))
    assert (done.state, done.approved_by, done.digest) == ("settled", CHECKER, refund.digest)
    assert ledger.entries("refund", refund.id) == ["Dr receivable 200.00, Cr Bank Account 200.00"]
    used = ledger.get(CreditNote, note.id)
    assert (used.reserved_minor, used.refunded_minor, used.remaining_minor) == (0, 20_000, 10_000)
    topics = [x.topic for x in ledger.rows(Event) if x.subject_kind == "refund"]
    assert topics == ["refund.held", "refund.approved", "refund.settled"]
    hold(ledger)
    ledger.close()


def test_a_refund_of_an_invoice_waits_as_a_whole(paper):
    """Two payments of 60.00 each: neither alone would have needed anybody."""
    invoice = paper.invoice(line(120))
    paper.paid(invoice, 60), paper.paid(invoice, 60, account=SAVINGS)
    note = paper.ask(RefundInvoice(invoice_id=invoice.id))
    assert states(paper) == ["awaiting_approval", "awaiting_approval"]
    assert (note.state, note.number, note.reserved_minor, note.refunded_minor) == (
        "issued",
        "CN-00001",
        12_000,
        0,
    )
    held = paper.get(Invoice, invoice.id)
    assert (held.returned_minor, held.due_minor, held.refundable_minor) == (12_000, 0, 0)
    paper.refused(RefundInvoice(invoice_id=invoice.id), "nothing_to_refund")
    hold(paper)
    by(paper, CHECKER, ApproveRefund(refund_id=1))
    no(paper, CHECKER, RejectRefund(refund_id=1), "illegal_move")
    by(paper, CHECKER, RejectRefund(refund_id=2, reason="ask again"))
    assert [(x.state, x.failure) for x in paper.rows(Refund)] == [("settled", ""), ("rejected", "ask again")]
    left = paper.get(CreditNote, note.id)
    assert (left.refunded_minor, left.reserved_minor, left.remaining_minor) == (6000, 0, 6000)
    assert paper.get(Invoice, invoice.id).returned_minor == 6000
    hold(paper)


def test_a_reopened_invoice_is_due_while_its_cash_waits(paper):
    invoice = paper.invoice(line(120))
    payment = paper.paid(invoice, 120)
    paper.ask(ReopenInvoice(invoice_id=invoice.id))
    assert states(paper) == ["awaiting_approval"]
    assert paper.get(Invoice, invoice.id).due_minor == 12_000
    assert paper.get(Payment, payment.id).unapplied_minor == 0
    by(paper, CHECKER, RejectRefund(refund_id=1))
    assert paper.get(Payment, payment.id).unapplied_minor == 12_000
    hold(paper)


def test_a_payment_whose_refund_waits_stays_allocated(paper):
    invoice = paper.invoice(line(120))
    payment = paper.paid(invoice, 120)
    paper.ask(RefundInvoice(invoice_id=invoice.id))
    paper.refused(DeallocatePayment(payment_id=payment.id), "cash_returned")


def test_a_gateways_refund_is_promised_when_it_is_approved(paper):
    paper.ask(SetGateway(name="acme", account_id=1002))
    payment = paper.paid(None, 200, rail="acme", account=1002)
    refund = paper.ask(RefundPayment(payment_id=payment.id))
    assert refund.state == "awaiting_approval"
    assert by(paper, CHECKER, ApproveRefund(refund_id=refund.id)).state == "pending"
    hold(paper)


WITHOUT_ASKING = [
    SettleRefund(refund_id=1, reference="re_1"),
    SendRefund(refund_id=1),
    FailRefund(refund_id=1, reason="no"),
    CancelRefund(refund_id=1),
    ReverseRefund(refund_id=1),
]


@pytest.mark.parametrize("rail", ["bank", "acme"])
@pytest.mark.parametrize("command", WITHOUT_ASKING, ids=lambda command: type(command).__name__)
def test_nothing_leads_around_the_second_person(paper, rail, command):
    paper.ask(SetGateway(name="acme", account_id=1002))
    paper.ask(RefundPayment(payment_id=paper.paid(None, 200).id, rail=rail))
    for who in (MAKER, CHECKER, "worker"):
        no(paper, who, command, "illegal_move")


# The second person.

PERSONS = [
    # maker, checker, code
    ("user:1", "user:2", None),
    ("user:1", "user:1", "maker_is_checker"),
    ("user:1 key:1", "user:1", "maker_is_checker"),
    ("user:1 key:1", "user:1 key:2", "maker_is_checker"),
    ("user:1", "user:10", None),
    ("user:1 key:2", "user:2 key:2", None),
    ("client:abc", "client:abc", "maker_is_checker"),
    ("client:abc", "client:abd", None),
    ("client:1", "user:1", None),
]


@pytest.mark.parametrize(("maker", "checker", "code"), PERSONS)
def test_the_second_person_is_another_one(paper, maker, checker, code):
    payment = paper.paid(None, 200)
    refund = by(paper, maker, RefundPayment(payment_id=payment.id))
    if code:
        no(paper, checker, ApproveRefund(refund_id=refund.id), code)
        assert by(paper, checker, RejectRefund(refund_id=refund.id)).state == "rejected"
    else:
        assert by(paper, checker, ApproveRefund(refund_id=refund.id)).state == "settled"
    hold(paper)


# In the order of refusal.
REFUSED = [
    # what was done before, who, hours later, what is said, code
    ([], CHECKER, 0, {"refund_id": 99}, "not_found"),
    ([], MAKER, 99, {"digest": "other"}, "maker_is_checker"),
    ([RejectRefund(refund_id=1)], CHECKER, 99, {"digest": "other"}, "illegal_move"),
    ([], CHECKER, 99, {"digest": "other"}, "digest_mismatch"),
    ([], CHECKER, 72, {}, "approval_expired"),
    ([LockPeriod(module="sales", lock_to="2026-11-22")], CHECKER, 0, {}, "date_locked"),
    ([InactivateAccount(account_id=1001)], CHECKER, 0, {}, "account_not_for_money"),
]


@pytest.mark.parametrize(("before", "who", "hours", "said", "code"), REFUSED)
def test_an_approval_is_refused_and_changes_nothing(paper, before, who, hours, said, code):
    paper.ask(RefundPayment(payment_id=paper.paid(None, 200, account=SAVINGS).id))
    for done in before:
        paper.ask(done)
    no(paper, who, ApproveRefund(**{"refund_id": 1} | said), code, hours=hours)


def test_a_second_yes_is_refused(paper):
    paper.ask(RefundPayment(payment_id=paper.paid(None, 200).id))
    by(paper, CHECKER, ApproveRefund(refund_id=1))
    no(paper, "user:3", ApproveRefund(refund_id=1), "illegal_move")


def test_what_was_tampered_with_is_not_executed(paper):
    paper.ask(RefundPayment(payment_id=paper.paid(None, 200).id, amount=Decimal(150)))
    (refund,) = paper.rows(Refund)
    paper.desk.rows[Refund][Refund.key(refund)] = msgspec.structs.replace(refund, account_id=SAVINGS)
    no(paper, CHECKER, ApproveRefund(refund_id=1), "digest_mismatch")


# Too late.


def test_what_nobody_answers_expires_and_lets_its_amount_go(paper):
    payment = paper.paid(None, 200)
    paper.ask(RefundPayment(payment_id=payment.id))
    no(paper, "worker", ExpireRefund(refund_id=1), "approval_not_expired", hours=71)
    assert by(paper, "worker", ExpireRefund(refund_id=1), hours=72).state == "expired"
    no(paper, "worker", ExpireRefund(refund_id=1), "illegal_move", hours=73)
    assert paper.get(Payment, payment.id).unapplied_minor == 20_000
    assert [x.event for x in paper.rows(JournalEntry)] == ["payment_received"]
    hold(paper)


def test_what_waits_still_counts_for_the_next(paper):
    payment = paper.paid(None, 500)
    paper.ask(RefundPayment(payment_id=payment.id, amount=Decimal(100)))
    assert paper.ask(RefundPayment(payment_id=payment.id, amount=Decimal(1))).state == "awaiting_approval"
