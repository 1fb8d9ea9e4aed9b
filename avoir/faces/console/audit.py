"""The audit log, and whether the books keep their promises."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from starlette.responses import Response

from avoir.app.jobs import Piece, StartJob
from avoir.app.reads import console_settings, jobs, seals, verify
from avoir.app.reads.console import Page
from avoir.core.day import checked_day
from avoir.faces.console import abilities
from avoir.faces.console.forms import page_of
from avoir.faces.console.listing import days_of
from avoir.faces.console.settings import page
from avoir.faces.console.visit import PLACES, Visit
from avoir.faces.console.works import PROOF

DAY = timedelta(days=1)
SIZE, MOST_FIELDS = 25, 16
"""Events on a page, and fields that are shown of one; the file has all of them."""


async def show(visit: Visit) -> Response:
    """What happened, newest first, each with what was before and is after."""
    found = await told(visit, page_of(visit.query), SIZE)
    subjects = await visit.caller.read(console_settings.subjects)
    query = visit.query
    return page(
        visit, "audit.html", "audit", found=found, topic=query.text("topic"), actor=query.text("actor"),
        since=query.text("since"), until=query.text("until"), period=query.text("period"),
        subjects=subjects, people=await visit.people(), most_fields=MOST_FIELDS, places=PLACES,
    )  # fmt: skip


async def told(visit: Visit, number: int, size: int) -> Page:
    """What the address asks for of the log. Refuses `InvalidDate`."""
    query = visit.query
    topic, actor = query.text("topic")[:80], query.text("actor")[:80]
    since, until = days_of(query.text("period"), visit.caller.today())
    days = (since or query.text("since"), until or query.text("until"))
    span = (_begins(visit, days[0], 0), _begins(visit, days[1], 1))
    return await visit.caller.read(console_settings.audit, topic, actor, span, number, size)


def _begins(visit: Visit, day: str, more: int) -> str:
    """When a day (or the one so many later) begins for the organization, as an instant; empty without one."""
    if not day:
        return ""
    zone = ZoneInfo(visit.caller.setup.organization.timezone)
    on = date.fromisoformat(checked_day(day))
    at = datetime.combine(min(on, date.max - DAY * 2) + DAY * more, time(), zone)
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


async def proof(visit: Visit) -> Response:
    """How far the books are sealed; and every promise of them, as it was proven last."""
    job = await visit.caller.read(jobs.last, PROOF)
    pieces = await visit.caller.read(jobs.every_piece, job.id) if job is not None else []
    came = {each.name: each for each in pieces}
    status = await visit.caller.read(seals.seal_status)
    return page(
        visit, "proof.html", "proof", job=job, came=came, promises=verify.promised(), seals=status,
        people=await visit.people(),
    )  # fmt: skip


async def prove(visit: Visit) -> Response:
    """Begin to prove every promise, one after the other. Refuses what `StartJob` refuses."""
    visit.need(abilities.PROOF)
    promises = verify.promised()
    pieces = tuple(Piece(says[:255], name) for name, says in promises)
    job = await visit.ask(StartJob(kind=PROOF, name=f"Prove {len(promises)} promises", pieces=pieces))
    visit.jobs.news()
    return visit.go(f"/jobs/{job.id}")
