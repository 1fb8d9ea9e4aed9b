"""A list of documents: asked for by its address, shown as a table or, on a phone, as cards."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from starlette.responses import Response

from avoir.app.reads import console_views
from avoir.app.reads.console_listing import Listing, Wish
from avoir.app.reads.console_lists import listed
from avoir.faces.console.forms import Form, page_of
from avoir.faces.console.visit import Visit

LONGEST = 80
ASKED = ("view", "q", "customer", "period", "since", "until", "sort")
"""What a list's address may ask for, besides the page."""


def days_of(period: str, today: str) -> tuple[str, str]:
    """The first and the last day of a period; both empty if it is none."""
    now = date.fromisoformat(today)
    month = now.replace(day=1)
    match period:
        case "this_month":
            first, last = month, (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        case "last_month":
            last = month - timedelta(days=1)
            first = last.replace(day=1)
        case "last_30_days":
            first, last = now - timedelta(days=29), now
        case "this_quarter":
            first = month.replace(month=(now.month - 1) // 3 * 3 + 1)
            last = (first + timedelta(days=95)).replace(day=1) - timedelta(days=1)
        case "last_quarter":
            last = month.replace(month=(now.month - 1) // 3 * 3 + 1) - timedelta(days=1)
            first = last.replace(day=1, month=last.month - 2)
        case "this_year":
            first, last = date(now.year, 1, 1), date(now.year, 12, 31)
        case "last_year":
            first, last = date(now.year - 1, 1, 1), date(now.year - 1, 12, 31)
        case _:
            return "", ""
    return first.isoformat(), last.isoformat()


def wish_of(visit: Visit, listing: Listing, asked: Form | None = None) -> Wish:
    """What the address (or a form) asks for; a view that there is not is all of them."""
    asked = asked or visit.query
    view, today = asked.text("view"), visit.caller.today()
    since, until = days_of(asked.text("period"), today)
    sort, falling = sort_of(asked, listing.columns, ("", True))
    return Wish(
        today=today,
        view=view if view in listing.views else "",
        search=asked.text("q")[:LONGEST],
        customer_id=asked.id("customer"),
        since=since or asked.text("since")[:10],
        until=until or asked.text("until")[:10],
        page=page_of(asked),
        sort=sort,
        falling=falling,
    )


class Sorted(NamedTuple):
    """A column's head: how the list is sorted by it now, if it is, and where it is sorted by it."""

    now: str
    to: str


def sort_of(asked: Form, columns: Collection[str], first: tuple[str, bool]) -> tuple[str, bool]:
    """The column that a list is sorted by, and whether it falls: `due`, `-due`; else as it is at `first`."""
    text = asked.text("sort")[:LONGEST]
    name = text.removeprefix("-")
    return (name, text.startswith("-")) if name in columns else first


def heads_of(
    visit: Visit, path: str, asked: Mapping[str, str], columns: Mapping[str, bool], sort: tuple[str, bool]
) -> dict[str, Sorted]:
    """What each column's head leads to; `columns` says of each whether it falls at first."""
    found = {}
    for name, falls in columns.items():
        mine = name == sort[0]
        way = "-" if (not sort[1] if mine else falls) else ""
        now = ("descending" if sort[1] else "ascending") if mine else ""
        found[name] = Sorted(now, visit.at(path, **{**asked, "sort": way + name}))
    return found


async def list_page(visit: Visit, room: str, listing: Listing, **context: Any) -> Response:
    """A page of the list; `context` is what its rows need besides."""
    wish = wish_of(visit, listing)
    found = await visit.caller.read(listed, listing, wish)
    views = await visit.caller.read(console_views.views_of, room)
    asked = {name: visit.query.text(name) for name in ASKED if visit.query.text(name)}
    if not wish.sort:
        asked.pop("sort", None)
    falls = {name: order.falls for name, order in listing.columns.items()}
    saved = [(each, dict(parse_qsl(each.conditions))) for each in views]
    return visit.page(
        f"{room.replace('-', '_')}.html", place=room, listing=listing, wish=wish, listed=found,
        asked=asked, saved=saved, conditions=urlencode(asked),
        sorting=heads_of(visit, f"/{room}", asked, falls, (wish.sort, wish.falling)),
        sums=sorted(found.sums.items(), key=lambda each: (each[0] != visit.base, each[0])),
        is_saved=any(conditions == asked for _, conditions in saved), **context,
    )  # fmt: skip
