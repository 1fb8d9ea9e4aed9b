"""Lists as contract B asks for them and answers them (rest.md, section 0)."""

from collections.abc import Callable, Sequence
from typing import Any

from avoir.app.reads.lists import BadFilter, Listing, Page, Role, Wish, page_of, view_of
from avoir.app.reads.query import Query
from avoir.faces.body import BadBody, json_of
from avoir.faces.rest.endpoint import Call
from avoir.faces.rest.fields import Body
from avoir.faces.rest.kinds import choice, flag, text, whole

MOST_ON_A_PAGE = 1000

LIST = Body(
    whole("page", least=1, default=1),
    whole("pageSize", least=1, default=12),
    text("columnSortBy", optional=True),
    choice("sortOrder", ("asc", "desc", "ASC", "DESC"), rule="isEnum", optional=True, default="desc"),
    text("searchKeyword", optional=True),
    text("viewSlug", optional=True),
    whole("customViewId"),
    text("stringifiedFilterRoles", optional=True),
    flag("inactiveMode"),
)


def wish_of(call: Call) -> Wish:
    """What page of a list the query asks for. Refuses `BadFilter`."""
    query = call.query
    return Wish(
        page=query["page"],
        size=min(query["pageSize"], MOST_ON_A_PAGE),
        sort_by=query["columnSortBy"] or "created_at",
        descending=query["sortOrder"].lower() == "desc",
        search=query["searchKeyword"],
        view=query["viewSlug"],
        view_id=query["customViewId"],
        inactive=query["inactiveMode"],
        roles=_roles(query["stringifiedFilterRoles"]),
    )


async def listed(
    call: Call,
    listing: Listing,
    views: Callable[[Query, Sequence[Any]], Sequence[Any]],
    render: Callable[[Any], dict[str, Any]],
    name: str,
) -> dict[str, Any]:
    """A page of a list, under `data` and, for older clients, under the resource's name."""
    wish = wish_of(call)

    def read(query: Query) -> tuple[Page, Sequence[Any]]:
        page = page_of(query, listing, wish)
        return page, views(query, page.rows)

    page, found = await call.caller.read(read)
    rows = [render(view) for view in found]
    return {
        "data": rows,
        name: rows,
        "pagination": {"total": page.total, "page": wish.page, "page_size": wish.size},
        "filter_meta": filter_meta(wish, listing),
    }


def filter_meta(wish: Wish, listing: Listing) -> dict[str, Any]:
    """How the list was sorted, searched and filtered."""
    meta: dict[str, Any] = {"order": "desc" if wish.descending else "asc", "field_key": wish.sort_by}
    if wish.roles:
        meta["filter_roles"] = [
            {"field_key": x.field, "comparator": x.comparator, "value": x.value, "condition": x.joined}
            for x in wish.roles
        ]
    if view := view_of(listing, wish):
        meta["view"] = view_row(listing, view)
    if wish.search:
        meta["search_keyword"] = wish.search
    return meta


def view_row(listing: Listing, slug: str) -> dict[str, Any]:
    """A view of a list. Every one is built in: what it shows is not put together of conditions."""
    words = slug.replace("-", " ").replace("_", " ")
    return {
        "id": listing.first_view + list(listing.views).index(slug),
        "name": words.capitalize(),
        "slug": slug,
        "predefined": True,
        "favourite": False,
        "roles_logic_expression": None,
        "roles": [],
        "columns": [],
    }


def as_they_are(query: Query, rows: Sequence[Any]) -> Sequence[Any]:
    """Rows that need nothing beside them."""
    return rows


def _roles(text: str) -> tuple[Role, ...]:
    if not text:
        return ()
    try:
        given = json_of(text.encode())
    except BadBody as problem:
        raise BadFilter("the filter is not JSON") from problem
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise BadFilter("a filter is a list of conditions")
    return tuple(
        Role(
            field=str(each.get("fieldKey", each.get("field_key", ""))),
            comparator=str(each.get("comparator", "")),
            value=each.get("value"),
            joined=str(each.get("condition", "and")).lower(),
        )
        for each in given
    )
