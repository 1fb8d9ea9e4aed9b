"""What is noted on invoices, worked out anew, merged and taken apart."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError

from avoir.app.invoices import RecalculateInvoice
from avoir.app.merges import MergeInvoices, UnmergeInvoice
from avoir.app.remarks import AnnotateInvoice, CommentLine
from avoir.core.errors import NotFound
from avoir.core.invoice import DELETED, Invoice, InvoiceLine
from avoir.faces.graphql.asking import Args, Mutation, Payload, ask
from avoir.faces.graphql.fields.lines import items_of
from avoir.faces.graphql.ids import NOBODY, identifier
from avoir.faces.graphql.loader import Batch
from avoir.faces.graphql.request import Info

BY_ID = Batch(InvoiceLine, "id")


async def invoice_update(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    command = AnnotateInvoice(
        invoice_id=identifier(args["id"]),
        message=_said(given, "notes"),
        reference=_said(given, "poNumber"),
        internal=_said(given, "internalNotes"),
    )
    return {"invoice": await ask(info, command)}


async def invoice_update_notes(info: Info, args: Args) -> Payload:
    command = AnnotateInvoice(invoice_id=identifier(args["id"]), message=args.get("notes") or "")
    return {"invoice": await ask(info, command), "errors": []}


async def invoice_update_comment(info: Info, args: Args) -> Payload:
    found = await info.context.loader.many(BY_ID, identifier(args["id"]))
    invoice_id, position = (found[0].invoice_id, found[0].position) if found else (NOBODY, 0)
    command = CommentLine(invoice_id=invoice_id, position=position, comment=args.get("comment") or "")
    line = await ask(info, command)
    invoice = await info.context.loader.one(Invoice, line.invoice_id)
    return {"invoiceItem": (await items_of(info.context, invoice, [line]))[0], "errors": []}


async def invoice_update_taxes(info: Info, args: Args) -> Payload:
    return {"invoice": await ask(info, RecalculateInvoice(invoice_id=identifier(args["id"])))}


async def invoice_retry_tax(info: Info, args: Args) -> Payload:
    raise await _never(info, args["id"], "Invoice is not in a failed state", "invoice_not_failed")


async def invoice_dequeue(info: Info, args: Args) -> Payload:
    raise await _never(info, args["id"], "Invoice is not queued", "invoice_not_queued")


async def invoice_merge(info: Info, args: Args) -> Payload:
    ids = tuple(identifier(each) for each in args["invoiceIds"])
    return {"invoice": await ask(info, MergeInvoices(invoice_ids=ids))}


async def invoice_merge_undo(info: Info, args: Args) -> Payload:
    return {"sourceInvoices": await ask(info, UnmergeInvoice(invoice_id=identifier(args["invoiceId"])))}


def _said(given: Mapping[str, Any], name: str) -> str | None:
    """What is said under a name: null takes it back, and what is not named stays."""
    return (given[name] or "") if name in given else None


async def _never(info: Info, id: str, sentence: str, code: str) -> Exception:
    """The refusal of what no invoice of ours is ever ready for."""
    invoice = await info.context.loader.one(Invoice, identifier(id))
    if invoice is None or invoice.state == DELETED:
        return NotFound("no such Invoice", kind="Invoice", id=identifier(id))
    facts = {"invoiceId": invoice.id, "state": invoice.state}
    return GraphQLError(sentence, extensions={"code": code, "kind": "conflict", "facts": facts})


MUTATIONS: Mapping[str, Mutation] = {
    "invoiceDequeue": invoice_dequeue,
    "invoiceMerge": invoice_merge,
    "invoiceMergeUndo": invoice_merge_undo,
    "invoiceRegenerate": invoice_update_taxes,
    "invoiceRetryTax": invoice_retry_tax,
    "invoiceUpdate": invoice_update,
    "invoiceUpdateComment": invoice_update_comment,
    "invoiceUpdateNotes": invoice_update_notes,
    "invoiceUpdateTaxes": invoice_update_taxes,
}
