"""Items: what is sold."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from avoir.core.account import TYPES, Account
from avoir.core.command import Command
from avoir.core.customer import ITEMS_BY_NAME, Item
from avoir.core.desk import Desk
from avoir.core.document import NegativeNumber
from avoir.core.errors import Kind, Refusal
from avoir.core.money import scaled
from avoir.core.row import Row, changed
from avoir.core.tax import TaxRate
from avoir.core.text import LONG, fits, named
from avoir.core.usage import use

WORDS = {"code": 255, "description": LONG, "purchase_description": LONG, "note": LONG}
"""What is said of an item beside its name, and how long it may be."""
PLAIN = ("type", *WORDS)
FLAGS = ("sellable", "purchasable", "active")

Needs = Iterator[tuple[type[Row], Any]]


class ItemNameTaken(Refusal):
    """Another item has the name."""

    code, kind = "item_name_taken", Kind.CONFLICT


class SellAccountUnknown(Refusal):
    """No such account to earn on."""

    code, kind = "sell_account_unknown", Kind.INVALID


class SellAccountWrong(Refusal):
    """What an item is sold for is income."""

    code, kind = "sell_account_wrong", Kind.INVALID


class CostAccountUnknown(Refusal):
    """No such account to buy on."""

    code, kind = "cost_account_unknown", Kind.INVALID


class CostAccountWrong(Refusal):
    """What an item costs is an expense."""

    code, kind = "cost_account_wrong", Kind.INVALID


class InventoryAccountUnknown(Refusal):
    """No such account to keep stock on."""

    code, kind = "inventory_account_unknown", Kind.INVALID


class InventoryAccountWrong(Refusal):
    """Stock is kept on an account of type inventory."""

    code, kind = "inventory_account_wrong", Kind.INVALID


class ItemIsUsed(Refusal):
    """Lines of documents name the item, which stays, but may be made inactive."""

    code = "item_is_used"


class CreateItem(Command, frozen=True, kw_only=True):
    """A new item. Prices in major units; what is said of buying it is kept and read by no law."""

    ANSWER = Item
    name: str
    type: str = "service"
    code: str = ""
    sellable: bool = True
    price: Decimal | None = None
    account_id: int | None = None
    tax_rate_id: int | None = None
    description: str = ""
    active: bool = True
    purchasable: bool = False
    cost: Decimal | None = None
    cost_account_id: int | None = None
    inventory_account_id: int | None = None
    purchase_tax_rate_id: int | None = None
    purchase_description: str = ""
    note: str = ""

    def decide(self, desk: Desk) -> Item:
        """Refuses `ItemNameTaken`, unknown or wrong accounts, a negative price, an unknown tax rate."""
        named(self.name, "an item")
        said = _said(desk, self)
        _free(desk, self.name)
        item = Item(
            organization_id=desk.organization_id,
            id=desk.next("item"),
            name=self.name,
            account_id=None,
            tax_rate_id=None,
            created_at=desk.now,
            **{"price_micro": None} | said,
        )
        desk.tell("item.created", item)
        return desk.add(changed(item, **_named(desk, self)))


class EditItem(Command, frozen=True, kw_only=True):
    """Change what is said of an item. What is not given stays; documents keep what they took of it."""

    ANSWER = Item
    item_id: int
    name: str | None = None
    type: str | None = None
    code: str | None = None
    sellable: bool | None = None
    price: Decimal | None = None
    account_id: int | None = None
    tax_rate_id: int | None = None
    description: str | None = None
    active: bool | None = None
    purchasable: bool | None = None
    cost: Decimal | None = None
    cost_account_id: int | None = None
    inventory_account_id: int | None = None
    purchase_tax_rate_id: int | None = None
    purchase_description: str | None = None
    note: str | None = None

    def needs(self) -> Needs:
        yield Item, self.item_id

    def decide(self, desk: Desk) -> Item:
        """Refuses `NotFound`, and what `CreateItem` refuses."""
        item = desk.get(Item, self.item_id)
        said = _said(desk, self)
        if self.name is not None:
            said["name"] = named(self.name, "an item")
            if self.name != item.name:
                _free(desk, self.name)
        desk.tell("item.edited", item)
        return desk.put(changed(item, **said, **_named(desk, self), updated_at=desk.now))


class ActivateItem(Command, frozen=True, kw_only=True):
    """Let an item be sold again."""

    ANSWER = Item
    item_id: int

    def needs(self) -> Needs:
        yield Item, self.item_id

    def decide(self, desk: Desk) -> Item:
        """Refuses `NotFound`."""
        return _set_active(desk, self.item_id, 1, "item.activated")


class InactivateItem(Command, frozen=True, kw_only=True):
    """Let an item be sold no more. The documents that name it stay."""

    ANSWER = Item
    item_id: int

    def needs(self) -> Needs:
        yield Item, self.item_id

    def decide(self, desk: Desk) -> Item:
        """Refuses `NotFound`."""
        return _set_active(desk, self.item_id, 0, "item.inactivated")


class DeleteItem(Command, frozen=True, kw_only=True):
    """Take an item away that no line names."""

    ANSWER = Item
    item_id: int

    def needs(self) -> Needs:
        yield Item, self.item_id

    def decide(self, desk: Desk) -> Item:
        """Refuses `NotFound`, `ItemIsUsed`."""
        item = desk.get(Item, self.item_id)
        if item.used:
            raise ItemIsUsed("lines of documents name the item", itemId=item.id)
        desk.remove(item)
        desk.tell("item.deleted", item)
        return item


def _free(desk: Desk, name: str) -> None:
    if desk.of(Item, ITEMS_BY_NAME, name):
        raise ItemNameTaken("another item has the name", name=name)


def _said(desk: Desk, asked: CreateItem | EditItem) -> dict[str, Any]:
    """The words, marks and prices that are given."""
    for field, most in WORDS.items():
        fits(getattr(asked, field) or "", field, most)
    words = {field: getattr(asked, field) for field in PLAIN}
    marks = {field: None if (mark := getattr(asked, field)) is None else int(mark) for field in FLAGS}
    prices = {"price_micro": _price(asked.price, "sellPrice"), "cost_micro": _price(asked.cost, "costPrice")}
    return {field: value for field, value in (words | marks | prices).items() if value is not None}


def _named(desk: Desk, asked: CreateItem | EditItem) -> dict[str, Any]:
    """The accounts and rates that are given, each one that there is."""
    found = {
        "account_id": _sell_account(desk, asked.account_id),
        "cost_account_id": _cost_account(desk, asked.cost_account_id),
        "inventory_account_id": _inventory_account(desk, asked.inventory_account_id),
        "tax_rate_id": _rate(desk, asked.tax_rate_id),
        "purchase_tax_rate_id": _rate(desk, asked.purchase_tax_rate_id),
    }
    return {field: value for field, value in found.items() if value is not None}


def _price(price: Decimal | None, field: str) -> int | None:
    micro = None if price is None else scaled(price, 6, field)
    if micro is not None and micro < 0:
        raise NegativeNumber("a price is not negative", field=field)
    return micro


def _account(desk: Desk, id: int | None, unknown: type[Refusal]) -> int | None:
    if id is None:
        return None
    account = desk.find(Account, id)
    if account is None:
        raise unknown("no such account", accountId=id)
    return use(desk, account).id


def _sell_account(desk: Desk, id: int | None) -> int | None:
    found = _account(desk, id, SellAccountUnknown)
    if found is not None and TYPES[desk.get(Account, found).type].root != "income":
        raise SellAccountWrong("what an item is sold for is income", accountId=found)
    return found


def _cost_account(desk: Desk, id: int | None) -> int | None:
    found = _account(desk, id, CostAccountUnknown)
    if found is not None and TYPES[desk.get(Account, found).type].root != "expense":
        raise CostAccountWrong("what an item costs is an expense", accountId=found)
    return found


def _inventory_account(desk: Desk, id: int | None) -> int | None:
    found = _account(desk, id, InventoryAccountUnknown)
    if found is not None and desk.get(Account, found).type != "inventory":
        raise InventoryAccountWrong("stock is kept on an account of type inventory", accountId=found)
    return found


def _rate(desk: Desk, id: int | None) -> int | None:
    return None if id is None else use(desk, desk.get(TaxRate, id)).id


def _set_active(desk: Desk, item_id: int, active: int, topic: str) -> Item:
    item = desk.get(Item, item_id)
    desk.tell(topic, item)
    return desk.put(changed(item, active=active, updated_at=desk.now))
