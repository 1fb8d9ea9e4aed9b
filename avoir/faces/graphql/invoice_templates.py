"""Invoice templates: made, changed, taken away."""

from collections.abc import Mapping
from typing import Any

from avoir.app.invoice_templates import (
    CreateInvoiceTemplate,
    DeleteInvoiceTemplate,
    UpdateInvoiceTemplate,
)
from avoir.faces.graphql.asking import Args, Mutation, Payload, ask
from avoir.faces.graphql.ids import identifier
from avoir.faces.graphql.request import Info

TEXTS = {
    "bankDetails": "bank_details",
    "footer": "footer",
    "pageSize": "page_size",
    "taxNumberLabel": "tax_number_label",
}
FLAGS = {
    "enabled": "enabled",
    "hideZeroAmounts": "hide_zero_amounts",
    "includePaymentLink": "include_payment_link",
    "isDefault": "is_default",
    "poNumberRequired": "po_number_required",
    "taxNumberRequired": "tax_number_required",
}


async def invoice_template_create(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    command = CreateInvoiceTemplate(name=given.get("name") or "", **_said(given))
    return {"invoiceTemplate": await ask(info, command)}


async def invoice_template_update(info: Info, args: Args) -> Payload:
    given = args["attributes"]
    command = UpdateInvoiceTemplate(
        invoice_template_id=identifier(args["id"]),
        name=(given["name"] or "") if "name" in given else None,
        **_said(given),
    )
    return {"invoiceTemplate": await ask(info, command)}


async def invoice_template_delete(info: Info, args: Args) -> Payload:
    command = DeleteInvoiceTemplate(invoice_template_id=identifier(args["id"]))
    return {"invoiceTemplate": await ask(info, command)}


def _said(given: Args) -> dict[str, Any]:
    texts = {field: given[name] or "" for name, field in TEXTS.items() if name in given}
    flags = {field: given[name] for name, field in FLAGS.items() if given.get(name) is not None}
    entity = {"entity_id": identifier(given["entityId"])} if given.get("entityId") is not None else {}
    return {**texts, **flags, **entity}


MUTATIONS: Mapping[str, Mutation] = {
    "invoiceTemplateCreate": invoice_template_create,
    "invoiceTemplateDelete": invoice_template_delete,
    "invoiceTemplateUpdate": invoice_template_update,
}
