"""Long work as it is watched: the list, one with how far it has come, stopped, gone on with, taken home."""

import msgspec
from starlette.responses import Response

from avoir.app.jobs import ResumeJob, StopJob
from avoir.app.reads import jobs
from avoir.app.reads.console import Page
from avoir.app.reads.console_ledger import WholeLine
from avoir.app.reads.jobs import JobPage
from avoir.core.errors import NotFound
from avoir.core.job import COMPLETED, DONE, REFUSED, WAITING, Job
from avoir.faces.console.forms import page_of
from avoir.faces.console.listing import heads_of, sort_of
from avoir.faces.console.sheets import Cell, Row, Sheet, money, send
from avoir.faces.console.visit import PLACES, Visit
from avoir.faces.console.words import label
from avoir.faces.console.works import LEDGER, SHOWS, WORKS

STATES = ("", REFUSED, DONE, WAITING)
LEDGER_HEADS = (
    "Date", "Entry", "Event", "Document", "Code", "Account", "Customer", "Currency", "Debit", "Credit",
    "Debit in base", "Credit in base",
)  # fmt: skip


async def index(visit: Visit) -> Response:
    """The list, newest first: one's own, and those about what one may see."""
    found = await listed_jobs(visit, page_of(visit.query))
    falls = {name: order.falls for name, order in jobs.ORDERS.items()}
    return visit.page(
        "jobs.html", found=found, people=await visit.people(), sort=visit.query.text("sort"),
        sorting=heads_of(visit, "/jobs", {}, falls, _sort(visit)),
    )  # fmt: skip


async def listed_jobs(visit: Visit, number: int, size: int = jobs.SIZE) -> Page:
    """A page of the list as the address asks for it."""
    kinds = tuple(kind for kind, ability in SHOWS.items() if visit.may(ability))
    actor = visit.caller.identity.actor
    return await visit.caller.read(jobs.jobs, number, kinds, actor, _sort(visit), size)


def _sort(visit: Visit) -> tuple[str, bool]:
    return sort_of(visit.query, jobs.ORDERS, ("begun", True))


async def found(visit: Visit, state: str = "") -> JobPage:
    """The job of the path, for who asked for it or may see what it is about. Refuses `NotFound`."""
    page = await visit.caller.read(jobs.job, visit.id(), state, page_of(visit.query))
    if page is None:
        raise NotFound("there is no such job")
    if not visit.owns(page.job.asked_by):
        visit.need(SHOWS[page.job.kind])
    return page


def minds(visit: Visit, job: Job) -> bool:
    """Whether who is there may stop a job and go on with it: who asked for it, or could have."""
    return visit.owns(job.asked_by) or visit.may(WORKS[job.kind].ability(job))


async def minded(visit: Visit) -> Job:
    """The job of the path, for who may stop it. Raises `NotAllowed`; refuses `NotFound`."""
    job = (await found(visit)).job
    if not visit.owns(job.asked_by):
        visit.need(WORKS[job.kind].ability(job))
    return job


async def show(visit: Visit) -> Response:
    """One job; asked for by the script again and again while it runs, that part alone."""
    state = visit.query.text("state")
    page = await found(visit, state if state in STATES else "")
    return visit.page(
        "job_progress.html" if visit.by_script else "job.html",
        page=page, job=page.job, state=state, people=await visit.people(), places=PLACES,
        has_file=page.job.kind == LEDGER, states=STATES, minds=minds(visit, page.job),
        takes=visit.may(SHOWS[page.job.kind]),
    )  # fmt: skip


async def stop(visit: Visit) -> Response:
    """Do no more of it. Refuses what `StopJob` refuses."""
    await visit.ask(StopJob(job_id=(await minded(visit)).id))
    return visit.go(f"/jobs/{visit.id()}")


async def resume(visit: Visit) -> Response:
    """Go on with it. Refuses what `ResumeJob` refuses."""
    await visit.ask(ResumeJob(job_id=(await minded(visit)).id))
    visit.jobs.news()
    return visit.go(f"/jobs/{visit.id()}")


async def send_file(visit: Visit) -> Response:
    """What it has made: the lines of the ledger, or what came of each piece. Refuses `NotFound`."""
    form = visit.request.path_params["form"]
    page = await found(visit)
    if form not in ("csv", "xlsx"):
        raise NotFound("there is no such file")
    visit.need(SHOWS[page.job.kind])
    if page.job.kind != LEDGER:
        pieces = await visit.caller.read(jobs.every_piece, page.job.id)
        rows = [Row((Cell(x.name), Cell(label(x.state)), Cell(x.said))) for x in pieces]
        return await send(
            visit, Sheet(page.job.name, "", ("What", "State", "What came of it"), rows, 0), form
        )
    if page.job.state != COMPLETED:
        raise NotFound("the file is not whole yet")
    bodies = await visit.caller.read(jobs.bodies, page.job.id)
    lines = [line for body in bodies for line in msgspec.json.decode(body, type=list[WholeLine])]
    rows = [_row(line, visit.base) for line in lines]
    return await send(visit, Sheet(page.job.name, "", LEDGER_HEADS, rows, 4), form)


def _row(x: WholeLine, base: str) -> Row:
    texts = (
        x.booked_on,
        str(x.entry_id),
        label(x.event),
        x.document,
        x.code,
        x.account,
        x.customer,
        x.currency,
    )
    return Row((
        *map(Cell, texts), money(x.debit_minor, x.currency), money(x.credit_minor, x.currency),
        money(x.base_debit_minor, base), money(x.base_credit_minor, base),
    ))  # fmt: skip
