"""`avoir simulate`: worlds in which everything goes wrong, one after the other, each from its seed."""

import sys
from collections import Counter
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
    for each in range(seed, seed + worlds):
        try:
            report = run(each, steps)
        except Wrong as wrong:
            say({"ok": False, "seed": each, "steps": steps, "wrong": str(wrong)},
                f"seed {each}, {steps} steps: {wrong}", as_json=json)  # fmt: skip
            sys.exit(1)
        reports.append(report)
        if not json:
            say({}, _line(report), as_json=False)
    facts = _together(reports)
    say(facts, _summary(facts), as_json=json)


def _together(reports: list[Report]) -> dict[str, Any]:
    faults: Counter[str] = Counter()
    for each in reports:
        faults.update(each.faults)
    names = ("commands", "granted", "refused", "batches", "gateway_payments", "looks", "promises", "rows")
    sums = {name: sum(getattr(each, name) for each in reports) for name in names}
    return {
        "ok": True, "seeds": [each.seed for each in reports], **sums, "faults": dict(sorted(faults.items())),
        "all_faults": faults.total(), "worlds": [msgspec.to_builtins(each) for each in reports],
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
        f"{facts['all_faults']:,} faults, {facts['gateway_payments']:,} payments by the gateway, "
        f"{facts['looks']:,} looks at invariants, {facts['promises']:,} promises over "
        f"{facts['rows']:,} rows: all holds."
    )
    return "\n".join(lines)
