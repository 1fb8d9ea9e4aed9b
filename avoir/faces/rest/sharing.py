"""Invoices shown to whoever has their link: a page, a PDF and, for contract B's clients, JSON.

An invoice that is voided has no link.
"""

import hmac
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from avoir.app.reads import documents
from avoir.app.reads.documents import InvoiceView
from avoir.app.reads.organization import Setup
from avoir.core.errors import NotFound
from avoir.core.money import major_of
from avoir.faces.access import Access
from avoir.faces.invoice_links import invoice_link, token_of
from avoir.faces.paper import html, pdf
from avoir.faces.paper.documents import invoice_paper
from avoir.faces.render import Style, midnight, signed, zone_of
from avoir.faces.rest import invoices
from avoir.faces.rest.accept import PDF
from avoir.faces.rest.endpoint import Call, Raw
from avoir.faces.rest.kinds import id_of
from avoir.faces.rest.papers import as_pdf

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}


async def generate(call: Call) -> dict[str, Any]:
    """A link that shows the invoice to whoever has it. Refuses `NotFound`."""
    view = await invoices.known(call)
    return {"link": invoice_link(call.caller, view.invoice.id)}


async def show(call: Call) -> dict[str, Any]:
    """The invoice that a link shows, for anybody who has the link. Refuses `NotFound`."""
    view, setup = await _shared(call.request)
    x, style = view.invoice, _style(setup)
    entries = invoices.entries(view)
    return {
        "data": {
            "company_name": setup.organization.name,
            "customer_name": view.customer.customer.name,
            "invoice_no": x.number,
            "invoice_date": midnight(x.issued_on),
            "invoice_date_formatted": style.day(x.issued_on),
            "due_date": midnight(x.due_on),
            "due_date_formatted": style.day(x.due_on),
            "currency_code": x.currency,
            "subtotal": major_of(x.subtotal_minor, x.currency),
            "subtotal_formatted": signed(x.subtotal_minor, x.currency),
            "total": major_of(x.total_minor, x.currency),
            "total_formatted": signed(x.total_minor, x.currency),
            "payment_amount": major_of(x.paid_minor, x.currency),
            "payment_amount_formatted": signed(x.paid_minor, x.currency),
            "is_receivable": x.due_minor > 0,
            "organization": {"name": setup.organization.name},
            "due_amount": major_of(x.due_minor, x.currency),
            "due_amount_formatted": signed(x.due_minor, x.currency),
            "invoice_message": x.message or None,
            "terms_conditions": x.terms or None,
            "entries": entries,
            "taxes": invoices.taxes(view),
        }
    }


async def paper(call: Call) -> Raw:
    """The PDF of the invoice that a link shows. Refuses `NotFound`."""
    view, setup = await _shared(call.request)
    return await as_pdf(invoice_paper(view, setup, _style(setup)))


async def page(request: Request) -> Response:
    """The page behind a link."""
    try:
        view, setup = await _shared(request)
    except NotFound:
        return PlainTextResponse("There is no such invoice.", 404, HEADERS)
    return HTMLResponse(html(invoice_paper(view, setup, _style(setup))), headers=HEADERS)


async def file(request: Request) -> Response:
    """The PDF behind a link."""
    try:
        view, setup = await _shared(request)
    except NotFound:
        return PlainTextResponse("There is no such invoice.", 404, HEADERS)
    paper = invoice_paper(view, setup, _style(setup))
    named = {"content-disposition": f'inline; filename="{paper.file_name}.pdf"'}
    return Response(await pdf(paper), media_type=PDF, headers=HEADERS | named)


async def _shared(request: Request) -> tuple[InvoiceView, Setup]:
    """The invoice that a link shows. Refuses `NotFound` for whatever is no link of ours."""
    token: str = request.path_params["token"]
    access: Access = request.app.state.access
    public_id, _, rest = token.partition(".")
    id = id_of(rest.partition(".")[0])
    if hmac.compare_digest(token.encode(), token_of(access, public_id, id).encode()):
        tenancy = await access.tenancy(public_id)
        setup = await access.setup(tenancy.id) if tenancy else None
        if tenancy and setup:
            view = await access.door.read(documents.invoice, tenancy.id, id)
            if view is not None:
                return view, setup
    raise NotFound("no such Invoice", kind="Invoice")


def _style(setup: Setup) -> Style:
    return Style(setup.base_currency, setup.organization.date_format, zone_of(setup))
