"""What lists can be asked: their built-in views, and the fields that they are filtered and sorted by.

Read off the very tables that make the lists (rest.md, section 0 and 2.8).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from avoir.app.reads.lists import CHOICE, DAY, MICRO, MONEY, NUMBER, TEXT, Column, Listing
from avoir.core.errors import NotFound
from avoir.faces.rest import accounts, credit_notes, customers, invoices, items, journals, payments
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.lists import view_row


class Resource(NamedTuple):
    """A list by the name that contract B has for its model. `listing` may depend on the day."""

    model: str
    listing: Callable[[str], Listing]


def _always(listing: Listing) -> Callable[[str], Listing]:
    return lambda today: listing


_RESOURCES = (
    Resource("Account", _always(accounts.LISTING)),
    Resource("CreditNote", _always(credit_notes.LISTING)),
    Resource("Customer", customers.listing),
    Resource("Item", _always(items.LISTING)),
    Resource("ManualJournal", _always(journals.LISTING)),
    Resource("PaymentReceive", _always(payments.LISTING)),
    Resource("SaleInvoice", invoices.listing),
)
_OTHER_NAMES = {
    "contact": "customer",
    "invoice": "saleinvoice",
    "paymentreceived": "paymentreceive",
    "paymentsreceived": "paymentreceive",
}
_TYPES = {
    TEXT: "text",
    NUMBER: "number",
    MICRO: "number",
    MONEY: "number",
    DAY: "date",
    CHOICE: "enumeration",
}


async def views(call: Call) -> dict[str, Any]:
    """The views of a list. Refuses `NotFound`."""
    resource = _known(call)
    listing = resource.listing(call.style.today())
    rows = [view_row(listing, slug) | {"resource_model": resource.model} for slug in listing.views]
    return {"views": rows, "data": rows}


async def meta(call: Call) -> dict[str, Any]:
    """The fields of a list: what each is called, and how it compares. Refuses `NotFound`."""
    resource = _known(call)
    listing = resource.listing(call.style.today())
    fields = {name: _field(name, column) for name, column in listing.columns.items()}
    columns = {name: {"name": field["name"], "type": field["field_type"]} for name, field in fields.items()}
    told = {
        "default_filter_field": (listing.searched or ("created_at",))[0],
        "default_sort": {"sort_order": "DESC", "sort_field": "created_at"},
        "searchable": bool(listing.searched),
        "fields": fields,
        "columns": columns,
        "print": {"columns": [{"key": name, "label": each["name"]} for name, each in columns.items()]},
    }
    return {"resource_model": resource.model, "resource_meta": told, **told}


def _known(call: Call) -> Resource:
    """`items`, `sale_invoices` and `SaleInvoice` are names of models. Refuses `NotFound`."""
    given: str = call.request.path_params["model"]
    plain = given.replace("-", "").replace("_", "").lower()
    names = {_OTHER_NAMES.get(name, name) for name in (plain, plain.removesuffix("s"))}
    for resource in _RESOURCES:
        if resource.model.lower() in names:
            return resource
    raise NotFound("no such Resource", kind="Resource")


def _field(name: str, column: Column) -> dict[str, Any]:
    words = name.removesuffix("_id").replace("_", " ").capitalize()
    yes_or_no = set(column.words) == {"true", "1", "false", "0"}
    field = {
        "key": name,
        "name": words,
        "column": name,
        "field_type": "boolean" if yes_or_no else _TYPES[column.kind],
        "sortable": True,
        "filterable": True,
    }
    if column.kind == CHOICE and not yes_or_no:
        field["options"] = [{"key": word, "label": word.capitalize()} for word in column.words]
    return field
