"""What can be done: each parses, asks one command, and gives back its payload."""

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import Any

from avoir.app.customers import CreateCustomer
from avoir.app.dispute_reasons import CreateDisputeReason, DeleteDisputeReason, UpdateDisputeReason
from avoir.app.invoice_credits import CreditInvoice, WriteOffInvoice
from avoir.app.invoices import CreateInvoice, IssueInvoice
from avoir.app.payments import Portion, ReceivePayment
from avoir.app.refunds import RefundCreditNote, RefundInvoice
from avoir.core.command import Command
from avoir.core.document import Discount, Line, Wording
from avoir.core.invoice import Invoice
from avoir.core.organization import DEFAULT_ENTITY, Entity
from avoir.faces.graphql.fields.accounts import details_of
from avoir.faces.graphql.ids import identifier, maybe
from avoir.faces.graphql.request import Info

Args = Mapping[str, Any]
Payload = Mapping[str, Any]
Mutation = Callable[[Info, Args], Awaitable[Payload]]
NOTHING = Decimal(0)


async def ask(info: Info, command: Command) -> Any:
    """What the command gave back; its step is the field's place in the answer."""
    return await info.context.ask(command, str(info.path.key))


async def invoice_refund(info: Info, args: Args) -> Payload:
    command = RefundInvoice(
        invoice_id=identifier(args["invoiceId"]),
        dispute_reason_id=maybe(args.get("disputeReasonId")),
        amount=args.get("amount"),
    )
    return {"creditNote": await ask(info, command)}


async def invoice_credit(info: Info, args: Args) -> Payload:
    reason = maybe(args.get("disputeReasonId"))
    command = CreditInvoice(invoice_id=identifier(args["invoiceId"]), dispute_reason_id=reason)
    return {"creditNote": await ask(info, command)}


async def invoice_write_off(info: Info, args: Args) -> Payload:
    reason = maybe(args.get("disputeReasonId"))
    command = WriteOffInvoice(invoice_id=identifier(args["invoiceId"]), dispute_reason_id=reason)
    note = await ask(info, command)
    return {"creditNote": await info.context.loader.one(Invoice, note.invoice_id), "writeOff": note}


async def credit_note_refund(info: Info, args: Args) -> Payload:
    command = RefundCreditNote(
        credit_note_id=identifier(args["creditNoteId"]),
        account_id=identifier(args["fromAccountId"]),
        amount=args["amount"],
        refunded_on=_day(info, args.get("date"), "date"),
        exchange_rate=args.get("exchangeRate"),
        branch_id=maybe(args.get("branchId")),
        reference=args.get("referenceNo") or "",
        description=args.get("description") or "",
    )
    return {"refund": await ask(info, command)}


async def invoice_create(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    due = given.get("dueAt")
    command = CreateInvoice(
        customer_id=identifier(given["accountId"]),
        issued_on=_day(info, given.get("issuedAt"), "issuedAt"),
        due_on=_day(info, due, "dueAt") if due else "",
        wording=Wording(
            lines=tuple(_line(line) for line in given["invoiceItems"]),
            inclusive=bool(given.get("inclusiveTax")),
            discount=_discount(given),
            adjustment=given.get("adjustment") or NOTHING,
        ),
        issue=bool(given.get("issue")),
        currency=given.get("currencyId") or "",
        exchange_rate=given.get("exchangeRate"),
        number=given.get("number") or "",
        reference=given.get("poNumber") or "",
        branch_id=maybe(given.get("branchId")),
        message=given.get("notes") or "",
    )
    return {"invoice": await ask(info, command)}


async def invoice_issue(info: Info, args: Args) -> Payload:
    return {"invoice": await ask(info, IssueInvoice(invoice_id=identifier(args["id"])))}


async def payment_create(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    command = ReceivePayment(
        customer_id=identifier(given["accountId"]),
        account_id=identifier(given["financialAccountId"]),
        received_on=_day(info, given.get("receivedAt"), "receivedAt"),
        amount=given.get("amount"),
        portions=tuple(
            Portion(identifier(each["invoiceId"]), each["amount"]) for each in given.get("invoices") or ()
        ),
        currency=given.get("currencyId") or "",
        exchange_rate=given.get("exchangeRate"),
        number=given.get("number") or "",
        reference=given.get("referenceNo") or "",
        memo=given.get("memo") or "",
        branch_id=maybe(given.get("branchId")),
    )
    return {"payment": await ask(info, command)}


async def account_create(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    entity_id = identifier(given["entityId"]) if given.get("entityId") else DEFAULT_ENTITY
    entity = await info.context.loader.one(Entity, entity_id)
    command = CreateCustomer(
        name=given.get("name") or "",
        currency=given.get("currencyId") or (entity.base_currency if entity else ""),
        entity_id=entity_id,
        terms_days=given.get("netPaymentDays"),
        type="individual" if given.get("accountTypeId") == "2" else "business",
        code=given.get("code") or "",
        details=details_of(given),
    )
    return {"account": await ask(info, command)}


async def dispute_reason_create(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    command = CreateDisputeReason(name=given.get("name") or "", description=given.get("description") or "")
    return {"disputeReason": await ask(info, command)}


async def dispute_reason_update(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    command = UpdateDisputeReason(
        dispute_reason_id=identifier(args["id"]),
        name=given.get("name"),
        description=given.get("description"),
    )
    return {"disputeReason": await ask(info, command)}


async def dispute_reason_delete(info: Info, args: Args) -> Payload:
    command = DeleteDisputeReason(dispute_reason_id=identifier(args["id"]))
    return {"disputeReason": await ask(info, command)}


def _day(info: Info, text: str | None, what: str) -> str:
    """The day that a text names; today, if nothing is said."""
    request = info.context
    return request.caller.day(text, what) if text else request.today


def _line(given: Args) -> Line:
    rates = given.get("taxRateIds")
    return Line(
        quantity=given["quantity"],
        price=given.get("price"),
        item_id=maybe(given.get("itemId")),
        account_id=maybe(given.get("financialAccountId")),
        description=given.get("lineText") or "",
        discount=_discount(given),
        tax_rate_ids=None if rates is None else tuple(identifier(id) for id in rates),
    )


def _discount(given: Args) -> Discount:
    kind = "amount" if given.get("discountIsAmount") else "percentage"
    return Discount(given.get("discount") or NOTHING, kind)


MUTATIONS: Mapping[str, Mutation] = {
    "accountCreate": account_create,
    "creditNoteRefund": credit_note_refund,
    "disputeReasonCreate": dispute_reason_create,
    "disputeReasonDelete": dispute_reason_delete,
    "disputeReasonUpdate": dispute_reason_update,
    "invoiceCreate": invoice_create,
    "invoiceCredit": invoice_credit,
    "invoiceIssue": invoice_issue,
    "invoiceRefund": invoice_refund,
    "invoiceWriteOff": invoice_write_off,
    "paymentCreate": payment_create,
}
