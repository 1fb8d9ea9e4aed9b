"""Whether one organization's flood keeps another waiting: `python -m bench.fair`, and part of `make bench`.

One asks on a single connection, first alone and then beside 64 connections of another; both refund credit
notes over HTTP, on each engine. The gate: its p99 beside the flood is less than three times its p99 alone.
"""

import contextlib
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from bench import wire
from bench.databases import Engine, SqliteFiles, postgres
from bench.ground import prepare
from bench.measure import RESULTS

FLOOD, ROUNDS, SECONDS, MOST = 64, 5, 3, 3.0


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
    loud, quiet = [wire.key_of(url, prepare(url, public_id=name).public_id) for name in ("loudly", "quietly")]
    rounds = []
    with wire.served(url, wire.SERVE):
        for key in (loud, quiet):
            _asked(key, 4)
        for _ in range(ROUNDS):
            alone = _asked(quiet, 1)
            with wire.asking(loud, "spread", FLOOD, SECONDS + 1) as flooding:
                beside = _asked(quiet, 1)
                flood = flooding()
            rate = flood["requests"] / flood["microseconds"] * 1e6
            rounds.append((alone["p50"], alone["p99"], beside["p50"], beside["p99"], rate * 1000))
    engine.drop("fair")
    return Seen(engine.title, *(statistics.median(each) / 1000 for each in zip(*rounds, strict=True)))


def _asked(key: str, connections: int) -> dict[str, int]:
    with wire.asking(key, "spread", connections, SECONDS) as asked:
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


def measure_fairness(say: Callable[[str], None] = print) -> list[Seen]:
    """Both engines, on new databases beside the results: fsync must reach a disk."""
    RESULTS.mkdir(exist_ok=True)
    seen = []
    with tempfile.TemporaryDirectory(prefix="data-", dir=RESULTS) as home, contextlib.ExitStack() as held:
        say("one beside another's flood, on SQLite")
        seen.append(measured(SqliteFiles(Path(home))))
        say("one beside another's flood, on PostgreSQL")
        seen.append(measured(held.enter_context(postgres(Path(home)))))
    return seen


if __name__ == "__main__":
    show(measure_fairness())
