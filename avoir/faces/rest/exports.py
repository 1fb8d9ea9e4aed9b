"""Exports (rest.md, 2.8): every row of a resource as a file, in the columns that imports know."""

from collections.abc import Iterator
from typing import Any

from avoir.app.reads.exports import Export, Value, export_of, exported
from avoir.app.reads.query import Query
from avoir.faces.rest.accept import CSV, JSON, PDF, XLSX
from avoir.faces.rest.endpoint import Call, Raw, encode
from avoir.faces.rest.fields import Body
from avoir.faces.rest.imports.resources import heading, named
from avoir.faces.rest.kinds import choice, text
from avoir.faces.rest.reports.shape import Filed, answer_of, asked_by, filed
from avoir.faces.tables import Cell, Column, Line, Table

EXPORT = Body(text("resource"), choice("format", ("csv", "xlsx", "pdf"), rule="isEnum", optional=True))
OFFERS = (CSV, XLSX, PDF)
SUBJECTS = {"CreditNote": "CreditNode", "RefundCreditNote": "CreditNode"}
"""What contract B's abilities call a resource, where it is another word."""


async def export(call: Call) -> Any:
    """Every row of a resource, the oldest first; a document has a row for each of its lines.

    Refuses `ResourceNotExportable`, and as PDF `TooLongForPaper`.
    """
    name = named(call.query["resource"])
    found = export_of(name)
    call.need(f"View {SUBJECTS.get(name, name)}")
    form = {"csv": CSV, "xlsx": XLSX, "pdf": PDF}.get(call.query["format"] or "", call.wants)

    def produced(query: Query) -> Raw | Filed:
        if form == JSON:
            keys = [column.key for column in found.columns]
            rows = [dict(zip(keys, row, strict=True)) for row in exported(query, found)]
            return Raw(encode({"data": rows}), "application/json; charset=utf-8")
        return filed(Table(name, _columns(found), _lines(query, found)), form, asked_by(call))

    return await answer_of(await call.caller.read(produced))


def _columns(export: Export) -> list[Column]:
    return [Column(column.key, heading(column.key, column.group)) for column in export.columns]


def _lines(query: Query, export: Export) -> Iterator[Line]:
    for row in exported(query, export):
        yield Line([_cell(value) for value in row])


def _cell(value: Value) -> Cell:
    if value is None or isinstance(value, str):
        return Cell(value or "")
    return Cell(str(value), value)
