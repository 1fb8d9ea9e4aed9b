"""Pages that are neither lists nor reports, as files: customers, the ledger from any side, the audit log."""

from collections.abc import Sequence

import msgspec

from avoir.app.reads import console_customers, console_ledger, console_settings
from avoir.app.reads.console_ledger import JournalRow
from avoir.core.errors import NotFound
from avoir.core.lock import MODULES
from avoir.faces.console import customers as customer_pages
from avoir.faces.console.audit import told
from avoir.faces.console.jobs import listed_jobs
from avoir.faces.console.sheets import Cell, Row, Sheet, money, short_of, texts
from avoir.faces.console.templates import FILE_LINES, FILE_ROWS
from avoir.faces.console.visit import Visit
from avoir.faces.console.words import label


async def customers(visit: Visit) -> Sheet:
    """Customers with what they owe, a row for each currency."""
    wish = msgspec.structs.replace(customer_pages.wish_of(visit), page=1, size=FILE_ROWS)
    found = (await visit.caller.read(console_customers.customers, wish)).page
    rows = []
    for x in found.rows:
        named = (x.customer.name, x.customer.email, x.customer.code)
        for currency, minor in x.balances or [(x.customer.currency, 0)]:
            rows.append(Row((*map(Cell, (*named, currency)), money(minor, currency))))
    heads, short = ("Name", "E-mail", "Code", "Currency", "Balance"), short_of(found)
    return Sheet("Customers", "", heads, rows, short=short)


async def statement(visit: Visit) -> Sheet:
    """A customer's statement, every currency in it. Refuses `NotFound`."""
    page, (since, until) = await customer_pages.found(visit), customer_pages.span(visit)
    lists = await visit.caller.read(console_ledger.statement, page.customer.id, since, until)
    rows = []
    for each in lists:
        before = (since, "", each.before, each.currency)
        rows.append(Row((*map(Cell, before), Cell(), Cell(), money(each.opening_minor, each.currency))))
        for x in each.lines:
            texts = (x.line.booked_on, x.document.name, label(x.entry.event), each.currency)
            amounts = (x.line.debit_minor, x.line.credit_minor, x.balance_minor)
            rows.append(Row((*map(Cell, texts), *(money(minor, each.currency) for minor in amounts))))
        end = (until, "", "Balance at the end", each.currency)
        sums = (each.charged_minor, each.credited_minor, each.closing_minor)
        rows.append(Row((*map(Cell, end), *(money(minor, each.currency) for minor in sums)), "sum"))
    heads = ("Date", "Document", "What", "Currency", "Charged", "Paid or credited", "Balance")
    return Sheet(f"Statement of {page.customer.name}", "", heads, rows, 3)


async def account(visit: Visit) -> Sheet:
    """One account's lines with the balance after each. Refuses `NotFound`."""
    since, until = customer_pages.span(visit)
    found = await visit.caller.read(console_ledger.account_ledger, visit.id(), since, until, 1, FILE_LINES)
    if found is None:
        raise NotFound("there is no such account")
    rows = []
    for x in found.page.rows:
        texts = (x.line.booked_on, str(x.entry.id), x.document.name, label(x.entry.event))
        amounts = (x.line.base_debit_minor, x.line.base_credit_minor, x.balance_minor)
        rows.append(Row((*map(Cell, texts), *(money(minor, visit.base) for minor in amounts))))
    heads = ("Date", "Entry", "Document", "What", "Debit", "Credit", "Balance")
    short = short_of(found.page)
    return Sheet(f"{found.account.code} {found.account.name}", "", heads, rows, 3, short)


async def journal(visit: Visit) -> Sheet:
    """Entries with their sides, newest first."""
    (since, until), event = customer_pages.span(visit), visit.query.text("event")[:80]
    found = await visit.caller.read(console_ledger.journal, since, until, event, 1, FILE_LINES)
    short = short_of(found, "entries")
    return Sheet("Journal", "", ENTRY, _sides(visit, found.rows), 2, short)


async def entry(visit: Visit) -> Sheet:
    """One entry, and what reverses it or is reversed by it. Refuses `NotFound`."""
    found = await visit.caller.read(console_ledger.entry, visit.id())
    if found is None:
        raise NotFound("there is no such entry")
    return Sheet(f"Entry {visit.id()}", "", ENTRY, _sides(visit, [found[0]]), 2)


ENTRY = ("Date", "Entry", "Event", "Document", "Code", "Account", "Debit", "Credit")


def _sides(visit: Visit, entries: Sequence[JournalRow]) -> list[Row]:
    rows = []
    for each in entries:
        entry = each.entry.entry
        texts = (entry.booked_on, str(entry.id), label(entry.event), each.document.name)
        for side in each.entry.sides:
            amounts = (side.line.base_debit_minor, side.line.base_credit_minor)
            named = (*texts, side.account.code, side.account.name)
            rows.append(Row((*map(Cell, named), *(money(minor, visit.base) for minor in amounts))))
    return rows


async def locks(visit: Visit) -> Sheet:
    """Every part of the books, and up to when it is locked."""
    found = await visit.caller.read(console_settings.locks)
    rows = []
    for module in MODULES:
        x = found.get(module)
        days = (x.lock_to, x.unlock_from, x.unlock_to, x.reason) if x else ("",) * 4
        rows.append(texts(label(module), *days))
    heads = ("Part of the books", "Locked up to", "Window from", "Window to", "Why")
    return Sheet("Period locks", "", heads, rows, 0)


async def works(visit: Visit) -> Sheet:
    """Long work: one's own, and that about what one may see."""
    found, people = await listed_jobs(visit, 1, FILE_LINES), await visit.people()
    rows = [
        Row([*map(Cell, (
            x.name, label(x.state), people.get(x.asked_by.split(" ")[0], x.asked_by), x.created_at,
            str(x.done), str(x.refused), str(x.total),
        ))])
        for x in found.rows
    ]  # fmt: skip
    heads, short = WORKS, short_of(found)
    return Sheet("Jobs", "", heads, rows, 0, short)


WORKS = ("What", "State", "By", "Begun", "Done", "Refused", "In all")


async def audit(visit: Visit) -> Sheet:
    """The audit log: a row for each field that was changed."""
    found = await told(visit, 1, FILE_LINES)
    rows = [
        Row([Cell(text) for text in (
            each.event.created_at, str(each.event.id), each.event.actor, each.event.topic,
            str(each.event.subject_id), change.field, change.before, change.after,
        )])
        for each in found.rows
        for change in each.changes
    ]  # fmt: skip
    heads = ("When", "No.", "By", "What", "Of", "Field", "Before", "After")
    short = short_of(found, "events")
    return Sheet("Audit log", "", heads, rows, 0, short)
