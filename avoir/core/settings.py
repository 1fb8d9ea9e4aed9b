"""Settings: what an organization and its entities may choose between."""

from collections.abc import Sequence
from typing import Any

import msgspec

from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.text import LONG, fits

DISCOUNT_TIMINGS = ("before_tax", "after_tax")
"""When a document discount is taken."""

CREDIT_RATES = ("original_rate", "document_date")
"""Whose rate a credit note against an invoice takes: the invoice's, or its own day's."""

DISPUTE_ACTIONS = ("do_nothing", "credit_note_and_refund", "unpay_and_refund")
"""What a lost dispute does."""

MOST_TERMS_DAYS = 3650


class UnknownSetting(Refusal):
    """The setting knows no such value."""

    code, kind = "unknown_setting", Kind.INVALID


class TermsOutOfRange(Refusal):
    """Terms are a number of days, from 0 to ten years."""

    code, kind = "terms_out_of_range", Kind.INVALID


class BooksAreWritten(Refusal):
    """The base currency stays once anything is written in it."""

    code = "books_are_written"


def choice(value: str, among: Sequence[str], what: str) -> str:
    """The value itself. Refuses `UnknownSetting`."""
    if value not in among:
        raise UnknownSetting(f"{what} is one of {', '.join(among)}", field=what)
    return value


def days(value: int, what: str = "termsDays") -> int:
    """The number of days itself. Refuses `TermsOutOfRange`."""
    if not 0 <= value <= MOST_TERMS_DAYS:
        raise TermsOutOfRange(f"{what} lies between 0 and {MOST_TERMS_DAYS}", field=what)
    return value


def laid_over(details: str, patch: str) -> str:
    """Details with what a patch says (RFC 7396): its members are laid over theirs, null takes one away.

    Refuses `TextTooLong`.
    """
    whole = _patched(msgspec.json.decode(details), msgspec.json.decode(patch))
    return fits(msgspec.json.encode(whole).decode(), "details", LONG)


def _patched(old: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    found = dict(old) if isinstance(old, dict) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = _patched(found.get(name), value)
    return found


def unwritten(desk: Desk) -> None:
    """Refuses `BooksAreWritten` once there is a document of any kind, be it a draft."""
    if any(map(desk.last, ("invoice", "credit_note", "payment", "journal"))):
        raise BooksAreWritten("the base currency stays once anything is written in it", field="baseCurrency")
