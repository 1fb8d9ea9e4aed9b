"""Other words for a document that figures rest on: its texts, its number, its due date; never its money."""

from collections.abc import Sequence
from typing import NamedTuple

from avoir.core.credit_note import CreditNote, CreditNoteLine, CreditNoteTax
from avoir.core.desk import Desk
from avoir.core.invoice import Invoice, InvoiceLine, InvoiceTax
from avoir.core.row import Row, changed

WORDS = ("number", "sequence", "reference", "due_on", "message", "note", "terms", "updated_at")
"""What may be said otherwise of a document at any time."""

MONEY = (
    "customer_id", "branch_id", "currency", "rate_nano", "is_tax_inclusive", "issued_on", "discount_kind",
    "discount_micro", "discount_timing", "subtotal_minor", "discount_minor", "adjustment_minor", "net_minor",
    "tax_minor", "total_minor", "base_total_minor",
)  # fmt: skip
LINE_MONEY = (
    "position", "item_id", "account_id", "quantity_micro", "price_micro", "discount_kind", "discount_micro",
    "amount_minor", "discount_minor", "net_minor", "tax_minor",
)  # fmt: skip
TAX_MONEY = ("position", "tax_rate_id", "percent_micro", "tax_minor")
"""What its entry was posted from, and what every later credit was worked out from."""


class Wordings(NamedTuple):
    """A document with its parts, as they stand."""

    document: Invoice | CreditNote
    lines: Sequence[InvoiceLine | CreditNoteLine]
    taxes: Sequence[InvoiceTax | CreditNoteTax]


def reworded(desk: Desk, before: Wordings, after: Wordings) -> Invoice | CreditNote | None:
    """The document with the words that it was written anew with, and all its figures as they were.

    None when it was written with other figures: then nothing is put, and the caller refuses.
    """
    if not _same(before, after):
        return None
    for line, said in zip(before.lines, after.lines, strict=True):
        desk.put(changed(line, description=said.description))
    for tax in before.taxes:
        desk.put(tax)
    old, new = before.document, after.document
    return desk.put(changed(old, **{name: getattr(new, name) for name in WORDS if hasattr(new, name)}))


def _same(before: Wordings, after: Wordings) -> bool:
    return (
        _figures([before.document], MONEY) == _figures([after.document], MONEY)
        and _figures(before.lines, LINE_MONEY) == _figures(after.lines, LINE_MONEY)
        and _figures(before.taxes, TAX_MONEY) == _figures(after.taxes, TAX_MONEY)
    )


def _figures(rows: Sequence[Row], names: Sequence[str]) -> list[list[object]]:
    return [[getattr(row, name) for name in names] for row in rows]
