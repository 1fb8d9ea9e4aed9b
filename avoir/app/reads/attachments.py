"""Files of an organization, and those that hang on a document."""

from avoir.app.reads.query import Query
from avoir.core.attachment import Attachment


def attachment_by_key(query: Query, key: str) -> Attachment | None:
    """The file with this key, or with this number."""
    found = query.rows(Attachment, "t.file_key = :key", key=key)
    if not found and key.isascii() and key.isdecimal() and len(key) < 17:
        found = query.rows(Attachment, "t.id = :id", id=int(key))
    return found[0] if found else None


def attached_to(query: Query, model: str, model_id: int) -> list[Attachment]:
    """The files of a document, oldest first."""
    hangs = (
        "t.id IN (SELECT l.attachment_id FROM attachment_links AS l"
        " WHERE l.organization_id = :o AND l.model = :model AND l.model_id = :id)"
    )
    return query.rows(Attachment, hangs, "ORDER BY t.id", model=model, id=model_id)
