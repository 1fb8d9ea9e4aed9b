"""What a flood over the limit does to memory: `python -m bench.pressure`, and part of `make bench`.

More connections than commands of one organization may wait (2,048) ask for refunds as fast as they are
answered: what finds no place is told to come again, 429 with `Retry-After`. The memory of the process that
speaks HTTP and of the clerk's is looked at before, all the while, and after each of several floods. Nothing
may be lost and nothing be said but yes and "come again"; and a later flood may not take more than the first,
but for what the clerk's database keeps of its pages (on SQLite 64 MiB at most).
"""

import json
import resource
import secrets
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import httpx
from rich.console import Console
from rich.table import Table

from bench import wire
from bench.databases import Engine, engines
from bench.ground import prepare, prove
from bench.report import Gate

SCRIPT = Path(__file__).with_name("flood.lua")
CONNECTIONS, FLOODS, SECONDS, MOST_SECONDS, NOTES = 3072, 2, 3, 60, 256
MOST_MIB, MOST_CLERK_MIB, MOST_GROWTH = 350, 128, 16
"""MiB of both processes at any time; of the clerk's alone; by which the other may grow between floods."""


class Seen(NamedTuple):
    """One engine: MiB of each process before, at most during, and after each flood; what was answered."""

    engine: str
    before: tuple[float, ...]
    during: tuple[float, ...]
    after: tuple[tuple[float, ...], ...]
    done: int
    again: int

    @property
    def left(self) -> float:
        """What the last flood left of memory in the process that speaks HTTP, beyond what the first did."""
        return self.after[-1][0] - self.after[0][0]


def measured(engine: Engine) -> Seen:
    """Flood a server several times. Raises unless each answer is known, and each yes in the books."""
    url = engine.new("pressure")
    ground = prepare(url, notes=NOTES)
    key = wire.key_of(url, ground.public_id)
    after, most, done, again = list[tuple[float, ...]](), list[tuple[float, ...]](), 0, 0
    with wire.served(url, wire.SERVE) as server:
        with wire.asking(key, "spread", 32, 1, notes=NOTES) as asked:
            quiet = asked()["requests"]
        quiet += _drained(server, key)
        before, seconds, floods = server.each_mib(), SECONDS, 0
        while len(after) < FLOODS:
            said, during = _flooded(server, key, seconds)
            floods += 1
            if said["other"] or said["broken"] or seconds > MOST_SECONDS:
                raise wire.Broken(f"a flood of {CONNECTIONS} connections for {seconds} s: {said}")
            done, again = done + said["done"], again + said["again"]
            quiet += _drained(server, key)
            if not said["again"]:
                # On a busy machine they are not all there before it ends.
                seconds *= 2
                continue
            most.append(during)
            after.append(server.each_mib())
    # Who hung up may have been served all the same.
    unheard = 32 + floods * CONNECTIONS
    prove(url, ground, quiet + done, at_most=quiet + done + unheard)
    engine.drop("pressure")
    return Seen(engine.name, before, max(most, key=sum), tuple(after), done, again)


def _drained(server: wire.Server, key: str) -> int:
    """Wait until nothing is left of what nobody waits for any more: one that stood behind it is answered."""
    form = {"fromAccountId": 1000, "amount": 0.01, "date": "2026-11-20"}
    with httpx.Client(timeout=wire.PATIENCE, headers={"Authorization": f"Bearer {key}"}) as client:
        while True:
            said = client.post(f"{server.at}/api/credit-notes/1/refunds", json=form)
            if said.status_code == 201:
                return 1
            if said.status_code not in (429, 503):
                raise wire.Broken(f"after a flood: {said.status_code} {said.text[:400]}")
            time.sleep(float(said.headers["Retry-After"]))


def _flooded(server: wire.Server, key: str, seconds: int) -> tuple[dict[str, int], tuple[float, ...]]:
    words = (
        *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "60s", "-s", str(SCRIPT), wire.AT),
        *("--", key, str(NOTES), str(secrets.randbelow(2**31))),
    )
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    held = [server.each_mib()]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as ran:
        while ran.poll() is None:
            time.sleep(0.1)
            held.append(server.each_mib())
        said: dict[str, int] = json.loads(ran.communicate()[0].splitlines()[-1])
    return said, max(held, key=sum)


def gates(seen: Sequence[Seen]) -> list[Gate]:
    """Of each engine: what is held at most, what of it by the clerk, and that nothing stays."""
    found = []
    for x in seen:
        for what, mib, most in (
            ("memory in floods over the limit", sum(x.during), MOST_MIB),
            ("memory of the clerk in them", sum(x.during[1:]), MOST_CLERK_MIB),
            (f"what flood {FLOODS} leaves beyond flood 1, of HTTP", x.left, MOST_GROWTH),
        ):
            found.append(Gate(x.engine, what, f"< {most} MiB", f"{mib:.0f} MiB", mib < most))
    return found


def show(seen: Sequence[Seen]) -> None:
    """Each process's memory, and the answers."""
    title = f"{CONNECTIONS:,} connections over the limit, MiB of HTTP + clerk"
    names = ("before", "most", *(f"after {n + 1}" for n in range(FLOODS)), "done", "come again")
    table = Table("engine", *names, title=title)
    for x in seen:
        held = (" + ".join(f"{mib:.0f}" for mib in each) for each in (x.before, x.during, *x.after))
        table.add_row(x.engine, *held, f"{x.done:,}", f"{x.again:,}")
    Console().print(table)


def measure_pressure(both: Sequence[Engine], say: Callable[[str], None] = print) -> list[Seen]:
    """Every engine."""
    seen = []
    for engine in both:
        say(f"{engine.title}: a flood over the limit")
        seen.append(measured(engine))
    return seen


if __name__ == "__main__":
    with engines() as both:
        show(measure_pressure(both))
