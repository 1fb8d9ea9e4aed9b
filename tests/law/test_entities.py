"""Entities, branches and settings: whose books, which place, and what was chosen."""

from decimal import Decimal

import pytest

from avoir.app.branches import CreateBranch, DeleteBranch, EditBranch, MarkPrimaryBranch, RequireBranches
from avoir.app.credit_notes import IssueCreditNote
from avoir.app.customers import CreateCustomer
from avoir.app.entities import CreateEntity, EditEntity
from avoir.app.invoice_credits import CreditInvoice
from avoir.app.invoices import CreateInvoice, IssueInvoice
from avoir.app.journals import CreateJournal
from avoir.app.payments import ReceivePayment
from avoir.app.refunds import RefundCreditNote
from avoir.app.settings import ChangeSettings
from avoir.core.account import Account
from avoir.core.document import Wording
from avoir.core.invoice import Invoice
from avoir.core.journal import Balance, JournalLine
from avoir.core.manual_journal import JournalSide
from avoir.core.numbering import SERIES
from avoir.core.organization import Branch, Entity, Organization, Series
from tests import invariants
from tests.ledger import BANK, SALES_OF_SERVICE, Paper, line, off

ON = "2026-11-05"


def invoice(customer_id: int = 1, **other) -> CreateInvoice:
    other = {"wording": Wording((line(10),)), "issue": True} | other
    return CreateInvoice(customer_id=customer_id, issued_on=ON, **other)


# Entities.


def test_an_entity_has_its_own_currency_numbers_branch_and_customers(ledger):
    entity = ledger.ask(CreateEntity(name="Acme GmbH", base_currency="EUR", tax_number="DE 1"))
    assert (entity.id, entity.dispute_action) == (2, "do_nothing")
    customer = ledger.ask(CreateCustomer(name="Grace", currency="EUR", entity_id=entity.id))
    (branch,) = (x for x in ledger.rows(Branch) if x.entity_id == entity.id)
    assert (branch.name, branch.is_primary) == ("Head Branch", 1)
    assert [x.kind for x in ledger.rows(Series) if x.entity_id == entity.id] == sorted(k for k, _ in SERIES)
    for each in (1, customer.id, customer.id):
        ledger.ask(invoice(each))
    issued = [(x.entity_id, x.number, x.currency, x.base_total_minor) for x in ledger.rows(Invoice)]
    assert issued == [
        (1, "INV-00001", "USD", 1000), (2, "INV-00001", "EUR", 1000), (2, "INV-00002", "EUR", 1000)
    ]  # fmt: skip
    assert {x.entity_id for x in ledger.rows(Balance)} == {1, 2}
    invariants.hold(ledger)


def test_an_entity_is_edited():
    books = Paper()
    books.ask(EditEntity(name="Acme Inc.", tax_number="12-345", dispute_action="unpay_and_refund"))
    entity = books.get(Entity, 1)
    assert (entity.name, entity.tax_number, entity.dispute_action, entity.base_currency) == (
        "Acme Inc.", "12-345", "unpay_and_refund", "USD"
    )  # fmt: skip
    assert books.ask(EditEntity()) == entity


def test_the_base_currency_may_be_mended_until_something_is_written():
    for written in (
        invoice(issue=False),
        CreateJournal(
            journal_on=ON, sides=(JournalSide(BANK, Decimal(1)), JournalSide(1021, credit=Decimal(1)))
        ),
        ReceivePayment(customer_id=1, account_id=BANK, received_on=ON, amount=Decimal(1)),
    ):
        books = Paper()
        books.ask(EditEntity(base_currency="EUR"))
        assert {x.currency for x in books.rows(Account)} == {"EUR"}
        books.ask(EditEntity(base_currency="USD"))
        books.ask(written)
        books.refused(EditEntity(base_currency="EUR"), "books_are_written")
        books.ask(EditEntity(base_currency="USD", name="The same"))


REFUSED = [
    (CreateEntity(name="A", base_currency="XXX"),                                     "unknown_currency"),
    (CreateEntity(name="A" * 256, base_currency="EUR"),                               "text_too_long"),
    (CreateEntity(name="A", base_currency="EUR", tax_number="1" * 256),               "text_too_long"),
    (CreateEntity(name="A", base_currency="EUR", dispute_action="shrug"),             "unknown_setting"),
    (EditEntity(entity_id=7, name="A"),                                               "not_found"),
    (EditEntity(base_currency="XXX"),                                                 "unknown_currency"),
    (EditEntity(dispute_action="shrug"),                                              "unknown_setting"),
    (CreateCustomer(name="A", currency="EUR", entity_id=7),                           "not_found"),
    (CreateBranch(name="A", entity_id=7),                                             "not_found"),
    (CreateBranch(name="A", code="10001"),                                            "branch_code_taken"),
    (CreateBranch(name="A" * 256),                                                    "text_too_long"),
    (EditBranch(branch_id=7),                                                         "not_found"),
    (EditBranch(branch_id=1, city="A" * 256),                                         "text_too_long"),
    (MarkPrimaryBranch(branch_id=7),                                                  "not_found"),
    (DeleteBranch(branch_id=7),                                                       "not_found"),
    (DeleteBranch(branch_id=1),                                                       "branch_is_only_one"),
    (ChangeSettings(discount_timing="never"),                                         "unknown_setting"),
    (ChangeSettings(credit_rate="todays"),                                            "unknown_setting"),
    (ChangeSettings(terms_days=-1),                                                   "terms_out_of_range"),
    (ChangeSettings(terms_days=3651),                                                 "terms_out_of_range"),
    (ChangeSettings(name="A" * 256),                                                  "text_too_long"),
    (ChangeSettings(language="e" * 17),                                               "text_too_long"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "code"), REFUSED)
def test_what_cannot_be_is_refused(command, code):
    Paper().refused(command, code)


# Branches.


def primary(books) -> list[int]:
    return [x.id for x in books.rows(Branch) if x.is_primary]


def test_branches_are_made_marked_edited_and_deleted(ledger):
    south = ledger.ask(CreateBranch(name="South", code="S"))
    east = ledger.ask(CreateBranch(name="East", primary=True, phone_number="+1"))
    assert (south.is_primary, east.is_primary, east.phone_number) == (0, 1, "+1")
    assert primary(ledger) == [east.id]
    ledger.ask(MarkPrimaryBranch(branch_id=south.id))
    ledger.ask(MarkPrimaryBranch(branch_id=south.id))
    assert primary(ledger) == [south.id]
    ledger.refused(EditBranch(branch_id=east.id, code="S"), "branch_code_taken")
    ledger.ask(EditBranch(branch_id=south.id, code="S", city="Rome"))
    ledger.ask(DeleteBranch(branch_id=south.id))
    # The oldest of those that are left is the primary one now.
    assert primary(ledger) == [1]
    ledger.ask(DeleteBranch(branch_id=1))
    ledger.refused(DeleteBranch(branch_id=east.id), "branch_is_only_one")
    ledger.ask(EditBranch(branch_id=east.id, code="S"))
    assert [(x.id, x.code, x.is_primary) for x in ledger.rows(Branch)] == [(east.id, "S", 1)]


def test_each_entity_has_a_primary_branch_of_its_own():
    books = Paper()
    books.ask(CreateEntity(name="Acme GmbH", base_currency="EUR"))
    books.ask(CreateBranch(name="Berlin", entity_id=2, primary=True))
    assert primary(books) == [1, 3]
    books.refused(DeleteBranch(branch_id=1), "branch_is_only_one")


ONE = Decimal(1)
NAMING = {
    "an invoice": invoice(branch_id=1),
    "a draft": invoice(branch_id=1, issue=False),
    "a payment": ReceivePayment(
        customer_id=1, account_id=BANK, received_on=ON, amount=ONE, branch_id=1
    ),
    "a refund": RefundCreditNote(
        credit_note_id=1, account_id=BANK, amount=ONE, refunded_on="2026-11-11", branch_id=1
    ),
    "a line of a journal": CreateJournal(
        journal_on=ON,
        sides=(JournalSide(BANK, ONE, branch_id=1), JournalSide(SALES_OF_SERVICE, credit=ONE)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("command", NAMING.values(), ids=NAMING.keys())
def test_a_branch_that_something_names_stays(ledger, command):
    ledger.credit_note(line(5))
    ledger.ask(CreateBranch(name="South"))
    ledger.ask(command)
    ledger.refused(DeleteBranch(branch_id=1), "branch_is_used")
    ledger.ask(DeleteBranch(branch_id=2))
    invariants.hold(ledger)


def test_a_document_names_a_branch_of_its_own_entity():
    books = Paper()
    books.ask(CreateEntity(name="Acme GmbH", base_currency="EUR"))
    for branch in (2, 7, -1):
        books.refused(invoice(branch_id=branch), "unknown_branch")
    # Contract B's clients send branch 1 without having heard of branches.
    assert books.ask(invoice(branch_id=1)).branch_id == 1


def test_once_branches_are_required_every_new_document_names_one(ledger):
    ledger.invoice(line(10))
    draft, note = ledger.invoice(line(10), issue=False), ledger.credit_note(line(10), issue=False)
    named = ledger.invoice(line(10), issue=False, branch_id=1)
    ledger.ask(RequireBranches())
    ledger.refused(RequireBranches(), "branches_already_required")
    payment = {"customer_id": 1, "account_id": BANK, "received_on": ON, "amount": ONE}
    ledger.refused(invoice(), "branch_required")
    ledger.refused(invoice(issue=False), "branch_required")
    ledger.refused(ReceivePayment(**payment), "branch_required")
    ledger.refused(IssueInvoice(invoice_id=draft.id), "branch_required")
    ledger.refused(IssueCreditNote(credit_note_id=note.id), "branch_required")
    ledger.ask(invoice(branch_id=1))
    ledger.ask(ReceivePayment(branch_id=1, **payment))
    ledger.ask(IssueInvoice(invoice_id=named.id))
    # What is given back of an old invoice lies where the invoice lay: nowhere.
    assert ledger.ask(CreditInvoice(invoice_id=1)).branch_id is None
    assert {x.branch_id for x in ledger.rows(JournalLine)} == {None, 1}
    invariants.hold(ledger)


# Settings.


def test_settings_are_changed_one_by_one_and_documents_keep_what_they_had():
    books = Paper()
    first = books.invoice(line(100, books.tax(10)), discount=off(10), due_on="")
    changed = books.ask(ChangeSettings(discount_timing="after_tax", terms_days=7, write_off_tax=False))
    assert (changed.discount_timing, changed.terms_days, changed.write_off_tax) == ("after_tax", 7, 0)
    assert (changed.name, changed.credit_rate) == ("Acme", "original_rate")
    second = books.invoice(line(100, 1), discount=off(10), due_on="")
    assert (first.total_minor, first.due_on) == (9900, "2026-12-01")
    assert (second.total_minor, second.due_on) == (10000, "2026-11-08")
    texts = {"name": "Acme & Co", "timezone": "Europe/Rome", "language": "it", "details": '{"a":1}'}
    books.ask(ChangeSettings(**texts))
    after = books.rows(Organization)[0]
    assert {name: getattr(after, name) for name in texts} == texts
    assert books.ask(ChangeSettings()) == after
    invariants.hold(books)
