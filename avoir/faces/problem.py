"""The one table from a no to the wire: statuses by kind, each contract's words by code."""

from typing import NamedTuple

from avoir.core.credit_note import DELETED, VOIDED
from avoir.core.errors import Kind, NotFound, Refusal

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
    "not_found": Words(graphql_message="{kind} not found"),
    "name_required": Words(graphql_message="Name can't be blank"),
    # Documents.
    "invoice_not_paid": Words(
        graphql_message="Invoice must have received payments to create a refund credit note"
    ),
    "write_off_is_bound": Words(
        graphql_message="Credit note cannot be applied to invoices with write-off credit notes"
    ),
    "invoice_not_issued": Words("INVOICES_NOT_DELIVERED_YET"),
    "invoice_already_issued": Words("SALE_INVOICE_ALREADY_DELIVERED"),
    "credit_note_used_up": Words("CREDIT_NOTE_HAS_NO_REMAINING_AMOUNT"),
    "credit_note_already_issued": Words("CREDIT_NOTE_ALREADY_OPENED"),
    "credit_note_has_refunds": Words("CREDIT_NOTE_HAS_REFUNDS_TRANSACTIONS"),
    "credit_note_has_allocations": Words("CREDIT_NOTE_HAS_APPLIED_INVOICES"),
    "allocation_exceeds_due": Words("INVOICES_HAS_NO_REMAINING_AMOUNT"),
    "allocation_gone": Words("CREDIT_NOTE_APPLY_TO_INVOICES_NOT_FOUND"),
    "customer_mismatch": Words("INVOICES_IDS_NOT_FOUND"),
    "number_taken": Words("INVOICE_NUMBER_NOT_UNIQUE"),
    "invoice_has_payments": Words("INVOICE_HAS_ASSOCIATED_PAYMENT_ENTRIES"),
    "invoice_below_payments": Words("INVOICE_AMOUNT_SMALLER_THAN_PAYMENT_AMOUNT"),
    "invoice_has_credits": Words("SALE_INVOICE_HAS_APPLIED_TO_CREDIT_NOTES"),
    "invoice_not_written_off": Words("SALE_INVOICE_NOT_WRITTEN_OFF"),
    "nothing_to_write_off": Words("SALE_INVOICE_ALREADY_WRITTEN_OFF"),
    "item_not_sellable": Words("NOT_SELL_ABLE_ITEMS"),
    "unknown_branch": Words("BRANCH_ID_NOT_FOUND"),
    "branch_required": Words("BRANCH_ID_REQUIRED"),
    "date_locked": Words("TRANSACTIONS_DATE_LOCKED"),
    "no_recipient": Words("NO_INVOICE_CUSTOMER_EMAIL_ADDR"),
    "payment_customer_stays": Words("PAYMENT_CUSTOMER_SHOULD_NOT_UPDATE"),
    "payment_not_allocated": Words("ENTRIES_IDS_NOT_EXISTS"),
    # Journals.
    "manual_journal_already_published": Words("MANUAL_JOURNAL_ALREADY_PUBLISHED"),
    "entries_should_assign_with_contact": Words("ENTRIES_SHOULD_ASSIGN_WITH_CONTACT"),
    "accounts_ids_not_found": Words("accounts_ids_not_found"),
    "contacts_not_found": Words("contacts_not_found"),
    "credit_debit_not_equal": Words("credit_debit_not_equal"),
    "credit_debit_not_equal_zero": Words("credit_debit_not_equal_zero"),
    # The chart, customers, items, rates and branches.
    "account_name_taken": Words("account_name_not_unqiue"),
    "account_code_taken": Words("account_code_not_unique"),
    "unknown_account_type": Words("account_type_not_found"),
    "unknown_parent": Words("parent_account_not_found"),
    "parent_has_different_type": Words("parent_has_different_type"),
    "parent_has_different_currency": Words("ACCOUNT_CURRENCY_NOT_SAME_PARENT_ACCOUNT"),
    "chart_too_deep": Words("PARENT_ACCOUNT_EXCEEDED_THE_DEPTH_LEVEL"),
    "account_type_not_multi_currency": Words("ACCOUNT_TYPE_NOT_SUPPORTS_MULTI_CURRENCY"),
    "account_type_stays": Words("account_type_not_allowed_to_changed"),
    "account_predefined": Words("account_predefined"),
    "account_is_used": Words("account_has_associated_transactions", 409),
    "customer_is_used": Words("CUSTOMER_HAS_TRANSACTIONS", 409),
    "unknown_currency": Words("CURRENCY_NOT_FOUND"),
    "item_name_taken": Words("ITEM_NAME_EXISTS"),
    "sell_account_unknown": Words("SELL_ACCOUNT_NOT_FOUND"),
    "sell_account_wrong": Words("SELL_ACCOUNT_NOT_INCOME"),
    "cost_account_unknown": Words("COST_ACCOUNT_NOT_FOUMD"),
    "cost_account_wrong": Words("COST_ACCOUNT_NOT_COGS"),
    "inventory_account_unknown": Words("INVENTORY_ACCOUNT_NOT_FOUND"),
    "inventory_account_wrong": Words("INVENTORY_ACCOUNT_NOT_INVENTORY"),
    "item_is_used": Words("ITEM_HAS_ASSOCIATED_TRANSACTIONS", 409),
    "currency_code_taken": Words("CURRENCY_CODE_EXISTS"),
    "unknown_module": Words("TRANSACTIONS_LOCKING_MODULE_NOT_FOUND"),
    "currency_code_invalid": Words("CURRENCY_CODE_INVALID"),
    "currency_is_base": Words("CANNOT_DELETE_BASE_CURRENCY"),
    "tax_code_taken": Words("TAX_CODE_NOT_UNIQUE"),
    "tax_rate_is_used": Words("TAX_RATE_HAS_ASSOCIATED_TRANSACTIONS", 409),
    "tax_rate_already_active": Words("TAX_RATE_ALREADY_ACTIVE"),
    "tax_rate_already_inactive": Words("TAX_RATE_ALREADY_INACTIVE"),
    "unknown_tax_code": Words("ITEM_ENTRY_TAX_RATE_CODE_NOT_FOUND"),
    "branch_code_taken": Words("BRANCH_CODE_NOT_UNIQUE"),
    "branch_is_only_one": Words("COULD_NOT_DELETE_ONLY_BRANCH"),
    "branch_is_used": Words("BRANCH_HAS_ASSOCIATED_TRANSACTIONS"),
    "branches_already_required": Words("MUTLI_BRANCHES_ALREADY_ACTIVATED"),
    # Who calls, and where.
    "organization_already_built": Words("TENANT_ALREADY_BUILT"),
    "books_are_written": Words("BASE_CURRENCY_MUTATE_LOCKED"),
    "email_taken": Words("EMAIL_EXISTS"),
    "signup_closed": Words("SIGNUP_RESTRICTED"),
    "signup_not_for_you": Words("SIGNUP_RESTRICTED_NOT_ALLOWED"),
    "already_invited": Words("EMAIL_ALREADY_INVITED"),
    "already_member": Words("EMAIL_ALREADY_EXISTS"),
    "recently_invited": Words("USER_RECENTLY_INVITED"),
    "own_access": Words("USER_SAME_THE_AUTHORIZED_USER"),
    "own_role": Words("CANNOT_AUTHORIZED_USER_MUTATE_ROLE"),
    "last_admin": Words("CANNOT_DELETE_LAST_USER"),
    "already_verified": Words("USER_ALREADY_VERIFIED"),
    "unknown_attachment": Words("DOCUMENT_LINK_REFERENCE_INVALID"),
    "unknown_model": Words("DOCUMENT_LINK_REFERENCE_INVALID"),
    "role_is_predefined": Words("ROLE_PREFINED"),
    "role_is_used": Words("CANNT_DELETE_ROLE_ASSOCIATED_TO_USERS"),
    "unknown_permission": Words("INVALIDATE_PERMISSIONS"),
    "idempotency_key_reused": Words(rest_status=409),
    # Lists.
    "bad_filter": Words("stringified_filter_roles_invalid"),
    "unknown_filter_field": Words("filter_roles_fields_not_found"),
    "unknown_sort_column": Words("sort_column_not_found"),
    "unknown_view": Words("view_not_found"),
}

PAYMENTS: dict[str, str] = {
    "not_found Account": "DEPOSIT_ACCOUNT_NOT_FOUND",
    "not_found Invoice": "INVOICES_IDS_NOT_FOUND",
    "not_found Payment": "PAYMENT_RECEIVE_NOT_EXISTS",
    "account_not_for_money": "DEPOSIT_ACCOUNT_INVALID_TYPE",
    "account_currency_mismatch": "PAYMENT_ACCOUNT_CURRENCY_INVALID",
    "allocation_exceeds_due": "INVALID_PAYMENT_AMOUNT",
    "number_taken": "PAYMENT_RECEIVE_NO_EXISTS",
    "number_required": "PAYMENT_RECEIVE_NO_REQUIRED",
}

ROOMS: dict[str, dict[str, str]] = {
    "sale-invoices": {
        "not_found Item": "ITEMS_NOT_FOUND",
        "not_found TaxRate": "ITEM_ENTRY_TAX_RATE_ID_NOT_FOUND",
        "not_found Invoice": "SALE_INVOICE_NOT_FOUND",
        "number_required": "SALE_INVOICE_NO_IS_REQUIRED",
    },
    "sale-invoice": {"not_found Invoice": "SALE_INVOICE_NOT_FOUND"},
    "credit-notes": {
        "not_found Item": "ITEMS_NOT_FOUND",
        "not_found TaxRate": "ITEM_ENTRY_TAX_RATE_ID_NOT_FOUND",
        "number_taken": "CREDIT_NOTE_NUMBER_NOT_UNIQUE",
    },
    "credit-note": {"not_found CreditNote": "CREDIT_NOTE_NOT_FOUND"},
    "payments-received": PAYMENTS,
    "payment-received": PAYMENTS,
    "apply-invoices": {
        "not_found Invoice": "INVOICES_IDS_NOT_FOUND",
        "not_found Allocation": "CREDIT_NOTE_APPLY_TO_INVOICES_NOT_FOUND",
    },
    "resources": {"not_found Resource": "RESOURCE_MODEL_NOT_FOUND"},
    "branches": {"not_found Branch": "BRANCH_NOT_FOUND"},
    "manual-journals": {
        "number_taken": "journal_number_exists",
        "number_required": "MANUAL_JOURNAL_NO_REQUIRED",
    },
    "accounts": {"not_found Account": "account_not_found"},
    "currencies": {"unknown_currency": "CURRENCY_NOT_FOUND"},
    "items": {"not_found Item": "ITEM_NOT_FOUND", "not_found TaxRate": "TAX_RATE_NOT_FOUND"},
    "tax-rates": {"not_found TaxRate": "TAX_RATE_NOT_FOUND"},
    "users": {
        "not_found User": "USER_NOT_FOUND",
        "not_found Role": "ROLE_NOT_FOUND",
        "email_taken": "EMAIL_ALREADY_EXISTS",
    },
    "invite": {"not_found User": "USER_NOT_FOUND", "token_invalid": "INVITE_TOKEN_INVALID"},
    "verify": {"token_invalid": "SIGNUP_CONFIRM_TOKEN_INVALID"},
    "roles": {"not_found Role": "ROLE_NOT_FOUND"},
}
"""Where contract B has a word of its own in one room: by code, or by `not_found` and what was missing."""

ABSENT: dict[str, str] = {
    "accounts": "not_found Account",
    "branches": "not_found Branch",
    "currencies": "unknown_currency",
    "items": "not_found Item",
    "payment-received": "not_found Payment",
    "roles": "not_found Role",
    "sale-invoice": "not_found Invoice",
    "users": "not_found User",
}
"""Rooms where what the address names is answered with 404 when it is not there, its word beside."""

GONE: dict[str, str] = {"credit_note_not_issued": "CreditNote", "invoice_not_issued": "Invoice"}
"""Refusals that contract B does not know of what is voided or deleted: to its clients that is not there."""


def rest_refusal(refusal: Refusal) -> Refusal:
    """A refusal as contract B tells it: what was taken away is there no more."""
    kind = GONE.get(refusal.code, "")
    if kind and refusal.facts.get("state") in (VOIDED, DELETED):
        return NotFound(f"no such {kind}", kind=kind)
    return refusal


def rest_type(refusal: Refusal, room: str = "") -> str:
    """What contract B calls a refusal in one of its rooms; empty where it has no word of its own."""
    name = _name(refusal)
    return ROOMS.get(room, {}).get(name) or WORDS.get(name, Words()).rest_type


def rest_status(refusal: Refusal, room: str = "") -> int:
    """Contract B's status for a refusal: what has a word of its own is invalid, even what is not there."""
    if ABSENT.get(room) == _name(refusal):
        return HTTP_STATUS[Kind.NOT_FOUND]
    if refusal.kind is Kind.NOT_FOUND and rest_type(refusal, room):
        return HTTP_STATUS[Kind.INVALID]
    return WORDS.get(refusal.code, Words()).rest_status or HTTP_STATUS[refusal.kind]


def _name(refusal: Refusal) -> str:
    """How the tables call a refusal: by its code, and by what is missing."""
    if isinstance(refusal, NotFound):
        return f"{refusal.code} {refusal.facts.get('kind')}"
    return refusal.code
