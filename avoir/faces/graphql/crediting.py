"""What is given back: credit notes against invoices, and the cash out of them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
from graphql import GraphQLError

from avoir.app.allocations import AllocateCreditNote, Share
from avoir.app.credit_notes import DeleteCreditNote, IssueCreditNote
from avoir.app.invoice_credits import (
    CreditInvoice,
    DraftInvoiceCredit,
    ShapeInvoiceCredit,
    WriteOffInvoice,
)
from avoir.app.refunds import RefundCreditNote, RefundInvoice, ReopenInvoice
from avoir.core.command import Command
from avoir.core.credit import Shape
from avoir.core.credit_note import REFUND, CreditNote, CreditNoteLine
from avoir.core.invoice import Invoice
from avoir.core.money import major_of
from avoir.faces.graphql.asking import Args, Mutation, Payload, ask, day
from avoir.faces.graphql.fields.allocations import served_by
from avoir.faces.graphql.fields.common import many
from avoir.faces.graphql.fields.credit_notes import REFUNDS
from avoir.faces.graphql.fields.lines import OF_INVOICE, OF_NOTE
from avoir.faces.graphql.ids import NOBODY, identifier, maybe
from avoir.faces.graphql.request import Info
from avoir.faces.graphql.trying import tried

UNABLE = "Missing required permission: refund, can't access mutation {}"
"""Said to a client that acts for a person whose role does not let them pay back."""


async def invoice_refund(info: Info, args: Args) -> Payload:
    invoice_id, reason = identifier(args["invoiceId"]), maybe(args.get("disputeReasonId"))
    given, when = args.get("items") or (), args.get("date")
    how: dict[str, Any] = {
        "invoice_id": invoice_id,
        "amount": args.get("amount"),
        "account_id": maybe(args.get("fromAccountId")),
        "exchange_rate": args.get("exchangeRate"),
        "refunded_on": day(info, when, "date") if when else "",
    }
    if args.get("reopen"):
        if given or reason is not None:
            raise GraphQLError(
                "An invoice that is due again has no credit note, and so neither items nor a reason",
                extensions={"code": "reopen_has_no_credit_note", "kind": "invalid", "facts": {}},
            )
        return await _done_or_tried(info, args, ReopenInvoice(**how), invoice_id)
    lines = await info.context.loader.many(OF_INVOICE, invoice_id) if given else ()
    positions = {line.id: line.position for line in lines}
    shapes = tuple(
        Shape(position=positions.get(identifier(item["id"]), NOBODY), gross=item["amount"]) for item in given
    )
    command = RefundInvoice(dispute_reason_id=reason, shapes=shapes, **how)
    return await _done_or_tried(info, args, command, invoice_id)


async def _done_or_tried(info: Info, args: Args, command: Command, invoice_id: int) -> Payload:
    """What a refund has done; with `dryRun` what it would do, and nothing is written."""
    preview = None
    if args.get("dryRun"):
        given, preview = await tried(info, command)
    else:
        given = await ask(info, command)
    # Read only where it is asked for: the contract's own document does not.
    told = {"invoice": lambda info: info.context.loader.one(Invoice, invoice_id), "preview": preview}
    if isinstance(given, list):
        return {**told, "refunds": given}
    return {**told, "creditNote": given, "refunds": lambda info: many(info, REFUNDS, given.id)}


async def invoice_credit(info: Info, args: Args) -> Payload:
    reason = maybe(args.get("disputeReasonId"))
    command = CreditInvoice(invoice_id=identifier(args["invoiceId"]), dispute_reason_id=reason)
    if args.get("dryRun"):
        note, preview = await tried(info, command)
        return {"creditNote": note, "preview": preview}
    return {"creditNote": await ask(info, command)}


async def invoice_write_off(info: Info, args: Args) -> Payload:
    reason, preview = maybe(args.get("disputeReasonId")), None
    command = WriteOffInvoice(invoice_id=identifier(args["invoiceId"]), dispute_reason_id=reason)
    if args.get("dryRun"):
        note, preview = await tried(info, command)
    else:
        note = await ask(info, command)
    invoice = await info.context.loader.one(Invoice, note.invoice_id)
    return {"creditNote": invoice, "writeOff": note, "preview": preview}


async def credit_note_refund(info: Info, args: Args) -> Payload:
    command = RefundCreditNote(
        credit_note_id=identifier(args["creditNoteId"]),
        account_id=identifier(args["fromAccountId"]),
        amount=args["amount"],
        refunded_on=day(info, args.get("date"), "date"),
        exchange_rate=args.get("exchangeRate"),
        branch_id=maybe(args.get("branchId")),
        reference=args.get("referenceNo") or "",
        description=args.get("description") or "",
    )
    return {"refund": await ask(info, command)}


async def credit_note_create(info: Info, args: Args) -> Payload:
    command = DraftInvoiceCredit(
        invoice_id=identifier(args["invoiceId"]),
        kind=(args.get("kind") or "WRITE_OFF").lower(),
        dispute_reason_id=maybe(args.get("disputeReasonId")),
    )
    return {"creditNote": await ask(info, command)}


async def credit_note_update_taxes(info: Info, args: Args) -> Payload:
    return await credit_note_update(info, {"id": args["id"], "attributes": {}})


async def credit_note_update(info: Info, args: Args) -> Payload:
    """What is not named stays: other items keep their amounts, unless the kind becomes another."""
    given, id = args["attributes"], identifier(args["id"])
    note: CreditNote | None = await info.context.loader.one(CreditNote, id)
    if note is None:
        # The law has the words for it.
        return {"creditNote": await ask(info, ShapeInvoiceCredit(credit_note_id=id, invoice_id=NOBODY))}
    kind = (given.get("kind") or note.kind).lower()
    shapes: tuple[Shape, ...] = ()
    if given.get("creditNoteItems"):
        shapes = _reshaped(note, await info.context.loader.many(OF_NOTE, id), given["creditNoteItems"])
    elif kind == note.kind:
        shapes = msgspec.json.decode(note.shape or "[]", type=tuple[Shape, ...])
    reason = given.get("disputeReasonId", note.dispute_reason_id)
    command = ShapeInvoiceCredit(
        credit_note_id=id,
        invoice_id=note.invoice_id or NOBODY,
        kind=kind,
        dispute_reason_id=None if reason is None else identifier(str(reason)),
        shapes=shapes,
        on=note.issued_on,
        note=note.note,
    )
    return {"creditNote": await ask(info, command)}


def _reshaped(note: CreditNote, lines: list[CreditNoteLine], items: list[Args]) -> tuple[Shape, ...]:
    """What each line gives back from now on; one that is to give nothing is left out."""
    amounts = {line.id: major_of(line.gross_minor, note.currency) for line in lines}
    amounts |= {identifier(item["id"]): item["amount"] for item in items}
    positions = {line.id: line.invoice_position for line in lines}
    return tuple(
        Shape(position=positions.get(id, NOBODY), gross=Decimal(amount))
        for id, amount in amounts.items()
        if amount
    )


async def credit_note_issue(info: Info, args: Args) -> Payload:
    """A note of the kind REFUND is paid back by it."""
    id, request = identifier(args["id"]), info.context
    if not request.may_refund:
        note: CreditNote | None = await request.loader.one(CreditNote, id)
        if note is not None and note.kind == REFUND:
            told = {"code": "missing_scope", "kind": "forbidden", "facts": {}}
            raise GraphQLError(UNABLE.format("CreditNoteIssue"), extensions=told)
    return {"creditNote": await ask(info, IssueCreditNote(credit_note_id=id))}


async def credit_note_delete(info: Info, args: Args) -> Payload:
    return {"creditNote": await ask(info, DeleteCreditNote(credit_note_id=identifier(args["id"])))}


async def credit_note_apply_to_invoices(info: Info, args: Args) -> Payload:
    id, invoice_ids = identifier(args["creditNoteId"]), [identifier(each) for each in args["invoiceIds"]]
    shares = tuple(Share(invoice_id) for invoice_id in invoice_ids)
    made = await ask(info, AllocateCreditNote(credit_note_id=id, shares=shares))
    served = await served_by(info, made, invoice_ids)
    return {"creditNote": await info.context.loader.one(CreditNote, id), **served}


MUTATIONS: Mapping[str, Mutation] = {
    "creditNoteApplyToInvoices": credit_note_apply_to_invoices,
    "creditNoteCreate": credit_note_create,
    "creditNoteDelete": credit_note_delete,
    "creditNoteIssue": credit_note_issue,
    "creditNoteRefund": credit_note_refund,
    "creditNoteUpdate": credit_note_update,
    "creditNoteUpdateTaxes": credit_note_update_taxes,
    "invoiceCredit": invoice_credit,
    "invoiceRefund": invoice_refund,
    "invoiceWriteOff": invoice_write_off,
}
