"""Long work: something that is done piece by piece, that can be watched, left, stopped and gone on with."""

from avoir.core.errors import Kind, Refusal
from avoir.core.row import Row

RUNNING, STOPPED, COMPLETED, FAILED = "running", "stopped", "completed", "failed"
WAITING, DONE, REFUSED = "waiting", "done", "refused"

MOST_PIECES = 5_000
"""Pieces of one job: they are written down in one commit."""


class JobEmpty(Refusal):
    """A job has something to do."""

    code, kind = "job_empty", Kind.INVALID


class JobTooLarge(Refusal):
    """A job has more pieces than are started at once."""

    code, kind = "job_too_large", Kind.INVALID


class JobNotRunning(Refusal):
    """The job was stopped, or has come to its end."""

    code = "job_not_running"


class JobNotStopped(Refusal):
    """Only a job that was stopped goes on."""

    code = "job_not_stopped"


class Job(Row, frozen=True, gc=False):
    """Long work. `asked` is JSON that only whoever does the work reads; `asked_by` is in whose name."""

    TABLE = "jobs"
    organization_id: int
    id: int
    uuid: str
    kind: str
    name: str
    state: str
    asked: str
    total: int
    done: int
    refused: int
    asked_by: str
    created_at: str
    updated_at: str
    ended_at: str  # Empty while there is something to do.

    @property
    def ended(self) -> int:
        """How many pieces have come to their end."""
        return self.done + self.refused


class JobPiece(Row, frozen=True, gc=False):
    """One piece of a job, and what came of it: a sentence, what it is about, or text for a file."""

    TABLE, KEY = "job_pieces", ("organization_id", "job_id", "number")
    organization_id: int
    job_id: int
    number: int
    name: str
    asked: str
    state: str
    said: str
    about_kind: str
    about_id: int | None
    body: str
