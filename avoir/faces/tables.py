"""Tables as files: the same columns and rows as CSV or as a spreadsheet, however many they are.

A row is written as soon as it is there and then forgotten, so a million of them take no more memory than one.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import xlsxwriter


from avoir.app.reads.exports import TooLongForPaper
from avoir.faces.paper.tables import Sheet, SheetRow

Number = Decimal | int

CSV, XLSX = "csv", "xlsx"
MEDIA = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
IN_MEMORY = 1 << 20
"""Bytes of a file that are kept in memory; a longer one goes to the disk."""

LINES_ON_A_SHEET = 1_000_000
"""A spreadsheet's page ends at 1,048,576 rows; what is more goes on the next page."""

CELLS_ON_PAPER = 20_000
"""Setting so many takes some seconds; a longer table is asked for as a file of numbers."""

DEEPEST = 8
STRONG = frozenset(("TOTAL", "AGGREGATE", "ACCOUNTS", "Total", "CUSTOMER"))
"""Kinds of rows that stand out on paper."""

_FORMULA = re.compile(r"\s*[=+\-@\t\r]")
_NO_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f']")


class Column(NamedTuple):
    """A column, or a heading over several."""

    key: str
    label: str
    under: "tuple[Column, ...]" = ()


class Cell(NamedTuple):
    """A text; and the number that it spells, if it spells one."""

    text: str = ""
    number: Number | None = None


class Line(NamedTuple):
    """A row of cells, what kind of row it is, and the rows that stand under it."""

    cells: Sequence[Cell]
    kinds: Sequence[str] = ()
    under: "Sequence[Line]" = ()
    id: str = ""


class Table(NamedTuple):
    """A titled table. `lines` may be made while they are read."""

    title: str
    columns: Sequence[Column]
    lines: Iterable[Line]


def leaves(columns: Sequence[Column], over: str = "") -> Iterator[tuple[str, str]]:
    """The columns that hold cells: key, and label with the headings over it."""
    for column in columns:
        label = f"{over} {column.label}".strip()
        if column.under:
            yield from leaves(column.under, label)
        else:
            yield column.key, label


def flat(lines: Iterable[Line], depth: int = 0) -> Iterator[tuple[int, Line]]:
    """Every row from top to bottom, and how deep it stands."""
    for line in lines:
        yield depth, line
        if line.under:
            yield from flat(line.under, min(depth + 1, DEEPEST))


def spooled(table: Table, form: str) -> IO[bytes]:
    """The table as a file, from its beginning. `form` is one of `MEDIA`."""
    # Whoever asked for it closes it, once it is sent.
    file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
    WRITERS[form](table, file)
    file.seek(0)
    return file


def sheet_of(table: Table, about: str) -> Sheet:
    """The table as it is set on paper. Refuses `TooLongForPaper`."""
    heads = [label for _, label in leaves(table.columns)]
    numbers, rows = [False] * len(heads), list[SheetRow]()
    for depth, line in flat(table.lines):
        numbers = [known or cell.number is not None for known, cell in zip(numbers, line.cells, strict=True)]
        rows.append(SheetRow([cell.text for cell in line.cells], depth, bool(STRONG & {*line.kinds})))
        if len(rows) * len(heads) > CELLS_ON_PAPER:
            raise TooLongForPaper("the table is too long for paper; ask for it as CSV", cells=CELLS_ON_PAPER)
    return Sheet(table.title, about, heads, numbers, rows)


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: a customer may be called `=HYPERLINK(...)`."""
    return f"'{text}" if _FORMULA.match(text) else text


def _write_csv(table: Table, file: IO[bytes]) -> None:
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=False)
    # The mark tells Excel that it is UTF-8.
    text.write("\ufeff")
    out = csv.writer(text)
    out.writerow([harmless(label) for _, label in leaves(table.columns)])
    out.writerows([_plain(cell) for cell in line.cells] for _, line in flat(table.lines))
    text.flush()
    text.detach()


def _plain(cell: Cell) -> str:
    if cell.number is None:
        return harmless(cell.text)
    return str(cell.number) if isinstance(cell.number, int) else f"{cell.number:f}"


def _write_xlsx(table: Table, file: IO[bytes]) -> None:
    # Loaded when the first sheet is written: it takes ten megabytes.
    import xlsxwriter

    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True})
    deep = [book.add_format({"indent": depth}) for depth in range(DEEPEST + 1)]
    amount = book.add_format({"num_format": "#,##0.00####"})
    labels = [label for _, label in leaves(table.columns)]
    title = _NO_TITLE.sub(" ", table.title)[:25].strip() or "Table"
    page, y = None, 0
    for depth, line in flat(table.lines):
        if page is None or y > LINES_ON_A_SHEET:
            page, y = _new_page(book, title, labels, bold), 1
        for x, cell in enumerate(line.cells):
            if cell.number is not None:
                page.write_number(y, x, cell.number, amount)
            elif cell.text:
                page.write_string(y, x, cell.text, None if x else deep[depth])
        y += 1
    if page is None:
        _new_page(book, title, labels, bold)
    book.close()


def _new_page(
    book: "xlsxwriter.Workbook", title: str, labels: Sequence[str], bold: object
) -> "xlsxwriter.worksheet.Worksheet":
    number = len(book.worksheets())
    page = book.add_worksheet(f"{title} {number + 1}" if number else title)
    page.set_column(0, max(len(labels) - 1, 0), 18)
    page.freeze_panes(1, 0)
    page.write_row(0, 0, labels, bold)
    return page


WRITERS: dict[str, Callable[[Table, IO[bytes]], None]] = {CSV: _write_csv, XLSX: _write_xlsx}
