"""Documents sent by mail to their customers, or to whom else they are to go."""

from collections.abc import Iterator
from typing import Any

from avoir.core.command import Command
from avoir.core.credit_note import CreditNote
from avoir.core.customer import Customer
from avoir.core.desk import Desk
from avoir.core.errors import Kind, NotFound, Refusal
from avoir.core.invoice import DELETED, VOIDED, Invoice
from avoir.core.mail import File, Letter, post
from avoir.core.payment import Payment
from avoir.core.remark import INVOICE_MAIL, note
from avoir.core.row import Row

MOST_RECIPIENTS = 20
DOCUMENTS: dict[str, type[Invoice | CreditNote | Payment]] = {
    "invoice": Invoice,
    "credit_note": CreditNote,
    "payment": Payment,
}
"""What can be sent by mail."""


class NoRecipient(Refusal):
    """Somebody must be named whom the document goes to, for its customer has no address."""

    code, kind = "no_recipient", Kind.INVALID


class TooManyRecipients(Refusal):
    """A document goes to no more addresses at once than a person would write to."""

    code, kind = "too_many_recipients", Kind.INVALID


class MailDocument(Command, frozen=True, kw_only=True):
    """Send a document by mail: to its customer, if nobody is named. The files are what a face made of it."""

    HINTS = ("files",)
    document: str  # invoice | credit_note | payment
    id: int
    subject: str
    message: str
    to: tuple[str, ...] = ()
    files: tuple[File, ...] = ()

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield DOCUMENTS[self.document], self.id

    def decide(self, desk: Desk) -> None:
        """Refuses `NotFound`, `NoRecipient`, `TooManyRecipients`, `BadAddress`, `TextTooLong`."""
        kind = DOCUMENTS[self.document]
        row = desk.get(kind, self.id)
        if row.state in (VOIDED, DELETED):
            raise NotFound(f"no such {kind.__name__}", kind=kind.__name__, id=self.id)
        own = desk.get(Customer, row.customer_id).email
        to = tuple(dict.fromkeys(self.to)) or ((own,) if own else ())
        if not to:
            raise NoRecipient("the customer has no address", customerId=row.customer_id)
        if len(to) > MOST_RECIPIENTS:
            raise TooManyRecipients(f"no more than {MOST_RECIPIENTS} addresses at once", most=MOST_RECIPIENTS)
        for address in to:
            post(desk, address, Letter(self.subject, self.message), files=self.files)
        if self.document == "invoice":
            note(desk, INVOICE_MAIL, self.id, to[-1])
        desk.tell(f"{self.document}.mailed", row)
