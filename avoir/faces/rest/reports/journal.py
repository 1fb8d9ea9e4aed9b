"""The journal: every entry of a period with its lines; and what one document posted. Base currency."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from avoir.app.reads.figures import chart
from avoir.app.reads.ledger import postings_of
from avoir.app.reads.postings import Posting, Scope, days_posted, postings
from avoir.app.reads.query import Query
from avoir.app.reads.sources import Known, documents_named, sources_of
from avoir.core.account import Account
from avoir.core.money import major_of
from avoir.faces.render import midnight, plain
from avoir.faces.rest.accept import JSON, TABLE
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import anything, id_of, number, text
from avoir.faces.rest.reports.ledger import names_of
from avoir.faces.rest.reports.shape import COMMON, PERIOD, Asked, Made, answered
from avoir.faces.rest.reports.words import KINDS, TYPES
from avoir.faces.tables import Cell, Column, Line, Table

SHEET = Body(
    *COMMON, *PERIOD,
    text("transactionType", optional=True), text("transactionId", optional=True),
    anything("accountsIds"),
    number("fromRange", coerced=True, optional=True), number("toRange", coerced=True, optional=True),
)  # fmt: skip
BY_REFERENCE = Body(text("referenceType"), text("referenceId"))
TITLE = "Journal Sheet"
COLUMNS = (
    Column("date", "Date"), Column("transaction_type", "Transaction Type"),
    Column("transaction_number", "Num."), Column("description", "Description"),
    Column("account_code", "Acc. Code"), Column("account_name", "Account"),
    Column("debit", "Debit"), Column("credit", "Credit"),
)  # fmt: skip


async def journal_sheet(call: Call) -> Any:
    """Every entry of a period with its lines, the oldest first."""
    asked = Asked(call)
    return await answered(call, lambda query: _made(Journal(asked, query)))


async def by_reference(call: Call) -> dict[str, Any]:
    """What a document posted, its reversals included."""
    type_, id = call.query["referenceType"], id_of(call.query["referenceId"])
    found = await call.caller.read(_of_reference, KINDS.get(type_, ""), id)
    return {"transactions": [_transaction(call, posting, type_, id) for posting in found]}


def _of_reference(query: Query, kind: str, id: int) -> list[Any]:
    named = documents_named(query, kind, id) if kind else []
    return [posting for each in named for posting in postings_of(query, *each)]


def _transaction(call: Call, posting: Any, type_: str, id: int) -> dict[str, Any]:
    line, style = posting.line, call.style
    base = style.base

    def side(minor: int) -> dict[str, Any]:
        return {
            "amount": major_of(minor, base),
            "formatted_amount": plain(minor, base),
            "currency_code": base,
        }

    return {
        "date": {"date": midnight(line.booked_on), "formatted_date": style.day(line.booked_on)},
        "credit": side(line.base_credit_minor),
        "debit": side(line.base_debit_minor),
        "reference_type": type_,
        "reference_id": id,
        "formatted_reference_type": TYPES[KINDS[type_]][1],
        "contact_id": line.customer_id,
        "contact_type": "customer" if line.customer_id else None,
        "formatted_contact_type": "Customer" if line.customer_id else "",
        "account_name": posting.account.name,
        "account_code": posting.account.code,
        "account_id": posting.account.id,
    }


class Journal:
    """The journal of one request."""

    def __init__(self, asked: Asked, query: Query) -> None:
        self.asked, self.query = asked, query
        self.numbers = asked.numbers._replace(show_zero=True)
        self.scope = Scope(asked.entity_id, asked.since, asked.until, asked.branch_ids)
        self.accounts: dict[int, Account] = {account.id: account for account in chart(query)}
        self.chosen = set(asked.ids("accountsIds"))
        self.kind = KINDS.get(asked.query["transactionType"], asked.query["transactionType"])
        given = asked.query["transactionId"]
        self.id = id_of(given) if given else None
        self.sources: Known = {}
        self.customers: dict[int, str] = {}

    def entries(self) -> Iterator[list[Posting]]:
        """The lines of each entry in its turn; only a day's lines are held at a time."""
        for day in days_posted(self.query, self.scope):
            scope = self.scope._replace(since=day, until=day)
            lines = postings(self.query, scope, list(self.accounts), "l.entry_id, l.number")
            self.sources.clear()
            self.customers.clear()
            sources_of(self.query, {line.source for line in lines}, self.sources)
            names_of(self.query, [line.customer_id for line in lines], self.customers)
            for _, of_entry in groupby(lines, lambda line: line.entry_id):
                entry = list(of_entry)
                if self._wanted(entry):
                    yield entry

    def _wanted(self, lines: list[Posting]) -> bool:
        query, source = self.asked.query, self.sources[lines[0].source]
        if self.chosen and not any(line.account_id in self.chosen for line in lines):
            return False
        if self.kind and source.kind != self.kind:
            return False
        if self.id is not None and source.id != self.id:
            return False
        amount = major_of(sum(line.debit for line in lines), self.asked.base)
        least, most = query["fromRange"], query["toRange"]
        return (least is None or amount >= least) and (most is None or amount <= most)


def _made(journal: Journal) -> Made:
    asked = journal.asked
    echo = asked.echo(
        transaction_type=asked.query["transactionType"] or None,
        transaction_id=asked.query["transactionId"] or None,
        accounts_ids=asked.ids("accountsIds"),
        from_range=asked.query["fromRange"],
        to_range=asked.query["toRange"],
    )
    data = [_entry(journal, lines) for lines in journal.entries()] if asked.call.wants == JSON else []
    return Made(data, lambda: Table(TITLE, COLUMNS, _lines(journal)), echo, asked.meta(TITLE))


def _entry(journal: Journal, lines: list[Posting]) -> dict[str, Any]:
    first, base, style = lines[0], journal.asked.base, journal.asked.style
    source = journal.sources[first.source]
    type_, spoken = TYPES[source.kind]
    debit, credit = sum(x.debit for x in lines), sum(x.credit for x in lines)
    return {
        "date": midnight(first.booked_on),
        "date_formatted": style.day(first.booked_on),
        "transaction_type": type_,
        "reference_type": type_,
        "reference_id": source.id,
        "reference_type_formatted": spoken,
        "entries": [_side(journal, x) for x in lines],
        "currency_code": base,
        "credit": major_of(credit, base),
        "debit": major_of(debit, base),
        "formatted_credit": journal.numbers.total(credit),
        "formatted_debit": journal.numbers.total(debit),
    }


def _side(journal: Journal, x: Posting) -> dict[str, Any]:
    base, account, source = journal.asked.base, journal.accounts[x.account_id], journal.sources[x.source]
    return {
        "entry_id": x.entry_id,
        "index": x.number,
        "credit": major_of(x.credit, base),
        "debit": major_of(x.debit, base),
        "formatted_credit": journal.numbers.plain(x.credit),
        "formatted_debit": journal.numbers.plain(x.debit),
        "contact_type": "customer" if x.customer_id else None,
        "contact_name": journal.customers.get(x.customer_id or 0),
        "currency_code": base,
        "account_id": account.id,
        "account_name": account.name,
        "account_code": account.code,
        "transaction_number": source.number or None,
        "note": source.note or None,
        "created_at": x.created_at,
    }


def _lines(journal: Journal) -> Iterator[Line]:
    for lines in journal.entries():
        source = journal.sources[lines[0].source]
        for place, x in enumerate(lines):
            account = journal.accounts[x.account_id]
            head = x.booked_on, TYPES[source.kind][1]
            yield Line(
                (
                    *map(Cell, head if place == 0 or journal.asked.call.wants != TABLE else ("", "")),
                    *map(Cell, (source.number, source.note, account.code, account.name)),
                    journal.numbers.cell(x.debit),
                    journal.numbers.cell(x.credit),
                ),
                ("ENTRY",),
            )
        debit, credit = sum(x.debit for x in lines), sum(x.credit for x in lines)
        total = (journal.numbers.cell(debit, total=True), journal.numbers.cell(credit, total=True))
        yield Line((Cell(), Cell("Total"), *[Cell()] * 4, *total), ("TOTAL",))
