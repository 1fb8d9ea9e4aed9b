"""Which form of an answer a client wants: JSON, or another that a way offers (rest.md, section 0)."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

JSON, TABLE, HTML = "application/json", "application/json+table", "application/json+html"
PDF, CSV = "application/pdf", "application/csv"
XLSX = "application/xlsx"

ALIASES = {
    "text/csv": CSV,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": XLSX,
}
"""What others call the same."""

MOST_RANGES = 50


class NotAcceptable(Exception):
    """None of what the client would take is offered."""


def chosen(accept: str, offered: Sequence[str]) -> str:
    """The offered type that the client wants most; the first where it does not care. Raises `NotAcceptable`.

    Of types wanted alike, the one that is offered first; the more exact range decides on a type (RFC 9110,
    12.5.1).
    """
    ranges = [_range(each) for each in accept.split(",")[:MOST_RANGES] if each.strip()]
    if not ranges:
        return offered[0]
    wanted = {each: _quality(each, ranges) for each in offered}
    best = max(wanted.values())
    if best <= 0:
        raise NotAcceptable(f"offered are {', '.join(offered)}")
    return next(each for each in offered if wanted[each] == best)


def _range(text: str) -> tuple[str, Decimal]:
    kind, *parameters = (part.strip().lower() for part in text.split(";"))
    quality = next((part[2:].strip() for part in parameters if part.startswith("q=")), "1")
    try:
        number = Decimal(quality)
    except InvalidOperation:
        number = Decimal(1)
    return ALIASES.get(kind, kind), number if number.is_finite() else Decimal(1)


def _quality(kind: str, ranges: list[tuple[str, Decimal]]) -> Decimal:
    for pattern in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
        for each, quality in ranges:
            if each == pattern:
                return quality
    return Decimal(0)
