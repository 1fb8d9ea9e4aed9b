"""Refunds: the list, one with where it stands, and the second person's yes or no."""

from starlette.responses import Response

from avoir.app.approvals import ApproveRefund, RejectRefund
from avoir.app.reads import console, console_documents
from avoir.app.reads.console_documents import RefundPage
from avoir.app.reads.console_lists import REFUNDS
from avoir.app.refunds import CancelRefund, FailRefund, RetryRefund, ReverseRefund
from avoir.core.errors import NotFound
from avoir.faces.console.acts import CHOICE, DATE, Act, Asked, ask, ask_with_preview, filled_in
from avoir.faces.console.forms import BadField, Form, id_of
from avoir.faces.console.listing import list_page
from avoir.faces.console.visit import Visit
from avoir.faces.console.words import label

ROOM = ("/refunds", "Refunds")
ACTS = {
    "approve": (
        "Approve",
        "It is carried out at once, exactly as it was asked for.",
        "Approve and pay",
        False,
    ),
    "reject": ("Reject", "It is not paid, and what it pays out of holds the amount again.", "Reject", True),
    "reverse": (
        "Reverse",
        "Its entry is mirrored, and what it paid out of holds the amount again.",
        "Reverse",
        True,
    ),
    "cancel": (
        "Cancel",
        "It was not sent yet: it is called back, and the amount is free again.",
        "Cancel the refund",
        True,
    ),
    "fail": (
        "Note that it bounced",
        "The bank sent the money back: the amount is free again.",
        "It bounced",
        True,
    ),
}
"""What can become of a refund: title, what it means, the button, and whether it takes something away."""


async def index(visit: Visit) -> Response:
    """The list."""
    return await list_page(visit, "refunds", REFUNDS)


async def found(visit: Visit) -> RefundPage:
    """The refund of the path. Refuses `NotFound`."""
    page = await visit.caller.read(console_documents.refund, visit.id())
    if page is None:
        raise NotFound("there is no such refund")
    return page


async def show(visit: Visit) -> Response:
    """One refund."""
    page = await found(visit)
    return visit.page("refund_page.html", page=page, refund=page.refund, people=await visit.people())


async def sure(visit: Visit) -> Response:
    """Asking before anything becomes of it."""
    page, verb = await found(visit), visit.request.url.path.rpartition("/")[2]
    x, (title, text, button, danger) = page.refund, ACTS[verb]
    name = x.number or f"refund {x.id}"
    facts = (
        ("Customer", page.customer),
        ("Amount", visit.money(x.amount_minor, x.currency)),
        ("Out of", page.account.name),
        ("Asked for by", (await visit.people()).get(x.requested_by.partition(" ")[0], x.requested_by)),
    )
    asked = [Asked("reason", "Reason")] if verb in ("reject", "fail") else []
    if verb == "fail":
        asked.append(Asked("on", "On", DATE, visit.caller.today()))
    hidden = [("digest", page.digest)] if verb == "approve" else []
    back = (f"/refunds/{x.id}", name)
    return ask(visit, Act(f"{title}: {name}", text, button, back, ROOM, asked, facts, danger, hidden))


async def approve(visit: Visit) -> Response:
    """The second person's yes. Refuses what `ApproveRefund` refuses."""
    await visit.ask(ApproveRefund(refund_id=visit.id(), digest=visit.form.text("digest")))
    return visit.go(f"/refunds/{visit.id()}", "refund_approved")


async def reject(visit: Visit) -> Response:
    """The second person's no. Refuses what `RejectRefund` refuses."""
    await visit.ask(RejectRefund(refund_id=visit.id(), reason=visit.form.text("reason")))
    return visit.go(f"/refunds/{visit.id()}", "refund_rejected")


async def reverse(visit: Visit) -> Response:
    """Undo what was paid. Refuses what `ReverseRefund` refuses."""
    await visit.ask(ReverseRefund(refund_id=visit.id()))
    return visit.go(f"/refunds/{visit.id()}", "refund_reversed")


async def retry_form(visit: Visit) -> Response:
    """Asking again for what failed, with what would happen beside it."""
    page = await found(visit)
    x, accounts = page.refund, await visit.caller.read(console.money_accounts)
    ways = [(f"account:{each.id}", f"From {each.name}") for each in accounts]
    ways += [(f"rail:{each.name}", f"By {label(each.name)}") for each in page.gateways]
    asked = [
        Asked("way", "How", CHOICE, options=ways, none="As the first time"),
        Asked("on", "Date", DATE, visit.caller.today()),
    ]
    facts = (
        ("Customer", page.customer),
        ("Amount", visit.money(x.amount_minor, x.currency)),
        ("It failed", x.failure or "No reason was given"),
    )
    back, path = (f"/refunds/{x.id}", x.number), f"/refunds/{x.id}/retry/preview"
    text = "A new refund of the same amount, out of the same source. The failed one stays as it is."
    act = Act(f"Try {x.number} again", text, "Pay it again", back, ROOM, asked, facts, preview=path)
    return await ask_with_preview(visit, act, lambda: _again(visit, filled_in(visit, asked)))


async def retry(visit: Visit) -> Response:
    """Ask again, once. Refuses what `RetryRefund` refuses."""
    made = await visit.ask(_again(visit, visit.form))
    return visit.go(f"/refunds/{made.id}", "refund_made")


def _again(visit: Visit, form: Form) -> RetryRefund:
    kind, _, name = form.text("way").partition(":")
    if kind not in ("", "account", "rail"):
        raise BadField("way", "Say how it goes back")
    return RetryRefund(
        refund_id=visit.id(),
        refunded_on=form.text("on"),
        account_id=id_of(name) if kind == "account" else None,
        rail=name if kind == "rail" else "",
    )


async def cancel(visit: Visit) -> Response:
    """Call back what was not sent. Refuses what `CancelRefund` refuses."""
    await visit.ask(CancelRefund(refund_id=visit.id()))
    return visit.go(f"/refunds/{visit.id()}", "refund_canceled")


async def fail(visit: Visit) -> Response:
    """The bank sent it back. Refuses what `FailRefund` refuses."""
    reason, on = visit.form.text("reason"), visit.form.text("on")
    await visit.ask(FailRefund(refund_id=visit.id(), reason=reason, failed_on=on))
    return visit.go(f"/refunds/{visit.id()}", "refund_bounced")
