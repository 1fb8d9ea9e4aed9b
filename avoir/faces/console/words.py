"""How things are written for people: amounts by currency, dates, states, what a refusal says.

Everything here shows; nothing computes. Amounts come in minor units.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

from avoir.core.errors import Refusal
from avoir.core.money import major_of, unscaled

SAID = {
    "idempotency_key_reused": "This form was sent before, with other values. Look at what it did first.",
    "maker_is_checker": "You asked for this refund yourself: somebody else has to approve it.",
    "not_found": "There is no such thing here.",
}
"""Sentences for people, where the refusal's own would not do."""

STATES = {
    "awaiting_approval": "Waiting for approval",
    "part_paid": "Partly paid",
    "part_used": "Partly used",
    "written_off": "Written off",
    "write_off": "Write-off",
    "unknown": "Sent, not confirmed",
    "waiting": "Still to do",
    "settled": "Paid out",
    "do_nothing": "Books the loss, leaves the invoices paid",
    "credit_note_and_refund": "Credits the invoice",
    "unpay_and_refund": "Makes the invoice due again",
}
"""Labels of states that are not simply their own names."""

TONES = {
    "draft": "quiet", "voided": "quiet", "deleted": "quiet", "reversed": "quiet", "canceled": "quiet",
    "rejected": "quiet", "expired": "quiet", "used": "quiet", "written_off": "quiet", "won": "good",
    "paid": "good", "settled": "good", "published": "good", "issued": "info", "open": "info",
    "pending": "info", "part_paid": "info", "part_used": "info", "overdue": "bad", "failed": "bad",
    "lost": "bad", "refunded": "plum", "awaiting_approval": "warn", "unknown": "warn", "unapplied": "warn",
    "running": "info", "stopped": "warn", "completed": "good", "done": "good", "refused": "bad",
    "active": "good", "invited": "info", "inactive": "quiet", "disputed": "bad",
}  # fmt: skip
"""The colour of a state's badge; its label says the same without colour."""


@lru_cache(256)
def locale_of(language: str) -> str:
    """A locale that exists: the organization's language, else English."""
    try:
        return str(Locale.parse(language.replace("-", "_")))
    except (ValueError, UnknownLocaleError, TypeError):
        return "en"


@lru_cache(65_536)
def money(minor: int, currency: str, locale: str = "en") -> str:
    """An amount as people of the locale write it: $1,234.50, 1.234,50 €."""
    return format_currency(Decimal(major_of(minor, currency)), currency, locale=locale)


@lru_cache(8192)
def price(micro: int, currency: str, locale: str = "en") -> str:
    """A unit price, which may be finer than the currency: $35.50, $0.0125."""
    price = Decimal(unscaled(micro, 6))
    return format_currency(price, currency, locale=locale, decimal_quantization=micro % 10_000 == 0)


@lru_cache(4096)
def plain(minor: int, currency: str) -> str:
    """An amount as a form takes it: 1234.5."""
    return str(major_of(minor, currency)) if minor else "0"


@lru_cache(8192)
def number(whole: int, places: int, locale: str = "en") -> str:
    """A scaled number: a quantity in millionths, a rate in thousand-millionths."""
    return format_decimal(Decimal(unscaled(whole, places)), locale=locale, decimal_quantization=False)


@lru_cache(8192)
def day(text: str, locale: str = "en") -> str:
    """A date for people; what is no date is shown as it is."""
    try:
        return format_date(date.fromisoformat(text[:10]), "medium", locale=locale)
    except ValueError:
        return text


def instant(text: str, locale: str = "en") -> str:
    """An instant (UTC) for people."""
    try:
        return format_datetime(datetime.fromisoformat(text), "d MMM y, HH:mm 'UTC'", locale=locale)
    except ValueError:
        return text


def label(state: str) -> str:
    """A state, an event or a kind in words."""
    return STATES.get(state) or state.replace("_", " ").replace(".", ", ").capitalize()


def sentence(problem: Exception) -> str:
    """What a refusal says to a person."""
    said = SAID.get(problem.code, "") if isinstance(problem, Refusal) else ""
    text = said or str(problem)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
