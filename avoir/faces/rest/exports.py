"""Exports (rest.md, 2.8): every row of a resource as a file, in the columns that imports know."""

from collections.abc import Iterator
from typing import IO, Any

from avoir.app.reads.exports import Export, Value, export_of, exported
from avoir.app.reads.query import Query
from avoir.faces.rest.accept import CSV, JSON, XLSX
from avoir.faces.rest.endpoint import Call, Raw, encode
from avoir.faces.rest.errors import Forbidden
from avoir.faces.rest.fields import Body
from avoir.faces.rest.imports.resources import heading, named
from avoir.faces.rest.kinds import choice, text
from avoir.faces.rest.reports.shape import FILES, sent
from avoir.faces.tables import Cell, Column, Line, Table, spooled

EXPORT = Body(text("resource"), choice("format", ("csv", "xlsx"), rule="isEnum", optional=True))
OFFERS = (CSV, XLSX)
SUBJECTS = {"CreditNote": "CreditNode", "RefundCreditNote": "CreditNode"}
"""What contract B's abilities call a resource, where it is another word."""


async def export(call: Call) -> Any:
    """Every row of a resource, the oldest first; a document has a row for each of its lines.

    Refuses `ResourceNotExportable`.
    """
    name = named(call.query["resource"])
    found, may = export_of(name), call.identity.abilities
    ability = f"View {SUBJECTS.get(name, name)}"
    if may is not None and ability not in may:
        raise Forbidden(ability)
    form = {"csv": CSV, "xlsx": XLSX}.get(call.query["format"] or "", call.wants)

    def produced(query: Query) -> Raw | IO[bytes]:
        if form == JSON:
            keys = [column.key for column in found.columns]
            rows = [dict(zip(keys, row, strict=True)) for row in exported(query, found)]
            return Raw(encode({"data": rows}), "application/json; charset=utf-8")
        return spooled(Table(name, _columns(found), _lines(query, found)), FILES[form])

    made = await call.caller.read(produced)
    return made if isinstance(made, Raw) else sent(made, FILES[form], name)


def _columns(export: Export) -> list[Column]:
    return [Column(column.key, heading(column.key, column.group)) for column in export.columns]


def _lines(query: Query, export: Export) -> Iterator[Line]:
    for row in exported(query, export):
        yield Line([_cell(value) for value in row])


def _cell(value: Value) -> Cell:
    if value is None or isinstance(value, str):
        return Cell(value or "")
    return Cell(str(value), value)
