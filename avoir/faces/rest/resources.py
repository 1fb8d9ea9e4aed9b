"""What lists can be asked: their built-in views, and the fields that they are filtered and sorted by.

Read off the very tables that make the lists (rest.md, section 0 and 2.8).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from avoir.app.reads.exports import EXPORTS
from avoir.app.reads.lists import CHOICE, DAY, MICRO, MONEY, NUMBER, TEXT, Column, Listing
from avoir.core.errors import NotFound
from avoir.faces.rest import accounts, credit_notes, customers, invoices, items, journals, payments
from avoir.faces.rest.customers import snake
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.imports.resources import IMPORTABLES, LOOKED_UP, Importable
from avoir.faces.rest.imports.resources import Column as SheetColumn
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


_FIELD_TYPES = {"isInt": "number", "isNumber": "number", "isBoolean": "boolean", "isDateString": "date"}
_TITLES = {"PaymentReceive": "Payments received"}


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
        "print": {
            "page_title": _title(resource.model),
            "columns": [{"key": name, "label": each["name"]} for name, each in columns.items()],
        },
        "exportable": resource.model in EXPORTS,
        **_import(IMPORTABLES.get(resource.model)),
    }
    return {"resource_model": resource.model, "resource_meta": told, **told}


def _title(model: str) -> str:
    """SaleInvoice is Sale invoices."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in model).strip()
    return _TITLES.get(model, f"{words.capitalize()}s")


def _import(sheet: Importable | None) -> dict[str, Any]:
    """What a sheet of the resource may hold; a document with lines has a row for each, tied by its number."""
    if sheet is None:
        return {"importable": False, "fields2": {}}
    fields: dict[str, Any] = {}
    for column in sheet.columns():
        group = fields
        if column.group:
            whole = {
                "name": column.group.capitalize(),
                "field_type": "collection",
                "collection_of": "object",
                "collection_min_length": 1,
                "fields": {},
            }
            group = fields.setdefault(snake(column.group), whole)["fields"]
        group[snake(column.key)] = _sheet_field(column)
    lines = next((column.group for column in sheet.columns() if column.group), "")
    tied = {
        "export_flatten_on": lines,
        "import_aggregator": "group",
        "import_aggregate_on": lines,
        "import_aggregate_by": sheet.number,
    }
    return {"importable": True, **(tied if lines else {}), "fields2": fields}


def _sheet_field(column: SheetColumn) -> dict[str, Any]:
    rules = {rule.name: rule.says for rule in column.field.rules}
    told = column.told()
    field = {"name": told["name"], "required": told["required"], "import_hint": told["hint"]}
    if named := LOOKED_UP.get(column.key):
        found = {"relation_model": named.kind.__name__, "relation_import_match": list(named.columns)}
        return field | {"field_type": "relation"} | found
    words = rules.get("isIn", rules.get("isEnum", "")).partition("must be one of: ")[2]
    if words:
        options = [{"key": word, "label": word.capitalize()} for word in words.split(", ")]
        return field | {"field_type": "enumeration", "options": options}
    return field | {"field_type": next((_FIELD_TYPES[x] for x in rules if x in _FIELD_TYPES), "text")}


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
    if name == "customer":
        field |= {
            "field_type": "relation",
            "relation_type": "enumeration",
            "relation_key": "customer",
            "relation_entity_label": "display_name",
            "relation_entity_key": "id",
            "column": "customer_id",
        }
    if column.kind == CHOICE and not yes_or_no:
        field["options"] = [{"key": word, "label": word.capitalize()} for word in column.words]
    return field
