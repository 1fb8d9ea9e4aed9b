"""docs/reference/rest.md: what `avoir schema rest` prints, and which tests go each way.

Written by `python -m tests.docs.rest`. A test goes a way where it names the method and the address: as
`api.get("/items")` or `("PATCH", f"/items/{id}/activate")`. Helpers are named where no test goes by itself.
"""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from avoir.cli.rest_ways import as_markdown, ways
from tests.house.source import ROOT

PAGE = ROOT / "docs" / "reference" / "rest.md"
TESTS = ROOT / "tests" / "faces"
VERBS = {
    "get": "GET", "file": "GET", "read": "GET", "ask": "GET", "post": "POST", "made": "POST", "put": "PUT",
    "patch": "PATCH", "delete": "DELETE",
}  # fmt: skip
METHODS = frozenset(VERBS.values())
PUT_IN = "*"
WORD = re.compile(r"[\w-]+")
ROW = re.compile(r"^\| `([A-Z]+) (\S+)` \|.* \| ([^|]+) \|$", re.MULTILINE)
HELPERS = ("api.py", "trade.py", "conftest.py")

Asked = tuple[str, str]


def page() -> str:
    """The page as it is to be."""
    return as_markdown(ways(), tested())


def named(page_: str) -> dict[Asked, list[str]]:
    """The files that the page names for each way; none for one that is not there."""
    found: dict[Asked, list[str]] = {(way.method, way.path): [] for way in ways()}
    for method, path, files in ROW.findall(page_):
        found[method, path] = files.split(", ")
    return found


def tested() -> dict[Asked, list[str]]:
    """The files of tests that go each way, by method and path."""
    files = [(file.relative_to(TESTS).as_posix(), Calls(file)) for file in sorted(TESTS.rglob("*.py"))]
    found: dict[Asked, list[str]] = {}
    for way in ways():
        names = [name for name, calls in files if calls.go(way.method, way.path)]
        found[way.method, way.path] = [name for name in names if not name.endswith(HELPERS)] or names
    return found


class Calls:
    """What one file asks of the server, and every word that it writes."""

    def __init__(self, file: Path) -> None:
        tree = ast.parse(file.read_text("utf-8"))
        self.asked = {(method, tuple(path.split("/"))) for method, path in _asked(tree)}
        self.words = {word for node in ast.walk(tree) for word in WORD.findall(_text(node))}

    def go(self, method: str, path: str) -> bool:
        """Whether it goes a way: with its very words, or with words put in that the file writes elsewhere."""
        parts = path.split("/")
        return any(
            method == by and len(parts) == len(said) and all(map(self._fits, parts, said))
            for by, said in self.asked
        )

    def _fits(self, part: str, said: str) -> bool:
        return part.startswith("{") or part == said or (said == PUT_IN and part in self.words)


def _asked(tree: ast.Module) -> Iterator[Asked]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            said = [_text(each) for each in node.args]
            if name in VERBS:
                yield from ((VERBS[name], path) for path in map(_path, said) if path)
            yield from _pairs(said)
        elif isinstance(node, ast.Tuple | ast.List):
            yield from _pairs([_text(each) for each in node.elts])


def _pairs(said: list[str]) -> Iterator[Asked]:
    for method, after in pairwise(said):
        if method in METHODS and (path := _path(after)):
            yield method, path


def _path(text: str) -> str:
    path = re.sub(r"^(http://avoir)?(/api(?=/))?", "", text).partition("?")[0]
    return path.rstrip("/") if path.startswith("/") else ""


def _text(node: ast.AST) -> str:
    """A text as it is written, with `PUT_IN` for what is put into it."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(each) if isinstance(each, ast.Constant) else PUT_IN for each in node.values)
    return ""


def main(page_: Path = PAGE) -> None:
    """Write the page."""
    page_.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
