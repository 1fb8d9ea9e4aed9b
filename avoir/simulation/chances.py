"""What callers ask for: commands by chance, of what is in the books, and mostly possible."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from avoir.app.allocations import AllocateCreditNote, DeallocateCreditNote, Share
from avoir.app.approvals import ApproveRefund, RejectRefund, SetApprovalPolicy
from avoir.app.credit_notes import CreateCreditNote, DeleteCreditNote
from avoir.app.customers import CreateCustomer
from avoir.app.disputes import LoseDispute, OpenDispute, WinDispute
from avoir.app.gateways import SetGateway
from avoir.app.invoice_credits import CancelWriteOff, CreditInvoice, WriteOffInvoice
from avoir.app.invoices import CreateInvoice, VoidInvoice
from avoir.app.journals import CreateJournal, ReverseJournal
from avoir.app.locks import CancelLock, LockPeriod
from avoir.app.payment_corrections import VoidPayment
from avoir.app.payments import AllocatePayment, DeallocatePayment, ReceivePayment
from avoir.app.refunds import (
    CancelRefund,
    FailRefund,
    RefundCreditNote,
    RefundInvoice,
    RefundPayment,
    ReopenInvoice,
    ReverseRefund,
)
from avoir.app.tax_rates import CreateTaxRate
from avoir.core.allocation import Allocation
from avoir.core.command import Command
from avoir.core.credit import Shape
from avoir.core.credit_note import CreditNote
from avoir.core.currency import exponent
from avoir.core.dispute import Dispute
from avoir.core.document import Line, Wording
from avoir.core.invoice import Invoice
from avoir.core.manual_journal import JournalSide
from avoir.core.organization import Counters
from avoir.core.payment import Payment
from avoir.core.receiving import Portion
from avoir.core.refund import Refund
from avoir.core.row import Row
from avoir.simulation.shelves import Shelves

BANK, SANDBOX_CLEARING, COSTS = 1000, 1002, 1016
CUSTOMERS = ("USD", "USD", "EUR", "JPY")
"""The currencies of customers 1 to 4; the first is the base currency."""
RATES = {"USD": None, "EUR": Decimal("1.2"), "JPY": Decimal("0.0066")}
GATEWAY = "sandbox"


def opening() -> Iterator[Command]:
    """What every organization has, before it does anything."""
    for n, currency in enumerate(CUSTOMERS, 1):
        yield CreateCustomer(name=f"Customer {n}", currency=currency)
    yield CreateTaxRate(name="VAT", code="VAT", percent=Decimal(20))
    yield CreateTaxRate(name="Levy", code="LEVY", percent=Decimal("7.7"))
    yield SetGateway(name=GATEWAY, account_id=SANDBOX_CLEARING)


class Chances:
    """Thinks up commands for one organization after the other."""

    def __init__(self, shelves: Shelves, chance: Random) -> None:
        self.shelves, self.chance, self.today = shelves, chance, ""
        self.organization_id = 0
        kinds: list[tuple[int, Callable[[], Command | None]]] = [
            (12, self._invoice), (14, self._payment), (2, self._cash_for_nothing), (5, self._note),
            (16, self._refund_note), (8, self._refund_invoice), (4, self._refund_payment), (2, self._reopen),
            (8, self._reverse), (2, self._cancel), (1, self._bounce), (5, self._allocate),
            (3, self._deallocate), (3, self._allocate_payment), (2, self._deallocate_payment),
            (4, self._credit), (2, self._write_off), (2, self._void), (2, self._delete_note),
            (2, self._dispute), (2, self._end_dispute), (1, self._lock), (1, self._policy),
            (4, self._second_person), (1, self._journal), (1, self._void_payment),
        ]  # fmt: skip
        self._kinds = [kind for weight, kind in kinds for _ in range(weight)]

    def command(self, organization_id: int, today: str) -> Command:
        """Something to ask of an organization, on a day."""
        self.organization_id, self.today = organization_id, today
        while True:
            command = self.chance.choice(self._kinds)()
            if command is not None:
                return command

    def _some(self, kind: type[Row], counter: str) -> Any:
        """One of a kind, of late more likely than of old; None if there is none, or it is being written."""
        counters = self.shelves.rows[Counters].get((self.organization_id,))
        last = getattr(counters, counter)
        if not last:
            return None
        few = min(last, 12) if self.chance.random() < 0.8 else last
        return self.shelves.rows[kind].get((self.organization_id, last - self.chance.randrange(few)))

    def _part(self, minor: int, currency: str) -> Decimal:
        share = self.chance.choice((1, 1, 10, 25, 50, 100, 101))
        return Decimal(max(minor * share // 100, 1)).scaleb(-exponent(currency))

    def _wording(self, currency: str) -> Wording:
        chance = self.chance
        lines = tuple(
            Line(
                Decimal(chance.choice(("1", "1", "3", "0.5"))),
                Decimal(chance.randrange(1, 40_000)).scaleb(-exponent(currency)),
                tax_rate_ids=chance.choice(((), (1,), (1,), (1, 2))),
            )
            for _ in range(chance.choice((1, 1, 2)))
        )
        return Wording(lines, chance.random() < 0.2)

    def _invoice(self) -> Command:
        who = self.chance.randrange(len(CUSTOMERS))
        currency = CUSTOMERS[who]
        return CreateInvoice(
            customer_id=who + 1, issued_on=self.today, due_on=self.today, wording=self._wording(currency),
            issue=self.chance.random() < 0.95, exchange_rate=RATES[currency],
        )  # fmt: skip

    def _payment(self) -> Command | None:
        x = self._some(Invoice, "last_invoice")
        if x is None or not x.due_minor:
            return None
        part = self._part(x.due_minor, x.currency)
        over = Decimal(self.chance.choice((0, 0, 0, 5)))
        by = GATEWAY if self.chance.random() < 0.3 else "bank"
        return ReceivePayment(
            customer_id=x.customer_id, account_id=BANK, received_on=self.today, amount=part + over, rail=by,
            portions=(Portion(x.id, part),), exchange_rate=RATES[x.currency],
        )  # fmt: skip

    def _cash_for_nothing(self) -> Command:
        who = self.chance.randrange(len(CUSTOMERS))
        amount = Decimal(self.chance.randrange(1, 500))
        return ReceivePayment(
            customer_id=who + 1, account_id=BANK, received_on=self.today, amount=amount,
            exchange_rate=RATES[CUSTOMERS[who]],
        )  # fmt: skip

    def _note(self) -> Command:
        who = self.chance.randrange(len(CUSTOMERS))
        currency = CUSTOMERS[who]
        return CreateCreditNote(
            customer_id=who + 1, issued_on=self.today, wording=self._wording(currency), issue=True,
            exchange_rate=RATES[currency],
        )  # fmt: skip

    def _refund_note(self) -> Command | None:
        x = self._some(CreditNote, "last_credit_note")
        if x is None:
            return None
        by_gateway = self.chance.random() < 0.4
        return RefundCreditNote(
            credit_note_id=x.id, amount=self._part(x.remaining_minor, x.currency), refunded_on=self.today,
            rail=GATEWAY if by_gateway else "bank", account_id=None if by_gateway else BANK,
            exchange_rate=RATES[x.currency],
        )  # fmt: skip

    def _refund_invoice(self) -> Command | None:
        x = self._some(Invoice, "last_invoice")
        if x is None or not x.paid_minor:
            return None
        all_of_it = self.chance.random() < 0.3
        return RefundInvoice(
            invoice_id=x.id, amount=None if all_of_it else self._part(x.refundable_minor, x.currency)
        )

    def _refund_payment(self) -> Command | None:
        x = self._some(Payment, "last_payment")
        return x and RefundPayment(payment_id=x.id, amount=self._part(x.unapplied_minor, x.currency))

    def _reopen(self) -> Command | None:
        x = self._some(Invoice, "last_invoice")
        return x and ReopenInvoice(invoice_id=x.id, amount=self._part(x.paid_minor, x.currency))

    def _reverse(self) -> Command | None:
        x = self._some(Refund, "last_refund")
        return x and ReverseRefund(refund_id=x.id)

    def _cancel(self) -> Command | None:
        x = self._some(Refund, "last_refund")
        return x and CancelRefund(refund_id=x.id)

    def _bounce(self) -> Command | None:
        x = self._some(Refund, "last_refund")
        return x and FailRefund(refund_id=x.id, reason="bounced") if x and x.state == "settled" else None

    def _allocate(self) -> Command | None:
        note, x = self._some(CreditNote, "last_credit_note"), self._some(Invoice, "last_invoice")
        if note is None or x is None:
            return None
        part = self._part(min(note.remaining_minor, x.due_minor), note.currency)
        return AllocateCreditNote(credit_note_id=note.id, shares=(Share(x.id, part),))

    def _deallocate(self) -> Command | None:
        x = self._some(Allocation, "last_allocation")
        return x and DeallocateCreditNote(allocation_id=x.id)

    def _allocate_payment(self) -> Command | None:
        x, invoice = self._some(Payment, "last_payment"), self._some(Invoice, "last_invoice")
        if x is None or invoice is None:
            return None
        return AllocatePayment(payment_id=x.id, portions=(Portion(invoice.id),), allocated_on=self.today)

    def _deallocate_payment(self) -> Command | None:
        x = self._some(Payment, "last_payment")
        return x and DeallocatePayment(payment_id=x.id)

    def _credit(self) -> Command | None:
        x = self._some(Invoice, "last_invoice")
        if x is None:
            return None
        shapes = (Shape(gross=self._part(x.uncredited_minor, x.currency)),)
        return CreditInvoice(invoice_id=x.id, shapes=shapes if self.chance.random() < 0.7 else ())

    def _write_off(self) -> Command | None:
        x = self._some(Invoice, "last_invoice")
        if x is None:
            return None
        return (WriteOffInvoice if self.chance.random() < 0.7 else CancelWriteOff)(invoice_id=x.id)

    def _void(self) -> Command | None:
        x = self._some(Invoice, "last_invoice")
        return x and VoidInvoice(invoice_id=x.id)

    def _void_payment(self) -> Command | None:
        x = self._some(Payment, "last_payment")
        return x and VoidPayment(payment_id=x.id)

    def _delete_note(self) -> Command | None:
        x = self._some(CreditNote, "last_credit_note")
        return x and DeleteCreditNote(credit_note_id=x.id)

    def _dispute(self) -> Command | None:
        x = self._some(Payment, "last_payment")
        return x and OpenDispute(payment_id=x.id, amount=self._part(x.amount_minor, x.currency))

    def _end_dispute(self) -> Command | None:
        x = self._some(Dispute, "last_dispute")
        return x and (WinDispute if self.chance.random() < 0.5 else LoseDispute)(dispute_id=x.id)

    def _lock(self) -> Command:
        if self.chance.random() < 0.6:
            return CancelLock(module=self.chance.choice(("all", "sales")))
        # Some days ago, so that today's work goes on and what is undone meets a lock; now and then, today.
        days = self.chance.choice((0, 1, 5, 5, 20, 20))
        lock_to = (date.fromisoformat(self.today) - timedelta(days=days)).isoformat()
        return LockPeriod(module=self.chance.choice(("all", "sales")), lock_to=lock_to)

    def _policy(self) -> Command:
        return SetApprovalPolicy(threshold=Decimal(self.chance.choice((0, 0, 0, 300))), expires_hours=24)

    def _second_person(self) -> Command | None:
        x = self._some(Refund, "last_refund")
        if x is None or x.state != "awaiting_approval":
            return None
        if self.chance.random() < 0.7:
            return ApproveRefund(refund_id=x.id)
        return RejectRefund(refund_id=x.id, reason="no")

    def _journal(self) -> Command:
        counters = self.shelves.rows[Counters][self.organization_id,]
        if counters.last_journal and self.chance.random() < 0.3:
            return ReverseJournal(journal_id=self.chance.randrange(counters.last_journal) + 1)
        amount = Decimal(self.chance.randrange(1, 900))
        sides = (JournalSide(BANK, debit=amount), JournalSide(COSTS, credit=amount))
        return CreateJournal(journal_on=self.today, sides=sides, publish=True)
