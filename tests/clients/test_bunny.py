"""The official Node client of contract A, from its registry, against a real server.

The vendor's Ruby client is in no package of Debian's, so it is not part of a run. By hand its source was seen
to get a token, read a list, refund an invoice by the seed document and raise what is refused.
"""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import uvicorn

from avoir.app.access import CreateClient
from avoir.app.dispute_reasons import CreateDisputeReason
from avoir.config import load
from avoir.core.access import DIRECTORY
from avoir.core.refund import Refund
from avoir.faces.graphql.envelope import body_of
from avoir.faces.graphql.telling import Teller
from avoir.faces.herald import signed
from avoir.main import create_app
from tests.conftest import RUN
from tests.faces.graphql.shop import DOCUMENTS
from tests.ledger import Ledger, ask_of, line
from tests.server import alone

HERE = Path(__file__).parent
LIFETIME = 2
SCOPE = "billing:read billing:write standard:read"


@pytest.fixture(scope="session")
def node_modules(request: pytest.FixtureRequest) -> Path:
    """The client as its registry has it, installed once in a run, outside the repository."""
    home = request.config.stash[RUN] / "clients"
    with alone(request.config.stash[RUN]):
        if not (home / "installed").exists():
            home.mkdir(exist_ok=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copyfile(HERE / name, home / name)
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=home, check=True, capture_output=True, timeout=300)
            (home / "installed").touch()
    return home / "node_modules"


@contextlib.contextmanager
def serving(url: str) -> Iterator[tuple[str, object]]:
    """A server on a port of its own: how it is reached, and its application."""
    app = create_app(load({"database_url": url}, {}))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    started = threading.Event()
    real = server.startup

    async def startup(*args, **kwargs) -> None:
        await real(*args, **kwargs)
        started.set()

    server.startup = startup
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert started.wait(60)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", app
    finally:
        server.should_exit = True
        thread.join(60)


def messages(app, organization_id: int) -> list[dict[str, str]]:
    """What webhooks say of everything in the books, and of texts that are hard to write, with signatures."""
    teller = Teller(app.state.door, app.state.access)
    things = (
        ("invoice", 1),
        ("customer", 1),
        ("payment", 1),
        ("entity", 1),
        ("account", 1000),
        ("dispute_reason", 1),
    )

    async def tell() -> list[str]:
        return [await teller.tell(organization_id, kind, id) for kind, id in things]

    bodies = asyncio.run_coroutine_threadsafe(tell(), app.state.door.loop).result(30)
    hard = {
        "notes": 'ä € 😀 </script> " \\ \b\f\n\r\t\x01\x1f\x7f\u2028',
        "amount": Decimal("120.1"),
        "n": 120,
    }
    bodies += [body_of("Invoice", hard), "{}"]
    return [{"body": body, "signature": signed(body.encode(), "abc")} for body in bodies]


@pytest.fixture
def saw(url: str, node_modules: Path, tmp_path: Path) -> Iterator[dict]:
    """What the client saw, and the books that it left behind."""
    ledger = Ledger(url)
    ledger.paid(ledger.invoice(line("100.10", ledger.tax(20))), "120.12")
    ledger.ask(CreateDisputeReason(name="Broken"))
    with serving(url) as (base_url, app):
        client = CreateClient(
            tenancy_id=ledger.organization_id, client_id="node", name="Node", expires_in=LIFETIME,
            secret_digest=app.state.access.digest("secret"), scopes=SCOPE,
        )  # fmt: skip
        (made,) = ledger.record(ask_of(DIRECTORY, client))
        assert made.client_id == "node"
        told = {
            "baseUrl": base_url,
            "client": {"clientId": "node", "clientSecret": "secret", "scope": SCOPE},
            "document": str(DOCUMENTS / "invoice_refund.graphql"),
            "variables": {"invoiceId": "1", "disputeReasonId": "1"},
            "lifetime": LIFETIME * 1000 + 100,
            "hook": {"key": "abc", "messages": messages(app, ledger.organization_id)},
        }  # fmt: skip
        written = tmp_path / "saw.json"
        command = ["node", str(HERE / "refund.js"), json.dumps(told), str(written)]
        environment = os.environ | {"NODE_PATH": str(node_modules)}
        ran = subprocess.run(
            command, env=environment, check=False, capture_output=True, text=True, timeout=60
        )
        assert written.exists(), ran.stdout + ran.stderr
    yield {**json.loads(written.read_text()), "ledger": ledger}
    ledger.close()


def test_the_official_client_refunds_an_invoice_with_the_documented_call(saw):
    assert set(saw["refund"]) == {"data"}, "an errors key would make the client's helpers throw"
    payload = saw["refund"]["data"]["invoiceRefund"]
    assert payload["errors"] is None
    note = payload["creditNote"]
    assert (note["kind"], note["state"], note["amount"], note["amountApplied"]) == (
        "REFUND", "APPLIED", 120.12, 120.12,
    )  # fmt: skip
    assert note["disputeReason"]["name"] == "Broken"
    assert len(saw["ledger"].rows(Refund)) == 1
    assert saw["ledger"].trial_balance() == {}

    # Refused: contract A's client hands the errors on.
    (error,) = saw["refused"]["errors"]
    assert saw["refused"]["data"] == {"invoiceRefund": None}
    assert (error["path"], error["extensions"]["code"]) == (["invoiceRefund"], "nothing_to_refund")

    # Reads.
    notes = saw["list"]["data"]["creditNotes"]
    assert (notes["totalCount"], notes["edges"][0]["node"]["creditedInvoice"]) == (1, {"number": "INV-00001"})
    assert saw["numbers"] == {"amount": 120.12, "amountPaid": 120.12}

    nested = saw["nested"]["data"]["invoice"]
    assert (nested["number"], nested["account"]["name"]) == ("INV-00001", "Ada")
    assert nested["invoiceItems"] == [{"amount": 120.12, "taxRate": 20, "creditNoteItem": {"amount": 120.12}}]
    assert nested["payments"]["nodes"] == nested["paymentApplications"] == [{"amount": 120.12}]

    # Messages.
    assert len(saw["hooks"]) == 8
    assert all(each == {"canonical": True, "valid": True, "forged": False} for each in saw["hooks"]), saw[
        "hooks"
    ]

    # The token: renewed by the client when it expired, and told apart when it cannot be.
    assert saw["later"]["data"]["currentUser"]["user"] == {"name": "Node"}
    assert saw["stale"] == "The access token expired"
    assert saw["stranger"].startswith("Client authentication failed")
    assert saw["greedy"] == "The requested scope is invalid, unknown, or malformed."
