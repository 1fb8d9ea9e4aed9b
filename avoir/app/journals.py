"""Manual journals: draft, edit, publish, reverse."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from avoir.core.command import Command
from avoir.core.currency import exponent
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.errors import NotFound
from avoir.core.exchange import rate_on
from avoir.core.journal import JOURNALS_BY_NUMBER, ManualJournal
from avoir.core.manual_journal import (
    DELETED,
    DRAFT,
    PUBLISHED,
    REVERSED,
    JournalNotPublished,
    JournalSide,
    draft,
    publish,
    write_lines,
)
from avoir.core.numbering import chosen
from avoir.core.organization import DEFAULT_ENTITY, Entity
from avoir.core.row import Row, changed
from avoir.core.text import LONG, fits


class JournalDraft(Command, frozen=True, kw_only=True):
    """What a journal says. Amounts in major units, dates YYYY-MM-DD."""

    ANSWER = ManualJournal
    journal_on: str
    sides: tuple[JournalSide, ...]
    currency: str = ""  # The entity's base currency, if not given.
    exchange_rate: Decimal | None = None
    branch_id: int | None = None
    reference: str = ""
    description: str = ""

    def worded(self, desk: Desk, journal: ManualJournal) -> ManualJournal:
        """The journal with these words. Refuses what is wrong with its texts, day, currency and rate."""
        base = desk.get(Entity, journal.entity_id).base_currency
        currency = self.currency or base
        exponent(currency)
        day = checked_day(self.journal_on, "date")
        return changed(
            journal,
            branch_id=self.branch_id,
            reference=fits(self.reference, "reference"),
            description=fits(self.description, "description", LONG),
            journal_on=day,
            currency=currency,
            rate_nano=rate_on(desk, self.exchange_rate, currency, base, day),
            updated_at=desk.now,
        )


class CreateJournal(JournalDraft, frozen=True, kw_only=True):
    """Write a journal, as a draft or published at once."""

    entity_id: int = DEFAULT_ENTITY
    number: str = ""
    publish: bool = False

    def decide(self, desk: Desk) -> ManualJournal:
        """Refuses an unknown entity, what is wrong with words and lines; `NumberTaken`, `DateLocked`."""
        entity = desk.get(Entity, self.entity_id)
        journal = ManualJournal(
            organization_id=desk.organization_id,
            id=desk.next("journal"),
            uuid=desk.uuid(),
            entity_id=entity.id,
            branch_id=None,
            number="",
            sequence=0,
            reference="",
            description="",
            state=DRAFT,
            journal_on=self.journal_on,
            currency=entity.base_currency,
            rate_nano=0,
            amount_minor=0,
            entry_id=None,
            published_at="",
            created_at=desk.now,
            updated_at=desk.now,
        )
        journal = write_lines(desk, desk.add(self.worded(desk, journal)), self.sides)
        number, sequence = chosen(desk, ManualJournal, JOURNALS_BY_NUMBER, entity.id, self.number)
        journal = desk.put(changed(journal, number=number, sequence=sequence))
        desk.tell("manual_journal.created", journal)
        return publish(desk, journal) if self.publish else journal


class EditJournal(JournalDraft, frozen=True, kw_only=True):
    """Write a draft anew, lines and all. Its number stays."""

    journal_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield ManualJournal, self.journal_id

    def decide(self, desk: Desk) -> ManualJournal:
        """Refuses `NotFound`, `JournalAlreadyPublished`, what is wrong with words and lines."""
        old = draft(_known(desk, self.journal_id))
        desk.tell("manual_journal.edited", old)
        return write_lines(desk, desk.put(self.worded(desk, old)), self.sides)


class PublishJournal(Command, frozen=True, kw_only=True):
    """Post a draft."""

    ANSWER = ManualJournal
    journal_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield ManualJournal, self.journal_id

    def decide(self, desk: Desk) -> ManualJournal:
        """Refuses `NotFound`, `JournalAlreadyPublished`, what does not fit any more, `DateLocked`."""
        return publish(desk, _known(desk, self.journal_id))


class ReverseJournal(Command, frozen=True, kw_only=True):
    """Undo a published journal by its mirror, on its own day or, if that is locked, the first open one."""

    ANSWER = ManualJournal
    journal_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield ManualJournal, self.journal_id

    def decide(self, desk: Desk) -> ManualJournal:
        """Refuses `NotFound`, also the second time, and `JournalNotPublished`."""
        journal = _known(desk, self.journal_id)
        if journal.state != PUBLISHED:
            raise JournalNotPublished(f"the journal is a {journal.state}", journalId=journal.id)
        return _ended(desk, journal)


class DeleteJournal(Command, frozen=True, kw_only=True):
    """Take a draft out of the way, or reverse what is published; the row stays, and so do the entries."""

    ANSWER = ManualJournal
    journal_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield ManualJournal, self.journal_id

    def decide(self, desk: Desk) -> ManualJournal:
        """Refuses `NotFound`, also the second time."""
        return _ended(desk, _known(desk, self.journal_id))


def _known(desk: Desk, journal_id: int) -> ManualJournal:
    """A journal that is neither deleted nor reversed. Refuses `NotFound`."""
    journal = desk.get(ManualJournal, journal_id)
    if journal.state in (DELETED, REVERSED):
        raise NotFound("no such ManualJournal", kind="ManualJournal", id=journal_id)
    return journal


def _ended(desk: Desk, journal: ManualJournal) -> ManualJournal:
    state = DELETED if journal.state == DRAFT else REVERSED
    if journal.entry_id is not None:
        desk.mirror(journal.entry_id, on=journal.journal_on)
    desk.tell(f"manual_journal.{state}", journal)
    return desk.put(changed(journal, state=state, updated_at=desk.now))
