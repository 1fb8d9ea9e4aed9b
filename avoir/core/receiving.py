"""Receiving: what a payment is asked to say, worked out, and how it is set against invoices."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from avoir.core.account import Account, holds_money
from avoir.core.allocation import Allocation, AllocationExceedsPayment, allocate
from avoir.core.branch import known_branch
from avoir.core.command import Command
from avoir.core.customer import Customer
from avoir.core.day import checked_day
from avoir.core.deposit import deposit_account
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.exchange import rate_on, to_base
from avoir.core.invoice import Invoice, issued
from avoir.core.money import AmountNotPositive, in_range, minor_of, positive_minor_of
from avoir.core.organization import Entity
from avoir.core.payment import Payment
from avoir.core.row import Row
from avoir.core.text import LONG, fits
from avoir.core.usage import use


class AmountRequired(Refusal):
    """A payment says how much it is, by itself or by all of its portions."""

    code, kind = "amount_required", Kind.INVALID


class NotAllocated(Refusal):
    """The payment is not set against that invoice, or no longer."""

    code = "payment_not_allocated"


class Portion(msgspec.Struct, frozen=True):
    """How much of a payment goes to which invoice, in major units; as much as is due, if nothing is said."""

    invoice_id: int
    amount: Decimal | None = None


class PaymentDraft(Command, frozen=True, kw_only=True):
    """What a payment says. Amounts in major units, dates YYYY-MM-DD."""

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

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Customer, self.customer_id
        if self.account_id:
            yield Account, self.account_id
        for portion in self.portions:
            yield Invoice, portion.invoice_id

    def well_formed(self, desk: Desk) -> None:
        """Refuses what is too long, or no day."""
        fits(self.reference, "referenceNo")
        fits(self.memo, "memo", LONG)
        checked_day(self.received_on, "paymentDate")

    def said(self, desk: Desk) -> dict[str, Any]:
        """The columns that every payment has, worked out.

        Refuses a wrong customer, account, date, rate or branch, and an amount that is none.
        """
        customer = use(desk, desk.get(Customer, self.customer_id))
        base = desk.get(Entity, customer.entity_id).base_currency
        currency = self.currency or customer.currency
        account_id = self.account_id or deposit_account(desk, currency, base)
        account = use(desk, desk.get(Account, account_id))
        known_branch(desk, self.branch_id, customer.entity_id)
        self.well_formed(desk)
        holds_money(account, currency, base)
        rate = rate_on(desk, self.exchange_rate, currency, base, self.received_on)
        minor = self._amount(currency)
        return {
            "entity_id": customer.entity_id,
            "customer_id": customer.id,
            "branch_id": self.branch_id,
            "reference": self.reference,
            "memo": self.memo,
            "account_id": account.id,
            "currency": currency,
            "rate_nano": rate,
            "received_on": self.received_on,
            "amount_minor": minor,
            "base_amount_minor": to_base(minor, currency, rate, base),
        }

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

    def meant(self) -> list[Portion]:
        """The portions that give something: contract B's clients send the others as well."""
        return [x for x in self.portions if x.amount is None or x.amount]


def set_off(desk: Desk, payment: Payment, portions: Sequence[Portion], on: str) -> list[Allocation]:
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
