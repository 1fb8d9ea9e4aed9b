"""The law spoilt in one place at a time: `python -m tests.mutants [FILE ...]`, files of `avoir/core` by name.

mutmut thinks up the mutants. One warm process runs the tests of the law once, and sees which of them reach
which function. Each mutant is then tried in a fork: the function gets the spoilt code, and the tests that
reach it run, quickest first, until one notices. What survives is listed, and has its reason in
docs/mutants.md, or a test is missing.
"""

import gc
import importlib
import inspect
import json
import os
import re
import signal
import sys
import textwrap
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import libcst as cst
import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation.file_mutation import create_mutations, deep_replace

ROOT = Path(__file__).parents[1]
CORE, REASONS = ROOT / "avoir" / "core", ROOT / "docs" / "mutants.md"
# SQLite alone: the law is the same on both, and a fork shares no connection to a server.
TESTS = ("tests/core", "tests/law", "tests/app", "-k", "not postgres", "-q", "-p", "no:cacheprovider")
FIRST = ("money", "tax", "exchange", "postings", "allocation", "credit_note", "refund", "crediting", "payout")
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
    """Every mutant of a file of the law."""
    source = (CORE / f"{file}.py").read_text()
    bare = cst.parse_module(source).visit(_Bare()).code
    module, mutations, _, _ = create_mutations(file, bare)
    classes = {
        id(node): f"{each.name.value}."
        for each in module.body if isinstance(each, cst.ClassDef) for node in each.body.body
    }  # fmt: skip
    for each in mutations:
        function = each.contained_by_top_level_function
        if not isinstance(function, cst.FunctionDef):
            continue
        was = module.code_for_node(function)
        code = module.code_for_node(deep_replace(function, each.original_node, each.mutated_node))
        if was == code:
            continue
        name = classes.get(id(function), "") + function.name.value
        yield Mutant(file, name, *_lines(was, code), code=textwrap.dedent(code.strip("\n")))


def _lines(was: str, now: str) -> tuple[str, str]:
    """The lines in which two texts differ, each text's on one line."""
    a, b = was.splitlines(), now.splitlines()
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    return tuple(" ".join(x.strip() for x in t[start : len(t) - end]) for t in (a, b))  # type: ignore[return-value]


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

    def __init__(self, files: Sequence[str]) -> None:
        self.files, self.left = files, list[Mutant]()
        self.became: Counter[str] = Counter()
        self.by_file: dict[str, Counter[str]] = defaultdict(Counter)
        self.seconds: dict[int, float] = {}
        self.reached: dict[CodeType, dict[int, None]] = defaultdict(dict)

    def pytest_configure(self) -> None:
        import hypothesis

        # Fewer examples, and the same each time: each mutant has many tests.
        hypothesis.settings.register_profile("mutants", max_examples=25, derandomize=True, database=None)
        hypothesis.settings.load_profile("mutants")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Once all of it unspoilt, then each mutant by itself."""
        self.items: list[pytest.Item] = session.items
        self._watch()
        gc.collect()
        gc.freeze()
        self._leave_out_what_fails_in_a_fork()
        for file in self.files:
            killers: dict[str, int] = {}
            for mutant in mutants_of(file):
                self._count(mutant, "a sentence" if mutant.speaks else self._tried(mutant, killers))
            print(f"\n{file}: {dict(self.by_file[file])}", flush=True)
        return True

    def _watch(self) -> None:
        """Run every test, and note which functions of the law it reaches, and how long it takes."""
        home = str(CORE)
        reached = self.reached
        for n, item in enumerate(self.items):

            def called(frame: Any, event: str, arg: Any, n: int = n) -> None:
                if event == "call" and frame.f_code.co_filename.startswith(home):
                    reached[frame.f_code][n] = None

            began = time.process_time()
            sys.setprofile(called)
            try:
                # What all tests share stays up: there is always a next one.
                fine = passes(item, self.items[(n + 1) % len(self.items)])
            finally:
                sys.setprofile(None)
            self.seconds[n] = time.process_time() - began
            assert fine, f"fails unspoilt: {item.nodeid}"

    def _leave_out_what_fails_in_a_fork(self) -> None:
        """A test that fails unspoilt would notice everything."""
        left = sorted(self.seconds, key=self._order)
        while (said := self._forked(None, left))[0] != "survived":
            print(f"\nnot to be run in a fork ({said[0]}): {self.items[int(said[1])].nodeid}", flush=True)
            left.remove(int(said[1]))
        assert len(left) > 0.98 * len(self.items), "nearly all tests run in a fork as they do in their parent"
        these = set(left)
        for code, tests in self.reached.items():
            self.reached[code] = {n: None for n in tests if n in these}

    def _count(self, mutant: Mutant, became: str) -> None:
        self.became[became] += 1
        self.by_file[mutant.file][became] += 1
        if became == "survived":
            self.left.append(mutant)
            print(f"\n{mutant}", end="", flush=True)

    def _tried(self, mutant: Mutant, killers: dict[str, int]) -> str:
        """What becomes of a mutant: killed, endless, or survived."""
        tests = sorted(self.reached[function_of(mutant.file, mutant.function).__code__], key=self._order)
        some, all_of_them = list[int](), 0.0
        for n in tests:
            all_of_them += self.seconds[n]
            if all_of_them > SECONDS:
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
        signal.setitimer(signal.ITIMER_VIRTUAL, 5 + 4 * sum(self.seconds[n] for n in tests))
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
    every = sorted(path.stem for path in CORE.glob("*.py") if path.stem != "__init__")
    files = words or [*FIRST, *(name for name in every if name not in FIRST)]
    os.chdir(ROOT)
    spoiler = Spoiler(files)
    pytest.main([*TESTS, "--rootdir", str(ROOT)], plugins=[spoiler])
    reasons = (
        {(m["where"], m["was"], m["now"]) for m in REASON.finditer(REASONS.read_text())}
        if REASONS.exists()
        else set()
    )
    bare = [m for m in spoiler.left if (f"{m.file}.{m.function}", m.was, m.now) not in reasons]
    became = spoiler.became
    killed, lasting = became["killed"] + became["endless"], len(bare)
    figures = {
        "files": len(files),
        "mutants": became.total(),
        "killed": killed,
        "survived, a sentence only": became["a sentence"],
        "survived, with a reason": became["survived"] - lasting,
        "survived otherwise": lasting,
        "percent killed of what matters": 100 * killed // max(killed + lasting, 1),
    }
    print("\n", *(f"\n{mutant}" for mutant in bare))
    print(figures)
    if home := os.environ.get("AVOIR_PROOF"):
        Path(home, "mutants.json").write_text(json.dumps(figures))
    return bool(bare)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
