"""What was measured at several sizes: the table, the gates, the picture, and docs/performance.md."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from bench import several
from bench.report import PAGE, TITLES, Gate

PICTURE = Path(__file__).parent.parent / "docs" / "scale.svg"
BEGIN, END = "<!-- Written by `python -m bench.scale --write-docs`. -->", "<!-- End of the sizes. -->"
ALONE, RATE = "a lone refund, p50 ms", "refunds a second at depth 64"
MOST_FOR_REFUNDS, MOST_FOR_READS = 1.15, 2.0
"""How many times what it costs at the smallest size a refund, or an answer, may cost at the largest."""


class At(NamedTuple):
    """What was measured at one size; milliseconds, and refunds a second."""

    engine: str
    lines: int
    alone_ms: float
    rate: float
    reads: dict[str, float]


class Found(NamedTuple):
    """All that is kept: each size, the files of a million lines, and several servers of one PostgreSQL."""

    seen: list[At]
    files: list[Gate]
    servers: list[several.Seen]


class Row(NamedTuple):
    """One figure of an engine at every size, and how many times the smallest's cost the largest's is."""

    engine: str
    what: str
    values: list[float]
    growth: float


def rows(seen: Sequence[At]) -> Iterator[Row]:
    """Every figure; of refunds a second it is the time of each that grows."""
    for engine in dict.fromkeys(at.engine for at in seen):
        mine = sorted((at for at in seen if at.engine == engine), key=lambda at: at.lines)
        alone, rates = [at.alone_ms for at in mine], [at.rate for at in mine]
        yield Row(engine, ALONE, alone, alone[-1] / alone[0])
        yield Row(engine, RATE, rates, rates[0] / rates[-1])
        for what in mine[0].reads:
            took = [at.reads[what] for at in mine]
            yield Row(engine, what, took, took[-1] / took[0])


def gates_of(seen: Sequence[At]) -> list[Gate]:
    """Of every figure: it may not grow, but a little."""
    found = []
    for row in rows(seen):
        most = MOST_FOR_REFUNDS if row.what in (ALONE, RATE) else MOST_FOR_READS
        what = f"{row.what}: the largest, of the smallest"
        found.append(Gate(row.engine, what, f"<= {most:g}", f"{row.growth:.2f}", row.growth <= most))
    return found


def show(seen: Sequence[At]) -> None:
    """A column for each size, and how much the largest costs of the smallest."""
    sizes = sorted({at.lines for at in seen})
    table = Table("engine", "what", *(f"{lines:,}" for lines in sizes), "growth", title="As the books grow")
    for row in rows(seen):
        table.add_row(*_cells(row, len(sizes)))
    Console().print(table)


def _cells(row: Row, sizes: int) -> list[str]:
    values = [f"{value:,.0f}" if row.what == RATE else f"{value:,.1f}" for value in row.values]
    # An engine may have been measured at fewer sizes than the other.
    return [TITLES[row.engine], row.what, *values, *[""] * (sizes - len(values)), f"{row.growth:.2f}"]


def draw(seen: Sequence[At]) -> None:
    """The picture: each cost at each size, as a multiple of what it was at the smallest."""
    # Here and not above: it changes how the whole process imports, and tests use this file, too.
    import pygal

    chart = pygal.Line(
        title="What things cost as the books grow (1 = at the smallest size)",
        x_title="lines of the journal",
        show_minor_y_labels=False,
        legend_at_bottom=True,
        legend_at_bottom_columns=2,
        truncate_legend=-1,
        range=(0, 3),
        height=800,
        js=[],
    )
    chart.x_labels = [f"{lines:,}" for lines in sorted({at.lines for at in seen})]
    for row in rows(seen):
        first = row.values[0]
        times = [first / value if row.what == RATE else value / first for value in row.values]
        # What leaves the picture is at its upper edge: the table says how far.
        chart.add(f"{TITLES[row.engine]}: {row.what}", [min(time, 3) for time in times])
    PICTURE.write_bytes(chart.render())


def tell(found: Found) -> None:
    """The tables, into docs/performance.md between its two marks."""
    seen, files = found.seen, found.files
    sizes = sorted({at.lines for at in seen})
    columns = ["database", "what", *(f"{lines:,}" for lines in sizes), "growth"]
    said = [
        columns,
        ["---", "---", *["--:"] * (len(sizes) + 1)],
        *(_cells(row, len(sizes)) for row in rows(seen)),
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in said)
    missed = [
        f"{TITLES[gate.engine]}, {gate.what}: {gate.found}" for gate in gates_of(seen) if not gate.reached
    ]
    flat = "; ".join(missed) or "nothing"
    long = "".join(
        f"\n- {TITLES[file.engine]}: {file.what.removeprefix('B: ')}, {file.found} (wanted {file.wanted})"
        for file in files
    )
    picture = f"![What things cost as the books grow]({PICTURE.name})"
    servers = "".join(
        f"| {x.servers} | {x.organizations} | {x.rate:,.0f} | {x.p99_ms:,.1f} |\n" for x in found.servers
    )
    if servers:
        head = "| servers of one PostgreSQL | organizations | refunds a second | p99 ms |\n"
        long += f"\n\n{head}| --: | --: | --: | --: |\n{servers}"
    written = f"{picture}\n\n{table}\n\nNot flat: {flat}.\n{long}\n"
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{written}\n{END}{rest.partition(END)[2]}", "utf-8")
