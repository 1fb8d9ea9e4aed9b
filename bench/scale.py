"""What a refund and a read cost as the books grow: `make bench-scale`, or `python -m bench.scale`.

The same organization at 10,000, 100,000 and a million lines of the journal (`--lines 10000000` for more),
written as the store writes them but without the law: years of refunds of its credit notes. At each size
refunds are recorded by the clerk, and reports are asked of the whole server, in this process.
"""

import argparse
import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec
from rich.console import Console
from rich.table import Table

from avoir.app.reads.verify import broken_promises
from avoir.config import Settings
from avoir.core.credit_note import CreditNote
from avoir.core.customer import Customer
from avoir.core.event import change
from avoir.core.journal import Answer, Event, JournalEntry, JournalLine
from avoir.core.organization import Counters, Series
from avoir.core.refund import SETTLED, Refund
from avoir.core.row import changed
from avoir.main import create_app
from avoir.store.books import sums
from avoir.store.database import is_sqlite, open_database
from avoir.store.protocol import Batch, Change, Database, Fetch
from avoir.store.readers import Readers
from bench import wire
from bench.databases import Engine, SqliteFiles, postgres
from bench.engine import drive
from bench.ground import ACCOUNTS, NOTES, Ground, WrongTotals, prepare, prove
from bench.measure import RESULTS
from bench.report import PAGE
from bench.several import measure_several
from bench.several import show as show_several

SIZES = (10_000, 100_000, 1_000_000)
AT_ONCE, VERIFIED = 2048, 100_000
DAYS = 3650
FIRST_DAY, MONTH = date(2016, 1, 1), date(2026, 10, 1)
IN_MONTH = 2000
"""So many refunds are in the month that is looked at, at every size."""
PICTURE = Path(__file__).parent.parent / "docs" / "scale.svg"
BEGIN, END = "<!-- Written by `python -m bench.scale --write-docs`. -->", "<!-- End of the sizes. -->"
REFUNDS = ("a lone refund, ms", "refunds a second at depth 64")
TIMES = 9
RECEIVABLE = 1006
READS = {
    "trial balance": "/reports/trial-balance-sheet?fromDate=2016-01-01&toDate=2026-12-31",
    "trial balance as of a day": "/reports/trial-balance-sheet?fromDate=2016-01-01&toDate=2021-06-30",
    "customer statement of a month": "/reports/transactions-by-customers?customersIds[]=1&fromDate=2026-10-01"
    "&toDate=2026-10-31",
    "receivable aging": "/reports/receivable-aging-summary?asDate=2026-12-31",
    "page of credit notes": "/credit-notes?page=3",
    "one credit note": "/credit-notes/7",
    "general ledger of a month": "/reports/general-ledger?fromDate=2026-10-01&toDate=2026-10-31",
}


class At(NamedTuple):
    """What was measured at one size; milliseconds, and refunds a second."""

    engine: str
    lines: int
    alone_ms: float
    rate: float
    reads: dict[str, float]


def grow(url: str, ground: Ground, already: int, refunds: int) -> None:
    """Write refunds that were made years ago, until there are so many; nothing is decided."""
    with closing(open_database(url)) as database:
        o = ground.organization_id
        counters, series, notes, customer = _heads(database, o)
        taken = [0] * (NOTES + 1)
        numbers = iter(range(already, refunds))
        while some := list(itertools.islice(numbers, AT_ONCE)):
            database.begin()
            rows = [_refunded(o, n, counters, notes, customer) for n in some]
            for n in some:
                taken[1 + n % NOTES] += 1
            kinds: list[list[Any]] = [list(each) for each in zip(*rows, strict=True)]
            lines = [line for two in kinds[1] for line in two]
            new = [kinds[0], lines, *sums(lines), kinds[2], kinds[3], kinds[4]]
            database.commit(Batch(new, [], []))
        more = refunds - already
        fresh = [
            changed(
                note,
                refunded_minor=note.refunded_minor + taken[id],
                base_used_minor=note.base_used_minor + taken[id],
            )
            for id, note in notes.items()
        ]
        heads = changed(
            counters,
            last_refund=counters.last_refund + more,
            last_entry=counters.last_entry + more,
            last_event=counters.last_event + more,
        )
        database.begin()
        database.commit(
            Batch(
                [],
                [
                    Change(Counters, ("last_refund", "last_entry", "last_event"), [heads]),
                    Change(
                        Series, ("next_number",), [changed(series, next_number=series.next_number + more)]
                    ),
                    Change(CreditNote, ("refunded_minor", "base_used_minor"), fresh),
                ],
                [],
            )
        )
        if not is_sqlite(url):
            for kind in (Refund, JournalLine, JournalEntry, Event, Answer, CreditNote):
                database.execute([f"ANALYZE {kind.TABLE}"])


def _heads(database: Database, o: int) -> tuple[Counters, Series, dict[int, CreditNote], Customer]:
    database.begin()
    counters, series, notes, customers = database.fetch(
        [
            Fetch(Counters, Counters.KEY, [(o,)]),
            Fetch(Series, Series.KEY, [(o, 1, "refund")]),
            Fetch(CreditNote, CreditNote.KEY, [(o, id) for id in range(1, NOTES + 1)]),
            Fetch(Customer, Customer.KEY, [(o, 1)]),
        ]
    )
    database.rollback()
    found: Any = (counters[0], series[0], {note.id: note for note in notes}, customers[0])  # type: ignore[attr-defined]
    return found


def _refunded(
    o: int, n: int, counters: Counters, notes: dict[int, CreditNote], customer: Customer
) -> tuple[Refund, tuple[JournalLine, JournalLine], JournalEntry, Event, Answer]:
    """The rows of the n-th refund of a cent: the first in the month that is looked at, others before it."""
    note, account = notes[1 + n % NOTES], ACCOUNTS[n % 4]
    more = n - counters.last_refund
    id, entry, event = n + 1, counters.last_entry + 1 + more, counters.last_event + 1 + more
    day = FIRST_DAY + timedelta(days=n % DAYS) if n >= IN_MONTH else MONTH + timedelta(days=n % 31)
    on = day.isoformat()
    at = f"{on}T12:00:00.000Z"
    refund = Refund(
        o, id, f"{o:08x}-0000-7000-8000-{n:012x}", 1, customer.id, None, note.id, None, None, None,
        f"RF-{id:05d}", id, "bank", SETTLED, account, "USD", 10**9, 1, 1, 1, on, on[:7], "", "Returned",
        "user:1 key:1", at, at, entry_id=entry, settled_entry_id=entry,
    )  # fmt: skip
    lines = (
        JournalLine(o, entry, 1, 1, RECEIVABLE, customer.id, None, None, "USD", on, 1, 0, 1, 0),
        JournalLine(o, entry, 2, 1, account, None, None, None, "USD", on, 0, 1, 0, 1),
    )
    # Keys come in no order; a multiple of the golden ratio neither.
    key = f"{n * 0x9E3779B97F4A7C15 % 2**64:016x}"
    return (
        refund,
        lines,
        JournalEntry(o, entry, 1, "refund_by_bank", "refund", id, on, None, "user:1 key:1", at),
        Event(o, event, "refund.settled", "refund", id, "user:1 key:1", change(None, refund), at),
        Answer(o, key, key, f"@{event}", at),
    )


def measured(engine: Engine, sizes: tuple[int, ...], say: Any) -> Iterator[At]:
    """One engine at each size, smallest first; raises unless the books hold every cent at the end."""
    url = engine.new("scale")
    ground = prepare(url)
    key = wire.key_of(url, ground.public_id)
    there = 0
    for lines in sizes:
        say(f"{engine.title}: {lines:,} lines")
        grow(url, ground, there, max(there, lines // 2))
        there = max(there, lines // 2)
        if lines <= VERIFIED:
            verify(url, ground)
        before = scans(url)
        drive(url, engine, ground, "spread", 64, 0.5)
        alone = drive(url, engine, ground, "spread", 1, 2)
        busy = drive(url, engine, ground, "spread", 64, 3)
        if scans(url) != before:
            raise WrongTotals(f"refunds went through whole tables at {lines} lines: {before}, {scans(url)}")
        there = _refunds(url, ground)
        reads = asyncio.run(_read(url, key))
        yield At(
            engine.title,
            lines,
            statistics.median(alone.latencies) * 1000,
            busy.commands / busy.seconds,
            reads,
        )
    prove(url, ground, there)
    engine.drop("scale")


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


def _refunds(url: str, ground: Ground) -> int:
    with closing(open_database(url, reading=True)) as database:
        sql = "SELECT last_refund FROM counters WHERE organization_id = :o"
        return int(database.all(sql, {"o": ground.organization_id})[0][0])


async def _read(url: str, key: str) -> dict[str, float]:
    app = create_app(Settings(database_url=url))
    async with app.router.lifespan_context(app):
        headers = {"authorization": f"Bearer {key}"}
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://avoir/api", headers=headers, timeout=120
        ) as client:
            return {what: await _median(client, path) for what, path in READS.items()}


async def _median(client: httpx.AsyncClient, path: str) -> float:
    took = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        answer = await client.get(path)
        took.append(time.perf_counter() - begun)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:200]}"
    return statistics.median(took) * 1000


def show(seen: list[At]) -> None:
    """A column for each size, and how much the largest costs of the smallest."""
    sizes = sorted({at.lines for at in seen})
    table = Table("engine", "what", *(f"{lines:,}" for lines in sizes), "growth", title="As the books grow")
    for engine in dict.fromkeys(at.engine for at in seen):
        mine = [at for at in seen if at.engine == engine]
        for what in (*REFUNDS, *READS):
            values = [_value(at, what) for at in mine]
            table.add_row(
                engine, what, *(f"{value:,.1f}" for value in values), f"{values[-1] / values[0]:.2f}"
            )
    Console().print(table)


def _value(at: At, what: str) -> float:
    if what in at.reads:
        return at.reads[what]
    return at.alone_ms if what.startswith("a lone") else at.rate


def draw(seen: list[At]) -> None:
    """The picture: each cost at each size, as a multiple of what it was at the smallest."""
    # Here and not above: it changes how the whole process imports, and tests use this file, too.
    import pygal

    chart = pygal.Line(
        title="What things cost as the books grow (1 = at the smallest size)",
        x_title="lines of the journal",
        show_minor_y_labels=False,
        legend_at_bottom=True,
        legend_at_bottom_columns=2,
        js=[],
    )
    chart.x_labels = [f"{lines:,}" for lines in sorted({at.lines for at in seen})]
    for engine in dict.fromkeys(at.engine for at in seen):
        mine = [at for at in seen if at.engine == engine]
        chart.add(f"{engine}: a refund at depth 64", [mine[0].rate / at.rate for at in mine])
        for what in READS:
            chart.add(f"{engine}: {what}", [at.reads[what] / mine[0].reads[what] for at in mine])
    PICTURE.write_bytes(chart.render())


def tell(seen: list[At]) -> None:
    """The table, into docs/performance.md between its two marks."""
    sizes = [f"{lines:,}" for lines in sorted({at.lines for at in seen})]
    rows = [("database", "what", *sizes, "growth"), ("---", "---", *["--:"] * (len(sizes) + 1))]
    for engine in dict.fromkeys(at.engine for at in seen):
        mine = [at for at in seen if at.engine == engine]
        for what in (*REFUNDS, *READS):
            values = [_value(at, what) for at in mine]
            row = (engine, what, *(f"{value:,.1f}" for value in values), f"{values[-1] / values[0]:.2f}")
            rows.append(row)
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    picture = f"![What things cost as the books grow]({PICTURE.name})"
    PAGE.write_text(f"{before}{BEGIN}\n\n{picture}\n\n{table}\n\n{END}{rest.partition(END)[2]}", "utf-8")


def main() -> None:
    """Measure, show, keep; with `--write-docs`, draw and write the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=main.__doc__)
    parser.add_argument("--lines", type=int, default=SIZES[-1], help="the largest size")
    parser.add_argument("--engine", choices=("sqlite", "postgres"), help="one of them only")
    parser.add_argument("--write-docs", action="store_true", help="draw docs/scale.svg, write the table")
    asked = parser.parse_args()
    sizes = tuple(10**n for n in range(4, 9) if 10**n <= asked.lines)
    console = Console(stderr=True)
    RESULTS.mkdir(exist_ok=True)
    seen: list[At] = []
    with tempfile.TemporaryDirectory(prefix="data-", dir=RESULTS) as home:
        if asked.engine != "postgres":
            seen += measured(SqliteFiles(Path(home)), sizes, console.print)
        if asked.engine != "sqlite":
            with postgres(Path(home)) as server:
                seen += measured(server, sizes, console.print)
    show(seen)
    if asked.engine != "sqlite":
        show_several(measure_several(console.print))
    (RESULTS / "scale.json").write_bytes(msgspec.json.format(msgspec.json.encode(seen), indent=1))
    if asked.write_docs:
        draw(seen)
        tell(seen)


if __name__ == "__main__":
    main()
