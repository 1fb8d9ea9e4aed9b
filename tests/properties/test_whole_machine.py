"""The machine again, with all else that a company does: other rails, second persons, disputes, locks."""

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from avoir.app.approvals import ApproveRefund, RejectRefund, SetApprovalPolicy
from avoir.app.disputes import LoseDispute, OpenDispute, WinDispute
from avoir.app.entities import EditEntity
from avoir.app.exchange_rates import SetExchangeRate
from avoir.app.gateways import SetGateway
from avoir.app.journals import CreateJournal, PublishJournal, ReverseJournal
from avoir.app.locks import CancelLock, LockPeriod
from avoir.app.opening_balances import SetOpeningBalance
from avoir.app.payments import AllocatePayment, DeallocatePayment, ReceivePayment
from avoir.app.refunds import (
    CancelRefund,
    FailRefund,
    RefundCreditNote,
    RefundPayment,
    ReopenInvoice,
    SendRefund,
    SettleRefund,
)
from avoir.app.settings import ChangeSettings
from avoir.core.invoice import Invoice
from avoir.core.manual_journal import JournalSide
from avoir.core.receiving import Portion
from tests.properties.bounds import bounds
from tests.properties.test_machine import (
    CURRENCIES,
    KIND,
    Office,
    customers,
    days,
    documents,
    major,
    part_of,
    picks,
    rates,
    shares,
    there_are,
)

rails = st.sampled_from(["", "bank", "sandbox"])


class Whole(Office):
    """All of the law at once."""

    @initialize(
        timing=st.sampled_from(["before_tax", "after_tax"]), table=st.booleans(), first=documents,
        second=documents, rate=rates, paid=shares,
    )  # fmt: skip
    def open(self, timing, table, first, second, rate, paid):
        """Two invoices are written and paid beforehand: without them little can happen."""
        super().open(timing)
        self.ask(SetGateway(name="sandbox", account_id=1002))
        for currency, at in zip(CURRENCIES[1:], ("1.3", "0.0066", "3.3"), strict=True):
            if table:
                self.ask(SetExchangeRate(currency=currency, valid_on="2026-10-15", rate=Decimal(at)))
        for who, document in ((1, first), (2, second)):
            self.write_an_invoice(
                who=who, document=document, on="2026-11-02", rate=rate, issue=True, paid=paid
            )

    @rule(
        who=customers,
        minor=st.integers(1, 20_000),
        on=days,
        rate=rates,
        rail=st.sampled_from(["bank", "sandbox"]),
    )
    def receive_cash_for_nothing(self, who, minor, on, rate, rail):
        self.ask(ReceivePayment(
            customer_id=who, account_id=1000, received_on=on, amount=major(minor, CURRENCIES[who - 1]),
            exchange_rate=rate if who > 1 else None, rail=rail,
        ))  # fmt: skip

    @there_are("payments")
    @rule(pick=picks, share=st.one_of(st.none(), shares), on=days)
    def allocate_a_payment(self, pick, share, on):
        payment = self.some("payments", pick)
        open_ = [x for x in self.company.rows(Invoice) if x.customer_id == payment.customer_id]
        part = None if share is None else major(part_of(payment.unapplied_minor, share), payment.currency)
        if open_:
            portions = (Portion(open_[pick % len(open_)].id, part),)
            self.ask(AllocatePayment(payment_id=payment.id, portions=portions, allocated_on=on))

    @there_are("payments")
    @rule(pick=picks)
    def allocate_to_the_oldest(self, pick):
        among = tuple(x.id for x in self.company.rows(Invoice))
        payment = self.some("payments", pick)
        self.ask(AllocatePayment(payment_id=payment.id, oldest_due_first=True, among=among))

    @there_are("payments")
    @rule(pick=picks)
    def take_a_payment_off(self, pick):
        self.ask(DeallocatePayment(payment_id=self.some("payments", pick).id))

    @there_are("payments")
    @rule(pick=picks, share=st.one_of(st.none(), shares), rail=rails, rate=st.one_of(st.none(), rates))
    def refund_a_payment(self, pick, share, rail, rate):
        payment = self.some("payments", pick)
        part = None if share is None else major(part_of(payment.unapplied_minor, share), payment.currency)
        self.ask(RefundPayment(
            payment_id=payment.id, amount=part, rail=rail,
            exchange_rate=rate if payment.currency != "USD" else None,
        ))  # fmt: skip

    @there_are("payments")
    @rule(pick=picks, share=st.one_of(st.none(), shares), rail=rails)
    def reopen_an_invoice(self, pick, share, rail):
        invoice = self.some("invoices", pick) if self.company.rows(Invoice) else None
        if invoice:
            part = None if share is None else major(part_of(invoice.paid_minor, share), invoice.currency)
            self.ask(ReopenInvoice(invoice_id=invoice.id, amount=part, rail=rail))

    @there_are("credit_notes")
    @rule(pick=picks, share=shares)
    def refund_a_note_by_the_gateway(self, pick, share):
        note = self.some("credit_notes", pick)
        part = major(part_of(note.remaining_minor, share), note.currency)
        self.ask(RefundCreditNote(
            credit_note_id=note.id, amount=part, refunded_on="2026-11-28", rail="sandbox",
            exchange_rate=None if note.currency == "USD" else Decimal("2.5"),
        ))  # fmt: skip

    @there_are("refunds")
    @rule(pick=picks, what=st.sampled_from(["send", "cancel", "settle", "fail", "bounce"]))
    def hear_of_a_refund(self, pick, what):
        id = self.some("refunds", pick).id
        self.ask({
            "send": SendRefund(refund_id=id),
            "cancel": CancelRefund(refund_id=id),
            "settle": SettleRefund(refund_id=id, reference=f"r{id}"),
            "fail": FailRefund(refund_id=id, reason="no", under_way=True),
            "bounce": FailRefund(refund_id=id, reason="bounced"),
        }[what])  # fmt: skip

    @rule(threshold=st.sampled_from([0, 0, 1, 50]))
    def change_who_is_asked(self, threshold):
        self.ask(SetApprovalPolicy(threshold=Decimal(threshold)))

    @there_are("refunds")
    @rule(pick=picks, yes=st.sampled_from([True, True, False]))
    def answer_a_refund(self, pick, yes):
        id = self.some("refunds", pick).id
        command = ApproveRefund(refund_id=id) if yes else RejectRefund(refund_id=id, reason="no")
        self.ask(command, actor="user:2")

    @there_are("payments")
    @rule(
        pick=picks,
        share=st.one_of(st.none(), shares),
        fee=st.sampled_from([0, 15]),
        rate=st.one_of(st.none(), rates),
    )
    def dispute_a_payment(self, pick, share, fee, rate):
        payment = self.some("payments", pick)
        part = None if share is None else major(part_of(payment.amount_minor, share), payment.currency)
        self.ask(OpenDispute(
            payment_id=payment.id, amount=part, fee=Decimal(fee),
            exchange_rate=rate if payment.currency != "USD" else None,
        ))  # fmt: skip

    @there_are("disputes")
    @rule(
        pick=picks, won=st.booleans(),
        action=st.sampled_from(["credit_note_and_refund", "unpay_and_refund", "do_nothing"]),
    )  # fmt: skip
    def end_a_dispute(self, pick, won, action):
        id = self.some("disputes", pick).id
        self.ask(EditEntity(dispute_action=action))
        rate = None if self.company.get(KIND["disputes"], id).currency == "USD" else Decimal("1.7")
        self.ask(WinDispute(dispute_id=id) if won else LoseDispute(dispute_id=id, exchange_rate=rate))

    @rule(
        to=days,
        module=st.sampled_from(["all", "sales", "financial"]),
        open_=st.sampled_from([True, True, False]),
    )
    def lock_or_unlock(self, to, module, open_):
        self.ask(CancelLock(module=module) if open_ else LockPeriod(module=module, lock_to=to))

    @rule(
        timing=st.sampled_from(["before_tax", "after_tax"]),
        rate=st.sampled_from(["original_rate", "document_date"]), tax=st.booleans(),
    )  # fmt: skip
    def change_the_settings(self, timing, rate, tax):
        self.ask(ChangeSettings(discount_timing=timing, credit_rate=rate, write_off_tax=tax))

    @rule(who=customers, minor=st.integers(-500, 500), on=days, rate=rates)
    def open_with_a_balance(self, who, minor, on, rate):
        self.ask(SetOpeningBalance(
            customer_id=who, amount=major(minor, CURRENCIES[who - 1]), on=on,
            exchange_rate=rate if who > 1 else None,
        ))  # fmt: skip

    @rule(minor=st.integers(1, 500), on=days, publish=st.booleans(), who=st.none() | customers)
    def write_a_journal(self, minor, on, publish, who):
        amount = major(minor, "USD")
        account = 1000 if who is None else 1006  # On the receivable a line says whose it is.
        sides = (JournalSide(account, debit=amount, customer_id=who), JournalSide(1016, credit=amount))
        self.ask(CreateJournal(journal_on=on, sides=sides, publish=publish))

    @there_are("manual_journals")
    @rule(pick=picks, reverse=st.booleans())
    def publish_or_reverse_a_journal(self, pick, reverse):
        id = self.some("manual_journals", pick).id
        self.ask(ReverseJournal(journal_id=id) if reverse else PublishJournal(journal_id=id))


TestWhole = Whole.TestCase
TestWhole.settings = bounds(12, 30)
