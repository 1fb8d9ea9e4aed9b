"""Long work: begun, noted piece by piece, stopped, and gone on with. Who does it asks the commands of it."""

from collections.abc import Iterator
from typing import Any

import msgspec

from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import invariant
from avoir.core.job import (
    COMPLETED,
    DONE,
    FAILED,
    MOST_PIECES,
    REFUSED,
    RUNNING,
    STOPPED,
    WAITING,
    Job,
    JobEmpty,
    JobNotRunning,
    JobNotStopped,
    JobPiece,
    JobTooLarge,
)
from avoir.core.row import Row, changed
from avoir.core.text import LONG, SHORT, fits, named


class Piece(msgspec.Struct, frozen=True):
    """What is to be done: what it is called, and what its kind of work reads."""

    name: str
    asked: str


class Outcome(msgspec.Struct, frozen=True):
    """What came of a piece: `done` or `refused`, in a sentence, with what it is about or text for a file."""

    number: int
    state: str
    said: str = ""
    about_kind: str = ""
    about_id: int | None = None
    body: str = ""


class StartJob(Command, frozen=True, kw_only=True):
    """Begin long work, in the name of who asks. Its pieces are done in their order."""

    ANSWER = Job
    kind: str
    name: str
    pieces: tuple[Piece, ...]
    asked: str = ""

    def decide(self, desk: Desk) -> Job:
        """Refuses `NameRequired`, `JobEmpty`, `JobTooLarge`, `TextTooLong`."""
        named(self.name, "a job")
        fits(self.kind, "kind")
        fits(self.asked, "asked", LONG)
        if not self.pieces:
            raise JobEmpty("there is nothing to do")
        if len(self.pieces) > MOST_PIECES:
            raise JobTooLarge(f"at most {MOST_PIECES} at once", most=MOST_PIECES, asked=len(self.pieces))
        job = desk.add(
            Job(
                desk.organization_id, desk.next("job"), desk.uuid(), self.kind, self.name, RUNNING,
                self.asked, len(self.pieces), 0, 0, desk.actor, desk.now, desk.now, "",
            )
        )  # fmt: skip
        for number, piece in enumerate(self.pieces, 1):
            name, asked = fits(piece.name, "name"), fits(piece.asked, "asked", LONG)
            desk.add(JobPiece(desk.organization_id, job.id, number, name, asked, WAITING, "", "", None, ""))
        desk.tell("job.started", job)
        return job


class OneJob(Command, frozen=True, kw_only=True):
    """Something that becomes of one job."""

    ANSWER = Job
    job_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Job, self.job_id


class NotePieces(OneJob, frozen=True, kw_only=True):
    """Write down what came of some pieces. Of one that is noted already nothing changes.

    With the last one the job ends: completed, or failed if nothing of it could be done.
    """

    outcomes: tuple[Outcome, ...]

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Job, self.job_id
        for each in self.outcomes:
            yield JobPiece, (self.job_id, each.number)

    def decide(self, desk: Desk) -> Job:
        """Refuses `NotFound`."""
        job = desk.get(Job, self.job_id)
        count = {DONE: 0, REFUSED: 0}
        for each in self.outcomes:
            invariant(each.state in count, "a piece is done or refused")
            piece = desk.get(JobPiece, self.job_id, each.number)
            if piece.state == WAITING:
                count[each.state] += 1
                desk.put(
                    changed(
                        piece, state=each.state, said=each.said[:SHORT], about_kind=each.about_kind,
                        about_id=each.about_id, body=each.body,
                    )
                )  # fmt: skip
        done, refused = job.done + count[DONE], job.refused + count[REFUSED]
        state, ended = job.state, job.ended_at
        if done + refused == job.total and not ended:
            state, ended = COMPLETED if done else FAILED, desk.now
        desk.tell(f"job.{state}" if ended else "job.advanced", job)
        return desk.put(
            changed(job, state=state, done=done, refused=refused, updated_at=desk.now, ended_at=ended)
        )


class StopJob(OneJob, frozen=True, kw_only=True):
    """Do no more of a job; what is done stays done."""

    def decide(self, desk: Desk) -> Job:
        """Refuses `NotFound`, `JobNotRunning`."""
        job = desk.get(Job, self.job_id)
        if job.state != RUNNING:
            raise JobNotRunning("the job is not running", jobId=job.id, state=job.state)
        desk.tell("job.stopped", job)
        return desk.put(changed(job, state=STOPPED, updated_at=desk.now))


class ResumeJob(OneJob, frozen=True, kw_only=True):
    """Go on with a job that was stopped."""

    def decide(self, desk: Desk) -> Job:
        """Refuses `NotFound`, `JobNotStopped`."""
        job = desk.get(Job, self.job_id)
        if job.state != STOPPED:
            raise JobNotStopped("the job was not stopped", jobId=job.id, state=job.state)
        desk.tell("job.resumed", job)
        return desk.put(changed(job, state=RUNNING, updated_at=desk.now))
