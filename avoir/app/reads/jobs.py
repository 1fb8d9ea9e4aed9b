"""Long work: what is running anywhere, what of it waits, and how far it has come."""

import msgspec

from avoir.app.reads.console import Conditions, Page, page
from avoir.app.reads.console_listing import Order
from avoir.app.reads.query import Query
from avoir.core.job import MOST_PIECES, RUNNING, WAITING, Job, JobPiece

SIZE = 100
"""Pieces on a page."""


class PieceSeen(msgspec.Struct, frozen=True):
    """A piece of a job as it is shown: all but what it was asked, and its part of a file."""

    number: int
    name: str
    state: str
    said: str
    about_kind: str
    about_id: int | None


class JobPage(msgspec.Struct, frozen=True):
    """A job and a page of its pieces."""

    job: Job
    pieces: Page


def running(query: Query, after: tuple[int, int], most: int) -> list[Job]:
    """Jobs that run, in every organization, behind one (organization, job); in that order."""
    columns = ", ".join(f"t.{column}" for column in Job.__struct_fields__)
    # The state stands in the text, so that both planners see that the index holds every such row.
    found = query.all(
        f"""SELECT {columns} FROM jobs AS t WHERE t.state = 'running'
            AND (t.organization_id, t.id) > (:organization, :job)
            ORDER BY t.organization_id, t.id LIMIT :most""",
        organization=after[0], job=after[1], most=most,
    )  # fmt: skip
    return [Job(*row) for row in found]


def waiting(query: Query, job_id: int, most: int) -> list[JobPiece]:
    """The first pieces of a running job that nothing came of yet; none of one that does not run."""
    job = query.one(Job, job_id)
    if job is None or job.state != RUNNING:
        return []
    return query.rows(
        JobPiece, "t.job_id = :job AND t.state = :state", "ORDER BY t.number LIMIT :most",
        job=job_id, state=WAITING, most=most,
    )  # fmt: skip


ORDERS = {
    "name": Order(("lower(t.name)",)),
    "state": Order(("t.state",)),
    "by": Order(("t.asked_by",)),
    "begun": Order((), True),  # Their numbers are as old as they.
    "done": Order(("t.done",), True),
    "refused": Order(("t.refused",), True),
}
"""What the columns of the list are sorted by."""


SIZE = 25
"""Jobs on a page."""


def jobs(
    query: Query,
    number: int,
    kinds: tuple[str, ...],
    actor: str,
    sort: tuple[str, bool],
    size: int = SIZE,
) -> Page:
    """A page of the jobs of some kinds and of those that an actor asked for, sorted by one of `ORDERS`."""
    of_kinds, named = query.among("t.kind", kinds) if kinds else ("1 = 0", {})
    where = Conditions(f"(t.asked_by = :actor OR {of_kinds})", actor=actor, **named)
    total = query.count(Job, where.sql, **where.params)
    return page(query, Job, where, ORDERS[sort[0]].sql(sort[1]), number, size, total=total)


def job(query: Query, id: int, state: str, number: int) -> JobPage | None:
    """One job with its pieces, or those of one state; or None."""
    found = query.one(Job, id)
    if found is None:
        return None
    where = Conditions("t.job_id = :job", job=id)
    if state:
        where.add("t.state = :state", state=state)
    total = query.count(JobPiece, where.sql, **where.params)
    return JobPage(found, Page(_seen(query, where, SIZE, (number - 1) * SIZE), total, number, SIZE))


def last(query: Query, kind: str) -> Job | None:
    """The newest job of a kind, or None."""
    return next(iter(query.rows(Job, "t.kind = :named", "ORDER BY t.id DESC LIMIT 1", named=kind)), None)


def every_piece(query: Query, id: int) -> list[PieceSeen]:
    """All pieces of a job."""
    return _seen(query, Conditions("t.job_id = :job", job=id), MOST_PIECES, 0)


def bodies(query: Query, id: int) -> list[str]:
    """The parts of the file that a job has made, in their order."""
    rows = query.all(
        """SELECT t.body FROM job_pieces AS t WHERE t.organization_id = :o AND t.job_id = :job
            AND t.state = 'done' ORDER BY t.number""",
        job=id,
    )
    return [body for (body,) in rows]


def _seen(query: Query, where: Conditions, size: int, skip: int) -> list[PieceSeen]:
    columns = ", ".join(f"t.{column}" for column in PieceSeen.__struct_fields__)
    rows = query.all(
        f"""SELECT {columns} FROM job_pieces AS t WHERE t.organization_id = :o AND {where.sql}
            ORDER BY t.number LIMIT :size OFFSET :skip""",
        **where.params, size=size, skip=skip,
    )  # fmt: skip
    return [PieceSeen(*row) for row in rows]
