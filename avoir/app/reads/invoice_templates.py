"""Which template the papers of a customer follow."""

from avoir.app.reads.query import Query
from avoir.core.customer import Customer
from avoir.core.invoice_template import InvoiceTemplate


def template_of(query: Query, customer: Customer) -> InvoiceTemplate | None:
    """The customer's own template, else its entity's default; neither while it is disabled."""
    found = query.rows(
        InvoiceTemplate,
        "(t.entity_id = :entity AND t.is_default = 1 OR t.id = :own) AND t.enabled = 1",
        entity=customer.entity_id,
        own=customer.invoice_template_id or 0,
    )
    return next((x for x in found if x.id == customer.invoice_template_id), found[0] if found else None)
