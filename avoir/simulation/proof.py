"""The last judgement over a simulated world: its books in a real database, under `avoir verify`."""

from collections.abc import Iterator
from typing import Any

from avoir.app.reads.promises import PROMISES
from avoir.app.reads.query import Query
from avoir.app.reads.replays import REPLAYS
from avoir.app.reads.verify import Broken, broken_promises, broken_replays, organizations
from avoir.core.access import DIRECTORY
from avoir.core.books import KINDS
from avoir.core.command import TOLD, encode
from avoir.core.event import told_whole
from avoir.core.journal import Answer, Event
from avoir.core.rail import AT_ONCE
from avoir.core.refund import Refund
from avoir.core.row import Row
from avoir.simulation.bank import Bank
from avoir.simulation.oracle import Oracle
from avoir.simulation.shelves import Change, Shelves
from avoir.store.protocol import Batch
from avoir.store.sqlite import Sqlite


def blank_rows() -> Iterator[tuple[type[Row], list[Any]]]:
    """What a new database holds: the directory's counters, and whatever the migrations put there."""
    database = Sqlite(":memory:")
    database.migrate()
    for kind in KINDS:
        columns = ", ".join(kind.__struct_fields__)
        yield kind, [kind(*row) for row in database.all(f"SELECT {columns} FROM {kind.TABLE}")]
    database.close()


def history_of(changes: list[Change]) -> bytes:
    """A commit, as it goes into the hash of the history: every row that it left, in the order written."""
    return encode([(kind.TABLE, now if now is not None else key) for kind, key, _, now in changes])


def settled_as_paid(shelves: Shelves, bank: Bank, oracle: Oracle) -> None:
    """The books say of every refund by the gateway what the gateway did in fact. Raises `Wrong`."""
    paid, booked = bank.paid, dict[str, int]()
    for x in shelves.rows[Refund].values():
        if x.rail in AT_ONCE:
            continue
        if x.settled_entry_id is not None:
            booked[x.uuid] = x.amount_minor
        oracle.must(x.uuid not in paid or x.settled_entry_id is not None, "what was paid is booked", x)
    oracle.must(booked == paid, "what is booked was paid", set(booked.items()) ^ set(paid.items()))
    oracle.must(not bank.wrongs, "one key is one payment", bank.wrongs)


def verified(shelves: Shelves, acknowledged: dict[tuple[int, str], str], oracle: Oracle) -> tuple[int, int]:
    """Every promise over the books, by SQL and by replay; how many, and how many rows. Raises `Wrong`."""
    for key, said in acknowledged.items():
        kept = shelves.find(Answer, *key)
        oracle.must(kept is not None and _said(shelves, kept) == said, "what was acknowledged stands", key)
    oracle.must(not shelves.pens, "nobody holds a pen", shelves.pens)
    database = Sqlite(":memory:")
    try:
        database.migrate()
        rows = _fill(database, shelves)
        everyone = organizations(Query(database, DIRECTORY))
        broken = [each for id in everyone for each in _broken(Query(database, id))]
        for promise in (*PROMISES, *REPLAYS):
            found = [each for each in broken if each.promise == promise.name]
            oracle.must(not found, promise.says, *found)
    finally:
        database.close()
    return (len(PROMISES) + len(REPLAYS)) * len(everyone), rows


def _said(shelves: Shelves, kept: Answer) -> str:
    """An answer as it was given, from where it is kept."""
    if not kept.body.startswith(TOLD):
        return kept.body
    event = shelves.find(Event, kept.organization_id, int(kept.body.removeprefix(TOLD)))
    return bytes(told_whole(event.body)).decode()


def _broken(query: Query) -> list[Broken]:
    return [*broken_promises(query), *broken_replays(query)]


def _fill(database: Sqlite, shelves: Shelves) -> int:
    blank = {kind: {kind.key(row) for row in rows} for kind, rows in blank_rows()}
    for kind in KINDS:
        if blank[kind]:
            database.execute([f"DELETE FROM {kind.TABLE}"])
    new = [[*rows.values()] for rows in shelves.rows.values() if rows]
    database.begin()
    database.commit(Batch(new, [], []))
    return sum(map(len, new))
