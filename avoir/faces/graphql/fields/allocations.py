"""What payments and credit notes are set against; PaymentApplication."""

from typing import Any

from avoir.app.reads.graph_lists import INVOICES
from avoir.core.allocation import Allocation
from avoir.core.customer import Customer
from avoir.core.invoice import Invoice
from avoir.core.money import major_of
from avoir.core.payment import Payment
from avoir.faces.graphql.connection import Gathered
from avoir.faces.graphql.fields.common import Fields, always, each, many, of, one, the
from avoir.faces.graphql.loader import Batch
from avoir.faces.graphql.request import Info

OF_NOTE = Batch(Allocation, "credit_note_id", "t.deallocated_on = ''", "ORDER BY t.id")
OF_PAYMENT = Batch(Allocation, "payment_id", "t.deallocated_on = ''", "ORDER BY t.id")
PAYMENTS_ON_INVOICE = Batch(
    Allocation, "invoice_id", "t.deallocated_on = '' AND t.payment_id IS NOT NULL", "ORDER BY t.id"
)


async def applied_to_invoices(info: Info, batch: Batch, id: int, args: dict[str, Any]) -> Gathered:
    """The invoices that a payment or credit note is set against, filtered."""
    ids = dict.fromkeys(x.invoice_id for x in await many(info, batch, id))
    if not (args.get("filter") or "").strip():
        return Gathered(await each(info, Invoice, ids), args)
    condition = info.context.condition(args["filter"], INVOICES)
    only = Batch(Invoice, "id", condition.sql, "", tuple(condition.params.items()))
    # All are asked for before the first is waited for: one statement.
    waiting = [info.context.loader.many(only, id) for id in ids]
    return Gathered([row for rows in waiting for row in await rows], args)


async def served_by(info: Info, made: list[Allocation], invoice_ids: list[int]) -> dict[str, Any]:
    """What became of the invoices that money or credit was set against, one after the other."""
    invoices: list[Invoice] = await each(info, Invoice, dict.fromkeys(invoice_ids))
    served = {allocation.invoice_id for allocation in made}
    return {
        "paidInvoices": [invoice for invoice in invoices if invoice.id in served and not invoice.due_minor],
        "paymentApplications": made,
        "removedInvoices": [invoice for invoice in invoices if invoice.id not in served],
    }


async def _invoice(allocation: Allocation, info: Info) -> Invoice:
    invoice: Invoice = await one(info, Invoice, allocation.invoice_id)
    return invoice


async def _account(allocation: Allocation, info: Info) -> Any:
    return await one(info, Customer, (await _invoice(allocation, info)).customer_id)


async def _amount(allocation: Allocation, info: Info) -> Any:
    return major_of(allocation.amount_minor, (await _invoice(allocation, info)).currency)


async def _currency(allocation: Allocation, info: Info) -> str:
    return (await _invoice(allocation, info)).currency


async def _memo(allocation: Allocation, info: Info) -> Any:
    payment: Payment | None = await one(info, Payment, allocation.payment_id)
    return (payment and payment.memo) or None


PAYMENT_APPLICATION: Fields = {
    "account": _account,
    "amount": _amount,
    "createdAt": of("created_at"),
    "currencyId": _currency,
    "id": of("id"),
    "invoice": the(Invoice, "invoice_id"),
    "invoiceId": of("invoice_id"),
    "memo": _memo,
    "paymentId": of("payment_id"),
    "paymentType": always("other"),
    "updatedAt": of("created_at"),
}
