"""What can be done: each parses, asks one command, and gives back its payload."""

from collections.abc import Mapping
from decimal import Decimal

from avoir.app.dispute_reasons import CreateDisputeReason, DeleteDisputeReason, UpdateDisputeReason
from avoir.app.invoices import CreateInvoice, IssueInvoice, ReissueInvoice, VoidInvoice
from avoir.core.document import Discount, Line, Wording
from avoir.faces.graphql import (
    annotating,
    checkout,
    clients,
    contacts,
    crediting,
    currencies,
    customers,
    deducting,
    elsewhere,
    importing,
    invoice_templates,
    mailing,
    paying,
    people,
    setting_up,
    webhooks,
)
from avoir.faces.graphql.asking import Args, Mutation, Payload, ask, day
from avoir.faces.graphql.ids import identifier, maybe
from avoir.faces.graphql.request import Info

NOTHING = Decimal(0)


async def invoice_create(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    due = given.get("dueAt")
    command = CreateInvoice(
        customer_id=identifier(given["accountId"]),
        issued_on=day(info, given.get("issuedAt"), "issuedAt"),
        due_on=day(info, due, "dueAt") if due else "",
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


async def invoice_void(info: Info, args: Args) -> Payload:
    return {"invoice": await ask(info, VoidInvoice(invoice_id=identifier(args["id"])))}


async def invoice_reissue(info: Info, args: Args) -> Payload:
    return {"invoice": await ask(info, ReissueInvoice(invoice_id=identifier(args["id"])))}


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
    **annotating.MUTATIONS,
    **checkout.MUTATIONS,
    **clients.MUTATIONS,
    **contacts.MUTATIONS,
    **crediting.MUTATIONS,
    **currencies.MUTATIONS,
    **customers.MUTATIONS,
    **deducting.MUTATIONS,
    **elsewhere.MUTATIONS,
    **importing.MUTATIONS,
    **invoice_templates.MUTATIONS,
    **mailing.MUTATIONS,
    **paying.MUTATIONS,
    **people.MUTATIONS,
    **setting_up.MUTATIONS,
    **webhooks.MUTATIONS,
    "disputeReasonCreate": dispute_reason_create,
    "disputeReasonDelete": dispute_reason_delete,
    "disputeReasonUpdate": dispute_reason_update,
    "invoiceCreate": invoice_create,
    "invoiceIssue": invoice_issue,
    "invoiceReissue": invoice_reissue,
    "invoiceRelease": invoice_issue,
    "invoiceVoid": invoice_void,
}
