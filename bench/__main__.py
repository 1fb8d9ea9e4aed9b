"""`python -m bench`: measure, show, keep. Fails only when the measurement itself is wrong."""

import argparse
import time

from rich.console import Console

from bench.fair import measure_fairness
from bench.fair import show as show_fairness
from bench.measure import FULL, QUICK, measure
from bench.reading import measure_reading
from bench.report import keep, report_of, show, show_gates, write_docs
from bench.usual import measure_usual
from bench.usual import show as show_usual


def main() -> None:
    """One run; a gate that is missed is shown and is no failure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter turns")
    parser.add_argument("--write-docs", action="store_true", help="put the table into docs/performance.md")
    asked = parser.parse_args()
    console = Console(stderr=True)
    begun = time.monotonic()
    with console.status("measuring") as status:
        results = measure(QUICK if asked.quick else FULL, status.update)
        report = report_of(results, quick=asked.quick, seconds=time.monotonic() - begun)
        # Each table as soon as it is known: what comes after may break off.
        show(report)
        console.print(f"kept as {keep(report).name} in bench/results, after {report.seconds:.0f} s")
        if asked.write_docs:
            write_docs(report)
        show_usual(measure_usual(status.update))
        show_fairness(measure_fairness(status.update))
        show_gates("What reading takes", measure_reading(status.update))


if __name__ == "__main__":
    main()
