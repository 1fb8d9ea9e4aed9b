"""The audit log: every command leaves who, when, what, before and after; and no secret."""

import importlib
import pkgutil
from collections.abc import Iterator
from decimal import Decimal

import msgspec
import pytest

import avoir.app
from avoir.app.access import (
    CreateClient,
    CreateTenancy,
    CreateUser,
    GenerateApiKey,
    KeepSigningKey,
    RevokeApiKey,
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
from avoir.app.approvals import ApproveRefund, ExpireRefund, RejectRefund, SetApprovalPolicy
from avoir.app.branches import CreateBranch, DeleteBranch, EditBranch, MarkPrimaryBranch, RequireBranches
from avoir.app.credit_notes import CreateCreditNote, DeleteCreditNote, EditCreditNote, IssueCreditNote
from avoir.app.customers import (
    ActivateCustomer,
    CreateCustomer,
    DeleteCustomer,
    EditCustomer,
    InactivateCustomer,
)
from avoir.app.dispute_reasons import CreateDisputeReason, DeleteDisputeReason, UpdateDisputeReason
from avoir.app.disputes import LoseDispute, OpenDispute, WinDispute
from avoir.app.entities import CreateEntity, EditEntity
from avoir.app.exchange_rates import DeleteExchangeRate, SetExchangeRate
from avoir.app.gateways import SetGateway
from avoir.app.invoice_credits import (
    CancelWriteOff,
    CreditInvoice,
    DraftInvoiceCredit,
    ShapeInvoiceCredit,
    WriteOffInvoice,
)
from avoir.app.invoices import CreateInvoice, EditInvoice, IssueInvoice, ReissueInvoice, VoidInvoice
from avoir.app.items import CreateItem
from avoir.app.journals import CreateJournal, DeleteJournal, EditJournal, PublishJournal, ReverseJournal
from avoir.app.locks import CancelLock, CancelPartialUnlock, LockPeriod, UnlockPartially
from avoir.app.opening_balances import SetOpeningBalance
from avoir.app.organizations import OpenBooks
from avoir.app.payments import AllocatePayment, DeallocatePayment, KeepPayment, Portion, ReceivePayment
from avoir.app.reads.audit import Record, audit, audit_of
from avoir.app.reads.query import Query
from avoir.app.reads.verify import broken_promises
from avoir.app.refunds import (
    CancelRefund,
    FailRefund,
    RefundCreditNote,
    RefundInvoice,
    RefundPayment,
    ReopenInvoice,
    ReverseRefund,
    SendRefund,
    SettleRefund,
)
from avoir.app.requests import KeepRequest
from avoir.app.series import SetSeries
from avoir.app.settings import ChangeSettings
from avoir.app.tax_rates import CreateTaxRate
from avoir.core.access import DIRECTORY
from avoir.core.books import KINDS
from avoir.core.command import Command
from avoir.core.credit import Shape
from avoir.core.document import Wording
from avoir.core.manual_journal import JournalSide
from tests import invariants
from tests.ledger import BANK, NOW, Ledger, ask_of, line

ON, ONE, TEN = "2026-11-05", Decimal(1), Decimal(10)
WORDING = Wording((line(10),))
SIDES = (JournalSide(BANK, debit=ONE), JournalSide(1021, credit=ONE))
SECRETS = ("s3cret-hash", "s3cret-digest", "s3cret-of-a-client", "s3cret-key")
HIDDEN = {kind.TABLE.removesuffix("s"): set(kind.SECRETS) for kind in KINDS if kind.SECRETS}
CHANGES_NOTHING = {KeepRequest, KeepPayment}
"""They bind a key, or make sure of what is so already."""


def directory() -> Iterator[Command]:
    yield CreateTenancy(public_id="house")
    person = {"first_name": "Grace", "last_name": "H", "password_hash": SECRETS[0]}
    yield CreateUser(tenancy_id=1, email="grace@example.com", **person)
    yield SignUp(email="alan@example.com", public_id="enigma", **person)
    yield GenerateApiKey(tenancy_id=1, user_id=1, name="till", prefix="bc_1", digest=SECRETS[1])
    yield RevokeApiKey(tenancy_id=1, api_key_id=1)
    yield CreateClient(tenancy_id=1, client_id="c", name="c", secret_digest=SECRETS[2], scopes="read")
    yield KeepSigningKey(name="tokens", secret=SECRETS[3])


def office() -> Iterator[Command]:
    """Each of the commands that set the house up or change how it is run."""
    yield ChangeSettings(terms_days=7)
    yield CreateEntity(name="Acme GmbH", base_currency="EUR")
    yield EditEntity(tax_number="1")
    yield CreateBranch(name="South")
    yield EditBranch(branch_id=3, city="Rome")
    yield MarkPrimaryBranch(branch_id=3)
    yield DeleteBranch(branch_id=3)
    yield SetSeries(kind="invoice", next_number=5)
    yield CreateAccount(name="Lawyers", type="expense")
    yield EditAccount(account_id=1037, code="4711")
    yield InactivateAccount(account_id=1037)
    yield ActivateAccount(account_id=1037)
    yield DeleteAccount(account_id=1037)
    yield CreateTaxRate(name="VAT", code="VAT", percent=TEN)
    yield CreateItem(name="Advice")
    yield CreateCustomer(name="Grace", currency="USD")
    yield EditCustomer(customer_id=2, code="G")
    yield InactivateCustomer(customer_id=2)
    yield ActivateCustomer(customer_id=2)
    yield DeleteCustomer(customer_id=2)
    yield SetOpeningBalance(customer_id=1, amount=TEN, on="2026-10-31")  # Invoice 1.
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


def writing() -> Iterator[Command]:
    """Each of the commands about documents and journals."""
    draft = {"customer_id": 1, "issued_on": ON, "wording": WORDING}
    yield CreateInvoice(**draft)  # Invoice 2.
    yield EditInvoice(invoice_id=2, reference="PO", **draft)
    yield IssueInvoice(invoice_id=2)
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
    for _ in range(2):
        yield CreateJournal(journal_on=ON, sides=SIDES)
    yield EditJournal(journal_id=1, journal_on=ON, sides=SIDES, reference="R")
    yield PublishJournal(journal_id=1)
    yield ReverseJournal(journal_id=1)
    yield DeleteJournal(journal_id=2)


def paying() -> Iterator[Command]:
    """Each of the commands by which money comes in, goes back and is held."""
    paid = {"customer_id": 1, "account_id": BANK, "received_on": ON}
    yield CreateInvoice(customer_id=1, issued_on=ON, wording=WORDING, issue=True)  # Invoice 5.
    yield ReceivePayment(amount=Decimal(100), **paid)  # Payment 1.
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
    yield RequireBranches()
    yield KeepRequest()


LATER = "2026-11-22T12:00:00.000Z"


def told(ledger: Ledger, organization_id: int, command: Command, n: int) -> list[Record]:
    """Run a command as a person of its own, and give back the events of it."""
    ledger.organization_id = organization_id
    query = Query(ledger.database, organization_id)
    last = max((each.id for each in audit(query, most=1000)), default=0)
    (outcome,) = ledger.record(ask_of(organization_id, command, actor=f"user:{n} key:9"))
    if isinstance(outcome, BaseException):
        raise outcome
    return audit(query, after=last, most=1000)


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


def test_every_command_leaves_who_when_and_what(ledger):
    asked, books = {OpenBooks, ExpireRefund}, ledger.organization_id
    stories = ((DIRECTORY, directory()), (books, office()), (books, writing()), (books, paying()))
    number = 1
    for organization_id, story in stories:
        for command in story:
            number += 1
            records = told(ledger, organization_id, command, number)
            kind = type(command)
            asked.add(kind)
            assert bool(records) == (kind not in CHANGES_NOTHING), kind.__name__
            for record in records:
                assert (record.actor, record.at) == (f"user:{number} key:9", NOW)
                assert record.topic.startswith(record.kind + ".")
                assert record.before is not None or record.after is not None
                hidden = HIDDEN.get(record.kind, set())
                assert hidden.isdisjoint({**(record.before or {}), **(record.after or {})})
    assert asked == commands()
    written = " ".join(body for (body,) in ledger.database.all("SELECT body FROM events"))
    assert not [secret for secret in SECRETS if secret in written]
    # After one of everything the books are whole.
    invariants.hold(ledger)
    assert broken_promises(Query(ledger.database, books)) == []


def test_what_was_set_up_and_what_expired_is_told_too(ledger):
    query = Query(ledger.database, ledger.organization_id)
    (built,) = audit_of(query, "organization", ledger.organization_id)
    assert (built.topic, built.after["name"], built.before) == ("organization.built", "Acme", None)
    ledger.ask(SetApprovalPolicy(threshold=ONE, expires_hours=1))
    note = ledger.credit_note(line(10))
    ledger.refund(note, 5)
    expired = ask_of(ledger.organization_id, ExpireRefund(refund_id=1))
    (outcome,) = ledger.record(msgspec.structs.replace(expired, now=LATER))
    assert outcome.state == "expired"
    last = audit_of(query, "refund", 1)[-1]
    assert (last.topic, last.at, last.after["state"]) == ("refund.expired", LATER, "expired")


def test_a_record_says_what_was_before_and_what_is_after(ledger):
    query = Query(ledger.database, ledger.organization_id)
    ledger.ask(EditCustomer(customer_id=1, name="Ada Lovelace"), actor="user:7 key:2")
    created, edited = audit_of(query, "customer", 1)
    assert (created.topic, created.before, created.after["name"]) == ("customer.created", None, "Ada")
    assert (edited.topic, edited.actor) == ("customer.edited", "user:7 key:2")
    assert (edited.before["name"], edited.after["name"]) == ("Ada", "Ada Lovelace")
    assert "currency" not in edited.after
    ledger.ask(DeleteCustomer(customer_id=1))
    assert audit_of(query, "customer", 1)[-1].before["name"] == "Ada Lovelace"
    assert audit_of(query, "customer", 1)[-1].after is None
    # What has no id is told with the key that it is known by.
    ledger.ask(SetSeries(kind="payment", next_number=5))
    (series,) = audit_of(query, "series", ledger.organization_id)
    assert series.before == {"entity_id": 1, "kind": "payment", "next_number": 1, "skipped": 0}
    assert series.after == {"entity_id": 1, "kind": "payment", "next_number": 5, "skipped": 4}


@pytest.fixture
def log(ledger):
    """Four events of three people on two days."""
    for actor, name, now in (
        ("user:1", "A", "2026-11-20T09:00:00.000Z"),
        ("user:2 key:1", "B", "2026-11-20T10:00:00.000Z"),
        ("user:2", "C", "2026-11-21T10:00:00.000Z"),
        ("user:22 key:1", "D", "2026-11-21T11:00:00.000Z"),
    ):
        ask = ask_of(ledger.organization_id, CreateCustomer(name=name, currency="USD"), actor=actor)
        ledger.record(msgspec.structs.replace(ask, now=now))
    ledger.invoice(line(1))
    return Query(ledger.database, ledger.organization_id)


WANTED = [
    # what is asked for                                      whom it finds
    ({"topic": "customer.created", "after": 2},              "ABCD"),
    ({"topic": "customer", "after": 2},                      "ABCD"),
    ({"topic": "customer", "after": 2, "most": 2},           "AB"),
    ({"topic": "customer", "after": 4},                      "CD"),
    ({"topic": "customer", "actor": "user:2"},               "BC"),
    ({"topic": "customer", "actor": "user:2 key:1"},         "B"),
    ({"topic": "customer", "actor": "user:22"},              "D"),
    ({"topic": "customer", "actor": "user"},                 ""),
    ({"topic": "customer", "since": "2026-11-21", "until": "2026-11-22"},                 "CD"),
    ({"since": "2026-11-20", "until": "2026-11-21", "after": 2},                          "AB"),
    ({"since": "2026-11-20T10", "until": "2026-11-21T11", "actor": "user:2"},             "BC"),
    ({"topic": "payment"},                                   ""),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "found"), WANTED)
def test_the_log_is_read_by_person_time_and_topic(log, asked, found):
    assert "".join(x.after["name"] for x in audit(log, **asked)) == found


def test_a_refused_command_leaves_nothing(ledger):
    query = Query(ledger.database, ledger.organization_id)
    before = audit(query)
    ledger.refused(VoidInvoice(invoice_id=7), "not_found")
    assert audit(query) == before
