"""How long reading takes in grown books: `python -m bench.reads`, and part of `make bench`.

A million lines of the journal, ten thousand credit notes, two thousand entries in the month that is looked
at. Each is asked of the whole server, in this process and without a network; milliseconds, the median.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import httpx
from rich.console import Console
from rich.table import Table
from starlette.applications import Starlette

from avoir.app.access import CreateTenancy, GenerateApiKey
from avoir.app.credit_notes import CreateCreditNote
from avoir.app.customers import CreateCustomer
from avoir.app.journals import CreateJournal
from avoir.app.organizations import OpenBooks
from avoir.config import Settings
from avoir.core.command import Command
from avoir.core.document import Line, Wording
from avoir.core.manual_journal import JournalSide
from avoir.faces.access import UTC_ZONE
from avoir.faces.door import envelope
from avoir.main import create_app
from avoir.store.database import open_database
from bench.databases import Engine, SqliteFiles, postgres
from bench.measure import RESULTS

NOTES, IN_MONTH, LINES, BATCH, CUSTOMERS = 10_000, 2_000, 1_000_000, 500, 500
MONTH = "fromDate=2026-06-01&toDate=2026-06-30"
YEAR, BY_YEAR = "fromDate=2025-01-01&toDate=2025-12-31", "displayColumnsType=date_periods"
YEARS = "fromDate=2021-01-01&toDate=2026-12-31"


class Gate(NamedTuple):
    """What is asked, how often, and how many milliseconds it may take."""

    what: str
    path: str
    times: int
    most: int


GATES = (
    Gate("general ledger of a month with 2,000 entries", f"/reports/general-ledger?{MONTH}", 11, 100),
    Gate("page of a list of 10,000 credit notes", "/credit-notes?page=3", 101, 10),
    Gate("last page of that list", "/credit-notes?page=833", 101, 10),
    Gate("trial balance of a year at 1,000,000 lines", f"/reports/trial-balance-sheet?{YEAR}", 21, 50),
    Gate("trial balance of all years", f"/reports/trial-balance-sheet?{YEARS}", 21, 50),
    Gate("balance sheet, a column a year", f"/reports/balance-sheet?{YEARS}&{BY_YEAR}", 11, 100),
    Gate("receivable aging", "/reports/receivable-aging-summary?asDate=2026-12-31", 5, 1000),
)  # fmt: skip


class Seen(NamedTuple):
    """One gate on one engine."""

    engine: str
    gate: Gate
    milliseconds: float


def measured(engine: Engine) -> list[Seen]:
    """Every gate, on an engine's new database."""
    url = engine.new("reads")
    try:
        return asyncio.run(_asked(engine, url))
    finally:
        engine.drop("reads")


async def _asked(engine: Engine, url: str) -> list[Seen]:
    app = create_app(Settings(database_url=url))
    async with app.router.lifespan_context(app):
        key = await filled(app, url)
        transport = httpx.ASGITransport(app)
        headers = {"authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://avoir/api", headers=headers, timeout=60
        ) as client:
            return [Seen(engine.title, gate, await _median(client, gate)) for gate in GATES]


async def _median(client: httpx.AsyncClient, gate: Gate) -> float:
    took = []
    for _ in range(gate.times):
        begun = time.perf_counter()
        answer = await client.get(gate.path)
        took.append(time.perf_counter() - begun)
        assert answer.status_code == 200, f"{gate.path}: {answer.status_code} {answer.text[:200]}"
    return statistics.median(took) * 1000


async def filled(app: Starlette, url: str) -> str:
    """The books, and a key to them."""
    access, door = app.state.access, app.state.door
    tenancy = await access.ask(CreateTenancy(public_id=access.new_secret("", 16)), actor="bench")

    async def ask(*commands: Command) -> None:
        asks = (envelope(tenancy.id, each, actor="bench", zone=UTC_ZONE) for each in commands)
        await asyncio.gather(*map(door.ask, asks))

    await ask(OpenBooks(public_id=tenancy.public_id, name="Bench", base_currency="USD"))
    await ask(*(CreateCustomer(name=f"Customer {i}", currency="USD") for i in range(CUSTOMERS)))
    sides = (JournalSide(account_id=1000, debit=Decimal(1)), JournalSide(account_id=1021, credit=Decimal(1)))
    await ask(CreateJournal(journal_on="2021-01-01", sides=sides, publish=True))
    for first in range(0, NOTES, BATCH):
        await ask(*notes(first))
    await asyncio.to_thread(grow, url, tenancy.id)
    key = access.new_secret("bc_", 96)
    await access.ask(
        GenerateApiKey(tenancy_id=tenancy.id, user_id=0, name="", prefix=key[:8], digest=access.digest(key)),
        actor="bench",
    )
    return key


def notes(first: int) -> Iterator[Command]:
    """Credit notes: the first two thousand in the month that is looked at, the others before it."""
    for number in range(first, first + BATCH):
        month = 6 if number < IN_MONTH else 1 + number % 5
        yield CreateCreditNote(
            customer_id=1 + number % CUSTOMERS,
            issued_on=f"2026-{month:02d}-{1 + number % 28:02d}",
            issue=True,
            wording=Wording((Line(Decimal(2), Decimal(number % 900 + 1), description="Work back"),)),
        )


def grow(url: str, organization: int) -> None:
    """A million lines of years before, written as the store writes them: lines, entries, balances."""
    database = open_database(url)
    database.execute(_grown(organization, LINES // 2))
    if not url.startswith("sqlite"):
        for table in ("journal_lines", "journal_entries", "balances", "credit_notes"):
            database.execute([f"ANALYZE {table}"])
    database.close()


def _grown(organization: int, entries: int) -> Iterator[str]:
    """Entries of two lines each, over forty accounts and five years."""
    day = f"CAST(2021 + i % 5 AS TEXT) || '-' || {_two('1 + i / 5 % 12')} || '-' || {_two('1 + i / 60 % 28')}"
    rows = f"""WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {entries - 1}),
        l (entry, on_, one, other, minor) AS (
            SELECT 1000000 + i, {day}, 1000 + i % 37, 1000 + (i + 7) % 37, 100 + i % 9000 FROM n)"""
    for number, account, debit, credit in ((1, "one", "minor", "0"), (2, "other", "0", "minor")):
        yield f"""INSERT INTO journal_lines {rows} SELECT {organization}, entry, {number}, 1, {account},
            NULL, NULL, NULL, 'USD', on_, {debit}, {credit}, {debit}, {credit} FROM l"""
    yield f"""INSERT INTO journal_entries {rows} SELECT {organization}, entry, 1, 'manual_journal',
        'manual_journal', 1, on_, NULL, 'bench', '2026-01-01T00:00:00.000Z' FROM l"""
    yield f"DELETE FROM balances WHERE organization_id = {organization}"
    sums = ", ".join(
        f"CAST(SUM({side}_minor) AS BIGINT)" for side in ("debit", "credit", "base_debit", "base_credit")
    )
    yield f"""INSERT INTO balances SELECT organization_id, entity_id, account_id, currency, 0, booked_on,
        {sums} FROM journal_lines WHERE organization_id = {organization}
        GROUP BY organization_id, entity_id, account_id, currency, booked_on"""


def _two(number: str) -> str:
    """A number as two digits, in both databases' SQL."""
    return f"CASE WHEN {number} < 10 THEN '0' ELSE '' END || CAST({number} AS TEXT)"


def show(seen: list[Seen]) -> None:
    """The gates and what was measured; one that is missed is shown and is no failure."""
    table = Table("engine", "what", "ms", "gate", "", title="Reading grown books, the median")
    for each in seen:
        missed = "missed" if each.milliseconds > each.gate.most else ""
        table.add_row(each.engine, each.gate.what, f"{each.milliseconds:.1f}", str(each.gate.most), missed)
    Console().print(table)


def measure_reads(say: Callable[[str], None] = print) -> list[Seen]:
    """Both engines, on new databases beside the results: fsync must reach a disk."""
    RESULTS.mkdir(exist_ok=True)
    seen = []
    with tempfile.TemporaryDirectory(prefix="data-", dir=RESULTS) as home:
        say("reading grown books, on SQLite")
        seen += measured(SqliteFiles(Path(home)))
        with postgres(Path(home)) as server:
            say("reading grown books, on PostgreSQL")
            seen += measured(server)
    return seen


if __name__ == "__main__":
    show(measure_reads())
