"""How long reading takes: `python -m bench.reading`, and part of `make bench`.

The console's pages and contract A's at 10,000 invoices; contract B's lists and reports at 100,000 credit
notes and a million lines of the journal. Every one is asked of the whole server, in this process and without
a network; milliseconds, the median, of a page of the console the best of three. The company's year is written
once by the law, and copied to the other engine; the years before it are written without the law.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec
from starlette.applications import Starlette

from avoir.config import Settings
from avoir.main import create_app
from bench.asked import Asker, Wanted, below, loaded, median_of
from bench.books import Books, copied, filled, grow
from bench.databases import Engine, engines
from bench.report import Gate, show_gates

PAGE = """{ nodes { id number state amount amountDue issuedAt account { id name code }
    invoiceItems { id lineText quantity price amount taxAmount }
    creditNotes { id number state amount amountUnapplied } } pageInfo { endCursor hasNextPage } }"""
MONTH = "fromDate=2024-06-01&toDate=2024-06-30"
YEAR, YEARS = "fromDate=2023-01-01&toDate=2023-12-31", "fromDate=2019-01-01&toDate=2026-12-31"
PAGES = (
    "", "/invoices", "/invoices?view=overdue", "/invoices?q=customer+4", "/invoices?page=150",
    "/invoices?sort=customer", "/invoices?sort=-open&page=100", "/payments?view=refunded&sort=state",
    "/customers?view=owes",
    "/invoices/500", "/invoices/500/refund", "/payments", "/customers", "/customers/7",
    "/customers/7/statement", "/refunds", "/refunds/1", "/credit-notes", "/credit-notes/1", "/jobs", "/views",
    "/invoices/refund-several?invoice=1&invoice=2&invoice=3", "/books/trial-balance", "/books/general-ledger",
    "/books/profit-and-loss", "/books/balance-sheet", "/books/aging", "/books/sales-tax", "/books/chart",
    "/books/journal", "/books/accounts/1006", "/books/accounts/1006?page=100", "/settings",
    "/settings/people", "/settings/roles/2", "/settings/audit", "/settings/proof", "/search?q=INV-005",
)  # fmt: skip
MOST_MS, MOST_KB, MOST_MIB = 150, 300, 300
HALF_A_YEAR = "/api/reports/general-ledger?fromDate=2023-01-01&toDate=2023-06-30"
"""A hundred thousand lines; `make bench-scale` has a million written."""
Say = Callable[[str], None]


def graph(what: str, document: str, most: float) -> Wanted:
    """A document of contract A."""
    return Wanted(what, most, "/graphql", msgspec.json.encode({"query": document}))


CONTRACT_A = (
    graph("A: 50 invoices with account, items, credit notes", f"{{ invoices(first: 50) {PAGE} }}", 25),
    graph("A: the same, newest first", f'{{ invoices(first: 50, sort: "createdAt desc") {PAGE} }}', 25),
    graph("A: of one account", f'{{ invoices(filter: "accountId = 7", first: 50) {PAGE} }}', 25),
    graph(
        "A: that are due, by day", f'{{ invoices(filter: "amountDue > 0", sort: "dueAt asc") {PAGE} }}', 50
    ),
    graph("A: 50 of all transactions", "{ transactions(first: 50) { nodes { id kind amount state } } }", 25),
    graph("A: how many invoices there are", "{ invoices { totalCount } }", 10),
)
AT_10_000 = (Wanted("B: page of a list of 10,000 invoices", 10, "/api/sale-invoices?page=3", times=25),)
GROWN = (
    Wanted("B: page of a list of 100,000 credit notes", 8, "/api/credit-notes?page=3", times=25),
    Wanted("B: last page of that list", 8, "/api/credit-notes?page=8333", times=25),
    Wanted("B: one credit note", 3, "/api/credit-notes/777", times=25),
    Wanted(
        "B: general ledger of a month, 2,000 entries", 100, f"/api/reports/general-ledger?{MONTH}", times=9
    ),
    Wanted("B: trial balance at 10^6 lines, a year", 50, f"/api/reports/trial-balance-sheet?{YEAR}", times=9),
    Wanted("B: trial balance at 10^6 lines, all", 50, f"/api/reports/trial-balance-sheet?{YEARS}", times=9),
    Wanted("B: accounts with their balances, now", 20, "/api/accounts", times=9),
)
DAYS = [
    f"/api/reports/balance-sheet?fromDate=2019-01-01&toDate=2022-{month:02d}-17" for month in range(1, 10)
]


@asynccontextmanager
async def served(url: str) -> AsyncIterator[Starlette]:
    """A server that does nothing beside what it is asked."""
    app = create_app(Settings(database_url=url, worker_seconds=0))
    async with app.router.lifespan_context(app):
        yield app


def measure_reading(both: Sequence[Engine], say: Say = print, *, pages_only: bool = False) -> list[Gate]:
    """Every gate on every engine; or those of the console's pages."""
    gates, first = list[Gate](), both[0]
    say(f"{first.title}: a company's year")
    books = asyncio.run(_filled(url := first.new("reading")))
    for engine in both:
        if engine is not first:
            say(f"{engine.title}: copying the year")
            copied(url, url := engine.new("reading"))
        say(f"{engine.title}: reading a year")
        gates += asyncio.run(_first(engine.name, url, books, pages_only))
    for engine in () if pages_only else both:
        say(f"{engine.title}: growing its books")
        url = engine.url("reading")
        grow(url, books.organization_id)
        say(f"{engine.title}: reading grown books")
        gates += asyncio.run(_then(engine.name, url, books))
        say(f"{engine.title}: a ledger as a file")
        gates.append(streamed(engine.name, url, books.key, "10^5", HALF_A_YEAR))
    for engine in both:
        engine.drop("reading")
    return gates


async def _filled(url: str) -> Books:
    async with served(url) as app:
        return await filled(app)


async def _first(engine: str, url: str, books: Books, pages_only: bool) -> list[Gate]:
    async with served(url) as app:
        gates = [await _page(engine, books.console(app), books.public_id, page) for page in PAGES]
        if not pages_only:
            gates += [await median_of(engine, books.graphql(app), each) for each in CONTRACT_A]
            gates += [await median_of(engine, books.rest(app), each) for each in AT_10_000]
    return gates


async def _page(engine: str, asker: Asker, organization: str, page: str) -> Gate:
    """One page: its time and its size, each under its gate."""
    answers = [await asker.ask(f"/console/{organization}{page}", accept="text/html") for _ in range(3)]
    best, size = min(each.seconds for each in answers) * 1000, loaded(answers[-1]) / 1000
    return Gate(
        engine, f"page {page or '/'}", f"< {MOST_MS} ms, {MOST_KB} kB", f"{best:.0f} ms, {size:.0f} kB",
        best < MOST_MS and size < MOST_KB,
    )  # fmt: skip


async def _then(engine: str, url: str, books: Books) -> list[Gate]:
    async with served(url) as app:
        asker = books.rest(app)
        gates = [await median_of(engine, asker, each) for each in GROWN]
        # Of each day for the first time: nothing of it can be remembered.
        took = sorted([(await asker.ask(day)).seconds for day in DAYS])
        gates.append(
            below(engine, "B: balances as of a day, at 10^6 lines", took[len(took) // 2] * 1000, 20, "ms")
        )
        return gates


def streamed(engine: str, url: str, key: str, lines: str, address: str) -> Gate:
    """A general ledger of so many lines as CSV, by a server of its own: what memory that takes."""
    told = subprocess.run(
        (sys.executable, "-m", "bench.streaming"), input=json.dumps([url, key, address]),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    rss, seconds, size = json.loads(told.stdout)
    what = f"B: general ledger of {lines} lines, CSV of {size / 1e6:.0f} MB in {seconds:.0f} s"
    return below(engine, what, rss, MOST_MIB, "MiB")


if __name__ == "__main__":
    with engines() as both:
        show_gates("What reading takes", measure_reading(both, pages_only="--pages" in sys.argv))
