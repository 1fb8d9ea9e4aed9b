"""What the console shows anywhere: pages of lists, entries with their accounts, names by id, search."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from avoir.app.reads.query import Query
from avoir.core.account import MONEY_TYPES, Account
from avoir.core.credit_note import CreditNote
from avoir.core.customer import Customer, DisputeReason
from avoir.core.invoice import Invoice
from avoir.core.journal import JournalEntry, JournalLine
from avoir.core.payment import Payment
from avoir.core.refund import Refund
from avoir.core.row import Row
from avoir.core.tax import TaxRate

SIZE = 50
"""Rows on a page."""
FEW_ROWS = 5000
"""Lists of at most so many rows are counted and summed as they are asked for.

Of longer ones only what an index holds: a page costs the same on the first day and in the tenth year.
"""
FEW = 6
"""Of each kind that a search finds."""


class Page(msgspec.Struct, frozen=True):
    """A page of rows, and which of all they are; without a `total` nobody has counted them."""

    rows: list[Any]
    total: int | None
    number: int
    size: int = SIZE
    beyond: bool = False
    """Whether there are more behind it, where they were not counted."""

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        return (self.number - 1) * self.size + len(self.rows)

    @property
    def more(self) -> bool:
        """Whether another page follows."""
        return self.beyond if self.total is None else self.last < self.total


class Conditions:
    """The WHERE of a list, with its parameters."""

    def __init__(self, *first: str, **params: Any) -> None:
        self.each, self.params = list(first), dict(params)

    def add(self, condition: str, **params: Any) -> None:
        """One more, joined by AND."""
        self.each.append(condition)
        self.params |= params

    @property
    def sql(self) -> str:
        return " AND ".join(f"({each})" for each in self.each)


class Side(NamedTuple):
    """One side of an entry, its account, and its tax rate if it is tax."""

    line: JournalLine
    account: Account
    rate: TaxRate | None

    @property
    def minor(self) -> int:
        """What stands on it in its own currency, on whichever side."""
        return self.line.debit_minor or self.line.credit_minor


class Entry(NamedTuple):
    """A journal entry and its sides."""

    entry: JournalEntry
    sides: list[Side]

    @property
    def minor(self) -> int:
        """What each of its sides sums to, in the base currency."""
        return sum(side.line.base_debit_minor for side in self.sides)


class Found(NamedTuple):
    """What a search came upon: where it is, what it is called, and what it is."""

    path: str
    name: str
    what: str


def page(
    query: Query,
    kind: type[Row],
    where: Conditions,
    order: str,
    number: int,
    size: int = SIZE,
    *,
    total: int | None,
) -> Page:
    """One page of a list of so many, or of nobody knows how many."""
    rest = f"ORDER BY {order} LIMIT :size OFFSET :skip"
    wanted = where.params | {"size": size + 1, "skip": (number - 1) * size}
    if kind.KEY != Row.KEY:
        found = query.rows(kind, where.sql, rest, **wanted)
        return Page(found[:size], total, number, size, len(found) > size)
    # Sorting ids is cheaper by far than sorting rows of fifty columns.
    ids = query.all(
        f"SELECT t.id FROM {kind.TABLE} AS t WHERE t.organization_id = :o AND {where.sql} {rest}", **wanted
    )
    rows: dict[int, Any] = {kind.key(row)[1]: row for row in query.by_ids(kind, [id for (id,) in ids])}
    return Page([rows[id] for (id,) in ids[:size]], total, number, size, len(ids) > size)


def few(query: Query, kind: type[Row], where: Conditions) -> int | None:
    """How many rows there are, if they are not more than `FEW_ROWS`."""
    found = query.counted(
        f"""SELECT count(*) FROM (SELECT 1 AS one FROM {kind.TABLE} AS t
            WHERE t.organization_id = :o AND {where.sql} LIMIT {FEW_ROWS + 1}) AS x""",
        **where.params,
    )
    return found if found <= FEW_ROWS else None


def like(text: str) -> str:
    """A pattern that finds the text anywhere, in lower case; for `LIKE ... ESCAPE '!'`."""
    literal = text.lower()
    for special in "!%_":
        literal = literal.replace(special, "!" + special)
    return f"%{literal}%"


def names(query: Query, ids: Iterable[int | None]) -> dict[int, str]:
    """The names of customers."""
    return {each.id: each.name for each in query.by_ids(Customer, list(ids))}


def numbers(
    query: Query, kind: type[Invoice | CreditNote | Payment], ids: Iterable[int | None]
) -> dict[int, str]:
    """The numbers of documents."""
    return {each.id: each.number for each in query.by_ids(kind, list(ids))}


def money_accounts(query: Query) -> list[Account]:
    """The accounts that money comes in to and goes out of."""
    mine, params = query.among("t.type", sorted(MONEY_TYPES))
    return query.rows(Account, f"t.active = 1 AND t.role = '' AND {mine}", "ORDER BY t.id", **params)


def reasons(query: Query) -> list[DisputeReason]:
    """The reasons that a credit can be given for."""
    return query.rows(DisputeReason, "t.active = 1", "ORDER BY t.name, t.id")


def entries_about(query: Query, sources: Sequence[tuple[str, int]]) -> list[Entry]:
    """All that was posted for some documents, in the order of posting."""
    if not sources:
        return []
    params: dict[str, Any] = {}
    conditions = []
    for i, (kind, id) in enumerate(sources):
        params |= {f"kind{i}": kind, f"id{i}": id}
        conditions.append(f"(t.source_kind = :kind{i} AND t.source_id = :id{i})")
    rows = query.rows(JournalEntry, " OR ".join(conditions), "ORDER BY t.id", **params)
    return with_sides(query, rows)


def with_sides(query: Query, entries: Sequence[JournalEntry]) -> list[Entry]:
    """Entries with their sides, in the order given."""
    lines = query.by_ids(JournalLine, [entry.id for entry in entries], "entry_id")
    return dressed(query, [(entry, [x for x in lines if x.entry_id == entry.id]) for entry in entries])


def dressed(query: Query, entries: Sequence[tuple[JournalEntry, Sequence[JournalLine]]]) -> list[Entry]:
    """Entries with the names of accounts and tax rates; also those of a preview, which are nowhere kept."""
    lines = [line for _, own in entries for line in own]
    accounts = {row.id: row for row in query.by_ids(Account, [line.account_id for line in lines])}
    rates = {row.id: row for row in query.by_ids(TaxRate, [line.tax_rate_id for line in lines])}
    return [
        Entry(entry, [
            Side(x, accounts[x.account_id], rates.get(x.tax_rate_id or 0))
            for x in sorted(own, key=lambda x: (x.base_credit_minor > 0, x.number))
        ])
        for entry, own in entries
    ]  # fmt: skip


def search(query: Query, text: str) -> list[Found]:
    """Customers by name or e-mail, documents by number: the newest few of each."""
    pattern = like(text)
    found = [
        Found(f"/customers/{each.id}", each.name, "Customer")
        for each in query.rows(
            Customer,
            "lower(t.name) LIKE :p ESCAPE '!' OR lower(t.email) LIKE :p ESCAPE '!'",
            "ORDER BY t.name LIMIT :few",
            p=pattern,
            few=FEW,
        )
    ]
    kinds: tuple[tuple[type[Any], str, str], ...] = (
        (Invoice, "invoices", "Invoice"), (CreditNote, "credit-notes", "Credit note"),
        (Payment, "payments", "Payment"), (Refund, "refunds", "Refund"),
    )  # fmt: skip
    for kind, room, what in kinds:
        rows = query.rows(
            kind, "lower(t.number) LIKE :p ESCAPE '!'", "ORDER BY t.id DESC LIMIT :few", p=pattern, few=FEW
        )
        found += [Found(f"/{room}/{row.id}", row.number, what) for row in rows]
    return found
