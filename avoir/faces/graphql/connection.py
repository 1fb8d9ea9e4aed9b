"""Relay connections: lists of the books, and rows that are at hand, looked at in the same way."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Protocol

from avoir.app.reads import graph
from avoir.app.reads.graph import BY_ID, Listing, Order, Page, Window
from avoir.faces.graphql.request import Info, Request

DEFAULT_PAGE, MOST_OF_A_PAGE = 50, 100


class Connection(Protocol):
    """A list that is looked at through a window."""

    order: Order

    async def page(self) -> Page:
        """What is in the window."""

    async def count(self) -> int:
        """How long the whole list is."""


Wrap = Callable[[Request, list[Any]], Awaitable[list[Any]]]
"""What becomes of a page's rows before they are shown."""


class Listed:
    """A list of the books. Nothing is read before it is asked for, and nothing twice."""

    def __init__(
        self, request: Request, listing: Listing, args: Mapping[str, Any], wrap: Wrap | None = None
    ) -> None:
        self.request, self.listing, self.wrap = request, listing, wrap
        condition = request.condition(args.get("filter") or "", listing)
        params = {**condition.params, **request.directory} if listing.directory else condition.params
        self.condition = condition._replace(params=params)
        self.order = graph.order_of(listing, args.get("sort") or "")
        self.window = window_of(self.order, args)
        self.last = args.get("last")
        self._page: asyncio.Task[Page] | None = None

    async def page(self) -> Page:
        if self._page is None:
            self._page = asyncio.create_task(self._read())
        return await self._page

    async def count(self) -> int:
        return int(await self.request.read_of(self.listing, graph.count, self.listing, self.condition))

    async def _read(self) -> Page:
        page: Page = await self.request.read_of(
            self.listing, graph.page, self.listing, self.condition, self.order, self.window
        )
        page = trimmed(page, self.last)
        self.request.spend(len(page.rows))
        return page._replace(rows=await self.wrap(self.request, page.rows)) if self.wrap else page


class Gathered:
    """Rows that are at hand, by id."""

    order = BY_ID

    def __init__(self, rows: list[Any], args: Mapping[str, Any]) -> None:
        self.rows = rows
        self._page = trimmed(graph.part(rows, window_of(BY_ID, args)), args.get("last"))

    async def page(self) -> Page:
        return self._page

    async def count(self) -> int:
        return len(self.rows)


class Nothing(Gathered):
    """What a caller without the scope sees of a list."""

    def __init__(self) -> None:
        super().__init__([], {})


def window_of(order: Order, args: Mapping[str, Any]) -> Window:
    """The window that a connection's arguments ask for. Loops of clients begin with an empty cursor."""
    return graph.window_of(
        order, args.get("first"), args.get("after") or None, args.get("last"), args.get("before") or None,
        default=DEFAULT_PAGE, most=MOST_OF_A_PAGE,
    )  # fmt: skip


def trimmed(page: Page, last: int | None) -> Page:
    """The last of the first, where both are asked for."""
    if last is None or len(page.rows) <= last:
        return page
    start = len(page.rows) - last
    return Page(page.rows[start:], page.places[start:], page.has_next, has_previous=True)


async def edges(connection: Connection, info: Info) -> list[dict[str, Any]]:
    page = await connection.page()
    return [
        {"cursor": graph.cursor_of(connection.order, place), "node": row}
        for row, place in zip(page.rows, page.places, strict=True)
    ]


async def nodes(connection: Connection, info: Info) -> list[Any]:
    return (await connection.page()).rows


async def page_info(connection: Connection, info: Info) -> dict[str, Any]:
    page = await connection.page()
    cursors = [graph.cursor_of(connection.order, place) for place in page.places]
    return {
        "startCursor": cursors[0] if cursors else None,
        "endCursor": cursors[-1] if cursors else None,
        "hasNextPage": page.has_next,
        "hasPreviousPage": page.has_previous,
    }


async def total_count(connection: Connection, info: Info) -> int:
    return await connection.count()


CONNECTION: Mapping[str, Callable[..., Coroutine[Any, Any, Any]]] = {
    "edges": edges,
    "nodes": nodes,
    "pageInfo": page_info,
    "totalCount": total_count,
}
"""The fields of every connection."""
