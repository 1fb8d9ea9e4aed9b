"""Giving back what an invoice charged: which line, how much net, how much tax.

Tax is given back at the original rate and never computed anew: after each credit, the tax credited on a
line follows the part of it that is credited so far. Whatever the order, number and shape of credits: never
more tax than was charged, never a negative tax, and the last credit leaves exactly zero.
"""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from avoir.core.credit_note import CreditNote
from avoir.core.desk import Desk
from avoir.core.errors import Kind, NotFound, Refusal, invariant
from avoir.core.invoice import INVOICE_LINES, INVOICE_TAXES, Invoice, InvoiceLine, InvoiceTax
from avoir.core.money import positive_minor_of, rounded, scaled, split
from avoir.core.row import changed
from avoir.core.tax import PERCENT, Charged


class CreditExceedsInvoice(Refusal):
    """More was asked back than is left uncredited of the invoice."""

    code = "credit_exceeds_invoice"


class CreditExceedsLine(Refusal):
    """More was asked back than is left uncredited of the line, in money or quantity."""

    code = "credit_exceeds_line"


class AmbiguousShape(Refusal):
    """A credit says how much in exactly one way."""

    code, kind = "ambiguous_credit_shape", Kind.INVALID


class Shape(msgspec.Struct, frozen=True, omit_defaults=True):
    """How much to give back, in one way: of one line (by its position), or of the whole invoice.

    `gross` and `net` in major units, `quantity` in the line's units, `percent` of what the line charged,
    `tax_only` for all tax that is left. A shape that says nothing is all that is left. Of the whole invoice
    only `gross`, `tax_only` and all can be asked.
    """

    position: int | None = None
    gross: Decimal | None = None
    net: Decimal | None = None
    quantity: Decimal | None = None
    percent: Decimal | None = None
    tax_only: bool = False

    @property
    def ways(self) -> int:
        """In how many ways the shape says how much."""
        given = (self.gross, self.net, self.quantity, self.percent)
        return sum(each is not None for each in given) + self.tax_only


class LineCredit(msgspec.Struct, frozen=True):
    """What one line gives back, in minor units and millionths of its unit."""

    line: InvoiceLine
    net: int
    tax: Charged
    quantity_micro: int = 0


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


def credit(desk: Desk, invoice_id: int, shapes: Sequence[Shape]) -> Credit:
    """Give back what the shapes ask, one after the other, and mark the invoice and its lines.

    No shape at all asks for all that is left. Refuses `CreditExceedsInvoice`, `CreditExceedsLine`,
    `AmbiguousShape`, and `NotFound` for an unknown line.
    """
    before = desk.get(Invoice, invoice_id)
    given: list[LineCredit] = []
    for shape in shapes or (Shape(),):
        of = _of_invoice if shape.position is None else _of_position
        given += of(desk, invoice_id, shape)
    after = desk.get(Invoice, invoice_id)
    return Credit(
        tuple(_together(given)),
        after.discount_credited_minor - before.discount_credited_minor,
        after.adjustment_credited_minor - before.adjustment_credited_minor,
        after.credited_minor - before.credited_minor,
    )


def _of_invoice(desk: Desk, invoice_id: int, shape: Shape) -> list[LineCredit]:
    invoice = desk.get(Invoice, invoice_id)
    if shape.tax_only and shape.ways == 1:
        lines = desk.of(InvoiceLine, INVOICE_LINES, invoice_id)
        return [each for line in lines for each in _of_line(desk, invoice_id, line, shape)]
    if shape.ways > (shape.gross is not None):
        raise AmbiguousShape("of a whole invoice a gross amount, its tax or all of it can be credited")
    left = invoice.uncredited_minor
    minor = left if shape.gross is None else positive_minor_of(shape.gross, invoice.currency)
    if minor > left:
        raise CreditExceedsInvoice(
            "more was asked back than is left uncredited of the invoice",
            invoiceId=invoice.id,
            asked=minor,
            left=left,
        )
    return _by_amount(desk, invoice, minor)


def _by_amount(desk: Desk, invoice: Invoice, minor: int) -> list[LineCredit]:
    """A gross amount: split over the lines by what is left of each, then each share into net and tax.

    Discount and adjustment that were taken after tax come back in proportion to what is credited in all.
    """
    if minor == 0:
        return []
    lines = desk.of(InvoiceLine, INVOICE_LINES, invoice.id)
    lefts = [line.gross_left_minor for line in lines]
    discount, adjustment = _proportion(invoice, invoice.credited_minor + minor, invoice.total_minor)
    gross = min(max(minor + discount - adjustment, 0), sum(lefts))
    _mark(desk, invoice, minor, discount, minor + discount - gross)
    parts = split(gross, lefts)
    return [_by_gross(desk, line, part) for line, part in zip(lines, parts, strict=True) if part]


def _of_position(desk: Desk, invoice_id: int, shape: Shape) -> list[LineCredit]:
    line = desk.find(InvoiceLine, invoice_id, shape.position)
    if line is None:
        raise NotFound("no such InvoiceLine", kind="InvoiceLine", id=shape.position)
    if shape.ways > 1:
        raise AmbiguousShape("a credit says how much in exactly one way", position=shape.position)
    return _of_line(desk, invoice_id, line, shape)


def _of_line(desk: Desk, invoice_id: int, line: InvoiceLine, shape: Shape) -> list[LineCredit]:
    """Credit a line, and the share of discount and adjustment that goes with it."""
    given = _shaped(desk, line, shape, desk.get(Invoice, invoice_id).currency)
    invoice, lines = desk.get(Invoice, invoice_id), desk.of(InvoiceLine, INVOICE_LINES, invoice_id)
    whole = sum(each.gross_minor for each in lines)
    if whole == 0:
        return []
    discount, adjustment = _proportion(invoice, whole - sum(each.gross_left_minor for each in lines), whole)
    minor = given.net + sum(given.tax.values()) - discount + adjustment
    # Two roundings may meet on the last unit: then the adjustment gives way.
    over = max(minor - invoice.uncredited_minor, 0)
    _mark(desk, invoice, minor - over, discount, adjustment - over)
    return [given]


def _shaped(desk: Desk, line: InvoiceLine, shape: Shape, currency: str) -> LineCredit:
    net_left = line.net_minor - line.net_credited_minor
    if shape.tax_only:
        return _by_net(desk, line, 0, all_tax=True)
    if shape.gross is not None:
        return _by_gross(
            desk, line, _within(positive_minor_of(shape.gross, currency), line.gross_left_minor, line)
        )
    if shape.net is not None:
        return _by_net(desk, line, _within(positive_minor_of(shape.net, currency), net_left, line))
    if shape.percent is not None:
        net = rounded(line.net_minor * scaled(shape.percent, 6, "percent"), PERCENT)
        return _by_net(desk, line, _within(net, net_left, line))
    quantity_left = line.quantity_micro - line.quantity_credited_micro
    quantity = quantity_left if shape.quantity is None else scaled(shape.quantity, 6, "quantity")
    return _by_quantity(desk, line, _within(quantity, quantity_left, line), all_left=shape.quantity is None)


def _within(asked: int, left: int, line: InvoiceLine) -> int:
    if not 0 <= asked <= left:
        raise CreditExceedsLine(
            "more was asked back than is left of the line", position=line.position, asked=asked, left=left
        )
    return asked


def _by_quantity(desk: Desk, line: InvoiceLine, asked: int, *, all_left: bool) -> LineCredit:
    """What a quantity is worth, cumulative: the last unit takes the exact rest."""
    was, upto = line.quantity_credited_micro, line.quantity_credited_micro + asked
    net_left = line.net_minor - line.net_credited_minor
    if all_left or upto == line.quantity_micro:
        return _by_net(desk, line, net_left, asked)
    net = rounded(line.net_minor * upto, line.quantity_micro) - rounded(
        line.net_minor * was, line.quantity_micro
    )
    return _by_net(desk, line, _within(net, net_left, line), asked)


def _by_net(
    desk: Desk, line: InvoiceLine, net: int, quantity: int = 0, *, all_tax: bool = False
) -> LineCredit:
    """The tax follows the net credited so far, rate by rate; a tax given back before is not asked for."""
    upto = line.net_credited_minor + net
    tax = {}
    for x in _taxes(desk, line):
        whole = all_tax or upto == line.net_minor
        target = x.tax_minor if whole else rounded(x.tax_minor * upto, line.net_minor)
        tax[x.tax_rate_id] = max(target, x.credited_minor) - x.credited_minor
    return _mark_line(desk, line, net, tax, quantity)


def _by_gross(desk: Desk, line: InvoiceLine, gross: int) -> LineCredit:
    """A share with its tax inside: the tax follows the gross credited so far, split over the rates."""
    upto = line.net_credited_minor + line.tax_credited_minor + gross
    target = rounded(line.tax_minor * upto, line.gross_minor) if line.gross_minor else 0
    # After a note was voided, or tax alone was credited, the line may lag behind its own proportion.
    net_left = line.net_minor - line.net_credited_minor
    tax = min(max(target - line.tax_credited_minor, gross - net_left, 0), gross)
    taxes = _taxes(desk, line)
    parts = split(tax, [x.tax_minor - x.credited_minor for x in taxes])
    by_rate = {x.tax_rate_id: part for x, part in zip(taxes, parts, strict=True)}
    return _mark_line(desk, line, gross - tax, by_rate)


def _taxes(desk: Desk, line: InvoiceLine) -> list[InvoiceTax]:
    return [x for x in desk.of(InvoiceTax, INVOICE_TAXES, line.invoice_id) if x.position == line.position]


def _proportion(invoice: Invoice, upto: int, whole: int) -> tuple[int, int]:
    """The discount and adjustment that are to follow, so that they are all back when `upto` is the whole."""
    discount = rounded(invoice.discount_after_tax_minor * upto, whole)
    adjustment = rounded(invoice.adjustment_minor * upto, whole)
    grown = max(abs(adjustment), abs(invoice.adjustment_credited_minor))
    signed = grown if invoice.adjustment_minor >= 0 else -grown
    return (
        max(discount, invoice.discount_credited_minor) - invoice.discount_credited_minor,
        signed - invoice.adjustment_credited_minor,
    )


def _mark(desk: Desk, invoice: Invoice, minor: int, discount: int, adjustment: int) -> None:
    credited = invoice.credited_minor + minor
    invariant(credited <= invoice.total_minor, "no more is credited than was charged")
    desk.put(
        changed(
            invoice,
            credited_minor=credited,
            discount_credited_minor=invoice.discount_credited_minor + discount,
            adjustment_credited_minor=invoice.adjustment_credited_minor + adjustment,
            updated_at=desk.now,
        )
    )


def _mark_line(desk: Desk, line: InvoiceLine, net: int, tax: Charged, quantity: int = 0) -> LineCredit:
    total = sum(tax.values())
    invariant(0 <= net <= line.net_minor - line.net_credited_minor, "no more comes back than was charged")
    invariant(
        0 <= total <= line.tax_minor - line.tax_credited_minor, "no more tax comes back than was charged"
    )
    for x in _taxes(desk, line):
        desk.put(changed(x, credited_minor=x.credited_minor + tax[x.tax_rate_id]))
    desk.put(
        changed(
            line,
            net_credited_minor=line.net_credited_minor + net,
            tax_credited_minor=line.tax_credited_minor + total,
            quantity_credited_micro=line.quantity_credited_micro + quantity,
        )
    )
    return LineCredit(line, net, tax, quantity)


def _together(given: Sequence[LineCredit]) -> list[LineCredit]:
    """One credit for each line, in the order of the lines; those that give nothing are left out."""
    lines: dict[int, LineCredit] = {}
    for each in given:
        was = lines.get(each.line.position)
        if was is not None:
            tax = {rate: minor + each.tax[rate] for rate, minor in was.tax.items()}
            quantity = was.quantity_micro + each.quantity_micro
            lines[each.line.position] = LineCredit(was.line, was.net + each.net, tax, quantity)
        else:
            lines[each.line.position] = each
    return [
        lines[position]
        for position in sorted(lines)
        if lines[position].net or any(lines[position].tax.values())
    ]


def uncredit(
    desk: Desk, invoice: Invoice, note: CreditNote, given: Sequence[tuple[int, int, Charged, int]]
) -> None:
    """Undo a credit: a voided note's share can be credited again.

    `given` is (position, net, tax, quantity) of each line.
    """
    for position, net, tax, quantity in given:
        line = desk.get(InvoiceLine, invoice.id, position)
        desk.put(
            changed(
                line,
                net_credited_minor=line.net_credited_minor - net,
                tax_credited_minor=line.tax_credited_minor - sum(tax.values()),
                quantity_credited_micro=line.quantity_credited_micro - quantity,
            )
        )
        for rate_id, part in tax.items():
            x = desk.get(InvoiceTax, invoice.id, position, rate_id)
            desk.put(changed(x, credited_minor=x.credited_minor - part))
    desk.put(
        changed(
            invoice,
            credited_minor=invoice.credited_minor - note.total_minor,
            base_credited_minor=invoice.base_credited_minor - note.invoice_base_minor,
            discount_credited_minor=invoice.discount_credited_minor - note.discount_after_tax_minor,
            adjustment_credited_minor=invoice.adjustment_credited_minor - note.adjustment_minor,
            updated_at=desk.now,
        )
    )
