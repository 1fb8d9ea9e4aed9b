"""Setting a credit or a payment against open invoices: what the law would do itself stands in the fields."""

from collections.abc import Sequence
from decimal import Decimal

from starlette.responses import Response

from avoir.app.reads import console_documents
from avoir.core.allocation import Allocation
from avoir.core.command import Command, Preview
from avoir.core.credit_note import CreditNote
from avoir.core.errors import Refusal
from avoir.core.invoice import Invoice
from avoir.core.payment import Payment
from avoir.faces.console.forms import BadField, Form
from avoir.faces.console.visit import NotAllowed, Visit


async def open_to(visit: Visit, source: CreditNote | Payment) -> list[Invoice]:
    """What the customer owes in the currency, oldest due first."""
    return await visit.caller.read(console_documents.open_invoices, source.customer_id, source.currency)


async def page(
    visit: Visit,
    source: CreditNote | Payment,
    who: str,
    room: tuple[str, str],
    invoices: list[Invoice],
    command: Command,
) -> Response:
    """The page; `command` serves the invoices in their order, as far as it goes, and is tried out."""
    left = source.remaining_minor if isinstance(source, CreditNote) else source.unapplied_minor
    return visit.page(
        "apply.html", source=source, who=who, room_of=room, left=left, currency=source.currency,
        back=f"{room[0]}/{source.id}", invoices=invoices, parts=await _tried(visit, command, invoices),
    )  # fmt: skip


async def _tried(visit: Visit, command: Command, invoices: Sequence[Invoice]) -> dict[int, int]:
    if not invoices or visit.form.values:
        return {}
    try:
        made: list[Allocation] = (await visit.try_out(Preview(command=command))).answer
    except (Refusal, NotAllowed):
        return {}
    return {each.invoice_id: each.amount_minor for each in made}


def parts_of(form: Form) -> list[tuple[int, Decimal]]:
    """How much goes to which invoice. Raises `BadField`."""
    asked = [(id, form.number(f"part-{id}", "Amount")) for id in form.ids("invoice")]
    parts = [(id, amount) for id, amount in asked if amount]
    if not parts:
        raise BadField("invoice", "Say how much goes to which invoice")
    return parts
