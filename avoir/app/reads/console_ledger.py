"""The ledger from any side: an account's lines, a customer's statement, the journal; with the documents."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from avoir.app.reads.console import FEW_ROWS, SIZE, Conditions, Entry, Page, few, page, with_sides
from avoir.app.reads.figures import day_before
from avoir.app.reads.postings import Scope
from avoir.app.reads.query import Query
from avoir.app.reads.receivables import receivable_accounts, standings_by_currency
from avoir.core.account import Account
from avoir.core.credit_note import CreditNote
from avoir.core.invoice import Invoice
from avoir.core.journal import JournalEntry, JournalLine, ManualJournal
from avoir.core.payment import Payment
from avoir.core.postings import EVENTS
from avoir.core.refund import Refund
from avoir.core.row import Row

DOCUMENTS: dict[str, tuple[type[Row], str]] = {
    "invoice": (Invoice, "/invoices"),
    "credit_note": (CreditNote, "/credit-notes"),
    "payment": (Payment, "/payments"),
    "refund": (Refund, "/refunds"),
    "manual_journal": (ManualJournal, ""),
}
"""Where the documents that entries are about can be read."""


class Document(msgspec.Struct, frozen=True):
    """What an entry is about: its name, and its page if it has one."""

    name: str
    path: str


class Posted(msgspec.Struct, frozen=True):
    """One line, its entry and document, and the balance after it: of the account, or of the customer."""

    line: JournalLine
    entry: JournalEntry
    document: Document
    balance_minor: int


LONGEST = 5000
"""So many lines a statement has; what was earlier is in its opening balance."""


class Statement(msgspec.Struct, frozen=True):
    """A customer's receivable in one currency; `opening_minor` is what was owed before its first line.

    `cut` says that the period has earlier lines, which are not shown.
    """

    currency: str
    opening_minor: int
    lines: list[Posted]
    closing_minor: int
    cut: bool

    @property
    def before(self) -> str:
        """What its opening balance is called."""
        return "Balance before the lines shown" if self.cut else "Balance before"

    @property
    def charged_minor(self) -> int:
        return sum(each.line.debit_minor for each in self.lines)

    @property
    def credited_minor(self) -> int:
        return sum(each.line.credit_minor for each in self.lines)


class AccountLedger(msgspec.Struct, frozen=True):
    """One account's lines on a page, in the base currency; positive is a debit."""

    account: Account
    page: Page
    opening_minor: int
    debit_minor: int
    credit_minor: int

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + self.debit_minor - self.credit_minor


class WholeLine(msgspec.Struct, frozen=True, array_like=True):
    """One line of the ledger with everything that is said of it; amounts in minor units."""

    booked_on: str
    entry_id: int
    event: str
    document: str
    code: str
    account: str
    customer: str
    currency: str
    debit_minor: int
    credit_minor: int
    base_debit_minor: int
    base_credit_minor: int


class JournalRow(msgspec.Struct, frozen=True):
    """An entry with its sides, and what it is about."""

    entry: Entry
    document: Document


def documents_of(query: Query, entries: Sequence[JournalEntry]) -> dict[tuple[str, int], Document]:
    """What some entries are about."""
    ids: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        ids[entry.source_kind].append(entry.source_id)
    found: dict[tuple[str, int], Document] = {}
    for kind, wanted in ids.items():
        if kind in DOCUMENTS:
            row_kind, room = DOCUMENTS[kind]
            for row in query.by_ids(row_kind, wanted):
                id, number = type(row).key(row)[1], msgspec.structs.asdict(row)["number"]
                name = number or f"{kind.replace('_', ' ').capitalize()} {id}"
                found[kind, id] = Document(name, f"{room}/{id}" if room else "")
        else:
            room = "/disputes" if kind == "dispute" else ""
            for id in wanted:
                name = f"{kind.replace('_', ' ').capitalize()} {id}"
                found[kind, id] = Document(name, f"{room}/{id}" if room else "")
    return found


def statement(query: Query, customer_id: int, since: str, until: str) -> list[Statement]:
    """What a customer was charged, paid and was given back, by currency, with the balance after each."""
    scope = Scope(None, since, until, customer_ids=[customer_id])
    standing = standings_by_currency(query, scope)
    mine, params = query.among("t.account_id", receivable_accounts(query))
    lines = query.rows(
        JournalLine,
        f"""{mine} AND t.customer_id = :customer AND t.booked_on BETWEEN :since AND :until
        AND t.debit_minor <> t.credit_minor""",
        "ORDER BY t.booked_on DESC, t.entry_id DESC, t.number DESC LIMIT :longest",
        **params, customer=customer_id, since=since, until=until, longest=LONGEST,
    )  # fmt: skip
    posted = _posted(query, lines[::-1])
    found = []
    for (_, currency), stood in standing.items():
        of_it = [x for x in posted if x.line.currency == currency]
        opening = balance = stood.closing - sum(x.line.debit_minor - x.line.credit_minor for x in of_it)
        own = []
        for each in of_it:
            balance += each.line.debit_minor - each.line.credit_minor
            own.append(msgspec.structs.replace(each, balance_minor=balance))
        found.append(Statement(currency, opening, own, balance, opening != stood.opening))
    return found


def account_ledger(
    query: Query, id: int, since: str, until: str, number: int, size: int = SIZE
) -> AccountLedger | None:
    """One account's lines between two days, oldest first, each with the balance after it; or None."""
    account = query.one(Account, id)
    if account is None:
        return None
    debit, credit = _before(query, id, since)
    opening = debit - credit
    where = Conditions("t.account_id = :account", account=id)
    where.add("t.booked_on BETWEEN :since AND :until", since=since, until=until)
    total = few(query, JournalLine, where)
    found = page(query, JournalLine, where, "t.booked_on, t.entry_id, t.number", number, size, total=total)
    debit, credit = _within(query, id, since, until)
    # What stands before this page is what the lines before it sum to.
    skip = (number - 1) * size
    (before,) = query.all(
        f"""SELECT CAST(coalesce(SUM(x.n), 0) AS BIGINT) FROM (
                SELECT t.base_debit_minor - t.base_credit_minor AS n FROM journal_lines AS t
                WHERE t.organization_id = :o AND {where.sql}
                ORDER BY t.booked_on, t.entry_id, t.number LIMIT :skip
            ) AS x""",
        **where.params, skip=skip,
    )  # fmt: skip
    balance, rows = opening + before[0], []
    for each in _posted(query, found.rows):
        balance += each.line.base_debit_minor - each.line.base_credit_minor
        rows.append(msgspec.structs.replace(each, balance_minor=balance))
    return AccountLedger(account, msgspec.structs.replace(found, rows=rows), opening, debit, credit)


def every_line(query: Query, since: str, until: str) -> list[WholeLine]:
    """Every line between two days, in the order of posting, in one statement however many."""
    rows = query.all(
        """SELECT t.booked_on, t.entry_id, e.event,
                coalesce(i.number, n.number, p.number, r.number, m.number, ''),
                a.code, a.name, coalesce(c.name, ''), t.currency, t.debit_minor, t.credit_minor,
                t.base_debit_minor, t.base_credit_minor
            FROM journal_lines AS t
            JOIN journal_entries AS e ON e.organization_id = t.organization_id AND e.id = t.entry_id
            JOIN accounts AS a ON a.organization_id = t.organization_id AND a.id = t.account_id
            LEFT JOIN customers AS c ON c.organization_id = t.organization_id AND c.id = t.customer_id
            LEFT JOIN invoices AS i ON e.source_kind = 'invoice'
                AND i.organization_id = t.organization_id AND i.id = e.source_id
            LEFT JOIN credit_notes AS n ON e.source_kind = 'credit_note'
                AND n.organization_id = t.organization_id AND n.id = e.source_id
            LEFT JOIN payments AS p ON e.source_kind = 'payment'
                AND p.organization_id = t.organization_id AND p.id = e.source_id
            LEFT JOIN refunds AS r ON e.source_kind = 'refund'
                AND r.organization_id = t.organization_id AND r.id = e.source_id
            LEFT JOIN manual_journals AS m ON e.source_kind = 'manual_journal'
                AND m.organization_id = t.organization_id AND m.id = e.source_id
            WHERE t.organization_id = :o AND t.booked_on BETWEEN :since AND :until
            ORDER BY t.booked_on, t.entry_id, t.number""",
        since=since, until=until,
    )  # fmt: skip
    return [WholeLine(*row) for row in rows]


def journal(query: Query, since: str, until: str, event: str, number: int, size: int = 25) -> Page:
    """A page of entries, the latest first."""
    where = Conditions("t.booked_on BETWEEN :since AND :until", since=since, until=until)
    if event:
        where.add("t.event = :event", event=event)
    if event or query.standing(JournalEntry) <= FEW_ROWS:
        total = few(query, JournalEntry, where)
        found = page(query, JournalEntry, where, "t.booked_on DESC, t.id DESC", number, size, total=total)
    else:
        found = _by_days(query, since, until, number, size)
    about = documents_of(query, found.rows)
    rows = [
        JournalRow(each, about[each.entry.source_kind, each.entry.source_id])
        for each in with_sides(query, found.rows)
    ]
    return msgspec.structs.replace(found, rows=rows)


def _by_days(query: Query, since: str, until: str, number: int, size: int) -> Page:
    """A page of all entries of many, from the last day back: by the lines of as many days as it takes.

    Entries have no index of their days, which every refund would have to write; lines and balances have.
    """
    skip, days = (number - 1) * size, 1
    ids: list[int] = []
    while until >= since and len(ids) <= skip + size:
        last = query.all(
            """SELECT DISTINCT t.booked_on FROM balances AS t WHERE t.organization_id = :o
                AND t.booked_on BETWEEN :since AND :until ORDER BY t.booked_on DESC LIMIT :days""",
            since=since, until=until, days=days,
        )  # fmt: skip
        if not last:
            break
        first = last[-1][0]
        found = query.all(
            """SELECT DISTINCT t.booked_on, t.entry_id FROM journal_lines AS t WHERE t.organization_id = :o
                AND t.account_id IN (SELECT a.id FROM accounts AS a WHERE a.organization_id = :o)
                AND t.booked_on BETWEEN :first AND :until ORDER BY 1 DESC, 2 DESC""",
            first=first, until=until,
        )  # fmt: skip
        ids += [id for _, id in found]
        until, days = day_before(first), days * 2
    wanted = ids[skip : skip + size]
    rows = {row.id: row for row in query.by_ids(JournalEntry, wanted)}
    return Page([rows[id] for id in wanted], None, number, size, len(ids) > skip + size)


def events_posted() -> list[str]:
    """Every kind of entry that the law posts, and what takes it back."""
    return sorted([*EVENTS, *(f"{event}_reversed" for event in EVENTS)])


def entry(query: Query, id: int) -> tuple[JournalRow, list[JournalEntry]] | None:
    """One entry and what it is about; and the entries that it reverses or is reversed by. Or None."""
    found = query.one(JournalEntry, id)
    if found is None:
        return None
    (dressed,) = with_sides(query, [found])
    linked = query.rows(
        JournalEntry, "t.reverses_id = :id OR t.id = :other", id=id, other=found.reverses_id or 0
    )
    return JournalRow(dressed, documents_of(query, [found])[found.source_kind, found.source_id]), linked


def _before(query: Query, account_id: int, since: str) -> tuple[int, int]:
    """Debits and credits of an account before a day: of the months before its own, and of days of that."""
    months = _sums(query, "month_balances", account_id, "t.month < :month", month=since[:7])
    days = _sums(
        query, "balances", account_id, "t.booked_on >= :first AND t.booked_on < :since",
        first=f"{since[:7]}-01", since=since,
    )  # fmt: skip
    return months[0] + days[0], months[1] + days[1]


def _within(query: Query, account_id: int, since: str, until: str) -> tuple[int, int]:
    """Debits and credits of an account between two days."""
    between = "t.booked_on BETWEEN :since AND :until"
    return _sums(query, "balances", account_id, between, since=since, until=until)


def _sums(query: Query, table: str, account_id: int, when: str, **params: str) -> tuple[int, int]:
    (found,) = query.all(
        f"""SELECT CAST(coalesce(SUM(t.base_debit_minor), 0) AS BIGINT),
                CAST(coalesce(SUM(t.base_credit_minor), 0) AS BIGINT)
            FROM {table} AS t WHERE t.organization_id = :o AND t.account_id = :account AND {when}""",
        account=account_id, **params,
    )  # fmt: skip
    return int(found[0]), int(found[1])


def _posted(query: Query, lines: Sequence[JournalLine]) -> list[Posted]:
    entries = {row.id: row for row in query.by_ids(JournalEntry, [line.entry_id for line in lines])}
    about = documents_of(query, list(entries.values()))
    return [Posted(x, e := entries[x.entry_id], about[e.source_kind, e.source_id], 0) for x in lines]
