"""An invoice's draft: what it says, how it is written, and how one that is there is worked out anew."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

import msgspec

from avoir.core.customer import Customer
from avoir.core.day import checked_day
from avoir.core.desk import Desk
from avoir.core.document import Deduction, Discount, Line, Totals, Wording
from avoir.core.drafting import DocumentDraft
from avoir.core.invoice import (
    INVOICE,
    INVOICE_DEDUCTIONS,
    INVOICE_LINES,
    INVOICE_TAXES,
    INVOICES_BY_NUMBER,
    DueBeforeIssue,
    Invoice,
    InvoiceDeduction,
    InvoiceLine,
    InvoiceTax,
)
from avoir.core.money import major_of, unscaled
from avoir.core.organization import Organization


class InvoiceDraft(DocumentDraft, frozen=True, kw_only=True):
    """What an invoice says."""

    ANSWER = Invoice
    due_on: str = ""  # By the customer's terms, else the organization's, if not given.
    message: str = ""

    def well_formed(self) -> None:
        """Refuses `InvalidDate`, `DueBeforeIssue`."""
        if self.due_on and checked_day(self.due_on, "dueDate") < self.issued_on:
            raise DueBeforeIssue("an invoice is not due before its date", field="dueDate")

    def write(self, desk: Desk, old: Invoice | None = None, ids: Sequence[int] = ()) -> Invoice:
        """Write the draft, in the place of `old` if given, whose deductions stay unless others are named.

        `ids` are those that the lines have already. Refuses as `drafted`.
        """
        if old is not None and not self.wording.deductions and (kept := deductions_of(desk, old)):
            return msgspec.structs.replace(
                self, wording=msgspec.structs.replace(self.wording, deductions=kept)
            ).write(desk, old, ids)
        customer, document, columns = self.drafted(desk, Invoice, INVOICES_BY_NUMBER, old)
        due_on = self.due_on or self._by_terms(desk, customer)
        reissues = old.reissues_id if old else None
        invoice = Invoice(**columns, kind=INVOICE, reissues_id=reissues, due_on=due_on, message=self.message)
        if old is not None:
            _remove_lines(desk, old.id)
        invoice = desk.put(invoice) if old else desk.add(invoice)
        _write_lines(desk, invoice.id, document.totals, ids)
        return invoice

    def _by_terms(self, desk: Desk, customer: Customer) -> str:
        days = desk.get(Organization).terms_days if customer.terms_days is None else customer.terms_days
        issued = date.fromisoformat(self.issued_on)
        return min(issued + timedelta(days=min(days, (date.max - issued).days)), date.max).isoformat()


def said_by(desk: Desk, old: Invoice) -> InvoiceDraft:
    """What an invoice says, as it would be asked for today; its deductions are not among it."""
    taxes = desk.of(InvoiceTax, INVOICE_TAXES, old.id)
    return InvoiceDraft(
        customer_id=old.customer_id,
        issued_on=old.issued_on,
        wording=Wording(
            lines=tuple(
                _as_asked(x, [t.tax_rate_id for t in taxes if t.position == x.position])
                for x in desk.of(InvoiceLine, INVOICE_LINES, old.id)
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


def redrafted(desk: Desk, old: Invoice, deductions: tuple[Deduction, ...] | None = None) -> Invoice:
    """A draft worked out anew by the tax rates of now, with other deductions if they are given.

    Refuses what is wrong with lines and deductions.
    """
    draft = said_by(desk, old)
    if deductions is not None:
        _remove_deductions(desk, old.id)
        draft = msgspec.structs.replace(
            draft, wording=msgspec.structs.replace(draft.wording, deductions=deductions)
        )
    invoice = draft.write(desk, old, line_ids(desk, old.id))
    desk.tell("invoice.edited", invoice)
    return invoice


def line_ids(desk: Desk, invoice_id: int) -> list[int]:
    """The ids of an invoice's lines, in their order: what is worked out anew keeps them."""
    lines = sorted(desk.of(InvoiceLine, INVOICE_LINES, invoice_id), key=lambda x: x.position)
    return [x.id for x in lines]


def deductions_of(desk: Desk, invoice: Invoice) -> tuple[Deduction, ...]:
    """What an invoice's deductions ask for, in their order."""
    return tuple(
        Deduction(
            Decimal(major_of(sum(x.amount_minor for x in rows), invoice.currency)),
            None if rows[0].of_all else rows[0].position,
            id,
        )
        for id, rows in by_deduction(desk.of(InvoiceDeduction, INVOICE_DEDUCTIONS, invoice.id))
    )


def by_deduction(rows: Iterable[InvoiceDeduction]) -> list[tuple[int, list[InvoiceDeduction]]]:
    """The rows of each deduction under its id, in the order in which they were made."""
    in_order = sorted(rows, key=lambda x: (x.id, x.position))
    return [(id, list(of_one)) for id, of_one in groupby(in_order, key=lambda x: x.id)]


def _as_asked(line: InvoiceLine, tax_rate_ids: Sequence[int]) -> Line:
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


def _remove_lines(desk: Desk, invoice_id: int) -> None:
    for line in desk.of(InvoiceLine, INVOICE_LINES, invoice_id):
        desk.remove(line)
    for tax in desk.of(InvoiceTax, INVOICE_TAXES, invoice_id):
        desk.remove(tax)
    _remove_deductions(desk, invoice_id)


def _remove_deductions(desk: Desk, invoice_id: int) -> None:
    for row in desk.of(InvoiceDeduction, INVOICE_DEDUCTIONS, invoice_id):
        desk.remove(row)


def _write_lines(desk: Desk, invoice_id: int, totals: Totals, ids: Sequence[int]) -> None:
    for position, priced in enumerate(totals.lines, 1):
        line = priced.line
        desk.add(
            InvoiceLine(
                organization_id=desk.organization_id,
                invoice_id=invoice_id,
                position=position,
                id=ids[position - 1] if ids else desk.next("line"),
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
    for deduction, off in totals.deducted:
        _write_deduction(desk, invoice_id, deduction, off)


def _write_deduction(desk: Desk, invoice_id: int, deduction: Deduction, off: Sequence[int]) -> None:
    id, of_all = deduction.id or desk.next("line"), int(deduction.position is None)
    for position, minor in enumerate(off, 1):
        if minor:
            desk.add(InvoiceDeduction(desk.organization_id, invoice_id, id, position, of_all, minor))
