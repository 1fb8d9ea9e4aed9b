"""What a page and an act ask of whoever is there: the abilities of roles, by the words of REST.

A page is known by its path, an act by its command. A command that is not in the table is nobody's to ask, and
a test holds that every command the console imports is in it.
"""

from avoir.app.access import CreateClient, GenerateApiKey, RevokeApiKey
from avoir.app.allocations import AllocateCreditNote, DeallocateCreditNote
from avoir.app.approvals import ApproveRefund, RejectRefund, SetApprovalPolicy
from avoir.app.branches import CreateBranch, DeleteBranch, EditBranch, MarkPrimaryBranch
from avoir.app.credit_notes import DeleteCreditNote, IssueCreditNote
from avoir.app.currencies import AddCurrency, EditCurrency, RemoveCurrency
from avoir.app.customers import CreateCustomer
from avoir.app.dispute_reasons import CreateDisputeReason, DeleteDisputeReason, UpdateDisputeReason
from avoir.app.disputes import LoseDispute, OpenDispute, WinDispute
from avoir.app.entities import CreateEntity, DeleteEntity, EditEntity
from avoir.app.exchange_rates import DeleteExchangeRate, SetExchangeRate
from avoir.app.gateways import SetGateway
from avoir.app.invoice_credits import CancelWriteOff, CreditInvoice, WriteOffInvoice
from avoir.app.invoices import IssueInvoice, ReissueInvoice, VoidInvoice
from avoir.app.jobs import ResumeJob, StartJob, StopJob
from avoir.app.locks import CancelLock, CancelPartialUnlock, LockPeriod, UnlockPartially
from avoir.app.payments import AllocatePayment, DeallocatePayment, ReceivePayment
from avoir.app.people import ActivateUser, DeleteUser, EditUser, InactivateUser, InviteUsers
from avoir.app.refunds import (
    CancelRefund,
    FailRefund,
    RefundCreditNote,
    RefundInvoice,
    RefundPayment,
    RetryRefund,
    ReverseRefund,
)
from avoir.app.roles import CreateRole, DeleteRole, EditRole
from avoir.app.series import SetSeries
from avoir.app.settings import ChangeSettings
from avoir.app.tax_rates import (
    ActivateTaxRate,
    CreateTaxRate,
    DeleteTaxRate,
    EditTaxRate,
    InactivateTaxRate,
)
from avoir.app.views import CreateView, DeleteView
from avoir.core.command import Command, Preview
from avoir.core.role import SUBJECTS
from avoir.faces import access
from avoir.faces.console.words import label

EVERY_MEMBER = ""
REFUND, APPROVE, PREFERENCES = access.REFUND, "Approve CreditNode", "Mutate Preferences"
LOCKING, LEDGER_LINES = "TransactionsLocking Account", "read-general-ledger Report"
PROOF = "View AuditLog"

ACTS: dict[type[Command], str] = {
    ActivateTaxRate: "Edit TaxRate",
    ActivateUser: "Edit User",
    AllocateCreditNote: "Edit CreditNode",
    AllocatePayment: "Edit PaymentReceive",
    ApproveRefund: APPROVE,
    AddCurrency: "Create Currency",
    CancelLock: LOCKING,
    CancelPartialUnlock: LOCKING,
    CancelRefund: REFUND,
    CancelWriteOff: "Writeoff SaleInvoice",
    ChangeSettings: PREFERENCES,
    CreateBranch: "Create Branch",
    CreateClient: "Create ApiKey",
    CreateCustomer: "Create Customer",
    CreateDisputeReason: PREFERENCES,
    CreateEntity: PREFERENCES,
    CreateRole: "Create Role",
    CreateTaxRate: "Create TaxRate",
    CreateView: EVERY_MEMBER,
    CreditInvoice: "Create CreditNode",
    DeallocateCreditNote: "Edit CreditNode",
    DeallocatePayment: "Edit PaymentReceive",
    DeleteBranch: "Delete Branch",
    DeleteCreditNote: "Delete CreditNode",
    DeleteDisputeReason: PREFERENCES,
    DeleteEntity: PREFERENCES,
    DeleteExchangeRate: "Delete ExchangeRate",
    DeleteRole: "Delete Role",
    DeleteTaxRate: "Delete TaxRate",
    DeleteUser: "Delete User",
    DeleteView: EVERY_MEMBER,
    EditBranch: "Edit Branch",
    EditCurrency: "Edit Currency",
    EditEntity: PREFERENCES,
    EditRole: "Edit Role",
    EditTaxRate: "Edit TaxRate",
    EditUser: "Edit User",
    FailRefund: REFUND,
    GenerateApiKey: "Create ApiKey",
    InactivateTaxRate: "Edit TaxRate",
    InactivateUser: "Edit User",
    InviteUsers: "Create User",
    IssueCreditNote: "Edit CreditNode",
    IssueInvoice: "Edit SaleInvoice",
    LockPeriod: LOCKING,
    LoseDispute: "Edit Dispute",
    MarkPrimaryBranch: "Edit Branch",
    OpenDispute: "Create Dispute",
    ReceivePayment: "Create PaymentReceive",
    RefundCreditNote: REFUND,
    RefundInvoice: REFUND,
    RefundPayment: REFUND,
    ReissueInvoice: "Create SaleInvoice",
    RejectRefund: APPROVE,
    RemoveCurrency: "Delete Currency",
    ResumeJob: EVERY_MEMBER,  # What its pieces need is asked again for each round of them.
    RetryRefund: REFUND,
    ReverseRefund: REFUND,
    RevokeApiKey: "Delete ApiKey",
    SetApprovalPolicy: PREFERENCES,
    SetExchangeRate: "Create ExchangeRate",
    SetGateway: PREFERENCES,
    SetSeries: PREFERENCES,
    StartJob: EVERY_MEMBER,  # The page that begins it asks for what its pieces need.
    StopJob: EVERY_MEMBER,
    UnlockPartially: LOCKING,
    UpdateDisputeReason: PREFERENCES,
    VoidInvoice: "Delete SaleInvoice",
    WinDispute: "Edit Dispute",
    WriteOffInvoice: "Writeoff SaleInvoice",
}
"""What each command needs, whoever offers it."""

ROOMS = {
    "credit-notes": "View CreditNode",
    "customers": "View Customer",
    "disputes": "View Dispute",
    "invoices": "View SaleInvoice",
    "payments": "View PaymentReceive",
    "refunds": "View CreditNode",
}
"""What is needed to look into a room; the others are every member's, or say it page by page."""

PAGES = {
    "/books/accounts/{id}": LEDGER_LINES,
    "/books/journal": "read-journal Report",
    "/books/journal/{id}": "read-journal Report",
    "/settings/audit": "View AuditLog",
    "/settings/keys": "View ApiKey",
    "/settings/people": "View User",
    "/settings/proof": PROOF,
    "/settings/roles": "View Role",
    "/settings/roles/new": "View Role",
    "/settings/roles/{id}": "View Role",
}
"""Pages that are not every member's, in rooms that are."""

OFFERED: dict[str, dict[str, tuple[type[Command], ...]]] = {
    "invoices": {
        "refund": (RefundInvoice, CreditInvoice), "pay": (ReceivePayment,), "issue": (IssueInvoice,),
        "write_off": (WriteOffInvoice,), "cancel_write_off": (CancelWriteOff,), "reissue": (ReissueInvoice,),
        "void": (VoidInvoice,), "delete": (VoidInvoice,),
    },
    "credit-notes": {
        "refund": (RefundCreditNote,), "apply": (AllocateCreditNote,), "issue": (IssueCreditNote,),
        "void": (DeleteCreditNote,),
    },
    "payments": {"apply": (AllocatePayment,), "refund": (RefundPayment,), "dispute": (OpenDispute,)},
    "refunds": {
        "approve": (ApproveRefund,), "reject": (RejectRefund,), "cancel": (CancelRefund,),
        "fail": (FailRefund,), "retry": (RetryRefund,), "reverse": (ReverseRefund,),
    },
    "disputes": {"win": (WinDispute,), "lose": (LoseDispute,)},
}  # fmt: skip
"""Which commands a button of a document stands for: whoever may ask any of them sees it."""


def to_ask(command: Command) -> str:
    """What a command needs; of a preview what its command does. Raises `KeyError` for a stranger."""
    return ACTS[type(command.command if isinstance(command, Preview) else command)]


def to_see(path: str) -> str:
    """What a page needs, by its path under the organization."""
    path = path.removesuffix(".{form}")
    if path in PAGES:
        return PAGES[path]
    room = path.strip("/").partition("/")[0].partition(".")[0]
    return ROOMS.get(room, EVERY_MEMBER)


VERBS = {"TransactionsLocking": "lock periods in the", "Writeoff": "write off", "View": "see"}


def said(ability: str) -> str:
    """An ability in words: `Refund CreditNode` is to refund credit notes."""
    action, _, subject = ability.partition(" ")
    if subject == "Report":
        return f"read the report {verb(action).lower()}"
    if subject == "Preferences":
        return "change the settings"
    about = SUBJECTS[subject].label
    return f"{VERBS.get(action, action.lower())} {about if about.startswith('API') else about.lower()}"


def verb(action: str) -> str:
    """The verb of an ability in words, as a list of abilities has it."""
    words = {
        "TransactionsLocking": "Lock periods", "Writeoff": "Write off", "NotifyBySms": "Send by SMS",
        "Mutate": "Change", "read-ar-aging-summary": "Receivables by age", "read-cashflow": "Cash flow",
        "read-profit-loss": "Profit and loss", "read-trial-balance-sheet": "Trial balance",
        "read-customers-summary-balance": "Balances of customers",
        "read-customers-transactions": "Transactions of customers",
        "read-sales-tax-liability-summary": "Sales tax",
    }  # fmt: skip
    return words.get(action) or label(action.removeprefix("read-").replace("-", "_"))
