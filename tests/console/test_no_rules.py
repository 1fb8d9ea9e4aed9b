"""A face has no rule about money: it neither adds amounts up nor takes them from each other."""

import ast
import re
from pathlib import Path

import pytest

import avoir.faces.console

CONSOLE = Path(avoir.faces.console.__file__).parent
AMOUNT = re.compile(r"_(minor|micro|nano)$")
DRAWN = {"home.html"}
"""Where the length of a bar is drawn from an amount."""


def amounts_in(node: ast.AST) -> list[str]:
    found = (each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute))
    return [name for name in found if AMOUNT.search(name) or name == "minor"]


@pytest.mark.parametrize("file", sorted(CONSOLE.glob("*.py")), ids=lambda file: file.stem)
def test_no_file_computes_with_amounts(file):
    tree = ast.parse(file.read_text("utf-8"))
    computed = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if (isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Mod | ast.BitOr) and amounts_in(node))
        or (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) in {"sum", "min", "max"}
            and amounts_in(node)
        )
        or (isinstance(node, ast.AugAssign) and amounts_in(node))
    ]
    assert computed == []


@pytest.mark.parametrize("file", sorted((CONSOLE / "templates").glob("*.html")), ids=lambda file: file.name)
def test_no_template_computes_with_amounts(file):
    said = re.findall(r"{[{%](.*?)[%}]}", file.read_text("utf-8"), re.DOTALL)
    computed = [
        each
        for each in said
        if re.search(r"(_minor|_micro)\)?\s*[-+*/]|[-+*/]\s*\(?[\w.]*(_minor|_micro)\b", each)
    ]
    assert computed == [] or file.name in DRAWN
