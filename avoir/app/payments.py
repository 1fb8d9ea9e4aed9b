"""Payments: cash in, and what it is set against."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from avoir.core import postings
from avoir.core.account import Account, holds_money
from avoir.core.allocation import AllocationExceedsPayment, allocate
from avoir.core.branch import known_branch
from avoir.core.command import Command
from avoir.core.customer import Customer
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.exchange import rate_on, to_base
from avoir.core.invoice import Invoice
from avoir.core.money import AmountNotPositive, in_range, minor_of
from avoir.core.numbering import claim
from avoir.core.organization import Entity
from avoir.core.payment import PAYMENTS_BY_NUMBER, Payment
from avoir.core.row import Row, changed
from avoir.core.text import fits
from avoir.core.usage import use


class Portion(msgspec.Struct, frozen=True):
    """How much of a payment goes to which invoice, in major units. Nothing is left out."""

    invoice_id: int
    amount: Decimal


class ReceivePayment(Command, frozen=True, kw_only=True):
    """Record cash received, and set it against invoices. What is left over stays the customer's."""

    ANSWER = Payment
    customer_id: int
    account_id: int
    received_on: str
    amount: Decimal | None = None  # What the portions sum to, if not given.
    portions: tuple[Portion, ...] = ()
    currency: str = ""  # The customer's, if not given.
    exchange_rate: Decimal | None = None
    number: str = ""
    reference: str = ""
    memo: str = ""
    branch_id: int | None = None

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Customer, self.customer_id
        yield Account, self.account_id
        for portion in self.portions:
            yield Invoice, portion.invoice_id

    def decide(self, desk: Desk) -> Payment:
        """Refuses a wrong account, date, rate or branch, and portions beyond the payment or an invoice."""
        customer = use(desk, desk.get(Customer, self.customer_id))
        account = use(desk, desk.get(Account, self.account_id))
        known_branch(desk, self.branch_id, customer.entity_id)
        fits(self.reference, "referenceNo")
        checked_day(self.received_on, "paymentDate")
        base = desk.get(Entity, customer.entity_id).base_currency
        currency = self.currency or customer.currency
        holds_money(account, currency, base)
        rate = rate_on(desk, self.exchange_rate, currency, base, self.received_on)
        parts = [(x.invoice_id, minor_of(x.amount, currency, "paymentAmount")) for x in self.portions]
        whole = sum(part for _, part in parts)
        minor = in_range(whole, "amount") if self.amount is None else minor_of(self.amount, currency)
        if minor <= 0 or any(part < 0 for _, part in parts):
            raise AmountNotPositive("a payment is more than nothing", field="amount")
        if whole > minor:
            raise AllocationExceedsPayment(
                "more is set against invoices than was paid", paid=minor, allocated=whole
            )
        payment = self._received(desk, customer, currency, rate, minor, to_base(minor, currency, rate, base))
        for invoice_id, part in parts:
            if part:
                allocate(
                    desk,
                    desk.get(Payment, payment.id),
                    desk.get(Invoice, invoice_id),
                    part,
                    on=self.received_on,
                )
        return desk.get(Payment, payment.id)

    def _received(
        self, desk: Desk, customer: Customer, currency: str, rate: int, minor: int, base_minor: int
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
                account_id=self.account_id,
                currency=currency,
                rate_nano=rate,
                received_on=self.received_on,
                amount_minor=minor,
                base_amount_minor=base_minor,
                created_at=desk.now,
                updated_at=desk.now,
            )
        )
        desk.tell("payment.received", payment)
        return desk.put(changed(payment, entry_id=postings.payment_received(desk, payment)))
