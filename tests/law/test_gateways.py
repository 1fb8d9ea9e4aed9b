"""Gateways: called once the intent is committed, asked after when they are silent, and never paid twice."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from avoir.app.approvals import SetApprovalPolicy
from avoir.app.clerk import Weather
from avoir.app.gateways import SetGateway
from avoir.app.reads import unsettled
from avoir.app.reads.query import Query
from avoir.app.refunds import CancelRefund, RefundInvoice, RefundPayment, SendRefund, SettleRefund
from avoir.app.worker import Worker
from avoir.core.access import DIRECTORY
from avoir.core.invoice import Invoice
from avoir.core.journal import Event
from avoir.core.payment import Payment
from avoir.core.rail import Failed, Paid, PayBack, Pending
from avoir.core.refund import Refund
from avoir.faces.access import open_access
from avoir.faces.back_office import BackOffice, at_work
from avoir.faces.door import Door
from avoir.gateways import gateways
from avoir.gateways.sandbox import Play, Sandbox
from tests.invariants import hold
from tests.ledger import NOW, Ledger, ask_of, line

START = datetime.fromisoformat(NOW)
CLEARING = 1002


class Desk:
    """The worker's way to a ledger. It may be made to break off before a kind of command is asked."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.breaks_at, self.now = ledger, None, START
        self.inside = False

    async def ask(self, organization_id, command):
        if isinstance(command, self.breaks_at or ()):
            raise asyncio.CancelledError
        now = self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        ask = msgspec.structs.replace(ask_of(organization_id, command), actor="worker", now=now)
        (outcome,) = self.ledger.record(ask)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def read(self, read, organization_id, *args, **kwargs):
        return read(Query(self.ledger.database, organization_id), *args, **kwargs)


class House:
    """A ledger, a sandbox and a worker between them, whose clock goes on by two minutes each round."""

    def __init__(self, url, **plays) -> None:
        self.ledger = Ledger(url)
        self.sandbox = Sandbox(**plays)
        self.desk = Desk(self.ledger)
        self.ledger.ask(SetGateway(name="sandbox", account_id=CLEARING))
        self.hire()

    def hire(self, seconds: int = 0) -> Worker:
        """Another worker, who knows nothing of the one before, and waits for no lost answer."""
        self.worker = Worker(self.desk, {"sandbox": self.sandbox}, seconds=seconds)
        self.sandbox.listener = self.worker.news
        return self.worker

    def requested(self, amount: str) -> Refund:
        """A payment that came in by the sandbox, to be given back by it."""
        payment = self.ledger.paid(None, amount, account=CLEARING, rail="sandbox", remote_id="ch_1")
        return self.ledger.ask(RefundPayment(payment_id=payment.id))

    def round(self, minutes: int = 2) -> int:
        """One round of the worker, some minutes after the last; how many refunds it saw to."""
        self.desk.now += timedelta(minutes=minutes)
        return asyncio.run(self.worker.round(self.desk.now))

    def until_quiet(self) -> int:
        """Rounds until nothing is left to be done; how many that took."""
        for rounds in range(1, 100):
            self.round()
            if all(x.state not in ("pending", "unknown") for x in self.ledger.rows(Refund)):
                return rounds
        raise AssertionError("it never ends")

    def states(self) -> list[str]:
        return [x.state for x in self.ledger.rows(Refund)]


@pytest.fixture
def house(url):
    house = House(url)
    yield house
    hold(house.ledger)
    house.ledger.close()


# What the sandbox does by the amount, and what becomes of the refund.
PLAYED = [
    ("10.00", "settled", ""),
    ("10.01", "failed", "declined"),
    ("10.02", "settled", ""),
    ("10.03", "settled", ""),
    ("10.04", "settled", ""),
    ("10.05", "failed", "the account is closed"),
    ("10.06", "settled", ""),
]


def test_whatever_a_gateway_does_the_books_know_in_the_end_and_nothing_is_paid_twice(house):
    for amount, _, _ in PLAYED:
        house.requested(amount)
    assert house.states() == ["pending"] * len(PLAYED)
    assert house.round() == len(PLAYED)
    assert house.states() == ["settled", "failed", "unknown", "unknown", "unknown", "unknown", "unknown"]
    house.until_quiet()
    rows = house.ledger.rows(Refund)
    assert [(x.state, x.failure) for x in rows] == [(state, why) for _, state, why in PLAYED]
    assert house.sandbox.paid == {x.uuid: x.amount_minor for x in rows if x.state == "settled"}
    assert all(x.gateway_reference == f"sandbox-{x.uuid}" for x in rows if x.state == "settled")
    assert house.ledger.trial_balance() == {"Undeposited Funds": "20.06", "receivable": "-20.06"}
    assert house.round() == 0


def test_a_gateway_is_told_what_it_needs(house):
    refund = house.requested("12.34")
    house.round()
    asked = house.sandbox.asked[refund.uuid]
    assert (asked.number, asked.currency, asked.amount_minor, str(asked.amount)) == (
        "RF-00001", "USD", 1234, "12.34"
    )  # fmt: skip
    assert (asked.towards, asked.organization_id, asked.refund_id) == (
        "ch_1", house.ledger.organization_id, refund.id
    )  # fmt: skip


def test_the_intent_is_committed_before_the_gateway_is_called(house):
    seen = []

    class Watching(Sandbox):
        async def pay_back(self, asked, key):
            seen.append([x.state for x in house.ledger.rows(Refund)])
            return await super().pay_back(asked, key)

    house.sandbox = Watching()
    house.hire()
    refund = house.requested("10.00")
    house.round()
    assert seen == [["unknown"]]
    topics = [x.topic for x in house.ledger.rows(Event) if x.subject_kind == "refund"]
    assert topics == ["refund.requested", "refund.sent", "refund.settled"]
    assert house.ledger.get(Refund, refund.id).state == "settled"


def test_a_worker_that_dies_before_the_call_leaves_it_to_the_next(house):
    house.requested("10.00")
    house.desk.breaks_at = SendRefund
    with pytest.raises(asyncio.CancelledError):
        house.round()
    assert (house.states(), house.sandbox.paid) == (["pending"], {})
    house.desk.breaks_at = None
    house.hire()
    house.round()
    assert house.states() == ["settled"]


def test_a_worker_that_dies_between_the_call_and_the_books_pays_once(house):
    refund = house.requested("10.00")
    house.desk.breaks_at = SettleRefund
    with pytest.raises(asyncio.CancelledError):
        house.round()
    assert (house.states(), house.sandbox.paid) == (["unknown"], {refund.uuid: 1000})
    house.desk.breaks_at = None
    house.hire()
    house.round()
    assert house.states() == ["settled"]
    assert house.sandbox.paid == {refund.uuid: 1000}
    assert house.sandbox.calls == {refund.uuid: 1}


def test_the_same_key_gives_the_same_yes():
    async def asked_twice():
        sandbox = Sandbox()
        asked = PayBack(1, 1, "RF-00001", "USD", 10, 1000, "", "")
        first, second = await sandbox.pay_back(asked, "k"), await sandbox.pay_back(asked, "k")
        other = await sandbox.pay_back(msgspec.structs.replace(asked, amount_minor=2000), "k")
        assert await sandbox.look_up("unheard") is None
        return first, second, other, sandbox.paid

    first, second, other, paid = asyncio.run(asked_twice())
    assert first == second == Paid("sandbox-k")
    assert isinstance(other, Failed)
    assert paid == {"k": 1000}


def test_a_timeout_never_becomes_a_failure(house):
    house.sandbox.plays = {3: Play(mute=1, pending=1000)}
    house.requested("10.03")
    for _ in range(20):
        house.round()
    assert house.states() == ["unknown"]
    assert house.ledger.trial_balance()["refunds_in_transit"] == "-10.03"


def test_who_was_called_is_left_alone_for_a_while_and_then_asked_less_and_less_often(house):
    house.sandbox.plays = {0: Play(pending=1000)}
    house.requested("10.00")
    house.round()
    assert house.round(minutes=0) == 0
    served = [house.round() for _ in range(30)]
    assert served.count(1) == 4
    assert [i for i, n in enumerate(served) if n] == [0, 2, 6, 14]


def test_news_is_heard_at_once_and_only_means_that_somebody_asks(house):
    house.sandbox.plays = {0: Play(pending=1)}
    refund = house.requested("10.00")
    house.round()
    assert house.round(minutes=0) == 0
    house.worker.news("somebody else's")
    assert house.round(minutes=0) == 0
    house.worker.news(refund.uuid)
    assert house.round(minutes=0) == 1
    assert house.states() == ["settled"]
    house.worker.news(refund.uuid)
    assert house.round(minutes=0) == 0


def test_an_answer_that_comes_late_twice_and_out_of_order_changes_nothing(house):
    """One worker's call hangs while another asks, hears yes and tells the books; then it is answered too."""
    stale = [Paid, Pending, Failed]

    class Slow(Sandbox):
        async def pay_back(self, asked, key):
            answer = await super().pay_back(asked, key)
            faster = Worker(house.desk, {"sandbox": self}, patience=0, seconds=0)
            await faster.round(house.desk.now)
            kind = stale[asked.amount_minor // 100]
            return answer if kind is Paid else kind("stale") if kind is Failed else kind()

    house.sandbox = Slow()
    house.hire(seconds=60)
    for amount in ("0.50", "1.50", "2.50"):
        house.requested(amount)
        house.round()
    assert house.states() == ["settled"] * 3
    topics = [x.topic for x in house.ledger.rows(Event)]
    assert topics.count("refund.settled") == 3
    assert "refund.failed" not in topics
    assert house.round() == 0


def test_a_gateway_that_breaks_does_not_keep_the_others_waiting(house):
    class Broken:
        async def pay_back(self, asked, key):
            raise OSError("connection reset")

        async def look_up(self, key):
            raise OSError("connection reset")

    house.ledger.ask(SetGateway(name="broken", account_id=CLEARING))
    house.ledger.ask(SetGateway(name="nobody", account_id=CLEARING))
    house.worker = Worker(house.desk, {"sandbox": house.sandbox, "broken": Broken()}, seconds=0)
    for rail in ("broken", "nobody", "sandbox"):
        payment = house.ledger.paid(None, 10, account=CLEARING)
        house.ledger.ask(RefundPayment(payment_id=payment.id, rail=rail))
    for _ in range(3):
        house.round()
    assert house.states() == ["unknown", "pending", "settled"]


def test_what_was_handed_over_is_not_cancelled(house):
    refund, other = house.requested("10.02"), house.requested("10.00")
    house.ledger.ask(CancelRefund(refund_id=other.id))
    house.round()
    house.ledger.refused(CancelRefund(refund_id=refund.id), "illegal_move")
    house.until_quiet()
    assert house.states() == ["settled", "canceled"]
    assert list(house.sandbox.paid) == [refund.uuid]


def test_the_worker_ends_what_nobody_approved(house):
    house.ledger.ask(SetApprovalPolicy(threshold=Decimal(1), expires_hours=1))
    house.requested("10.00")
    assert house.round(minutes=59) == 0
    assert house.round(minutes=1) == 1
    assert house.states() == ["expired"]
    assert house.round() == 0
    assert house.ledger.get(Payment, 1).unapplied_minor == 1000


def test_a_refund_of_an_invoice_goes_through_the_sandbox_and_fails(house):
    invoice = house.ledger.invoice(line("10.01"))
    house.ledger.paid(invoice, "10.01", account=CLEARING, rail="sandbox")
    note = house.ledger.ask(RefundInvoice(invoice_id=invoice.id))
    assert (note.refunded_minor, note.remaining_minor) == (1001, 0)
    house.round()
    assert house.states() == ["failed"]
    assert house.ledger.get(type(note), note.id).remaining_minor == 1001
    assert house.ledger.get(Invoice, invoice.id).returned_minor == 0


def test_every_page_is_turned(house, monkeypatch):
    monkeypatch.setattr("avoir.app.worker.PAGE", 2)
    for _ in range(5):
        house.requested("10.00")
    assert house.round() == 5


def test_what_is_to_be_done_is_found_by_its_index_however_many_refunds_there_are(house, engine):
    database = house.ledger.database
    for sql in unsettled._SQL.values():
        if engine == "sqlite":
            said = dict.fromkeys(("now", "organization", "refund", "most"), 0)
            plan = [detail for *_, detail in database.all(f"EXPLAIN QUERY PLAN {sql}", said)]
        else:
            database.db.execute("SET enable_seqscan = off")
            said = {"now": "", "organization": 0, "refund": 0, "most": 1}
            plan = [detail for (detail,) in database.all(f"EXPLAIN {sql}", said)]
        assert any("refunds_unsettled" in detail for detail in plan), plan


# In a server.


def test_a_worker_makes_its_rounds_while_the_server_runs(url):
    ledger = Ledger(url)
    ledger.ask(SetGateway(name="sandbox", account_id=CLEARING))
    payment = ledger.paid(None, 10, account=CLEARING, rail="sandbox")
    ledger.ask(RefundPayment(payment_id=payment.id))

    async def served():
        door = Door(url)
        access = await open_access(door, "secret", 60, "http://localhost")
        office = BackOffice(door, access)
        async with at_work(office, gateways(sandbox=True), 1) as worker:
            # The books are looked into from outside, as any client would: there is nothing to wait on.
            while ledger.rows(Refund)[0].state != "settled":  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        async with at_work(office, {}, 0) as nobody:
            assert nobody is None
        door.close()
        return worker

    asyncio.run(asyncio.wait_for(served(), 60))
    (told,) = [x for x in ledger.rows(Event) if x.topic == "refund.settled"]
    assert told.actor == "worker"
    hold(ledger)
    ledger.close()


def test_a_round_that_breaks_off_is_not_the_last():
    class Away:
        rounds = 0

        async def read(self, read, organization_id, *args):
            assert organization_id == DIRECTORY
            self.rounds += 1
            if self.rounds == 1:
                raise Weather("the database is away")
            if self.rounds == 2:
                raise ValueError("a bug")
            raise asyncio.CancelledError

    async def worked():
        away = Away()
        worker = Worker(away, {})
        rounds = asyncio.create_task(worker.run(lambda: datetime.now(UTC), 3600))
        while away.rounds < 3:
            worker.news("anything")
            await asyncio.sleep(0)
        with contextlib.suppress(asyncio.CancelledError):
            await rounds

    asyncio.run(asyncio.wait_for(worked(), 60))


def test_the_sandbox_is_served_only_when_it_is_wanted():
    assert gateways(sandbox=False) == {}
    assert list(gateways(sandbox=True)) == ["sandbox"]
