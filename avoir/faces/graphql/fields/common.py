"""What the fields of all types are made of."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from avoir.core.currency import exponent
from avoir.core.money import MICRO, major_of
from avoir.core.organization import Entity
from avoir.core.row import Row
from avoir.faces.graphql.loader import Batch
from avoir.faces.graphql.request import Info

Resolver = Callable[..., Any]
Fields = Mapping[str, Resolver]
MOST_INT = 2**31 - 1


def of(name: str) -> Resolver:
    """The row's field of that name."""
    return lambda row, info: getattr(row, name)


def some(name: str) -> Resolver:
    """The row's text of that name; null if it is empty."""
    return lambda row, info: getattr(row, name) or None


def money(name: str) -> Resolver:
    """An amount of the row, from minor units of its currency."""
    return lambda row, info: major_of(getattr(row, name), row.currency)


def always(value: Any) -> Resolver:
    """The same for every row: what the contract asks for and Avoir has no use for."""
    return lambda row, info: value


def the(kind: type[Row], column: str) -> Resolver:
    """The row of another kind that a column names."""
    return lambda row, info: one(info, kind, getattr(row, column))


async def base_of(row: Any, info: Info) -> str:
    """The base currency of a document's entity."""
    entity: Entity = await one(info, Entity, row.entity_id)
    return entity.base_currency


def base_money(name: str) -> Resolver:
    """An amount of the row, from minor units of its entity's base currency."""

    async def resolve(row: Any, info: Info) -> Any:
        return major_of(getattr(row, name), await base_of(row, info))

    return resolve


async def one(info: Info, kind: type[Row], id: int | None) -> Any:
    """A row by its id, or null."""
    request = info.context
    request.spend(1)
    return await request.loader.one(kind, id)


async def many(info: Info, batch: Batch, value: int) -> list[Any]:
    """The rows that belong to a row."""
    request = info.context
    rows = await request.loader.many(batch, value)
    request.spend(len(rows))
    return rows


async def each(info: Info, kind: type[Row], ids: Iterable[int]) -> list[Any]:
    """The rows with these ids."""
    request = info.context
    waiting = [request.loader.many(Batch(kind, "id"), id) for id in ids]
    rows = [row for found in waiting for row in await found]
    request.spend(len(rows))
    return rows


def whole(micro: int) -> int | None:
    """A quantity in millionths as contract A's Int; null where it is none, or no whole number of 32 bits."""
    number, rest = divmod(micro, MICRO)
    return None if rest or number > MOST_INT else number or None


def decimals(currency: str) -> int:
    """How many decimals prices of a currency have."""
    return exponent(currency)
