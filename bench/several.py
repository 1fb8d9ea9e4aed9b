"""One, two and four servers of one PostgreSQL: `python -m bench.several`, and part of `make bench-scale`.

Sixty-four connections in all, over HTTP, divided among the servers: all of one hot organization, or each
server's of an organization of its own. Refunds a second, and the slowest connection's p99.
"""

import contextlib
from collections.abc import Callable
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from bench import wire
from bench.databases import Engine, home, postgres
from bench.ground import prepare, prove

NUMBERS, CONNECTIONS, SECONDS, NOTES = (1, 2, 4), 64, 4, 256


class Seen(NamedTuple):
    """So many servers, asked for one organization or for one each: refunds a second, p99 in milliseconds."""

    servers: int
    organizations: int
    rate: float
    p99_ms: float


def measured(engine: Engine, say: Callable[[str], None]) -> list[Seen]:
    """Every number of servers. Raises `WrongTotals` unless every refund is in the books once."""
    url = engine.new("several")
    grounds = [prepare(url, public_id=f"several{n}", notes=NOTES) for n in range(max(NUMBERS))]
    keys = [wire.key_of(url, ground.public_id) for ground in grounds]
    written, under_way = [0] * len(grounds), [0] * len(grounds)
    seen = []
    for number in NUMBERS:
        say(f"{number} servers of one PostgreSQL")
        with contextlib.ExitStack() as held:
            places = [
                held.enter_context(wire.served(url, wire.SERVE, port=wire.PORT + n)).at for n in range(number)
            ]
            for one in (True, False) if number > 1 else (True,):
                whose = [0 if one else n for n in range(number)]
                each = CONNECTIONS // number
                with contextlib.ExitStack() as asked:
                    loads = [
                        asked.enter_context(
                            wire.asking(keys[who], "spread", each, SECONDS, notes=NOTES, at=place)
                        )
                        for place, who in zip(places, whose, strict=True)
                    ]
                    said = [load() for load in loads]
                for who, found in zip(whose, said, strict=True):
                    if found["refused"] or found["broken"] or not found["requests"]:
                        raise wire.Broken(f"{number} servers: {said}")
                    written[who] += found["requests"]
                    under_way[who] += each
                rate = sum(found["requests"] / found["microseconds"] * 1e6 for found in said)
                p99 = max(found["p99"] for found in said) / 1000
                seen.append(Seen(number, len(set(whose)), rate, p99))
    for ground, done, more in zip(grounds, written, under_way, strict=True):
        prove(url, ground, done, at_most=done + more)
    engine.drop("several")
    return seen


def show(seen: list[Seen]) -> None:
    """A line for each number of servers and organizations."""
    title = f"Servers of one PostgreSQL, {CONNECTIONS} connections in all"
    table = Table("servers", "organizations", "refunds a second", "p99, ms", title=title)
    for each in seen:
        table.add_row(str(each.servers), str(each.organizations), f"{each.rate:,.0f}", f"{each.p99_ms:,.1f}")
    Console().print(table)


if __name__ == "__main__":
    with home() as place, postgres(place) as server:
        show(measured(server, print))
