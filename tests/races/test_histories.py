"""The race matrix: processes of threads at one server, on the same things, and every history is serial."""

import json
import multiprocessing
import os
import random
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from avoir.core.command import TOLD
from avoir.core.credit_note import CreditNote
from avoir.core.event import told_whole
from avoir.core.journal import Answer, Event
from avoir.core.refund import Refund
from tests.invariants import hold
from tests.ledger import BANK, Ledger, line
from tests.races.crowd import Heard, Wish, ask_all
from tests.races.serial import Note, Paid, equals_a_serial_order
from tests.races.servers import avoir, serving

MUCH = int(os.environ.get("AVOIR_RACES", "1"))
"""How many times as much as in a run of the whole suite."""
PROCESSES, THREADS = 2, 8
ON, LOCKED_ON, LOCK_TO = "2026-11-22", "2026-03-10", "2026-03-31"


class Matrix:
    """The things that are raced for, and what is wished of them, from one seed."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self.ledger, self.chance = ledger, random.Random(seed)
        self.wishes: list[Wish] = []
        self.starts: dict[str, Note | Paid] = {}
        self.invoice = ledger.invoice(line(1_000_000), issued_on="2026-01-01", due_on="2026-01-01")
        for pair in ("refund", "reverse", "apply", "void", "lock"):
            self.note(pair)
        self.paid()

    def wish(
        self, thing: str, act: str, amount: int, method: str, path: str, body=None, key: str = ""
    ) -> None:
        key = key or f"{thing} {act} {len(self.wishes)}"
        self.wishes.append(Wish(thing, act, amount, method, path, body, key))

    def note(self, pair: str) -> None:
        """A note of 30.00, refunded by everybody, and something else done to it by half of them."""
        ledger, chance = self.ledger, self.chance
        on = LOCKED_ON if pair == "lock" else "2026-11-10"
        note = ledger.credit_note(line(30 * MUCH), issued_on=on)
        made = {}
        if pair == "reverse":
            made = {x.id: x.amount_minor for x in (ledger.refund(note, 1) for _ in range(8 * MUCH))}
        self.starts[pair] = Note(3000 * MUCH, 3000 * MUCH - sum(made.values()), made)
        for n in range(24 * MUCH):
            amount = chance.randrange(1, 400) if pair != "void" else chance.choice((1, 3000 * MUCH + 1))
            form = {
                "fromAccountId": BANK,
                "amount": amount / 100,
                "date": LOCKED_ON if pair == "lock" else ON,
            }
            self.wish(pair, "refund", amount, "POST", f"/api/credit-notes/{note.id}/refunds", form)
            if pair == "apply" and n % 2:
                entry = {"invoiceId": self.invoice.id, "amount": amount / 100}
                self.wish(pair, "apply", amount, "POST", f"/api/credit-notes/{note.id}/apply-invoices",
                          {"entries": [entry]})  # fmt: skip
            if pair == "void" and n % 4 == 1:
                self.wish(pair, "void", 0, "DELETE", f"/api/credit-notes/{note.id}")
            if pair == "lock" and n % 4 == 1:
                key = f"lock {n}"
                act = chance.choice(("lock", "unlock"))
                form = {"module": "sales", "lockToDate": LOCK_TO, "reason": key}
                path = "lock" if act == "lock" else "cancel-lock"
                self.wish(pair, act, 0, "PUT", f"/api/transactions-locking/{path}", form, key)
        for id in [*made, *made]:
            self.wish(pair, "reverse", id, "DELETE", f"/api/credit-notes/refunds/{id}")

    def paid(self) -> None:
        """An invoice of 20.00, paid, refunded by everybody, and disputed by some."""
        invoice = self.ledger.invoice(line(20 * MUCH))
        payment = self.ledger.paid(invoice, 20 * MUCH)
        self.starts["dispute"] = Paid(2000 * MUCH)
        for n in range(24 * MUCH):
            amount = self.chance.randrange(1, 400)
            form = {"amount": amount / 100}
            self.wish("dispute", "refund", amount, "POST", f"/api/sale-invoices/{invoice.id}/refund", form)
            if n % 4 == 1:
                path = f"/api/payments-received/{payment.id}/disputes"
                self.wish("dispute", "dispute", amount, "POST", path, form)


ANSWERS = {
    "refund": "refund.settled", "reverse": "refund.reversed", "apply": "allocation.made",
    "void": "credit_note.voided", "dispute": "dispute.opened", "lock": "lock.set", "unlock": "lock.canceled",
}  # fmt: skip


def order_of(ledger: Ledger, heard: list[Heard]) -> dict[str, tuple[int, int]]:
    """When each grant was committed, by its event, and the id of what came of it."""
    events: dict[tuple, int] = {}
    for event in ledger.rows(Event):
        reason = ""
        if event.topic.startswith("lock."):
            reason = json.loads(event.body)["after"]["reason"]
        events.setdefault((event.topic, event.subject_id, reason), event.id)
    answers = {x.idempotency_key: x.body for x in ledger.rows(Answer)}
    refunds_of: dict[int, int] = {x.credit_note_id: x.id for x in ledger.rows(Refund)}
    order = {}
    for x in heard:
        if x.status < 300:
            said = json.loads(told(ledger, answers[x.wish.key]))
            row = said[0] if isinstance(said, list) else said
            id = row.get("id", ledger.organization_id)
            if x.wish.thing == "dispute" and x.wish.act == "refund":
                id = refunds_of[id]
            reason = x.wish.key if x.wish.act in ("lock", "unlock") else ""
            order[x.wish.key] = events[ANSWERS[x.wish.act], id, reason], id
    return order


def as_recorded(ledger: Ledger, heard: list[Heard]) -> list[Heard]:
    """Who opens what was not locked hears that it is open; to the books that is a refusal."""
    opened = {
        json.loads(event.body)["after"]["reason"]
        for event in ledger.rows(Event)
        if event.topic == "lock.canceled"
    }
    return [
        x._replace(status=400) if x.wish.act == "unlock" and x.wish.key not in opened else x for x in heard
    ]


def told(ledger: Ledger, body: str) -> str | bytes:
    """An answer, from where it is kept."""
    if not body.startswith(TOLD):
        return body
    return bytes(told_whole(ledger.get(Event, int(body.removeprefix(TOLD))).body))


@pytest.fixture
def ledger(url) -> Iterator[Ledger]:
    ledger = Ledger(url)
    yield ledger
    ledger.close()


def test_every_history_equals_some_serial_order(ledger, tmp_path):
    matrix = Matrix(ledger, 6)
    same = Wish("key", "refund", 1, "POST", f"/api/credit-notes/{ledger.credit_note(line(1)).id}/refunds",
                {"fromAccountId": BANK, "amount": 0.01, "date": ON}, "one key")  # fmt: skip
    form = {"customerId": 1, "creditNoteDate": ON, "open": True,
            "entries": [{"index": 1, "itemId": item(ledger), "quantity": 1, "rate": 5}]}  # fmt: skip
    new = [
        Wish("series", "create", 0, "POST", "/api/credit-notes", form, f"new {n}") for n in range(20 * MUCH)
    ]
    wishes = [*matrix.wishes, *[same] * (30 * MUCH), *new]
    matrix.chance.shuffle(wishes)
    notes = len(ledger.rows(CreditNote))
    api_key = avoir("key", "create", "--database", ledger.url)["key"]
    crowd = ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn"))
    with serving(ledger.url, tmp_path / "log", processes=2) as (server,), crowd:
        parts = [
            crowd.submit(ask_all, server.at, api_key, wishes[n::PROCESSES], THREADS) for n in range(PROCESSES)
        ]
        heard = [x for part in parts for x in part.result()]

    assert {x.status for x in heard if x.status >= 500} == set()
    heard = as_recorded(ledger, heard)
    order = order_of(ledger, [x for x in heard if x.wish.thing in matrix.starts])
    by_thing: dict[str, list[Heard]] = defaultdict(list)
    for x in heard:
        by_thing[x.wish.thing].append(x)
    for thing, start in matrix.starts.items():
        mine = by_thing[thing]
        equals_a_serial_order(start, mine, order)
        granted = {x.wish.act for x in mine if x.status < 300}
        assert "refund" in granted or thing == "void", thing
        assert any(x.status >= 300 for x in mine), f"{thing}: somebody was too late"
    assert {(x.status, x.said) for x in by_thing["key"]} == {(201, by_thing["key"][0].said)}
    assert {x.status for x in by_thing["series"]} == {201}
    numbers = sorted(x.sequence for x in ledger.rows(CreditNote) if x.sequence)
    assert numbers == list(range(1, len(numbers) + 1)), "a series has no gap"
    assert len(ledger.rows(CreditNote)) >= notes + len(new)
    hold(ledger)
    assert avoir("verify", "--database", ledger.url)["ok"]
    if report := os.environ.get("AVOIR_PROOF"):
        engine = ledger.url.partition(":")[0]
        Path(report).joinpath(f"races-{engine}.json").write_bytes(msgspec.json.encode(
            {"requests": len(heard), "granted": sum(x.status < 300 for x in heard), "things": len(by_thing)}
        ))  # fmt: skip


def item(ledger: Ledger) -> int:
    from avoir.app.items import CreateItem

    return ledger.ask(CreateItem(name="Advice", price=Decimal(5))).id
