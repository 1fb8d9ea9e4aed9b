"""`python -m bench`: measure, show, keep. Fails only when the measurement itself is wrong."""

import argparse
import time

from rich.console import Console
from rich.table import Table

from bench import fair, invoice_refund, pressure, usual
from bench.databases import RESULTS, engines
from bench.measure import FULL, QUICK, measure
from bench.reading import measure_reading
from bench.report import Report, gates_of, keep, report_of, show, show_gates, write_docs

MOST_SECONDS = 300
"""A run is bounded to five minutes; one that took longer says so."""


class Clock:
    """Says what is measured now, and knows afterwards how long each part took, in seconds."""

    def __init__(self, console: Console) -> None:
        self.parts: list[tuple[str, float]] = []
        self._status, self._now, self._since = console.status("measuring"), "getting ready", time.monotonic()
        self._status.start()

    def __call__(self, what: str) -> None:
        """What was measured until now is done, and this begins."""
        self.parts.append((self._now, round(time.monotonic() - self._since, 1)))
        self._now, self._since = what, time.monotonic()
        self._status.update(what)

    def stop(self) -> None:
        """The last part is done."""
        self("")
        self._status.stop()


def main() -> None:
    """One run; a gate that is missed is shown and is no failure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter turns")
    parser.add_argument("--write-docs", action="store_true", help="put the tables into docs/performance.md")
    asked = parser.parse_args()
    clock = Clock(console := Console(stderr=True))
    try:
        report = run(clock, quick=asked.quick)
    finally:
        clock.stop()
    report.parts.extend(clock.parts)
    console.print(f"kept as {keep(report).name} in {RESULTS.name}")
    show_parts(report)
    if asked.write_docs:
        write_docs(report)


def run(say: Clock, *, quick: bool) -> Report:
    """All of it on one server of PostgreSQL. Each table is shown as soon as it is known, and kept."""
    report = report_of(quick=quick)
    with engines() as both:
        _, server = both
        for engine in both:
            report.results.append(measured := measure(engine, QUICK if quick else FULL, say))
            report.gates.extend(gates_of(measured))
        show(report)
        keep(report)
        usual.show(ways := usual.measured(server, say))
        fair.show(fairness := fair.measure_fairness(both, say))
        pressure.show(floods := pressure.measure_pressure(both, say))
        invoice_refund.show(faces := invoice_refund.measured(both[0], say))
        beside = [
            *usual.gates(ways),
            *fair.gates(fairness),
            *pressure.gates(floods),
            invoice_refund.gate(faces),
        ]
        show_gates("Beside it", beside)
        report.gates.extend(beside)
        keep(report)
        report.reading.extend(measure_reading(both, say))
        show_gates("What reading takes", report.reading)
    return report


def show_parts(report: Report) -> None:
    """Where the minutes went."""
    table = Table("part", "seconds", title="How long it took", title_justify="left")
    for what, seconds in report.parts:
        table.add_row(what, f"{seconds:.0f}")
    total = sum(seconds for _, seconds in report.parts)
    table.add_row("all", f"{total:.0f}" + ("" if total <= MOST_SECONDS else f", more than {MOST_SECONDS}"))
    Console().print(table)


if __name__ == "__main__":
    main()
