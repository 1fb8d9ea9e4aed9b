"""One run: every engine, every depth, every number of connections; and the proof that no refund was lost."""

import contextlib
import math
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

import msgspec

from bench import wire
from bench.databases import Engine
from bench.engine import Run, drive
from bench.floor import SIZES, Floor
from bench.ground import SHAPES, Ground, prepare, prove

DEPTHS, CONNECTIONS = (1, 8, 64, 256), (1, 32, 64, 128)
BULK = ("HTTP, bulk", f"{wire.BULK_ROWS:,} a call")
Say = Callable[[str], None]


class Plan(msgspec.Struct, frozen=True):
    """How long everything is measured. Rounds go over all depths, so that a slow minute hurts all alike."""

    rounds: int
    slice_seconds: float
    floor_commands: int
    wire_seconds: int


FULL = Plan(rounds=3, slice_seconds=0.5, floor_commands=1536, wire_seconds=2)
QUICK = Plan(rounds=1, slice_seconds=0.5, floor_commands=1536, wire_seconds=1)


class Cell(msgspec.Struct, frozen=True):
    """One line of the table. Rates are refunds (or requests) a second; milliseconds; microseconds of CPU."""

    engine: str
    what: str
    load: str
    rate: float
    p50_ms: float | None = None
    p99_ms: float | None = None
    cpu_us: float | None = None
    rss_mib: float | None = None


class Measured(msgspec.Struct, frozen=True):
    """All that one engine showed. `ratios` are by depth: engine to floor, hot to spread."""

    engine: str
    cells: list[Cell]
    of_floor: dict[int, float]
    hot_to_spread: dict[int, float]
    start_seconds: float
    idle_mib: float

    def cell(self, what: str, load: str) -> Cell:
        """The line that says this."""
        return next(cell for cell in self.cells if (cell.what, cell.load) == (what, load))


def measure(engine: Engine, plan: Plan, say: Say) -> Measured:
    """Measure one engine. Raises when anything was refused, lost or counted twice."""
    say(f"{engine.title}: making books")
    ground = prepare(engine.new("seed"))
    urls = {name: engine.copy(name, "seed") for name in ("ahead", "floor", "engine", "wire")}
    cells, of_floor, hot = _in_process(engine, ground, urls, plan, say)
    over_http, start, idle = _over_http(engine, ground, urls["wire"], plan, say)
    for name in ("seed", *urls):
        engine.drop(name)
    return Measured(engine.name, cells + over_http, of_floor, hot, start, idle)


def _in_process(
    engine: Engine, ground: Ground, urls: dict[str, str], plan: Plan, say: Say
) -> tuple[list[Cell], dict[int, float], dict[int, float]]:
    floors: dict[int, list[float]] = defaultdict(list)
    runs: dict[tuple[str, int], list[Run]] = defaultdict(list)
    with contextlib.closing(Floor(urls["ahead"], urls["floor"], ground)) as floor:
        for number in range(plan.rounds):
            say(f"{engine.title}: in process, round {number + 1} of {plan.rounds}")
            for depth in DEPTHS:
                if depth in SIZES:
                    floors[depth].append(floor.rate(depth, plan.floor_commands))
                for shape in SHAPES:
                    run = drive(urls["engine"], engine, ground, shape, depth, plan.slice_seconds)
                    runs[shape, depth].append(run)
        prove(urls["floor"], ground, floor.written)
    prove(urls["engine"], ground, sum(run.commands for several in runs.values() for run in several))
    rates = {key: [run.commands / run.seconds for run in several] for key, several in runs.items()}
    cells = [
        Cell(engine.name, "floor, no law", f"batch {size}", statistics.median(floors[size])) for size in SIZES
    ]
    cells += [_cell(engine, shape, depth, several) for (shape, depth), several in runs.items()]
    of_floor = {depth: _ratio(rates["spread", depth], floors[depth]) for depth in SIZES}
    return cells, of_floor, {depth: _ratio(rates["hot", depth], rates["spread", depth]) for depth in DEPTHS}


def _cell(engine: Engine, shape: str, depth: int, runs: Sequence[Run]) -> Cell:
    latencies = sorted(latency for run in runs for latency in run.latencies)
    return Cell(
        engine.name,
        f"in process, {shape}",
        f"depth {depth}",
        statistics.median(run.commands / run.seconds for run in runs),
        _at(latencies, 0.5) * 1000,
        _at(latencies, 0.99) * 1000,
        sum(run.cpu for run in runs) / len(latencies) * 1e6,
    )


def _over_http(
    engine: Engine, ground: Ground, url: str, plan: Plan, say: Say
) -> tuple[list[Cell], float, float]:
    say(f"{engine.title}: over HTTP")
    key = wire.key_of(url, ground.public_id)
    with wire.served(url, wire.SERVE) as server:
        start = server.start_seconds
        time.sleep(1)
        idle = server.rss() / 2**20
    cells, acknowledged, under_way = [], 0, 0
    with wire.served(url) as server:
        for connections in CONNECTIONS:
            for path in ("noop", "spread", "hot"):
                if path == "hot" and connections == 1:
                    continue
                # Gates are of the spread shape: the others are for comparison, and take half as long.
                seconds = plan.wire_seconds if path == "spread" else max(1, plan.wire_seconds // 2)
                load = wire.load(server, engine, key, path, connections, seconds)
                what = "HTTP, no-op" if path == "noop" else f"HTTP, {path}"
                at = f"{connections} connection{'s'[: connections > 1]}"
                cells.append(_wire_cell(engine, what, at, load))
                if path != "noop":
                    acknowledged += load.requests
                    # wrk hangs up at its end: what was asked for by then may be in the books as well.
                    under_way += connections
        bulk = wire.bulk(server, engine, key, plan.wire_seconds)
        cells.append(_wire_cell(engine, *BULK, bulk))
        acknowledged += bulk.requests
    prove(url, ground, acknowledged, at_most=acknowledged + under_way)
    return cells, start, idle


def _wire_cell(engine: Engine, what: str, at: str, load: wire.Load) -> Cell:
    return Cell(
        engine.name,
        what,
        at,
        load.requests / load.seconds,
        load.p50 * 1000,
        load.p99 * 1000,
        load.cpu / load.requests * 1e6,
        load.rss / 2**20,
    )


def _ratio(of: Sequence[float], to: Sequence[float]) -> float:
    """The median of each round's own ratio: what slows a whole round falls out."""
    return statistics.median(a / b for a, b in zip(of, to, strict=True))


def _at(latencies: Sequence[float], share: float) -> float:
    return latencies[max(0, math.ceil(len(latencies) * share) - 1)]
