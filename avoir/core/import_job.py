"""Imports: a sheet that was uploaded, how its columns are to be read, and what became of its rows."""

from avoir.core.row import Row


class ImportJob(Row, frozen=True, gc=False):
    """One sheet. `heads`, `mapping` and `errors` are JSON that no law reads."""

    TABLE, KEY = "import_jobs", ("organization_id", "uuid")
    organization_id: int
    uuid: str
    resource: str
    file_name: str
    state: str  # uploaded | mapped | imported
    heads: str
    mapping: str
    row_count: int
    created_count: int
    errors: str
    created_at: str
    updated_at: str


class ImportPart(Row, frozen=True, gc=False):
    """Some rows of a sheet, as JSON: a list of texts for each row, in the order of the columns."""

    TABLE, KEY = "import_parts", ("organization_id", "import_uuid", "position")
    organization_id: int
    import_uuid: str
    position: int
    cells: str


UPLOADED, MAPPED, IMPORTED = "uploaded", "mapped", "imported"
