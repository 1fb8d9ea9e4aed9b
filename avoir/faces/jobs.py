"""Doing long work: piece by piece, in the name of who asked for it, from where it was left.

Every piece is asked under a key of its own. So whoever does the work may die anywhere, and two may do the
same piece at once: it is done once, and noted once.
"""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

from avoir.app.clerk import Weather
from avoir.app.jobs import NotePieces, Outcome, StopJob
from avoir.app.reads import jobs
from avoir.core.access import DIRECTORY
from avoir.core.errors import Kind, Refusal
from avoir.core.job import REFUSED, Job, JobPiece
from avoir.faces.access import Access, Identity
from avoir.faces.caller import Caller
from avoir.faces.door import Door

log = logging.getLogger(__name__)
Doing = Callable[[Caller, Job, JobPiece], Awaitable[Outcome]]
"""Does one piece of one kind of work. What the law refuses is the piece's outcome."""


class Work(NamedTuple):
    """One kind of work: how a piece is done, and the ability that a job of it needs of who asked for it."""

    do: Doing
    ability: Callable[[Job], str]


AT_ONCE, PAGE = 16, 100
"""Pieces of a job that are done before the next job has its turn; jobs that are read at once."""
LAST_SECONDS = 5
"""So long a server that ends waits for the pieces under way."""


class JobRunner:
    """Does its rounds: some pieces of every job that runs, in turn, until none is left."""

    def __init__(self, door: Door, access: Access, kinds: Mapping[str, Work]) -> None:
        self.door, self.access, self.kinds = door, access, kinds
        self._bell = asyncio.Event()
        self._over = asyncio.Event()

    def news(self) -> None:
        """There is something to do: look now."""
        self._bell.set()

    def stop(self) -> None:
        """Begin nothing more: what is under way is brought to its end, and `run` comes back."""
        self._over.set()
        self._bell.set()

    async def run(self, every: int) -> None:
        """Look every so many seconds, or sooner when there is news, until stopped."""
        while not self._over.is_set():
            self._bell.clear()
            try:
                while not self._over.is_set() and await self.round():
                    pass
            except Weather as problem:
                log.warning("the books are not to be had: %s", problem)
            except Exception:  # A round that broke off is no reason never to make another.
                log.exception("a round of long work broke off")
            if not self._over.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(every):
                        await self._bell.wait()

    async def round(self) -> int:
        """Some pieces of every job that runs; how many that was."""
        after, count = (0, 0), 0
        while page := await self.door.read(jobs.running, DIRECTORY, after, PAGE):
            for job in page:
                count += await self._turn(job)
            after = (page[-1].organization_id, page[-1].id)
        return count

    async def _turn(self, job: Job) -> int:
        caller = await self._caller(job)
        pieces = await self.door.read(jobs.waiting, job.organization_id, job.id, AT_ONCE)
        if caller is None or not pieces:
            return 0
        found = await asyncio.gather(*(self._do(caller, job, piece) for piece in pieces))
        outcomes = tuple(each for each in found if each is not None)
        if outcomes:
            await caller.ask(NotePieces(job_id=job.id, outcomes=outcomes))
        return len(outcomes)

    async def _do(self, caller: Caller, job: Job, piece: JobPiece) -> Outcome | None:
        """What came of a piece; None if it is to be tried again."""
        # The job's uuid is the same each time, and so is the key: done twice, it is done once.
        own = Caller(
            caller.door, caller.access, caller.identity, caller.setup, f"job:{job.uuid}:{piece.number}"
        )
        try:
            return await self.kinds[job.kind].do(own, job, piece)
        except Refusal as refusal:
            if refusal.kind == Kind.BUSY:
                return None
            return Outcome(piece.number, REFUSED, str(refusal))
        except Weather:
            return None
        except Exception:  # One piece that goes wrong keeps no other waiting.
            id = uuid.uuid4().hex
            log.exception("piece %s of job %s went wrong, id %s", piece.number, job.uuid, id)
            return Outcome(piece.number, REFUSED, f"Something went wrong; it was written down under {id}")

    async def _caller(self, job: Job) -> Caller | None:
        """In whose name the work is done: who asked for it, as long as they may. If not, it is stopped."""
        setup = await self.access.setup(job.organization_id)
        if setup is None:
            return None
        user = _user_of(job.asked_by)
        place = None if user is None else await self.access.place(user, job.organization_id)
        has = None if place is None else place.abilities
        identity = Identity(job.asked_by, user, job.organization_id, None, has)
        caller = Caller(self.door, self.access, identity, setup, None)
        work = self.kinds.get(job.kind)
        if work is None or place is None or not (has is None or work.ability(job) in has):
            with suppress(Refusal):  # Somebody else stopped it meanwhile.
                await caller.ask(StopJob(job_id=job.id))
            return None
        return caller


def _user_of(actor: str) -> int | None:
    kind, _, id = actor.partition(" ")[0].partition(":")
    return int(id) if kind == "user" and id.isdecimal() else None


@asynccontextmanager
async def jobs_at_work(runner: JobRunner, every: int) -> AsyncIterator[None]:
    """The runner makes its rounds while the server runs; never, if `every` is 0 seconds."""
    rounds = asyncio.create_task(runner.run(every)) if every else None
    try:
        yield
    finally:
        if rounds is not None:
            runner.stop()
            # Cut off it would be gone on with as well; but what is nearly done had better be done.
            _, late = await asyncio.wait([rounds], timeout=LAST_SECONDS)
            for each in late:
                each.cancel()
