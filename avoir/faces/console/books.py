"""The books: reports as sheets, the journal, accounts; each on the page, as CSV and as Excel."""

from calendar import monthrange
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple

from babel.dates import format_date
from starlette.responses import RedirectResponse, Response

from avoir.app.jobs import Piece, StartJob
from avoir.app.reads import console_ledger, console_reports
from avoir.app.reads.console import Page
from avoir.app.reads.console_reports import Section
from avoir.app.reads.figures import BEGINNING
from avoir.core.account import TYPES, Account
from avoir.core.day import checked_day
from avoir.core.errors import NotFound
from avoir.core.job import MOST_PIECES
from avoir.faces.console.abilities import LEDGER_LINES
from avoir.faces.console.customers import span
from avoir.faces.console.forms import page_of
from avoir.faces.console.listing import LONGEST, Sorted, heads_of
from avoir.faces.console.sheets import Cell, Row, Sheet, money, send
from avoir.faces.console.visit import Visit
from avoir.faces.console.words import number
from avoir.faces.console.works import LEDGER, Days, encode

PERIOD, DAY, ALWAYS = "period", "day", "always"
LONGEST_PAGE = 100
"""Rows of a report on a page; its files have all of them."""


async def index(visit: Visit) -> Response:
    """The first report that is for who is there; without any, the locks, which are for all."""
    may = [slug for slug, report in REPORTS.items() if visit.may(report.ability)]
    return RedirectResponse(visit.at(f"/books/{next(iter(may), 'locks')}"), 303)


class Report(NamedTuple):
    """A report: its title, the ability to read it, what it asks for (a period, a day), its making."""

    title: str
    ability: str
    asks: str
    make: Callable[[Visit], Awaitable[Sheet]]


async def show(visit: Visit) -> Response:
    """A report as a page, or, by the ending of its address, as a file. Refuses `NotFound`, `InvalidDate`."""
    slug, _, form = visit.request.path_params.get("report", "general-ledger").partition(".")
    report = REPORTS.get(slug)
    if report is None or form not in ("", "csv", "xlsx"):
        raise NotFound("there is no such report")
    visit.need(report.ability)
    sheet = await report.make(visit)
    sheet, sort = ordered(sheet, visit.query.text("sort"))
    if form:
        return await send(visit, sheet, form)
    since, until = span(visit)
    shown, pages = paged(sheet, page_of(visit.query))
    return visit.page(
        "report.html", sheet=sheet, slug=slug, report=report, reports=REPORTS, since=since, until=until,
        shown=shown, pages=pages, period=visit.query.text("period"), sort=visit.query.text("sort"),
        sorting=_heads(visit, slug, sheet, sort),
    )  # fmt: skip


def ordered(sheet: Sheet, asked: str) -> tuple[Sheet, tuple[str, bool]]:
    """A sheet with its rows sorted by a column, `2` or `-2`; its last row, the sum, stays where it is.

    One with groups stays as it is: its order says what belongs to what.
    """
    text = asked[:LONGEST]
    name, falling = text.removeprefix("-"), text.startswith("-")
    if name not in _columns(sheet):
        return sheet, ("", False)
    *rows, last = sheet.rows
    rows.sort(key=lambda row: _worth(row.cells[int(name)]), reverse=falling)
    return sheet._replace(rows=[*rows, last]), (name, falling)


def _columns(sheet: Sheet) -> list[str]:
    """The columns that a sheet may be sorted by, by their places."""
    grouped = any(row.kind for row in sheet.rows[:-1])
    return [] if grouped or len(sheet.rows) < 3 else [str(place) for place in range(len(sheet.heads))]


def _worth(cell: Cell) -> tuple[int, str]:
    return (cell.minor or 0, cell.text.lower())


def _heads(visit: Visit, slug: str, sheet: Sheet, sort: tuple[str, bool]) -> dict[str, Sorted]:
    first = len(sheet.heads) - sheet.amounts
    falls = {name: int(name) >= first for name in _columns(sheet)}
    asked = {name: visit.query.text(name) for name in ("since", "until", "period")}
    return heads_of(visit, f"/books/{slug}", asked, falls, sort)


def paged(sheet: Sheet, number: int) -> tuple[Sequence[Row], Page]:
    """The rows of a sheet that are on a page, its last line below each; all of them, if they are few."""
    if len(sheet.rows) <= LONGEST_PAGE:
        return sheet.rows, Page([], 0, 1)
    *rows, last = sheet.rows
    shown = rows[(number - 1) * LONGEST_PAGE : number * LONGEST_PAGE]
    return [*shown, last], Page(shown, len(rows), number, LONGEST_PAGE)


async def trial_balance(visit: Visit) -> Sheet:
    """Every account with its debits and credits."""
    (since, until), base = span(visit), visit.base
    rows = await visit.caller.read(console_reports.trial, since, until)
    lines = [
        Row((
            *_account(x.account, since, until),
            money(x.debit_minor, base), money(x.credit_minor, base), money(x.balance_minor, base),
        ))
        for x in rows
    ]  # fmt: skip
    sums = console_reports.totals(rows, "debit_minor", "credit_minor", "balance_minor")
    lines.append(Row((Cell(), Cell("Total"), *(money(minor, base) for minor in sums)), "sum"))
    about = f"{_said(visit, since, until)}; a balance below zero is a credit"
    return Sheet("Trial balance", about, ("Code", "Account", "Debit", "Credit", "Balance"), lines, 3)


async def general_ledger(visit: Visit) -> Sheet:
    """Every account: what stood on it, what moved, what stands. Its lines are behind its name."""
    (since, until), base = span(visit), visit.base
    rows = await visit.caller.read(console_reports.general_ledger, since, until)
    lines = [
        Row((
            *_account(x.account, since, until),
            money(x.opening_minor, base), money(x.debit_minor, base),
            money(x.credit_minor, base), money(x.closing_minor, base),
        ))
        for x in rows
    ]  # fmt: skip
    names = ("opening_minor", "debit_minor", "credit_minor", "closing_minor")
    sums = console_reports.totals(rows, *names)
    lines.append(Row((Cell(), Cell("Total"), *(money(minor, base) for minor in sums)), "sum"))
    heads = ("Code", "Account", "Before", "Debit", "Credit", "At the end")
    about = f"{_said(visit, since, until)}; what is below zero is a credit"
    return Sheet("General ledger", about, heads, lines, 4)


async def lines(visit: Visit) -> Response:
    """Begin a file of every line of a period, month by month. Refuses what `StartJob` refuses."""
    visit.need(LEDGER_LINES)
    since, until = (checked_day(visit.form.text(name)) for name in ("since", "until"))
    pieces = tuple(
        Piece(format_date(date.fromisoformat(days.since), "MMMM y", "en"), encode(days).decode())
        for days in islice(months(since, until), MOST_PIECES + 1)
    )
    name = f"General ledger, {since} to {until}"
    job = await visit.ask(StartJob(kind=LEDGER, name=name, pieces=pieces))
    visit.jobs.news()
    return visit.go(f"/jobs/{job.id}")


def months(since: str, until: str) -> Iterator[Days]:
    """A period month by month."""
    first, last = date.fromisoformat(since), date.fromisoformat(until)
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        begins = date(month // 12, month % 12 + 1, 1)
        ends = begins.replace(day=monthrange(begins.year, begins.month)[1])
        yield Days(max(begins, first).isoformat(), min(ends, last).isoformat())


async def profit_and_loss(visit: Visit) -> Sheet:
    """What was earned and spent."""
    (since, until), base = span(visit), visit.base
    found = await visit.caller.read(console_reports.profit_and_loss, since, until)
    lines = [*_section(found.income, base, since, until), *_section(found.expense, base, since, until)]
    lines.append(Row((Cell(), Cell("Profit"), money(found.minor, base)), "sum"))
    return Sheet("Profit and loss", _said(visit, since, until), ("Code", "Account", "Amount"), lines)


async def balance_sheet(visit: Visit) -> Sheet:
    """What there is, and who it belongs to."""
    (_, until), base = span(visit), visit.base
    found = await visit.caller.read(console_reports.balance_sheet, until)
    since = BEGINNING
    lines = [
        *_section(found.assets, base, since, until),
        *_section(found.liabilities, base, since, until),
        *_section(found.equity, base, since, until),
        Row((Cell(), Cell("Earned and not yet closed"), money(found.earned_minor, base))),
        Row((Cell(), Cell("Liabilities and equity"), money(found.claims_minor, base)), "sum"),
    ]
    return Sheet("Balance sheet", f"On {visit.day(until)}, in {base}", ("Code", "Account", "Amount"), lines)


async def aging(visit: Visit) -> Sheet:
    """Who owes what for how long."""
    (_, until), base = span(visit), visit.base
    rows = await visit.caller.read(console_reports.aging, visit.caller.setup.entity.id, until)
    heads = ("Customer", "Not due", "1 to 30 days", "31 to 60", "61 to 90", "Over 90", "Credits", "Total")
    lines = [
        Row((
            Cell(x.customer, to=f"/customers/{x.customer_id}"), *(money(minor, base) for minor in x.buckets),
            money(x.minor, base),
        ))
        for x in rows
    ]  # fmt: skip
    sums = (*console_reports.aged(rows), *console_reports.totals(rows, "minor"))
    lines.append(Row((Cell("Total"), *(money(minor, base) for minor in sums)), "sum"))
    return Sheet("Aging", f"What was owed on {visit.day(until)}, by its age, in {base}", heads, lines, 7)


async def sales_tax(visit: Visit) -> Sheet:
    """What was charged and given back of each tax."""
    (since, until), base = span(visit), visit.base
    rows = await visit.caller.read(console_reports.sales_tax, since, until)
    lines = [
        Row((
            Cell(x.rate.name), Cell(f"{number(x.rate.percent_micro, 6)} %"), money(x.charged_minor, base),
            money(x.back_minor, base), money(x.minor, base),
        ))
        for x in rows
    ]  # fmt: skip
    sums = console_reports.totals(rows, "charged_minor", "back_minor", "minor")
    lines.append(Row((Cell("Total"), Cell(), *(money(minor, base) for minor in sums)), "sum"))
    return Sheet(
        "Sales tax",
        _said(visit, since, until),
        ("Tax", "Rate", "Charged", "Given back", "To be paid"),
        lines,
        3,
    )


async def chart(visit: Visit) -> Sheet:
    """Every account, by what it is."""
    views = await visit.caller.read(console_reports.chart)
    lines, root = [], ""
    for view in views:
        x, type_ = view.account, TYPES[view.account.type]
        if type_.root != root:
            root = type_.root
            lines.append(Row((Cell(), Cell(ROOTS[root]), Cell(), Cell()), "group"))
        name = x.name if x.active else f"{x.name} (inactive)"
        cells = (Cell(x.code), Cell(name, to=f"/books/accounts/{x.id}"), Cell(type_.label))
        lines.append(Row((*cells, money(view.amount_minor, x.currency))))
    return Sheet(
        "Chart of accounts",
        "Balances on each account's normal side",
        ("Code", "Account", "Type", "Balance"),
        lines,
    )


async def account(visit: Visit) -> Response:
    """One account's lines. Refuses `NotFound`."""
    since, until = span(visit)
    found = await visit.caller.read(
        console_ledger.account_ledger, visit.id(), since, until, page_of(visit.query)
    )
    if found is None:
        raise NotFound("there is no such account")
    return visit.page(
        "account.html",
        ledger=found,
        account=found.account,
        since=since,
        until=until,
        period=visit.query.text("period"),
        reports=REPORTS,
        slug="chart",
    )


async def journal(visit: Visit) -> Response:
    """Entries, newest first."""
    (since, until), event = span(visit), visit.query.text("event")[:80]
    page = await visit.caller.read(console_ledger.journal, since, until, event, page_of(visit.query))
    return visit.page(
        "journal.html", found=page, events=console_ledger.events_posted(), event=event,
        since=since, until=until, reports=REPORTS, slug="journal", period=visit.query.text("period"),
    )  # fmt: skip


async def entry(visit: Visit) -> Response:
    """One entry, what it is about, and what reverses it. Refuses `NotFound`."""
    found = await visit.caller.read(console_ledger.entry, visit.id())
    if found is None:
        raise NotFound("there is no such entry")
    row, linked = found
    return visit.page(
        "entry.html", row=row, entry=row.entry.entry, linked=linked, people=await visit.people(),
        reports=REPORTS, slug="journal",
    )  # fmt: skip


ROOTS = {
    "asset": "Assets", "liability": "Liabilities", "equity": "Equity", "income": "Income",
    "expense": "Expenses",
}  # fmt: skip
REPORTS = {
    "trial-balance": Report("Trial balance", "read-trial-balance-sheet Report", PERIOD, trial_balance),
    "general-ledger": Report("General ledger", LEDGER_LINES, PERIOD, general_ledger),
    "profit-and-loss": Report("Profit and loss", "read-profit-loss Report", PERIOD, profit_and_loss),
    "balance-sheet": Report("Balance sheet", "read-balance-sheet Report", DAY, balance_sheet),
    "aging": Report("Aging", "read-ar-aging-summary Report", DAY, aging),
    "sales-tax": Report("Sales tax", "read-sales-tax-liability-summary Report", PERIOD, sales_tax),
    "chart": Report("Chart of accounts", "View Account", ALWAYS, chart),
}
"""Every report, by the end of its address."""


def _account(x: Account, since: str, until: str) -> tuple[Cell, Cell]:
    return Cell(x.code), Cell(x.name, to=f"/books/accounts/{x.id}?since={since}&until={until}")


def _section(section: Section, base: str, since: str, until: str) -> list[Row]:
    return [
        Row((Cell(), Cell(section.name), Cell()), "group"),
        *(Row((*_account(each.account, since, until), money(each.minor, base))) for each in section.sums),
        Row((Cell(), Cell(f"{section.name} in all"), money(section.minor, base)), "sum"),
    ]


def _said(visit: Visit, since: str, until: str) -> str:
    return f"{visit.day(since)} to {visit.day(until)}, in {visit.base}"
