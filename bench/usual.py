"""The clerk against the usual way, on one PostgreSQL: `python -m bench.usual`, and part of `make bench`.

The usual way is an SQL function for each refund, in a transaction of its own, called by PostgreSQL's own
`pgbench` from 64 connections; the clerk is asked in process, 64 at a time. In turns, so that a slow minute
hurts both alike; the ratio is the median of each round's. *Spread*, the function may leave the balances out:
else all callers would wait for the one row of the receivable's day, and spread would be as slow as hot.
"""

import re
import statistics
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import psycopg
from rich.console import Console
from rich.table import Table

from bench.databases import PostgresServer, home, postgres
from bench.engine import drive
from bench.ground import DAY, NOTES, PROOFS, Ground, WrongTotals, prepare, prove
from bench.report import Gate

CONNECTIONS, ROUNDS, SECONDS = 64, 3, 1
EACH = {"hot": 8, "spread": 24}
"""So many calls of each connection, which take some two seconds: a time would begin before all are there."""
FUNCTION = Path(__file__).with_name("pgbench.sql")
GATES = {"hot": 5.0, "spread": 1.5}
PICKS = {
    "hot": "\\set note 1\n\\set account 1000\n\\set balances 1",
    "spread": f"\\set note random(1, {NOTES})\n\\set account random(1000, 1003)\n\\set balances 0",
}
CALL = r"""
\set one random(1, 9007199254740991)
\set other random(1, 9007199254740991)
SELECT usual_refund({o}, :note, :account, 1, '{day}', :one::text || '-' || :other::text, :balances = 1);
"""


class Seen(NamedTuple):
    """A shape: refunds a second of each way, the median, and the median of each round's ratio."""

    shape: str
    clerk: float
    usual: float
    ratio: float


def measured(server: PostgresServer, say: Callable[[str], None]) -> list[Seen]:
    """Both shapes. Raises `WrongTotals` unless either way's books hold what it wrote."""
    ground = prepare(server.new("ours"))
    theirs = server.copy("theirs", "ours")
    ours = server.copy("clerk", "ours")
    with psycopg.connect(theirs, autocommit=True) as database:
        database.execute(FUNCTION.read_bytes())
    rates: dict[str, list[tuple[float, float]]] = defaultdict(list)
    written = [0, 0]
    for number in range(ROUNDS):
        say(f"the usual way, round {number + 1} of {ROUNDS}")
        for shape in GATES:
            run = drive(ours, server, ground, shape, CONNECTIONS, SECONDS)
            rate, count = _pgbench(server, theirs, ground, shape)
            rates[shape].append((run.commands / run.seconds, rate))
            written[0] += run.commands
            written[1] += count
    prove(ours, ground, written[0])
    _prove_usual(theirs, ground, written[1])
    for name in ("ours", "theirs", "clerk"):
        server.drop(name)
    return [_seen(shape, rates[shape]) for shape in GATES]


def _seen(shape: str, rounds: list[tuple[float, float]]) -> Seen:
    clerk, usual = (statistics.median(each) for each in zip(*rounds, strict=True))
    return Seen(shape, clerk, usual, statistics.median(one / other for one, other in rounds))


def _pgbench(server: PostgresServer, url: str, ground: Ground, shape: str) -> tuple[float, int]:
    """Refunds a second, and how many in all. Every one of them must have succeeded."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(PICKS[shape] + CALL.format(o=ground.organization_id, day=DAY))
        script.flush()
        ran = subprocess.run(
            (
                *(server.pgbench, "--no-vacuum", "--protocol=prepared", "--jobs=1", f"--file={script.name}"),
                *(f"--client={CONNECTIONS}", f"--transactions={EACH[shape]}", "--dbname", url),
            ),
            capture_output=True,
            text=True,
            check=True,
        )
    found = dict(
        re.findall(r"^(tps|number of .*?)[:=] *([0-9.]+)", ran.stdout.replace(" = ", ": "), re.MULTILINE)
    )
    if found.get("number of failed transactions") != "0":
        raise WrongTotals(ran.stdout)
    return float(found["tps"]), int(found["number of transactions actually processed"])


def _prove_usual(url: str, ground: Ground, written: int) -> None:
    """What the function wrote is as much as ours; its numbers have gaps, and its balances may be missing."""
    with psycopg.connect(url) as database:
        for name in ("refunds", "notes", "entries", "lines", "events"):
            sql = PROOFS[name].replace(":o", str(ground.organization_id))
            found = database.execute(sql).fetchone()
            if found is None or found[0] != written:
                raise WrongTotals(f"{written} refunds were written, but of {name} there are {found}")


def show(seen: list[Seen]) -> None:
    """What was measured, and the gates; one that is missed is shown and is no failure."""
    title = f"The clerk against an SQL function per refund under pgbench, {CONNECTIONS} at a time, PostgreSQL"
    table = Table("shape", "clerk a second", "function a second", "ratio", "gate", "", title=title)
    for each in seen:
        gate = GATES[each.shape]
        rates = (f"{each.clerk:,.0f}", f"{each.usual:,.0f}", f"{each.ratio:.1f}")
        table.add_row(each.shape, *rates, f">= {gate:g}", "" if each.ratio >= gate else "missed")
    Console().print(table)


def gates(seen: list[Seen]) -> list[Gate]:
    """How many times as many as the usual way writes, of each shape."""
    return [
        Gate("postgres", f"the clerk to a function a refund, {x.shape}", f">= {GATES[x.shape]:g}",
             f"{x.ratio:.1f}", x.ratio >= GATES[x.shape])
        for x in seen
    ]  # fmt: skip


if __name__ == "__main__":
    with home() as place, postgres(place) as server:
        show(measured(server, print))
