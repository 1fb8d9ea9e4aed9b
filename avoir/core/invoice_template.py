"""Invoice templates: how the papers of an entity look, for all its customers or for some."""

from avoir.core.row import Row
from avoir.core.settings import choice


class InvoiceTemplate(Row, frozen=True, gc=False):
    """What stands on the papers of an entity besides the document. Nothing of it is money."""

    TABLE = "invoice_templates"
    GROUPS = (("organization_id", "entity_id", "is_default"),)
    organization_id: int
    id: int
    entity_id: int
    name: str
    bank_details: str
    footer: str
    page_size: str  # As it was said; empty: A4.
    tax_number_label: str  # What the customer's tax number is called; empty: Tax number.
    enabled: int
    is_default: int  # 1: for the customers of the entity who are given none of their own.
    hide_zero_amounts: int
    include_payment_link: int
    po_number_required: int
    tax_number_required: int
    created_at: str
    updated_at: str
    used: int = 0  # 1: a customer was given it, so it stays.


DEFAULT_OF_ENTITY = InvoiceTemplate.GROUPS[0]

PAGES = ("a4", "a5", "letter", "legal")
"""The pages that papers are set on."""


def page_of(said: str) -> str:
    """The page that a text names, however it is written: A4, `US Letter`. Refuses `UnknownSetting`."""
    plain = "".join(letter for letter in said.lower() if letter.isalnum()).removeprefix("us")
    return choice(plain or PAGES[0], PAGES, "pageSize")
