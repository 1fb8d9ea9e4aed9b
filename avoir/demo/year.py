"""A year of a company's life, as commands with days on them; the same for every run but for the calendar.

What happens next depends on what came of what happened before, so the year is told week by week: the
commands of a week are asked together, and what comes of them fills the weeks that follow.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from avoir.app.allocations import AllocateCreditNote, Share
from avoir.app.credit_notes import CreateCreditNote, DeleteCreditNote
from avoir.app.exchange_rates import SetExchangeRate
from avoir.app.invoice_credits import CreditInvoice, WriteOffInvoice
from avoir.app.invoices import CreateInvoice
from avoir.app.payments import ReceivePayment
from avoir.app.refunds import RefundCreditNote, RefundInvoice, ReverseRefund, SettleRefund
from avoir.core.command import Command
from avoir.core.credit_note import DRAFT, CreditNote
from avoir.core.currency import exponent
from avoir.core.document import Discount, Line, Wording
from avoir.core.invoice import Invoice
from avoir.core.money import major_of
from avoir.core.payment import Payment
from avoir.core.rail import BANK as AT_BANK
from avoir.core.receiving import Portion
from avoir.core.refund import Refund
from avoir.demo import catalog
from avoir.demo.troubles import Paid, troubles

SEED = 20_260_101
DAYS, WEEK = 364, 7
INVOICES_A_WEEK = 4
BANK, SAVINGS, UNDEPOSITED = 1000, 1001, 1002
TERMS = 30

Then = Callable[[Any], None]


class Step(NamedTuple):
    """A command on a day of the year (0 is the first, 363 is today), and what comes of it."""

    day: int
    command: Command
    then: Then


class Year:
    """The agenda of a year that ends `today`."""

    def __init__(self, today: date) -> None:
        self.first = today - timedelta(days=DAYS - 1)
        self.random = random.Random(SEED)  # noqa: S311 - the same year each time is what is wanted.
        self._weeks: dict[int, list[Step]] = defaultdict(list)
        self._told = -1
        self._today = today
        self._paid: list[Paid] = []
        self._over: list[Payment] = []
        self._rates()
        for week in range(DAYS // WEEK):
            for _ in range(INVOICES_A_WEEK):
                self._bill(week * WEEK + self.random.randrange(WEEK))
            if week % 2:
                self._credit_somebody(week * WEEK + self.random.randrange(WEEK))

    def _rates(self) -> None:
        """The rate table, from the first of each month on; documents bring rates of their own."""
        for day in (day for day in range(DAYS) if self.on(day).endswith("-01")):
            for currency in catalog.WORTH:
                rate = self.rate(currency, day)
                if rate is not None:
                    self.at(day, SetExchangeRate(currency=currency, valid_on=self.on(day), rate=rate))

    def weeks(self) -> Iterator[list[Step]]:
        """The steps of each week in the order of their days; what comes of them fills later weeks."""
        for week in range(DAYS // WEEK):
            if week == DAYS // WEEK - 2:
                troubles(self.at, self._today, self._paid, self._over, week * WEEK)
            self._told = week
            yield sorted(self._weeks.pop(week, []), key=lambda step: step.day)

    def on(self, day: int) -> str:
        """The date of a day of the year."""
        return (self.first + timedelta(days=day)).isoformat()

    def at(self, day: int, command: Command, then: Then = lambda _: None) -> None:
        """Put a command on the agenda; what lies beyond today has not happened yet."""
        if day < DAYS:
            # What comes of a week comes in another one, or the week would have to be told twice.
            week = max(day // WEEK, self._told + 1)
            self._weeks[week].append(Step(max(day, week * WEEK), command, then))

    # Claims.

    def _bill(self, day: int) -> None:
        customer = self.random.randrange(len(catalog.CUSTOMERS))
        currency = catalog.CUSTOMERS[customer][1]
        discount = Discount(Decimal(5)) if self.random.random() < 0.08 else Discount()
        lines = tuple(self._line(currency) for _ in range(self.random.randint(1, 3)))
        command = CreateInvoice(
            customer_id=customer + 1,
            issued_on=self.on(day),
            due_on=self.on(day + TERMS),
            wording=Wording(lines, discount=discount),
            issue=True,
            exchange_rate=self.rate(currency, day),
        )
        self.at(day, command, lambda invoice: self._what_becomes_of(invoice, day))

    def _line(self, currency: str) -> Line:
        place = self.random.randrange(len(catalog.WARES))
        ware = catalog.WARES[place]
        hours = "by the hour" in ware.name
        quantity = Decimal(self.random.randint(4, 60)) / 4 if hours else Decimal(self.random.randint(1, 6))
        return Line(
            quantity=quantity,
            price=price_in(ware.price, currency),
            item_id=catalog.FIRST_ITEM + place,
            description=ware.name,
            discount=Discount(Decimal(10)) if self.random.random() < 0.12 else Discount(),
            tax_rate_ids=tax_of(currency, hardware=ware.hardware),
        )

    def rate(self, currency: str, day: int) -> Decimal | None:
        """A rate to the dollar that wanders with the day; none for the dollar itself."""
        if currency == catalog.BASE:
            return None
        # Up and down by two percent over eleven weeks, in a straight line.
        drift = Decimal(abs(day % 154 - 77) - 38) / 1900
        return (catalog.WORTH[currency] * (1 + drift)).quantize(Decimal("0.000001"))

    # What becomes of them.

    def _what_becomes_of(self, invoice: Invoice, day: int) -> None:
        total, roll = invoice.total_minor, self.random.random()
        paid_on = day + self.random.randint(WEEK, 5 * WEEK)
        if roll < 0.62:
            self._pay(invoice, paid_on, total, then=lambda payment: self._paid_all(invoice, payment))
        elif roll < 0.72:
            part = total * self.random.randint(3, 7) // 10
            self._pay(invoice, paid_on, part)
            self._give_up(invoice, day)
        elif roll < 0.78:
            half = total // 2
            self._pay(invoice, paid_on, half)
            self._pay(invoice, paid_on + 2 * WEEK, total - half, account=SAVINGS)
        elif roll < 0.84:
            self._pay(invoice, paid_on, total, self._over.append, extra=total // 10 + 1)
        elif roll < 0.90:
            self._apologize(invoice, paid_on)
        else:
            self._give_up(invoice, day)

    def _pay(
        self,
        invoice: Invoice,
        day: int,
        minor: int,
        then: Then = lambda _: None,
        *,
        extra: int = 0,
        account: int = BANK,
    ) -> None:
        command = ReceivePayment(
            customer_id=invoice.customer_id,
            account_id=account,
            received_on=self.on(day),
            amount=major(minor + extra, invoice.currency),
            portions=(Portion(invoice.id, major(minor, invoice.currency)),),
            exchange_rate=self.rate(invoice.currency, day),
            reference=f"Transfer for {invoice.number}",
        )
        self.at(day, command, then)

    def _paid_all(self, invoice: Invoice, payment: Payment) -> None:
        if invoice.currency == catalog.BASE:
            self._paid.append(Paid(invoice, payment))
        self._regret(invoice, (date.fromisoformat(payment.received_on) - self.first).days)

    def _regret(self, invoice: Invoice, day: int) -> None:
        """Some of what was paid comes back: refunded, in whole or in part, or the customer's to keep."""
        roll, later = self.random.random(), day + self.random.randint(WEEK, 6 * WEEK)
        reason = self.random.randint(1, len(catalog.DISPUTE_REASONS))
        if roll < 0.07:
            self.at(later, RefundInvoice(invoice_id=invoice.id, dispute_reason_id=reason))
        elif roll < 0.15:
            part = major(invoice.total_minor // 4 + 1, invoice.currency)
            self.at(later, RefundInvoice(invoice_id=invoice.id, amount=part, dispute_reason_id=reason))
        elif roll < 0.20:
            credit = CreditInvoice(invoice_id=invoice.id, dispute_reason_id=reason)
            self.at(later, credit, lambda note: self._pay_back(note, later + WEEK, 2))

    def _give_up(self, invoice: Invoice, day: int) -> None:
        if self.random.random() < 0.5:
            self.at(day + 100, WriteOffInvoice(invoice_id=invoice.id))

    def _apologize(self, invoice: Invoice, day: int) -> None:
        """A tenth off an open invoice: a credit note standing alone, set against it."""
        minor = invoice.net_minor // 10
        self._credit(
            invoice.customer_id, day, minor, "Goodwill", then=lambda note: self._set_off(note, invoice, day)
        )

    def _set_off(self, note: CreditNote, invoice: Invoice, day: int) -> None:
        share = Share(invoice.id, major(note.total_minor, note.currency))
        self.at(day + WEEK, AllocateCreditNote(credit_note_id=note.id, shares=(share,)))

    # Credit notes standing alone.

    def _credit_somebody(self, day: int) -> None:
        customer = self.random.randint(1, len(catalog.CUSTOMERS))
        minor = self.random.randint(20, 400) * 10 ** exponent(catalog.CUSTOMERS[customer - 1][1])
        issue = self.random.random() < 0.9
        self._credit(customer, day, minor, "Returned work", lambda note: self._use(note, day), issue=issue)

    def _use(self, note: CreditNote, day: int) -> None:
        """Some are paid out, some voided; some stay the customer's, and drafts stay drafts."""
        roll = self.random.random()
        if note.state == DRAFT:
            return
        if roll < 0.55:
            self._pay_back(note, day + WEEK, self.random.randint(1, 3))
        elif roll < 0.70:
            self.at(day + WEEK, DeleteCreditNote(credit_note_id=note.id))

    def _credit(
        self,
        customer: int,
        day: int,
        minor: int,
        why: str,
        then: Then = lambda _: None,
        *,
        issue: bool = True,
    ) -> None:
        currency = catalog.CUSTOMERS[customer - 1][1]
        line = Line(
            Decimal(1), major(minor, currency), description=why, tax_rate_ids=tax_of(currency, hardware=False)
        )
        command = CreateCreditNote(
            customer_id=customer,
            issued_on=self.on(day),
            wording=Wording((line,)),
            issue=issue,
            exchange_rate=self.rate(currency, day),
            note=why,
        )
        self.at(day, command, then)

    def _pay_back(self, note: CreditNote, day: int, parts: int) -> None:
        """Pay a part of a credit note out of the bank, or by the gateway, which says a day later that it has.

        One in five of the bank's is taken back again.
        """
        if not note.remaining_minor:
            return
        by_gateway = note.currency == catalog.BASE and note.id % 3 > 0
        command = RefundCreditNote(
            credit_note_id=note.id,
            account_id=None if by_gateway else BANK,
            rail=catalog.GATEWAY if by_gateway else AT_BANK,
            amount=major(-(-note.remaining_minor // parts), note.currency),
            refunded_on=self.on(day),
            exchange_rate=self.rate(note.currency, day),
            description=f"Refund of {note.number}",
        )
        self.at(day, command, lambda refund: self._bounce(refund, day))

    def _bounce(self, refund: Refund, day: int) -> None:
        bounces = self.random.random() < 0.2
        if refund.rail != AT_BANK:
            paid = SettleRefund(refund_id=refund.id, reference=f"{refund.rail}-{refund.number}")
            self.at(day + 1, paid)
        elif bounces:
            self.at(day + 10, ReverseRefund(refund_id=refund.id))


def tax_of(currency: str, *, hardware: bool) -> tuple[int, ...]:
    """The taxes on a sale: at home two at once, on hardware a third upon them; abroad one, or none."""
    if currency == catalog.BASE:
        return (catalog.STATE, catalog.CITY, catalog.LEVY) if hardware else (catalog.STATE, catalog.CITY)
    return (catalog.VAT,) if currency == "EUR" else ()


def price_in(dollars: Decimal, currency: str) -> Decimal:
    """A price of the catalog in another currency, to its smallest unit."""
    unit = Decimal(1).scaleb(-exponent(currency))
    return (dollars / catalog.WORTH[currency]).quantize(unit, ROUND_HALF_UP)


def major(minor: int, currency: str) -> Decimal:
    """Minor units as a command wants them."""
    return Decimal(major_of(minor, currency))
