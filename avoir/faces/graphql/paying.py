"""What comes in: payments, and what they are set against."""

from collections.abc import Mapping

from avoir.app.payments import AllocatePayment, DeallocatePayment, KeepPayment, ReceivePayment
from avoir.core.invoice import Invoice
from avoir.core.payment import Payment
from avoir.core.receiving import Portion
from avoir.faces.graphql.asking import Args, Mutation, Payload, ask, day
from avoir.faces.graphql.fields.allocations import served_by
from avoir.faces.graphql.fields.common import each
from avoir.faces.graphql.ids import NOBODY, identifier, maybe
from avoir.faces.graphql.request import Info


async def payment_create(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    command = ReceivePayment(
        customer_id=identifier(given["accountId"]),
        account_id=identifier(given["financialAccountId"]),
        received_on=day(info, given.get("receivedAt"), "receivedAt"),
        amount=given.get("amount"),
        portions=tuple(
            Portion(identifier(paid["invoiceId"]), paid["amount"]) for paid in given.get("invoices") or ()
        ),
        currency=given.get("currencyId") or "",
        exchange_rate=given.get("exchangeRate"),
        number=given.get("number") or "",
        reference=given.get("referenceNo") or "",
        memo=given.get("memo") or "",
        branch_id=maybe(given.get("branchId")),
    )
    return {"payment": await ask(info, command)}


async def payment_apply_to_invoice(info: Info, args: Args) -> Payload:
    id, invoice_id = identifier(args["paymentId"]), identifier(args["invoiceId"])
    await ask(info, AllocatePayment(payment_id=id, portions=(Portion(invoice_id),)))
    one = info.context.loader.one
    return {"invoice": await one(Invoice, invoice_id), "payment": await one(Payment, id)}


async def payment_apply_to_invoices(info: Info, args: Args) -> Payload:
    id, invoice_ids = identifier(args["paymentId"]), [identifier(each_id) for each_id in args["invoiceIds"]]
    portions = tuple(Portion(invoice_id) for invoice_id in invoice_ids)
    made = await ask(info, AllocatePayment(payment_id=id, portions=portions))
    served = await served_by(info, made, invoice_ids)
    return {"payment": await info.context.loader.one(Payment, id), **served}


async def payment_apply_to_account(info: Info, args: Args) -> Payload:
    command = KeepPayment(payment_id=identifier(args["paymentId"]), customer_id=maybe(args.get("accountId")))
    return {"payment": await ask(info, command)}


async def payment_unapply_from_invoices(info: Info, args: Args) -> Payload:
    id = identifier(args["paymentId"])
    # To the law no invoice at all is every invoice; whoever sends an empty list does not mean that.
    invoice_ids = tuple(identifier(each_id) for each_id in args["invoiceIds"]) or (NOBODY,)
    taken = await ask(info, DeallocatePayment(payment_id=id, invoice_ids=invoice_ids))
    invoices = await each(info, Invoice, dict.fromkeys(allocation.invoice_id for allocation in taken))
    return {"invoices": invoices, "payment": await info.context.loader.one(Payment, id)}


MUTATIONS: Mapping[str, Mutation] = {
    "paymentApplyToAccount": payment_apply_to_account,
    "paymentApplyToInvoice": payment_apply_to_invoice,
    "paymentApplyToInvoices": payment_apply_to_invoices,
    "paymentCreate": payment_create,
    "paymentUnapplyFromInvoices": payment_unapply_from_invoices,
}
