"""More is asked than can be written: the rest is told to come again, and nothing is lost or kept for it."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx

from avoir.app.reads.verify import organizations
from avoir.core.access import DIRECTORY
from avoir.core.organization import Counters
from avoir.store.database import is_sqlite, open_database
from avoir.store.protocol import Fetch
from tests.faces.rest.api import served

MOST_PER_ORGANIZATION, MOST = 20, 30


@contextmanager
def pen_held(url: str, organization_id: int) -> Iterator[None]:
    """Somebody else writes in the organization's books, so that the clerk has to wait."""
    with closing(open_database(url)) as database:
        if not is_sqlite(url):
            # Whoever idles with the pen in hand is let go after ten seconds; a busy machine may need more.
            database.all("SELECT set_config('idle_in_transaction_session_timeout', '0', false)")
        database.begin()
        database.fetch([Fetch(Counters, Counters.KEY, [(organization_id,)])])
        yield
        database.rollback()


class Crowd:
    """Everybody who wants a cent of the same credit note, each under a key of their own."""

    def __init__(self, api, note_id: int) -> None:
        self.api, self.path = api, f"/api/credit-notes/{note_id}/refunds"

    def ask(self, key: str) -> "asyncio.Task[httpx.Response]":
        form = {"fromAccountId": 1000, "amount": 0.01, "date": "2026-11-22"}
        headers = self.api.headers | {"idempotency-key": key}
        return asyncio.ensure_future(self.api.client.post(self.path, json=form, headers=headers))


def crowd(server) -> Crowd:
    api = server.organization()
    customer = api.made("/customers", {"displayName": "A", "customerType": "business", "currencyCode": "USD"})
    item = api.made("/items", {"name": "Work", "type": "service", "sellable": True, "sellPrice": 100,
                               "sellAccountId": 1025})  # fmt: skip
    note = api.made("/credit-notes", {
        "customerId": customer["id"], "creditNoteDate": "2026-11-01", "open": True,
        "entries": [{"index": 1, "itemId": item["id"], "quantity": 1, "rate": 100}],
    })  # fmt: skip
    return Crowd(api, note["id"])


async def answered(tasks) -> list[httpx.Response]:
    """Those that are answered though nothing can be written: once there are some, and no more come."""
    seen, still = 0, 0
    while not seen or still < 40:
        await asyncio.sleep(0.01)
        done = sum(task.done() for task in tasks)
        seen, still = done, still + 1 if done == seen else 0
    return [task.result() for task in tasks if task.done()]


def test_over_the_limit_one_is_told_when_to_come_again_and_nothing_is_lost(url):
    with served(url) as server:
        one, other = crowd(server), crowd(server)
        lanes = server.app.state.door.clerks[0].lanes
        lanes.most_per_lane, lanes.most_waiting = MOST_PER_ORGANIZATION, MOST

        _, blocked, *_ = server.runner.run(server.app.state.door.read(organizations, DIRECTORY))

        async def rush() -> tuple[list[httpx.Response], list[httpx.Response]]:
            with pen_held(url, blocked):
                tasks = [who.ask(f"key {n}") for n in range(40) for who in (one, other)]
                refused = await answered(tasks)
            return refused, await asyncio.gather(*tasks)

        early, all_ = server.runner.run(rush())
        # Before it had to wait, the clerk may have granted a few to the other organization.
        refused = [each for each in early if each.status_code != 201]
        assert {each.status_code for each in refused} == {429}
        assert {int(each.headers["retry-after"]) >= 1 for each in refused} == {True}
        assert {each.json()["errors"][0]["type"] for each in refused} == {"BUSY"}
        taken = [each for each in all_ if each.status_code == 201]
        assert len(taken) + len(refused) == len(all_) == 80, "whoever waited was answered in the end"
        # The clerk may have taken a few into its hands before it had to wait itself.
        assert MOST <= len(taken) < 80
        assert lanes.waiting == 0

        async def again() -> list[httpx.Response]:
            come = []
            for who in (one, other):
                for n in range(0, 40, 10):
                    come += await asyncio.gather(*(who.ask(f"key {n + m}") for m in range(10)))
            return come

        assert {each.status_code for each in server.runner.run(again())} == {201}
        for who in (one, other):
            note = who.api.get(who.path.removeprefix("/api").removesuffix("/refunds")).body
            assert note["refunded_amount"] == 0.4, "each key is one refund"
        assert server.broken_promises() == []


def test_of_those_who_are_refused_nothing_is_kept(url):
    with served(url) as server:
        one = crowd(server)
        lanes = server.app.state.door.clerks[0].lanes
        lanes.most_per_lane = MOST_PER_ORGANIZATION

        _, blocked, *_ = server.runner.run(server.app.state.door.read(organizations, DIRECTORY))

        async def rush() -> list[int]:
            counted = []
            with pen_held(url, blocked):
                waiting = [one.ask(f"key {n}") for n in range(60)]
                await answered(waiting)
                for round_ in range(5):
                    more = await asyncio.gather(*(one.ask(f"more {round_} {n}") for n in range(100)))
                    assert {each.status_code for each in more} == {429}
                    del more
                    gc.collect()
                    counted.append(len(gc.get_objects()))
            await asyncio.gather(*waiting)
            return counted

        _, first, *_, last = server.runner.run(rush())
        assert last - first < 300, "three hundred more were refused, and left less than one thing each"
