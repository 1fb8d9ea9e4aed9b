"""What a refund and a read cost as the books grow: `make bench-scale`, or `python -m bench.scale`.

The same organization with 10,000, 100,000 and a million lines of the journal (`--lines 10000000` for more),
each in a database of its own, written as the store writes them but without the law: years of refunds of its
credit notes. Refunds are then recorded by the clerk, and reports asked of the whole server in this process,
in turns that go over all sizes, so that a slow minute hurts all alike.
"""

import argparse
import asyncio
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import NamedTuple

import msgspec
from rich.console import Console

from avoir.app.reads.verify import broken_promises
from avoir.store.database import is_sqlite, open_database
from avoir.store.readers import Readers
from bench import several
from bench.books import Books, known
from bench.databases import RESULTS, Engine, SqliteFiles, home, postgres
from bench.engine import drive
from bench.ground import Ground, WrongTotals, prepare, prove
from bench.growing import grow
from bench.reading import served, streamed
from bench.report import Gate, show_gates
from bench.sizes import At, Found, draw, gates_of, show, tell

SIZES, AS_A_FILE = (10_000, 100_000, 1_000_000), 1_000_000
VERIFIED = {"sqlite": 100_000, "postgres": 10_000}
"""Up to so many lines every promise of the grown books is proven."""
ROUNDS, TIMES = 5, 5
KEPT = RESULTS / "scale.json"
ACCEPTS = {"rest": "application/json", "graphql": "application/json", "console": "text/html"}
LEDGER = "/api/reports/general-ledger"
Say = Callable[[str], None]


class Read(NamedTuple):
    """What is asked, and through which door: "rest", "graphql" or "console"."""

    door: str
    address: str
    body: bytes = b""


TRANSACTIONS = msgspec.json.encode(
    {"query": "{ transactions(first: 50) { nodes { id kind amount state } } }"}
)
READS = {
    "trial balance": Read("rest", "/api/reports/trial-balance-sheet?fromDate=2016-01-01&toDate=2026-12-31"),
    "trial balance as of a day": Read(
        "rest", "/api/reports/trial-balance-sheet?fromDate=2016-01-01&toDate=2021-06-30"
    ),
    "customer statement of a month": Read(
        "rest",
        "/api/reports/transactions-by-customers?customersIds[]=1&fromDate=2026-10-01&toDate=2026-10-31",
    ),
    "receivable aging": Read("rest", "/api/reports/receivable-aging-summary?asDate=2026-12-31"),
    "page of credit notes": Read("rest", "/api/credit-notes?page=3"),
    "one credit note": Read("rest", "/api/credit-notes/7"),
    "page of all transactions": Read("graphql", "/graphql", TRANSACTIONS),
    "console: refunds": Read("console", "/refunds"),
    "console: journal": Read("console", "/books/journal"),
    "console: the receivable": Read("console", "/books/accounts/1006"),
    "console: audit": Read("console", "/settings/audit"),
    "general ledger of a month": Read("rest", f"{LEDGER}?fromDate=2026-10-01&toDate=2026-10-31"),
}


class Size:
    """The books at one size, and what was measured of them so far."""

    def __init__(self, engine: Engine, lines: int, ground: Ground) -> None:
        self.engine, self.lines, self.ground = engine, lines, ground
        self.name = f"scale_{lines}"
        self.url = engine.copy(self.name, "scale")
        self.alone: list[float] = []
        self.rates: list[float] = []
        self.reads: dict[str, list[float]] = defaultdict(list)
        self.refunds = lines // 2

    def write(self, seconds: float = 1.0) -> None:
        """Record refunds, a stretch before what counts. Raises `WrongTotals` if a table was gone through."""
        before = scans(self.url)
        first = drive(self.url, self.engine, self.ground, "spread", 64, seconds)
        alone = drive(self.url, self.engine, self.ground, "spread", 1, seconds)
        busy = drive(self.url, self.engine, self.ground, "spread", 64, seconds)
        if scans(self.url) != before:
            raise WrongTotals(f"refunds went through whole tables at {self.lines} lines: {before}")
        self.alone += alone.latencies
        self.rates.append(busy.commands / busy.seconds)
        self.refunds += sum(run.commands for run in (first, alone, busy))

    async def read(self, books: Books) -> None:
        """Ask for everything some times, after one time that does not count."""
        async with served(self.url) as app:
            for what, (door, path, body) in READS.items():
                address = f"/console/{books.public_id}{path}" if door == "console" else path
                asker = getattr(books, door)(app)
                took = [
                    (await asker.ask(address, body, ACCEPTS[door])).seconds * 1000 for _ in range(1 + TIMES)
                ]
                self.reads[what].append(statistics.median(took[1:]))

    def at(self) -> At:
        """What was measured: medians."""
        reads = {what: statistics.median(several) for what, several in self.reads.items()}
        alone, rate = statistics.median(self.alone) * 1000, statistics.median(self.rates)
        return At(self.engine.name, self.lines, alone, rate, reads)


def measured(engine: Engine, lines: Sequence[int], say: Say) -> tuple[list[At], list[Gate]]:
    """One engine at each size; raises unless the books hold every cent at the end."""
    ground = prepare(url := engine.new("scale"))
    books = asyncio.run(_known(url, ground))
    sizes, files = list[Size](), list[Gate]()
    for each in lines:
        begun = time.monotonic()
        sizes.append(size := Size(engine, each, ground))
        grow(size.url, ground, 0, size.refunds)
        say(f"{engine.title}: {each:,} lines written in {time.monotonic() - begun:.0f} s")
        if each <= VERIFIED[engine.name]:
            verify(size.url, ground)
    for number in range(ROUNDS):
        say(f"{engine.title}: round {number + 1} of {ROUNDS}")
        for size in sizes:
            size.write()
            asyncio.run(size.read(books))
    for size in sizes:
        if size.lines == AS_A_FILE:
            say(f"{engine.title}: a million lines as a file")
            whole = f"{LEDGER}?fromDate=2016-01-01&toDate=2026-10-31"
            files.append(streamed(engine.name, size.url, books.key, "10^6", whole))
        prove(size.url, ground, size.refunds)
        engine.drop(size.name)
    engine.drop("scale")
    return [size.at() for size in sizes], files


async def _known(url: str, ground: Ground) -> Books:
    async with served(url) as app:
        return await known(app, ground.organization_id, ground.public_id)


SCANS = "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE seq_scan > 0 ORDER BY relname"


def scans(url: str) -> dict[str, int]:
    """How often each table was gone through from end to end so far, guards and keys included."""
    if is_sqlite(url):
        # It counts nothing, but its plans do not change with size: tests hold them.
        return {}
    with closing(open_database(url, reading=True)) as database:
        return dict(database.all(SCANS))


def verify(url: str, ground: Ground) -> None:
    """What was written without the law keeps all of its promises all the same. Raises `WrongTotals`."""
    readers = Readers(url, 1)
    try:
        broken = readers.run(broken_promises, ground.organization_id)
    finally:
        readers.close()
    if broken:
        raise WrongTotals(f"the grown books are wrong: {broken[:3]}")


def main() -> None:
    """Measure, show, keep; with `--write-docs`, draw and write the tables. What one engine showed is kept.

    So the engines may be measured one at a time: the page is written of the last run of each.
    """
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=main.__doc__)
    parser.add_argument("--lines", type=int, default=SIZES[-1], help="the largest size")
    parser.add_argument("--engine", choices=("sqlite", "postgres"), help="one of them only")
    parser.add_argument("--write-docs", action="store_true", help="draw docs/scale.svg, write the tables")
    asked = parser.parse_args()
    sizes = [10**n for n in range(4, 9) if 10**n <= asked.lines]
    say = Console(stderr=True).print
    with home() as place:
        if asked.engine != "postgres":
            keep("sqlite", *measured(SqliteFiles(place), sizes, say))
        if asked.engine != "sqlite":
            with postgres(place) as server:
                keep("postgres", *measured(server, sizes, say), several.measured(server, say))
    found = kept()
    show(found.seen)
    several.show(found.servers)
    show_gates("As the books grow", [*gates_of(found.seen), *found.files])
    if asked.write_docs:
        draw(found.seen)
        tell(found)


def keep(engine: str, seen: list[At], files: list[Gate], servers: Sequence[several.Seen] = ()) -> None:
    """Put what an engine showed in the place of what it showed the last time."""
    last = kept()
    now = Found(
        [at for at in last.seen if at.engine != engine] + seen,
        [file for file in last.files if file.engine != engine] + files,
        [*servers] or last.servers,
    )
    KEPT.write_bytes(msgspec.json.format(msgspec.json.encode(now), indent=1))


def kept() -> Found:
    """What each engine showed the last time."""
    return msgspec.json.decode(KEPT.read_bytes(), type=Found) if KEPT.exists() else Found([], [], [])


if __name__ == "__main__":
    main()
