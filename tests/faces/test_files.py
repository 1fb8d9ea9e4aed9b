"""Tables as files."""

import csv
import io
import tracemalloc
import zipfile
from decimal import Decimal

import pytest

from avoir.faces.tables import Cell, Column, Line, Table, harmless, spooled

COLUMNS = (Column("name", "Name"), Column("sums", "Sums", (Column("a", "One"), Column("b", "Two"))))


def line(name: str, *numbers: object, under: tuple[Line, ...] = ()) -> Line:
    return Line((Cell(name), *(Cell(str(n), Decimal(str(n))) for n in numbers)), under=under)


def read(table: Table) -> list[list[str]]:
    with spooled(table, "csv") as file:
        return list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))


def test_rows_stand_under_one_another_and_headings_over_their_columns():
    table = Table("T", COLUMNS, [line("all", 3, "-1.50", under=(line("part", 1, 2),)), line("rest", 0, 0)])
    assert read(table) == [
        ["Name", "Sums One", "Sums Two"],
        ["all", "3", "-1.50"],
        ["part", "1", "2"],
        ["rest", "0", "0"],
    ]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", '=HYPERLINK("http://evil","x")']
)
def test_no_text_is_taken_for_a_formula(text):
    assert harmless(text) == f"'{text}"
    assert read(Table("T", COLUMNS[:1], [Line((Cell(text),))]))[1] == [f"'{text}"]
    with spooled(Table("T", COLUMNS[:1], [Line((Cell(text),))]), "xlsx") as file:
        assert b"<f>" not in zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml")


def test_a_negative_number_stays_a_number():
    assert read(Table("T", COLUMNS[:1], [Line((Cell("($5.00)", Decimal("-5.00")),))]))[1] == ["-5.00"]
    assert harmless("Smith & Sons") == "Smith & Sons"


def test_a_spreadsheet_holds_numbers_and_is_one_of_them_even_when_empty():
    with spooled(Table("Sums: [1/2]", COLUMNS, [line("all", 3, "-1.50")]), "xlsx") as file:
        sheet = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml")
    assert b"<v>-1.50</v>" in sheet
    with spooled(Table("", COLUMNS, []), "xlsx") as file:
        assert zipfile.ZipFile(file).testzip() is None


def test_a_hundred_thousand_rows_take_no_more_memory_than_a_few():
    tracemalloc.start()
    try:
        many = Table("T", COLUMNS, (line(f"row {i}", i, i) for i in range(100_000)))
        with spooled(many, "csv") as file:
            assert file.seek(0, 2) > 2_000_000
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 8_000_000
