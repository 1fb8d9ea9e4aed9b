"""The refund dialog: how much, where to, why; beside it what would happen; one button that pays once."""

from decimal import Decimal

from starlette.responses import Response

from avoir.app.invoice_credits import CreditInvoice
from avoir.app.reads import console_refunding
from avoir.app.reads.console_refunding import Refunding, WouldBe
from avoir.app.refunds import RefundInvoice
from avoir.core.command import Command, Preview
from avoir.core.credit import Shape
from avoir.core.errors import NotFound, Refusal
from avoir.faces.console.abilities import REFUND
from avoir.faces.console.forms import BadField, Form
from avoir.faces.console.visit import NotAllowed, Visit

FULL, AMOUNT, LINES, PERCENT, TAX = "full", "amount", "lines", "percent", "tax"
ORIGINAL, ACCOUNT, GATEWAY, CREDIT, INVOICE = "original", "account", "gateway", "credit", "invoice"


async def show(visit: Visit) -> Response:
    """The dialog, with what would happen as it is filled in."""
    return await _dialog(visit, "refund.html")


async def preview(visit: Visit) -> Response:
    """What would happen: under the dialog a fragment, without scripts the dialog again."""
    return await _dialog(visit, "refund_preview.html" if visit.by_script else "refund.html")


async def _dialog(visit: Visit, template: str) -> Response:
    about = await _about(visit)
    would_be, problem = None, visit.problem
    if problem is None:
        try:
            would_be = await _tried(visit, about)
        except (Refusal, BadField, NotAllowed) as refused:
            problem = refused
    form = visit.form
    approvers = await visit.approvers() if would_be is not None and would_be.waits else []
    return visit.page(
        template, about=about, invoice=about.invoice, would_be=would_be, said=problem,
        where=where_of(visit, about), how=form.text("how", FULL), picked=set(form.texts("line")),
        pays=bool(about.sources) and visit.may(REFUND), approvers=approvers,
    )  # fmt: skip


async def submit(visit: Visit) -> Response:
    """Give it back, once for each dialog. Refuses what `RefundInvoice` and `CreditInvoice` refuse."""
    about = await _about(visit)
    note = await visit.ask(command_of(visit.form, about, where_of(visit, about)))
    done = f"{note.number}_{'waits_for_approval' if note.reserved_minor else 'made'}"
    return visit.go(f"/credit-notes/{note.id}", done)


async def _about(visit: Visit) -> Refunding:
    about = await visit.caller.read(console_refunding.refunding, visit.id(), visit.caller.today())
    if about is None:
        raise NotFound("there is no such invoice")
    return about


async def _tried(visit: Visit, about: Refunding) -> WouldBe:
    previewed = await visit.try_out(Preview(command=command_of(visit.form, about, where_of(visit, about))))
    return await visit.caller.read(console_refunding.would_be, previewed, about.invoice.id)


def where_of(visit: Visit, about: Refunding) -> str:
    """Where the money goes: as the form says, else back as it was paid, where there is cash to give back."""
    pays = about.sources and visit.may(REFUND)
    return visit.form.text("where") or (ORIGINAL if pays else CREDIT)


def command_of(form: Form, about: Refunding, where: str) -> Command:
    """What the dialog asks for. Raises `BadField`."""
    shapes = shapes_of(form, about)
    reason, on, rate = form.id("reason"), form.text("on"), form.number("rate", "Exchange rate")
    invoice_id = about.invoice.id
    if where in (CREDIT, INVOICE):
        other = form.chosen("apply_to", "invoice") if where == INVOICE else None
        return CreditInvoice(
            invoice_id=invoice_id, dispute_reason_id=reason, shapes=shapes, on=on, exchange_rate=rate,
            note=form.text("note"), apply_to=other,
        )  # fmt: skip
    if where not in (ORIGINAL, ACCOUNT, GATEWAY):
        raise BadField("where", "Say where the money goes")
    return RefundInvoice(
        invoice_id=invoice_id,
        dispute_reason_id=reason,
        shapes=shapes,
        refunded_on=on,
        exchange_rate=rate,
        note=form.text("note"),
        account_id=form.chosen("account", "account") if where == ACCOUNT else None,
        rail=form.text("gateway") if where == GATEWAY else "",
    )


def shapes_of(form: Form, about: Refunding) -> tuple[Shape, ...]:
    """How much, as the law takes it; nothing said is everything. Raises `BadField`."""
    how = form.text("how", FULL)
    if how == AMOUNT:
        return (Shape(gross=form.required("amount", "Amount")),)
    if how == PERCENT:
        percent = form.required("percent", "Percentage")
        return tuple(Shape(position=each.line.position, percent=percent) for each in about.lines)
    if how == TAX:
        return (Shape(tax_only=True),)
    if how == LINES:
        positions = form.ids("line")
        if not positions:
            raise BadField("line", "Tick the lines that are given back")
        return tuple(_of_line(form, position) for position in positions)
    if how != FULL:
        raise BadField("how", "Say how much is given back")
    return ()


def _of_line(form: Form, position: int) -> Shape:
    unit, name = form.text(f"unit-{position}", "all"), f"much-{position}"
    much: Decimal | None = form.number(name, f"How much of line {position}")
    if much is not None and unit == "quantity":
        return Shape(position=position, quantity=much)
    if much is not None and unit == "amount":
        return Shape(position=position, gross=much)
    if much is not None and unit == "percent":
        return Shape(position=position, percent=much)
    if unit in ("quantity", "amount", "percent"):
        raise BadField(name, f"Say how much of line {position} is given back")
    return Shape(position=position, tax_only=unit == "tax")
