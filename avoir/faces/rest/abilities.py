"""What contract B asks of whoever goes a way: an action on a subject (rest-endpoints.md).

The words are those of `You do not have permission to Refund CreditNode`, the misspelling included.
"""

from avoir.faces.rest.endpoint import Gate, Way

ACTIONS = {"GET": "View", "POST": "Create", "PUT": "Edit", "PATCH": "Edit", "DELETE": "Delete"}
EVERY_MEMBER = ""

SUBJECTS = {
    "accounts": "Account",
    "api-keys": "ApiKey",
    "attachments": "Attachment",
    "audit-log": "AuditLog",
    "branches": "Branch",
    "contacts": "Customer",
    "credit-notes": "CreditNode",
    "currencies": "Currency",
    "customers": "Customer",
    "disputes": "Dispute",
    "exchange-rates": "ExchangeRate",
    "export": "Export",
    "import": "Import",
    "invite": "User",
    "items": "Item",
    "manual-journals": "ManualJournal",
    "payments-received": "PaymentReceive",
    "refunds": "CreditNode",
    "roles": "Role",
    "sale-invoices": "SaleInvoice",
    "tax-rates": "TaxRate",
    "users": "User",
    "webhooks": "Webhook",
}
"""By the first word of an address. Upstream guards neither branches, currencies, rates, users nor roles."""

READ_BY_ALL = frozenset(
    ("branches", "currencies", "dashboard", "date-formats", "exchange-rates", "organization", "resources",
     "settings", "transactions-locking", "views")
)  # fmt: skip
"""What every member may read, whatever the role: no form can be shown without it."""

WHOLE = {
    "organization": "Mutate Preferences",
    "settings": "Mutate Preferences",
    "transactions-locking": "TransactionsLocking Account",
}
"""What is changed by one ability, whatever the method."""

REPORTS = {
    "receivable-aging-summary": "read-ar-aging-summary",
    "cashflow-statement": "read-cashflow",
    "customer-balance-summary": "read-customers-summary-balance",
    "profit-loss-sheet": "read-profit-loss",
    "transactions-by-customers": "read-customers-transactions",
}
"""Reports whose ability is called otherwise than `read-` and their address."""

LAST = {"deliver": "Edit", "mark-primary": "Edit",
        "bulk-delete": "Delete", "validate-bulk-delete": "Delete", "activate": "Edit", "inactivate": "Edit",
        "bulk-activate": "Edit", "bulk-inactivate": "Edit", "apply-invoices": "Edit", "open": "Edit",
        "approve": "Approve", "reject": "Approve", "win": "Edit", "lose": "Edit", "revoke": "Delete",
        "mail": "Edit", "generate-link": "Edit", "link": "Edit", "unlink": "Edit",
        "toggle": "Edit", "writeoff": "Writeoff", "cancel-writeoff": "Writeoff"}  # fmt: skip
"""By the last word of an address, where the method alone would mislead."""


def ability(way: Way) -> str:
    """What a member needs to go the way; empty where every member may, or anybody.

    Raises `KeyError` for an address without a subject: no way is open because nobody thought of it.
    """
    words = way.path.strip("/").split("/")
    first, last = words[0], words[-1]
    if way.gate is Gate.ANYBODY or (way.method == "GET" and first in READ_BY_ALL):
        return EVERY_MEMBER
    if first in WHOLE:
        return WHOLE[first]
    if first == "reports":
        return f"{REPORTS.get(words[1], f'read-{words[1]}')} Report"
    action = ACTIONS[way.method]
    if way.method == "GET":
        return f"{action} {SUBJECTS[first]}"
    if last == "policy":
        return WHOLE["settings"]
    if first == "invite":
        action = "Create"
    if "disputes" in words:
        return f"{LAST.get(last, action)} Dispute"
    if "refunds" in words or "refund" in words:
        return f"{LAST.get(last, 'Refund')} CreditNode"
    return f"{'Edit' if 'applied-invoices' in words else LAST.get(last, action)} {SUBJECTS[first]}"
