"""How things are written for people: amounts by currency, dates, states, what a refusal says.

Everything here shows; nothing computes. Amounts come in minor units.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

from avoir.core.currency import exponent
from avoir.core.errors import Refusal
from avoir.core.money import major_of, unscaled

SAID = {
    "exchange_rate_required": "There is no exchange rate for that day: write one, or set it in the settings.",
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
    "held": "Waiting for approval",
    "owed": "Are owed",
    "owes": "Owe",
    "do_nothing": "Loss booked, invoices stay paid",
    "credit_note_and_refund": "Invoices are credited",
    "unpay_and_refund": "Invoices are due again",
}
"""Labels of states that are not simply their own names."""

COLUMNS = {
    "answer": "Answer by", "by": "Asked for by", "day": "Date", "due": "Due date", "issued": "Date of issue",
    "open": "Amount left", "rail": "Paid by", "total": "Amount", "what": "What for", "why": "Reason",
}  # fmt: skip
"""Columns that a list is sorted by, where there is no head above them to say so."""

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


PERIODS = (
    "this_month",
    "last_month",
    "last_30_days",
    "this_quarter",
    "last_quarter",
    "this_year",
    "last_year",
)
"""Days that are told from today, so that a saved view stays true."""


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
    """An amount as forms and files have it: 1234.50."""
    return f"{Decimal(major_of(minor, currency)):.{exponent(currency)}f}"


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


@lru_cache(8192)
def instant(text: str, zone: str = "UTC", locale: str = "en") -> str:
    """An instant for people, in their time zone, which is named."""
    try:
        at = datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
    except ValueError:
        return text
    return f"{format_date(at, 'medium', locale)}, {format_time(at, 'short', locale=locale)} {at.tzname()}"


def away(day: str, today: str) -> str:
    """How far a day is from today: in 5 days, tomorrow, 3 days ago."""
    days = (date.fromisoformat(day) - date.fromisoformat(today)).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    return near.get(days) or (f"in {days} days" if days > 0 else f"{-days} days ago")


def label(state: str) -> str:
    """A state, an event or a kind in words."""
    return STATES.get(state) or state.replace("_", " ").replace(".", ", ").capitalize()


def column(name: str) -> str:
    """A column of a list in words."""
    return COLUMNS.get(name) or label(name)


def sentence(problem: Exception) -> str:
    """What a refusal says to a person."""
    said = SAID.get(problem.code, "") if isinstance(problem, Refusal) else ""
    text = said or str(problem)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
