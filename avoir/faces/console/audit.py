"""The audit log, and whether the books keep their promises."""

from starlette.responses import Response

from avoir.app.reads import console_settings, seals, verify
from avoir.app.reads.promises import PROMISES
from avoir.faces.console.forms import page_of
from avoir.faces.console.settings import page
from avoir.faces.console.visit import Visit

SIZE, MOST_FIELDS = 25, 16
"""Events on a page, and fields that are shown of one; the file has all of them."""


async def show(visit: Visit) -> Response:
    """What happened, newest first, each with what was before and is after."""
    topic, actor = visit.query.text("topic")[:80], visit.query.text("actor")[:80]
    found = await visit.caller.read(console_settings.audit, topic, actor, page_of(visit.query), SIZE)
    subjects = await visit.caller.read(console_settings.subjects)
    return page(
        visit, "audit.html", "audit", found=found, topic=topic, actor=actor, subjects=subjects,
        people=await visit.people(), most_fields=MOST_FIELDS,
    )  # fmt: skip


async def proof(visit: Visit) -> Response:
    """How far the books are sealed; and every promise of them, recomputed when it is asked for."""
    asked = visit.query.text("run") == "1"
    broken = await visit.caller.read(verify.broken_promises) if asked else []
    said = {each.promise: str(each) for each in broken}
    status = await visit.caller.read(seals.seal_status)
    return page(visit, "proof.html", "proof", asked=asked, said=said, promises=PROMISES, seals=status)
