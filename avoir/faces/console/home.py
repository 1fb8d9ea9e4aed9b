"""The first page: money given back, what waits for somebody, what is owed."""

import msgspec
from starlette.responses import Response

from avoir.app.reads import console_home
from avoir.app.reads.console_home import Home
from avoir.core.money import major_of
from avoir.faces.console.disputes import soon_of
from avoir.faces.console.visit import Visit

encode = msgspec.json.Encoder(decimal_format="number").encode


async def show(visit: Visit) -> Response:
    """The page."""
    today = visit.caller.today()
    found = await visit.caller.read(console_home.home, today)
    return visit.page("home.html", home=found, chart=chart_of(found, visit.base), soon=soon_of(visit))


def chart_of(home: Home, base: str) -> str:
    """The two months, for the chart: JSON in major units."""
    series = [
        {"label": "This month", "values": _padded(home.now_days, base)},
        {"label": "Last month", "values": _padded(home.then_days, base)},
    ]
    return encode({"x": "Day", "currency": base, "days": list(range(1, 32)), "series": series}).decode()


def _padded(days: list[int], base: str) -> list[object]:
    """Up to a month's end: what has not come yet is not drawn."""
    return [*(major_of(minor, base) for minor in days), *([None] * (31 - len(days)))]
