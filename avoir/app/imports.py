"""Imports: a sheet is uploaded, its columns are mapped, and what its rows became is written down.

The rows themselves are asked for by ordinary commands, each under a key of its own: so an import that was
broken off goes on where it stopped, and no row is ever taken twice.
"""

from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.import_job import IMPORTED, MAPPED, UPLOADED, ImportJob, ImportPart
from avoir.core.row import Row, changed
from avoir.core.text import SHORT, fits


class ImportedSheetEmpty(Refusal):
    """The sheet has no rows under its heading."""

    code, kind = "imported_sheet_empty", Kind.INVALID


class ImportFileNotMapped(Refusal):
    """Nobody has said yet which column of the sheet is what."""

    code = "import_file_not_mapped"


class ImportIsDone(Refusal):
    """The rows were imported: the sheet cannot be read in another way any more."""

    code = "import_is_done"


class UploadImport(Command, frozen=True, kw_only=True):
    """Keep a sheet under a `uuid` of the door's. `heads` is JSON, its columns; `parts` is its rows as JSON,

    some hundred at a time.
    """

    ANSWER, HINTS = ImportJob, ("uuid",)
    uuid: str
    resource: str
    file_name: str
    heads: str
    parts: tuple[str, ...]
    row_count: int

    def decide(self, desk: Desk) -> ImportJob:
        """Refuses `ImportedSheetEmpty`, `TextTooLong`."""
        fits(self.file_name, "file", SHORT)
        if not self.row_count:
            raise ImportedSheetEmpty("the sheet has no rows under its heading")
        job = ImportJob(
            organization_id=desk.organization_id,
            uuid=self.uuid,
            resource=self.resource,
            file_name=self.file_name,
            state=UPLOADED,
            heads=self.heads,
            mapping="[]",
            row_count=self.row_count,
            created_count=0,
            errors="[]",
            created_at=desk.now,
            updated_at=desk.now,
        )
        for position, rows in enumerate(self.parts):
            desk.add(ImportPart(desk.organization_id, job.uuid, position, rows))
        desk.tell("import.uploaded", job)
        return desk.add(job)


class MapImport(Command, frozen=True, kw_only=True):
    """Say which column of the sheet is what; `mapping` is JSON. May be said anew until the rows are in."""

    ANSWER = ImportJob
    import_uuid: str
    mapping: str

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield ImportJob, self.import_uuid

    def decide(self, desk: Desk) -> ImportJob:
        """Refuses `NotFound`, `ImportIsDone`."""
        job = desk.get(ImportJob, self.import_uuid)
        if job.state == IMPORTED:
            raise ImportIsDone("the rows were imported")
        desk.tell("import.mapped", job)
        return desk.put(changed(job, mapping=self.mapping, state=MAPPED, updated_at=desk.now))


class FinishImport(Command, frozen=True, kw_only=True):
    """Write down what the rows became: how many were taken, and why the others were not (JSON)."""

    ANSWER = ImportJob
    import_uuid: str
    created_count: int
    errors: str

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield ImportJob, self.import_uuid

    def decide(self, desk: Desk) -> ImportJob:
        """Refuses `NotFound`, `ImportFileNotMapped`."""
        job = desk.get(ImportJob, self.import_uuid)
        if job.state == UPLOADED:
            raise ImportFileNotMapped("nobody has said yet which column is what")
        desk.tell("import.done", job)
        said = {"created_count": self.created_count, "errors": self.errors, "updated_at": desk.now}
        return desk.put(changed(job, state=IMPORTED, **said))


# What is refused before a sheet becomes a command: by the door, which knows the resources and reads the file.


class ResourceNotImportable(Refusal):
    """There is no such resource, or its rows cannot be imported."""

    code, kind = "resource_not_importable", Kind.INVALID


class ImportedFileExtensionInvalid(Refusal):
    """A sheet is a .csv or an .xlsx file."""

    code, kind = "imported_file_extension_invalid", Kind.INVALID


class ImportedFileUnreadable(Refusal):
    """The file is not what its name says, or larger than a sheet may be."""

    code, kind = "imported_file_unreadable", Kind.INVALID


class InvalidMapAttrs(Refusal):
    """A mapping names columns of the sheet and of the resource, and no others."""

    code, kind = "invalid_map_attrs", Kind.INVALID


class DuplicatedFromMapAttr(Refusal):
    """A column of the sheet is mapped once."""

    code, kind = "duplicated_from_map_attr", Kind.INVALID


class DuplicatedToMapAttr(Refusal):
    """Only one column of the sheet is mapped to a column of the resource."""

    code, kind = "duplicated_to_map_attr", Kind.INVALID


class InvalidMapDateFormat(Refusal):
    """Dates are written as yyyy-MM-dd, dd.MM.yy, MM/dd/yy or dd/MMM/yyyy."""

    code, kind = "invalid_map_date_format", Kind.INVALID
