"""Entities: the legal persons of an organization."""

from collections.abc import Iterator
from typing import Any

from avoir.core.account import ACCOUNTS_BY_CURRENCY, Account
from avoir.core.command import Command
from avoir.core.currency import exponent
from avoir.core.desk import Desk
from avoir.core.entity import open_entity
from avoir.core.errors import Refusal
from avoir.core.money import in_range
from avoir.core.numbering import SERIES, moved
from avoir.core.organization import BRANCHES_OF_ENTITY, DEFAULT_ENTITY, Branch, Entity, Series
from avoir.core.row import Row, changed
from avoir.core.settings import DISPUTE_ACTIONS, choice, unwritten
from avoir.core.text import LONG, fits, named


class EntityIsUsed(Refusal):
    """Customers, branches or numbers name the entity, or it is the default one; it stays."""

    code = "entity_is_used"


class CreateEntity(Command, frozen=True, kw_only=True):
    """A further legal person, with a base currency, number series and a branch of its own."""

    ANSWER = Entity
    name: str
    base_currency: str
    tax_number: str = ""
    dispute_action: str = DISPUTE_ACTIONS[0]
    details: str = "{}"  # JSON (address, colours, links) that no law reads.
    invoice_prefix: str | None = None
    invoice_next: int | None = None

    def decide(self, desk: Desk) -> Entity:
        """Refuses `NameRequired`, `UnknownCurrency`, `UnknownSetting`, `TextTooLong`, a bad series."""
        named(self.name, "an entity")
        words = (self.name, self.base_currency, self.tax_number, self.dispute_action)
        entity = open_entity(desk, *words, details=self.details)
        _number(desk, entity, self.invoice_prefix, self.invoice_next)
        desk.tell("entity.created", entity)
        return entity


class EditEntity(Command, frozen=True, kw_only=True):
    """Change what an entity is. What is not given stays as it is.

    With the default entity's base currency, the accounts that are kept in it change too.
    """

    ANSWER = Entity
    entity_id: int = DEFAULT_ENTITY
    name: str | None = None
    base_currency: str | None = None
    tax_number: str | None = None
    dispute_action: str | None = None
    details: str | None = None
    invoice_prefix: str | None = None
    invoice_next: int | None = None

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Entity, self.entity_id

    def decide(self, desk: Desk) -> Entity:
        """Refuses `NotFound`, `UnknownCurrency`, `UnknownSetting`, `TextTooLong`, `BooksAreWritten`, and

        a bad series.
        """
        old = desk.get(Entity, self.entity_id)
        action = self.dispute_action or old.dispute_action
        entity = changed(
            old,
            name=old.name if self.name is None else fits(self.name, "name"),
            base_currency=self.base_currency or old.base_currency,
            tax_number=old.tax_number if self.tax_number is None else fits(self.tax_number, "taxNumber"),
            dispute_action=choice(action, DISPUTE_ACTIONS, "disputeAction"),
            details=old.details if self.details is None else fits(self.details, "details", LONG),
            updated_at=desk.now,
        )
        if entity.base_currency != old.base_currency:
            exponent(entity.base_currency)
            unwritten(desk)
            if old.id == DEFAULT_ENTITY:
                for account in desk.of(Account, ACCOUNTS_BY_CURRENCY, old.base_currency):
                    desk.tell("account.edited", account)
                    desk.put(changed(account, currency=entity.base_currency))
        _number(desk, entity, self.invoice_prefix, self.invoice_next)
        desk.tell("entity.edited", old)
        return desk.put(entity)


class DeleteEntity(Command, frozen=True, kw_only=True):
    """Take an entity away that nothing names yet, with its series and its branch."""

    ANSWER = Entity
    entity_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Entity, self.entity_id

    def decide(self, desk: Desk) -> Entity:
        """Refuses `NotFound`, `EntityIsUsed`."""
        entity = desk.get(Entity, self.entity_id)
        branches = desk.of(Branch, BRANCHES_OF_ENTITY, entity.id)
        series = [desk.get(Series, entity.id, kind) for kind, _ in SERIES]
        numbered = any(each.next_number > 1 for each in series)
        if entity.id == DEFAULT_ENTITY or entity.used or numbered or any(each.used for each in branches):
            raise EntityIsUsed("something names the entity", entityId=entity.id)
        for row in (*series, *branches, entity):
            desk.remove(row)
        desk.tell("entity.deleted", entity)
        return entity


def _number(desk: Desk, entity: Entity, prefix: str | None, next_number: int | None) -> None:
    """Where the entity's invoice numbers go on. Refuses `PrefixEndsWithDigit`, `SeriesOnlyForwards`."""
    if prefix is None and next_number is None:
        return
    series = desk.get(Series, entity.id, "invoice")
    desk.tell("series.set", series)
    onwards = series.next_number if next_number is None else in_range(next_number, "nextNumber")
    moved(desk, series, series.prefix if prefix is None else prefix, onwards)
