"""Number series: which prefix they have, and where they go on."""

from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.money import in_range
from avoir.core.numbering import moved
from avoir.core.organization import DEFAULT_ENTITY, Series
from avoir.core.row import Row


class SetSeries(Command, frozen=True, kw_only=True):
    """Give a series another prefix, or let it go on further ahead. What is not given stays as it is."""

    ANSWER = Series
    kind: str  # invoice | credit_note | payment | refund | manual_journal
    entity_id: int = DEFAULT_ENTITY
    prefix: str | None = None
    next_number: int | None = None

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Series, (self.entity_id, self.kind)

    def decide(self, desk: Desk) -> Series:
        """Refuses `NotFound`, `PrefixEndsWithDigit`, `SeriesOnlyForwards`."""
        series = desk.get(Series, self.entity_id, self.kind)
        prefix = series.prefix if self.prefix is None else self.prefix
        next_number = series.next_number if self.next_number is None else self.next_number
        desk.tell("series.set", series)
        return moved(desk, series, prefix, in_range(next_number, "nextNumber"))
