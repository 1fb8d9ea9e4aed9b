"""Items: services that are sold (rest.md, 2.8)."""

from typing import Any

from avoir.app.items import ActivateItem, CreateItem, DeleteItem, EditItem, InactivateItem
from avoir.app.reads import items
from avoir.app.reads.items import ItemView, SoldView
from avoir.app.reads.lists import CHOICE, DAY, MICRO, NUMBER, Column, Listing, yes_or_no
from avoir.core.customer import Item
from avoir.core.errors import NotFound
from avoir.core.money import major_of
from avoir.faces.render import Number, Style, grouped, micro, midnight, plain, sign_of
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import choice, flag, id_in, kept, number, text
from avoir.faces.rest.lists import listed

TYPES = ("service", "non-inventory", "inventory")
FLAGS = ("sellable", "purchasable", "active")

PRICES = (
    number("sellPrice", coerced=True, optional=True, least=0),
    id_in("sellAccountId", coerced=True, optional=True),
    id_in("sellTaxRateId", coerced=True, optional=True),
    number("costPrice", coerced=True, optional=True, least=0),
    id_in("costAccountId", coerced=True, optional=True),
    id_in("inventoryAccountId", coerced=True, optional=True),
    id_in("purchaseTaxRateId", coerced=True, optional=True),
)
WORDS = (
    text("code", optional=True, most=255),
    text("sellDescription", optional=True),
    text("purchaseDescription", optional=True),
    text("note", optional=True),
)
CREATE = Body(
    text("name", most=255),
    choice("type", TYPES, optional=True, default="service"),
    flag("sellable"),
    flag("purchasable"),
    flag("active", default=True),
    *PRICES,
    *WORDS,
)
EDIT = Body(
    text("name", most=255),
    choice("type", TYPES, optional=True),
    *(flag(name, default=None) for name in FLAGS),
    *PRICES,
    *map(kept, WORDS),
)

LISTING = Listing(
    Item,
    {
        "created_at": Column("t.created_at", DAY),
        "name": Column("t.name"),
        "code": Column("t.code"),
        "type": Column("t.type", CHOICE, {each: f"t.type = '{each}'" for each in TYPES}),
        "sell_account_id": Column("t.account_id", NUMBER),
        "cost_account_id": Column("t.cost_account_id", NUMBER),
        "sell_price": Column("t.price_micro", MICRO),
        "cost_price": Column("t.cost_micro", MICRO),
        "sell_description": Column("t.description"),
        "purchase_description": Column("t.purchase_description"),
        "note": Column("t.note"),
        **{name: Column(f"t.{name}", CHOICE, yes_or_no(f"t.{name}")) for name in FLAGS},
    },
    searched=("name", "code"),
    inactive="t.active = 0",
)


async def create(call: Call) -> dict[str, Any]:
    """A new item. Refuses what `CreateItem` refuses."""
    item = await call.caller.ask(CreateItem(**_said(call)))
    return {"id": item.id, "message": "The item was created."}


async def edit(call: Call) -> dict[str, Any]:
    """Change what is said of an item. Refuses what `EditItem` refuses."""
    item = await call.caller.ask(EditItem(item_id=call.id(), **_said(call)))
    return {"id": item.id, "message": "The item was edited."}


async def delete(call: Call) -> None:
    """Take an item away that no document names. Refuses `ItemIsUsed`, `NotFound`."""
    await call.caller.ask(deletion(call.id()))


def deletion(id: int) -> DeleteItem:
    """What takes an item away."""
    return DeleteItem(item_id=id)


async def activate(call: Call) -> dict[str, Any]:
    """Let an item be sold again. Refuses `NotFound`."""
    item = await call.caller.ask(ActivateItem(item_id=call.id()))
    return {"id": item.id, "message": "The item was activated."}


async def inactivate(call: Call) -> dict[str, Any]:
    """Let an item be sold no more. Refuses `NotFound`."""
    item = await call.caller.ask(InactivateItem(item_id=call.id()))
    return {"id": item.id, "message": "The item was inactivated."}


def _said(call: Call) -> dict[str, Any]:
    form = call.form
    return {
        "name": form["name"],
        "type": form["type"],
        "code": form["code"],
        "sellable": form["sellable"],
        "price": form["sellPrice"],
        "account_id": form["sellAccountId"],
        "tax_rate_id": form["sellTaxRateId"],
        "description": form["sellDescription"],
        "active": form["active"],
        "purchasable": form["purchasable"],
        "cost": form["costPrice"],
        "cost_account_id": form["costAccountId"],
        "inventory_account_id": form["inventoryAccountId"],
        "purchase_tax_rate_id": form["purchaseTaxRateId"],
        "purchase_description": form["purchaseDescription"],
        "note": form["note"],
    }


async def show(call: Call) -> dict[str, Any]:
    """One item. Refuses `NotFound`."""
    return _formatted(await _known(call), call.style.base)


async def _known(call: Call) -> ItemView:
    view = await call.caller.read(items.item, call.id())
    if view is None:
        raise NotFound("no such Item", kind="Item")
    return view


async def index(call: Call) -> dict[str, Any]:
    """A page of items."""
    base = call.style.base
    return await listed(call, LISTING, items.item_views, lambda view: _formatted(view, base), "items")


async def sold(call: Call) -> list[dict[str, Any]]:
    """The lines of invoices that name an item, newest first. Refuses `NotFound`."""
    await _known(call)
    style = call.style
    return [_sold(view, style) for view in await call.caller.read(items.sold, call.id())]


async def nothing(call: Call) -> list[dict[str, Any]]:
    """Bills, estimates and receipts: there are none, so no item stands on one. Refuses `NotFound`."""
    await _known(call)
    return []


def item_row(item: Item) -> dict[str, Any]:
    """An item as it stands in documents."""
    return {
        "id": item.id,
        "name": item.name,
        "type": item.type,
        "code": item.code or None,
        "sellable": item.sellable,
        "purchasable": item.purchasable,
        "note": item.note or None,
        "active": item.active,
        "sell_price": _price(item.price_micro),
        "cost_price": _price(item.cost_micro),
        "picture_uri": None,
        "cost_account_id": item.cost_account_id,
        "sell_account_id": item.account_id,
        "inventory_account_id": item.inventory_account_id,
        "sell_description": item.description or None,
        "purchase_description": item.purchase_description or None,
        "quantity_on_hand": None,
        "landed_cost": None,
        "category_id": None,
        "user_id": None,
        "created_at": item.created_at,
        "updated_at": item.updated_at or None,
        "sell_tax_rate_id": item.tax_rate_id,
        "purchase_tax_rate_id": item.purchase_tax_rate_id,
    }


def _price(price_micro: int | None) -> Number | None:
    return None if price_micro is None else micro(price_micro)


def _formatted(view: ItemView, base: str) -> dict[str, Any]:
    item = view.item

    def price(price_micro: int | None) -> str:
        return "" if price_micro is None else sign_of(base) + grouped(micro(price_micro))

    def account(id: int | None) -> dict[str, Any] | None:
        found = view.accounts.get(id or 0)
        return None if found is None else {"id": found.id, "name": found.name, "code": found.code}

    def rate(id: int | None) -> dict[str, Any] | None:
        found = view.rates.get(id or 0)
        if found is None:
            return None
        return {
            "id": found.id, "name": found.name, "code": found.code, "rate": micro(found.percent_micro)
        }  # fmt: skip

    return item_row(item) | {
        "currency_code": base,
        "type_formatted": item.type.capitalize(),
        "sell_price_formatted": price(item.price_micro),
        "cost_price_formatted": price(item.cost_micro),
        "sell_account": account(item.account_id),
        "cost_account": account(item.cost_account_id),
        "inventory_account": account(item.inventory_account_id),
        "sell_tax_rate": rate(item.tax_rate_id),
        "purchase_tax_rate": rate(item.purchase_tax_rate_id),
        "category": None,
        "item_warehouses": [],
    }


def _sold(view: SoldView, style: Style) -> dict[str, Any]:
    line, invoice = view.line, view.invoice
    quantity, rate = micro(line.quantity_micro), micro(line.price_micro)
    return {
        "invoice_id": invoice.id,
        "invoice_number": invoice.number,
        "reference_number": invoice.reference or None,
        "invoice_date": midnight(invoice.issued_on),
        "formatted_invoice_date": style.day(invoice.issued_on),
        "amount": major_of(line.amount_minor, invoice.currency),
        "formatted_amount": plain(line.amount_minor, invoice.currency),
        "quantity": quantity,
        "formatted_quantity": grouped(quantity),
        "rate": rate,
        "formatted_rate": grouped(rate),
        "customer_display_name": view.customer.name,
        "customer_currency_code": view.customer.currency,
    }
