"""Saved views of the console's lists."""

from avoir.app.reads.query import Query
from avoir.core.view import View

PREFIX = "console/"
"""What the console's views are of: `console/invoices`. Other faces use words of theirs."""
MOST = 30


def views_of(query: Query, room: str) -> list[View]:
    """The views of one list, by name."""
    return query.rows(
        View, "t.object = :object", "ORDER BY t.name, t.id LIMIT :most", object=PREFIX + room, most=MOST
    )


def all_views(query: Query) -> list[View]:
    """Every view of the console, by list and name."""
    return query.rows(View, "t.object LIKE :mine", "ORDER BY t.object, t.name, t.id", mine=f"{PREFIX}%")


def view(query: Query, id: int) -> View | None:
    """One view of the console."""
    found = query.one(View, id)
    return found if found is not None and found.object.startswith(PREFIX) else None
