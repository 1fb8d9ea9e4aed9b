"""Writes docs/proof.md: what is promised, how it is attacked, how often that was tried, and by which command.

python -m tests.proof                 everything, which takes a night on a laptop
python -m tests.proof soak race       some attacks; the figures of the others stay as they were
python -m tests.proof --write         no attack: only the page, from docs/proof.json
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from avoir.app.reads.promises import PROMISES
from avoir.app.reads.replays import REPLAYS

ROOT = Path(__file__).parents[1]
FIGURES, PAGE = ROOT / "docs" / "proof.json", ROOT / "docs" / "proof.md"
Figures = dict[str, Any]


class Attack(NamedTuple):
    """One way of trying to break it: what is done, the command that does it, and what it yields."""

    does: str
    command: str
    run: Callable[["Attack", Path], Figures]


def pytest(attack: Attack, home: Path) -> Figures:
    """Run the command of an attack; what its tests wrote down beside it is added up."""
    words = attack.command.split()
    environment = {**os.environ, "AVOIR_PROOF": str(home)}
    subprocess.run(words, cwd=ROOT, env=environment, check=True)
    figures: Figures = {}
    for file in sorted(home.iterdir()):
        for name, value in json.loads(file.read_text()).items():
            figures[name] = figures.get(name, 0) + value
    return figures


def soak(attack: Attack, home: Path) -> Figures:
    """Worlds of the simulator."""
    words = [sys.executable, "-m", "avoir", *attack.command.split()[1:], "--json"]
    said = json.loads(subprocess.run(words, cwd=ROOT, capture_output=True, check=True).stdout)
    names = (
        "commands", "granted", "refused", "all_faults", "gateway_payments", "commits", "looks", "promises",
        "rows", "commands_a_second", "commands_a_cpu_second",
    )  # fmt: skip
    killed = said["faults"].get("server killed", 0)
    figures = {"worlds": len(said["seeds"]), "first seed": said["seeds"][0], "servers killed": killed}
    return figures | {name.replace("_", " "): said[name] for name in names}


ATTACKS = {
    "soak": Attack(
        "The law, the clerk and the worker on a virtual clock: servers die between any two steps, "
        "commits and answers are lost, gateways are late, deaf and repeat themselves, callers ask "
        "again. After each commit what it changed is held against the promises; in the end all of the "
        "books.",
        "avoir simulate --worlds 5 --steps 10000", soak,
    ),
    "machine": Attack(
        "Every command in any order, on both databases, against a plain model of the books that "
        "shares no code with them; the promises are looked at after each step.",
        "make machine", pytest,
    ),
    "crash": Attack(
        "The real server killed with SIGKILL at every statement of a refund, an invoice's refund, a "
        "reversal, an approval and a gateway's yes, the clerk alone and the whole of it; the database "
        "cut off, filled up and restarted.",
        "make crash", pytest,
    ),
    "race": Attack(
        "Processes of threads over HTTP on one note, one payment, one series and one key: refund "
        "against reversal, void, allocation, dispute and lock. Every history equals some serial "
        "order.",
        "make race", pytest,
    ),
    "hostile": Attack(
        "Documents, bodies, headers and connections that nobody means well with: nesting, bombs, "
        "floods, slow senders, every plane of Unicode, numbers of 400 digits. No answer is a 5xx, and "
        "memory stays bounded.",
        "make fuzz", pytest,
    ),
    "mutants": Attack(
        "The law spoilt in one place at a time; the tests of the law alone must notice. What lives has its "
        "reason in [mutants.md](mutants.md), or is named there as living. What was not tried counts as such.",
        "make mutate", pytest,
    ),
}  # fmt: skip

OPENING = (
    "People trust books because they can watch them being attacked. Here is what is promised, how we try to "
    "break it, how often that was tried, and the command with which you can try it again. A figure stands "
    "here only if the command beside it produced it."
)
VERIFY = (
    "`avoir verify` recomputes each of these over a real database, by SQL and by going through every entry "
    "and event; it names the first row that is wrong, ends with 1, and mends nothing."
)
INK = (
    "Two more are the database's own: what is posted is never updated or deleted (triggers on both engines), "
    "and nothing is overdrawn whatever the statement (checks). "
    '`make test ARGS="tests/store/test_ink.py"` tries it.'
)
LIMITS = (
    "The law is tested, not derived: a rule that we understood wrongly is wrong everywhere, the model too. "
    "Hardware that lies about having written is beyond us; so is an administrator who replaces database and "
    "program together, unless the head of the seals' chain is kept somewhere else."
)


def page(figures: dict[str, Figures]) -> str:
    """The page, from what the attacks yielded."""
    promised = "\n".join(f"| `{x.name}` | {x.says} |" for x in (*PROMISES, *REPLAYS))
    attacks = "\n\n".join(_section(name, attack, figures.get(name)) for name, attack in ATTACKS.items())
    return f"""<!-- Written by `make proof`; what is changed here is lost. -->

# Proof

{OPENING}

## What is promised

{VERIFY}

| promise | says |
|---|---|
{promised}

{INK}

## How it is attacked

{_totals(figures)}

{attacks}

## What this does not prove

{LIMITS}
"""


TOTALS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("simulated worlds, each from a seed", "soak", ("worlds",)),
    ("simulated commands", "soak", ("commands",)),
    ("crashes of a real server or its clerk", "crash", ()),
    ("requests that raced", "race", ("requests",)),
    ("mutants of the law", "mutants", ("mutants",)),
    ("mutants that were tried", "mutants", ("tried",)),
    ("mutants that the tests noticed", "mutants", ("killed",)),
)
"""What is counted, of which attack, and by which of its figures: by all, where none is named."""


def _totals(figures: dict[str, Figures]) -> str:
    rows = ["| in all | how many | command |", "|---|---|---|"]
    for what, name, counted in TOTALS:
        found = figures.get(name)
        numbers = [
            n for key, n in (found or {}).items() if isinstance(n, int) and (not counted or key in counted)
        ]
        said = f"{sum(numbers):,}" if found else "not counted yet"
        rows.append(f"| {what} | {said} | `{ATTACKS[name].command}` |")
    return "\n".join(rows)


def _section(name: str, attack: Attack, figures: Figures | None) -> str:
    lines = [f"### {name.capitalize()}", "", attack.does, "", f"`{attack.command}`"]
    if figures:
        when = figures.get("on", "")
        rows = [f"| {key} | {value:,} |" for key, value in figures.items() if isinstance(value, int | float)]
        lines += ["", f"Last run on {when}:", "", "| what | how many |", "|---|---|", *rows]
        lines += [f"\n{text}" for text in figures.get("notes", ())]
        lines += _by_file(figures.get("by file", {}))
    return "\n".join(lines)


def _by_file(found: dict[str, dict[str, int]]) -> list[str]:
    """A row for each file of which something was tried."""
    tried = {file: of for file, of in found.items() if of["not tried"] < of["mutants"]}
    if not tried:
        return []
    names = [*next(iter(tried.values()))]
    rows = [
        f"| {file} | {' | '.join(f'{of[name]:,}' for name in names)} |" for file, of in sorted(tried.items())
    ]
    left = sorted(found.keys() - tried.keys())
    rest = ["", f"Of these files nothing was tried yet: {', '.join(left)}."] if left else []
    return ["", f"| file | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|", *rows, *rest]


def main(words: list[str]) -> None:
    """Run attacks, keep their figures, write the page."""
    figures: dict[str, Figures] = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    names = [word for word in words if not word.startswith("--")]
    for name in names or ([] if "--write" in words else ATTACKS):
        with tempfile.TemporaryDirectory() as home:
            found = ATTACKS[name].run(ATTACKS[name], Path(home))
        figures[name] = {"on": datetime.now(UTC).date().isoformat(), **found}
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n")
    PAGE.write_text(page(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
