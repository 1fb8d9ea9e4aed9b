"""The law spoilt in one place at a time, by mutmut: `python -m tests.mutants [FILE ...]`.

Each mutant of the files is tried against the tests that reach it. What survives is listed, one a line, and
has its reason below, or is a test that is missing.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = ("money", "tax", "exchange", "allocation", "payout", "postings", "crediting")
TESTS = ("tests/core", "tests/law", "tests/app")
QUICK = frozenset({"money", "tax", "exchange"})
NUMBERS = ("tests/core", "tests/properties/test_numbers.py", "tests/law/test_exchange_rates.py")
"""What these do is numbers alone: the tests of the numbers are enough."""
LITERAL = re.compile(r"""f?("[^"]*"|'[^']*'|None)""")


def spoil(files: tuple[str, ...]) -> dict[str, int]:
    """Try the mutants of some files; how many there were, and what became of them."""
    tests = [*(NUMBERS if set(files) <= QUICK else TESTS)]
    with tempfile.TemporaryDirectory() as home:
        for part in ("avoir", "tests", "docs", "pyproject.toml", "README.md", "LICENSE"):
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(
                    source, Path(home) / part, ignore=shutil.ignore_patterns("__pycache__", "node_modules")
                )
            else:
                shutil.copy(source, home)
        with (Path(home) / "pyproject.toml").open("a") as settings:
            settings.write("\n[tool.mutmut]\nsource_paths = ['avoir']\nalso_copy = ['avoir', 'tests']\n")
            settings.write(f"only_mutate = {[f'avoir/core/{name}.py' for name in files]}\n")
            # SQLite alone: the law is the same on both, and a fork shares no connection to a server.
            settings.write(f"pytest_add_cli_args_test_selection = {tests}\n")
            settings.write("pytest_add_cli_args = ['-k', 'not postgres', '-p', 'no:cacheprovider']\n")
        run = [str(Path(sys.executable).with_name("mutmut"))]
        subprocess.run([*run, "run", "--max-children", "2"], cwd=home, check=False, stdout=subprocess.DEVNULL)
        listed = subprocess.run([*run, "results"], cwd=home, check=False, capture_output=True, text=True)
        left = [
            line.split(":")[0].strip() for line in listed.stdout.splitlines() if line.endswith(": survived")
        ]
        subprocess.run([*run, "export-cicd-stats"], cwd=home, check=True, stdout=subprocess.DEVNULL)
        stats = json.loads((Path(home) / "mutants" / "mutmut-cicd-stats.json").read_text())
        sentences = 0
        for name in left:
            shown = subprocess.run(
                [*run, "show", name], cwd=home, check=False, capture_output=True, text=True
            )
            was, now = changed(shown.stdout)
            # What a refusal says to people, and what a broken invariant is called, no test repeats.
            said = "raise" in was or "invariant" in was or '"' in was
            if said and LITERAL.sub("", was) == LITERAL.sub("", now):
                sentences += 1
            else:
                print(f"{name}\n  - {was}\n  + {now}")
        return {**stats, "sentences": sentences}


def changed(diff: str) -> tuple[str, str]:
    """The line that a mutant changed, before and after."""
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    was = " ".join(line[1:].strip() for line in lines if line.startswith("-"))
    return was, " ".join(line[1:].strip() for line in lines if line.startswith("+"))


def main(words: list[str]) -> None:
    """Spoil, tell, and write the totals where the page of proof finds them."""
    sums: dict[str, int] = {}
    quick = tuple(name for name in (words or FILES) if name in QUICK)
    slow = tuple(name for name in (words or FILES) if name not in QUICK)
    for files in filter(None, (quick, slow)):
        for name, count in spoil(files).items():
            sums[name] = sums.get(name, 0) + count
    # A mutant that never ends has been noticed too.
    killed = sums["killed"] + sums.get("timeout", 0)
    lasting = sums["survived"] - sums["sentences"]
    figures = {
        "mutants": sums["total"],
        "killed": killed,
        "survived, a sentence only": sums["sentences"],
        "survived otherwise": lasting,
        "percent killed of what matters": 100 * killed // (killed + lasting),
    }
    print(figures)
    if home := os.environ.get("AVOIR_PROOF"):
        Path(home, "mutants.json").write_text(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
