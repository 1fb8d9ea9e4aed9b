"""Documents as PDF: the very pages that REST sends, and two that only people ask for."""

from starlette.responses import Response

from avoir.app.reads import console_ledger, customers
from avoir.core.errors import NotFound
from avoir.faces.console import credit_notes, invoices, payments, refunds
from avoir.faces.console import customers as customer_pages
from avoir.faces.console.visit import Visit
from avoir.faces.invoice_links import invoice_link
from avoir.faces.paper import Paper, pdf
from avoir.faces.paper.documents import credit_note_paper, invoice_paper, payment_paper
from avoir.faces.paper.receipts import refund_paper, statement_paper
from avoir.faces.render import style_of


async def invoice(visit: Visit) -> Response:
    """An invoice. Refuses `NotFound`."""
    page = await invoices.found(visit)
    link = invoice_link(visit.caller, page.view.invoice.id)
    return await _sent(invoice_paper(page.view, visit.caller.setup, style_of(visit.caller), link))


async def credit_note(visit: Visit) -> Response:
    """A credit note. Refuses `NotFound`."""
    page = await credit_notes.found(visit)
    return await _sent(credit_note_paper(page.view, visit.caller.setup, style_of(visit.caller)))


async def payment(visit: Visit) -> Response:
    """The receipt of a payment. Refuses `NotFound`."""
    page = await payments.found(visit)
    return await _sent(payment_paper(page.view, visit.caller.setup, style_of(visit.caller)))


async def refund(visit: Visit) -> Response:
    """The receipt of a refund. Refuses `NotFound`."""
    page = await refunds.found(visit)
    view = await visit.caller.read(customers.customer, page.refund.customer_id)
    if view is None:
        raise NotFound("there is no such customer")
    return await _sent(refund_paper(page, view.customer, visit.caller.setup, style_of(visit.caller)))


async def statement(visit: Visit) -> Response:
    """A customer's statement over some days. Refuses `NotFound`, `InvalidDate`."""
    page, days = await customer_pages.found(visit), customer_pages.span(visit)
    lists = await visit.caller.read(console_ledger.statement, page.customer.id, *days)
    style = style_of(visit.caller)
    return await _sent(statement_paper(page.customer, lists, days, visit.caller.setup, style))


async def _sent(paper: Paper) -> Response:
    body = await pdf(paper)
    headers = {"Content-Disposition": f'attachment; filename="{paper.file_name}.pdf"'}
    return Response(body, media_type="application/pdf", headers=headers)
