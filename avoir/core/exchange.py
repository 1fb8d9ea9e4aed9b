"""Currencies against the base: conversion, and what a settlement takes from an open item."""

from decimal import Decimal

from avoir.core.currency import exponent
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal, invariant
from avoir.core.money import NANO, in_range, rounded, scaled
from avoir.core.organization import RATES_OF_YEAR, ExchangeRate

ONE = NANO
"""The rate between equal currencies, in nano."""


class RateRequired(Refusal):
    """A document in a foreign currency needs a rate to the base currency."""

    code, kind = "exchange_rate_required", Kind.INVALID


class RateNotOne(Refusal):
    """Between equal currencies the rate is 1, and nothing else."""

    code, kind = "exchange_rate_not_one", Kind.INVALID


class RateNotPositive(Refusal):
    """An exchange rate is more than nothing."""

    code, kind = "exchange_rate_not_positive", Kind.INVALID


def rate_of(rate: Decimal | None, currency: str, base: str, *, default: int | None = None) -> int:
    """The rate of a document in nano: the caller's, else `default`, else 1 between equal currencies.

    Refuses `RateRequired`, `RateNotOne`, `RateNotPositive`, and a rate of more than 9 decimals.
    """
    nano = None if rate is None else positive_rate(rate)
    if currency == base:
        if nano not in (None, ONE):
            raise RateNotOne(f"{currency} is the base currency: its rate is 1", currency=currency)
        return ONE
    nano = default if nano is None else nano
    if nano is None:
        raise RateRequired(f"a rate from {currency} to {base} is needed", currency=currency, base=base)
    return nano


def rate_on(desk: Desk, rate: Decimal | None, currency: str, base: str, on: str) -> int:
    """As `rate_of`; what the caller does not say, the rate table says for that day."""
    listed = None if rate is not None or currency == base else _listed(desk, currency, base, on)
    return rate_of(rate, currency, base, default=listed)


def positive_rate(rate: Decimal) -> int:
    """A rate in nano. Refuses `RateNotPositive`, and more than 9 decimals."""
    nano = scaled(rate, 9, "exchangeRate")
    if nano <= 0:
        raise RateNotPositive("an exchange rate is more than nothing")
    return nano


def _listed(desk: Desk, currency: str, base: str, on: str) -> int | None:
    """The table's latest rate on or before a day: of its year, or of the year before; older is no rate."""
    year = int(on[:4])
    for each in (year, year - 1):
        rates = [x for x in desk.of(ExchangeRate, RATES_OF_YEAR, currency, base, each) if x.valid_on <= on]
        if rates:
            # A group is in the order of its keys, and the day is the last part of the key.
            return rates[-1].rate_nano
    return None


def worth(minor: int, currency: str, rate_nano: int, base: str) -> int:
    """An amount in the base currency's minor units, rounded half up once; however large, to be shown."""
    if currency == base:
        return minor
    shift = exponent(base) - exponent(currency)
    numerator = minor * rate_nano * 10 ** max(shift, 0)
    return rounded(numerator, NANO * 10 ** max(-shift, 0))


def to_base(minor: int, currency: str, rate_nano: int, base: str) -> int:
    """What an amount is worth, to be kept. Refuses `AmountOutOfRange`."""
    return in_range(worth(minor, currency, rate_nano, base), "base amount")


def consumed(part: int, open_minor: int, open_base_minor: int) -> int:
    """The base amount that settling `part` of an open item takes: in proportion, the last the exact rest."""
    invariant(0 <= part <= open_minor, "no more is settled than is open")
    if open_base_minor == open_minor:
        return part
    return open_base_minor if part == open_minor else rounded(open_base_minor * part, open_minor)
