"""What a run showed: the table, the gates, the aims beyond them, the JSON, and docs/performance.md."""

import os
import platform
import re
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
import psutil
from rich.console import Console
from rich.table import Table

from bench.databases import RESULTS
from bench.floor import SIZES
from bench.measure import BULK, Cell, Measured

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- Written by `python -m bench --write-docs`. -->", "<!-- End of what was written. -->"
TITLES = {"sqlite": "SQLite FULL", "postgres": "PostgreSQL fsync"}
WIDTH = 110
HTTP_GATES = {"sqlite": 2500, "postgres": 2000}
AIMS = {"sqlite": 2, "postgres": 3}
"""Milliseconds that a lone request over HTTP should take, where the gate allows more."""


class Gate(NamedTuple):
    """What must be reached, or is aimed at, and what was."""

    engine: str
    what: str
    wanted: str
    found: str
    reached: bool


class Machine(msgspec.Struct, frozen=True):
    """Where it was measured."""

    cores: int
    memory_gib: int
    python: str
    system: str


class Report(msgspec.Struct, frozen=True):
    """A whole run, as it is kept."""

    measured_at: str
    commit: str
    quick: bool
    machine: Machine
    results: list[Measured]
    gates: list[Gate]
    reading: list[Gate]
    parts: list[tuple[str, float]]
    """What was done one after the other, and how many seconds each part took."""


def report_of(*, quick: bool) -> Report:
    """The report of a run that begins now; what is measured is put into it."""
    found = subprocess.run(
        ("git", "rev-parse", "--short", "HEAD"), cwd=ROOT, capture_output=True, text=True, check=False
    )
    machine = Machine(
        os.cpu_count() or 1,
        round(psutil.virtual_memory().total / 2**30),
        platform.python_version(),
        platform.system(),
    )
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Report(now, found.stdout.strip(), quick, machine, [], [], [], [])


def gates_of(x: Measured) -> list[Gate]:
    """The gates of one engine."""

    def at_least(what: str, value: float, wanted: float, show: Callable[[float], str]) -> Gate:
        return Gate(x.engine, what, f">= {show(wanted)}", show(value), value >= wanted)

    def below(what: str, value: float, wanted: float, unit: str) -> Gate:
        return Gate(x.engine, what, f"< {wanted:g} {unit}", f"{value:.2f} {unit}", value < wanted)

    gates = [
        at_least(f"in process at depth {n}, of the floor", x.of_floor[n], 0.5, "{:.2f}".format) for n in SIZES
    ]
    gates += [
        at_least(f"hot to spread at depth {n}", x.hot_to_spread[n], 1.0, "{:.2f}".format) for n in SIZES
    ]
    busy, alone = x.cell("HTTP, spread", "32 connections"), x.cell("HTTP, spread", "1 connection")
    gates.append(
        at_least("over HTTP at 32 connections, a second", busy.rate, HTTP_GATES[x.engine], "{:,.0f}".format)
    )
    gates.append(below("p50 over HTTP at one connection", alone.p50_ms or 0.0, 2.5, "ms"))
    gates.append(below("memory of an idle server", x.idle_mib, 120, "MiB"))
    gates.append(below("start to first answer", x.start_seconds, 2, "s"))
    full = x.cell("HTTP, spread", "64 connections")
    aim = AIMS[x.engine]
    gates += [
        at_least(f"aim: in process at depth {n}, of the floor", x.of_floor[n], 0.6, "{:.2f}".format)
        for n in SIZES
    ]
    gates += [
        at_least("aim: over HTTP at 64 connections, a second", full.rate, 5000, "{:,.0f}".format),
        at_least("aim: refunds in bulk over HTTP, rows a second", x.cell(*BULK).rate, 8000, "{:,.0f}".format),
        below("aim: p99 over HTTP at 64 connections", full.p99_ms or 0.0, 40, "ms"),
        below("aim: p50 over HTTP at one connection", alone.p50_ms or 0.0, aim, "ms"),
        below("aim: memory under the full load", max(each.rss_mib or 0 for each in x.cells), 350, "MiB"),
    ]
    return gates


def keep(report: Report) -> Path:
    """Write the report as JSON under bench/results."""
    stamp = re.sub(r"\D", "", report.measured_at)[:14]
    path = RESULTS / f"{stamp}-{report.commit or 'unknown'}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1))
    return path


def show(report: Report) -> None:
    """The tables on the terminal."""
    console = Console()
    console = Console(width=max(console.width, WIDTH))
    title = "Refunds of credit notes, a quick run" if report.quick else "Refunds of credit notes"
    table = Table("database", "what", "load", *(NUMBERS), title=title, title_justify="left")
    for name in NUMBERS:
        column = next(column for column in table.columns if column.header == name)
        column.justify = "right"
    for measured in report.results:
        for cell in measured.cells:
            table.add_row(TITLES[cell.engine], cell.what, cell.load, *numbers(cell))
        table.add_section()
    console.print(table)
    show_gates("It must reach", report.gates)


def show_gates(title: str, gates: Sequence[Gate]) -> None:
    """What must be reached and what was, then how many are missed and which: no failure, but said."""
    console = Console()
    console = Console(width=max(console.width, WIDTH))
    table = Table("database", "gate", "wanted", "found", "", title=title, title_justify="left")
    for gate in gates:
        said = "[green]reached[/]" if gate.reached else "[red]missed[/]"
        table.add_row(TITLES.get(gate.engine, gate.engine), gate.what, gate.wanted, gate.found, said)
    console.print(table)
    missed = [gate for gate in gates if not gate.reached]
    console.print(f"{len(gates) - len(missed)} of {len(gates)} reached")
    for gate in missed:
        console.print(f"  missed: {TITLES.get(gate.engine, gate.engine)}, {gate.what}: {gate.found}")


NUMBERS = ("per second", "p50 ms", "p99 ms", "CPU us", "RSS MiB")


def numbers(cell: Cell) -> list[str]:
    """A line's numbers as they are shown."""
    rest = (cell.p50_ms, cell.p99_ms, cell.cpu_us, cell.rss_mib)
    forms = ("{:,.2f}", "{:,.2f}", "{:,.0f}", "{:,.0f}")
    shown = ["" if value is None else form.format(value) for value, form in zip(rest, forms, strict=True)]
    return [f"{cell.rate:,.0f}", *shown]


def write_docs(report: Report) -> None:
    """Put the tables into docs/performance.md, between its two marks."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{_markdown(report)}\n{END}{after}", "utf-8")


def _markdown(report: Report) -> str:
    machine = report.machine
    said = (
        f"Measured on {report.measured_at[:10]} at commit {report.commit}, on {machine.cores} cores with "
        f"{machine.memory_gib} GiB of memory, {machine.system}, Python {machine.python}; "
        f"the load generator ran on the same cores. "
        f"The whole took {sum(seconds for _, seconds in report.parts):.0f} seconds.\n\n"
    )
    lines = _rows(("database", "what", "load", *NUMBERS), 3)
    for measured in report.results:
        for cell in measured.cells:
            lines += _row((TITLES[cell.engine], cell.what, cell.load, *numbers(cell)))
    gates = _rows(("database", "gate", "wanted", "found", ""), 5)
    for gate in report.gates:
        gates += _row((TITLES[gate.engine], gate.what, gate.wanted, gate.found, _verdict(gate)))
    return f"{said}{lines}\n{gates}\n{_reading(report.reading)}"


def _reading(gates: Sequence[Gate]) -> str:
    """The table of reading: both engines side by side; of the console's pages the slowest of each, only."""
    rows = _rows(("what is read", "wanted", *TITLES.values()), 4)
    pages = [gate for gate in gates if gate.what.startswith("page ")]
    found: dict[tuple[str, str], dict[str, str]] = {}
    for gate in gates:
        if gate not in pages:
            # How long a file took, and how large it was, stands in what it is called.
            what, _, more = gate.what.partition(", CSV of ")
            value = f"{gate.found} ({more})" if more else gate.found
            found.setdefault((what, gate.wanted), {})[gate.engine] = _bold(value, gate)
    for engine in TITLES:
        mine = [gate for gate in pages if gate.engine == engine]
        if mine:
            slowest = max(mine, key=lambda gate: float(gate.found.split()[0]))
            what = ("a page of the console, the slowest and whose", slowest.wanted)
            found.setdefault(what, {})[engine] = _bold(f"{slowest.found} ({slowest.what[5:]})", slowest)
    for (what, wanted), of in found.items():
        rows += _row((what.removeprefix("B: "), wanted, *(of.get(engine, "") for engine in TITLES)))
    reached = sum(gate.reached for gate in gates)
    return f"{rows}\nOf {len(gates)} gates of reading {reached} were reached; what was missed stands out.\n"


def _bold(value: str, gate: Gate) -> str:
    return value if gate.reached else f"**{value}**"


def _verdict(gate: Gate) -> str:
    return "reached" if gate.reached else "missed"


def _rows(names: Sequence[str], texts: int) -> str:
    """The head of a table: so many columns of text, then numbers."""
    rule = ["---" if i < texts else "--:" for i in range(len(names))]
    return _row(names) + _row(rule)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
