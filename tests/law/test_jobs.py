"""Long work: counted piece by piece, stopped and gone on with, and never counted twice."""

import pytest

from avoir.app.jobs import NotePieces, Outcome, Piece, ResumeJob, StartJob, StopJob
from avoir.core.job import MOST_PIECES, Job, JobPiece
from tests.ledger import Ledger, Paper

THREE = tuple(Piece(f"INV-{n}", str(n)) for n in (1, 2, 3))


def started(company, pieces=THREE) -> Job:
    return company.ask(StartJob(kind="test", name="Three things", pieces=pieces))


def noted(company, job: Job, *outcomes: Outcome) -> tuple[str, int, int]:
    job = company.ask(NotePieces(job_id=job.id, outcomes=outcomes))
    return job.state, job.done, job.refused


def test_a_job_is_counted_piece_by_piece_to_its_end(url):
    ledger = Ledger(url)
    job = started(ledger)
    assert (job.state, job.total, job.asked_by) == ("running", 3, "user:1")
    assert noted(ledger, job, Outcome(2, "done", "CN-00001", "credit_note", 1)) == ("running", 1, 0)
    assert noted(ledger, job, Outcome(1, "refused", "Not paid."), Outcome(3, "done")) == ("completed", 2, 1)
    pieces = [(x.number, x.state, x.said, x.about_id) for x in ledger.rows(JobPiece)]
    assert pieces == [(1, "refused", "Not paid.", None), (2, "done", "CN-00001", 1), (3, "done", "", None)]
    assert ledger.get(Job, job.id).ended_at
    ledger.close()


def test_what_is_noted_twice_is_counted_once():
    paper = Paper()
    job = started(paper)
    once = Outcome(1, "done", "first")
    assert (
        noted(paper, job, once)
        == noted(paper, job, once, Outcome(1, "refused", "later"))
        == ("running", 1, 0)
    )
    assert paper.rows(JobPiece)[0].said == "first"


def test_a_job_of_which_nothing_could_be_done_has_failed():
    paper = Paper()
    job = started(paper, THREE[:1])
    assert noted(paper, job, Outcome(1, "refused", "no")) == ("failed", 0, 1)


def test_a_job_is_stopped_and_goes_on():
    paper = Paper()
    job = started(paper)
    paper.refused(ResumeJob(job_id=job.id), "job_not_stopped")
    assert paper.ask(StopJob(job_id=job.id)).state == "stopped"
    paper.refused(StopJob(job_id=job.id), "job_not_running")
    # What was under way when it was stopped is noted all the same.
    assert noted(paper, job, Outcome(1, "done")) == ("stopped", 1, 0)
    assert paper.ask(ResumeJob(job_id=job.id)).state == "running"
    assert noted(paper, job, Outcome(2, "done"), Outcome(3, "done")) == ("completed", 3, 0)
    paper.refused(ResumeJob(job_id=job.id), "job_not_stopped")


@pytest.mark.parametrize(
    ("pieces", "name", "code"),
    [
        ((), "Nothing", "job_empty"),
        (THREE, " ", "name_required"),
        (THREE[:1] * (MOST_PIECES + 1), "Too much", "job_too_large"),
        ((Piece("x" * 256, ""),), "A long name", "text_too_long"),
    ],
)
def test_a_job_that_cannot_be_is_refused(pieces, name, code):
    Paper().refused(StartJob(kind="test", name=name, pieces=pieces), code)
