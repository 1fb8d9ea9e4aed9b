"""Trying out: what a command would give back and post. Nothing is written, and nothing is drawn."""

from typing import Any, NamedTuple

from avoir.core.account import Account
from avoir.core.command import Command
from avoir.core.credit_note import CreditNote
from avoir.core.journal import JournalEntry, JournalLine
from avoir.core.money import major_of
from avoir.faces.graphql.fields.common import Fields, Resolver, of, the
from avoir.faces.graphql.fields.credit_notes import REFUNDS
from avoir.faces.graphql.fields.lines import OF_INVOICE, OF_NOTE, TAXES_OF_INVOICE, TAXES_OF_NOTE
from avoir.faces.graphql.request import Info

BATCHES = (OF_INVOICE, TAXES_OF_INVOICE, OF_NOTE, TAXES_OF_NOTE, REFUNDS)
"""What hangs on a document, and is told of one that was only tried out."""


class Posting(NamedTuple):
    """An entry that would be posted, with its lines."""

    entry: JournalEntry
    lines: list[JournalLine]


async def tried(info: Info, command: Command) -> tuple[Any, list[Posting]]:
    """What the command would give back and post. Refuses what it refuses.

    The resolvers find the rows that were not written as if they had been; only ids and numbers, which nobody
    has drawn, are not told.
    """
    request = info.context
    seen = await request.try_out(command)
    request.loader.prime(seen.rows, BATCHES)
    request.unwritten |= {row.id for row in seen.rows if isinstance(row, CreditNote)}
    return seen.answer, [Posting(*each) for each in seen.entries]


def _amount(name: str) -> Resolver:
    return lambda line, info: major_of(getattr(line, name), line.currency) or None


PREVIEW_ENTRY: Fields = {
    "date": lambda posting, info: posting.entry.booked_on,
    "lines": lambda posting, info: posting.lines,
    "source": lambda posting, info: posting.entry.event,
}
PREVIEW_LINE: Fields = {
    "credit": _amount("credit_minor"),
    "currencyId": of("currency"),
    "debit": _amount("debit_minor"),
    "financialAccount": the(Account, "account_id"),
    "financialAccountId": of("account_id"),
}
