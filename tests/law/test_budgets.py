"""Chance against the budgets: refunds, approvals, disputes and reversals in any order, by any rail.

After each step no more is given back than was received, no note and no payment is used twice, the open items
are the receivable, and the disputed funds are what open disputes are about. (Design, 7: 1 to 4, 6, 7.)
"""

import contextlib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from avoir.app.approvals import ApproveRefund, ExpireRefund, RejectRefund, SetApprovalPolicy
from avoir.app.credit_notes import DeleteCreditNote
from avoir.app.disputes import LoseDispute, OpenDispute, WinDispute
from avoir.app.entities import EditEntity
from avoir.app.gateways import SetGateway
from avoir.app.invoice_credits import CreditInvoice, WriteOffInvoice
from avoir.app.locks import CancelLock, LockPeriod
from avoir.app.payments import AllocatePayment, DeallocatePayment
from avoir.app.reads.query import Query
from avoir.app.reads.verify import broken_promises
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
from avoir.core.command import Command
from avoir.core.credit import Shape
from avoir.core.credit_note import CreditNote
from avoir.core.dispute import Dispute
from avoir.core.errors import Refusal
from avoir.core.invoice import Invoice
from avoir.core.organization import Lock
from avoir.core.payment import Payment
from avoir.core.receiving import Portion
from avoir.core.refund import Refund
from avoir.core.row import Row
from avoir.core.settings import DISPUTE_ACTIONS
from tests.invariants import hold
from tests.ledger import BANK, NOW, SAVINGS, Ledger, Paper, ask_of, line

CLEARING = 1002
picks = st.integers(0, 999)
amounts = st.one_of(st.none(), st.integers(1, 3000)).map(lambda x: None if x is None else Decimal(x) / 100)
prices = st.integers(1, 3000).map(lambda x: Decimal(x) / 100)
rates = st.sampled_from(["0.5", "0.333333333", "1.0001", "7.3"]).map(Decimal)
ways = st.sampled_from(
    [{}, {"account_id": BANK}, {"account_id": SAVINGS}, {"rail": "acme"}, {"rail": "bank"}]
)
people = st.sampled_from(["user:1", "user:2", "client:1"])
ENDS = (CancelRefund, ReverseRefund, SendRefund, ApproveRefund, RejectRefund, ExpireRefund)


def there_is(kind: type[Row]):
    return precondition(lambda self: self.paper.rows(kind))


class Till(RuleBasedStateMachine):
    """Two customers, one of them in a foreign currency, and everybody who may touch the till."""

    @initialize(threshold=st.sampled_from([0, 1, 20]), action=st.sampled_from(DISPUTE_ACTIONS))
    def open(self, threshold, action):
        self.paper, self.hours = Paper(currency="EUR"), 0
        self.paper.customer("USD")
        self.taxes = (self.paper.tax(20), self.paper.tax("7.7"))
        self.paper.ask(SetGateway(name="acme", account_id=CLEARING))
        self.paper.ask(SetApprovalPolicy(threshold=Decimal(threshold), window_days=5, expires_hours=24))
        self.paper.ask(EditEntity(dispute_action=action))

    def ask(self, command: Command, who: str = "user:1") -> Any:
        """Whatever is refused is refused; only a bug comes through."""
        now = datetime.fromisoformat(NOW) + timedelta(hours=self.hours)
        stamp = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        ask = msgspec.structs.replace(
            ask_of(self.paper.organization_id, command, today=stamp[:10]), actor=who, now=stamp
        )
        (outcome,) = self.paper.record(ask)
        if isinstance(outcome, BaseException) and not isinstance(outcome, Refusal):
            raise outcome
        return outcome

    def some(self, kind: type[Row], pick: int) -> Any:
        rows = self.paper.rows(kind)
        return rows[pick % len(rows)]

    @rule(hours=st.integers(1, 30))
    def time_goes_by(self, hours):
        self.hours += hours

    @there_is(Dispute)
    @rule(action=st.sampled_from(DISPUTE_ACTIONS))
    def another_policy(self, action):
        self.ask(EditEntity(dispute_action=action))

    @rule(
        who=st.integers(1, 2), price=prices, rate=rates, parts=st.lists(st.integers(1, 60), max_size=3),
        over=st.sampled_from([0, 0, Decimal("7.07")]), rail=st.sampled_from(["bank", "acme"]),
    )  # fmt: skip
    def invoice_and_pay(self, who, price, rate, parts, over, rail):
        foreign = rate if who == 2 else None
        with contextlib.suppress(Refusal):
            invoice = self.paper.invoice(line(price, *self.taxes), customer_id=who, rate=foreign)
            for part in parts:
                left = self.paper.get(Invoice, invoice.id).due_minor
                amount = Decimal(max(invoice.total_minor * part // 100, 1)) / 100
                self.paper.paid(
                    invoice, min(amount, Decimal(left) / 100), over=over, rail=rail,
                    rate=foreign and foreign + Decimal("0.01"), account=CLEARING if rail == "acme" else BANK,
                )  # fmt: skip

    @there_is(Invoice)
    @rule(pick=picks, amount=amounts)
    def credit_an_invoice(self, pick, amount):
        shapes = () if amount is None else (Shape(gross=amount),)
        self.ask(CreditInvoice(invoice_id=self.some(Invoice, pick).id, shapes=shapes))

    @there_is(Refund)
    @rule(pick=picks)
    def write_an_invoice_off(self, pick):
        self.ask(WriteOffInvoice(invoice_id=self.some(Invoice, pick).id))

    @there_is(CreditNote)
    @rule(pick=picks)
    def delete_a_note(self, pick):
        self.ask(DeleteCreditNote(credit_note_id=self.some(CreditNote, pick).id))

    @there_is(Payment)
    @rule(pick=picks, command=st.sampled_from([RefundInvoice, ReopenInvoice]), amount=amounts, way=ways)
    def refund_an_invoice(self, pick, command, amount, way):
        self.ask(command(invoice_id=self.some(Invoice, pick).id, amount=amount, **way))

    @there_is(Payment)
    @rule(pick=picks, amount=amounts, way=ways, rate=st.one_of(st.none(), rates))
    def refund_a_payment(self, pick, amount, way, rate):
        payment = self.some(Payment, pick)
        rate = rate if payment.currency == "USD" else None
        self.ask(RefundPayment(payment_id=payment.id, amount=amount, exchange_rate=rate, **way))

    @there_is(CreditNote)
    @rule(pick=picks, amount=prices, rate=rates, rail=st.sampled_from(["bank", "acme"]))
    def refund_a_note(self, pick, amount, rate, rail):
        note = self.some(CreditNote, pick)
        foreign = rate if note.currency == "USD" else None
        self.ask(RefundCreditNote(
            credit_note_id=note.id, amount=amount, refunded_on="2026-11-30", rail=rail,
            account_id=None if rail == "acme" else BANK, exchange_rate=foreign,
        ))  # fmt: skip

    @there_is(Payment)
    @rule(pick=picks, invoice=picks, amount=amounts)
    def allocate_a_payment(self, pick, invoice, amount):
        portion = Portion(self.some(Invoice, invoice).id, amount)
        self.ask(AllocatePayment(payment_id=self.some(Payment, pick).id, portions=(portion,)))

    @there_is(Payment)
    @rule(pick=picks)
    def take_a_payment_off(self, pick):
        self.ask(DeallocatePayment(payment_id=self.some(Payment, pick).id))

    @there_is(Refund)
    @rule(pick=picks, end=st.sampled_from(ENDS), who=people)
    def something_becomes_of_a_refund(self, pick, end, who):
        self.ask(end(refund_id=self.some(Refund, pick).id), who)

    @there_is(Refund)
    @rule(pick=picks, under_way=st.booleans())
    def a_refund_fails(self, pick, under_way):
        self.ask(FailRefund(refund_id=self.some(Refund, pick).id, reason="no", under_way=under_way))

    @there_is(Refund)
    @rule(pick=picks)
    def a_gateway_pays(self, pick):
        refund = self.some(Refund, pick)
        self.ask(SettleRefund(refund_id=refund.id, reference=f"re_{refund.id}"))

    @there_is(Payment)
    @rule(pick=picks, amount=amounts, fee=st.sampled_from([0, 15]), rate=st.one_of(st.none(), rates))
    def a_bank_takes_a_payment_back(self, pick, amount, fee, rate):
        payment = self.some(Payment, pick)
        rate = rate if payment.currency == "USD" else None
        self.ask(OpenDispute(payment_id=payment.id, amount=amount, fee=Decimal(fee), exchange_rate=rate))

    @there_is(Dispute)
    @rule(pick=picks, command=st.sampled_from([WinDispute, LoseDispute, LoseDispute]))
    def a_dispute_ends(self, pick, command):
        self.ask(command(dispute_id=self.some(Dispute, pick).id))

    @there_is(Refund)
    @rule(day=st.integers(1, 30))
    def a_month_is_closed(self, day):
        self.ask(LockPeriod(module="all", lock_to=f"2026-11-{day:02d}"))

    @there_is(Lock)
    @rule()
    def it_is_opened_again(self):
        self.ask(CancelLock(module="all"))

    @invariant()
    def the_budgets_hold(self):
        if hasattr(self, "paper"):
            hold(self.paper)
            for x in self.paper.rows(Invoice):
                assert 0 <= x.returned_minor + x.disputed_minor <= x.paid_minor <= x.total_minor


TestTill = Till.TestCase
TestTill.settings = settings(
    max_examples=60, stateful_step_count=30, suppress_health_check=[HealthCheck.too_slow]
)


def test_a_whole_day_at_the_till_is_proved_on_both_databases(url):
    """Every command of this law once, foreign currency, splits and a closed month included."""
    ledger = Ledger(url, currency="EUR")
    ledger.customer("USD")
    tax = ledger.tax(20)
    ledger.ask(SetGateway(name="acme", account_id=CLEARING))
    for action in DISPUTE_ACTIONS:
        ledger.ask(EditEntity(dispute_action=action))
        invoice = ledger.invoice(line("83.33", tax), customer_id=2, rate="0.9")
        payment = ledger.paid(invoice, "60", over=5, rate="0.95")
        gateway = ledger.paid(invoice, "30", rate="0.85", rail="acme", account=CLEARING, remote_id="ch_1")
        ledger.ask(RefundInvoice(invoice_id=invoice.id, amount=Decimal("33.33")))
        promised, banks = ledger.rows(Refund)[-2:]
        ledger.ask(SendRefund(refund_id=promised.id))
        ledger.ask(SettleRefund(refund_id=promised.id, reference="re_1"))
        ledger.ask(FailRefund(refund_id=banks.id, reason="bounced"))
        ledger.ask(ReopenInvoice(invoice_id=invoice.id, amount=Decimal("10.01"), account_id=BANK))
        won = ledger.ask(OpenDispute(payment_id=payment.id, amount=Decimal("0.07"), fee=Decimal(15)))
        ledger.ask(WinDispute(dispute_id=won.id))
        lost = ledger.ask(OpenDispute(payment_id=payment.id, exchange_rate=Decimal("0.97")))
        ledger.ask(LoseDispute(dispute_id=lost.id))
        ledger.ask(SetApprovalPolicy(threshold=Decimal(1)))
        overpaid = ledger.paid(None, 50, customer_id=2, rate="0.9")
        ledger.ask(RefundPayment(payment_id=overpaid.id, amount=Decimal(20)))
        ledger.ask(RejectRefund(refund_id=ledger.rows(Refund)[-1].id))
        ledger.ask(RefundPayment(payment_id=overpaid.id, amount=Decimal(20)))
        waiting = ledger.rows(Refund)[-1]
        asked = ask_of(ledger.organization_id, ApproveRefund(refund_id=waiting.id))
        (done,) = ledger.record(msgspec.structs.replace(asked, actor="user:2"))
        assert done.state == "settled"
        ledger.ask(ReverseRefund(refund_id=waiting.id))
        ledger.ask(SetApprovalPolicy(threshold=Decimal(0)))
        ledger.ask(AllocatePayment(payment_id=overpaid.id, portions=(Portion(invoice.id),)))
        ledger.ask(DeallocatePayment(payment_id=overpaid.id))
        ledger.ask(RefundPayment(payment_id=overpaid.id, amount=Decimal(1), rail="acme"))
        ledger.ask(CancelRefund(refund_id=ledger.rows(Refund)[-1].id))
        assert ledger.get(Payment, gateway.id).remote_id == "ch_1"
        hold(ledger)
    ledger.ask(LockPeriod(module="all", lock_to="2026-11-30"))
    ledger.ask(ReverseRefund(refund_id=ledger.ask(
        RefundPayment(payment_id=ledger.rows(Payment)[-1].id, amount=Decimal(2), refunded_on="2026-12-01")
    ).id))  # fmt: skip
    hold(ledger)
    assert broken_promises(Query(ledger.database, ledger.organization_id)) == []
    ledger.close()
