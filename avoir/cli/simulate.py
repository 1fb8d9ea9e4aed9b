"""`avoir simulate`: worlds in which everything goes wrong, one after the other, each from its seed."""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter

from avoir.cli.output import say
from avoir.simulation.oracle import Wrong
from avoir.simulation.world import Report
from avoir.simulation.world import simulate as run


def simulate(
    *,
    seed: int = 1,
    steps: Annotated[int, Parameter(help="Commands that callers ask for in each world.")] = 10_000,
    worlds: Annotated[int, Parameter(help="How many worlds, with the seeds from `seed` on.")] = 1,
    json: Annotated[bool, Parameter(negative="", help="Print one JSON object instead of text.")] = False,
) -> None:
    """Run the law and the clerk on a virtual clock, with faults at every seam, and prove the books of each.

    The same seed gives the same history, and the same hash of it. Touches no database of yours. Ends with 1
    at the first thing that is wrong.
    """
    reports: list[Report] = []
    began = time.monotonic()
    for each, report in _lived(range(seed, seed + worlds), steps):
        if isinstance(report, str):
            say({"ok": False, "seed": each, "steps": steps, "wrong": report},
                f"seed {each}, {steps} steps: {report}", as_json=json)  # fmt: skip
            sys.exit(1)
        reports.append(report)
        if not json:
            say({}, _line(report), as_json=False)
    facts = _together(reports, time.monotonic() - began)
    say(facts, _summary(facts), as_json=json)


def _lived(seeds: range, steps: int) -> Iterator[tuple[int, Report | str]]:
    """What became of each world, or what is wrong in it. Each is one process's, and as many live as can."""
    processes = min(len(seeds), os.cpu_count() or 1)
    if processes == 1:
        yield from ((each, _live(each, steps)) for each in seeds)
        return
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        yield from zip(seeds, pool.map(_live, seeds, repeat(steps)), strict=True)


def _live(seed: int, steps: int) -> Report | str:
    try:
        return run(seed, steps)
    except Wrong as wrong:
        return str(wrong)


def _together(reports: list[Report], seconds: float) -> dict[str, Any]:
    faults: Counter[str] = Counter()
    for each in reports:
        faults.update(each.faults)
    names = ("commands", "granted", "refused", "batches", "gateway_payments", "looks", "promises", "rows")
    sums = {name: sum(getattr(each, name) for each in reports) for name in names}
    return {
        "ok": True, "seeds": [each.seed for each in reports], **sums, "faults": dict(sorted(faults.items())),
        "all_faults": faults.total(), "commits": sum(each.commits for each in reports),
        "seconds": seconds, "commands_a_second": int(sums["commands"] / max(seconds, 0.001)),
        "commands_a_cpu_second": int(sums["commands"] / sum(each.cpu_seconds for each in reports)),
        "worlds": [msgspec.to_builtins(each) for each in reports],
    }  # fmt: skip


def _line(x: Report) -> str:
    return (
        f"seed {x.seed}: {x.commands:,} commands ({x.granted:,} granted, {x.refused:,} refused), "
        f"{sum(x.faults.values()):,} faults, {x.looks:,} looks, {x.commands_a_second:,} commands/s "
        f"({x.commands_a_cpu_second:,} per second of processor), history {x.hash[:16]}"
    )


def _summary(facts: dict[str, Any]) -> str:
    lines = [f"{count:>8,}  {name}" for name, count in facts["faults"].items()]
    lines.append(
        f"{len(facts['seeds'])} world{'s' * (len(facts['seeds']) != 1)}, {facts['commands']:,} commands, "
        f"{facts['all_faults']:,} faults, {facts['gateway_payments']:,} payments by the gateway; "
        f"{facts['commands_a_second']:,} commands/s with the proof, {facts['commands_a_cpu_second']:,} per "
        "second of processor without it.\n"
        f"After each of {facts['commits']:,} commits what it changed was held against the invariants "
        f"({facts['looks']:,} looks); at the end of each world all of its books: {facts['promises']:,} "
        f"promises over {facts['rows']:,} rows. All holds."
    )
    return "\n".join(lines)
