"""The code and the documents of Avoir, as the tests of the house read them."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Source(NamedTuple):
    """One file of Python."""

    path: str  # From the root, with slashes: `avoir/core/money.py`.
    text: str
    tree: ast.Module

    def within(self, *places: str) -> bool:
        return any(self.path == place or self.path.startswith(f"{place}/") for place in places)

    def at(self, node: ast.AST) -> str:
        """Where a node stands, as an editor opens it."""
        return f"{self.path}:{node.lineno}"

    def all(self, *kinds: type[ast.AST]) -> Iterator:
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the package."""
    files = sorted((ROOT / "avoir").rglob("*.py"))
    assert files, "there is no code to look at"
    return tuple(
        Source(file.relative_to(ROOT).as_posix(), text := file.read_text("utf-8"), ast.parse(text, str(file)))
        for file in files
    )


def imported(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Every name a file imports, dotted: `from datetime import date` is `datetime.date`."""
    for node in source.all(ast.Import, ast.ImportFrom):
        base = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
        yield from ((node, base + alias.name) for alias in node.names)


@cache
def documents() -> tuple[Path, ...]:
    """Every Markdown file a reader of the repository may come by."""
    return (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
