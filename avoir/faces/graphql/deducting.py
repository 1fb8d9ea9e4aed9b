"""Credits of drafts: an amount off an invoice's lines, which contract A shows as a line that takes away."""

from collections.abc import Mapping
from decimal import Decimal

from avoir.app.deductions import ChangeDeductions, DeductFromInvoice, RemoveDeduction
from avoir.core.command import Command
from avoir.core.invoice import Invoice, InvoiceDeduction
from avoir.core.invoice_draft import by_deduction
from avoir.faces.graphql.asking import Args, Mutation, Payload, ask
from avoir.faces.graphql.fields.lines import CREDIT, OF_INVOICE, CreditItem
from avoir.faces.graphql.ids import NOBODY, identifier, maybe
from avoir.faces.graphql.request import Info


async def invoice_add_credit(info: Info, args: Args) -> Payload:
    invoice_id, line_id = identifier(args["id"]), maybe(args.get("invoiceItemId"))
    position = None
    if line_id is not None:
        lines = await info.context.loader.many(OF_INVOICE, invoice_id)
        position = next((line.position for line in lines if line.id == line_id), NOBODY)
    command = DeductFromInvoice(invoice_id=invoice_id, amount=args.get("amount"), position=position)
    return {"invoiceItem": (await _asked(info, command))[0]}


async def invoice_update_credit(info: Info, args: Args) -> Payload:
    id = identifier(args["id"])
    amounts = ((id, Decimal(args["amount"])),)
    command = ChangeDeductions(invoice_id=await _invoice_of(info, id), amounts=amounts)
    return {"invoiceItem": (await _asked(info, command))[0], "errors": []}


async def invoice_update_credits(info: Info, args: Args) -> Payload:
    given = args["attributes"]["invoiceItems"]
    amounts = tuple((identifier(each["id"]), Decimal(each["amount"])) for each in given)
    command = ChangeDeductions(invoice_id=identifier(args["id"]), amounts=amounts)
    return {"invoiceItems": await _asked(info, command), "errors": []}


async def invoice_delete_credit(info: Info, args: Args) -> Payload:
    """What it was, as the contract's payload has it."""
    id = identifier(args["id"])
    command = RemoveDeduction(invoice_id=await _invoice_of(info, id), deduction_id=id)
    return {"invoiceItem": (await _asked(info, command))[0]}


async def _invoice_of(info: Info, id: int) -> int:
    """The invoice whose credit that is; nobody's, for the law to refuse."""
    found: list[InvoiceDeduction] = await info.context.loader.many(CREDIT, id)
    return found[0].invoice_id if found else NOBODY


async def _asked(info: Info, command: Command) -> list[CreditItem]:
    """The credits that a command gave back, in the order in which they were named."""
    rows: list[InvoiceDeduction] = await ask(info, command)
    if not rows:
        return []
    loader = info.context.loader
    invoice = await loader.one(Invoice, rows[0].invoice_id)
    lines = await loader.many(OF_INVOICE, invoice.id)
    of_each = dict(by_deduction(rows))
    return [CreditItem(invoice, of_each[id], len(lines) + 1) for id in dict.fromkeys(x.id for x in rows)]


MUTATIONS: Mapping[str, Mutation] = {
    "invoiceAddCredit": invoice_add_credit,
    "invoiceDeleteCredit": invoice_delete_credit,
    "invoiceUpdateCredit": invoice_update_credit,
    "invoiceUpdateCredits": invoice_update_credits,
}
