"""The rate table: what a currency is worth, from a day on, where a document does not say so itself."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from avoir.core.command import Command
from avoir.core.currency import exponent
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.exchange import positive_rate
from avoir.core.organization import DEFAULT_ENTITY, Entity, ExchangeRate
from avoir.core.row import Row


class RateOfItself(Refusal):
    """A currency has no rate to itself in the table: it is 1."""

    code, kind = "rate_of_itself", Kind.INVALID


class SetExchangeRate(Command, frozen=True, kw_only=True):
    """What one unit of a currency is worth from a day on, until the next. One of that day is replaced."""

    ANSWER = ExchangeRate
    currency: str
    valid_on: str
    rate: Decimal
    base_currency: str = ""  # The default entity's, if not given.

    def decide(self, desk: Desk) -> ExchangeRate:
        """Refuses `UnknownCurrency`, `RateOfItself`, `InvalidDate`, and a rate that is none."""
        base = _pair(desk, self.currency, self.base_currency)
        day = checked_day(self.valid_on, "validOn")
        nano = positive_rate(self.rate)
        old = desk.find(ExchangeRate, self.currency, base, day)
        year = int(day[:4])
        rate = ExchangeRate(desk.organization_id, self.currency, base, day, year, nano, desk.now)
        desk.tell("exchange_rate.set", rate)
        return desk.add(rate) if old is None else desk.put(rate)


class DeleteExchangeRate(Command, frozen=True, kw_only=True):
    """Take a rate out of the table. The documents that took it keep it."""

    ANSWER = ExchangeRate
    currency: str
    valid_on: str
    base_currency: str = ""

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Entity, DEFAULT_ENTITY

    def decide(self, desk: Desk) -> ExchangeRate:
        """Refuses `NotFound`."""
        base = _pair(desk, self.currency, self.base_currency)
        rate = desk.get(ExchangeRate, self.currency, base, self.valid_on)
        desk.remove(rate)
        desk.tell("exchange_rate.deleted", rate)
        return rate


def _pair(desk: Desk, currency: str, base: str) -> str:
    """The base currency of a pair. Refuses `UnknownCurrency`, `RateOfItself`."""
    base = base or desk.get(Entity, DEFAULT_ENTITY).base_currency
    exponent(currency)
    exponent(base)
    if currency == base:
        raise RateOfItself("a currency is worth one of itself", currency=currency)
    return base
