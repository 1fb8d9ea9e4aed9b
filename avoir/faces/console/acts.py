"""A page that asks before something is done: what it does, its few fields, one button."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from starlette.responses import Response

from avoir.app.reads.console import Entry, dressed
from avoir.core.command import Command, Preview
from avoir.core.credit_note import ISSUED, WRITE_OFF, CreditNote
from avoir.core.dispute import Dispute
from avoir.core.errors import Refusal
from avoir.core.invoice import Invoice
from avoir.core.refund import AWAITING_APPROVAL, Refund
from avoir.core.row import Row
from avoir.faces.console.forms import BadField, Form
from avoir.faces.console.visit import NotAllowed, Visit

TEXT, AMOUNT, DATE, CHOICE, AREA, PASSWORD = "text", "amount", "date", "choice", "area", "password"


class Asked(NamedTuple):
    """One field. `value` is what stands in it before anything is written; a choice has `options`."""

    name: str
    label: str
    kind: str = TEXT
    value: str = ""
    hint: str = ""
    options: Sequence[tuple[Any, str]] = ()
    none: str = ""


class Act(NamedTuple):
    """What is to be done. `back` is the page it is about, by path and name; `room` the list that is in."""

    title: str
    text: str
    button: str
    back: tuple[str, str]
    room: tuple[str, str]
    asked: Sequence[Asked] = ()
    facts: Sequence[tuple[str, str]] = ()
    danger: bool = False
    hidden: Sequence[tuple[str, str]] = ()
    preview: str = ""  # Where what would happen is asked for again, as the fields are filled in.


class WouldBe(NamedTuple):
    """What would come of an act, as it is shown: a headline over an amount, and the entries."""

    headline: str
    minor: int
    currency: str
    answer: Row
    entries: list[Entry]

    @property
    def waits(self) -> bool:
        """Whether somebody else has to approve it first."""
        return isinstance(self.answer, Refund) and self.answer.state == AWAITING_APPROVAL


HEADLINES = {
    (CreditNote, "issued"): "Credit note over",
    (CreditNote, "deleted"): "The draft goes",
    (CreditNote, "voided"): "Credit taken back",
    (Dispute, "lost"): "Stays with the bank",
    (Dispute, "open"): "The bank takes",
    (Dispute, "won"): "Comes back",
    (Invoice, "deleted"): "The draft goes",
    (Invoice, "draft"): "A new draft over",
    (Invoice, "issued"): "Claimed",
    (Invoice, "voided"): "Claimed no longer",
    (Refund, "awaiting_approval"): "Waits for approval",
    (Refund, "canceled"): "Free again",
    (Refund, "failed"): "Free again",
    (Refund, "rejected"): "Free again",
    (Refund, "reversed"): "Free again",
}
"""What is written over the amount, by what an act leaves behind and in which state."""


def ask(visit: Visit, act: Act) -> Response:
    """The page of an act that posts nothing."""
    return visit.page("act.html", act=act, would_be=None, said=None)


async def ask_with_preview(visit: Visit, act: Act, command_of: Callable[[], Command]) -> Response:
    """The page of an act with what would happen beside it; for a script, that alone."""
    would_be, said = None, visit.problem
    if said is None:
        try:
            previewed = await visit.try_out(Preview(command=command_of()))
            would_be = _shown(previewed.answer, await visit.caller.read(dressed, previewed.entries))
        except (Refusal, BadField, NotAllowed) as refused:
            said = refused
    alone = visit.by_script and visit.request.url.path.endswith("/preview")
    waits = would_be is not None and would_be.waits
    return visit.page(
        "act_preview.html" if alone else "act.html", act=act, would_be=would_be, said=said,
        approvers=await visit.approvers() if waits else [],
    )  # fmt: skip


def _shown(answer: CreditNote | Dispute | Invoice | Refund, entries: list[Entry]) -> WouldBe:
    minor = answer.total_minor if isinstance(answer, CreditNote | Invoice) else answer.amount_minor
    headline = HEADLINES.get((type(answer), answer.state), "Goes back")
    if isinstance(answer, CreditNote) and answer.kind == WRITE_OFF and answer.state == ISSUED:
        headline = "Given up"
    return WouldBe(headline, minor, answer.currency, answer, entries)


def verb_of(visit: Visit) -> str:
    """The verb at the end of an act's address, whether it is done or previewed."""
    return visit.request.url.path.removesuffix("/preview").rpartition("/")[2]


def filled_in(visit: Visit, asked: Sequence[Asked]) -> Form:
    """What was written, or, where nothing was sent yet, what stands in the fields."""
    if visit.form.values:
        return visit.form
    return Form(
        (each.name, str(each.options[0][0]) if each.options and not each.none else each.value)
        for each in asked
    )
