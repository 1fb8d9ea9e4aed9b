"""The hatch: a clerk that is asked through sockets. What is lost, what is refused, and who waits for whom."""

import asyncio
import contextlib
import os
import socket
import threading
from decimal import Decimal

import pytest

from avoir.app.clerk import BUSY, Busy, Clerk, Weather
from avoir.app.refunds import RefundCreditNote
from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import NotFound
from avoir.core.refund import Refund
from avoir.faces import link as links
from avoir.faces.link import Link
from avoir.store.books import Books
from avoir.store.database import open_database
from avoir.store.hatch import Failed, Frames, Hatch, frame
from tests.invariants import hold
from tests.ledger import BANK, ask_of, line


class Stumble(Command, frozen=True, kw_only=True):
    """A command with a bug that no other process could be told of as it is."""

    def decide(self, desk: Desk) -> None:
        problem = ZeroDivisionError("a bug")
        problem.lock = threading.Lock()
        raise problem


class Unspeakable(Command, frozen=True, kw_only=True):
    """A command whose answer cannot travel."""

    DRY = True

    def decide(self, desk: Desk) -> threading.Lock:
        return threading.Lock()


def refund(note_id: int = 1, amount: str = "10.00") -> RefundCreditNote:
    return RefundCreditNote(
        credit_note_id=note_id, account_id=BANK, amount=Decimal(amount), refunded_on="2026-11-11"
    )


class House:
    """A hatch in a thread, on a socket in a directory, and what is needed to end it."""

    def __init__(self, url: str, path: str, **limits: int) -> None:
        self.path, self.listening = path, socket.socket(socket.AF_UNIX)
        self.listening.bind(path)
        self.listening.listen(64)
        ours, self.lifeline = socket.socketpair()
        database = open_database(url)
        self.clerk = Clerk(Books(database), lambda outs: None, alone=database.alone, **limits)
        self.hatch = Hatch(self.clerk, self.listening, ours)
        self.thread = threading.Thread(target=self._serve, args=(ours,))

    def _serve(self, ours: socket.socket) -> None:
        with ours:
            self.hatch.serve()

    def end(self) -> None:
        self.lifeline.close()
        if self.thread.ident is not None:
            self.thread.join(30)
        self.listening.close()


@pytest.fixture
def house(ledger, tmp_path):
    ledger.credit_note(line("1000.00"))
    house = House(ledger.url, str(tmp_path / "hatch"))
    yield house
    house.end()


class Asker:
    """A link, and a future for every ask."""

    def __init__(self, path: str) -> None:
        self.orphaned = asyncio.Event()
        self.link = Link(path, self._settle, self.orphaned.set)

    def ask(self, ask) -> asyncio.Future:
        ticket = asyncio.get_running_loop().create_future()
        self.link.submit(ask, ticket)
        return ticket

    def _settle(self, outs) -> None:
        for ticket, out in outs:
            if isinstance(out, BaseException):
                ticket.set_exception(out)
            else:
                ticket.set_result(out)


@contextlib.asynccontextmanager
async def asking(path: str):
    asker = Asker(path)
    yield asker
    asker.link.close()
    await asyncio.sleep(0)


def test_two_processes_at_one_hatch_are_answered_each_its_own(ledger, house):
    async def both():
        async with asking(house.path) as one, asking(house.path) as two:
            asks = [ask_of(ledger.organization_id, refund(), key=f"key {n}") for n in range(40)]
            first = await asyncio.gather(*map(one.ask, asks))
            assert one.link.alive()
            return first, await asyncio.gather(*map(two.ask, asks))

    house.thread.start()
    first, second = asyncio.run(both())
    assert first == second
    assert sorted(each.id for each in first) == list(range(1, 41))
    assert house.clerk.batches < 40, "what gathers is one batch"
    hold(ledger)


def test_a_refusal_and_a_bug_travel_and_the_others_go_on(ledger, house):
    async def ask():
        async with asking(house.path) as one:
            asks = [refund(note_id=99), Stumble(), Unspeakable(), refund()]
            tickets = [one.ask(ask_of(ledger.organization_id, command)) for command in asks]
            return await asyncio.gather(*tickets, return_exceptions=True)

    house.thread.start()
    unknown, bug, untold, granted = asyncio.run(ask())
    assert isinstance(unknown, NotFound)
    assert unknown.facts == {"kind": "CreditNote", "id": 99}
    assert isinstance(bug, Failed)
    assert str(bug) == "ZeroDivisionError: a bug"
    assert isinstance(untold, Failed)
    assert isinstance(granted, Refund)
    hold(ledger)


def test_what_is_too_much_is_refused_at_the_hatch_and_what_was_taken_is_done(ledger, tmp_path):
    async def ask():
        async with asking(house.path) as one:
            tickets = [one.ask(ask_of(ledger.organization_id, refund())) for _ in range(50)]
            # All are in the socket before anybody looks.
            await asyncio.sleep(0.2)
            house.thread.start()
            return await asyncio.gather(*tickets, return_exceptions=True)

    ledger.credit_note(line("1000.00"))
    house = House(ledger.url, str(tmp_path / "hatch"), most_waiting=30, most_per_lane=20)
    outs = asyncio.run(ask())
    house.end()
    assert [type(out) for out in outs] == [Refund] * 20 + [Busy] * 30
    hold(ledger)


def test_a_link_lets_only_so_many_wait(ledger, house, monkeypatch):
    monkeypatch.setattr(links, "MOST_PER_ORGANIZATION", 5)
    monkeypatch.setattr(links, "MOST_WAITING", 8)

    async def ask():
        async with asking(house.path) as one:
            mine = [one.ask(ask_of(ledger.organization_id, refund())) for _ in range(5)]
            with pytest.raises(Busy, match=BUSY):
                one.ask(ask_of(ledger.organization_id, refund()))
            others = [one.ask(ask_of(id, refund())) for id in range(101, 104)]
            with pytest.raises(Busy):
                one.ask(ask_of(104, refund()))
            house.thread.start()
            done = await asyncio.gather(*mine, *others, return_exceptions=True)
            # Answered, they no longer count.
            return [*done, await one.ask(ask_of(ledger.organization_id, refund()))]

    outs = asyncio.run(ask())
    assert [isinstance(out, Refund) for out in outs] == [True] * 5 + [False] * 3 + [True]


def test_asks_that_a_lost_clerk_had_are_weather_and_their_keys_find_the_truth(ledger, house):
    async def ask():
        async with asking(house.path) as one:
            asks = [ask_of(ledger.organization_id, refund(), key=f"key {n}") for n in range(3)]
            taken, _ = await asyncio.get_running_loop().run_in_executor(None, house.listening.accept)
            tickets = [one.ask(each) for each in asks]
            await asyncio.sleep(0.1)
            taken.close()
            lost = await asyncio.gather(*tickets, return_exceptions=True)
            house.thread.start()
            return lost, await asyncio.gather(*map(one.ask, asks))

    lost, again = asyncio.run(ask())
    assert [type(each) for each in lost] == [Weather] * 3
    assert [each.id for each in again] == [1, 2, 3]
    hold(ledger)


def test_a_link_whose_house_is_gone_says_so(ledger, house):
    async def ask():
        async with asking(house.path) as one:
            ticket = one.ask(ask_of(ledger.organization_id, refund()))
            os.unlink(house.path)
            with pytest.raises(Weather):
                await ticket
            await asyncio.wait_for(one.orphaned.wait(), 10)

    house.thread.start()
    house.end()
    asyncio.run(ask())


def test_a_hatch_that_ends_finishes_what_it_was_sent(ledger, house):
    async def ask():
        async with asking(house.path) as one:
            tickets = [one.ask(ask_of(ledger.organization_id, refund())) for _ in range(30)]
            await asyncio.sleep(0.2)
            house.thread.start()
            house.lifeline.close()
            return await asyncio.gather(*tickets, return_exceptions=True)

    outs = asyncio.run(ask())
    granted = [out for out in outs if isinstance(out, Refund)]
    assert len(granted) == len(ledger.rows(Refund))
    assert house.thread.join(30) is None
    hold(ledger)


def test_frames_come_in_pieces_of_any_size():
    data = frame([(1, None)]) + frame([(2, Busy("no", left=3))])
    for size in (1, 3, 7, len(data)):
        frames = Frames()
        said = [each for at in range(0, len(data), size) for each in frames.feed(data[at : at + size])]
        assert said[0] == [(1, None)]
        ((number, no),) = said[1]
        assert (number, no.message, no.facts) == (2, "no", {"left": 3})
