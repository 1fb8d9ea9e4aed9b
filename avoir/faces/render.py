"""How values are written: numbers, days and instants, and the `formatted_` texts beside them."""

import re
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_name, get_currency_symbol

from avoir.app.reads.organization import Setup
from avoir.core.currency import EXPONENTS
from avoir.core.day import day_of
from avoir.core.exchange import worth
from avoir.core.money import major_of, unscaled
from avoir.faces.caller import Caller

Number = Decimal | int

SEEDED = {
    "USD": ("US Dollar", "$"),
    "CAD": ("Canadian Dollar", "CA$"),
    "EUR": ("Euro", "€"),
    "LYD": ("Libyan Dinar", "LD"),
    "GBP": ("British Pound Sterling", "£"),
    "CNY": ("Chinese Yuan", "CN¥"),
    "AUD": ("Australian Dollar", "AU$"),
    "INR": ("Indian Rupee", "Rs"),
}
"""The currencies that contract B's clients find in every organization: name and sign."""

_TOKEN = re.compile(r"YYYY|yyyy|YY|yy|MMMM|MMM|MM|M|Do|DD|D|dddd|ddd")
_FORMAT = re.compile(rf"(?:{_TOKEN.pattern}|[ ,./-])+")
_ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


class Style(NamedTuple):
    """How one organization wants to read: its base currency, date format and time zone."""

    base: str
    date_format: str
    zone: tzinfo

    def day(self, day: str) -> str:
        """A day as the organization writes it; nothing stays nothing."""
        return spelled(day, self.date_format) if day else ""

    def instant(self, instant: str) -> str:
        """The day of an instant, as the organization writes it."""
        return self.day(day_of(instant, self.zone)) if instant else ""

    def today(self) -> str:
        """The organization's day."""
        return datetime.now(self.zone).date().isoformat()

    def local(self, minor: int, currency: str, rate_nano: int) -> int:
        """An amount in the base currency's minor units."""
        return worth(minor, currency, rate_nano, self.base)


def style_of(caller: Caller) -> Style:
    """How the caller's organization wants to read."""
    setup = caller.setup
    return Style(setup.base_currency, setup.organization.date_format, caller.zone)


def zone_of(setup: Setup) -> tzinfo:
    """The organization's time zone."""
    return ZoneInfo(setup.organization.timezone)


def midnight(day: str) -> str | None:
    """A day as contract B writes it: 2026-06-20T00:00:00.000Z."""
    return f"{day}T00:00:00.000Z" if day else None


@lru_cache(1024)
def rate_of(rate_nano: int) -> Number:
    """An exchange rate."""
    return unscaled(rate_nano, 9)


def micro(value: int) -> Number:
    """A quantity, unit price or percentage."""
    return unscaled(value, 6)


def grouped(value: Number) -> str:
    """`1,234.50`: at least two decimals, and no fewer than there are."""
    places = -int(Decimal(value).as_tuple().exponent)
    return f"{value:,.{max(places, 2)}f}"


def plain(minor: int, currency: str) -> str:
    """An amount without its sign: 100.00."""
    return grouped(major_of(minor, currency))


def nothing_for_zero(minor: int, currency: str) -> str:
    """An amount, or an empty text."""
    return plain(minor, currency) if minor else ""


def signed(minor: int, currency: str) -> str:
    """An amount with its currency's sign: $100.00."""
    text = sign_of(currency) + plain(abs(minor), currency)
    return f"-{text}" if minor < 0 else text


@cache
def sign_of(currency: str) -> str:
    """The sign that stands before an amount."""
    return SEEDED[currency][1] if currency in SEEDED else get_currency_symbol(currency, locale="en_US")


@cache
def name_of(currency: str) -> str:
    """The currency's English name."""
    return SEEDED[currency][0] if currency in SEEDED else get_currency_name(currency, locale="en_US")


def is_currency(code: str) -> bool:
    """Whether it is a currency of ISO 4217."""
    return code in EXPONENTS


def is_date_format(text: str) -> bool:
    """Whether it is made of the tokens that `spelled` knows."""
    return len(text) <= 40 and bool(_FORMAT.fullmatch(text))


@lru_cache(4096)
def spelled(day: str, date_format: str) -> str:
    """A day in a format of tokens: `DD MMM YYYY` gives 20 Jun 2026."""
    on = date.fromisoformat(day)
    parts: dict[str, Any] = {
        "YYYY": f"{on.year:04d}",
        "YY": f"{on.year % 100:02d}",
        "MMMM": on.strftime("%B"),
        "MMM": on.strftime("%b"),
        "MM": f"{on.month:02d}",
        "M": on.month,
        "DD": f"{on.day:02d}",
        "D": on.day,
        "Do": f"{on.day}{_ORDINALS.get(on.day, 'th')}",
        "dddd": on.strftime("%A"),
        "ddd": on.strftime("%a"),
    }
    parts |= {"yyyy": parts["YYYY"], "yy": parts["YY"]}
    return _TOKEN.sub(lambda token: str(parts[token[0]]), date_format)
