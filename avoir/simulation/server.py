"""One server process of the simulated world: a clerk, its queue and a worker. It may die at any step."""

from collections import Counter, deque
from collections.abc import Callable
from random import Random
from typing import Any

from avoir.app.clerk import Clerk, Weather
from avoir.core.command import Ask
from avoir.simulation.clock import VirtualLoop
from avoir.simulation.hand import Hand
from avoir.simulation.shelves import Change, Session, Shelves

MOST_AT_ONCE = 256
Answered = Callable[[Any], None]
"""What is called with what a command gave back, or with the exception that it raised."""


class Server:
    """Records what callers send it. `kill` is kill -9; a new one starts with an empty head."""

    def __init__(self, loop: VirtualLoop, shelves: Shelves, chance: Random, faults: Counter[str]) -> None:
        self.loop, self.shelves, self.chance, self.faults = loop, shelves, chance, faults
        self.hand = Hand()
        self.queue: deque[tuple[Ask, Answered]] = deque()
        self.working: list[tuple[Ask, Answered]] = []
        self.alive, self.trouble = True, 1.0
        self.batches = 0
        self.on_commit: Callable[[Any], None] = lambda changes: None
        self.on_death: Callable[[], None] = lambda: None
        self._open()

    def _open(self) -> None:
        self.session = Session(self.shelves, self._between_steps)
        self.session.generous = lambda: self.chance.random() < 0.95
        self.session.committed = self._committed
        self.clerk = Clerk(self.session, lambda outs: None)
        self.clerk.nap = lambda seconds: self.hand.pause()

    def submit(self, ask: Ask, answered: Answered) -> None:
        """Take an ask; a process that is dead refuses the connection."""
        if self.alive:
            self.queue.append((ask, answered))
            self._take()
        else:
            self.faults["connection refused"] += 1
            self.loop.call_later(0.01, answered, Weather("nobody listens"))

    def kill(self) -> None:
        """Die here and now: the queue, the batch and every answer on its way are lost."""
        self.faults["server killed"] += 1
        self.alive = False
        self.hand.kill()
        self.session.rollback()
        self.queue.clear()
        self.working = []
        self.on_death()
        self.loop.call_later(self.chance.random() / 4, self._rise)

    def close(self) -> None:
        """The world ends."""
        self.alive = False
        self.hand.close()

    def _rise(self) -> None:
        self.alive = True
        self._open()

    def _take(self) -> None:
        if self.queue and self.alive and not self.hand.busy:
            size = min(len(self.queue), MOST_AT_ONCE)
            self.working = [self.queue.popleft() for _ in range(size)]
            asks = [ask for ask, _ in self.working]
            self.hand.start(lambda: self.clerk.record(asks))
            self.loop.call_later(self.chance.random() / 50, self._go_on)

    def _go_on(self) -> None:
        """The world's turn to let this clerk do some steps, or to kill it between two of them."""
        if not self.hand.busy or not self.alive:
            return
        if self.chance.random() < 0.0006 * self.trouble:
            self.kill()
        elif self.hand.step():
            self._answer(self.hand.outcome)
        else:
            self.loop.call_later(self.chance.random() / 50, self._go_on)

    def _answer(self, outcomes: Any) -> None:
        done, self.working = self.working, []
        self.batches += 1
        if isinstance(outcomes, BaseException):
            raise outcomes
        for (_, answered), outcome in zip(done, outcomes, strict=True):
            if self.chance.random() < 0.01 * self.trouble:
                self.faults["answer lost"] += 1
            elif self.chance.random() < 0.05 * self.trouble:
                self.faults["answer late"] += 1
                self.loop.call_later(self.chance.random() * 3, answered, outcome)
            else:
                answered(outcome)
        self._take()

    def _committed(self, changes: list[Change]) -> None:
        self.on_commit(changes)

    def _between_steps(self, step: str) -> None:
        """In the hand: let others go first, mostly; now and then the database is not to be had."""
        if step == "wait" or self.chance.random() < 0.5:
            self.hand.pause()
        if step != "wait" and self.chance.random() < 0.002 * self.trouble:
            self.faults["commit unheard of" if step == "saved" else "database away"] += 1
            raise Weather(f"lost the database at {step}")
