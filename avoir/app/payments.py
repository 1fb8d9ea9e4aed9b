"""Payments: cash in, what it is set against, and taken off again."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from avoir.core import postings
from avoir.core.account import Account, holds_money
from avoir.core.allocation import (
    ALLOCATIONS_OF_PAYMENT,
    Allocation,
    AllocationExceedsPayment,
    CustomerMismatch,
    allocate,
    deallocate,
)
from avoir.core.branch import known_branch
from avoir.core.command import Command
from avoir.core.customer import Customer
from avoir.core.day import checked_day
from avoir.core.deposit import deposit_account
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.exchange import rate_on, to_base
from avoir.core.invoice import ISSUED, Invoice, issued
from avoir.core.legacy import mark
from avoir.core.money import AmountNotPositive, in_range, minor_of, positive_minor_of
from avoir.core.numbering import claim
from avoir.core.organization import Entity
from avoir.core.payment import PAYMENTS_BY_NUMBER, Payment, PaymentUsedUp
from avoir.core.rail import BANK, Gateway, UnknownRail
from avoir.core.row import Row, changed
from avoir.core.text import LONG, fits
from avoir.core.usage import use

MOST_PORTIONS = 1000
"""Invoices that one command sets a payment against: a batch must stay a batch."""


class TooManyPortions(Refusal):
    """A payment is set against no more invoices at once than fit into a batch."""

    code, kind = "too_many_portions", Kind.INVALID


class NotAllocated(Refusal):
    """The payment is not set against that invoice, or no longer."""

    code = "payment_not_allocated"


class AmountRequired(Refusal):
    """A payment says how much it is, by itself or by all of its portions."""

    code, kind = "amount_required", Kind.INVALID


class Portion(msgspec.Struct, frozen=True):
    """How much of a payment goes to which invoice, in major units; as much as is due, if nothing is said."""

    invoice_id: int
    amount: Decimal | None = None


class ReceivePayment(Command, frozen=True, kw_only=True):
    """Record cash received, and set it against invoices. What is left over stays the customer's."""

    ANSWER = Payment
    customer_id: int
    account_id: int  # 0: the first bank account in the payment's currency, else in the base currency.
    received_on: str
    amount: Decimal | None = None  # What the portions sum to, if not given.
    portions: tuple[Portion, ...] = ()
    currency: str = ""  # The customer's, if not given.
    exchange_rate: Decimal | None = None
    number: str = ""
    reference: str = ""
    memo: str = ""
    branch_id: int | None = None
    rail: str = BANK  # The gateway it came in by: its refunds go back by it.
    remote_id: str = ""  # What the bank or gateway calls it.
    imported: bool = False  # Entered by contract A's `legacyPaymentCreate`.
    fee: Decimal | None = None  # What the bank kept of it, besides.

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Customer, self.customer_id
        if self.account_id:
            yield Account, self.account_id
        for portion in self.portions:
            yield Invoice, portion.invoice_id

    def decide(self, desk: Desk) -> Payment:
        """Refuses a wrong account, date, rate or branch, and portions beyond the payment or an invoice."""
        customer = use(desk, desk.get(Customer, self.customer_id))
        base = desk.get(Entity, customer.entity_id).base_currency
        currency = self.currency or customer.currency
        id = self.account_id or deposit_account(desk, currency, base)
        account = use(desk, desk.get(Account, id))
        known_branch(desk, self.branch_id, customer.entity_id)
        self._worded(desk)
        holds_money(account, currency, base)
        rate = rate_on(desk, self.exchange_rate, currency, base, self.received_on)
        minor = self._amount(currency)
        base_minor = to_base(minor, currency, rate, base)
        payment = self._received(desk, customer, account.id, currency, rate, minor, base_minor)
        if self.imported:
            fee = positive_minor_of(self.fee, currency) if self.fee else 0
            mark(desk, "payment", payment.id, "", fee)
            postings.payment_fee(desk, payment, fee, to_base(fee, currency, rate, base))
        # Contract B's clients send the invoices that they give nothing to as well.
        portions = [x for x in self.portions if x.amount is None or x.amount]
        _set_off(desk, payment, portions, self.received_on)
        return desk.get(Payment, payment.id)

    def _worded(self, desk: Desk) -> None:
        fits(self.reference, "referenceNo")
        fits(self.memo, "memo", LONG)
        fits(self.remote_id, "remoteId")
        checked_day(self.received_on, "paymentDate")
        if self.rail != BANK and desk.find(Gateway, self.rail) is None:
            raise UnknownRail("payments come in by the bank, or by a gateway that is set up", rail=self.rail)

    def _amount(self, currency: str) -> int:
        parts = [x.amount and minor_of(x.amount, currency, "paymentAmount") for x in self.portions]
        if self.amount is None and None in parts:
            raise AmountRequired("say how much was paid", field="amount")
        whole = sum(part or 0 for part in parts)
        minor = in_range(whole, "amount") if self.amount is None else minor_of(self.amount, currency)
        if minor <= 0 or any(part and part < 0 for part in parts):
            raise AmountNotPositive("a payment is more than nothing", field="amount")
        if whole > minor:
            raise AllocationExceedsPayment(
                "more is set against invoices than was paid", paid=minor, allocated=whole
            )
        return minor

    def _received(
        self,
        desk: Desk,
        customer: Customer,
        account_id: int,
        currency: str,
        rate: int,
        minor: int,
        base_minor: int,
    ) -> Payment:
        number, sequence = claim(desk, Payment, PAYMENTS_BY_NUMBER, customer.entity_id, self.number)
        payment = desk.add(
            Payment(
                organization_id=desk.organization_id,
                id=desk.next("payment"),
                uuid=desk.uuid(),
                entity_id=customer.entity_id,
                customer_id=customer.id,
                branch_id=self.branch_id,
                number=number,
                sequence=sequence,
                reference=self.reference,
                memo=self.memo,
                account_id=account_id,
                currency=currency,
                rate_nano=rate,
                received_on=self.received_on,
                amount_minor=minor,
                base_amount_minor=base_minor,
                created_at=desk.now,
                updated_at=desk.now,
                rail=self.rail,
                remote_id=self.remote_id,
            )
        )
        desk.tell("payment.received", payment)
        return desk.put(changed(payment, entry_id=postings.payment_received(desk, payment)))


class AllocatePayment(Command, frozen=True, kw_only=True):
    """Set what is left of a payment against its customer's invoices, in the order given, until it is used up.

    With `oldest_due_first` it serves the customer's open invoices by due date. Which those are is read
    before it is asked (`reads.open_invoices`) and comes along as `among`: to fetch all that a customer ever
    owed, under the pen, would cost more the longer he is a customer. What is no longer open is passed over,
    and what was issued since waits for the next payment.
    """

    ANSWER = list[Allocation]
    HINTS = ("among",)
    payment_id: int
    portions: tuple[Portion, ...] = ()
    oldest_due_first: bool = False
    among: tuple[int, ...] = ()
    allocated_on: str = ""  # Today, if not given.

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Payment, self.payment_id
        for invoice_id in (*(x.invoice_id for x in self.portions), *self.among):
            yield Invoice, invoice_id

    def decide(self, desk: Desk) -> list[Allocation]:
        """Refuses unknown invoices, wrong amounts or dates, `PaymentUsedUp`, `AllocationExceedsPayment`,

        and what `allocate` refuses.
        """
        payment = desk.get(Payment, self.payment_id)
        if max(len(self.portions), len(self.among)) > MOST_PORTIONS:
            raise TooManyPortions(f"no more than {MOST_PORTIONS} invoices at once", most=MOST_PORTIONS)
        portions = self._oldest(desk, payment) if self.oldest_due_first else self.portions
        for portion in portions:
            desk.get(Invoice, portion.invoice_id)
        on = checked_day(self.allocated_on) if self.allocated_on else desk.today
        parts = [positive_minor_of(x.amount, payment.currency) for x in portions if x.amount is not None]
        if payment.unapplied_minor == 0:
            raise PaymentUsedUp("nothing is left of the payment", paymentId=payment.id)
        if sum(parts) > payment.unapplied_minor:
            raise AllocationExceedsPayment(
                "more is set against invoices than is left of the payment",
                asked=sum(parts),
                left=payment.unapplied_minor,
            )
        return _set_off(desk, payment, portions, on)

    def _oldest(self, desk: Desk, payment: Payment) -> list[Portion]:
        found = (desk.find(Invoice, id) for id in dict.fromkeys(self.among))
        served = (payment.customer_id, payment.currency, ISSUED)
        open_ = [x for x in found if x and (x.customer_id, x.currency, x.state) == served and x.due_minor]
        return [Portion(x.id) for x in sorted(open_, key=lambda x: (x.due_on, x.id))]


class DeallocatePayment(Command, frozen=True, kw_only=True):
    """Take a payment off invoices, or off all that it is set against: both sides are as before.

    Its exchange differences are undone with it.
    """

    ANSWER = list[Allocation]
    payment_id: int
    invoice_ids: tuple[int, ...] = ()
    allocation_ids: tuple[int, ...] = ()

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Payment, self.payment_id
        for invoice_id in self.invoice_ids:
            yield Invoice, invoice_id

    def decide(self, desk: Desk) -> list[Allocation]:
        """Refuses `NotAllocated`, and `CashReturned` where cash was given back or is disputed."""
        payment = desk.get(Payment, self.payment_id)
        live = [x for x in desk.of(Allocation, ALLOCATIONS_OF_PAYMENT, payment.id) if not x.deallocated_on]
        for id in self.invoice_ids:
            if id not in {x.invoice_id for x in live}:
                raise NotAllocated("the payment is not set against that invoice", invoiceId=id)
        for id in self.allocation_ids:
            if id not in {x.id for x in live}:
                raise NotAllocated("the payment has no such allocation, or no longer", allocationId=id)
        if not live:
            raise NotAllocated("the payment is set against nothing", paymentId=payment.id)
        everything = not (self.invoice_ids or self.allocation_ids)
        return [
            deallocate(desk, x, on=max(desk.today, x.allocated_on))
            for x in live
            if everything or x.invoice_id in self.invoice_ids or x.id in self.allocation_ids
        ]


class KeepPayment(Command, frozen=True, kw_only=True):
    """Keep what is left of a payment as its customer's credit. (Contract A: apply it to the account.)

    It is so already: what is not allocated is the customer's. The command makes sure that something is.
    """

    ANSWER = Payment
    payment_id: int
    customer_id: int | None = None

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Payment, self.payment_id

    def decide(self, desk: Desk) -> Payment:
        """Refuses `NotFound`, `CustomerMismatch`, `PaymentUsedUp`."""
        payment = desk.get(Payment, self.payment_id)
        if self.customer_id is not None and desk.get(Customer, self.customer_id).id != payment.customer_id:
            raise CustomerMismatch("the payment is another customer's", paymentId=payment.id)
        if payment.unapplied_minor == 0:
            raise PaymentUsedUp("nothing is left of the payment", paymentId=payment.id)
        return payment


def _set_off(desk: Desk, payment: Payment, portions: Sequence[Portion], on: str) -> list[Allocation]:
    """Portion by portion: what was said, else as much as is due and left. Nothing sets off nothing."""
    allocations = []
    for portion in portions:
        payment, invoice = desk.get(Payment, payment.id), desk.get(Invoice, portion.invoice_id)
        if portion.amount is None:
            minor = min(issued(invoice).due_minor, payment.unapplied_minor)
        else:
            minor = positive_minor_of(portion.amount, payment.currency)
        if minor:
            # Not before there was something to set off, whatever the day is called.
            day = max(on, payment.received_on, invoice.issued_on)
            allocations.append(allocate(desk, payment, invoice, minor, on=day))
    return allocations
