"""The clerk: one thread, one connection. Takes what has gathered, decides it, writes it down, answers."""

import gc
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from avoir.core.command import Ask, Command, answer, wants
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.want import Miss, Want, Wanted, together

log = logging.getLogger(__name__)
Outcome = Any
"""What a command gave back, or the exception that it raised."""
ATTEMPTS = 6
PART = 32
"""So many commands are decided before their rows go to the database; it writes while others are decided."""
BUSY = "the books are busy; ask again with the same key"
ALIKE = 4
"""So many commands in a row that miss the same one row: the others will miss no other."""


class Weather(Exception):
    """The database was not to be had, or two processes collided. Trying again may help."""


class Busy(Refusal):
    """Too much is waiting. Nothing was done; ask again later with the same key."""

    code, kind = "busy", Kind.BUSY


class Store(Protocol):
    """What the clerk needs of a store: one transaction, rows in, rows out."""

    def begin(self) -> None:
        """Start a transaction. Raises `Weather`."""

    def load(self, desk: Desk, wanted: Wanted) -> None:
        """Lay the wanted rows on the desk, counters first and locked. Raises `Weather`."""

    def write(self, desk: Desk) -> None:
        """Hand over what the desk has written so far; the database may still be at it. Raises `Weather`."""

    def save(self, desk: Desk) -> None:
        """Write the rest, and commit. Raises `Weather`."""

    def rollback(self) -> None:
        """Forget the transaction; never raises."""

    def close(self) -> None:
        """Let go of the connection."""


class Habits:
    """What commands of a kind keep missing in an organization, to be fetched before they run.

    A bank account's currency or a number series stands in no command, but is the same row every time. This
    is a hint and never more: what is fetched in vain costs a row, what is forgotten costs a round.
    """

    KINDS, WANTS = 4096, 16

    def __init__(self) -> None:
        self._missed: OrderedDict[tuple[int, type[Command]], dict[Want, int]] = OrderedDict()

    def learn(self, ask: Ask, want: Want) -> None:
        """A command had to be run again for want of this."""
        missed = self._missed.setdefault(_habit(ask), {})
        missed[want] = missed.get(want, 0) + 1
        if len(missed) > self.WANTS:
            del missed[min(missed, key=missed.__getitem__)]
        if len(self._missed) > self.KINDS:
            self._missed.popitem(last=False)

    def add(self, asks: Sequence[Ask], wanted: Wanted) -> None:
        """Add what these commands will want, judging by what others of their kind missed more than once."""
        for habit in set(map(_habit, asks)):
            if missed := self._missed.get(habit):
                self._missed.move_to_end(habit)
                for (kind, key, by), times in missed.items():
                    if times > 1:
                        wanted[kind, by].add(key)


def _habit(ask: Ask) -> tuple[int, type[Command]]:
    return ask.organization_id, type(ask.command)


class Lanes:
    """What waits, by organization. No thread's own: whoever shares it holds a lock."""

    SHARE, SMALL, COMPANY = 8, 4, 256
    """So many of one organization are in a batch while others ask, fewer if one of them asks little; for so

    many batches they are expected.
    """

    def __init__(self, most_waiting: int, most_per_lane: int) -> None:
        self.most_waiting, self.most_per_lane = most_waiting, most_per_lane
        self.waiting = 0
        self._lanes: dict[int, deque[tuple[Ask, Any]]] = {}
        self._turn: deque[int] = deque()
        self._latest: int | None = None
        self._company = 0

    def put(self, ask: Ask, ticket: Any) -> None:
        """Let an ask wait. Refuses `Busy`."""
        organization_id = ask.organization_id
        lane = self._lanes.get(organization_id)
        if self.waiting >= self.most_waiting or (lane and len(lane) >= self.most_per_lane):
            raise Busy(BUSY)
        if lane is None:
            lane = self._lanes[organization_id] = deque()
            self._turn.append(organization_id)
        lane.append((ask, ticket))
        self.waiting += 1
        if organization_id != self._latest:
            self._company = 0 if self._latest is None else self.COMPANY
            self._latest = organization_id

    def take(self, most: int, *, alone: bool = False) -> list[tuple[Ask, Any]]:
        """One from each organization in turn, so that none waits behind another's flood.

        Nor does it wait long for a batch that was begun before it came: while others ask, too, none has more
        than its share of a batch. Nor for the rest of its own: once an organization has all that it asked
        for, the others get little more. With `alone`, all that waits of the one whose turn it is.
        """
        batch: list[tuple[Ask, Any]] = []
        share = min(most, self.SHARE) if self._company else most
        self._company -= self._company > 0
        if alone and self._turn:
            self._take_from(self._turn.popleft(), most, batch)
        rounds, asking = 0, len(self._turn)
        while not alone and self._turn and rounds < share and len(batch) < most:
            for _ in range(min(len(self._turn), most - len(batch))):
                self._take_from(self._turn.popleft(), 1, batch)
            rounds += 1
            if len(self._turn) < asking:
                share = min(share, self.SMALL)
        self.waiting -= len(batch)
        return batch

    def _take_from(self, organization_id: int, many: int, batch: list[tuple[Ask, Any]]) -> None:
        lane = self._lanes[organization_id]
        for _ in range(min(many, len(lane))):
            batch.append(lane.popleft())
        if lane:
            self._turn.append(organization_id)
        else:
            del self._lanes[organization_id]


class Clerk:
    """Records asks in batches: what gathers while it is busy is the next batch. It never waits for more.

    It works in a thread of its own, or wherever somebody calls `take` and `record`. With `alone`, a batch is
    of one organization.
    """

    def __init__(
        self,
        store: Store,
        deliver: Callable[[list[tuple[Any, Outcome]]], None],
        *,
        alone: bool = False,
        most_at_once: int = 256,
        most_waiting: int = 4096,
        most_per_lane: int = 2048,
        part: int = PART,
    ) -> None:
        self.store, self.deliver, self.most_at_once, self.alone = store, deliver, most_at_once, alone
        self.part = part
        self.lanes, self._closing = Lanes(most_waiting, most_per_lane), False
        self._bell = threading.Condition()
        self._habits = Habits()
        self.batches = self.commands = 0
        self.nap: Callable[[float], object] = time.sleep
        self.thread = threading.Thread(target=self.work, name="clerk", daemon=True)

    # At the door: any thread.

    def submit(self, ask: Ask, ticket: Any) -> None:
        """Queue an ask; `deliver` is called with its ticket later. Refuses `Busy`."""
        with self._bell:
            if self._closing:
                raise Busy(BUSY)
            self.lanes.put(ask, ticket)
            if self.lanes.waiting == 1:
                self._bell.notify()

    def alive(self) -> bool:
        """Whether it is at work."""
        return self.thread.is_alive()

    def close(self) -> None:
        """Take no more; finish what waits; let the store go."""
        with self._bell:
            self._closing = True
            self._bell.notify()
        if self.thread.ident is not None:
            self.thread.join()
        self.store.close()

    # At the desk: the clerk's thread.

    def work(self) -> None:
        """Record batch after batch until closed."""
        while batch := self._take():
            outcomes = self.record([ask for ask, _ in batch])
            try:
                self.deliver([(ticket, out) for (_, ticket), out in zip(batch, outcomes, strict=True)])
            except Exception:  # Nobody is left to hear it. The books stand; the keys will find them.
                log.exception("answers not delivered")

    def take(self) -> list[tuple[Ask, Any]]:
        """The next batch, of what waits now."""
        return self.lanes.take(self.most_at_once, alone=self.alone)

    def record(self, asks: list[Ask]) -> list[Outcome]:
        """All in one transaction; when that fails, halve it until the guilty one stands alone."""
        try:
            return self._transact(asks)
        except Exception as problem:
            if isinstance(problem, Weather):
                return [problem] * len(asks)
            if len(asks) == 1:
                return [self._second_chance(asks[0], problem)]
            half = len(asks) // 2
            return self.record(asks[:half]) + self.record(asks[half:])

    def _second_chance(self, ask: Ask, problem: Exception) -> Outcome:
        """Another process may have written the same new row first: with fresh rows it is a refusal."""
        try:
            return self._transact([ask])[0]
        except Exception:
            log.error("a command cannot be saved", exc_info=problem)
            return problem

    def _transact(self, asks: list[Ask]) -> list[Outcome]:
        for attempt in range(ATTEMPTS):
            try:
                return self._once(asks)
            except Weather:
                # Safe even if the lost COMMIT had in fact happened: every ask carries a key.
                if attempt == ATTEMPTS - 1:
                    raise
                self.nap(2**attempt / 100)
        raise AssertionError

    def _once(self, asks: list[Ask]) -> list[Outcome]:
        with uncollected():
            return self._in_one_transaction(Desk(), asks)

    def _in_one_transaction(self, desk: Desk, asks: list[Ask]) -> list[Outcome]:
        store = self.store
        store.begin()
        try:
            wanted = wants(asks)
            self._habits.add(asks, wanted)
            store.load(desk, wanted)
            outcomes = []
            for i in range(len(asks)):
                outcomes.append(self._one(desk, asks, i))
                if len(outcomes) % self.part == 0 and len(outcomes) < len(asks):
                    store.write(desk)
            store.save(desk)
        except BaseException:
            store.rollback()
            raise
        self.batches += 1
        self.commands += len(asks)
        return outcomes

    def _one(self, desk: Desk, asks: list[Ask], i: int) -> Outcome:
        while True:
            try:
                return answer(desk, asks[i])
            except Miss as miss:
                self._habits.learn(asks[i], miss.want)
                self.store.load(desk, together([miss.want, *peek(desk, asks[i], miss.want, asks[i + 1 :])]))
            except Refusal as refusal:
                return refusal
            except Exception as bug:  # Poison: it is undone, and the others go on.
                log.exception("a command failed")
                return bug

    def _take(self) -> list[tuple[Ask, Any]]:
        with self._bell:
            while not self.lanes.waiting and not self._closing:
                self._bell.wait()
            return self.take()


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage meanwhile: nothing on a desk is in a cycle, and to walk over it all takes time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def peek(desk: Desk, missed: Ask, want: Want, rest: Sequence[Ask]) -> list[Want]:
    """What the rest will miss next: run them, keep nothing. Rounds follow depth, not batch size."""
    found: list[Want] = []
    alike = 0
    for ask in rest:
        if type(ask.command) is not type(missed.command):
            continue
        try:
            answer(desk, ask)
            desk.undo()
        except Miss as miss:
            found.append(miss.want)
            alike += miss.want == want
            # All want the one row that is being fetched anyway, and running the others would say no more.
            if alike == len(found) == ALIKE:
                break
        except Exception:  # noqa: S112 - it is run again, for good, in its turn.
            continue
    return found
