"""Checkout: an invoice is paid by way of a gateway. What the sandbox takes moves no money."""

from collections.abc import Mapping
from decimal import Decimal

from graphql import GraphQLError

from avoir.app.payment_methods import AddPaymentMethod
from avoir.app.payments import ReceivePayment
from avoir.app.reads.query import Query
from avoir.core.errors import NotFound
from avoir.core.invoice import Invoice, issued
from avoir.core.money import major_of, unscaled
from avoir.core.organization import Entity
from avoir.core.payment_method import PaymentMethod
from avoir.core.rail import Failed, Gateway, UnknownRail
from avoir.core.receiving import Portion
from avoir.faces.graphql.asking import Args, Mutation, Payload, ask
from avoir.faces.graphql.fields.allocations import PAYMENTS_ON_INVOICE
from avoir.faces.graphql.fields.transactions import Transaction
from avoir.faces.graphql.ids import identifier
from avoir.faces.graphql.request import Info
from avoir.gateways.sandbox import SANDBOX, charge


async def checkout(info: Info, args: Args) -> Payload:
    """All that is due, in one payment, set against the invoice."""
    request = info.context
    named = args.get("invoiceId") or args.get("payableId")
    if named is None and args.get("quoteId") is not None:
        raise _no("There are no quotes here: name an invoice", "quotes_not_sold", "invalid")
    id = identifier(named or "")
    invoice: Invoice | None = await request.loader.one(Invoice, id)
    if invoice is None:
        raise NotFound("no such Invoice", kind="Invoice", id=id)
    due = issued(invoice).due_minor
    rail, token = await _way(info, args, invoice)
    gateway = await request.caller.read(_gateway, rail)
    if gateway is None or not gateway.active or rail != SANDBOX or not request.caller.access.sandbox:
        raise UnknownRail("no such gateway takes payments here", rail=rail)
    taken = charge(token, f"{invoice.uuid}-{due}")
    if isinstance(taken, Failed):
        raise _no(f"The payment was declined: {taken.reason}", "payment_declined", "conflict")
    entity: Entity = await request.loader.one(Entity, invoice.entity_id)
    foreign = invoice.currency != entity.base_currency
    payment = await ask(
        info,
        ReceivePayment(
            customer_id=invoice.customer_id,
            account_id=gateway.account_id,
            received_on=max(request.today, invoice.issued_on),
            amount=Decimal(major_of(due, invoice.currency)),
            portions=(Portion(invoice.id),),
            currency=invoice.currency,
            exchange_rate=Decimal(unscaled(invoice.rate_nano, 9)) if foreign else None,
            memo=f"Checkout of {invoice.number}",
            rail=rail,
            remote_id=taken.reference,
        ),
    )
    made = [x for x in await request.loader.many(PAYMENTS_ON_INVOICE, id) if x.payment_id == payment.id]
    return {
        "invoice": await request.loader.one(Invoice, id),
        "payment": payment,
        "paymentApplication": made[-1] if made else None,
        "transaction": Transaction(payment),
    }


async def payment_method_create(info: Info, args: Args) -> Payload:
    """Keep a means of payment for the next checkout."""
    command = AddPaymentMethod(
        customer_id=identifier(args["accountId"]), rail=args["pluginGuid"], token=args["token"]
    )
    return {"paymentMethod": await ask(info, command)}


async def _way(info: Info, args: Args, invoice: Invoice) -> tuple[str, str]:
    """The gateway, and what it knows the means of payment by."""
    given, method_id = args.get("paymentMethodData"), args.get("paymentMethodId")
    if given:
        rail, token = given["pluginGuid"], given["token"]
        if given.get("savePaymentMethod"):
            keep = AddPaymentMethod(customer_id=invoice.customer_id, rail=rail, token=token)
            await ask(info, keep, "method")
        return rail, token
    if method_id is None:
        raise _no("Say by what the invoice is paid", "payment_method_required", "invalid")
    id = identifier(method_id)
    method: PaymentMethod | None = await info.context.loader.one(PaymentMethod, id)
    if method is None or method.customer_id != invoice.customer_id or method.disabled:
        raise NotFound("no such PaymentMethod", kind="PaymentMethod", id=id)
    return method.rail, method.token


def _gateway(query: Query, name: str) -> Gateway | None:
    return query.one(Gateway, name) if "\0" not in name else None


def _no(sentence: str, code: str, kind: str) -> GraphQLError:
    return GraphQLError(sentence, extensions={"code": code, "kind": kind, "facts": {}})


MUTATIONS: Mapping[str, Mutation] = {"checkout": checkout, "paymentMethodCreate": payment_method_create}
