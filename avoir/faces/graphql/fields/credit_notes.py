"""CreditNote."""

from typing import Any

from avoir.core.credit_note import DELETED, DRAFT, VOIDED, CreditNote
from avoir.core.customer import Customer, DisputeReason
from avoir.core.dispute import Dispute
from avoir.core.invoice import Invoice
from avoir.core.organization import Entity
from avoir.core.possible import acts_on_credit_note
from avoir.core.refund import Refund
from avoir.faces.graphql.connection import Gathered
from avoir.faces.graphql.fields import allocations
from avoir.faces.graphql.fields.beside import is_legacy
from avoir.faces.graphql.fields.common import Fields, always, many, money, of, the
from avoir.faces.graphql.fields.lines import items_of_note
from avoir.faces.graphql.fields.users import warren, warren_id
from avoir.faces.graphql.loader import Batch
from avoir.faces.graphql.request import Info

REFUNDS = Batch(Refund, "credit_note_id", rest="ORDER BY t.id")
NOUNS = {"credit": "Credit note", "refund": "Refund", "write_off": "Write-off"}


def state(note: CreditNote, info: Info) -> str:
    """Contract A's state of a note (4.3)."""
    if note.state in (DRAFT, DELETED):
        return "DRAFT"
    if note.state == VOIDED:
        return "READY"
    if not note.remaining_minor:
        return "APPLIED"
    return "PARTIALLY_APPLIED" if note.used_minor else "READY"


def description(note: CreditNote, info: Info) -> str:
    """One line that says what the note is."""
    against = f" against {note.reference}" if note.invoice_id and note.reference else ""
    return f"{NOUNS[note.kind]} {note.number}".rstrip() + against


async def _applied_to_invoices(note: CreditNote, info: Info, **args: Any) -> Gathered:
    return await allocations.applied_to_invoices(info, allocations.OF_NOTE, note.id, args)


def _number(note: CreditNote, info: Info) -> str | None:
    """None until the note is issued; and one that is only tried out never was."""
    return None if note.state in (DRAFT, DELETED) or note.id in info.context.unwritten else note.number


CREDIT_NOTE: Fields = {
    "account": the(Customer, "customer_id"),
    "accountId": of("customer_id"),
    "amount": money("total_minor"),
    "amountApplied": money("used_minor"),
    "amountUnapplied": money("remaining_minor"),
    "appliedToInvoices": _applied_to_invoices,
    "createdAt": of("created_at"),
    "creditNoteItems": items_of_note,
    "creditedInvoice": the(Invoice, "invoice_id"),
    "creditedInvoiceId": of("invoice_id"),
    "currencyId": of("currency"),
    "description": description,
    "dispute": the(Dispute, "dispute_id"),
    "disputeId": of("dispute_id"),
    "disputeReason": the(DisputeReason, "dispute_reason_id"),
    "disputeReasonId": of("dispute_reason_id"),
    "entity": the(Entity, "entity_id"),
    "entityId": of("entity_id"),
    "id": lambda note, info: None if note.id in info.context.unwritten else note.id,
    "isCredit": always(True),
    "isLegacy": is_legacy("credit_note"),
    "issuedAt": lambda note, info: None if note.state in (DRAFT, DELETED) else note.issued_on,
    "kind": lambda note, info: note.kind.upper(),
    "number": _number,
    "operations": lambda note, info: acts_on_credit_note(note),
    "refunds": lambda note, info: many(info, REFUNDS, note.id),
    "state": state,
    "subtotal": money("net_minor"),
    "taxAmount": money("tax_minor"),
    "updatedAt": of("updated_at"),
    "uuid": of("uuid"),
    "warren": warren,
    "warrenId": warren_id,
}
