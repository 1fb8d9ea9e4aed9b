"""Manual journals: entries that a person writes. What they may say, and how they are posted and undone."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from avoir.core import postings
from avoir.core.account import Account, takes_currency
from avoir.core.branch import known_branch
from avoir.core.customer import Customer
from avoir.core.desk import Desk
from avoir.core.document import MOST_LINES, NoLines
from avoir.core.errors import Kind, Refusal
from avoir.core.journal import JOURNALS_BY_NUMBER, MANUAL_LINES, ManualJournal, ManualJournalLine
from avoir.core.money import in_range, major_of, minor_of
from avoir.core.numbering import claim
from avoir.core.organization import Entity
from avoir.core.row import changed
from avoir.core.text import LONG, fits
from avoir.core.usage import use

DRAFT, PUBLISHED, REVERSED, DELETED = "draft", "published", "reversed", "deleted"
ZERO = Decimal(0)
WITH_CONTACT = frozenset({"accounts-receivable", "accounts-payable"})
"""The types of accounts on which a line says whose it is (contract B, 2.8)."""


class NotBalanced(Refusal):
    """What is debited is credited: the two sides of a journal are equal."""

    code, kind = "credit_debit_not_equal", Kind.INVALID


class NothingToBook(Refusal):
    """A journal books something."""

    code, kind = "credit_debit_not_equal_zero", Kind.INVALID


class NotOneSided(Refusal):
    """A line is a debit or a credit, and neither is negative."""

    code, kind = "journal_line_not_one_sided", Kind.INVALID


class UnknownAccounts(Refusal):
    """A line names an account that is not there."""

    code, kind = "accounts_ids_not_found", Kind.INVALID


class UnknownContacts(Refusal):
    """A line names a customer whom the entity does not have."""

    code, kind = "contacts_not_found", Kind.INVALID


class AccountInactive(Refusal):
    """Nothing new is booked on an inactive account."""

    code, kind = "account_inactive", Kind.INVALID


class ContactNeeded(Refusal):
    """A line on a receivable or payable account says whose it is."""

    code, kind = "entries_should_assign_with_contact", Kind.INVALID


class JournalAlreadyPublished(Refusal):
    """What is published stays as it is; it is reversed, not edited."""

    code = "manual_journal_already_published"


class JournalNotPublished(Refusal):
    """Only what is published can be reversed."""

    code = "manual_journal_not_published"


class JournalSide(msgspec.Struct, frozen=True):
    """One line as it is asked for: a debit or a credit, in major units."""

    account_id: int
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    customer_id: int | None = None
    branch_id: int | None = None  # The journal's, if not given.
    note: str = ""


def write_lines(desk: Desk, journal: ManualJournal, sides: Sequence[JournalSide]) -> ManualJournal:
    """Write a draft's lines in the place of those it had; the journal with its amount.

    A line of nothing is left out. Refuses `UnknownAccounts`, `UnknownContacts`, an unknown branch, what is
    wrong with an amount, `NotOneSided`, `NotBalanced`, `NothingToBook`, and accounts that do not fit.
    """
    if len(sides) > MOST_LINES:
        raise NoLines(f"a journal has at most {MOST_LINES} lines", most=MOST_LINES)
    accounts = [_account(desk, side.account_id) for side in sides]
    for side in sides:
        _checked(desk, journal, side)
    minors = [_minor(side, journal.currency) for side in sides]
    debit, credit = (
        sum(minor for minor in minors if minor > 0),
        -sum(minor for minor in minors if minor < 0),
    )
    if debit != credit:
        facts = {"debit": major_of(debit, journal.currency), "credit": major_of(credit, journal.currency)}
        raise NotBalanced("what is debited is credited", **facts)
    if not debit:
        raise NothingToBook("a journal books something")
    for line in desk.of(ManualJournalLine, MANUAL_LINES, journal.id):
        desk.remove(line)
    kept = [
        (side, account, minor) for side, account, minor in zip(sides, accounts, minors, strict=True) if minor
    ]
    for position, (side, account, minor) in enumerate(kept, 1):
        _fits(desk, journal, account, side.customer_id)
        desk.add(
            ManualJournalLine(
                organization_id=desk.organization_id,
                journal_id=journal.id,
                position=position,
                account_id=use(desk, desk.get(Account, account.id)).id,
                minor=minor,
                customer_id=side.customer_id,
                branch_id=side.branch_id,
                note=side.note,
            )
        )
    return desk.put(changed(journal, amount_minor=in_range(debit, "amount"), updated_at=desk.now))


def publish(desk: Desk, journal: ManualJournal) -> ManualJournal:
    """Draw the number, unless the draft has one, and post the lines as given.

    Refuses `JournalAlreadyPublished`, what does not fit any more, and `DateLocked`.
    """
    draft(journal)
    lines = desk.of(ManualJournalLine, MANUAL_LINES, journal.id)
    for line in lines:
        _fits(desk, journal, desk.get(Account, line.account_id), line.customer_id)
        branch_id = journal.branch_id if line.branch_id is None else line.branch_id
        known_branch(desk, branch_id, journal.entity_id)
    if not journal.number:
        number, sequence = claim(desk, ManualJournal, JOURNALS_BY_NUMBER, journal.entity_id, "")
        journal = changed(journal, number=number, sequence=sequence)
    entry_id = postings.manual_journal(desk, journal, lines)
    desk.tell("manual_journal.published", journal)
    return desk.put(
        changed(journal, state=PUBLISHED, entry_id=entry_id, published_at=desk.now, updated_at=desk.now)
    )


def draft(journal: ManualJournal) -> ManualJournal:
    """The journal itself. Refuses `JournalAlreadyPublished`."""
    if journal.state != DRAFT:
        raise JournalAlreadyPublished(f"the journal is {journal.state}", journalId=journal.id)
    return journal


def _account(desk: Desk, account_id: int) -> Account:
    account = desk.find(Account, account_id)
    if account is None:
        raise UnknownAccounts("no such account", accountId=account_id)
    return account


def _checked(desk: Desk, journal: ManualJournal, side: JournalSide) -> None:
    """Whom and what the line names is there; they are marked as used."""
    fits(side.note, "note", LONG)
    if side.customer_id is not None:
        customer = desk.find(Customer, side.customer_id)
        if customer is None or customer.entity_id != journal.entity_id:
            raise UnknownContacts("the entity has no such customer", customerId=side.customer_id)
        use(desk, customer)
    branch_id = journal.branch_id if side.branch_id is None else side.branch_id
    known_branch(desk, branch_id, journal.entity_id)


def _minor(side: JournalSide, currency: str) -> int:
    """A line's amount: a debit is positive. Refuses `NotOneSided`, and an amount the currency cannot hold."""
    debit, credit = minor_of(side.debit, currency, "debit"), minor_of(side.credit, currency, "credit")
    if debit < 0 or credit < 0 or (debit and credit):
        raise NotOneSided("a line is a debit or a credit", accountId=side.account_id)
    return debit - credit


def _fits(desk: Desk, journal: ManualJournal, account: Account, customer_id: int | None) -> None:
    """Refuses `AccountInactive`, `ContactNeeded`, `AccountCurrencyMismatch`."""
    if not account.active:
        raise AccountInactive("the account is inactive", accountId=account.id)
    if account.type in WITH_CONTACT and customer_id is None:
        raise ContactNeeded("the line must say whose it is", accountId=account.id)
    takes_currency(account, journal.currency, desk.get(Entity, journal.entity_id).base_currency)
