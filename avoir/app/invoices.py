"""Invoices: draft, edit, issue, void, reissue."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from avoir.core.allocation import ALLOCATIONS_OF_INVOICE, Allocation, allocate, deallocate
from avoir.core.command import Command
from avoir.core.customer import Customer
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.document import Discount, Line, Totals, Wording
from avoir.core.drafting import DocumentDraft
from avoir.core.errors import Kind, NotFound, Refusal
from avoir.core.invoice import (
    DELETED,
    DRAFT,
    INVOICE,
    INVOICE_LINES,
    INVOICE_TAXES,
    INVOICES_BY_NUMBER,
    ISSUED,
    VOIDED,
    Invoice,
    InvoiceHasCredits,
    InvoiceHasPayments,
    InvoiceLine,
    InvoiceTax,
    untouched,
    voided,
)
from avoir.core.issuing import issue_invoice, post_invoice
from avoir.core.legacy import imported
from avoir.core.money import major_of, unscaled
from avoir.core.numbering import renumbered
from avoir.core.organization import Organization
from avoir.core.payment import Payment
from avoir.core.row import Row, changed


class InvoiceNotDraft(Refusal):
    """What is issued stays as it is; only a draft can be edited."""

    code = "invoice_not_draft"


class InvoiceBelowPayments(Refusal):
    """An invoice that was paid is not written anew for less than was paid on it."""

    code = "invoice_below_payments"


class DueBeforeIssue(Refusal):
    """An invoice is not due before its date."""

    code, kind = "due_before_issue", Kind.INVALID


class InvoiceDraft(DocumentDraft, frozen=True, kw_only=True):
    """What an invoice says."""

    ANSWER = Invoice
    due_on: str = ""  # By the customer's terms, else the organization's, if not given.
    message: str = ""

    def well_formed(self) -> None:
        """Refuses `InvalidDate`, `DueBeforeIssue`."""
        if self.due_on and checked_day(self.due_on, "dueDate") < self.issued_on:
            raise DueBeforeIssue("an invoice is not due before its date", field="dueDate")

    def write(self, desk: Desk, old: Invoice | None = None) -> Invoice:
        """Write the draft, in the place of `old` if given. Refuses as `drafted`."""
        customer, document, columns = self.drafted(desk, Invoice, INVOICES_BY_NUMBER, old)
        due_on = self.due_on or self._by_terms(desk, customer)
        reissues = old.reissues_id if old else None
        invoice = Invoice(**columns, kind=INVOICE, reissues_id=reissues, due_on=due_on, message=self.message)
        if old is not None:
            _remove_lines(desk, old.id)
        invoice = desk.put(invoice) if old else desk.add(invoice)
        _write_lines(desk, invoice.id, document.totals)
        return invoice

    def _by_terms(self, desk: Desk, customer: Customer) -> str:
        days = desk.get(Organization).terms_days if customer.terms_days is None else customer.terms_days
        issued = date.fromisoformat(self.issued_on)
        return min(issued + timedelta(days=min(days, (date.max - issued).days)), date.max).isoformat()


class CreateInvoice(InvoiceDraft, frozen=True, kw_only=True):
    """Write an invoice, as a draft or issued at once."""

    issue: bool = False

    def decide(self, desk: Desk) -> Invoice:
        """Refuses what is wrong with lines, dates, rate or branch; `NumberTaken`, `DateLocked`."""
        invoice = self.write(desk)
        desk.tell("invoice.created", invoice)
        return issue_invoice(desk, invoice) if self.issue else invoice


class EditInvoice(InvoiceDraft, frozen=True, kw_only=True):
    """Write a draft anew: all of it is replaced but its id, and its number if none is given.

    With `issue` it is issued then. With `amend` one that is issued is written anew as well: its entry is
    undone by the mirror and posted again, and what was paid on it is set against it again.
    """

    invoice_id: int
    issue: bool = False
    amend: bool = False

    def decide(self, desk: Desk) -> Invoice:
        """Refuses `InvoiceNotDraft`, and what `CreateInvoice` refuses.

        Of one that is issued also `InvoiceHasCredits`, `InvoiceHasPayments` for another customer,
        `InvoiceBelowPayments`, `CashReturned`, and `DateLocked` for the day it had.
        """
        old = _known(desk, self.invoice_id)
        if old.state == ISSUED and old.kind == INVOICE and self.amend:
            return self._amended(desk, old)
        if old.state != DRAFT:
            raise InvoiceNotDraft(f"the invoice is {old.state}", invoiceId=old.id)
        invoice = self.write(desk, old)
        desk.tell("invoice.edited", invoice)
        return issue_invoice(desk, invoice) if self.issue else invoice

    def _amended(self, desk: Desk, old: Invoice) -> Invoice:
        imported(desk, "invoice", old.id)
        if old.credited_minor or old.credit_minor or old.written_off_minor:
            raise InvoiceHasCredits("credits are set against the invoice", invoiceId=old.id)
        if old.paid_minor and self.customer_id != old.customer_id:
            raise InvoiceHasPayments("the invoice was paid by its customer", invoiceId=old.id)
        desk.unlocked(old.issued_on)
        paid = [x for x in desk.of(Allocation, ALLOCATIONS_OF_INVOICE, old.id) if not x.deallocated_on]
        for allocation in paid:
            deallocate(desk, allocation, on=allocation.allocated_on)
        number, sequence = renumbered(desk, Invoice, INVOICES_BY_NUMBER, self.number, old)
        free = desk.put(changed(desk.get(Invoice, old.id), number=number, sequence=sequence))
        if old.entry_id is not None:
            desk.mirror(old.entry_id, on=old.issued_on)
        written = self.write(desk, free)
        desk.tell("invoice.edited", written)
        invoice = post_invoice(desk, written, old.issued_at)
        for allocation in paid:
            invoice = _paid_again(desk, invoice, allocation)
        return invoice


class RecalculateInvoice(Command, frozen=True, kw_only=True):
    """Work a draft out anew, as its items' words stand but by the tax rates of now."""

    ANSWER = Invoice
    invoice_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> Invoice:
        """Refuses `InvoiceNotDraft`, and what `CreateInvoice` refuses."""
        old = _known(desk, self.invoice_id)
        if old.state != DRAFT:
            raise InvoiceNotDraft(f"the invoice is {old.state}", invoiceId=old.id)
        lines = desk.of(InvoiceLine, INVOICE_LINES, old.id)
        taxes = desk.of(InvoiceTax, INVOICE_TAXES, old.id)
        draft = InvoiceDraft(
            customer_id=old.customer_id,
            issued_on=old.issued_on,
            wording=Wording(
                lines=tuple(
                    as_asked(x, [t.tax_rate_id for t in taxes if t.position == x.position]) for x in lines
                ),
                inclusive=bool(old.is_tax_inclusive),
                discount=Discount(Decimal(unscaled(old.discount_micro, 6)), old.discount_kind),
                adjustment=Decimal(major_of(old.adjustment_minor, old.currency)),
            ),
            currency=old.currency,
            exchange_rate=Decimal(unscaled(old.rate_nano, 9)),
            reference=old.reference,
            branch_id=old.branch_id,
            terms=old.terms,
            due_on=old.due_on,
            message=old.message,
        )
        invoice = draft.write(desk, old)
        desk.tell("invoice.edited", invoice)
        return invoice


class IssueInvoice(Command, frozen=True, kw_only=True):
    """Issue a draft."""

    ANSWER = Invoice
    invoice_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> Invoice:
        """Refuses `InvoiceAlreadyIssued`, `DateLocked`."""
        return issue_invoice(desk, _known(desk, self.invoice_id))


class VoidInvoice(Command, frozen=True, kw_only=True):
    """Delete a draft, or void an issued invoice that nothing happened to: its entry is mirrored."""

    ANSWER = Invoice
    invoice_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> Invoice:
        """Refuses `InvoiceHasPayments`, `InvoiceHasCredits`, and `NotFound` the second time."""
        invoice = _known(desk, self.invoice_id)
        untouched(invoice)
        state = VOIDED if invoice.state == ISSUED else DELETED
        if invoice.entry_id is not None:
            desk.mirror(invoice.entry_id, on=invoice.issued_on)
        desk.tell(f"invoice.{state}", invoice)
        return desk.put(changed(invoice, state=state, updated_at=desk.now))


class ReissueInvoice(Command, frozen=True, kw_only=True):
    """A new draft in the place of a voided invoice, dated today: a new number, the same lines and amounts."""

    ANSWER = Invoice
    invoice_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> Invoice:
        """Refuses `InvoiceNotVoided`."""
        old = voided(desk.get(Invoice, self.invoice_id))
        terms = date.fromisoformat(old.due_on) - date.fromisoformat(old.issued_on)
        today = date.fromisoformat(desk.today)
        fresh = desk.add(
            changed(
                old,
                id=desk.next("invoice"),
                uuid=desk.uuid(),
                reissues_id=old.id,
                number="",
                sequence=0,
                state=DRAFT,
                issued_on=desk.today,
                due_on=(today + min(terms, date.max - today)).isoformat(),
                issued_at="",
                entry_id=None,
                created_at=desk.now,
                updated_at=desk.now,
            )
        )
        for line in desk.of(InvoiceLine, INVOICE_LINES, old.id):
            desk.add(changed(line, invoice_id=fresh.id, id=desk.next("line")))
        for tax in desk.of(InvoiceTax, INVOICE_TAXES, old.id):
            desk.add(changed(tax, invoice_id=fresh.id))
        desk.tell("invoice.reissued", fresh)
        return fresh


def as_asked(line: InvoiceLine, tax_rate_ids: Sequence[int]) -> Line:
    """A line as it was asked for once, in the words that it is worked out from."""
    return Line(
        quantity=Decimal(unscaled(line.quantity_micro, 6)),
        price=Decimal(unscaled(line.price_micro, 6)),
        item_id=line.item_id,
        account_id=line.account_id,
        description=line.description,
        discount=Discount(Decimal(unscaled(line.discount_micro, 6)), line.discount_kind),
        tax_rate_ids=tuple(tax_rate_ids),
    )


def _paid_again(desk: Desk, invoice: Invoice, before: Allocation) -> Invoice:
    minor = before.amount_minor
    if minor > invoice.due_minor:
        raise InvoiceBelowPayments(
            "the invoice would be less than was paid on it", invoiceId=invoice.id, due=invoice.due_minor
        )
    payment = desk.get(Payment, before.payment_id)
    allocate(desk, payment, invoice, minor, on=max(before.allocated_on, invoice.issued_on))
    return desk.get(Invoice, invoice.id)


def _known(desk: Desk, invoice_id: int) -> Invoice:
    invoice = desk.get(Invoice, invoice_id)
    if invoice.state in (VOIDED, DELETED):
        raise NotFound("no such Invoice", kind="Invoice", id=invoice_id)
    return invoice


def _remove_lines(desk: Desk, invoice_id: int) -> None:
    for line in desk.of(InvoiceLine, INVOICE_LINES, invoice_id):
        desk.remove(line)
    for tax in desk.of(InvoiceTax, INVOICE_TAXES, invoice_id):
        desk.remove(tax)


def _write_lines(desk: Desk, invoice_id: int, totals: Totals) -> None:
    for position, priced in enumerate(totals.lines, 1):
        line = priced.line
        desk.add(
            InvoiceLine(
                organization_id=desk.organization_id,
                invoice_id=invoice_id,
                position=position,
                id=desk.next("line"),
                item_id=line.item_id,
                account_id=priced.account_id,
                description=line.description,
                quantity_micro=priced.quantity_micro,
                price_micro=priced.price_micro,
                discount_kind=line.discount.kind,
                discount_micro=line.discount.micro,
                amount_minor=priced.amount,
                discount_minor=priced.discount,
                net_minor=priced.net,
                tax_minor=priced.tax_total,
            )
        )
        for rate in priced.rates:
            tax = priced.tax.get(rate.id, 0)
            desk.add(InvoiceTax(desk.organization_id, invoice_id, position, rate.id, rate.percent_micro, tax))
