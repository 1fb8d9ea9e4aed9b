"""Giving back what an invoice charged: which line, how much net, how much tax.

Tax is given back at the original rate and never computed anew. Whatever the order and number of credits:
never more tax than was charged, never a negative tax, and the last credit leaves exactly zero.
"""

import msgspec

from avoir.core.desk import Desk
from avoir.core.errors import Refusal, invariant
from avoir.core.invoice import INVOICE_LINES, INVOICE_TAXES, Invoice, InvoiceLine, InvoiceTax
from avoir.core.money import rounded, split
from avoir.core.row import changed
from avoir.core.tax import Charged


class CreditExceedsInvoice(Refusal):
    """More was asked back than is left uncredited of the invoice."""

    code = "credit_exceeds_invoice"


class LineCredit(msgspec.Struct, frozen=True):
    """What one line gives back, in minor units."""

    line: InvoiceLine
    net: int
    tax: Charged


class Credit(msgspec.Struct, frozen=True):
    """What a credit note against an invoice gives back, in minor units."""

    lines: tuple[LineCredit, ...]
    discount: int
    adjustment: int
    total: int

    @property
    def net(self) -> int:
        return sum(line.net for line in self.lines)

    @property
    def tax(self) -> int:
        return sum(sum(line.tax.values()) for line in self.lines)


def credit_by_amount(desk: Desk, invoice: Invoice, minor: int) -> Credit:
    """Give back a gross amount: split over the lines by what is left of each, then into net and tax.

    Discount and adjustment that were taken after tax come back in proportion to what is credited in all.
    Marks the invoice and its lines. Refuses `CreditExceedsInvoice`.
    """
    if minor > invoice.uncredited_minor:
        raise CreditExceedsInvoice(
            "more was asked back than is left uncredited of the invoice",
            invoiceId=invoice.id,
            asked=minor,
            left=invoice.uncredited_minor,
        )
    upto, total = invoice.credited_minor + minor, invoice.total_minor
    discount = rounded(invoice.discount_after_tax_minor * upto, total) - invoice.discount_credited_minor
    adjustment = rounded(invoice.adjustment_minor * upto, total) - invoice.adjustment_credited_minor
    adjustment = min(adjustment, minor + discount)
    lines = desk.of(InvoiceLine, INVOICE_LINES, invoice.id)
    parts = split(minor + discount - adjustment, [line.gross_left_minor for line in lines])
    credits = tuple(_credit_line(desk, line, part) for line, part in zip(lines, parts, strict=True) if part)
    desk.put(
        changed(
            invoice,
            credited_minor=upto,
            discount_credited_minor=invoice.discount_credited_minor + discount,
            adjustment_credited_minor=invoice.adjustment_credited_minor + adjustment,
            updated_at=desk.now,
        )
    )
    return Credit(credits, discount, adjustment, minor)


def _credit_line(desk: Desk, line: InvoiceLine, gross: int) -> LineCredit:
    """A share of a line into net and tax: the tax credited so far follows the gross credited so far."""
    taxes = [x for x in desk.of(InvoiceTax, INVOICE_TAXES, line.invoice_id) if x.position == line.position]
    upto = line.net_credited_minor + line.tax_credited_minor + gross
    tax = rounded(line.tax_minor * upto, line.gross_minor) - line.tax_credited_minor
    net = gross - tax
    invariant(0 <= tax <= line.tax_minor - line.tax_credited_minor, "no more tax comes back than was charged")
    invariant(0 <= net <= line.net_minor - line.net_credited_minor, "no more comes back than was charged")
    by_rate = split(tax, [x.tax_minor - x.credited_minor for x in taxes])
    for x, part in zip(taxes, by_rate, strict=True):
        desk.put(changed(x, credited_minor=x.credited_minor + part))
    desk.put(
        changed(
            line,
            net_credited_minor=line.net_credited_minor + net,
            tax_credited_minor=line.tax_credited_minor + tax,
        )
    )
    return LineCredit(line, net, {x.tax_rate_id: part for x, part in zip(taxes, by_rate, strict=True)})


def uncredit(
    desk: Desk,
    invoice: Invoice,
    lines: list[tuple[int, int, Charged]],
    minor: int,
    discount: int,
    adjustment: int,
    base: int,
) -> None:
    """Undo a credit: a voided note's share can be credited again. `lines` are (position, net, tax)."""
    for position, net, tax in lines:
        line = desk.get(InvoiceLine, invoice.id, position)
        desk.put(
            changed(
                line,
                net_credited_minor=line.net_credited_minor - net,
                tax_credited_minor=line.tax_credited_minor - sum(tax.values()),
            )
        )
        for rate_id, part in tax.items():
            x = desk.get(InvoiceTax, invoice.id, position, rate_id)
            desk.put(changed(x, credited_minor=x.credited_minor - part))
    desk.put(
        changed(
            invoice,
            credited_minor=invoice.credited_minor - minor,
            base_credited_minor=invoice.base_credited_minor - base,
            discount_credited_minor=invoice.discount_credited_minor - discount,
            adjustment_credited_minor=invoice.adjustment_credited_minor - adjustment,
            updated_at=desk.now,
        )
    )
