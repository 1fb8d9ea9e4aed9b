"""`python -m bench.invoice_refund`: `invoiceRefund` against the same refund over REST, 32 connections each.

Both faces ask the same command of the same books, of invoices with five lines. The gate: GraphQL reaches
0.6 of the rate of REST.
"""

import json
import secrets
import statistics
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import httpx
from rich.console import Console
from rich.table import Table

from avoir.app.clerk import Clerk
from avoir.app.invoices import CreateInvoice
from avoir.app.payments import Portion, ReceivePayment
from avoir.core.document import Line, Wording
from avoir.store.books import Books
from avoir.store.database import open_database
from bench import wire
from bench.databases import Engine, SqliteFiles, home
from bench.ground import AT_ONCE, Ground, _record, prepare
from bench.report import Gate
from bench.wire import AT, SERVE, key_of, served

SCRIPT = Path(__file__).with_name("invoice_refund.lua")
INVOICES, EACH, CONNECTIONS, SECONDS, ROUNDS = 256, Decimal(1_000_000), 32, 2, 2
LINES, LEAST = 5, 0.6
DOCUMENT = (
    "mutation ($id: ID!, $amount: Float) { invoiceRefund(invoiceId: $id, amount: $amount) "
    "{ creditNote { id number state amount amountApplied } errors } }"
)
SCOPES = "billing:read billing:write standard:read"


class Seen(NamedTuple):
    """Requests a second, the server's microseconds of CPU for each, and the median answer in milliseconds."""

    rate: float
    cpu_us: float
    p50_ms: float


def measured(engine: Engine, say: Callable[[str], None]) -> dict[str, Seen]:
    """Both faces in turns, so that a slow minute hurts both alike; the medians of each."""
    say(f"{engine.title}: invoiceRefund through either face")
    url = engine.new("faces")
    ground = prepare(url, notes=1)
    _pay(url, ground)
    token = _client(url, ground)
    with served(url, SERVE) as server:
        keys = {"rest": key_of(url, ground.public_id), "graphql": _token(*token)}
        _first(keys["graphql"])
        for face, key in keys.items():
            _load(server, face, key, 1)
        seen: dict[str, list[Seen]] = {"rest": [], "graphql": []}
        for _ in range(ROUNDS):
            for face, key in keys.items():
                seen[face].append(_load(server, face, key, SECONDS))
    engine.drop("faces")
    return {face: Seen(*map(statistics.median, zip(*found, strict=True))) for face, found in seen.items()}


def gate(seen: dict[str, Seen]) -> Gate:
    """How fast GraphQL is, of REST."""
    ratio = seen["graphql"].rate / seen["rest"].rate
    return Gate("sqlite", "invoiceRefund, GraphQL to REST", f">= {LEAST:g}", f"{ratio:.2f}", ratio >= LEAST)


def show(seen: dict[str, Seen]) -> None:
    """A line for each face."""
    title = f"A refund of an invoice of {LINES} lines, {CONNECTIONS} connections, SQLite FULL"
    table = Table("face", "a second", "CPU us", "p50 ms", title=title)
    for face, found in seen.items():
        table.add_row(face, f"{found.rate:,.0f}", f"{found.cpu_us:,.0f}", f"{found.p50_ms:.1f}")
    Console().print(table)


def _pay(url: str, ground: Ground) -> None:
    """Invoices of five lines that are paid, numbered from 1."""
    clerk = Clerk(Books(open_database(url)), lambda _: None)
    wording = Wording((Line(Decimal(1), EACH / LINES),) * LINES)
    new = CreateInvoice(customer_id=1, issued_on="2026-11-01", issue=True, wording=wording)
    for _ in range(0, INVOICES, AT_ONCE):
        made = _record(clerk, [ground.ask(new) for _ in range(AT_ONCE)])
        _record(
            clerk,
            [
                ground.ask(
                    ReceivePayment(
                        customer_id=1,
                        account_id=1000,
                        received_on="2026-11-02",
                        portions=(Portion(x.id, EACH),),
                    )
                )
                for x in made
            ],
        )
    clerk.close()


def _client(url: str, ground: Ground) -> tuple[str, str]:
    words = ("client", "create", "--database", url, "--organization-id", ground.public_id, "--scopes", SCOPES)
    ran = subprocess.run(
        (sys.executable, "-m", "avoir", *words, "--json"), capture_output=True, text=True, check=True
    )
    made = json.loads(ran.stdout)
    return made["client_id"], made["client_secret"]


def _token(client_id: str, secret: str) -> str:
    asked = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return str(httpx.post(f"{AT}/oauth/token", data=asked).json()["access_token"])


def _first(token: str) -> None:
    """Wait for one answer of GraphQL: what it is answered with is loaded for the first who asks."""
    headers = {"authorization": f"Bearer {token}"}
    httpx.post(f"{AT}/graphql", json={"query": "{ __typename }"}, headers=headers, timeout=wire.PATIENCE)


def _load(server: wire.Server, face: str, key: str, seconds: int) -> Seen:
    """What a stretch showed. Raises `RuntimeError` unless every answer was a yes."""
    cpu = server.cpu()
    ran = subprocess.run(
        (
            *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(SCRIPT), AT),
            *("--", face, key, str(INVOICES), str(secrets.randbelow(2**31)), DOCUMENT),
        ),
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(ran.stdout.splitlines()[-1])
    if said["broken"] or ran.stderr.strip() or not said["requests"]:
        raise RuntimeError(f"{face}: {ran.stdout}{ran.stderr}")
    requests = said["requests"]
    cpu_us = (server.cpu() - cpu) / requests * 1e6
    return Seen(requests / said["microseconds"] * 1e6, cpu_us, said["p50"] / 1000)


if __name__ == "__main__":
    with home() as place:
        show(measured(SqliteFiles(place), print))
