"""What contract B asks of whoever goes a way: an action on a subject (rest-endpoints.md).

The words are those of `You do not have permission to Refund CreditNote`.
"""

from avoir.faces.rest.endpoint import Gate, Way

ACTIONS = {"GET": "View", "POST": "Create", "PUT": "Edit", "PATCH": "Edit", "DELETE": "Delete"}

SUBJECTS = {
    "accounts": "Account",
    "audit-log": "AuditLog",
    "branches": "Branch",
    "contacts": "Customer",
    "credit-notes": "CreditNote",
    "currencies": "Currency",
    "customers": "Customer",
    "disputes": "Dispute",
    "exchange-rates": "ExchangeRate",
    "items": "Item",
    "manual-journals": "ManualJournal",
    "organization": "Preferences",
    "payments-received": "PaymentReceive",
    "refunds": "CreditNote",
    "reports": "Report",
    "sale-invoices": "SaleInvoice",
    "settings": "Preferences",
    "tax-rates": "TaxRate",
    "transactions-locking": "Preferences",
}
"""By the first word of an address. Upstream guards neither branches, currencies, rates nor locks."""

LAST = {"bulk-delete": "Delete", "validate-bulk-delete": "Delete", "activate": "Edit", "inactivate": "Edit",
        "bulk-activate": "Edit", "bulk-inactivate": "Edit", "apply-invoices": "Edit", "open": "Edit",
        "approve": "Approve", "reject": "Approve", "win": "Edit", "lose": "Edit",
        "writeoff": "Writeoff", "cancel-writeoff": "Writeoff"}  # fmt: skip
"""By the last word of an address, where the method alone would mislead."""


def ability(way: Way) -> str:
    """What a member needs to go the way; empty where every member may, or anybody.

    Raises `KeyError` for an address without a subject.
    """
    if way.gate is not Gate.BOOKS:
        return ""
    words = way.path.strip("/").split("/")
    action = ACTIONS[way.method]
    if way.method != "GET":
        if "refunds" in words or "refund" in words:
            action = "Edit" if words[-1] == "policy" else "Refund"
        action = LAST.get(words[-1], action)
        if "applied-invoices" in words:
            action = "Edit"
    return f"{action} {SUBJECTS[words[0]]}"
