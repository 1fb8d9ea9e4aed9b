"""How long the console's pages take at 10,000 invoices, and how large they are: `python -m bench.pages`.

On both engines; of each page the best of three, asked in this process without a network. The gate is
150 ms, and 300 kB with all that the page loads into an empty cache.
"""

import argparse
import asyncio
import random
import re
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import httpx
from rich.console import Console
from rich.table import Table
from starlette.applications import Starlette

from avoir.app.access import CreateTenancy, CreateUser
from avoir.app.customers import CreateCustomer
from avoir.app.invoices import CreateInvoice
from avoir.app.organizations import OpenBooks
from avoir.app.payments import ReceivePayment
from avoir.app.refunds import RefundInvoice
from avoir.app.tax_rates import CreateTaxRate
from avoir.config import Settings
from avoir.core.command import Command
from avoir.core.document import Line, Wording
from avoir.core.receiving import Portion
from avoir.faces.access import UTC_ZONE
from avoir.faces.console.rooms import STATIC
from avoir.faces.door import envelope
from avoir.main import create_app
from bench.databases import SqliteFiles, postgres
from bench.measure import RESULTS

INVOICES, CUSTOMERS, BATCH = 10_000, 500, 500
MOST_MS, MOST_KB = 150, 300
EMAIL = "bench@avoir.example"
PAGES = (
    "", "/invoices", "/invoices?view=overdue", "/invoices?q=customer+4", "/invoices?page=150",
    "/invoices/500", "/invoices/500/refund", "/payments", "/customers", "/customers/7",
    "/customers/7/statement", "/refunds", "/refunds/1", "/credit-notes", "/credit-notes/1", "/jobs", "/views",
    "/invoices/refund-several?invoice=1&invoice=2&invoice=3", "/books/trial-balance", "/books/general-ledger",
    "/books/profit-and-loss", "/books/balance-sheet", "/books/aging", "/books/sales-tax", "/books/chart",
    "/books/journal", "/books/accounts/1006", "/books/accounts/1006?page=100", "/settings",
    "/settings/people", "/settings/roles/2", "/settings/audit", "/settings/proof", "/search?q=INV-005",
)  # fmt: skip


class Seen(NamedTuple):
    """One page: milliseconds of server time, bytes of HTML, and bytes with all that it loads."""

    path: str
    milliseconds: float
    size: int
    loaded: int

    @property
    def passed(self) -> bool:
        return self.milliseconds <= MOST_MS and self.loaded <= MOST_KB * 1000


class Books(NamedTuple):
    """A server with a year of one company in it."""

    app: Starlette
    organization: str
    session: str


async def looked_at(url: str) -> list[Seen]:
    """Every page, once the books are filled."""
    app = create_app(Settings(database_url=url))
    async with app.router.lifespan_context(app):
        books = await filled(app)
        transport = httpx.ASGITransport(app)
        cookies = {"avoir-session": books.session}
        async with httpx.AsyncClient(transport=transport, base_url="http://avoir", cookies=cookies) as client:
            return [await look(client, f"/console/{books.organization}{path}", path) for path in PAGES]


async def look(client: httpx.AsyncClient, address: str, path: str) -> Seen:
    """One page, the best of three."""
    best, text = 1e9, ""
    for _ in range(3):
        begun = time.perf_counter()
        answer = await client.get(address)
        best = min(best, time.perf_counter() - begun)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        text = answer.text
    size = len(text.encode())
    loaded = set(re.findall(r'"/console/static/([^"]+)"', text))
    return Seen(path or "/", best * 1000, size, size + sum((STATIC / each).stat().st_size for each in loaded))


async def filled(app: Starlette) -> Books:
    """A company with 500 customers and 10,000 invoices, most of them paid, some of those given back."""
    access, door = app.state.access, app.state.door
    tenancy = await access.ask(CreateTenancy(public_id=access.new_secret("", 16)), actor="bench")

    async def ask(*commands: Command) -> list:
        asks = (envelope(tenancy.id, each, actor="bench", zone=UTC_ZONE) for each in commands)
        return await asyncio.gather(*map(door.ask, asks))

    await ask(OpenBooks(public_id=tenancy.public_id, name="Bench", base_currency="USD"))
    await ask(CreateTaxRate(name="VAT", code="VAT", percent=Decimal(20)))
    await ask(*(CreateCustomer(name=f"Customer {i}", currency="USD") for i in range(CUSTOMERS)))
    chance, today = random.Random(1), datetime.now(UTC).date()
    for _ in range(INVOICES // BATCH):
        invoices = await ask(*bills(chance, today))
        settled = [each for each in invoices if chance.random() < 0.6]
        await ask(*(paid(each, today) for each in settled))
        given = [each for each in settled if chance.random() < 0.2]
        await ask(*(RefundInvoice(invoice_id=each.id, account_id=1000) for each in given))
    user = await access.ask(
        CreateUser(tenancy_id=tenancy.id, email=EMAIL, first_name="", last_name="", password_hash=""),
        actor="bench",
    )
    return Books(app, tenancy.public_id, access.sign_in_token(user))


def bills(chance: random.Random, today: date) -> Iterator[Command]:
    """A batch of invoices of the last year."""
    for _ in range(BATCH):
        price = Decimal(chance.randint(1000, 90_000)) / 100
        line = Line(Decimal(chance.randint(1, 5)), price, description="Work", tax_rate_ids=(1,))
        yield CreateInvoice(
            customer_id=chance.randint(1, CUSTOMERS),
            issued_on=(today - timedelta(days=chance.randint(0, 360))).isoformat(),
            wording=Wording((line,)),
            issue=True,
        )


def paid(invoice, today: date) -> Command:
    """All of an invoice, today."""
    return ReceivePayment(
        customer_id=invoice.customer_id,
        account_id=1000,
        received_on=today.isoformat(),
        portions=(Portion(invoice.id),),
        amount=Decimal(invoice.total_minor) / 100,
    )


def show(engine: str, seen: list[Seen]) -> None:
    """One engine's pages as a table."""
    table = Table("page", "ms", "kB", "all kB", "", title=f"The console at {INVOICES:,} invoices: {engine}")
    for each in seen:
        verdict = "" if each.passed else "too much"
        sizes = (f"{each.size / 1000:.0f}", f"{each.loaded / 1000:.0f}")
        table.add_row(each.path, f"{each.milliseconds:.0f}", *sizes, verdict)
    Console().print(table)


def main() -> None:
    """Measure on a new SQLite file and on a PostgreSQL of its own, or on the empty database that is named."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=main.__doc__)
    parser.add_argument("--database", default="", help="an empty database; else both engines")
    asked = parser.parse_args()
    if asked.database:
        show(asked.database, asyncio.run(looked_at(asked.database)))
        return
    RESULTS.mkdir(exist_ok=True)
    # Beside the results and not in /tmp, which may be memory.
    with tempfile.TemporaryDirectory(prefix="data-", dir=RESULTS) as home, postgres(Path(home)) as server:
        for engine in (SqliteFiles(Path(home)), server):
            show(engine.title, asyncio.run(looked_at(engine.new("pages"))))


if __name__ == "__main__":
    main()
