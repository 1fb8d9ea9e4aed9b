"""Every command of the house, once at least, in an order in which none of them is refused."""

import importlib
import pkgutil
from collections.abc import Iterator
from decimal import Decimal

import avoir.app
from avoir.app.access import (
    CreateClient,
    CreateTenancy,
    CreateUser,
    GenerateApiKey,
    KeepSigningKey,
    RevokeApiKey,
    RotateSigningKey,
    SignUp,
)
from avoir.app.accounts import (
    ActivateAccount,
    CreateAccount,
    DeleteAccount,
    EditAccount,
    InactivateAccount,
)
from avoir.app.allocations import AllocateCreditNote, DeallocateCreditNote, Share
from avoir.app.approvals import ApproveRefund, RejectRefund, SetApprovalPolicy
from avoir.app.attachments import (
    CreditNoteWithAttachments,
    DeleteAttachment,
    HangAttachments,
    InvoiceWithAttachments,
    JournalWithAttachments,
    KeepAttachment,
    LinkAttachment,
    PaymentWithAttachments,
    UnlinkAttachment,
)
from avoir.app.branches import CreateBranch, DeleteBranch, EditBranch, MarkPrimaryBranch, RequireBranches
from avoir.app.clients import AuthorizeClient, DeleteClient, RedeemCode, RenewClientSecret, UpdateClient
from avoir.app.contacts import CreateContact, DeleteContact, EditContact
from avoir.app.credit_notes import CreateCreditNote, DeleteCreditNote, EditCreditNote, IssueCreditNote
from avoir.app.currencies import AddCurrency, EditCurrency, RemoveCurrency
from avoir.app.customers import (
    ActivateCustomer,
    CreateCustomer,
    DeleteCustomer,
    EditCustomer,
    InactivateCustomer,
)
from avoir.app.deductions import ChangeDeductions, DeductFromInvoice, RemoveDeduction
from avoir.app.dispute_reasons import CreateDisputeReason, DeleteDisputeReason, UpdateDisputeReason
from avoir.app.disputes import LoseDispute, OpenDispute, WinDispute
from avoir.app.document_mails import MailDocument
from avoir.app.entities import CreateEntity, DeleteEntity, EditEntity
from avoir.app.exchange_rates import DeleteExchangeRate, SetExchangeRate
from avoir.app.gateways import SetGateway
from avoir.app.imports import FinishImport, MapImport, UploadImport
from avoir.app.invoice_credits import (
    CancelWriteOff,
    CreditInvoice,
    DraftInvoiceCredit,
    ShapeInvoiceCredit,
    WriteOffInvoice,
)
from avoir.app.invoice_templates import (
    CreateInvoiceTemplate,
    DeleteInvoiceTemplate,
    UpdateInvoiceTemplate,
)
from avoir.app.invoices import (
    CreateInvoice,
    EditInvoice,
    IssueInvoice,
    RecalculateInvoice,
    ReissueInvoice,
    VoidInvoice,
)
from avoir.app.items import ActivateItem, CreateItem, DeleteItem, EditItem, InactivateItem
from avoir.app.jobs import NotePieces, Outcome, Piece, ResumeJob, StartJob, StopJob
from avoir.app.journals import CreateJournal, DeleteJournal, EditJournal, PublishJournal, ReverseJournal
from avoir.app.legacy import ImportCreditNote, ImportInvoice
from avoir.app.locks import CancelLock, CancelPartialUnlock, LockPeriod, UnlockPartially
from avoir.app.merges import MergeInvoices, UnmergeInvoice
from avoir.app.opening_balances import SetOpeningBalance
from avoir.app.payment_corrections import EditPayment, VoidPayment
from avoir.app.payment_methods import AddPaymentMethod
from avoir.app.payments import AllocatePayment, DeallocatePayment, KeepPayment, ReceivePayment
from avoir.app.people import (
    AcceptInvite,
    ActivateUser,
    DeleteUser,
    EditUser,
    InactivateUser,
    Invitation,
    InviteUsers,
)
from avoir.app.refunds import (
    CancelRefund,
    FailRefund,
    RefundCreditNote,
    RefundInvoice,
    RefundPayment,
    ReopenInvoice,
    RetryRefund,
    ReverseRefund,
    SendRefund,
    SettleRefund,
)
from avoir.app.remarks import AnnotateInvoice, CommentLine
from avoir.app.requests import KeepRequest
from avoir.app.roles import CreateRole, DeleteRole, EditRole
from avoir.app.seals import SealEntries
from avoir.app.series import SetSeries
from avoir.app.settings import ChangeSettings
from avoir.app.sign_ins import ResetPassword, SendReset, SetPassword, VerifyUser
from avoir.app.tax_rates import (
    ActivateTaxRate,
    CreateTaxRate,
    DeleteTaxRate,
    EditTaxRate,
    InactivateTaxRate,
)
from avoir.app.views import CreateView, DeleteView, EditView
from avoir.app.webhooks import (
    CreateWebhookEndpoint,
    DeleteWebhookEndpoint,
    EditWebhookEndpoint,
    Message,
    QueueWebhooks,
    RecordWebhook,
    RetryWebhook,
    SwitchWebhookEndpoint,
)
from avoir.core.command import Command
from avoir.core.credit import Shape
from avoir.core.document import Wording
from avoir.core.legacy import Legacy
from avoir.core.mail import Letter
from avoir.core.manual_journal import JournalSide
from avoir.core.receiving import Portion
from avoir.core.role import Permission
from tests.ledger import BANK, line

ON, ONE, TEN = "2026-11-05", Decimal(1), Decimal(10)
WORDING = Wording((line(10),))
SIDES = (JournalSide(BANK, debit=ONE), JournalSide(1021, credit=ONE))
SECRETS = (
    "s3cret-hash",
    "s3cret-digest",
    "s3cret-of-a-client",
    "s3cret-key",
    "s3cret-code",
    "s3cret-token",
    "s3cret-tok2",
    "s3cret-tok3",
    "s3cret-tok4",
    "s3cret-nonce",
)


def directory() -> Iterator[Command]:
    yield CreateTenancy(public_id="house")
    person = {"first_name": "Grace", "last_name": "H", "password_hash": SECRETS[0]}
    yield CreateUser(tenancy_id=1, email="grace@example.com", **person)
    yield SignUp(email="alan@example.com", public_id="enigma", **person)
    yield GenerateApiKey(tenancy_id=1, user_id=1, name="till", prefix="bc_1", digest=SECRETS[1])
    yield RevokeApiKey(tenancy_id=1, api_key_id=1)
    yield CreateClient(tenancy_id=1, client_id="c", name="c", secret_digest=SECRETS[2], scopes="owner:read")
    client = {"tenancy_id": 1, "client_number": 1}
    yield UpdateClient(name="d", code_grant=True, redirect_uri="https://example.com/back", **client)
    yield RenewClientSecret(secret_digest=SECRETS[1], **client)
    consent = {"redirect_uri": "https://example.com/back", "challenge": ""}
    yield AuthorizeClient(digest=SECRETS[4], user_id=1, scopes="owner:read", **consent, **client)
    yield RedeemCode(digest=SECRETS[4], **consent, **client)
    yield DeleteClient(**client)
    role = {"tenancy_id": 1, "name": "Clerk", "permissions": (Permission("Item", "View"),)}
    yield CreateRole(**role)  # Role 3.
    yield EditRole(role_id=3, **role)
    yield DeleteRole(tenancy_id=1, role_id=3)
    letter = Letter("Come in", "Your token: {token}", "s3cret-nonce")
    for digest, email in (("s3cret-token", "ada@example.com"), ("s3cret-tok2", "joan@example.com")):
        invitation = Invitation(email, 2, digest, letter)
        yield InviteUsers(tenancy_id=1, invitations=(invitation,))  # Users 4 and 5.
    names = {"first_name": "Ada", "last_name": "L"}
    yield AcceptInvite(digest="s3cret-token", password_hash=SECRETS[0], **names)
    yield EditUser(tenancy_id=1, user_id=4, email="ada@example.com", role_id=1, **names)
    yield InactivateUser(tenancy_id=1, user_id=4)
    yield ActivateUser(tenancy_id=1, user_id=4)
    yield DeleteUser(tenancy_id=1, user_id=4)
    yield SignUp(email="kay@example.com", public_id="k", digest="s3cret-tok3", letter=letter, **person)
    yield VerifyUser(email="kay@example.com", digest="s3cret-tok3")
    yield SendReset(email="kay@example.com", digest="s3cret-tok4", letter=letter)
    yield ResetPassword(digest="s3cret-tok4", password_hash=SECRETS[0])
    yield SetPassword(user_id=1, password_hash=SECRETS[0])
    yield RotateSigningKey(secret=SECRETS[3], overlap_seconds=60)
    yield KeepSigningKey(name="tokens", secret=SECRETS[3])


def office() -> Iterator[Command]:
    """Each of the commands that set the house up or change how it is run."""
    yield ChangeSettings(terms_days=7)
    yield CreateEntity(name="Acme GmbH", base_currency="EUR")
    yield DeleteEntity(entity_id=2)
    yield EditEntity(tax_number="1")
    yield CreateBranch(name="South")
    yield EditBranch(branch_id=3, city="Rome")
    yield MarkPrimaryBranch(branch_id=3)
    yield DeleteBranch(branch_id=3)
    yield SetSeries(kind="invoice", next_number=5)
    yield CreateAccount(name="Lawyers", type="expense")
    yield EditAccount(account_id=1037, code="4711", names={"externalId": "x"})
    yield InactivateAccount(account_id=1037)
    yield ActivateAccount(account_id=1037)
    yield DeleteAccount(account_id=1037)
    yield CreateTaxRate(name="VAT", code="VAT", percent=TEN)
    yield InactivateTaxRate(tax_rate_id=1)
    yield ActivateTaxRate(tax_rate_id=1)
    yield EditTaxRate(tax_rate_id=1, name="VAT", code="V", percent=TEN)
    yield CreateTaxRate(name="Other", code="O", percent=TEN)
    yield DeleteTaxRate(tax_rate_id=2)
    yield CreateItem(name="Advice")
    yield EditItem(item_id=1000, code="A")
    yield InactivateItem(item_id=1000)
    yield ActivateItem(item_id=1000)
    yield CreateItem(name="Other")
    yield DeleteItem(item_id=1001)
    yield AddCurrency(currency="JPY", name="Yen", sign="Y")
    yield EditCurrency(currency="JPY", name="Yen", sign="¥")
    yield RemoveCurrency(currency="JPY")
    yield CreateInvoiceTemplate(name="Plain", is_default=True)
    yield CreateInvoiceTemplate(name="With a bank", bank_details="IBAN", is_default=True)
    yield UpdateInvoiceTemplate(invoice_template_id=1, footer="Thank you", is_default=True)
    yield DeleteInvoiceTemplate(invoice_template_id=2)
    yield CreateCustomer(name="Grace", currency="USD", invoice_template_id=1)
    yield EditCustomer(customer_id=2, code="G")
    yield InactivateCustomer(customer_id=2)
    yield ActivateCustomer(customer_id=2)
    for _ in range(2):
        yield CreateContact(first_name="Rear Admiral", customer_id=2)
    yield EditContact(contact_id=1, first_name="Grace", portal_access=True)
    yield DeleteContact(contact_id=1)
    yield DeleteCustomer(customer_id=2)
    yield CreateView(name="Open", object="Invoice", conditions="state = 'DUE'", sort_order="DESC")
    yield EditView(view_id=1, name="Due")
    yield DeleteView(view_id=1)
    yield SetOpeningBalance(customer_id=1, amount=TEN, on="2026-10-31")  # Invoice 1.
    yield SealEntries(seal_id=1, first_entry_id=1, leaves="0" * 64)
    yield CreateDisputeReason(name="Damaged", description="")
    yield UpdateDisputeReason(dispute_reason_id=1, name="Broken")
    yield DeleteDisputeReason(dispute_reason_id=1)
    yield SetExchangeRate(currency="EUR", valid_on=ON, rate=Decimal("1.2"))
    yield DeleteExchangeRate(currency="EUR", valid_on=ON)
    yield SetGateway(name="sandbox", account_id=1002)
    yield LockPeriod(module="all", lock_to="2025-12-31")
    yield UnlockPartially(module="all", unlock_from="2025-12-01", unlock_to="2025-12-31")
    yield CancelPartialUnlock(module="all")
    yield CancelLock(module="all")
    yield StartJob(kind="refund_invoices", name="One thing", pieces=(Piece("INV-1", "1"),))
    yield StopJob(job_id=1)
    yield ResumeJob(job_id=1)
    yield NotePieces(job_id=1, outcomes=(Outcome(1, "done"),))
    yield KeepAttachment(key="a1", origin_name="a.pdf", mime_type="application/pdf", size=3, digest="d")


def writing() -> Iterator[Command]:
    """Each of the commands about documents and journals."""
    draft = {"customer_id": 1, "issued_on": ON, "wording": WORDING}
    yield CreateInvoice(**draft)  # Invoice 2.
    yield EditInvoice(invoice_id=2, reference="PO", **draft)
    yield IssueInvoice(invoice_id=2)
    yield MailDocument(document="invoice", id=2, subject="S", message="M", to=("a@b.test",))
    yield VoidInvoice(invoice_id=2)
    yield ReissueInvoice(invoice_id=2)  # Invoice 3.
    yield CreateInvoice(issue=True, **draft)  # Invoice 4.
    yield CreditInvoice(invoice_id=4, shapes=(Shape(gross=ONE),))  # Note 1.
    yield WriteOffInvoice(invoice_id=4, shapes=(Shape(gross=ONE),))  # Note 2.
    yield CancelWriteOff(invoice_id=4)
    yield DraftInvoiceCredit(invoice_id=4)  # Note 3.
    yield ShapeInvoiceCredit(invoice_id=4, credit_note_id=3, shapes=(Shape(gross=ONE),))
    yield CreateCreditNote(**draft)  # Note 4.
    yield EditCreditNote(credit_note_id=4, reference="RMA", **draft)
    yield IssueCreditNote(credit_note_id=4)
    yield AllocateCreditNote(credit_note_id=4, shares=(Share(4, ONE),))  # Allocation 3.
    yield DeallocateCreditNote(allocation_id=3)
    yield DeleteCreditNote(credit_note_id=4)
    yield AnnotateInvoice(invoice_id=4, internal="Call first")
    yield CommentLine(invoice_id=4, position=1, comment="As agreed")
    yield DeductFromInvoice(invoice_id=3, amount=ONE)  # Deduction 12.
    yield ChangeDeductions(invoice_id=3, amounts=((12, TEN / 4),))
    yield DeductFromInvoice(invoice_id=3, position=1)
    yield RecalculateInvoice(invoice_id=3)
    yield RemoveDeduction(invoice_id=3, deduction_id=12)
    for _ in range(2):
        yield CreateJournal(journal_on=ON, sides=SIDES)
    yield EditJournal(journal_id=1, journal_on=ON, sides=SIDES, reference="R")
    yield PublishJournal(journal_id=1)
    yield ReverseJournal(journal_id=1)
    yield DeleteJournal(journal_id=2)


def from_before() -> Iterator[Command]:
    """Each of the commands that import, merge, and take it back; the ids go on from those of `paying`."""
    said = {"amount": TEN, "subtotal": Decimal(9), "tax": ONE, "currency": "USD", "issued_on": ON}
    yield ImportInvoice(customer_id=1, said=Legacy(number="L-1", **said), due_on=ON, state="paid")
    yield ImportCreditNote(customer_id=1, said=Legacy(number="L-2", **said), kind="refund")
    draft = {"customer_id": 1, "issued_on": ON, "wording": WORDING, "branch_id": 1}
    for _ in range(2):
        yield CreateInvoice(**draft)  # Invoices 7 and 8.
    yield MergeInvoices(invoice_ids=(7, 8))
    yield UnmergeInvoice(invoice_id=9)


def from_the_till() -> Iterator[Command]:
    """What a customer leaves with a gateway."""
    yield AddPaymentMethod(customer_id=1, rail="sandbox", token=SECRETS[3])


def telling() -> Iterator[Command]:
    """Each of the commands by which other servers are told."""
    server = {"url": "https://hooks.example/a", "signing_key": SECRETS[2], "auth_token": SECRETS[3]}
    yield CreateWebhookEndpoint(after=0, **server)
    messages = (Message(1, "{}"), Message(2, "{}"))
    yield QueueWebhooks(endpoint_id=1, after=0, upto=2, messages=messages)
    yield RecordWebhook(webhook_event_id=1, delivered=True, response_code="200", response_body="")
    yield RetryWebhook(webhook_event_id=1)
    yield EditWebhookEndpoint(endpoint_id=1, **server)
    yield SwitchWebhookEndpoint(endpoint_id=1)
    yield DeleteWebhookEndpoint(endpoint_id=1)


def paying() -> Iterator[Command]:
    """Each of the commands by which money comes in, goes back and is held."""
    paid = {"customer_id": 1, "account_id": BANK, "received_on": ON}
    yield CreateInvoice(customer_id=1, issued_on=ON, wording=WORDING, issue=True)  # Invoice 5.
    yield ReceivePayment(amount=Decimal(100), **paid)  # Payment 1.
    yield EditPayment(payment_id=1, amount=Decimal(100), memo="m", **paid)
    yield KeepPayment(payment_id=1)
    yield AllocatePayment(payment_id=1, portions=(Portion(5, TEN),))
    yield DeallocatePayment(payment_id=1, invoice_ids=(5,))
    yield AllocatePayment(payment_id=1, portions=(Portion(5, TEN),))
    yield RefundInvoice(invoice_id=5, amount=ONE)  # Refund 1.
    yield ReopenInvoice(invoice_id=5, amount=ONE)  # Refund 2.
    yield RefundPayment(payment_id=1, amount=ONE)  # Refund 3.
    yield ReverseRefund(refund_id=3)
    yield CreateCreditNote(customer_id=1, issued_on=ON, wording=WORDING, issue=True)  # Note 6.
    by_gateway = RefundCreditNote(credit_note_id=6, amount=ONE, refunded_on=ON, rail="sandbox")
    yield by_gateway  # Refund 4.
    yield CancelRefund(refund_id=4)
    yield by_gateway  # Refund 5.
    yield SendRefund(refund_id=5)
    yield SettleRefund(refund_id=5, reference="sb_5")
    yield FailRefund(refund_id=5, reason="account closed")
    yield OpenDispute(payment_id=1, amount=ONE)
    yield WinDispute(dispute_id=1)
    yield OpenDispute(payment_id=1, amount=ONE)
    yield LoseDispute(dispute_id=2)
    yield SetApprovalPolicy(threshold=ONE, expires_hours=1)
    by_bank = RefundCreditNote(credit_note_id=6, account_id=BANK, amount=ONE, refunded_on=ON)
    for _ in range(3):
        yield by_bank  # Refunds 6, 7 and 8.
    yield ApproveRefund(refund_id=6)
    yield RejectRefund(refund_id=7, reason="no")
    yield ReceivePayment(amount=TEN, **paid)  # Payment 2.
    yield VoidPayment(payment_id=2)
    yield RetryRefund(refund_id=5)  # Refund 9.
    yield RequireBranches()
    yield UploadImport(
        uuid="i-1", resource="Item", file_name="a.csv", heads='["A"]', parts=('[["1"]]',), row_count=1
    )
    yield MapImport(import_uuid="i-1", mapping='[{"from":"A","to":"name"}]')
    yield FinishImport(import_uuid="i-1", created_count=1, errors="[]")
    yield KeepRequest()


def hanging() -> Iterator[Command]:
    """Each of the commands about files, behind all that know their documents by number."""
    draft = {"customer_id": 1, "issued_on": ON, "wording": WORDING, "branch_id": 1}
    hung = {"what": "Create", "keys": ("a1",)}
    yield InvoiceWithAttachments(command=CreateInvoice(**draft), **hung)
    yield CreditNoteWithAttachments(command=CreateCreditNote(**draft), **hung)
    journal = CreateJournal(journal_on=ON, sides=SIDES, branch_id=1)
    yield JournalWithAttachments(command=journal, **hung)
    paid = {"customer_id": 1, "account_id": BANK, "received_on": ON, "amount": ONE, "branch_id": 1}
    yield PaymentWithAttachments(command=ReceivePayment(**paid), **hung)
    yield HangAttachments(model="SaleInvoice", model_id=1, keys=("a1",))
    yield UnlinkAttachment(key="a1", model="SaleInvoice", model_id=1)
    yield LinkAttachment(key="a1", model="SaleInvoice", model_id=1)
    yield DeleteAttachment(key="a1")


def commands() -> set[type[Command]]:
    """Every command of the house that can be asked."""
    for module in pkgutil.iter_modules(avoir.app.__path__, "avoir.app."):
        importlib.import_module(module.name)

    def leaves(kind: type) -> Iterator[type]:
        below = kind.__subclasses__()
        for each in below:
            yield from leaves(each)
        if not below and kind.__module__.startswith("avoir.app."):
            yield kind

    return set(leaves(Command))
