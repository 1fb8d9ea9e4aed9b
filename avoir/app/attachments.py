"""Files beside documents: kept, hung on documents, taken off and away."""

from collections.abc import Iterator
from typing import Any, ClassVar

from avoir.core.attachment import (
    LINKS_BY_ATTACHMENT,
    Attachment,
    AttachmentLink,
    attachment,
    hang,
    link,
    unlink,
)
from avoir.core.command import Command
from avoir.core.credit_note import CreditNote
from avoir.core.desk import Desk
from avoir.core.invoice import Invoice
from avoir.core.journal import ManualJournal
from avoir.core.payment import Payment
from avoir.core.row import Row
from avoir.core.text import fits


class KeepAttachment(Command, frozen=True, kw_only=True):
    """Know a file whose bytes are laid down under `key` already."""

    ANSWER = Attachment
    key: str
    origin_name: str
    mime_type: str
    size: int
    digest: str

    def decide(self, desk: Desk) -> Attachment:
        """Refuses `TextTooLong`."""
        file = Attachment(
            desk.organization_id, desk.next("attachment"), self.key, fits(self.origin_name, "file"),
            fits(self.mime_type, "mimeType"), self.size, self.digest, desk.now,
        )  # fmt: skip
        desk.tell("attachment.kept", file)
        return desk.add(file)


class DeleteAttachment(Command, frozen=True, kw_only=True):
    """Take a file away, wherever it hangs. Its bytes go afterwards."""

    ANSWER = Attachment
    key: str

    def decide(self, desk: Desk) -> Attachment:
        """Refuses `NotFound`."""
        file = attachment(desk, self.key)
        for each in desk.of(AttachmentLink, LINKS_BY_ATTACHMENT, file.id):
            desk.remove(each)
        desk.tell("attachment.deleted", file)
        desk.remove(file)
        return file


class _OfLink(Command, frozen=True, kw_only=True):
    """About a file and a document."""

    ANSWER = Attachment
    key: str
    model: str
    model_id: int


class LinkAttachment(_OfLink, frozen=True, kw_only=True):
    """Hang a file on a document."""

    def decide(self, desk: Desk) -> Attachment:
        """Refuses `NotFound`, `UnknownModel`, `TooManyAttachments`."""
        file = attachment(desk, self.key)
        link(desk, file, self.model, self.model_id)
        desk.tell("attachment.linked", file)
        return file


class UnlinkAttachment(_OfLink, frozen=True, kw_only=True):
    """Take a file off a document."""

    def decide(self, desk: Desk) -> Attachment:
        """Refuses `NotFound`."""
        file = attachment(desk, self.key)
        unlink(desk, file, self.model, self.model_id)
        desk.tell("attachment.unlinked", file)
        return file


class HangAttachments(Command, frozen=True, kw_only=True):
    """Let these files hang on a document, and no others."""

    model: str
    model_id: int
    keys: tuple[str, ...]

    def decide(self, desk: Desk) -> None:
        """Refuses `NotFound`, `UnknownModel`, `UnknownAttachment`, `TooManyAttachments`."""
        hang(desk, self.keys, self.model, self.model_id)


class WithAttachments(Command, frozen=True, kw_only=True):
    """A command that makes a document, and the files that hang on it.

    `what` names the command, as it does not name itself.
    """

    MODEL: ClassVar[str]
    what: str
    command: Command
    keys: tuple[str, ...]

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        return self.command.needs()

    def decide(self, desk: Desk) -> Any:
        """Refuses what the command refuses, `UnknownAttachment`, `TooManyAttachments`."""
        document = self.command.decide(desk)
        hang(desk, self.keys, self.MODEL, document.id)
        return document


class InvoiceWithAttachments(WithAttachments, frozen=True, kw_only=True):
    """An invoice and its files."""

    MODEL, ANSWER = "SaleInvoice", Invoice


class CreditNoteWithAttachments(WithAttachments, frozen=True, kw_only=True):
    """A credit note and its files."""

    MODEL, ANSWER = "CreditNote", CreditNote


class PaymentWithAttachments(WithAttachments, frozen=True, kw_only=True):
    """A payment and its files."""

    MODEL, ANSWER = "PaymentReceive", Payment


class JournalWithAttachments(WithAttachments, frozen=True, kw_only=True):
    """A manual journal and its files."""

    MODEL, ANSWER = "ManualJournal", ManualJournal
