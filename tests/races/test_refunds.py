"""Refunds under fire: many callers, every request twice, servers killed in the middle. Over real HTTP."""

import itertools
import os
import queue
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections import defaultdict
from contextlib import closing, suppress
from functools import partial
from http.client import HTTPException

import httpx
import pytest

from avoir.core.refund import Refund
from avoir.store.database import is_sqlite
from tests.invariants import hold
from tests.ledger import Ledger, line
from tests.races.servers import PATIENCE, Caller, Said, Server, at_once, avoir, serving

MUCH = int(os.environ.get("AVOIR_RACES", "1"))
"""How many times as much as in a run of the whole suite."""
KILLS, HEARD = (3, 30) if MUCH == 1 else (10, 60)
"""How often the server is killed, and how much it answers before."""
GONE = (OSError, HTTPException)
"""What a caller sees of a server that died."""


@pytest.fixture
def ledger(url):
    """A company with one credit note of 1,000.00."""
    ledger = Ledger(url)
    ledger.credit_note(line("1000.00"))
    yield ledger
    ledger.close()


@pytest.fixture
def api_key(ledger) -> str:
    return avoir("key", "create", "--database", ledger.url)["key"]


def the_books_are_right(ledger: Ledger) -> None:
    hold(ledger)
    assert avoir("verify", "--database", ledger.url)


def test_two_hundred_at_once_each_sent_twice_are_a_hundred_refunds_and_a_hundred_refusals(
    ledger, api_key, tmp_path
):
    answers: dict[str, list[Said]] = defaultdict(list)
    # SQLite has one server process. PostgreSQL has two, and each key's two requests go to different ones.
    number = 1 if is_sqlite(ledger.url) else 2
    work: list[queue.SimpleQueue[str]] = [queue.SimpleQueue() for _ in range(number)]
    requests = [(n, again) for n in range(200) for again in range(2)]
    random.Random(7).shuffle(requests)
    for n, again in requests:
        work[(n + again) % number].put(f"refund {n}")

    def hand(servers: list[Server], i: int) -> None:
        mine = work[i % number]
        with closing(Caller(servers[i % number], api_key, "10.00")) as caller, suppress(queue.Empty):
            while key := mine.get_nowait():
                answers[key].append(caller.refund(key))

    with serving(ledger.url, tmp_path / "log", number=number) as servers:
        at_once(partial(hand, servers, i) for i in range(32))

    assert all(first == second for first, second in answers.values()), "a key has one answer"
    granted = [said for said, _ in answers.values() if said.status == 201]
    refused = [said for said, _ in answers.values() if said.status != 201]
    assert (len(granted), len(refused)) == (100, 100)
    assert {(said.status, said.body["errors"][0]["type"]) for said in refused} == {
        (400, "CREDIT_NOTE_HAS_NO_REMAINING_AMOUNT")
    }
    assert sorted(refund.id for refund in ledger.rows(Refund)) == list(range(1, 101))
    assert len({said.body["id"] for said in granted}) == 100
    assert ledger.trial_balance() == {"Bank Account": "-1000.00", "sales": "1000.00"}
    the_books_are_right(ledger)


class Memory:
    """What callers asked for, what they heard, and what they never heard of."""

    def __init__(self) -> None:
        self.acknowledged: dict[str, Said] = {}
        self.unheard: set[str] = set()
        self.fresh = (f"refund {n}" for n in itertools.count())
        self._lock = threading.Lock()

    def next(self) -> str:
        with self._lock:
            return next(self.fresh)

    def ask(self, caller: Caller, key: str) -> None:
        self.unheard.add(key)
        said = caller.refund(key)
        assert said.status == 201, said
        # What was acknowledged before the server died is answered the same after it rose again.
        assert self.acknowledged.setdefault(key, said) == said
        self.unheard.discard(key)

    def ids(self) -> list[int]:
        return sorted(said.body["id"] for said in self.acknowledged.values())


def until_it_is_gone(server: Server, api_key: str, memory: Memory, first: list[str]) -> None:
    """Ask for what was not heard of, then for more and more, until nobody answers."""
    with closing(Caller(server, api_key, "0.01")) as caller, suppress(*GONE):
        for key in first:
            memory.ask(caller, key)
        while True:
            memory.ask(caller, memory.next())


def end_it(server: Server, memory: Memory, end, after: int, wait: float) -> None:
    """Let it answer some, and some more for a moment; then end it. A slow machine may take its time."""
    enough, pause = len(memory.acknowledged) + after, threading.Event()
    heard, since = len(memory.acknowledged), time.monotonic()
    while heard < enough and time.monotonic() - since < PATIENCE:
        pause.wait(0.005)
        if len(memory.acknowledged) > heard:
            heard, since = len(memory.acknowledged), time.monotonic()
    pause.wait(wait)
    end(server)


def test_killed_again_and_again_under_load_every_acknowledged_refund_is_there_exactly_once(
    ledger, api_key, tmp_path
):
    memory, chance, hands = Memory(), random.Random(11), 12
    for _ in range(KILLS):
        heard = sorted(memory.acknowledged)
        again = [*memory.unheard, *chance.sample(heard, min(len(heard), hands))]
        with serving(ledger.url, tmp_path / "log") as (server,):
            works = [
                partial(until_it_is_gone, server, api_key, memory, again[i::hands]) for i in range(hands)
            ]
            at_once([*works, partial(end_it, server, memory, Server.kill, HEARD, chance.random() / 5)])
    hold(ledger)
    with (
        serving(ledger.url, tmp_path / "log") as (server,),
        closing(Caller(server, api_key, "0.01")) as caller,
    ):
        for key in [*memory.unheard, *memory.acknowledged]:
            memory.ask(caller, key)

    assert not memory.unheard
    assert len(memory.acknowledged) >= KILLS * HEARD
    # Each key is one refund, and no other refund is there.
    assert memory.ids() == [refund.id for refund in ledger.rows(Refund)]
    the_books_are_right(ledger)


def through_storms(server: Server, api_key: str, memory: Memory, number: int) -> None:
    """So many refunds, each asked for until it is granted: a 503 says that nobody knows, and to ask again."""
    with closing(Caller(server, api_key, "0.01")) as caller:
        for _ in range(number):
            key = memory.next()
            memory.unheard.add(key)
            while (said := caller.refund(key)).status == 503:
                threading.Event().wait(0.02)
            assert said.status == 201, said
            memory.acknowledged[key] = said
            memory.unheard.discard(key)


def test_a_clerk_killed_again_and_again_under_load_loses_nothing_and_the_server_goes_on(
    ledger, api_key, tmp_path
):
    memory, hands, each = Memory(), 8, 6 * KILLS

    def kill_it(server: Server) -> None:
        for share in range(1, KILLS + 1):
            end_it(server, memory, Server.kill_clerk, 0, 0)
            until = threading.Event()
            for _ in range(PATIENCE * 100):
                if len(memory.acknowledged) >= share * hands * each // (KILLS + 1):
                    break
                until.wait(0.01)

    with serving(ledger.url, tmp_path / "log", processes=2) as (server,):
        works = [partial(through_storms, server, api_key, memory, each)] * hands
        at_once([*works, partial(kill_it, server)])
    assert not memory.unheard
    assert memory.ids() == [refund.id for refund in ledger.rows(Refund)] == list(range(1, hands * each + 1))
    the_books_are_right(ledger)


def test_told_to_stop_a_server_finishes_what_waits(ledger, api_key, tmp_path):
    memory = Memory()
    with serving(ledger.url, tmp_path / "log") as (server,):
        works = [partial(until_it_is_gone, server, api_key, memory, [])] * 8
        at_once([*works, partial(end_it, server, memory, Server.stop, 60, 0)])
    # What is in the books was acknowledged, and the other way round: nobody was left without an answer.
    assert memory.ids() == [refund.id for refund in ledger.rows(Refund)]
    the_books_are_right(ledger)


def test_a_file_has_one_server_process_and_the_second_is_told_so(databases, tmp_path):
    with databases.fresh("sqlite") as url:
        path = url.removeprefix("sqlite:///")
        other = tmp_path / "other name.db"
        os.symlink(path, other)
        with serving(url, tmp_path / "log") as (server,):
            for name in (url, path, str(other)):
                second = subprocess.run(
                    [sys.executable, "-m", "avoir", "serve", "--port", "0", "--database", name],
                    capture_output=True, text=True, timeout=PATIENCE, check=False,
                )  # fmt: skip
                assert second.returncode != 0
                assert "already served" in second.stdout + second.stderr
                assert str(server.process.pid) in second.stdout + second.stderr
            assert httpx.get(f"{server.at}/ready").status_code == 200
            server.kill()
        # The lock died with its holder, and the file is whole.
        with serving(url, tmp_path / "log"), closing(sqlite3.connect(path)) as file:
            assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
