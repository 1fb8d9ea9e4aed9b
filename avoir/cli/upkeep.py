"""`avoir migrate`, `avoir verify`, `avoir settings`: keeping an installation in order."""

import os
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Annotated

import msgspec
from cyclopts import Parameter
from rich.table import Table

from avoir.app.reads.promises import PROMISES
from avoir.app.reads.replays import REPLAYS
from avoir.app.reads.verify import Broken, broken_one, broken_promises, broken_replays, events, organizations
from avoir.cli.office import must_exist
from avoir.cli.options import NO_OPTIONS, Options
from avoir.cli.output import Stop
from avoir.config import described, masked, origins, without_password
from avoir.core.access import DIRECTORY
from avoir.store.citus import NoCitus, distribute
from avoir.store.database import behind, is_sqlite, open_database
from avoir.store.readers import Readers

AT_ONCE = 3
"""So many things are proved at the same time by threads."""
PROCESSES = min(4, max(2, os.cpu_count() or 1))
LARGE = 50_000
"""Events from which on processes are worth their start."""
ALL = (*PROMISES, *REPLAYS)
"""What is proved: by SQL, and by going through everything."""


def migrate(
    *,
    citus: Annotated[
        bool, Parameter(negative="", help="Spread the tables over the machines of a Citus cluster, too.")
    ] = False,
    options: Options = NO_OPTIONS,
) -> None:
    """Bring the database to the newest version; an empty one gets its tables."""
    url = options.settings().database_url
    if citus and is_sqlite(url):
        raise Stop("citus_is_postgres", "Citus is PostgreSQL on several machines; this is a file")
    database = open_database(url)
    try:
        applied = database.migrate()
        if citus:
            distribute(database)
    except NoCitus as problem:
        raise Stop("citus_missing", str(problem)) from None
    finally:
        database.close()
    shown = without_password(url)
    done = f"{applied} migration{'s' * (applied != 1)} applied" if applied else "nothing to do"
    options.say({"database": shown, "applied": applied}, f"{shown}: {done}.")


def verify(*, options: Options = NO_OPTIONS) -> None:
    """Recompute everything that must always be true, by SQL and by replay; name the first row that is wrong.

    Changes nothing, and may run beside a server. Ends with 1 when a promise is broken.
    """
    url = options.settings().database_url
    must_exist(url)
    if missing := behind(url):
        raise Stop("database_behind", "the database is not of this version: avoir migrate", missing=missing)
    everyone, broken = proved(url)
    facts = {
        "ok": not broken,
        "organizations": len(everyone) - 1,  # The directory has counters too.
        "promises": [
            {"name": each.name, "says": each.says, "holds": holds(each.name, broken)} for each in ALL
        ],
        "broken": [msgspec.to_builtins(each) for each in broken],
    }
    options.say(facts, _report(len(everyone) - 1, broken))
    if broken:
        sys.exit(1)


def proved(url: str) -> tuple[list[int], list[Broken]]:
    """Every organization, and all that is broken, promise by promise of each.

    Small books are proved by threads; large ones by processes, which share neither a lock nor a connection.
    """
    readers = Readers(url, size=AT_ONCE)
    try:
        everyone = readers.run(organizations, DIRECTORY)
        if readers.run(events, DIRECTORY) < LARGE:
            halves = [(half, id) for id in everyone for half in (broken_promises, broken_replays)]
            with ThreadPoolExecutor(AT_ONCE) as pool:
                found = pool.map(lambda half: readers.run(*half), halves)
                return everyone, [each for some in found for each in some]
    finally:
        readers.close()
    # The long ones first: what is left at the end should be short.
    parts = [(name, id) for name in reversed([each.name for each in ALL]) for id in everyone]
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), _sit_down, (url,)) as pool:
        known = dict(zip(parts, pool.map(_prove, parts), strict=True))
    return everyone, [each for id in everyone for promise in ALL for each in known[promise.name, id]]


_mine: list[Readers] = []


def _sit_down(url: str) -> None:
    """In a process that proves: one connection of its own, for as long as it lives."""
    _mine[:] = [Readers(url, size=1)]


def _prove(part: tuple[str, int]) -> list[Broken]:
    name, id = part
    return _mine[0].run(broken_one, id, name)


def holds(promise: str, broken: list[Broken]) -> bool:
    """Whether nobody breaks it."""
    return all(each.promise != promise for each in broken)


def _report(organizations: int, broken: list[Broken]) -> str:
    lines = [f"{'holds ' if holds(each.name, broken) else 'BROKEN'}  {each.says}" for each in ALL]
    lines += [f"{each.promise}: organization {each.organization_id}, {each}" for each in broken]
    count = f"{organizations} organization{'s' * (organizations != 1)}"
    many = len({each.promise for each in broken})
    lines.append(f"{count}: {many} of {len(ALL)} promises are broken." if many else f"{count}: all holds.")
    return "\n".join(lines)


def settings(*, options: Options = NO_OPTIONS) -> None:
    """List every setting, its value and where that came from. Secrets are not shown."""
    table = Table("setting", "value", "from", "what it is for", box=None, pad_edge=False)
    facts, meant = {}, described()
    for each in origins({"database_url": options.database}):
        shown = masked(each.name, each.value)
        facts[each.name] = {"value": shown, "origin": each.origin, "variable": each.variable}
        origin = each.variable if each.origin == "environment" else each.origin
        table.add_row(each.name, str(shown), origin, meant[each.name])
    options.say(facts, table)
