"""Invoices: draft, issue."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from avoir.core.command import Command
from avoir.core.customer import Customer
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.document import Totals, Wording, worked_out
from avoir.core.exchange import rate_of, to_base
from avoir.core.invoice import (
    DRAFT,
    INVOICE,
    INVOICES_BY_NUMBER,
    Invoice,
    InvoiceLine,
    InvoiceTax,
)
from avoir.core.issuing import issue_invoice
from avoir.core.numbering import chosen
from avoir.core.organization import Entity, Organization
from avoir.core.payout import known_branch
from avoir.core.row import Row
from avoir.core.text import fits


class CreateInvoice(Command, frozen=True, kw_only=True):
    """Write an invoice, as a draft or issued at once. Amounts in major units, dates YYYY-MM-DD."""

    ANSWER = Invoice
    customer_id: int
    issued_on: str
    due_on: str
    wording: Wording
    issue: bool = False
    currency: str = ""  # The customer's, if not given.
    exchange_rate: Decimal | None = None
    number: str = ""
    reference: str = ""
    branch_id: int | None = None
    message: str = ""
    terms: str = ""

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Customer, self.customer_id
        yield Organization, ()

    def decide(self, desk: Desk) -> Invoice:
        """Refuses what is wrong with lines, dates, rate or branch, and `NumberTaken`."""
        customer = desk.get(Customer, self.customer_id)
        fits(self.number, "invoiceNo", 64)
        fits(self.reference, "referenceNo")
        known_branch(desk, self.branch_id)
        checked_day(self.issued_on, "invoiceDate")
        checked_day(self.due_on, "dueDate")
        timing = desk.get(Organization).discount_timing
        base = desk.get(Entity, customer.entity_id).base_currency
        currency = self.currency or customer.currency
        rate = rate_of(self.exchange_rate, currency, base)
        totals = worked_out(desk, self.wording, currency, timing)
        invoice = self._draft(desk, customer, totals, currency, rate, base, timing)
        desk.tell("invoice.created", invoice)
        return issue_invoice(desk, invoice) if self.issue else invoice

    def _draft(
        self, desk: Desk, customer: Customer, totals: Totals, currency: str, rate: int, base: str, timing: str
    ) -> Invoice:
        number, sequence = chosen(desk, Invoice, INVOICES_BY_NUMBER, customer.entity_id, self.number)
        invoice = desk.add(
            Invoice(
                organization_id=desk.organization_id,
                id=desk.next("invoice"),
                uuid=desk.uuid(),
                entity_id=customer.entity_id,
                customer_id=customer.id,
                branch_id=self.branch_id,
                kind=INVOICE,
                reissues_id=None,
                number=number,
                sequence=sequence,
                reference=self.reference,
                state=DRAFT,
                currency=currency,
                rate_nano=rate,
                is_tax_inclusive=int(self.wording.inclusive),
                issued_on=self.issued_on,
                due_on=self.due_on,
                discount_kind=self.wording.discount.kind,
                discount_micro=self.wording.discount.micro,
                discount_timing=timing,
                subtotal_minor=totals.subtotal,
                discount_minor=totals.discount,
                adjustment_minor=totals.adjustment,
                net_minor=totals.net,
                tax_minor=totals.tax,
                total_minor=totals.total,
                base_total_minor=to_base(totals.total, currency, rate, base),
                message=self.message,
                terms=self.terms,
                created_at=desk.now,
                updated_at=desk.now,
            )
        )
        _write_lines(desk, invoice.id, totals)
        return invoice


class IssueInvoice(Command, frozen=True, kw_only=True):
    """Issue a draft."""

    ANSWER = Invoice
    invoice_id: int

    def needs(self) -> Iterator[tuple[type[Row], Any]]:
        yield Invoice, self.invoice_id

    def decide(self, desk: Desk) -> Invoice:
        """Refuses `InvoiceAlreadyIssued`."""
        return issue_invoice(desk, desk.get(Invoice, self.invoice_id))


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
