"""Imports (rest.md, 2.8): a sheet is uploaded, mapped, looked at without effect, and taken in row by row."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from avoir.app.imports import (
    DuplicatedFromMapAttr,
    DuplicatedToMapAttr,
    FinishImport,
    ImportFileNotMapped,
    InvalidMapAttrs,
    InvalidMapDateFormat,
    MapImport,
    UploadImport,
)
from avoir.app.reads.query import Query
from avoir.core.command import Command, Preview
from avoir.core.errors import NotFound, Refusal
from avoir.core.import_job import ImportJob, ImportPart
from avoir.faces.body import BadBody, body_of
from avoir.faces.caller import Caller
from avoir.faces.problem import rest_type
from avoir.faces.rest.accept import CSV
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.errors import Forbidden
from avoir.faces.rest.fields import Body
from avoir.faces.rest.imports.resources import Column, Importable, importable
from avoir.faces.rest.imports.rows import DATE_FORMATS, Mapped, Unit, complaints, units
from avoir.faces.rest.imports.sheets import Sheet, sheet_of
from avoir.faces.rest.kinds import several, text
from avoir.faces.rest.reports.shape import sent
from avoir.faces.tables import Cell, Line, Table, spooled
from avoir.faces.tables import Column as Head

LARGEST = 12 << 20
"""Bytes of an upload: twenty thousand rows of some columns."""

AT_ONCE, IN_PART = 100, 500
MAPPING = Body(
    several(
        "mapping",
        Body(text("from"), text("to"), text("group", optional=True), text("dateFormat", optional=True)),
        least=1,
        most=200,
    )
)
SAMPLE = Body(text("resource"), text("format", optional=True))
encode, decode = msgspec.json.Encoder().encode, msgspec.json.decode


class Rehearsed(Exception):
    """A row would have been taken: what follows the command has nothing to show."""


class Rehearsal(Caller):
    """Asks what would come of a command, and stops there."""

    async def ask(self, command: Command, step: str = "", print_of: str | None = None) -> Any:
        """Raises `Rehearsed`, or what the command refuses."""
        await super().ask(Preview(command=command))
        raise Rehearsed


class Job(NamedTuple):
    """An import with its sheet, and how it is read."""

    job: ImportJob
    sheet: Sheet
    mapping: list[Mapped]
    resource: Importable


async def upload(call: Call) -> dict[str, Any]:
    """Keep a sheet (`file`, .csv or .xlsx) of a `resource`, and say which columns both have.

    Refuses `ResourceNotImportable`, `ImportedSheetEmpty`, `ImportedFileExtensionInvalid`,
    `ImportedFileUnreadable`.
    """
    said, name, content = await _multipart(call)
    resource = _allowed(call, said)
    sheet = await asyncio.to_thread(sheet_of, name, content)
    parts = tuple(encode(sheet.rows[at : at + IN_PART]).decode() for at in range(0, len(sheet.rows), IN_PART))
    command = UploadImport(
        uuid=uuid4().hex,
        resource=resource.name,
        file_name=name,
        heads=encode(sheet.heads).decode(),
        parts=parts,
        row_count=len(sheet.rows),
    )
    job = await call.caller.ask(command)
    return {
        "import": {"import_id": job.uuid, "resource": job.resource},
        "sheet_columns": sheet.heads,
        "resource_columns": [column.told() for column in resource.columns()],
    }


async def mapping(call: Call) -> dict[str, Any]:
    """Say which column of the sheet is which of the resource; may be said anew until the rows are in.

    Refuses `InvalidMapAttrs`, `DuplicatedFromMapAttr`, `DuplicatedToMapAttr`, `InvalidMapDateFormat`,
    `ImportIsDone`, `NotFound`.
    """
    found = await _job(call)
    given = call.form["mapping"]
    _mapped(given, found.sheet.heads, found.resource)
    said = encode(given).decode()
    job = await call.caller.ask(MapImport(import_uuid=found.job.uuid, mapping=said))
    return {"import": {"import_id": job.uuid, "resource": job.resource}}


async def preview(call: Call) -> dict[str, Any]:
    """What would become of every row, were it taken now; nothing is. Each is looked at by itself, so that

    what two rows of the sheet say against each other comes out only when they are taken. Refuses
    `ImportFileNotMapped`, `NotFound`.
    """
    found = await _job(call)
    caller = call.caller
    rehearsal = Rehearsal(caller.door, caller.access, caller.identity, caller.setup, None)
    created, errors = await _each(call, found, lambda unit: rehearsal)
    return _told(found, created, errors)


async def process(call: Call) -> dict[str, Any]:
    """Take every row in. Asked again, rows that were taken are told again and not taken twice.

    Refuses `ImportFileNotMapped`, `NotFound`.
    """
    found = await _job(call)
    caller = call.caller

    def of(unit: Unit) -> Caller:
        key = blake2b(f"import {found.job.uuid} row {unit.row}".encode(), digest_size=16).hexdigest()
        return Caller(caller.door, caller.access, caller.identity, caller.setup, key)

    created, errors = await _each(call, found, of)
    done = FinishImport(import_uuid=found.job.uuid, created_count=created, errors=encode(errors).decode())
    await Caller(caller.door, caller.access, caller.identity, caller.setup, None).ask(done)
    return _told(found, created, errors)


async def show(call: Call) -> dict[str, Any]:
    """An import: its columns, how they are mapped, and what became of its rows. Refuses `NotFound`."""
    found = await _job(call)
    job = found.job
    return {
        "import_id": job.uuid,
        "resource": job.resource,
        "file_name": job.file_name,
        "state": job.state,
        "sheet_columns": found.sheet.heads,
        "map": decode(job.mapping),
        "total_count": job.row_count,
        "created_count": job.created_count,
        "errors": decode(job.errors),
        "created_at": job.created_at,
        "updated_at": job.updated_at,
    }


async def sample(call: Call) -> Any:
    """A sheet to start from, as `csv` or `xlsx`. Refuses `ResourceNotImportable`."""
    resource = importable(call.query["resource"])
    form = "csv" if call.query["format"].lower() == "csv" or call.wants == CSV else "xlsx"
    columns = resource.columns()
    heads = [Head(column.key, column.label) for column in columns]
    lines = [Line([Cell(row.get(column.key, "")) for column in columns]) for row in resource.sample]
    file = await asyncio.to_thread(spooled, Table(resource.name, heads, lines), form)
    return sent(file, form, f"{resource.name} sample")


# How it is done.


def _allowed(call: Call, name: str) -> Importable:
    """The resource, for whoever may make one. Raises `Forbidden`."""
    resource = importable(name)
    may = call.identity.abilities
    if may is not None and resource.ability not in may:
        raise Forbidden(resource.ability)
    return resource


async def _multipart(call: Call) -> tuple[str, str, bytes]:
    """The resource's name, the file's, and the file."""
    body = await body_of(call.request, LARGEST)
    kind = call.request.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise BadBody("a sheet is sent as multipart/form-data")

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        form = await MultiPartParser(call.request.headers, stream(), max_files=1, max_fields=20).parse()
    except (MultiPartException, UnicodeDecodeError, KeyError) as problem:
        raise BadBody(f"the form is not readable: {problem}") from None
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise BadBody("there is no file: it is sent as `file`, in multipart/form-data")
        return str(form.get("resource") or ""), file.filename or "", await file.read()
    finally:
        await form.close()


async def _job(call: Call) -> Job:
    uuid = call.request.path_params["id"]
    found = await call.caller.read(_read, uuid)
    if found is None:
        raise NotFound("no such Import", kind="Import")
    job, rows = found
    resource = _allowed(call, job.resource)
    sheet = Sheet(decode(job.heads), rows)
    return Job(job, sheet, _mapped(decode(job.mapping), sheet.heads, resource), resource)


def _read(query: Query, uuid: str) -> tuple[ImportJob, list[list[str]]] | None:
    if "\0" in uuid or (job := query.one(ImportJob, uuid)) is None:
        return None
    parts = query.rows(ImportPart, "t.import_uuid = :uuid", "ORDER BY t.position", uuid=uuid)
    return job, [row for part in parts for row in decode(part.cells)]


def _mapped(given: Sequence[dict[str, Any]], heads: list[str], resource: Importable) -> list[Mapped]:
    """A mapping that holds. Refuses what is not right about it."""
    columns: dict[tuple[str, str], Column] = {(x.group, x.key): x for x in resource.columns()}
    named = {x.key: x for x in columns.values()}
    found, sources, targets = list[Mapped](), set[str](), set[tuple[str, str]]()
    for each in given:
        group, to = each["group"], each["to"]
        group, _, to = (group, "", to) if "." not in to else to.partition(".")
        # Without a group a name of a line is its own too: no document has a field of the same name.
        column = columns.get((group, to)) or (None if group else named.get(to))
        if column is None or each["from"] not in heads:
            raise InvalidMapAttrs("a mapping names columns of the sheet and of the resource", **_facts(each))
        if each["from"] in sources:
            raise DuplicatedFromMapAttr("a column of the sheet is mapped once", **_facts(each))
        if (column.group, column.key) in targets:
            raise DuplicatedToMapAttr("two columns are mapped to one", **_facts(each))
        if each["dateFormat"] and each["dateFormat"] not in DATE_FORMATS:
            raise InvalidMapDateFormat(f"dates are written as {', '.join(DATE_FORMATS)}", **_facts(each))
        sources.add(each["from"])
        targets.add((column.group, column.key))
        found.append(Mapped(heads.index(each["from"]), column, each["dateFormat"]))
    return found


def _facts(each: dict[str, Any]) -> dict[str, str]:
    return {"from": each["from"][:255], "to": each["to"][:255]}


async def _each(call: Call, job: Job, caller: Callable[[Unit], Caller]) -> tuple[int, list[dict[str, Any]]]:
    """Ask for every unit, some at a time; how many were granted, and what was said of the others."""
    if not job.mapping:
        raise ImportFileNotMapped("nobody has said yet which column is what")
    base = call.style.base
    asked = await call.caller.read(units, job.resource, job.mapping, job.sheet, base)
    created, errors = 0, list[dict[str, Any]]()
    for first in range(0, len(asked), AT_ONCE):
        some = asked[first : first + AT_ONCE]
        for unit, found in zip(
            some, await asyncio.gather(*(_one(call, job, x, caller(x)) for x in some)), strict=True
        ):
            if found is None:
                created += 1
            else:
                code, message = found
                errors.append({"row_number": unit.row, "error_code": code, "error_message": message})
    return created, errors


async def _one(call: Call, job: Job, unit: Unit, caller: Caller) -> tuple[str, str] | None:
    """What is wrong with a unit: nothing, once it is granted."""
    form, wrong = complaints(job.resource, unit, caller.zone)
    if wrong:
        return "ValidationError", "; ".join(wrong)
    row = Call(call.scope, call.receive)
    row.caller, row.identity, row.form = caller, call.identity, form
    try:
        await job.resource.create(row)
    except Rehearsed:
        return None
    except Refusal as refusal:
        return rest_type(refusal, "") or refusal.code.upper(), refusal.message
    return None


def _told(job: Job, created: int, errors: list[dict[str, Any]]) -> dict[str, Any]:
    mapped = {each.place for each in job.mapping}
    unmapped = [head for place, head in enumerate(job.sheet.heads) if place not in mapped]
    return {
        "resource": job.job.resource,
        "created_count": created,
        "skipped_count": len(errors),
        "total_count": created + len(errors),
        "errors_count": len(errors),
        "errors": errors,
        "unmapped_columns": unmapped,
        "unmapped_columns_count": len(unmapped),
    }
