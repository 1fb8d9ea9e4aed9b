"""FinancialAccount, JournalEntry and JournalEntryLine: the chart and the journal, read only."""

from typing import Any

from avoir.app.reads.graph_house_lists import BY_ROLE, BY_TYPE
from avoir.core.account import TYPES, Account
from avoir.core.invoice import Invoice
from avoir.core.journal import JournalEntry, JournalLine
from avoir.core.money import major_of
from avoir.core.organization import Entity
from avoir.core.payment import Payment
from avoir.faces.graphql.fields.beside import other_name
from avoir.faces.graphql.fields.common import Fields, Resolver, always, many, of, one, some, the
from avoir.faces.graphql.loader import Batch
from avoir.faces.graphql.request import Info

LINES = Batch(JournalLine, "entry_id", rest="ORDER BY t.entry_id, t.number")


def _type(account: Account, info: Info) -> str | None:
    return BY_ROLE.get(account.role) or BY_TYPE.get(account.type)


def _long_name(account: Account, info: Info) -> str:
    return f"{account.name} ({account.code})" if account.code else account.name


def _entity_id(account: Account, info: Info) -> int:
    return info.context.caller.setup.entity.id


async def _entity(account: Account, info: Info) -> Any:
    return await one(info, Entity, _entity_id(account, info))


FINANCIAL_ACCOUNT: Fields = {
    **{name: other_name(name) for name in ("accountNumber", "externalId", "pluginId", "source")},
    "priceListChargeIds": always(None),
    "accountType": _type,
    "accountTypeLabel": lambda account, info: TYPES[account.type].label,
    "active": lambda account, info: bool(account.active),
    "code": some("code"),
    "createdAt": of("created_at"),
    "defaultAccount": lambda account, info: bool(account.role),
    "description": some("description"),
    "entity": _entity,
    "entityId": _entity_id,
    "id": of("id"),
    "longName": _long_name,
    "name": of("name"),
    "updatedAt": of("created_at"),
}


def _source(kind: type[Invoice] | type[Payment], word: str) -> Resolver:
    """The document that an entry is about, if it is of that kind."""

    async def resolve(entry: JournalEntry, info: Info) -> Any:
        return await one(info, kind, entry.source_id if entry.source_kind == word else None)

    return resolve


JOURNAL_ENTRY: Fields = {
    "date": of("booked_on"),
    "description": of("event"),
    "entity": the(Entity, "entity_id"),
    "entityId": of("entity_id"),
    "id": of("id"),
    "invoice": _source(Invoice, "invoice"),
    "journalEntryLines": lambda entry, info: many(info, LINES, entry.id),
    "payment": _source(Payment, "payment"),
    "source": of("source_kind"),
}


def _side(name: str) -> Resolver:
    """What a line debits or credits in its own currency; null if it is of the other side."""
    return lambda line, info: major_of(getattr(line, name), line.currency) or None


async def _line_source(line: JournalLine, info: Info) -> str:
    entry: JournalEntry = await one(info, JournalEntry, line.entry_id)
    return entry.source_kind


JOURNAL_ENTRY_LINE: Fields = {
    "credit": _side("credit_minor"),
    "currency": of("currency"),
    "currencyId": of("currency"),
    "debit": _side("debit_minor"),
    "financialAccount": the(Account, "account_id"),
    "financialAccountId": of("account_id"),
    "id": lambda line, info: f"{line.entry_id}-{line.number}",
    "journalEntry": the(JournalEntry, "entry_id"),
    "journalEntryId": of("entry_id"),
    "source": _line_source,
}
