"""Lists as a saved view shows them: its conditions and its order, unless the caller says another order."""

from collections.abc import Mapping
from typing import Any

from avoir.app.reads.graph import Listing
from avoir.core.errors import NotFound
from avoir.core.view import View
from avoir.faces.graphql.ids import identifier
from avoir.faces.graphql.request import Info


async def through_view(info: Info, listing: Listing, args: Mapping[str, Any]) -> Mapping[str, Any]:
    """A list's arguments with those of the view that they name. Refuses `NotFound`."""
    if args.get("viewId") is None:
        return args
    id = identifier(args["viewId"])
    view: View | None = await info.context.loader.one(View, id)
    if view is None:
        raise NotFound("no such View", kind="View", id=id)
    filters = [each for each in (*conditions_of(view), args.get("filter") or "") if each.strip()]
    sort = (args.get("sort") or "").strip() or f"{view.sort_by} {view.sort_order}".strip()
    return {**args, "filter": " and ".join(f"({each})" for each in filters), "sort": sort}


def conditions_of(view: View) -> list[str]:
    """The filters of a view: YAML's list of texts, one a line after a dash; or one text."""
    lines = [line.strip() for line in view.conditions.strip().splitlines() if line.strip(" -")]
    if all(line.startswith("- ") for line in lines):
        return [line.removeprefix("- ").strip() for line in lines]
    return [" ".join(lines)]
