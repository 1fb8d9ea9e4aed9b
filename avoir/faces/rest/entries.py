"""Lines of documents: as they are asked for, and as they are shown (rest.md, 2.1 and 2.4)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from avoir.app.reads.documents import AnyTax, LineView, tax_rates_by_code
from avoir.core.document import ZERO, Discount, Line, Wording
from avoir.core.money import major_of
from avoir.core.tax import TaxRate
from avoir.faces.render import grouped, micro
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body, Form
from avoir.faces.rest.items import item_row
from avoir.faces.rest.kinds import choice, flag, id_in, number, several, some_ids, text, whole

DISCOUNTS = ("percentage", "amount")

ENTRY = Body(
    whole("index"),
    id_in("itemId"),
    number("rate", coerced=True),
    number("quantity", coerced=True),
    number("discount", coerced=True, optional=True),
    choice("discountType", DISCOUNTS, rule="isEnum", optional=True, default="percentage"),
    text("description", optional=True),
    text("taxCode", optional=True),
    id_in("taxRateId", optional=True),
    some_ids("taxRateIds"),
    id_in("warehouseId", optional=True),
    id_in("sellAccountId", optional=True),
)

DOCUMENT = (
    several("entries", ENTRY, least=1),
    number("discount", coerced=True, optional=True),
    choice("discountType", DISCOUNTS, rule="isEnum", optional=True, default="percentage"),
    number("adjustment", coerced=True, optional=True),
    flag("isInclusiveTax"),
    id_in("warehouseId", coerced=True, optional=True),
    id_in("branchId", coerced=True, optional=True),
)
"""The fields that invoices and credit notes have in common."""


async def wording_of(call: Call) -> Wording:
    """How a document is to be computed. Refuses `UnknownTaxCode`."""
    form = call.form
    codes = {entry["taxCode"] for entry in form["entries"] if entry["taxCode"] and not entry["taxRateId"]}
    rates = await call.caller.read(tax_rates_by_code, sorted(codes)) if codes else {}
    return Wording(
        lines=tuple(_line(entry, rates) for entry in form["entries"]),
        inclusive=form["isInclusiveTax"],
        discount=_discount(form),
        adjustment=form["adjustment"] or ZERO,
    )


def echoed(call: Call) -> dict[str, Any]:
    """What is told back of a request and kept nowhere: there are no warehouses here."""
    return {"warehouse_id": call.form["warehouseId"]}


def _line(entry: Form, rates: dict[str, int]) -> Line:
    rate_id = entry["taxRateId"] or rates.get(entry["taxCode"])
    named = (*entry["taxRateIds"], *(() if rate_id is None else (rate_id,)))
    return Line(
        quantity=entry["quantity"],
        price=entry["rate"],
        item_id=entry["itemId"],
        account_id=entry["sellAccountId"],
        description=entry["description"],
        discount=_discount(entry),
        # An entry that names no rate has no tax, whatever its item's rate is.
        tax_rate_ids=tuple(dict.fromkeys(named)),
    )


def _discount(form: Form) -> Discount:
    return Discount(form["discount"] or ZERO, form["discountType"])


def entry_rows(
    lines: Sequence[LineView], currency: str, *, of: str, id: int | str, inclusive: bool
) -> list[dict[str, Any]]:
    """The lines of a document; `id` is its number, as a text where contract B shows it as one."""
    return [_entry(view, currency, of, id, inclusive) for view in lines]


def _entry(view: LineView, currency: str, of: str, id: int | str, inclusive: bool) -> dict[str, Any]:
    line, item = view.line, view.item
    net = line.without_tax_minor(inclusive=inclusive)
    percent = sum(tax.percent_micro for tax in view.taxes)
    discount = micro(line.discount_micro) if line.discount_micro else None
    return {
        "id": line.id,
        "index": line.position,
        "description": line.description or None,
        "discount": discount,
        "quantity": micro(line.quantity_micro),
        "rate": micro(line.price_micro),
        "tax": None,
        "item": None if item is None else item_row(item),
        "amount": major_of(line.amount_minor, currency),
        "subtotal": major_of(line.amount_minor, currency),
        "total": major_of(line.after_discount_minor, currency),
        "reference_type": of,
        "reference_id": id,
        "item_id": line.item_id,
        "discount_type": line.discount_kind,
        "sell_account_id": line.account_id,
        "cost_account_id": None,
        "landed_cost": 0,
        "allocated_cost_amount": 0,
        "created_at": None,
        "updated_at": None,
        "warehouse_id": None,
        "project_id": None,
        "project_ref_id": None,
        "project_ref_type": None,
        "project_ref_invoiced_amount": 0,
        "is_inclusive_tax": int(inclusive),
        "tax_rate_id": view.taxes[0].tax_rate_id if view.taxes else None,
        "tax_rate": micro(percent) if view.taxes else None,
        "tax_amount": major_of(line.tax_minor, currency),
        "taxes": [_tax(tax, view.rates[tax.tax_rate_id], net, currency) for tax in view.taxes],
        "subtotal_inclusing_tax": major_of(net + line.tax_minor, currency),
        "subtotal_excluding_tax": major_of(net, currency),
        "discount_amount": major_of(line.discount_minor, currency),
        "discount_formatted": grouped(discount) if discount is not None else "",
        "tax_code": view.rates[view.taxes[0].tax_rate_id].code if view.taxes else None,
        "quantity_formatted": grouped(micro(line.quantity_micro)),
        "rate_formatted": grouped(micro(line.price_micro)),
        "total_formatted": grouped(major_of(line.after_discount_minor, currency)),
    }


def _tax(tax: AnyTax, rate: TaxRate, net_minor: int, currency: str) -> dict[str, Any]:
    return {
        "tax_rate_id": tax.tax_rate_id,
        "name": rate.name,
        "code": rate.code,
        "tax_rate": micro(tax.percent_micro),
        "taxable_amount": major_of(net_minor, currency),
        "tax_amount": major_of(tax.tax_minor, currency),
        "tax_amount_formatted": grouped(major_of(tax.tax_minor, currency)),
    }


def percentage(kind: str, value_micro: int) -> Decimal | int | None:
    """A document's discount in percent, if that is what was given."""
    return micro(value_micro) if kind == "percentage" and value_micro else None
