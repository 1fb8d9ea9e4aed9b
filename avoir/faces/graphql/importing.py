"""What comes from before: documents by their totals, and payments that were entered by hand."""

from collections.abc import Mapping

from avoir.app.legacy import ImportCreditNote, ImportInvoice
from avoir.app.payments import ReceivePayment
from avoir.core.invoice import Invoice
from avoir.core.legacy import Legacy
from avoir.core.receiving import Portion
from avoir.faces.graphql.asking import Args, Mutation, Payload, ask, customer_of, day
from avoir.faces.graphql.ids import NOBODY, identifier, maybe
from avoir.faces.graphql.request import Info


async def legacy_invoice_create(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    command = ImportInvoice(
        customer_id=await customer_of(info, given),
        said=_said(info, given),
        due_on=day(info, given["dueAt"], "dueAt"),
        days=given["netPaymentDays"],
        state=given["state"].lower(),
    )
    return {"invoice": await ask(info, command)}


async def legacy_credit_note_create(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    command = ImportCreditNote(
        customer_id=await customer_of(info, given),
        said=_said(info, given),
        kind=given["kind"].lower(),
        invoice_id=maybe(given.get("creditedInvoiceId")),
        dispute_reason_id=maybe(given.get("disputeReasonId")),
    )
    return {"creditNote": await ask(info, command)}


async def legacy_payment_create(info: Info, args: Args) -> Payload:
    given, invoice_ids = args["attributes"], [identifier(id) for id in args["invoiceIds"]]
    customer_id = maybe(given.get("accountId"))
    if customer_id is None and invoice_ids:
        invoice: Invoice | None = await info.context.loader.one(Invoice, invoice_ids[0])
        customer_id = invoice.customer_id if invoice else None
    command = ReceivePayment(
        customer_id=NOBODY if customer_id is None else customer_id,
        account_id=0,
        received_on=day(info, given["receivedAt"], "receivedAt"),
        amount=given["amount"],
        portions=tuple(Portion(id) for id in invoice_ids),
        currency=given["currencyId"],
        memo=given["memo"],
        imported=True,
        fee=given.get("fees"),
    )
    return {"payment": await ask(info, command)}


def _said(info: Info, given: Args) -> Legacy:
    issued = given.get("issuedAt")
    return Legacy(
        amount=given["amount"],
        subtotal=given["subtotal"],
        tax=given["taxAmount"],
        currency=given["currencyId"],
        number=given["number"],
        issued_on=day(info, issued, "issuedAt") if issued else "",
        base_total=given.get("baseCurrencyTotal"),
        reference=given["poNumber"],
        pdf_blob=given["pdfBlobUuid"],
    )


MUTATIONS: Mapping[str, Mutation] = {
    "legacyCreditNoteCreate": legacy_credit_note_create,
    "legacyInvoiceCreate": legacy_invoice_create,
    "legacyPaymentCreate": legacy_payment_create,
}
