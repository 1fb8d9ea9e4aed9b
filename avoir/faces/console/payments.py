"""Payments: the list, one with what it paid for, and what is left of it applied, paid back or disputed."""

from decimal import Decimal

from starlette.responses import Response

from avoir.app.disputes import OpenDispute
from avoir.app.payments import AllocatePayment, DeallocatePayment
from avoir.app.reads import console, console_documents
from avoir.app.reads.console_documents import PaymentPage
from avoir.app.reads.console_lists import PAYMENTS
from avoir.app.refunds import RefundPayment
from avoir.core.errors import NotFound
from avoir.core.receiving import Portion
from avoir.faces.console import applying
from avoir.faces.console.acts import AMOUNT, CHOICE, DATE, Act, Asked, ask, ask_with_preview, filled_in
from avoir.faces.console.forms import BadField, Form
from avoir.faces.console.listing import list_page
from avoir.faces.console.templates import choices
from avoir.faces.console.visit import Visit
from avoir.faces.console.words import plain

ROOM = ("/payments", "Payments")


async def index(visit: Visit) -> Response:
    """The list."""
    return await list_page(visit, "payments", PAYMENTS)


async def found(visit: Visit) -> PaymentPage:
    """The payment of the path. Refuses `NotFound`."""
    page = await visit.caller.read(console_documents.payment, visit.id(), visit.caller.today())
    if page is None:
        raise NotFound("there is no such payment")
    return page


async def show(visit: Visit) -> Response:
    """One payment."""
    page = await found(visit)
    return visit.page("payment.html", page=page, payment=page.view.payment)


async def apply_form(visit: Visit) -> Response:
    """Setting what is left of it against invoices."""
    view = (await found(visit)).view
    invoices = await applying.open_to(visit, view.payment)
    whole = AllocatePayment(payment_id=view.payment.id, portions=tuple(Portion(x.id) for x in invoices))
    return await applying.page(visit, view.payment, view.customer.customer.name, ROOM, invoices, whole)


async def apply(visit: Visit) -> Response:
    """Set it against invoices. Refuses what `AllocatePayment` refuses."""
    portions = tuple(Portion(*part) for part in applying.parts_of(visit.form))
    await visit.ask(AllocatePayment(payment_id=visit.id(), portions=portions))
    return visit.go(f"/payments/{visit.id()}", "payment_applied")


async def take_off(visit: Visit) -> Response:
    """Take it off an invoice. Refuses what `DeallocatePayment` refuses."""
    id = visit.form.id("allocation")
    if id is None:
        raise BadField("allocation", "Say which invoice it is taken off")
    await visit.ask(DeallocatePayment(payment_id=visit.id(), allocation_ids=(id,)))
    return visit.go(f"/payments/{visit.id()}", "taken_back")


async def refund_form(visit: Visit) -> Response:
    """Paying back what is left of it."""
    page = await found(visit)
    x, accounts = page.view.payment, await visit.caller.read(console.money_accounts)
    asked = [
        Asked("amount", f"Amount in {x.currency}", AMOUNT, plain(x.unapplied_minor, x.currency)),
        Asked("account", "From", CHOICE, options=choices(accounts), none="As it came in"),
        Asked("on", "Date", DATE, visit.caller.today()),
        Asked("reference", "Reference"),
        Asked("description", "What for"),
    ]
    if x.currency != visit.base:
        hint = "As it came in, if left empty"
        asked.insert(3, Asked("rate", f"Exchange rate to {visit.base}", AMOUNT, hint=hint))
    facts = (
        ("Customer", page.view.customer.customer.name),
        ("Left", visit.money(x.unapplied_minor, x.currency)),
    )
    text = "What is not applied to an invoice is the customer's own, and goes back as it came in."
    back, path = (f"/payments/{x.id}", x.number), f"/payments/{x.id}/refund/preview"
    act = Act(f"Refund out of {x.number}", text, "Pay it back", back, ROOM, asked, facts, preview=path)
    return await ask_with_preview(visit, act, lambda: _payout(visit, filled_in(visit, asked)))


async def refund(visit: Visit) -> Response:
    """Pay back what is left, once. Refuses what `RefundPayment` refuses."""
    made = await visit.ask(_payout(visit, visit.form))
    return visit.go(f"/refunds/{made.id}", "refund_made")


def _payout(visit: Visit, form: Form) -> RefundPayment:
    return RefundPayment(
        payment_id=visit.id(),
        amount=form.number("amount", "Amount"),
        refunded_on=form.text("on"),
        account_id=form.id("account"),
        exchange_rate=form.number("rate", "Exchange rate"),
        reference=form.text("reference"),
        description=form.text("description"),
    )


async def dispute_form(visit: Visit) -> Response:
    """Noting that a bank takes it back."""
    page = await found(visit)
    x = page.view.payment
    asked = [
        Asked("amount", f"Amount in {x.currency}", AMOUNT, hint="All that is left of it, if left empty"),
        Asked("fee", "The bank's fee", AMOUNT, plain(0, x.currency)),
        Asked("on", "Opened on", DATE, visit.caller.today()),
        Asked("respond_by", "To be answered by", DATE, hint="If the bank has said so"),
        Asked("remote_id", "The bank's number"),
        Asked("reason", "Reason"),
    ]
    text = "The money leaves the account at once, and cannot be refunded while the dispute is open."
    facts = (
        ("Customer", page.view.customer.customer.name),
        ("Received", visit.money(x.amount_minor, x.currency)),
    )
    back = (f"/payments/{x.id}", x.number)
    return ask(visit, Act(f"Dispute {x.number}", text, "Open the dispute", back, ROOM, asked, facts, True))


async def dispute(visit: Visit) -> Response:
    """A bank takes it back. Refuses what `OpenDispute` refuses."""
    form = visit.form
    opened = await visit.ask(
        OpenDispute(
            payment_id=visit.id(),
            amount=form.number("amount", "Amount"),
            fee=form.number("fee", "Fee") or Decimal(0),
            reason=form.text("reason"),
            remote_id=form.text("remote_id"),
            opened_on=form.text("on"),
            respond_by=form.text("respond_by"),
        )
    )
    return visit.go(f"/disputes/{opened.id}", "dispute_opened")
