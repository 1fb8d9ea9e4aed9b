"""Credit notes: a claim given up, and what is left of it to give."""

from avoir.core.errors import Refusal
from avoir.core.row import Row

CREDIT, REFUND, WRITE_OFF = "credit", "refund", "write_off"
DRAFT, ISSUED, VOIDED, DELETED = "draft", "issued", "voided", "deleted"


class CreditNote(Row, frozen=True, gc=False):
    """A claim given up: against an invoice, or standing alone. Amounts in minor units."""

    TABLE = "credit_notes"
    GROUPS = (("organization_id", "entity_id", "number"),)
    organization_id: int
    id: int
    uuid: str
    entity_id: int
    customer_id: int
    branch_id: int | None
    invoice_id: int | None  # The invoice that is credited, if there is one.
    dispute_reason_id: int | None
    dispute_id: int | None
    kind: str
    number: str
    sequence: int
    reference: str
    state: str
    currency: str
    rate_nano: int
    is_tax_inclusive: int
    issued_on: str
    discount_kind: str
    discount_micro: int
    discount_timing: str
    subtotal_minor: int
    discount_minor: int
    adjustment_minor: int
    net_minor: int
    tax_minor: int
    total_minor: int
    base_total_minor: int
    note: str
    terms: str
    created_at: str
    updated_at: str
    issued_at: str = ""
    allocated_minor: int = 0
    refunded_minor: int = 0  # Pending and settled.
    reserved_minor: int = 0  # Of refunds that wait for approval.
    base_used_minor: int = 0
    invoice_base_minor: int = 0  # Its share of the credited invoice's base total.
    shape: str = ""  # JSON: how much of the invoice was asked for; a draft is worked out when it is issued.
    entry_id: int | None = None

    @property
    def used_minor(self) -> int:
        return self.allocated_minor + self.refunded_minor + self.reserved_minor

    @property
    def remaining_minor(self) -> int:
        """What can still be allocated or refunded, were the note issued."""
        return 0 if self.state in (VOIDED, DELETED) else self.total_minor - self.used_minor

    @property
    def open_minor(self) -> int:
        """The open item: what is neither allocated nor paid back yet, waiting refunds included."""
        return self.total_minor - self.allocated_minor - self.refunded_minor

    @property
    def base_open_minor(self) -> int:
        return self.base_total_minor - self.base_used_minor

    @property
    def discount_after_tax_minor(self) -> int:
        return self.discount_minor if self.discount_timing == "after_tax" else 0


class CreditNoteLine(Row, frozen=True, gc=False):
    """One line of a credit note; `invoice_position` is the invoice's line that it gives back."""

    TABLE, KEY = "credit_note_lines", ("organization_id", "credit_note_id", "position")
    GROUPS = (("organization_id", "credit_note_id"),)
    organization_id: int
    credit_note_id: int
    position: int
    id: int
    invoice_position: int | None
    item_id: int | None
    account_id: int
    description: str
    quantity_micro: int
    price_micro: int
    discount_kind: str
    discount_micro: int
    amount_minor: int
    discount_minor: int
    net_minor: int
    tax_minor: int

    @property
    def after_discount_minor(self) -> int:
        """What the line asks for by itself: taxes inside if the document's prices hold them."""
        return self.amount_minor - self.discount_minor

    def without_tax_minor(self, *, inclusive: bool) -> int:
        """What the line asks for by itself, without tax, whether or not prices hold it."""
        return self.after_discount_minor - (self.tax_minor if inclusive else 0)

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.tax_minor


class CreditNoteTax(Row, frozen=True, gc=False):
    """One tax rate of one line of a credit note."""

    TABLE, KEY = "credit_note_taxes", ("organization_id", "credit_note_id", "position", "tax_rate_id")
    GROUPS = (("organization_id", "credit_note_id"),)
    organization_id: int
    credit_note_id: int
    position: int
    tax_rate_id: int
    percent_micro: int
    tax_minor: int


CREDIT_NOTES_BY_NUMBER = CreditNote.GROUPS[0]
CREDIT_NOTE_LINES = CreditNoteLine.GROUPS[0]
CREDIT_NOTE_TAXES = CreditNoteTax.GROUPS[0]


class CreditNoteNotIssued(Refusal):
    """Only an issued credit note can be allocated or refunded."""

    code = "credit_note_not_issued"


class CreditNoteAlreadyIssued(Refusal):
    """A credit note is issued once."""

    code = "credit_note_already_issued"


class CreditNoteUsedUp(Refusal):
    """More was asked of the credit note than is left of it."""

    code = "credit_note_used_up"


class WriteOffIsBound(Refusal):
    """A write-off serves its own invoice, and pays nobody."""

    code = "write_off_is_bound"


def given_up(note: CreditNote) -> CreditNote:
    """The note itself, if something can be given of it. Refuses `CreditNoteNotIssued`, `WriteOffIsBound`."""
    if note.state != ISSUED:
        raise CreditNoteNotIssued(f"the credit note is {note.state}", creditNoteId=note.id, state=note.state)
    if note.kind == WRITE_OFF:
        raise WriteOffIsBound("a write-off is used by its own invoice", creditNoteId=note.id)
    return note


def left_of(note: CreditNote, asked_minor: int) -> CreditNote:
    """The note itself, if it can give `asked_minor`. Refuses as `given_up`, and `CreditNoteUsedUp`."""
    if asked_minor > given_up(note).remaining_minor:
        raise CreditNoteUsedUp(
            "more was asked than is left of the credit note",
            creditNoteId=note.id,
            asked=asked_minor,
            left=note.remaining_minor,
        )
    return note
