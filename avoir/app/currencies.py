"""The currencies that an organization offers. What money is, ISO 4217 says; this is a list to choose from."""

import re
from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.currency import SEEDED, Currency, UnknownCurrency
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.organization import DEFAULT_ENTITY, Entity
from avoir.core.row import Row, changed
from avoir.core.text import fits, named

_CODE = re.compile(r"[A-Z]{3}", re.ASCII)


class CurrencyCodeInvalid(Refusal):
    """A currency's code is three capital letters."""

    code, kind = "currency_code_invalid", Kind.INVALID


class CurrencyCodeTaken(Refusal):
    """The currency stands in the list already."""

    code = "currency_code_taken"


class CurrencyIsBase(Refusal):
    """The base currency stays in the list."""

    code = "currency_is_base"


class AddCurrency(Command, frozen=True, kw_only=True):
    """Put a currency into the list. One that ISO 4217 does not know is listed, and no document takes it."""

    ANSWER = Currency
    currency: str
    name: str
    sign: str

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Currency, self.currency
        yield Entity, DEFAULT_ENTITY

    def decide(self, desk: Desk) -> Currency:
        """Refuses `CurrencyCodeInvalid`, `CurrencyCodeTaken`, `NameRequired`, `TextTooLong`."""
        if not _CODE.fullmatch(self.currency):
            raise CurrencyCodeInvalid("a currency's code is three capital letters", code=self.currency)
        known = desk.find(Currency, self.currency)
        if _listed(desk, self.currency, known):
            raise CurrencyCodeTaken("the currency stands in the list already", code=self.currency)
        return _write(desk, known, self.currency, self.name, self.sign, "currency.added")


class EditCurrency(Command, frozen=True, kw_only=True):
    """Call a listed currency otherwise."""

    ANSWER = Currency
    currency: str
    name: str
    sign: str

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Currency, self.currency
        yield Entity, DEFAULT_ENTITY

    def decide(self, desk: Desk) -> Currency:
        """Refuses `UnknownCurrency`, `NameRequired`, `TextTooLong`."""
        known = desk.find(Currency, self.currency)
        if not _listed(desk, self.currency, known):
            raise UnknownCurrency("the list has no such currency", currency=self.currency)
        return _write(desk, known, self.currency, self.name, self.sign, "currency.edited")


class RemoveCurrency(Command, frozen=True, kw_only=True):
    """Take a currency off the list. Documents that are in it stay."""

    ANSWER = Currency
    currency: str

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Currency, self.currency
        yield Entity, DEFAULT_ENTITY

    def decide(self, desk: Desk) -> Currency:
        """Refuses `UnknownCurrency`, `CurrencyIsBase`."""
        known = desk.find(Currency, self.currency)
        if not _listed(desk, self.currency, known):
            raise UnknownCurrency("the list has no such currency", currency=self.currency)
        if self.currency == _base(desk):
            raise CurrencyIsBase("the base currency stays in the list", code=self.currency)
        row = known or _row(desk, self.currency)
        desk.tell("currency.removed", row)
        gone = changed(row, listed=0, updated_at=desk.now)
        return desk.put(gone) if known else desk.add(gone)


def _listed(desk: Desk, code: str, known: Currency | None) -> bool:
    """Those that every organization begins with are listed until they are taken off."""
    return code == _base(desk) or (code in SEEDED if known is None else bool(known.listed))


def _base(desk: Desk) -> str:
    return desk.get(Entity, DEFAULT_ENTITY).base_currency


def _row(desk: Desk, code: str) -> Currency:
    return Currency(desk.organization_id, code, "", "", 1, desk.now, desk.now)


def _write(desk: Desk, known: Currency | None, code: str, name: str, sign: str, topic: str) -> Currency:
    said = {"name": named(name, "a currency"), "sign": fits(sign, "currencySign", 16), "listed": 1}
    row = changed(known or _row(desk, code), updated_at=desk.now, **said)
    desk.tell(topic, row)
    return desk.put(row) if known else desk.add(row)
