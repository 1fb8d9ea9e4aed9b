"""InvoiceTemplate: how the papers of an entity look."""

from avoir.faces.graphql.fields.common import Fields, Resolver, of, some


def _flag(name: str) -> Resolver:
    return lambda template, info: bool(getattr(template, name))


INVOICE_TEMPLATE: Fields = {
    "bankDetails": some("bank_details"),
    "enabled": _flag("enabled"),
    "entityId": of("entity_id"),
    "footer": some("footer"),
    "hideZeroAmounts": _flag("hide_zero_amounts"),
    "id": of("id"),
    "includePaymentLink": _flag("include_payment_link"),
    "isDefault": _flag("is_default"),
    "name": of("name"),
    "pageSize": some("page_size"),
    "poNumberRequired": _flag("po_number_required"),
    "taxNumberLabel": some("tax_number_label"),
    "taxNumberRequired": _flag("tax_number_required"),
}
