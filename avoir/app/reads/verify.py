"""Proof: every promise of the books recomputed by SQL and by replay, and the first row that breaks one named.

The promises themselves are the table in `promises`. Amounts are in minor units.
"""

from typing import Any

import msgspec

from avoir.app.reads.checks import Check
from avoir.app.reads.promises import PROMISES, Promise
from avoir.app.reads.query import Query
from avoir.app.reads.replays import REPLAYS, Replay


class Broken(msgspec.Struct, frozen=True):
    """The first row that breaks a promise: its table and key, and, where a sum is kept, what differs."""

    promise: str
    organization_id: int
    table: str
    key: dict[str, Any]
    field: str = ""
    kept: Any = None
    counted: Any = None

    def __str__(self) -> str:
        where = f"{self.table} {' '.join(f'{name}={value}' for name, value in self.key.items())}"
        if not self.field:
            return where
        return f"{where}: {self.field} is {self.kept}, and should be {self.counted}"


def organizations(query: Query) -> list[int]:
    """Every organization that has counters, the directory (0) included."""
    # The one read that looks across organizations: it tells ids and nothing else.
    return [id for (id,) in query.connection.all("SELECT organization_id FROM counters ORDER BY 1")]


def events(query: Query) -> int:
    """How many events all organizations have: how much there is to prove."""
    found = query.connection.all("SELECT CAST(coalesce(sum(last_event), 0) AS BIGINT) FROM counters")
    return int(found[0][0])


def broken_promises(query: Query) -> list[Broken]:
    """What does not hold in one organization: for each promise that is broken, its first wrong row."""
    return [broken for promise in PROMISES if (broken := _first(query, promise)) is not None]


def broken_replays(query: Query) -> list[Broken]:
    """What does not hold in one organization when everything is gone through: the first wrong row of each."""
    return [broken for replay in REPLAYS if (broken := _replayed(query, replay)) is not None]


def broken_one(query: Query, name: str) -> list[Broken]:
    """The first wrong row of one promise in one organization, if it is broken."""
    found = [_first(query, each) for each in PROMISES if each.name == name]
    found += [_replayed(query, each) for each in REPLAYS if each.name == name]
    return [each for each in found if each is not None]


def _replayed(query: Query, replay: Replay) -> Broken | None:
    wrong = replay.wrong(query)
    return None if wrong is None else Broken(replay.name, query.organization_id, *wrong)


def promised() -> list[tuple[str, str]]:
    """Everything that can be proven, by its name and its sentence."""
    return [(each.name, each.says) for each in (*PROMISES, *REPLAYS)]


def broken(query: Query, name: str) -> Broken | None:
    """The first row that breaks what has a name among `promised`; None if it holds, or there is no such."""
    for promise in (each for each in PROMISES if each.name == name):
        return _first(query, promise)
    for replay in (each for each in REPLAYS if each.name == name):
        wrong = replay.wrong(query)
        return None if wrong is None else Broken(name, query.organization_id, *wrong)
    return None


def _first(query: Query, promise: Promise) -> Broken | None:
    for check in promise.checks:
        found = query.all(_first_of(check))
        if found:
            return _broken(query.organization_id, promise, check, found[0])
    return None


def _first_of(check: Check) -> str:
    order = ", ".join(str(place) for place in range(1, len(check.key) + 1))
    return f"SELECT * FROM ({check.wrong}) AS wrong ORDER BY {order} LIMIT 1"


def _broken(organization_id: int, promise: Promise, check: Check, row: tuple[Any, ...]) -> Broken:
    key = dict(zip(check.key, row, strict=False))
    if not check.field:
        return Broken(promise.name, organization_id, check.table, key)
    kept, counted = row[len(check.key) :]
    return Broken(promise.name, organization_id, check.table, key, check.field, kept, counted)
