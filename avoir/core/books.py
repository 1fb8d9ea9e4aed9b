"""Every kind of row, in the order in which a batch writes them: what is referred to comes first."""

from avoir.core.access import ApiKey, Authorization, Client, Membership, Role, SigningKey, Tenancy, User
from avoir.core.account import Account
from avoir.core.allocation import Allocation
from avoir.core.attachment import Attachment, AttachmentLink
from avoir.core.contact import Contact
from avoir.core.credit_note import CreditNote, CreditNoteLine, CreditNoteTax
from avoir.core.currency import Currency
from avoir.core.customer import Customer, DisputeReason, Item
from avoir.core.dispute import Dispute, DisputeShare
from avoir.core.import_job import ImportJob, ImportPart
from avoir.core.invoice import Invoice, InvoiceDeduction, InvoiceLine, InvoiceTax
from avoir.core.invoice_template import InvoiceTemplate
from avoir.core.job import Job, JobPiece
from avoir.core.journal import (
    Answer,
    Balance,
    CustomerBalance,
    Event,
    JournalEntry,
    JournalLine,
    ManualJournal,
    ManualJournalLine,
    MonthBalance,
)
from avoir.core.legacy import LegacyDocument
from avoir.core.mail import Mail
from avoir.core.mailed_token import MailedToken
from avoir.core.organization import (
    ApprovalPolicy,
    Branch,
    Counters,
    Entity,
    ExchangeRate,
    Lock,
    Organization,
    OwnNumbers,
    Series,
)
from avoir.core.payment import Payment
from avoir.core.payment_method import PaymentMethod
from avoir.core.rail import Gateway
from avoir.core.refund import Refund
from avoir.core.remark import Merge, Remark
from avoir.core.row import Row
from avoir.core.seal import Seal
from avoir.core.tax import TaxRate
from avoir.core.view import View
from avoir.core.webhook_endpoint import WebhookEndpoint
from avoir.core.webhook_event import WebhookEvent

# The counters come first: whoever holds them holds the organization's pen.
KINDS: tuple[type[Row], ...] = (
    Counters,
    Answer,
    SigningKey,
    User,
    MailedToken,
    Tenancy,
    Role,
    Membership,
    ApiKey,
    Client,
    Authorization,
    Organization,
    Entity,
    Series,
    OwnNumbers,
    Lock,
    ApprovalPolicy,
    ExchangeRate,
    Currency,
    Branch,
    Account,
    Gateway,
    TaxRate,
    Item,
    DisputeReason,
    InvoiceTemplate,
    Customer,
    Contact,
    PaymentMethod,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    InvoiceDeduction,
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
    Payment,
    Allocation,
    Dispute,
    DisputeShare,
    Refund,
    ManualJournal,
    ManualJournalLine,
    ImportJob,
    ImportPart,
    View,
    WebhookEndpoint,
    WebhookEvent,
    LegacyDocument,
    Remark,
    Merge,
    Job,
    JobPiece,
    Attachment,
    AttachmentLink,
    JournalLine,
    JournalEntry,
    Mail,
    Seal,
    Event,
    Balance,
    MonthBalance,
    CustomerBalance,
)

for kind in KINDS:
    kind.finish(KINDS)
