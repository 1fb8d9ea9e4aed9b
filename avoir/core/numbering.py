"""Document numbers: gapless per entity and kind, drawn in the transaction that issues."""

from avoir.core.desk import Desk, numbered
from avoir.core.invoice import NumberTaken
from avoir.core.organization import Series
from avoir.core.row import Columns, Row, changed
from avoir.core.text import fits

SERIES: tuple[tuple[str, str], ...] = (
    ("invoice", "INV-"),
    ("credit_note", "CN-"),
    ("payment", "PAY-"),
    ("refund", "RF-"),
)
"""The series of a new entity, with their prefixes."""


def chosen(desk: Desk, kind: type[Row], by: Columns, entity_id: int, given: str) -> tuple[str, int]:
    """The number of a draft, and its place in the series: none, or one that the caller takes beforehand.

    Refuses `NumberTaken`.
    """
    return claim(desk, kind, by, entity_id, given) if given else ("", 0)


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
    ours = tail.isascii() and tail.isdecimal() and len(tail) < 16 and given == numbered(series, int(tail))
    sequence = int(tail) if ours else 0
    if desk.of(kind, by, entity_id, given) or (ours and sequence < series.next_number):
        raise NumberTaken(f"the number {given} is taken", number=given)
    if ours:
        skipped = series.skipped + sequence - series.next_number
        desk.put(changed(series, next_number=sequence + 1, skipped=skipped))
    return given, sequence
