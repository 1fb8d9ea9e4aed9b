"""From an event loop to the clerk and the readers, and back: one wake-up per batch."""

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache, partial
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from avoir.app.clerk import Clerk, Outcome
from avoir.app.reads.query import Query
from avoir.core.command import Ask, Command, checked_key, fingerprint, uuid_seed
from avoir.faces.link import Link
from avoir.store.books import Books
from avoir.store.database import open_database
from avoir.store.readers import Readers

NONCES = 256
P = ParamSpec("P")
T = TypeVar("T")


class Recorder(Protocol):
    """A clerk, as the door sees one: in a thread of this process, or at the other end of a link."""

    def submit(self, ask: Ask, ticket: Any) -> None:
        """Take an ask; the outcome is delivered with its ticket. Refuses `Busy`."""

    def alive(self) -> bool:
        """Whether it is at work."""

    def close(self) -> None:
        """Finish what waits."""


class Door:
    """Some readers of one database, and its clerk, for one event loop.

    `hatches` are the sockets of clerks in processes of their own: an organization has one of them, always
    the same. Without, the clerk is a thread of this process.
    """

    def __init__(
        self,
        url: str,
        *,
        readers: int = 4,
        hatches: Sequence[str] = (),
        orphaned: Callable[[], None] = lambda: None,
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self.readers = Readers(url, readers)
        self.clerks: list[Recorder] = [Link(path, self._settle, orphaned) for path in hatches]
        if not hatches:
            database = open_database(url)
            clerk = Clerk(Books(database), self._deliver, alone=database.alone)
            clerk.thread.start()
            self.clerks = [clerk]

    async def ask(self, ask: Ask) -> Any:
        """What the command gave back; a refusal, `Weather` or bug is raised."""
        ticket = self.loop.create_future()
        self.clerks[ask.organization_id % len(self.clerks)].submit(ask, ticket)
        return await ticket

    async def read(
        self,
        read: Callable[Concatenate[Query, P], T],
        organization_id: int,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a read on a thread of its own."""
        call = partial(self.readers.run, read, organization_id, *args, **kwargs)
        return await self.loop.run_in_executor(None, call)

    def alive(self) -> bool:
        """Whether every clerk is at work."""
        return all(clerk.alive() for clerk in self.clerks)

    def close(self) -> None:
        """Finish what waits, then let go of the database."""
        for clerk in self.clerks:
            clerk.close()
        self.readers.close()

    def _deliver(self, outs: list[tuple[Any, Outcome]]) -> None:
        self.loop.call_soon_threadsafe(self._settle, outs)

    def _settle(self, outs: list[tuple[Any, Outcome]]) -> None:
        for ticket, out in outs:
            if ticket.done():  # The caller hung up; the books stand, and the key will find them.
                continue
            if isinstance(out, BaseException):
                ticket.set_exception(out)
            else:
                ticket.set_result(out)


def envelope(
    organization_id: int,
    command: Command,
    *,
    actor: str,
    zone: tzinfo,
    key: str | None = None,
    print_of: str | None = None,
) -> Ask:
    """Put a command into its envelope: key, fingerprint, clock and randomness enter here and nowhere else.

    `print_of` stands for a command whose fields are random by nature (a password's hash, a new key).
    """
    milliseconds = time.time_ns() // 1_000_000
    seed = uuid_seed(milliseconds, _nonce())
    printed = fingerprint(command)
    return Ask(
        organization_id=organization_id,
        # In order of time, so that the answers' index grows at its end.
        key=f"{seed:032x}" if key is None else checked_key(key),
        fingerprint=printed if print_of is None else print_of,
        command=command,
        actor=actor,
        now=f"{_second(milliseconds // 1000)}.{milliseconds % 1000:03d}Z",
        today=_day(milliseconds // 60_000, zone),
        seed=seed,
    )


_nonces: deque[bytes] = deque()
os.register_at_fork(after_in_child=_nonces.clear)


def _nonce() -> bytes:
    """Ten random bytes. They are drawn many at a time: whoever asks the system lets go of Python's lock, and

    the clerk would wake up at once, for the one ask that is there by then.
    """
    while True:
        try:
            return _nonces.popleft()
        except IndexError:
            drawn = os.urandom(10 * NONCES)
            _nonces.extend(drawn[at : at + 10] for at in range(0, len(drawn), 10))


@lru_cache(8)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@lru_cache(1024)
def _day(minute: int, zone: tzinfo) -> str:
    # Clocks are put on or back by whole minutes.
    return datetime.fromtimestamp(minute * 60, zone).date().isoformat()
