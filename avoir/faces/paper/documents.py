"""Invoices, credit notes and payments as they stand on paper."""

from collections.abc import Sequence

import msgspec

from avoir.app.reads.documents import AnyLine, CreditNoteView, InvoiceView, LineView, PaymentView
from avoir.app.reads.organization import Setup
from avoir.core.credit_note import CreditNote
from avoir.core.customer import Customer
from avoir.core.invoice import DRAFT, ISSUED, VOIDED, Invoice
from avoir.core.invoice_template import InvoiceTemplate, page_of
from avoir.core.money import major_of
from avoir.core.tax import TaxRate, by_rate
from avoir.faces.paper import Paper, Sum
from avoir.faces.render import Style, grouped, micro, signed

MARKS = {DRAFT: "Draft", VOIDED: "Voided"}
"""What stands above a document that is none yet, or none any more; of both kinds."""
HEADS = ("Description", "Quantity", "Rate", "Discount", "Amount")


def invoice_paper(view: InvoiceView, setup: Setup, style: Style, link: str = "") -> Paper:
    """An invoice with its lines, its taxes by rate and what is due, as its template has it.

    `link` shows it on the web; it is printed where the template wants it and something is due.
    """
    x, template = view.invoice, view.template
    linked = template is not None and template.include_payment_link and x.state == ISSUED and x.due_minor > 0
    sums = [
        *_totals(x, view.lines, view.rates, template),
        Sum("Total", signed(x.total_minor, x.currency), True),
        *_taken(x),
        Sum("Due", signed(x.due_minor, x.currency), True),
    ]
    return Paper(
        title="Invoice",
        number=x.number,
        sender=sender_of(setup),
        receiver=_receiver(view),
        facts=given(
            ("Date", style.day(x.issued_on)), ("Due", style.day(x.due_on)), ("Reference", x.reference)
        ),
        heads=HEADS,
        rows=_rows(view.lines, x.currency, template),
        sums=sums,
        notes=given(
            ("Message", x.message),
            ("Terms", x.terms),
            ("Bank details", template.bank_details if template else ""),
            ("Pay online", link if linked else ""),
        ),
        mark=MARKS.get(x.state, ""),
        **_looks(template),
    )


def credit_note_paper(view: CreditNoteView, setup: Setup, style: Style) -> Paper:
    """A credit note with its lines, its taxes by rate and what is left of it, as its template has it."""
    x, template = view.note, view.template
    sums = [
        *_totals(x, view.lines, view.rates, template),
        Sum("Total", signed(x.total_minor, x.currency), True),
        Sum("Left", signed(x.remaining_minor, x.currency), True),
    ]
    return Paper(
        title="Credit note",
        number=x.number,
        sender=sender_of(setup),
        receiver=_receiver(view),
        facts=given(("Date", style.day(x.issued_on)), ("Reference", x.reference)),
        heads=HEADS,
        rows=_rows(view.lines, x.currency, template),
        sums=sums,
        notes=given(("Note", x.note), ("Terms", x.terms)),
        mark=MARKS.get(x.state, ""),
        **_looks(template),
    )


def payment_paper(view: PaymentView, setup: Setup, style: Style) -> Paper:
    """A receipt: what was paid, and which invoices it paid."""
    x = view.payment
    rows = [
        (
            each.invoice.number,
            style.day(each.invoice.issued_on),
            signed(each.invoice.total_minor, x.currency),
            signed(each.allocation.amount_minor, x.currency),
        )
        for each in view.allocations
    ]
    return Paper(
        title="Payment received",
        number=x.number,
        sender=sender_of(setup),
        receiver=receiver_of(view.customer.customer),
        facts=given(("Date", style.day(x.received_on)), ("Reference", x.reference)),
        heads=("Invoice", "Date", "Invoice amount", "Paid"),
        rows=rows,
        sums=[Sum("Received", signed(x.amount_minor, x.currency), True)],
        notes=given(("Statement", x.memo)),
    )


def given(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    """Of some facts those that are said."""
    return [(label, value) for label, value in pairs if value]


def sender_of(setup: Setup) -> list[str]:
    """Whose document it is: name, address, tax number."""
    details = msgspec.json.decode(setup.organization.details)
    place = details.get("address") or {}
    lines = list(place.values()) if isinstance(place, dict) else [place]
    tax_number = setup.entity.tax_number
    return [
        setup.organization.name,
        *(str(line) for line in lines if line),
        *([f"Tax number {tax_number}"] if tax_number else []),
    ]


def receiver_of(customer: Customer) -> list[str]:
    """Whom it is for: name and billing address."""
    details = msgspec.json.decode(customer.details)
    parts = ("1", "2", "Postcode", "City", "State", "Country")
    return [customer.name, *(line for part in parts if (line := details.get(f"billingAddress{part}")))]


def _receiver(view: InvoiceView | CreditNoteView) -> list[str]:
    """Whom a document is for; with a template also by tax number, called as the template has it."""
    customer = view.customer.customer
    tax_number = msgspec.json.decode(customer.details).get("taxNumber") if view.template else None
    label = (view.template and view.template.tax_number_label) or "Tax number"
    return [*receiver_of(customer), *([f"{label} {tax_number}"] if tax_number else [])]


def _looks(template: InvoiceTemplate | None) -> dict[str, str]:
    return {"footer": template.footer, "page": page_of(template.page_size)} if template else {}


def is_printed(line: AnyLine, template: InvoiceTemplate | None) -> bool:
    """Whether a line is printed: a template may leave out those that come to nothing."""
    return bool(line.after_discount_minor) or template is None or not template.hide_zero_amounts


def _rows(
    lines: Sequence[LineView], currency: str, template: InvoiceTemplate | None
) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for view in lines:
        if not is_printed(view.line, template):
            continue
        line = view.line
        words = "\n".join(filter(None, (view.item.name if view.item else "", line.description)))
        off = grouped(major_of(line.discount_minor, currency)) if line.discount_minor else ""
        quantity, rate = grouped(micro(line.quantity_micro)), grouped(micro(line.price_micro))
        gross = grouped(major_of(line.after_discount_minor, currency))
        rows.append((words, quantity, rate, off, gross))
    return rows


def _totals(
    x: Invoice | CreditNote,
    lines: Sequence[LineView],
    rates: dict[int, TaxRate],
    template: InvoiceTemplate | None,
) -> list[Sum]:
    """From the subtotal down to the total, the taxes by rate."""

    def amount(minor: int) -> str:
        return signed(minor, x.currency)

    sums = [Sum("Subtotal", amount(x.subtotal_minor))]
    if x.discount_minor:
        sums.append(Sum("Discount", amount(-x.discount_minor)))
    inside = " (included)" if x.is_tax_inclusive else ""
    for (id, percent), minor in by_rate(tax for view in lines for tax in view.taxes).items():
        if minor or template is None or not template.hide_zero_amounts:
            sums.append(Sum(f"{rates[id].name} {micro(percent)}%{inside}", amount(minor)))
    if x.adjustment_minor:
        sums.append(Sum("Adjustment", amount(x.adjustment_minor)))
    return sums


def _taken(x: Invoice) -> list[Sum]:
    """What settled part of an invoice already."""
    parts = (("Paid", x.paid_minor), ("Credited", x.credit_minor), ("Written off", x.written_off_minor))
    return [Sum(label, signed(-minor, x.currency)) for label, minor in parts if minor]
