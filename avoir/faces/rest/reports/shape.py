"""What all reports share: how they are asked, how amounts are written, and the forms they are answered in."""

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import IO, Any, NamedTuple

from starlette.responses import Response, StreamingResponse

from avoir.app.reads.query import Query
from avoir.core.currency import exponent
from avoir.core.money import major_of
from avoir.faces.paper.tables import Sheet, sheet_pdf
from avoir.faces.render import Number, sign_of, spelled
from avoir.faces.rest.accept import CSV, JSON, PDF, TABLE, XLSX
from avoir.faces.rest.endpoint import Call, Raw, encode
from avoir.faces.rest.fields import Body, Field
from avoir.faces.rest.kinds import anything, choice, day, flag, id_of, whole
from avoir.faces.tables import MEDIA, Cell, Column, Line, Table, sheet_of, spooled

OFFERS = (TABLE, CSV, XLSX, PDF)
"""The forms of a report beside JSON."""

FILES = {CSV: "csv", XLSX: "xlsx"}
MOST_IDS = 1000
PIECE = 1 << 16
UNTIL_TODAY, UNTIL_YEARS_END = "today", "year"

NUMBER_FORMAT = Body(
    whole("precision", default=2),
    flag("divideOn1000"),
    flag("showZero"),
    choice("formatMoney", ("total", "always", "none"), rule="isEnum", optional=True, default="total"),
    choice("negativeFormat", ("parentheses", "mines"), rule="isEnum", optional=True, default="mines"),
    flag("noCents"),
)
COMMON: tuple[Field, ...] = (anything("numberFormat"), anything("branchesIds"))
PERIOD = (day("fromDate", optional=True), day("toDate", optional=True))
BASIS = choice("basis", ("cash", "accrual"), rule="isEnum", optional=True, default="accrual")
ON_WHICH_BASIS = "accrual"
"""What all figures stand on, whatever `basis` asks for; `meta` says so (docs/decisions/0020)."""

NONE_ZERO, NONE_TRANSACTIONS = flag("noneZero"), flag("noneTransactions")
ONLY_ACTIVE = flag("onlyActive")
MOST_DECIMALS = 9


Told = tuple[Number, str]
"""An amount as a number and as a text."""


def usual(places: int, sign: str, parentheses: bool) -> Callable[[int], Told]:
    """How amounts are told with all their decimals: several times as fast as through a decimal number.

    A ledger has thousands of lines, and tells four amounts in each.
    """
    power, form = 10**places, f"%0{places}d"
    before, after = ("(", ")") if parentheses else ("-", "")

    def told(minor: int) -> Told:
        whole, rest = divmod(abs(minor), power)
        digits = form % rest
        text = f"{sign}{whole:,}.{digits}"
        number: Number = Decimal(f"{whole}.{digits.rstrip('0')}") if rest else whole
        return (number, text) if minor >= 0 else (-number, f"{before}{text}{after}")

    return told


class Numbers(NamedTuple):
    """How amounts are written, as `numberFormat` asks."""

    base: str
    precision: int = 2
    divide_on1000: bool = False
    show_zero: bool = False
    format_money: str = "total"
    negative_format: str = "mines"

    def text(self, value: Number, *, sign: str = "") -> str:
        """A number in words of figures: `1,234.50`, `$5.00`, `(5.00)`. Rounded for the eye, half up."""
        number = Decimal(value) / 1000 if self.divide_on1000 else Decimal(value)
        if self.precision != 2 or number.as_tuple().exponent not in (0, -1, -2):
            number = number.quantize(Decimal(1).scaleb(-self.precision), ROUND_HALF_UP)
        text = f"{sign}{abs(number):,.{self.precision}f}"
        if number >= 0:
            return text
        return f"({text})" if self.negative_format == "parentheses" else f"-{text}"

    def plain(self, minor: int, *, zero: bool | None = None) -> str:
        """The amount of one account: without the currency's sign unless that is asked for always."""
        if not minor and not (self.show_zero if zero is None else zero):
            return ""
        sign = sign_of(self.base) if self.format_money == "always" else ""
        return self.text(major_of(minor, self.base), sign=sign)

    def teller(self) -> Callable[[int], Told]:
        """What tells an amount as a number, and as `plain` writes it."""
        places = exponent(self.base)
        if self.precision != places or self.divide_on1000 or not places or not self.show_zero:
            return lambda minor: (major_of(minor, self.base), self.plain(minor))
        sign = sign_of(self.base) if self.format_money == "always" else ""
        return usual(places, sign, self.negative_format == "parentheses")

    def total(self, minor: int) -> str:
        """A sum: with the currency's sign unless none is wanted."""
        sign = "" if self.format_money == "none" else sign_of(self.base)
        return self.text(major_of(minor, self.base), sign=sign)

    def amount(self, minor: int, *, total: bool = False) -> dict[str, Any]:
        """An amount as the contract tells it."""
        return {
            "amount": major_of(minor, self.base),
            "formatted_amount": self.total(minor) if total else self.plain(minor),
            "currency_code": self.base,
        }

    def cell(self, minor: int, *, total: bool = False) -> Cell:
        """An amount in a table."""
        return Cell(self.total(minor) if total else self.plain(minor), major_of(minor, self.base))


def share(part: int, whole_: int) -> dict[str, Any]:
    """A part of a whole as a fraction of one, to six places."""
    ratio = Decimal(part) / Decimal(whole_) if whole_ else Decimal(0)
    ratio = ratio.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    percent = (ratio * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    exact = int(ratio) if ratio == int(ratio) else ratio.normalize()
    return {"amount": exact, "formatted_amount": f"{percent:,}%" if whole_ else ""}


class Asked:
    """A report as it was asked for: the query's own fields, with what was left out filled in."""

    def __init__(self, call: Call, *, until: str = UNTIL_YEARS_END, show_zero: bool = False) -> None:
        self.call, self.query, self.style = call, call.query, call.style
        today = self.style.today()
        self.today = today
        self.since: str = self.query.get("fromDate") or f"{today[:4]}-01-01"
        self.until: str = self.query.get("toDate") or (
            today if until == UNTIL_TODAY else f"{today[:4]}-12-31"
        )
        self.on: str = self.query.get("asDate") or today
        self.entity_id = call.caller.setup.entity.id
        self.base = self.style.base
        self.branch_ids = self.ids("branchesIds")
        self.numbers = self._numbers(show_zero)

    def _numbers(self, show_zero: bool) -> Numbers:
        given = self.query.get("numberFormat")
        given = given if isinstance(given, dict) else {}
        read = NUMBER_FORMAT.read({"showZero": show_zero} | _camel(given), self.call.caller.zone)
        precision = 0 if read["noCents"] else min(read["precision"], MOST_DECIMALS)
        return Numbers(
            self.base, precision, read["divideOn1000"], read["showZero"], read["formatMoney"],
            read["negativeFormat"],
        )  # fmt: skip

    def ids(self, name: str) -> list[int]:
        """The ids that a field lists: `accountsIds[]=1000&accountsIds[]=1001`, or `1000,1001`."""
        given = self.query.get(name)
        values = given if isinstance(given, list) else [given]
        texts = [text.strip() for value in values if isinstance(value, str) for text in value.split(",")]
        return list(dict.fromkeys(id_of(text) for text in texts if text))[:MOST_IDS]

    def number_format(self) -> dict[str, Any]:
        """How numbers were asked for, told back."""
        return {
            "precision": self.numbers.precision,
            "divide_on1000": self.numbers.divide_on1000,
            "negative_format": self.numbers.negative_format,
            "show_zero": self.numbers.show_zero,
            "format_money": self.numbers.format_money,
        }

    def echo(self, **more: Any) -> dict[str, Any]:
        """The query, told back with what was filled in."""
        return {
            "from_date": self.since,
            "to_date": self.until,
            "number_format": self.number_format(),
            "branches_ids": self.branch_ids,
        } | more

    def meta(self, sheet_name: str, *, on: str = "") -> dict[str, Any]:
        """What heads the sheet: of a day, or of a period."""
        setup = self.call.caller.setup
        found = {
            "organization_name": setup.organization.name,
            "base_currency": self.base,
            "date_format": setup.organization.date_format,
            "is_cost_compute_running": False,
            "sheet_name": sheet_name,
        }
        if "basis" in self.query:
            found["basis"] = ON_WHICH_BASIS
        if on:
            text = spelled(on, "YYYY/MM/DD")
            return found | {"formatted_as_date": text, "formatted_date_range": f"As {text}"}
        start, end = spelled(self.since, "YYYY/MM/DD"), spelled(self.until, "YYYY/MM/DD")
        return found | {
            "formatted_from_date": start,
            "formatted_to_date": end,
            "formatted_date_range": f"From {start} to {end}",
        }


def _camel(given: dict[str, Any]) -> dict[str, Any]:
    # A later spelling of the same name wins over the default that stands before it.
    return {"showZero" if name == "show_zero" else name: value for name, value in given.items()}


class Made(NamedTuple):
    """A report: its reply, and how it looks as a table, which is made only when it is asked for."""

    data: Any
    table: Callable[[], Table]
    query: dict[str, Any]
    meta: dict[str, Any]
    more: dict[str, Any] | None = None


async def answered(call: Call, make: Callable[[Query], Made]) -> Raw | Response:
    """A report in the form that is wanted; all of it is read, and written, on one moment of the books."""

    def produced(query: Query) -> Raw | Filed:
        made = make(query)
        if call.wants == JSON:
            reply = {"data": made.data, **(made.more or {}), "query": made.query, "meta": made.meta}
            return Raw(encode(reply), "application/json; charset=utf-8")
        table = made.table()
        if call.wants == TABLE:
            shown = {"table": shown_table(table), "query": made.query, "meta": made.meta}
            return Raw(encode(shown), "application/json; charset=utf-8")
        return filed(table, call.wants, f"{asked_by(call)}, {made.meta['formatted_date_range']}")

    return await answer_of(await call.caller.read(produced))


class Filed(NamedTuple):
    """A table as a file that is written, or as a sheet that is still to be set on paper."""

    title: str
    form: str
    file: IO[bytes] | Sheet


def filed(table: Table, form: str, about: str) -> Filed:
    """The table in one of its forms as a file. Refuses `TooLongForPaper`."""
    if form == PDF:
        return Filed(table.title, form, sheet_of(table, about))
    return Filed(table.title, FILES[form], spooled(table, FILES[form]))


def asked_by(call: Call) -> str:
    """The name of the organization whose table it is."""
    return call.caller.setup.organization.name


async def answer_of(found: Raw | Filed) -> Raw | Response:
    """What was produced, on its way."""
    if isinstance(found, Raw):
        return found
    if isinstance(found.file, Sheet):
        return Raw(await sheet_pdf(found.file), PDF, f"{file_name(found.title)}.pdf")
    return sent(found.file, found.form, found.title)


def sent(file: IO[bytes], form: str, title: str) -> Response:
    """A file on its way; it is closed when it has gone, or when nobody waits for it any more."""
    headers = {"content-disposition": f'attachment; filename="{file_name(title)}.{form}"'}
    return StreamingResponse(_pieces(file), media_type=MEDIA[form], headers=headers)


def file_name(title: str) -> str:
    """A title as the name of a file."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "table"


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def shown_table(table: Table) -> dict[str, Any]:
    """A table as `application/json+table`."""
    return {
        "columns": [_shown_column(column) for column in table.columns],
        "rows": [_shown_line(line, table.columns) for line in table.lines],
    }


def _shown_column(column: Column) -> dict[str, Any]:
    shown: dict[str, Any] = {"key": column.key, "label": column.label}
    if column.under:
        shown["children"] = [_shown_column(each) for each in column.under]
    return shown


def _shown_line(line: Line, columns: Sequence[Column]) -> dict[str, Any]:
    keys = _keys(columns)
    shown: dict[str, Any] = {
        "cells": [{"key": key, "value": cell.text} for key, cell in zip(keys, line.cells, strict=True)],
        "row_types": list(line.kinds),
    }
    if line.id:
        shown["id"] = line.id
    if line.under:
        shown["children"] = [_shown_line(each, columns) for each in line.under]
    return shown


def _keys(columns: Sequence[Column]) -> list[str]:
    return [key for column in columns for key in (_keys(column.under) if column.under else [column.key])]
