"""Invoices: a claim, its lines, and what became of it."""

from collections.abc import Iterable

import msgspec

from avoir.core.errors import Kind, NotFound, Refusal
from avoir.core.row import Row

DRAFT, ISSUED, VOIDED, DELETED = "draft", "issued", "voided", "deleted"
INVOICE, OPENING_BALANCE = "invoice", "opening_balance"


class Invoice(Row, frozen=True, gc=False):
    """A claim. Amounts in minor units of its currency, `base_` ones in the entity's base currency."""

    TABLE = "invoices"
    GROUPS = (("organization_id", "entity_id", "number"),)
    organization_id: int
    id: int
    uuid: str
    entity_id: int
    customer_id: int
    branch_id: int | None
    kind: str  # invoice | opening_balance
    reissues_id: int | None  # The voided invoice that this one replaces.
    number: str
    sequence: int  # Its place in the series; 0 for a number of the caller's own.
    reference: str
    state: str
    currency: str
    rate_nano: int
    is_tax_inclusive: int
    issued_on: str
    due_on: str
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
    message: str
    terms: str
    created_at: str
    updated_at: str
    issued_at: str = ""
    paid_minor: int = 0  # Allocated from payments.
    credit_minor: int = 0  # Allocated from credit notes.
    written_off_minor: int = 0  # Allocated from write-offs.
    base_settled_minor: int = 0  # What all allocations took of the base total.
    credited_minor: int = 0  # Of credit notes against this invoice, however they were used.
    base_credited_minor: int = 0
    discount_credited_minor: int = 0
    adjustment_credited_minor: int = 0
    returned_minor: int = 0  # Cash given back on this invoice, or promised.
    disputed_minor: int = 0  # Of open and lost disputes: a bank holds it.
    entry_id: int | None = None

    @property
    def due_minor(self) -> int:
        """What is still owed: total less payments, credits and write-offs allocated."""
        return self.total_minor - self.settled_minor

    @property
    def settled_minor(self) -> int:
        """Payments, credits and write-offs allocated."""
        return self.paid_minor + self.credits_minor

    def due_without(self, allocated_minor: int) -> int:
        """What would be owed if `allocated_minor` of what is set against it were taken off."""
        return self.due_minor + allocated_minor

    @property
    def credits_minor(self) -> int:
        """What was set against it that is no payment: credits and write-offs."""
        return self.credit_minor + self.written_off_minor

    @property
    def subtotal_without_tax_minor(self) -> int:
        """The lines without tax, whether or not prices hold it."""
        return self.subtotal_minor - (self.tax_minor if self.is_tax_inclusive else 0)

    @property
    def base_due_minor(self) -> int:
        return self.base_total_minor - self.base_settled_minor

    @property
    def uncredited_minor(self) -> int:
        return self.total_minor - self.credited_minor

    @property
    def refundable_minor(self) -> int:
        """Paid, not given back, and not yet credited otherwise."""
        return min(self.paid_minor - self.returned_minor - self.disputed_minor, self.uncredited_minor)

    @property
    def discount_after_tax_minor(self) -> int:
        return self.discount_minor if self.discount_timing == "after_tax" else 0


class InvoiceLine(Row, frozen=True, gc=False):
    """One line of an invoice; `net_minor` is what its income account earns."""

    TABLE, KEY = "invoice_lines", ("organization_id", "invoice_id", "position")
    GROUPS = (("organization_id", "invoice_id"),)
    organization_id: int
    invoice_id: int
    position: int
    id: int
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
    net_credited_minor: int = 0
    tax_credited_minor: int = 0
    quantity_credited_micro: int = 0

    @property
    def after_discount_minor(self) -> int:
        """What the line asks for by itself: taxes inside if the document's prices hold them."""
        return self.amount_minor - self.discount_minor

    def without_tax_minor(self, *, inclusive: bool) -> int:
        """What the line asks for by itself, without tax, whether or not prices hold it."""
        return self.after_discount_minor - (self.tax_minor if inclusive else 0)

    def before(self, deducted_minor: int) -> "InvoiceLine":
        """The line with what deductions took off it given back to its net; its tax is what it became."""
        return msgspec.structs.replace(
            self,
            discount_minor=self.discount_minor - deducted_minor,
            net_minor=self.net_minor + deducted_minor,
        )

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.tax_minor

    @property
    def gross_credited_minor(self) -> int:
        return self.net_credited_minor + self.tax_credited_minor

    @property
    def quantity_left_micro(self) -> int:
        return self.quantity_micro - self.quantity_credited_micro

    @property
    def gross_left_minor(self) -> int:
        return self.gross_minor - self.gross_credited_minor


class InvoiceTax(Row, frozen=True, gc=False):
    """One tax rate of one line, as it was when the line was written; a rate that changes changes no line."""

    TABLE, KEY = "invoice_taxes", ("organization_id", "invoice_id", "position", "tax_rate_id")
    GROUPS = (("organization_id", "invoice_id"),)
    organization_id: int
    invoice_id: int
    position: int
    tax_rate_id: int
    percent_micro: int
    tax_minor: int
    credited_minor: int = 0


class InvoiceDeduction(Row, frozen=True, gc=False):
    """What a deduction took off one line while the invoice was a draft: part of the line's discount.

    The rows of one `id` are one deduction; `of_all` says that it was asked for of all lines.
    """

    TABLE, KEY = "invoice_deductions", ("organization_id", "invoice_id", "id", "position")
    GROUPS = (("organization_id", "invoice_id"),)
    organization_id: int
    invoice_id: int
    id: int
    position: int
    of_all: int
    amount_minor: int


def taken_by(rows: Iterable[InvoiceDeduction]) -> int:
    """What deductions took off their lines, in minor units."""
    return sum(row.amount_minor for row in rows)


INVOICES_BY_NUMBER = Invoice.GROUPS[0]
INVOICE_LINES = InvoiceLine.GROUPS[0]
INVOICE_TAXES = InvoiceTax.GROUPS[0]
INVOICE_DEDUCTIONS = InvoiceDeduction.GROUPS[0]


class InvoiceNotIssued(Refusal):
    """Only an issued invoice can be paid, credited, refunded or written off."""

    code = "invoice_not_issued"


class InvoiceAlreadyIssued(Refusal):
    """An invoice is issued once."""

    code = "invoice_already_issued"


class InvoiceNotDraft(Refusal):
    """What is issued stays as it is; only a draft can be edited."""

    code = "invoice_not_draft"


class DueBeforeIssue(Refusal):
    """An invoice is not due before its date."""

    code, kind = "due_before_issue", Kind.INVALID


class InvoiceHasPayments(Refusal):
    """Money or credit is set against the invoice; it stays."""

    code = "invoice_has_payments"


class InvoiceHasCredits(Refusal):
    """Credit notes were issued against the invoice; it stays."""

    code = "invoice_has_credits"


class InvoiceNotVoided(Refusal):
    """Only a voided invoice is reissued."""

    code = "invoice_not_voided"


class NumberTaken(Refusal):
    """Another document of this entity has the number, or it lies behind the series."""

    code, kind = "number_taken", Kind.CONFLICT


def issued(invoice: Invoice) -> Invoice:
    """The invoice itself. Refuses `InvoiceNotIssued`."""
    if invoice.state != ISSUED:
        raise InvoiceNotIssued(f"the invoice is {invoice.state}", invoiceId=invoice.id, state=invoice.state)
    return invoice


def present(invoice: Invoice) -> Invoice:
    """The invoice itself. Refuses `NotFound` for what was voided or deleted: that is there no more."""
    if invoice.state in (VOIDED, DELETED):
        raise NotFound("no such Invoice", kind="Invoice", id=invoice.id)
    return invoice


def a_draft(invoice: Invoice) -> Invoice:
    """The invoice itself. Refuses `InvoiceNotDraft`, and `NotFound` for one that is voided or deleted."""
    if present(invoice).state != DRAFT:
        raise InvoiceNotDraft(f"the invoice is {invoice.state}", invoiceId=invoice.id)
    return invoice


def untouched(invoice: Invoice) -> None:
    """Refuses `InvoiceHasPayments`, `InvoiceHasCredits` when something happened to the invoice."""
    if invoice.due_minor != invoice.total_minor:
        raise InvoiceHasPayments("money or credit is set against the invoice", invoiceId=invoice.id)
    if invoice.credited_minor:
        raise InvoiceHasCredits("credit notes were issued against the invoice", invoiceId=invoice.id)


def voided(invoice: Invoice) -> Invoice:
    """The invoice itself. Refuses `InvoiceNotVoided`."""
    if invoice.state != VOIDED:
        raise InvoiceNotVoided(f"the invoice is {invoice.state}", invoiceId=invoice.id, state=invoice.state)
    return invoice
