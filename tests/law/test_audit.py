"""The audit log: every command leaves who, when, what, before and after; and no secret."""

import msgspec
import pytest

from avoir.app.approvals import ExpireRefund, SetApprovalPolicy
from avoir.app.customers import (
    CreateCustomer,
    DeleteCustomer,
    EditCustomer,
)
from avoir.app.invoices import VoidInvoice
from avoir.app.mails import ClearMails, ClearTokens, MarkMailSent, PutMailOff, TakeMail
from avoir.app.organizations import OpenBooks
from avoir.app.payments import KeepPayment
from avoir.app.people import ResendInvite
from avoir.app.reads.audit import Record, audit, audit_of
from avoir.app.reads.query import Query
from avoir.app.reads.verify import broken_promises
from avoir.app.requests import KeepRequest
from avoir.app.series import SetSeries
from avoir.app.sign_ins import SendVerification
from avoir.core.access import DIRECTORY
from avoir.core.books import KINDS
from avoir.core.command import Command
from tests import invariants
from tests.law.everything import (
    ONE,
    SECRETS,
    commands,
    directory,
    from_before,
    from_the_till,
    hanging,
    office,
    paying,
    telling,
    writing,
)
from tests.ledger import NOW, Ledger, ask_of, line

HIDDEN = {kind.TABLE.removesuffix("s"): set(kind.SECRETS) for kind in KINDS if kind.SECRETS}
CHANGES_NOTHING = {KeepRequest, KeepPayment}
"""They bind a key, or make sure of what is so already."""


AT_ANOTHER_TIME = {
    ClearMails,
    ClearTokens,
    ExpireRefund,
    MarkMailSent,
    PutMailOff,
    ResendInvite,
    SendVerification,
    TakeMail,
}
"""They are told in tests of their own, being asked later than the others or about what has no number."""
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


def test_every_command_leaves_who_when_and_what(ledger):
    asked, books = {OpenBooks, *AT_ANOTHER_TIME}, ledger.organization_id
    stories = (
        (DIRECTORY, directory()),
        (books, office()),
        (books, writing()),
        (books, paying()),
        (books, from_before()),
        (books, telling()),
        (books, from_the_till()),
        (books, hanging()),
    )
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
