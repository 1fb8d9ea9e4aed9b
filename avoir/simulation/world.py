"""The simulated world: made from a seed, run for so many steps, brought to rest, held to account."""

import asyncio
import gc
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from random import Random
from typing import Any

import msgspec

from avoir.app.access import SignUp
from avoir.app.clerk import Clerk, uncollected
from avoir.app.organizations import OpenBooks
from avoir.app.worker import Worker
from avoir.core.access import DIRECTORY
from avoir.core.command import Ask, Command
from avoir.simulation.bank import Bank
from avoir.simulation.callers import Caller, Clerkship
from avoir.simulation.chances import CUSTOMERS, GATEWAY, Chances, opening
from avoir.simulation.clock import SPEED, VirtualLoop
from avoir.simulation.office import SimulatedOffice
from avoir.simulation.oracle import Oracle
from avoir.simulation.proof import blank_rows, history_of, settled_as_paid, verified
from avoir.simulation.server import Server
from avoir.simulation.shelves import Change, Session, Shelves

ORGANIZATIONS, SERVERS, CALLERS = 6, 3, 1000
ROUND = 1
"""Seconds of the loop between two rounds of a worker."""
COLLECT = 2000
"""Commits between two looks for garbage: the books only grow, and to walk over them takes long."""


class Report(msgspec.Struct, frozen=True):
    """What one run did. `commands` were answered by the law; `seconds` leave the proof out."""

    seed: int
    steps: int
    commands: int
    granted: int
    refused: int
    batches: int
    commits: int
    faults: dict[str, int]
    refusals: dict[str, int]
    gateway_payments: int
    looks: int
    promises: int
    rows: int
    seconds: float
    cpu_seconds: float
    proof_seconds: float
    commands_a_second: int
    commands_a_cpu_second: int
    hash: str


class World:
    """Everything, from one seed."""

    def __init__(self, seed: int, steps: int) -> None:
        self.seed, self.left = seed, steps
        self.loop = VirtualLoop()
        # Each has a chance of its own, so that one more fault here does not change all that happens there.
        chances = Random(seed)  # noqa: S311 - the same each time is what is wanted.

        def draw() -> Random:
            return Random(chances.getrandbits(64))  # noqa: S311

        self.shelves = Shelves()
        self.oracle = Oracle(self.shelves)
        self.history = sha256()
        self.faults: Counter[str] = Counter()
        self.bank = Bank(self.loop, draw(), self._news)
        self.servers = [Server(self.loop, self.shelves, draw(), self.faults) for _ in range(SERVERS)]
        self.chance = draw()
        self.shared = Clerkship(self.loop, draw(), self.oracle, self._send)
        self.chances = Chances(self.shelves, draw())
        self.callers = [Caller(n, self.shared, self._next) for n in range(CALLERS)]
        self.workers: dict[int, tuple[Worker, asyncio.Task[None]]] = {}
        self.organizations: list[int] = []
        self._worker_asks = self.commits = 0

    def run(self) -> None:
        """Live through it, and come to rest. Raises `Wrong` at the first thing that is."""
        try:
            self._open()
            for place, server in enumerate(self.servers):
                server.on_commit = self._committed
                server.on_death = partial(self._died, place)
            self.loop.live(self._live())
        finally:
            for server in self.servers:
                server.close()
            self._leave()
            self.loop.close()

    async def _live(self) -> None:
        for place in range(SERVERS):
            self._hire(place)
        for caller in self.callers:
            self.loop.call_later(self.chance.random(), caller.go)
        while not all(caller.done for caller in self.callers):  # noqa: ASYNC110 - here waiting is free.
            await asyncio.sleep(1)
        # The line is good from here on, nobody dies, and whatever was left open comes to its end.
        self.bank.trouble = self.shared.trouble = 0.0
        for server in self.servers:
            server.trouble = 0.0
        for _ in range(2000):
            await asyncio.sleep(ROUND)
            if not self._unsettled() and all(s.alive and not s.hand.busy for s in self.servers):
                break
        self.oracle.must(not self._unsettled(), "every refund comes to its end", self._unsettled())
        await asyncio.sleep(20)

    def _leave(self) -> None:
        """Nobody is at work any more when the world ends."""
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        if left:
            self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))

    def _unsettled(self) -> list[Any]:
        return sorted(self.oracle.under_way)

    # Setting up: nothing goes wrong yet.

    def _open(self) -> None:
        for kind, rows in blank_rows():
            for row in rows:
                self.shelves.put(kind, kind.key(row), row)
        session = Session(self.shelves, lambda step: None)
        session.committed = self._committed
        clerk = Clerk(session, lambda outs: None)

        def must(organization_id: int, command: Command) -> Any:
            ask = self.shared.envelope(organization_id, f"opening {self.shared._asks}", command, "user:1")
            (outcome,) = clerk.record([ask])
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        for n in range(ORGANIZATIONS):
            tenancy = must(DIRECTORY, SignUp(
                email=f"owner{n}@example.com", first_name="Ada", last_name="L", password_hash="-",
                public_id=f"organization{n}",
            ))  # fmt: skip
            self.organizations.append(tenancy.tenancy_id)
            must(tenancy.tenancy_id, OpenBooks(
                public_id=tenancy.public_id, name=f"Company {n}", base_currency=CUSTOMERS[0]
            ))  # fmt: skip
            for command in opening():
                must(tenancy.tenancy_id, command)

    # Who does what.

    def _next(self) -> tuple[int, Command] | None:
        if self.left <= 0:
            return None
        self.left -= 1
        # Some organizations are busier than others.
        place = int(len(self.organizations) * self.chance.random() ** 2)
        organization_id = self.organizations[place]
        return organization_id, self.chances.command(organization_id, self.loop.instant().date().isoformat())

    def _send(self, ask: Ask, answered: Callable[[Any], None]) -> None:
        if self.chance.random() < 0.01 * self.shared.trouble:
            self.faults["request lost"] += 1
            return
        self.chance.choice(self.servers).submit(ask, answered)

    def _hire(self, place: int) -> None:
        if place in self.workers:
            self.workers[place][1].cancel()
        server = self.servers[place]
        office = SimulatedOffice(self.shelves, self.oracle, self._worker_ask, server.submit)
        worker = Worker(office, {GATEWAY: self.bank}, patience=3 * SPEED, seconds=2)
        clock = self.loop.instant
        self.workers[place] = worker, self.loop.create_task(worker.run(clock, ROUND))

    def _worker_ask(self, organization_id: int, command: Command) -> Ask:
        self._worker_asks += 1
        return self.shared.envelope(organization_id, f"worker {self._worker_asks}", command, "worker")

    def _died(self, place: int) -> None:
        _, task = self.workers[place]
        task.cancel()
        self.loop.call_later(3, self._hire, place)

    def _news(self, key: str) -> None:
        worker, _ = self.chance.choice([*self.workers.values()])
        worker.news(key)

    def _committed(self, changes: list[Change]) -> None:
        self.oracle.commit(changes)
        self.history.update(history_of(changes))
        self.commits += 1
        if self.commits % COLLECT == 0:
            gc.collect()


def simulate(seed: int, steps: int) -> Report:
    """Run one world to its end, and prove its books. Raises `Wrong`."""
    with _quiet():
        started, cpu = time.monotonic(), time.process_time()
        world = World(seed, steps)
        with uncollected():
            world.run()
        seconds, cpu_seconds = time.monotonic() - started, time.process_time() - cpu
        settled_as_paid(world.shelves, world.bank, world.oracle)
        promises, rows = verified(world.shelves, world.shared.acknowledged, world.oracle)
        proof_seconds = time.monotonic() - started - seconds
    commands = world.shared.tally["granted"] + world.shared.tally["refused"]
    return Report(
        seed=seed, steps=steps, commands=commands, granted=world.shared.tally["granted"],
        refused=world.shared.tally["refused"], batches=sum(server.batches for server in world.servers),
        commits=world.commits,
        faults=dict(sorted((world.faults + world.bank.faults + world.shared.faults).items())),
        refusals=dict(world.shared.refused.most_common()), gateway_payments=len(world.bank.paid),
        looks=world.oracle.looks, promises=promises, rows=rows, seconds=seconds, cpu_seconds=cpu_seconds,
        proof_seconds=proof_seconds, commands_a_second=int(commands / seconds),
        commands_a_cpu_second=int(commands / cpu_seconds), hash=world.history.hexdigest(),
    )  # fmt: skip


@contextmanager
def _quiet() -> Iterator[None]:
    """What a worker would warn of happens here all the time, and on purpose."""
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(level)
