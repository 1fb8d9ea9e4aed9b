"""Document numbers: gapless per entity and kind, drawn in the transaction that issues."""

import re

from avoir.core.credit_note import CreditNote
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.invoice import Invoice, NumberTaken
from avoir.core.organization import OwnNumbers, Series
from avoir.core.payment import Payment
from avoir.core.row import Columns, Row, changed
from avoir.core.text import fits

SERIES: tuple[tuple[str, str], ...] = (
    ("invoice", "INV-"),
    ("credit_note", "CN-"),
    ("payment", "PAY-"),
    ("refund", "RF-"),
    ("manual_journal", "J-"),
)
"""The series of a new entity, with their prefixes."""

_LIKE_A_SERIES = re.compile(r"(|.*\D)(\d{5}|[1-9]\d{5,14})", re.ASCII | re.DOTALL)
"""A number that some series could give out: no prefix ends with a digit, so there is one way to read it."""


class PrefixEndsWithDigit(Refusal):
    """A prefix that ends with a digit runs into the number: nobody could tell where that begins."""

    code, kind = "prefix_ends_with_digit", Kind.INVALID


class SeriesOnlyForwards(Refusal):
    """A series never gives out a number again, and none that a caller has given out."""

    code = "series_only_forwards"


class NumberStays(Refusal):
    """Numbers rise in the order of issue, so what is recorded takes no other number of the series."""

    code = "number_stays"


class NumberRequired(Refusal):
    """Where numbers are not to be drawn by themselves, whoever writes a document gives it one."""

    code, kind = "number_required", Kind.INVALID


def chosen(
    desk: Desk,
    kind: type[Row],
    by: Columns,
    entity_id: int,
    given: str,
    old: Invoice | CreditNote | None = None,
) -> tuple[str, int]:
    """The number of a draft, and its place in the series: none, or one that the caller takes beforehand.

    A draft that is written anew, in the place of `old`, keeps its number unless another is given, or the
    entity is another: then the number that it gives up counts as jumped over. Refuses `NumberTaken`.
    """
    if old is not None:
        if old.entity_id == entity_id and given in ("", old.number):
            return old.number, old.sequence
        if old.sequence:
            series = desk.get(Series, old.entity_id, kind.TABLE.removesuffix("s"))
            desk.put(changed(series, skipped=series.skipped + 1))
    return claim(desk, kind, by, entity_id, given) if given else ("", 0)


def renumbered(
    desk: Desk, kind: type[Row], by: Columns, given: str, old: Invoice | CreditNote | Payment
) -> tuple[str, int]:
    """The number of what is recorded and said anew: its own, or one of the caller's outside the series.

    The one that it gives up counts as jumped over. Refuses `NumberTaken`, `NumberStays`.
    """
    if given in ("", old.number):
        return old.number, old.sequence
    number, sequence = claim(desk, kind, by, old.entity_id, given)
    if sequence:
        raise NumberStays("what is recorded takes no later place in the series", number=given)
    if old.sequence:
        series = desk.get(Series, old.entity_id, kind.TABLE.removesuffix("s"))
        desk.put(changed(series, skipped=series.skipped + 1))
    return number, sequence


def claim(desk: Desk, kind: type[Row], by: Columns, entity_id: int, given: str) -> tuple[str, int]:
    """The number that a document takes, and its place in the series (0: the caller's own number).

    None given: the next of the series. One given in the series' own form moves the series forwards, and
    what it jumps over is counted. Refuses `NumberTaken`.
    """
    fits(given, "number", 64)
    name = kind.TABLE.removesuffix("s")
    if not given:
        return desk.draw(entity_id, name)
    series = desk.get(Series, entity_id, name)
    tail = given.removeprefix(series.prefix)
    # Longer than any series will ever be: then it is no number of ours, and must not be read as one.
    ours = tail.isascii() and tail.isdecimal() and len(tail) < 16 and given == series.numbered(int(tail))
    sequence = int(tail) if ours else 0
    if desk.of(kind, by, entity_id, given) or (ours and sequence < series.next_number):
        raise NumberTaken(f"the number {given} is taken", number=given)
    if ours:
        skipped = series.skipped + sequence - series.next_number
        desk.put(changed(series, next_number=sequence + 1, skipped=skipped))
    elif match := _LIKE_A_SERIES.fullmatch(given):
        _remember(desk, series, match[1], int(match[2]))
    return given, sequence


def moved(desk: Desk, series: Series, prefix: str, next_number: int) -> Series:
    """The series with another prefix or further on; the numbers it jumps over are counted.

    Refuses `PrefixEndsWithDigit`, `SeriesOnlyForwards`.
    """
    if fits(prefix, "prefix", 32)[-1:].isdigit():
        raise PrefixEndsWithDigit("a prefix does not end with a digit", field="prefix")
    own = None if prefix == series.prefix else desk.find(OwnNumbers, series.entity_id, series.kind, prefix)
    least = max(series.next_number, own.highest + 1 if own else 1)
    if next_number < least:
        raise SeriesOnlyForwards(f"the next number is {least} at least", field="nextNumber", least=least)
    skipped = series.skipped + next_number - series.next_number
    return desk.put(changed(series, prefix=prefix, next_number=next_number, skipped=skipped))


def _remember(desk: Desk, series: Series, prefix: str, number: int) -> None:
    """Keep the highest of the numbers that the series would meet, were this its prefix."""
    old = desk.find(OwnNumbers, series.entity_id, series.kind, prefix)
    if old is None:
        desk.add(OwnNumbers(desk.organization_id, series.entity_id, series.kind, prefix, number))
    elif number > old.highest:
        desk.put(changed(old, highest=number))
