"""Refunds: the list, one with where it stands, and the second person's yes or no."""

from collections.abc import Callable

from starlette.responses import Response

from avoir.app.approvals import ApproveRefund, RejectRefund
from avoir.app.reads import console, console_documents
from avoir.app.reads.console_documents import RefundPage
from avoir.app.reads.console_lists import REFUNDS
from avoir.app.refunds import CancelRefund, FailRefund, RetryRefund, ReverseRefund
from avoir.core.command import Command
from avoir.core.errors import NotFound
from avoir.faces.console.acts import CHOICE, DATE, Act, Asked, ask_with_preview, filled_in, verb_of
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


NEXT = {"awaiting_approval": ("approve", "Approve"), "failed": ("retry", "Try again")}
"""What is done next with those of a view, from the list itself."""


async def index(visit: Visit) -> Response:
    """The list."""
    may = visit.offers(verb for verb, _ in NEXT.values())
    step = {view: (verb, words) for view, (verb, words) in NEXT.items() if verb in may}
    return await list_page(visit, "refunds", REFUNDS, next_step=step)


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
    """Asking before anything becomes of it, with what would be posted."""
    page, verb = await found(visit), verb_of(visit)
    x, (title, text, button, danger) = page.refund, ACTS[verb]
    name = x.number or f"refund {x.id}"
    facts = (
        ("Customer", page.customer),
        ("Amount", visit.money(x.amount_minor, x.currency)),
        ("Out of", page.account.name),
        ("For", page.invoice_number or page.note_number or page.payment_number),
        ("Asked for by", (await visit.people()).get(x.requested_by.partition(" ")[0], x.requested_by)),
    )
    asked = [Asked("reason", "Reason")] if verb in ("reject", "fail") else []
    if verb == "fail":
        asked.append(Asked("on", "On", DATE, visit.caller.today()))
    hidden = [("digest", page.digest)] if verb == "approve" else []
    back, path = (f"/refunds/{x.id}", name), f"/refunds/{x.id}/fail/preview" if verb == "fail" else ""
    act = Act(f"{title}: {name}", text, button, back, ROOM, asked, facts, danger, hidden, path)
    form = visit.form if visit.form.values else Form([*hidden, *((each.name, each.value) for each in asked)])
    return await ask_with_preview(visit, act, lambda: COMMANDS[verb](x.id, form))


async def approve(visit: Visit) -> Response:
    """The second person's yes. Refuses what `ApproveRefund` refuses."""
    return await _done(visit, "approve", "refund_approved")


async def reject(visit: Visit) -> Response:
    """The second person's no. Refuses what `RejectRefund` refuses."""
    return await _done(visit, "reject", "refund_rejected")


async def reverse(visit: Visit) -> Response:
    """Undo what was paid. Refuses what `ReverseRefund` refuses."""
    return await _done(visit, "reverse", "refund_reversed")


async def cancel(visit: Visit) -> Response:
    """Call back what was not sent. Refuses what `CancelRefund` refuses."""
    return await _done(visit, "cancel", "refund_canceled")


async def fail(visit: Visit) -> Response:
    """The bank sent it back. Refuses what `FailRefund` refuses."""
    return await _done(visit, "fail", "refund_bounced")


async def _done(visit: Visit, verb: str, done: str) -> Response:
    await visit.ask(COMMANDS[verb](visit.id(), visit.form))
    return visit.go(f"/refunds/{visit.id()}", done)


COMMANDS: dict[str, Callable[[int, Form], Command]] = {
    "approve": lambda id, form: ApproveRefund(refund_id=id, digest=form.text("digest")),
    "reject": lambda id, form: RejectRefund(refund_id=id, reason=form.text("reason")),
    "reverse": lambda id, form: ReverseRefund(refund_id=id),
    "cancel": lambda id, form: CancelRefund(refund_id=id),
    "fail": lambda id, form: FailRefund(refund_id=id, reason=form.text("reason"), failed_on=form.text("on")),
}
"""What each verb asks for, whether it is tried out or done."""


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
