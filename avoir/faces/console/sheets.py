"""A sheet: a table that is shown as a page and sent as CSV or Excel, the same cells in each."""

import asyncio
import csv
import io
import re
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from starlette.responses import Response

from avoir.app.reads.console import Page
from avoir.core.currency import exponent
from avoir.core.errors import NotFound
from avoir.core.money import major_of
from avoir.faces.console.visit import Handler, Visit
from avoir.faces.console.words import plain

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = re.compile(r"^[=+\-@\t\r]")


class Cell(NamedTuple):
    """A text, or an amount in minor units of a currency; perhaps a link to a page."""

    text: str = ""
    minor: int | None = None
    currency: str = ""
    to: str = ""


class Row(NamedTuple):
    """The cells of a row; `kind` is empty, `group` (a heading) or `sum`."""

    cells: Sequence[Cell]
    kind: str = ""


class Sheet(NamedTuple):
    """A titled table. `amounts` counts the columns, from the right, that hold amounts."""

    title: str
    about: str
    heads: Sequence[str]
    rows: Sequence[Row]
    amounts: int = 1
    short: str = ""
    """What is said below the last row, if there is more than the file holds."""


def short_of(page: Page, what: str = "rows") -> str:
    """What a file says that does not hold everything; nothing otherwise."""
    if not page.more:
        return ""
    held, of = len(page.rows), "" if page.total is None else f" of {page.total:,}"
    return f"This file ends here: it holds the first {held:,}{of} {what}. Choose fewer to have all."


def money(minor: int, currency: str, to: str = "") -> Cell:
    """An amount."""
    return Cell("", minor, currency, to)


def texts(*words: str) -> Row:
    """A row of texts."""
    return Row([Cell(each) for each in words])


def filing(sheet_of: Callable[[Visit], Awaitable[Sheet]]) -> Handler:
    """The page that sends a sheet as a file. Refuses `NotFound` for another form than CSV and Excel."""

    async def show(visit: Visit) -> Response:
        form = visit.request.path_params["form"]
        if form not in ("csv", "xlsx"):
            raise NotFound("there is no such file")
        return await send(visit, await sheet_of(visit), form)

    return show


async def send(visit: Visit, sheet: Sheet, form: str) -> Response:
    """The sheet as a file: `csv` or `xlsx`."""
    name = re.sub(r"[^a-z0-9]+", "-", f"{sheet.title} {visit.caller.today()}".lower()).strip("-")
    write, kind = (_csv, "text/csv; charset=utf-8") if form == "csv" else (_xlsx, XLSX)
    body = await asyncio.to_thread(write, sheet)
    return Response(
        body, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    )


def _csv(sheet: Sheet) -> bytes:
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerow(sheet.heads)
    out.writerows([_plain(cell) for cell in row.cells] for row in sheet.rows)
    if sheet.short:
        out.writerow([sheet.short])
    # The mark tells Excel that it is UTF-8.
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str:
    if cell.minor is not None:
        return plain(cell.minor, cell.currency)
    # A spreadsheet must not take a customer's name for a formula.
    return f"'{cell.text}" if FORMULA.match(cell.text) else cell.text


def _xlsx(sheet: Sheet) -> bytes:
    out = io.BytesIO()
    import xlsxwriter

    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", sheet.title)[:31])
    bold = book.add_format({"bold": True})
    formats = {places: book.add_format({"num_format": _pattern(places)}) for places in (0, 2, 3, 4)}
    page.write_row(0, 0, sheet.heads, bold)
    page.freeze_panes(1, 0)
    page.set_column(0, len(sheet.heads) - 1, 18)
    for y, row in enumerate(sheet.rows, 1):
        for x, cell in enumerate(row.cells):
            if cell.minor is None:
                page.write_string(y, x, cell.text, bold if row.kind else None)
            else:
                amount = Decimal(major_of(cell.minor, cell.currency))
                page.write_number(y, x, amount, formats[exponent(cell.currency)])
    if sheet.short:
        page.write_string(len(sheet.rows) + 1, 0, sheet.short, bold)
    book.close()
    return out.getvalue()


def _pattern(places: int) -> str:
    return "#,##0" + ("." + "0" * places if places else "")
