"""The one table from a no to the wire: statuses by kind, each contract's words by code."""

from typing import NamedTuple

from avoir.core.errors import Kind

HTTP_STATUS: dict[Kind, int] = {
    Kind.INVALID: 400,
    Kind.NOT_FOUND: 404,
    Kind.FORBIDDEN: 403,
    Kind.CONFLICT: 400,
    Kind.BUSY: 429,
}
"""Contract B's statuses (rest.md, section 0); contract A answers refusals with 200."""


class Words(NamedTuple):
    """What the contracts call a refusal: B's type (and status, where it differs), A's sentence."""

    rest_type: str = ""
    rest_status: int = 0
    graphql_message: str = ""


WORDS: dict[str, Words] = {
    "invoice_not_paid": Words(
        graphql_message="Invoice must have received payments to create a refund credit note"
    ),
    "credit_note_used_up": Words("CREDIT_NOTE_HAS_NO_REMAINING_AMOUNT"),
    "credit_note_already_issued": Words("CREDIT_NOTE_ALREADY_OPENED"),
    "credit_note_has_refunds": Words("CREDIT_NOTE_HAS_REFUNDS_TRANSACTIONS"),
    "credit_note_has_allocations": Words("CREDIT_NOTE_HAS_APPLIED_INVOICES"),
    "invoice_already_issued": Words("SALE_INVOICE_ALREADY_DELIVERED"),
    "number_taken": Words("INVOICE_NUMBER_NOT_UNIQUE"),
    "unknown_branch": Words("BRANCH_ID_NOT_FOUND"),
    "organization_already_built": Words("TENANT_ALREADY_BUILT"),
    "email_taken": Words("EMAIL_EXISTS"),
}
