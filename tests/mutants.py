"""The law spoilt in one place at a time: `python -m tests.mutants [FILE ...]`, files of `avoir/core` by name.

mutmut thinks up the mutants. One warm process runs the tests of the law once, and sees which of them reach
which line. Each mutant is then tried in a fork: the function gets the spoilt code, and the tests that reach
the spoilt line run, quickest first, until one notices. What survives is listed, and has its reason in
docs/mutants.md, or a test is missing.

What became of each is kept in `.mutants`, by the text of its function: a run that was broken off goes on
where it stopped, and after a change only what changed is tried. `--again` tries once more what survived,
`--anew` everything; `--seconds 30` gives each as much of tests, by what they take unspoilt.
"""

import argparse
import ast
import gc
import hashlib
import importlib
import inspect
import json
import os
import re
import signal
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from types import FunctionType
from typing import Any, NamedTuple

import libcst as cst
import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation.file_mutation import create_mutations, deep_replace

ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".mutants"
CORE, REASONS = ROOT / "avoir" / "core", ROOT / "docs" / "mutants.md"
# SQLite alone: the law is the same on both, and a fork shares no connection to a server.
TESTS = ("tests/core", "tests/law", "tests/app")
HOW = ("-k", "not postgres and not Till", "-q", "-p", "no:cacheprovider", "-s")
FIRST = (
    "money", "tax", "exchange", "postings", "allocation", "credit_note", "refund", "payout", "crediting",
    "giving_back", "unpaying", "credit", "payment", "receiving", "invoice", "issuing", "document", "desk",
    "approval", "lock", "dispute", "numbering", "account", "manual_journal", "opening_balance", "seal",
)  # fmt: skip
"""What moves money comes first."""
SECONDS = 6.0
"""Of tests for one mutant, by what they took unspoilt: the slowest of those that reach it are left out."""
ENDS = (signal.SIGALRM, signal.SIGVTALRM)
LITERAL = re.compile(r"""f?("[^"]*"|'[^']*'|None)""")
REASON = re.compile(r"^- (?P<where>\S+): `(?P<was>.*?)` → `(?P<now>.*?)`: \S", re.MULTILINE)


class Mutant(NamedTuple):
    """One spoilt place: of which file and function, the lines before and after, and the code."""

    file: str
    function: str
    was: str
    now: str
    code: str
    lines: range

    @property
    def key(self) -> str:
        """What it is, whatever stands around the function."""
        return hashlib.sha256(f"{self.function}\n{self.code}".encode()).hexdigest()[:16]

    def __str__(self) -> str:
        return f"- {self.file}.{self.function}: `{self.was}` → `{self.now}`"

    @property
    def speaks(self) -> bool:
        """What a refusal says to people, and what a broken invariant is called, no test repeats."""
        said = "raise" in self.was or "invariant" in self.was or '"' in self.was
        return said and LITERAL.sub("", self.was) == LITERAL.sub("", self.now)


class _Bare(cst.CSTTransformer):
    """No decorators: mutmut leaves alone what has one, and a spoilt code can be put below it."""

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> Any:  # noqa: N802
        return updated_node.with_changes(decorators=[])


def mutants_of(file: str) -> Iterator[Mutant]:
    """Every mutant of a file of the law, but for what only says something to people."""
    source = (CORE / f"{file}.py").read_text()
    bare = cst.parse_module(source).visit(_Bare()).code
    module, mutations, _, _ = create_mutations(file, bare)
    classes = {
        id(node): f"{each.name.value}."
        for each in module.body if isinstance(each, cst.ClassDef) for node in each.body.body
    }  # fmt: skip
    statements = _statements(source)
    for each in mutations:
        function = each.contained_by_top_level_function
        if not isinstance(function, cst.FunctionDef):
            continue
        was = module.code_for_node(function)
        code = module.code_for_node(deep_replace(function, each.original_node, each.mutated_node))
        name = classes.get(id(function), "") + function.name.value
        lines, line = _lines(was, code)
        whole = statements[name]
        line += whole[0].start - next(
            n for n, text in enumerate(was.splitlines()) if text.strip()[:4] == "def "
        )
        # Of the innermost statement that holds the line; in the head of the function, all of it.
        inner = min((x for x in whole[1:] if line in x), key=len, default=whole[0])
        mutant = Mutant(file, name, *lines, code=textwrap.dedent(code.strip("\n")), lines=inner)
        if was != code and not mutant.speaks:
            yield mutant


def _statements(source: str) -> dict[str, list[range]]:
    """By function of a file: its own lines, and those of each statement in it, of a block only its head."""
    found: dict[str, list[range]] = {}
    tree = ast.parse(source)
    owners = [("", tree), *((f"{x.name}.", x) for x in tree.body if isinstance(x, ast.ClassDef))]
    for prefix, owner in owners:
        for function in owner.body:
            if isinstance(function, ast.FunctionDef):
                spans = [range(function.lineno, (function.end_lineno or 0) + 1)]
                for node in ast.walk(function):
                    if isinstance(node, ast.stmt) and node is not function:
                        body = getattr(node, "body", None)
                        end = body[0].lineno if isinstance(body, list) else (node.end_lineno or 0) + 1
                        spans.append(range(node.lineno, max(end, node.lineno + 1)))
                found[prefix + function.name] = spans
    return found


def _lines(was: str, now: str) -> tuple[tuple[str, str], int]:
    """The lines in which two texts differ, each text's on one line; and which is the first."""
    a, b = was.splitlines(), now.splitlines()
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    one, two = (" ".join(x.strip() for x in t[start : len(t) - end]) for t in (a, b))
    return (one, two), start


class Kept:
    """What became of the mutants of a file, in this run and in earlier ones."""

    def __init__(self, file: str) -> None:
        self.path = KEPT / f"{file}.jsonl"
        said = self.path.read_text().splitlines() if self.path.exists() else ()
        self.became: dict[str, str] = dict(json.loads(line) for line in said)

    def put(self, mutant: Mutant, became: str) -> None:
        self.became[mutant.key] = became
        KEPT.mkdir(exist_ok=True)
        with self.path.open("a") as file:
            file.write(json.dumps([mutant.key, became]) + "\n")


def function_of(file: str, name: str) -> FunctionType:
    """The function itself, whatever is wrapped around it; what was cached of it is forgotten."""
    module: Any = importlib.import_module(f"avoir.core.{file}")
    owner, _, last = name.rpartition(".")
    found = vars(getattr(module, owner) if owner else module)[last]
    found = getattr(found, "fget", None) or getattr(found, "__func__", found)
    if clear := getattr(found, "cache_clear", None):
        clear()
    return inspect.unwrap(found)


def spoil(mutant: Mutant) -> None:
    """Put the spoilt code into the function; whoever imported it has it too."""
    function = function_of(mutant.file, mutant.function)
    made: dict[str, Any] = {}
    exec(compile(mutant.code, f"<{mutant.file}>", "exec"), function.__globals__, made)
    (new,) = (x for x in made.values() if isinstance(x, FunctionType))
    if new.__code__.co_freevars == function.__code__.co_freevars:
        function.__code__, function.__defaults__ = new.__code__, new.__defaults__
        function.__kwdefaults__ = new.__kwdefaults__


def passes(item: pytest.Item, next_: pytest.Item) -> bool:
    """Run one test; whether it passes, set-up and all."""
    return not any(report.failed for report in runtestprotocol(item, nextitem=next_, log=False))


class Spoiler:
    """Takes the place of pytest's loop over the tests."""

    def __init__(
        self, files: Sequence[str], seconds: float, tried: Collection[str], *, some: bool = False
    ) -> None:
        self.files, self.enough, self.tried, self.some = files, seconds, tried, some
        self.seconds: Sequence[float] = ()
        self.reached: dict[tuple[str, int], set[int]] = {}

    def pytest_configure(self) -> None:
        import hypothesis

        # Fewer examples, and the same each time: each mutant has many tests.
        hypothesis.settings.register_profile("mutants", max_examples=25, derandomize=True, database=None)
        hypothesis.settings.load_profile("mutants")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Once all of it unspoilt, then each mutant by itself."""
        self.items: list[pytest.Item] = session.items
        self._know()
        gc.collect()
        gc.freeze()
        for file in self.files:
            kept, killers, count = Kept(file), dict[str, int](), Counter[str]()
            for mutant in mutants_of(file):
                if kept.became.get(mutant.key) in self.tried:
                    continue
                became = self._tried(mutant, killers)
                kept.put(mutant, became)
                count[became] += 1
                if became == "survived":
                    print(f"\n{mutant}", end="", flush=True)
            print(f"\n{file}: {dict(count)}", flush=True)
        return True

    def _know(self) -> None:
        """Which tests reach which lines, and how long they take: as it was kept, if nothing changed since."""
        homes = (Path("avoir"), *(Path(word) for word in TESTS))
        texts = [path.read_bytes() for home in homes for path in sorted(home.rglob("*.py"))]
        of = hashlib.sha256(b"".join([*texts, *(item.nodeid.encode() for item in self.items)])).hexdigest()
        path = KEPT / "reached.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        if self.some or known.get("of") != of:
            seconds, reached = self._watch()
            left_out = self._left_out(seconds)
            known = {"of": of, "seconds": seconds, "reached": reached, "left out": left_out}
            known = json.loads(json.dumps(known))
            if not self.some:
                KEPT.mkdir(exist_ok=True)
                path.write_text(json.dumps(known))
        else:
            # What all tests share is set up by the first that asks for it, once for all forks.
            first = next(n for n, item in enumerate(self.items) if "sqlite" in item.nodeid)
            assert passes(self.items[first], self.items[first - 1])
        self.seconds = known["seconds"]
        self.reached = {
            (file, int(line)): set(tests) - set(known["left out"])
            for file, lines in known["reached"].items()
            for line, tests in lines.items()
        }

    def _watch(self) -> tuple[list[float], dict[str, dict[int, list[int]]]]:
        """Run every test, and note which lines of the law it reaches, and how long it takes."""
        import coverage

        seen, seconds = coverage.Coverage(data_file=None, include=[f"{CORE}/*"], config_file=False), []
        seen.start()
        for n, item in enumerate(self.items):
            seen.switch_context(str(n))
            began = time.process_time()
            # What all tests share stays up: there is always a next one. What fails is left out below.
            passes(item, self.items[(n + 1) % len(self.items)])
            seconds.append(time.process_time() - began)
        seen.stop()
        data = seen.get_data()
        found = {
            Path(file).stem: {
                line: [int(n) for n in tests if n] for line, tests in data.contexts_by_lineno(file).items()
            }
            for file in data.measured_files()
        }
        return seconds, found

    def _left_out(self, seconds: Sequence[float]) -> list[int]:
        """The tests that fail in a fork: unspoilt or not, they would notice everything."""
        self.seconds = seconds
        left, out = sorted(range(len(seconds)), key=self._order), list[int]()
        while (said := self._forked(None, left))[0] != "survived":
            print(f"\nnot to be run in a fork ({said[0]}): {self.items[int(said[1])].nodeid}", flush=True)
            out.append(int(said[1]))
            # Those before it passed.
            left = left[left.index(out[-1]) + 1 :]
        assert len(out) <= 0.02 * len(self.items), (
            "nearly all tests pass, and run in a fork as in their parent"
        )
        return out

    def _tried(self, mutant: Mutant, killers: dict[str, int]) -> str:
        """What becomes of a mutant: killed, endless, or survived."""
        found = set().union(*(self.reached.get((mutant.file, n), ()) for n in mutant.lines))
        tests = sorted(found, key=self._order)
        some, all_of_them = list[int](), 0.0
        for n in tests:
            all_of_them += self.seconds[n]
            if all_of_them > self.enough:
                break
            some.append(n)
        # What noticed one mutant of a function often notices the next.
        if (last := killers.get(mutant.function)) in some:
            some.remove(last)
            some.insert(0, last)
        became, word = self._forked(mutant, some)
        if word:
            killers[mutant.function] = int(word)
        return became

    def _forked(self, mutant: Mutant | None, tests: Sequence[int]) -> tuple[str, str]:
        """What tests make of a mutant, or of the law unspoilt, in a fork; and the test that noticed."""
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.close(reader)
            os._exit(self._noticed(mutant, tests, writer))
        os.close(writer)
        with os.fdopen(reader) as said:
            word = said.read()
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return ("endless" if os.WTERMSIG(status) in ENDS else "killed"), word
        return ("killed" if os.WEXITSTATUS(status) else "survived"), word

    def _order(self, n: int) -> float:
        return self.seconds[n]

    def _noticed(self, mutant: Mutant | None, tests: Sequence[int], writer: int) -> int:
        """In the fork: 1 when a test fails, 0 when none does."""
        # Of its own processor's time, so that a busy machine is no verdict.
        signal.setitimer(signal.ITIMER_VIRTUAL, 2 + 4 * sum(self.seconds[n] for n in tests))
        signal.alarm(900)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        try:
            if mutant is not None:
                spoil(mutant)
            items = [self.items[n] for n in tests]
            # What the parent's last test left set up, and the first here does not share, goes first.
            self.items[0].session._setupstate.teardown_exact(items[0] if items else None)
            for n, item, next_ in zip(tests, items, [*items[1:], *items[-1:]], strict=True):
                if not passes(item, next_):
                    os.write(writer, str(n).encode())
                    return 1
        except BaseException:
            return 1
        return 0


def main(words: list[str]) -> int:
    """Spoil, tell, and write the totals where the page of proof finds them."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("files", nargs="*")
    parser.add_argument("--again", action="store_true", help="try once more what survived")
    parser.add_argument("--anew", action="store_true", help="try everything, whatever is kept")
    parser.add_argument("--only-tell", action="store_true", help="try nothing: tell what is kept")
    parser.add_argument("--tests", action="append", help="only these tests; what they reach is not kept")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of tests for one mutant")
    given = parser.parse_args(words)
    every = sorted(path.stem for path in CORE.glob("*.py") if path.stem != "__init__")
    files = given.files or [*FIRST, *(name for name in every if name not in FIRST)]
    os.chdir(ROOT)
    if not given.only_tell:
        done = (
            () if given.anew else ("killed", "endless") if given.again else ("killed", "endless", "survived")
        )
        spoiler = Spoiler(files, given.seconds, done, some=bool(given.tests))
        pytest.main([*(given.tests or TESTS), *HOW, "--rootdir", str(ROOT)], plugins=[spoiler])
    figures, bare = told(files)
    print("\n", *(f"\n{mutant}" for mutant in bare))
    print(json.dumps(figures, indent=1))
    if home := os.environ.get("AVOIR_PROOF"):
        Path(home, "mutants.json").write_text(json.dumps(figures))
    return bool(bare)


def told(files: Sequence[str]) -> tuple[dict[str, Any], list[Mutant]]:
    """What is known of all mutants of the law, by file and in all; and which live without a reason."""
    text = REASONS.read_text() if REASONS.exists() else ""
    reasons = {(m["where"], m["was"], m["now"]) for m in REASON.finditer(text)}
    total, by_file, bare = Counter[str](), dict[str, dict[str, int]](), list[Mutant]()
    for file in files:
        kept, count = Kept(file), Counter[str]()
        for mutant in mutants_of(file):
            became = kept.became.get(mutant.key, "not tried")
            if became == "survived":
                spared = (f"{file}.{mutant.function}", mutant.was, mutant.now) in reasons
                became = "spared" if spared else became
                bare += [] if spared else [mutant]
            count[became] += 1
        total += count
        if count.total():
            names = {"killed": ("killed", "endless"), "with a reason": ("spared",), "lives": ("survived",)}
            names |= {"not tried": ("not tried",)}
            by_file[file] = {"mutants": count.total()} | {
                name: sum(count[x] for x in parts) for name, parts in names.items()
            }
    killed, lasting = total["killed"] + total["endless"], total["survived"]
    figures = {
        "files": len(by_file),
        "mutants": total.total(),
        "tried": total.total() - total["not tried"],
        "killed": killed,
        "survived, with a reason": total["spared"],
        "survived otherwise": lasting,
        "percent killed of what matters": 100 * killed // max(killed + lasting, 1),
        "by file": by_file,
    }
    return figures, bare


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
