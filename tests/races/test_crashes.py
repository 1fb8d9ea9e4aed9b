"""The crash matrix: the server dies by SIGKILL at every statement of every kind of refund, and rises again.

What was acknowledged is there, what was asked is there once, and the books verify. A run of the whole suite
takes some statements of each; `make crash` takes them all, each act in books of its own.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from avoir.app.approvals import SetApprovalPolicy
from avoir.app.dispute_reasons import CreateDisputeReason
from avoir.app.gateways import SetGateway
from avoir.app.refunds import RefundCreditNote
from avoir.core.journal import Answer, JournalEntry
from avoir.core.refund import Refund
from avoir.core.seal import Seal
from avoir.demo.calls import REFUND_INVOICE, SCOPES
from tests.invariants import hold
from tests.ledger import BANK, Ledger, line
from tests.races.servers import PATIENCE, avoir
from tests.races.warm import Forge

ALL = os.environ.get("AVOIR_CRASH") == "all"
TARGETS = 200 if ALL else 12
"""Things of each kind to die over: a gateway's yes takes dozens of statements, and each kills twice."""
FATAL = Path(__file__).with_name("fatal")
ON = "2026-11-22"


class House:
    """A server with a fuse, and its books."""

    def __init__(self, ledger: Ledger, home: Path, *, seals: bool) -> None:
        self.ledger, self.home, self.fuse = ledger, home, home / "fuse"
        self.key = avoir("key", "create", "--database", ledger.url)["key"]
        client = avoir("client", "create", "--scopes", SCOPES, "--database", ledger.url)
        self.client = {
            "grant_type": "client_credentials", "client_id": client["client_id"],
            "client_secret": client["client_secret"], "scope": SCOPES,
        }  # fmt: skip
        path = os.pathsep.join(filter(None, [str(FATAL), os.environ.get("PYTHONPATH", "")]))
        self.forge = Forge({
            "TESTED_FUSE": str(self.fuse), "PYTHONPATH": path, "AVOIR_SANDBOX": "true",
            "AVOIR_WORKER_SECONDS": "1", **({"TESTED_SEALS": "1"} if seals else {}),
        }, home / "log")  # fmt: skip
        self.rise()

    def rise(self) -> None:
        self.server = self.forge.serve(self.ledger.url, self.home / "log")
        self.http = httpx.Client(base_url=self.server.at, timeout=PATIENCE)
        self.token = ""

    def lay(self, at: int, whom: str) -> None:
        """Die at that statement from now on."""
        Path(f"{self.fuse}.count").unlink(missing_ok=True)
        draft = self.home / "draft"
        draft.write_text(f"{at} {whom}")
        draft.rename(self.fuse)

    def counted(self) -> int:
        """How many statements were seen since the fuse was laid; the fuse is taken away."""
        self.fuse.unlink(missing_ok=True)
        count = Path(f"{self.fuse}.count")
        return len(count.read_text().splitlines()) if count.exists() else 0

    def ask(self, method: str, path: str, key: str, body: Any = None) -> httpx.Response:
        """Ask until there is an answer, whatever dies meanwhile; it is a grant, or the test fails."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with suppress(httpx.TransportError):
                said = self.http.request(method, path, json=body, headers=self._headers(path, key))
                if said.status_code not in (429, 503) and "weather" not in said.text:
                    assert said.status_code < 300, (said.status_code, said.text)
                    return said
            if self.server.process.poll() is not None:
                self.server._gone()
                self.http.close()
                self.rise()
            time.sleep(0.02)
        raise AssertionError("no answer")

    def _headers(self, path: str, key: str) -> dict[str, str]:
        if path == "/graphql" and not self.token:
            self.token = self.http.post("/oauth/token", data=self.client).json()["access_token"]
        bearer = self.token if path == "/graphql" else self.key
        return {"authorization": f"Bearer {bearer}", "idempotency-key": key}

    def close(self) -> None:
        self.http.close()
        if self.server.process.poll() is None:
            self.server.kill()
        self.forge.close()


class Act(NamedTuple):
    """Something that is asked of the n-th target, and what it must have left behind, once."""

    ask: Callable[[House, int, str], Any]
    effects: Callable[[Ledger, int], float]


def refund(house: House, n: int, key: str) -> Any:
    form = {"fromAccountId": BANK, "amount": "1.00", "date": ON}
    return house.ask("POST", f"/api/credit-notes/{n}/refunds", key, form).json()


def refund_invoice(house: House, n: int, key: str) -> Any:
    variables = {"invoiceId": str(n), "disputeReasonId": "1"}
    said = house.ask("POST", "/graphql", key, {"query": REFUND_INVOICE, "variables": variables}).json()
    assert "errors" not in said, said
    return said["data"]


def reverse(house: House, n: int, key: str) -> Any:
    return house.ask("DELETE", f"/api/credit-notes/refunds/{n}", key).text


def approve(house: House, n: int, key: str) -> Any:
    return house.ask("POST", f"/api/refunds/{n}/approve", key, {}).json()


def bulk(house: House, n: int, key: str) -> Any:
    """Three rows at once; a row that nobody could answer is asked for again, with all the others."""
    row = {"creditNoteId": n, "fromAccountId": BANK, "amount": "1.00", "date": ON}
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        said = house.ask("POST", "/api/refunds/bulk", key, {"refunds": [row] * 3}).json()
        if not said["failed_count"]:
            return said
        assert {each["status"] for each in said["refunds"]} <= {201, 429, 503}, said
    raise AssertionError("no end")


def settle(house: House, n: int, key: str) -> Any:
    """The gateway is called and its yes written down by the worker, with nobody asking."""
    form = {"rail": "sandbox", "amount": "1.00", "date": ON}
    id = house.ask("POST", f"/api/payments-received/{n}/refunds", key, form).json()["id"]
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if (
            told(house, "SELECT state FROM refunds WHERE organization_id = :o AND id = :id", id=id)
            == "settled"
        ):
            return id
        raised(house)
    raise AssertionError(f"refund {id} does not settle: {house.ledger.rows(Refund)[id - 1]}")


def seal(house: House, n: int, key: str) -> Any:
    """Something is posted, and the server seals it by itself, with nobody asking."""
    id = refund(house, n, key)["id"]
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if told(house, f"SELECT count(*) {SEALS_OF_REFUND}", id=id):
            return id
        raised(house)
    raise AssertionError(f"the entry of refund {id} is not sealed")


SEALS_OF_REFUND = """FROM seals AS s JOIN refunds AS r ON r.organization_id = s.organization_id
    AND r.entry_id BETWEEN s.first_entry_id AND s.last_entry_id WHERE s.organization_id = :o AND r.id = :id"""


def told(house: House, sql: str, **params: Any) -> Any:
    """One value out of the books, past the server."""
    return house.ledger.database.all(sql, {"o": house.ledger.organization_id, **params})[0][0]


def raised(house: House) -> None:
    """Wait a little; a server that died meanwhile rises, though nobody asks it anything."""
    if house.server.process.poll() is not None:
        house.ask("GET", "/api/credit-notes/1/refunds", "")
    time.sleep(0.02)


def of_note(ledger: Ledger, n: int) -> int:
    return sum(x.credit_note_id == n and x.state == "settled" for x in ledger.rows(Refund))


def of_bulk(ledger: Ledger, n: int) -> float:
    return of_note(ledger, n) / 3


def of_payment(ledger: Ledger, n: int) -> int:
    return sum(x.payment_id == n and x.state == "settled" for x in ledger.rows(Refund))


def of_invoice(ledger: Ledger, n: int) -> int:
    return sum(x.invoice_id == n for x in ledger.rows(Refund))


def sealed(ledger: Ledger, n: int) -> int:
    """How many blocks hold the refund of a note; the chain is whole, or it counts as none."""
    seals = ledger.rows(Seal)
    entries = [x.entry_id for x in ledger.rows(Refund) if x.credit_note_id == n]
    chain = [(x.previous, x.first_entry_id - 1) for x in seals[1:]]
    whole = chain == [(x.hash, x.last_entry_id) for x in seals[:-1]]
    return whole * sum(x.first_entry_id <= id <= x.last_entry_id for x in seals for id in entries)


def reversed_(ledger: Ledger, n: int) -> int:
    (refund,) = [x for x in ledger.rows(Refund) if x.id == n]
    mirrors = [x for x in ledger.rows(JournalEntry) if x.reverses_id == refund.entry_id]
    return len(mirrors) if refund.state == "reversed" else 0


def approved(ledger: Ledger, n: int) -> int:
    entries = [x for x in ledger.rows(JournalEntry) if (x.source_kind, x.source_id) == ("refund", n)]
    return len(entries)


ACTS = {
    "refund": Act(refund, of_note),
    "invoiceRefund": Act(refund_invoice, of_invoice),
    "reverse": Act(reverse, reversed_),
    "approve": Act(approve, approved),
    "bulk": Act(bulk, of_bulk),
    "gateway": Act(settle, of_payment),
    "seal": Act(seal, sealed),
}
PIECES = [(name,) for name in ACTS] if ALL else [("seal",), tuple(name for name in ACTS if name != "seal")]
"""What dies in one server: all, in a run of the suite, but for sealing, which needs one that seals often."""


@pytest.fixture(params=PIECES, ids=" ".join)
def acts(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return request.param


@pytest.fixture
def targets(url: str, acts: tuple[str, ...]) -> Iterator[tuple[Ledger, dict[str, Iterator[int]]]]:
    """Books with enough of everything to die over."""
    ledger = Ledger(url)
    ledger.ask(SetGateway(name="sandbox", account_id=1002))
    ledger.ask(CreateDisputeReason(name="Damaged", description=""))
    tax = ledger.tax(20)

    def note() -> int:
        return ledger.credit_note(line(10, tax)).id

    def invoice() -> int:
        made = ledger.invoice(line(10, tax))
        ledger.paid(made, 12)
        return made.id

    def waiting() -> int:
        ledger.ask(SetApprovalPolicy(threshold=Decimal(1), window_days=0, expires_hours=8784))
        asked = RefundCreditNote(credit_note_id=note(), account_id=BANK, amount=Decimal(2), refunded_on=ON)
        id = ledger.ask(asked, actor="user:77").id
        ledger.ask(SetApprovalPolicy(threshold=Decimal(0)))
        return id

    makes = {
        "refund": note, "bulk": note, "seal": note, "invoiceRefund": invoice, "approve": waiting,
        "reverse": lambda: ledger.refund(ledger.credit_note(line(5)), 5).id,
        "gateway": lambda: ledger.paid(None, 1).id,
    }  # fmt: skip
    yield ledger, {name: iter([makes[name]() for _ in range(TARGETS)]) for name in acts}
    ledger.close()


def points(act: str, statements: int) -> list[tuple[int, str]]:
    """At which statements to die, and how: the clerk alone, or the whole server."""
    every = [(n, "clerk") for n in range(1, statements + 1)]
    if ALL:
        return [*every, *((n, "server") for n in range(1, statements + 1))]
    # To rise again costs seconds, so a run of the whole suite has two deaths of the two that move cash.
    last = (statements, "server")
    return [every[len(every) // 2], last] if act in ("refund", "gateway") else [every[-1]]


def seen(house: House, act: Act, n: int, key: str) -> int:
    """How many statements an act takes; more when a connection is new, or the worker is at it meanwhile."""
    house.lay(10**9, "clerk")
    act.ask(house, n, key)
    return house.counted()


def test_killed_at_any_statement_nothing_acknowledged_is_lost_and_nothing_is_doubled(targets, acts, tmp_path):
    ledger, left = targets
    house = House(ledger, tmp_path, seals="seal" in acts)
    acknowledged: list[tuple[Act, int, str, Any]] = []
    tally = dict.fromkeys(acts, 0)
    try:
        for name, act in ((name, ACTS[name]) for name in acts):
            statements = min(seen(house, act, next(left[name]), f"{name} {n}") for n in ("first", "second"))
            assert statements >= 5, "the fuse counts what the writer does"
            for at, whom in points(name, statements):
                n, key = next(left[name]), f"{name} {at} {whom}"
                house.lay(at, whom)
                said = act.ask(house, n, key)
                tally[name] += not house.fuse.exists()
                house.counted()
                assert act.effects(ledger, n) == 1, f"{name}, {whom} killed at statement {at} of {statements}"
                acknowledged.append((act, n, key, said))
        for act, n, key, said in acknowledged:
            if act.ask not in (settle, seal):
                assert act.ask(house, n, key) == said, "a key has one answer, before and after any crash"
    finally:
        house.close()
    hold(ledger)
    assert avoir("verify", "--database", ledger.url)["ok"]
    # Where the worker is at it, a statement may be counted that is not reached again.
    assert sum(tally.values()) >= sum(len(points(name, 9)) for name in acts) * 2 // 3, tally
    keys = [x.idempotency_key for x in ledger.rows(Answer)]
    assert len(keys) == len(set(keys))
    if report := os.environ.get("AVOIR_PROOF"):
        name = f"crashes-{ledger.url.partition(':')[0]}-{'-'.join(acts)}.json"
        Path(report, name).write_text(json.dumps(tally))
