"""Payments: cash in, what it is set against, and taken off again."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from avoir.core import postings
from avoir.core.allocation import (
    ALLOCATIONS_OF_PAYMENT,
    Allocation,
    AllocationExceedsPayment,
    CustomerMismatch,
    deallocate,
)
from avoir.core.command import Command
from avoir.core.customer import Customer
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.exchange import to_base
from avoir.core.invoice import ISSUED, Invoice
from avoir.core.legacy import mark
from avoir.core.money import positive_minor_of
from avoir.core.numbering import claim
from avoir.core.organization import Entity
from avoir.core.payment import PAYMENTS_BY_NUMBER, Payment, PaymentUsedUp
from avoir.core.rail import BANK, Gateway, UnknownRail
from avoir.core.receiving import NotAllocated, PaymentDraft, Portion, set_off
from avoir.core.row import Row, changed
from avoir.core.text import fits

MOST_PORTIONS = 1000
"""Invoices that one command sets a payment against: a batch must stay a batch."""


class TooManyPortions(Refusal):
    """A payment is set against no more invoices at once than fit into a batch."""

    code, kind = "too_many_portions", Kind.INVALID


class ReceivePayment(PaymentDraft, frozen=True, kw_only=True):
    """Record cash received, and set it against invoices. What is left over stays the customer's."""

    rail: str = BANK  # The gateway it came in by: its refunds go back by it.
    remote_id: str = ""  # What the bank or gateway calls it.
    imported: bool = False  # Entered by contract A's `legacyPaymentCreate`.
    fee: Decimal | None = None  # What the bank kept of it, besides.

    def well_formed(self, desk: Desk) -> None:
        """Refuses also `UnknownRail`."""
        super().well_formed(desk)
        fits(self.remote_id, "remoteId")
        if self.rail != BANK and desk.find(Gateway, self.rail) is None:
            raise UnknownRail("payments come in by the bank, or by a gateway that is set up", rail=self.rail)

    def decide(self, desk: Desk) -> Payment:
        """Refuses a wrong account, date, rate or branch, and portions beyond the payment or an invoice."""
        said = self.said(desk)
        number, sequence = claim(desk, Payment, PAYMENTS_BY_NUMBER, said["entity_id"], self.number)
        payment = desk.add(
            Payment(
                organization_id=desk.organization_id,
                id=desk.next("payment"),
                uuid=desk.uuid(),
                number=number,
                sequence=sequence,
                created_at=desk.now,
                updated_at=desk.now,
                rail=self.rail,
                remote_id=self.remote_id,
                **said,
            )
        )
        desk.tell("payment.received", payment)
        payment = desk.put(changed(payment, entry_id=postings.payment_received(desk, payment)))
        if self.imported:
            self._kept_by_the_bank(desk, payment)
        set_off(desk, payment, self.meant(), self.received_on)
        return desk.get(Payment, payment.id)

    def _kept_by_the_bank(self, desk: Desk, payment: Payment) -> None:
        fee = positive_minor_of(self.fee, payment.currency) if self.fee else 0
        base = desk.get(Entity, payment.entity_id).base_currency
        mark(desk, "payment", payment.id, "", fee)
        postings.payment_fee(desk, payment, fee, to_base(fee, payment.currency, payment.rate_nano, base))


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
        return set_off(desk, payment, portions, on)

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
