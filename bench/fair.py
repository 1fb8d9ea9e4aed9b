"""Whether one organization's flood keeps another waiting: `python -m bench.fair`, and part of `make bench`.

One asks on a single connection, first alone and then beside 64 connections of another; both refund credit
notes over HTTP, on each engine. The gate: its p99 beside the flood is less than three times its p99 alone.
"""

import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from bench import wire
from bench.databases import Engine, engines
from bench.ground import prepare
from bench.report import Gate

FLOOD, ROUNDS, SECONDS, NOTES, MOST = 64, 3, 2, 256, 3.0


class Seen(NamedTuple):
    """One engine: milliseconds of the quiet one, alone and beside the flood; the flood's refunds a second."""

    engine: str
    alone_p50: float
    alone_p99: float
    beside_p50: float
    beside_p99: float
    flood: float

    @property
    def ratio(self) -> float:
        """How much longer the slowest hundredth takes beside the flood."""
        return self.beside_p99 / self.alone_p99


def measured(engine: Engine) -> Seen:
    """Alone and beside the flood in turns, so that a slow minute hurts both alike; the medians."""
    url = engine.new("fair")
    loud, quiet = [
        wire.key_of(url, prepare(url, public_id=name, notes=NOTES).public_id)
        for name in ("loudly", "quietly")
    ]
    rounds = []
    with wire.served(url, wire.SERVE):
        for key in (loud, quiet):
            _asked(key, 4, 1)
        for _ in range(ROUNDS):
            alone = _asked(quiet, 1)
            with wire.asking(loud, "spread", FLOOD, SECONDS + 1, notes=NOTES) as flooding:
                beside = _asked(quiet, 1)
                flood = flooding()
            rate = flood["requests"] / flood["microseconds"] * 1e6
            rounds.append((alone["p50"], alone["p99"], beside["p50"], beside["p99"], rate * 1000))
    engine.drop("fair")
    return Seen(engine.name, *(statistics.median(each) / 1000 for each in zip(*rounds, strict=True)))


def _asked(key: str, connections: int, seconds: int = SECONDS) -> dict[str, int]:
    with wire.asking(key, "spread", connections, seconds, notes=NOTES) as asked:
        said = asked()
    if said["refused"] or said["broken"] or not said["requests"]:
        raise wire.Broken(f"{connections} connections: {said}")
    return said


def show(seen: list[Seen]) -> None:
    """What was measured, and the gate; one that is missed is shown and is no failure."""
    titles = ("p50 alone", "p99 alone", "p50 beside", "p99 beside", "flood a second", "p99 ratio", "gate", "")
    table = Table("engine", *titles, title=f"One connection beside {FLOOD} of another organization, ms")
    for each in seen:
        numbers = (f"{value:,.1f}" for value in each[1:])
        missed = "" if each.ratio < MOST else "missed"
        table.add_row(each.engine, *numbers, f"{each.ratio:.1f}", f"< {MOST:g}", missed)
    Console().print(table)


def gates(seen: Sequence[Seen]) -> list[Gate]:
    """How much longer the quiet one waits beside the flood."""
    return [
        Gate(
            x.engine, "p99 beside another's flood, to alone", f"< {MOST:g}", f"{x.ratio:.1f}", x.ratio < MOST
        )
        for x in seen
    ]


def measure_fairness(both: Sequence[Engine], say: Callable[[str], None] = print) -> list[Seen]:
    """Every engine, on a new database."""
    seen = []
    for engine in both:
        say(f"{engine.title}: one beside another's flood")
        seen.append(measured(engine))
    return seen


if __name__ == "__main__":
    with engines() as both:
        show(measure_fairness(both))
