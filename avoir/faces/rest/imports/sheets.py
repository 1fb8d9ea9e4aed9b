"""Sheets as people upload them: CSV of any dialect, and Excel. All cells come out as texts."""

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

from python_calamine import CalamineError, load_workbook

from avoir.app.imports import ImportedFileExtensionInvalid, ImportedFileUnreadable

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 20_000, 200, 65_535
UNPACKED = 100 << 20
"""Bytes that an Excel file may unpack to: it is a zip, and may be made to burst."""

DELIMITERS = ",;\t|"


class Sheet(NamedTuple):
    """The columns' heads, and the rows under them, each as long as the heads."""

    heads: list[str]
    rows: list[list[str]]


def sheet_of(name: str, content: bytes) -> Sheet:
    """Read a file. Refuses `ImportedFileExtensionInvalid`, `ImportedFileUnreadable`."""
    ending = name.lower().rpartition(".")[2]
    if ending not in ("csv", "xlsx"):
        raise ImportedFileExtensionInvalid("a sheet is a .csv or an .xlsx file", file=name[:255])
    rows = _csv(content) if ending == "csv" else _xlsx(content)
    return _sheet(rows)


def _sheet(rows: Iterable[list[str]]) -> Sheet:
    filled = [row for row in rows if any(row)]
    if not filled:
        return Sheet([], [])
    heads, *under = filled
    while heads and not heads[-1]:
        heads.pop()
    if len(heads) > MOST_COLUMNS or len(under) > MOST_ROWS:
        raise ImportedFileUnreadable(
            f"a sheet has at most {MOST_COLUMNS} columns and {MOST_ROWS} rows",
            columns=len(heads), rows=len(under),
        )  # fmt: skip
    wide = len(heads)
    return Sheet(heads, [[*row, *[""] * (wide - len(row))][:wide] for row in under])


def _csv(content: bytes) -> list[list[str]]:
    text = _text(content)
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return [[_cell(cell) for cell in row] for row in rows]
    except csv.Error as problem:
        raise ImportedFileUnreadable(f"the file is no CSV: {problem}") from None


def _text(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8-sig":
            raise ImportedFileUnreadable("the file is no text") from None
        # What older spreadsheets write where nobody chose an encoding.
        return content.decode("cp1252", "replace")


def _xlsx(content: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > UNPACKED:
                raise ImportedFileUnreadable("the file unpacks to more than a sheet may be")
        book = load_workbook(io.BytesIO(content))
        if not book.sheet_names:
            return []
        found = book.get_sheet_by_index(0).to_python(skip_empty_area=True, nrows=MOST_ROWS + 2)
    except (zipfile.BadZipFile, CalamineError, OSError, ValueError, EOFError) as problem:
        raise ImportedFileUnreadable(f"the file is no sheet: {problem}") from None
    return [[_spelled(value) for value in row] for row in found]


def _spelled(value: Any) -> str:
    """A cell of Excel as a person reads it."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            # Ten cents are 0.1 there, and not what stands behind them in binary.
            return f"{Decimal(repr(value)).normalize():f}"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat()
        case date():
            return value.isoformat()
    return _cell(str(value))


def _cell(text: str) -> str:
    return text.strip()[:LONGEST_CELL]
