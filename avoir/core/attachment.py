"""Attachments: files beside documents. The books know what a file is called and where it hangs; no more."""

from collections.abc import Sequence

from avoir.core.credit_note import CreditNote
from avoir.core.desk import Desk
from avoir.core.errors import Kind, Refusal
from avoir.core.invoice import Invoice
from avoir.core.journal import ManualJournal
from avoir.core.payment import Payment
from avoir.core.row import Row

MOST_ATTACHED = 50
"""Files on one document."""


class Attachment(Row, frozen=True, gc=False):
    """A file. `file_key` names its bytes, wherever they are; `digest` is their SHA-256."""

    TABLE = "attachments"
    GROUPS = (("organization_id", "file_key"),)
    organization_id: int
    id: int
    file_key: str
    origin_name: str
    mime_type: str
    size: int
    digest: str
    created_at: str


class AttachmentLink(Row, frozen=True, gc=False):
    """A document that a file hangs on."""

    TABLE = "attachment_links"
    KEY = ("organization_id", "model", "model_id", "attachment_id")
    GROUPS = (("organization_id", "attachment_id"), ("organization_id", "model", "model_id"))
    organization_id: int
    model: str
    model_id: int
    attachment_id: int
    created_at: str


ATTACHMENTS_BY_KEY = Attachment.GROUPS[0]
LINKS_BY_ATTACHMENT, LINKS_BY_DOCUMENT = AttachmentLink.GROUPS

MODELS: dict[str, type[Row]] = {
    "SaleInvoice": Invoice,
    "CreditNote": CreditNote,
    "PaymentReceive": Payment,
    "ManualJournal": ManualJournal,
}
"""What files hang on, by contract B's names."""


class UnknownModel(Refusal):
    """Files hang on invoices, credit notes, payments and journals."""

    code, kind = "unknown_model", Kind.INVALID


class UnknownAttachment(Refusal):
    """There is no file with this key in the organization."""

    code, kind = "unknown_attachment", Kind.INVALID


class TooManyAttachments(Refusal):
    """A document has at most fifty files."""

    code, kind = "too_many_attachments", Kind.INVALID


def attachment(desk: Desk, key: str) -> Attachment:
    """The file with that key. Refuses `NotFound`."""
    return desk.one(Attachment, ATTACHMENTS_BY_KEY, key)


def document(desk: Desk, model: str, model_id: int) -> Row:
    """What a file is to hang on. Refuses `UnknownModel`, `NotFound`."""
    kind = MODELS.get(model)
    if kind is None:
        raise UnknownModel(f"files hang on {', '.join(MODELS)}", field="modelRef")
    return desk.get(kind, model_id)


def link(desk: Desk, file: Attachment, model: str, model_id: int) -> None:
    """Hang a file on a document; twice is once. Refuses `UnknownModel`, `NotFound`, `TooManyAttachments`."""
    document(desk, model, model_id)
    links = desk.of(AttachmentLink, LINKS_BY_DOCUMENT, model, model_id)
    if any(x.attachment_id == file.id for x in links):
        return
    if len(links) >= MOST_ATTACHED:
        raise TooManyAttachments(f"a document has at most {MOST_ATTACHED} files", most=MOST_ATTACHED)
    desk.add(AttachmentLink(desk.organization_id, model, model_id, file.id, desk.now))


def unlink(desk: Desk, file: Attachment, model: str, model_id: int) -> None:
    """Take a file off a document, on which it may not have hung at all."""
    found = desk.find(AttachmentLink, model, model_id, file.id)
    if found is not None:
        desk.remove(found)


def hang(desk: Desk, keys: Sequence[str], model: str, model_id: int) -> None:
    """Let these files hang on a document, and no others. Refuses `UnknownAttachment`, what `link` refuses."""
    subject = document(desk, model, model_id)
    files = []
    for key in dict.fromkeys(keys):
        found = desk.of(Attachment, ATTACHMENTS_BY_KEY, key)
        if not found:
            raise UnknownAttachment("there is no such attachment", field="attachments", key=key[:64])
        files.append(found[0])
    wanted = {file.id for file in files}
    for old in desk.of(AttachmentLink, LINKS_BY_DOCUMENT, model, model_id):
        if old.attachment_id not in wanted:
            desk.remove(old)
    for file in files:
        link(desk, file, model, model_id)
    desk.tell(f"{subject.TABLE.removesuffix('s')}.attached", subject)
