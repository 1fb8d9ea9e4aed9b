"""How long pages of contract A take at 10,000 invoices: `python -m bench.graph`, and part of `make bench`.

Each is asked of the whole server, in this process and without a network; milliseconds, the median.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import httpx
from rich.console import Console
from rich.table import Table
from starlette.applications import Starlette

from avoir.app.access import CreateClient
from avoir.app.invoice_credits import CreditInvoice
from avoir.app.reads import directory
from avoir.config import Settings
from avoir.core.access import DIRECTORY
from avoir.core.credit import Shape
from avoir.core.crediting import NothingToCredit
from avoir.faces.access import UTC_ZONE
from avoir.faces.door import envelope
from avoir.main import create_app
from bench.databases import Engine, SqliteFiles, postgres
from bench.measure import RESULTS
from bench.pages import INVOICES, filled

TIMES, CREDITED_EACH = 41, 5
ONE_DOLLAR = (Shape(gross=Decimal(1)),)
PAGE = """{ nodes { id number state amount amountDue issuedAt account { id name code }
    invoiceItems { id lineText quantity price amount taxAmount }
    creditNotes { id number state amount amountUnapplied } } pageInfo { endCursor hasNextPage } }"""


class Gate(NamedTuple):
    """A document, and how many milliseconds it may take."""

    what: str
    document: str
    most: int


GATES = (
    Gate("50 invoices with account, items and credit notes", f"{{ invoices(first: 50) {PAGE} }}", 25),
    Gate("the same, newest first", f'{{ invoices(first: 50, sort: "createdAt desc") {PAGE} }}', 25),
    Gate("of one account", f'{{ invoices(filter: "accountId = 7", first: 50) {PAGE} }}', 25),
    Gate("that are due, by day", f'{{ invoices(filter: "amountDue > 0", sort: "dueAt asc") {PAGE} }}', 50),
    Gate("50 of all transactions", "{ transactions(first: 50) { nodes { id kind amount state } } }", 25),
    Gate("how many invoices there are", "{ invoices { totalCount } }", 10),
)  # fmt: skip


class Seen(NamedTuple):
    """One gate on one engine."""

    engine: str
    gate: Gate
    milliseconds: float


def measured(engine: Engine) -> list[Seen]:
    """Every gate, on an engine's new database."""
    url = engine.new("graph")
    try:
        return asyncio.run(_asked(engine, url))
    finally:
        engine.drop("graph")


async def _asked(engine: Engine, url: str) -> list[Seen]:
    app = create_app(Settings(database_url=url))
    async with app.router.lifespan_context(app):
        token = await _token(app)
        transport = httpx.ASGITransport(app)
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://avoir", headers=headers, timeout=60
        ) as client:
            return [Seen(engine.title, gate, await _median(client, gate)) for gate in GATES]


async def _token(app: Starlette) -> str:
    """The books, every fifth invoice credited in part, and a token to read them."""
    access, door = app.state.access, app.state.door
    books = await filled(app)
    tenancy = await door.read(directory.tenancy_by_public_id, DIRECTORY, books.organization)
    credits = [
        envelope(
            tenancy.id, CreditInvoice(invoice_id=id, shapes=ONE_DOLLAR), actor="bench", zone=UTC_ZONE
        )
        for id in range(1, INVOICES + 1, CREDITED_EACH)
    ]  # fmt: skip
    for said in await asyncio.gather(*map(door.ask, credits), return_exceptions=True):
        # Some of the books' invoices are credited whole already.
        if isinstance(said, BaseException) and not isinstance(said, NothingToCredit):
            raise said
    client = CreateClient(
        tenancy_id=tenancy.id, client_id="bench", name="Bench", secret_digest="x",
        scopes="billing:read standard:read",
    )  # fmt: skip
    made = await access.ask(client, actor="bench")
    return access.client_token(made, made.scopes)


async def _median(client: httpx.AsyncClient, gate: Gate) -> float:
    took = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        answer = await client.post("/graphql", json={"query": gate.document})
        took.append(time.perf_counter() - begun)
        assert "errors" not in answer.json(), answer.text[:300]
    return statistics.median(took) * 1000


def show(seen: list[Seen]) -> None:
    """The gates and what was measured; one that is missed is shown and is no failure."""
    table = Table(
        "engine", "what", "ms", "gate", "", title=f"Contract A at {INVOICES:,} invoices, the median"
    )
    for each in seen:
        missed = "missed" if each.milliseconds > each.gate.most else ""
        table.add_row(each.engine, each.gate.what, f"{each.milliseconds:.1f}", str(each.gate.most), missed)
    Console().print(table)


def measure_graph(say: Callable[[str], None] = print) -> list[Seen]:
    """Both engines, on new databases beside the results: fsync must reach a disk."""
    RESULTS.mkdir(exist_ok=True)
    seen = []
    with tempfile.TemporaryDirectory(prefix="data-", dir=RESULTS) as home:
        say("pages of contract A, on SQLite")
        seen += measured(SqliteFiles(Path(home)))
        with postgres(Path(home)) as server:
            say("pages of contract A, on PostgreSQL")
            seen += measured(server)
    return seen


if __name__ == "__main__":
    show(measure_graph())
