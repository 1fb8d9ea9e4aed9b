"""Invoices by mail."""

from collections.abc import Mapping

from avoir.app.document_mails import MailDocument
from avoir.app.reads import documents
from avoir.core.contact import Contact
from avoir.core.errors import NotFound
from avoir.core.invoice import Invoice
from avoir.core.mail import File
from avoir.faces.graphql.asking import Args, Mutation, Payload, ask
from avoir.faces.graphql.ids import identifier, maybe
from avoir.faces.graphql.request import Info
from avoir.faces.invoice_links import invoice_link
from avoir.faces.paper import pdf
from avoir.faces.paper.documents import invoice_paper
from avoir.faces.render import signed, style_of

PDF = "application/pdf"


async def invoice_send_email(info: Info, args: Args) -> Payload:
    """To the contact that is named, else to the customer, with the invoice as PDF."""
    request, id = info.context, identifier(args["id"])
    caller, contact_id = request.caller, maybe(args.get("contactId"))
    view = await caller.read(documents.invoice, id)
    if view is None:
        raise NotFound("no such Invoice", kind="Invoice", id=id)
    to: tuple[str, ...] = ()
    if contact_id is not None:
        contact: Contact | None = await request.loader.one(Contact, contact_id)
        if contact is None or contact.customer_id != view.invoice.customer_id:
            raise NotFound("no such Contact", kind="Contact", id=contact_id)
        to = (contact.email,) if contact.email else ()
    style, x = style_of(caller), view.invoice
    paper = invoice_paper(view, caller.setup, style, invoice_link(caller, id))
    sender = caller.setup.organization.name
    command = MailDocument(
        document="invoice",
        id=id,
        to=to,
        subject=f"Invoice {x.number} from {sender}",
        message=(
            f"Dear {view.customer.customer.name},\n\nplease find attached invoice {x.number} of "
            f"{signed(x.total_minor, x.currency)}, due on {style.day(x.due_on)}.\n\n{sender}\n"
        ),
        files=(File(f"{paper.file_name}.pdf", PDF, await pdf(paper)),),
    )
    await ask(info, command)
    return {"invoice": await request.loader.one(Invoice, id)}


MUTATIONS: Mapping[str, Mutation] = {"invoiceSendEmail": invoice_send_email}
