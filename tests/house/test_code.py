"""What holds for every file of the package. A rule said twice in review becomes a test here."""

import ast
import re
import sys

from tests.house.source import Function, imported, sources

LAW = "avoir/core"
DOABLE = "avoir/app"
ASIDE = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
MADE_OF_WHAT_IT_IS_GIVEN = {"uuid.UUID"}
AMBIENT_MODULES = {"os", "random", "secrets", "time", "uuid"}
CLOCK = re.compile(r"\b(date|datetime)\.(now|today|utcnow|fromtimestamp)$")


def test_a_file_fits_in_the_head_and_a_function_on_a_screen():
    long = [f"{each.path} ({n} lines)" for each in sources() if (n := each.text.count("\n")) > 400]
    long += [
        f"{each.at(function)} {function.name} ({lines} lines)"
        for each in sources()
        for function in each.all(ast.FunctionDef, ast.AsyncFunctionDef)
        if (lines := function.end_lineno - function.lineno + 1) > 50
    ]
    assert long == []


def test_nothing_is_put_off():
    assert [
        f"{each.path}:{number} {line.strip()}"
        for each in sources()
        for number, line in enumerate(each.text.splitlines(), 1)
        if ASIDE.search(line)
    ] == []


def test_no_error_is_swallowed():
    everything = {"Exception", "BaseException"}

    def swallows(handler: ast.ExceptHandler) -> bool:
        caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        broad = any(kind is None or (isinstance(kind, ast.Name) and kind.id in everything) for kind in caught)
        return broad and all(isinstance(line, ast.Pass) or is_text(line) for line in handler.body)

    def is_text(line: ast.stmt) -> bool:
        return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)

    def suppresses(call: ast.Call) -> bool:
        named = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        return named == "suppress" and any(getattr(kind, "id", "") in everything for kind in call.args)

    found = [each.at(node) for each in sources() for node in each.all(ast.ExceptHandler) if swallows(node)]
    found += [each.at(node) for each in sources() for node in each.all(ast.Call) if suppresses(node)]
    assert found == []


def test_only_the_command_line_prints():
    assert [
        each.at(call)
        for each in sources()
        if not each.within("avoir/cli.py", "avoir/cli")
        for call in each.all(ast.Call)
        if isinstance(call.func, ast.Name) and call.func.id in {"print", "pprint"}
    ] == []


def test_no_float_comes_near_money():
    found = [
        each.at(node)
        for each in sources()
        if each.within(LAW, DOABLE)
        for node in each.all(ast.Constant, ast.Call)
        if isinstance(getattr(node, "value", None), float | complex)
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float")
    ]
    assert found == []


def test_the_law_imports_the_standard_library_msgspec_and_itself():
    assert [
        f"{each.at(node)} {name}"
        for each in sources()
        if each.within(LAW)
        for node, name in imported(each)
        if not name.startswith("avoir.core")
        and name.split(".")[0] not in {"msgspec", *sys.stdlib_module_names}
    ] == []


def test_the_law_knows_no_clock_no_chance_and_no_machine():
    law = [each for each in sources() if each.within(LAW)]
    found = [
        f"{each.at(node)} {name}"
        for each in law
        for node, name in imported(each)
        if name.split(".")[0] in AMBIENT_MODULES and name not in MADE_OF_WHAT_IT_IS_GIVEN
    ]
    # `datetime.now()`, `date.today()`: time enters with the request.
    found += [
        f"{each.at(call)} {ast.unparse(call)}"
        for each in law
        for call in each.all(ast.Call)
        if CLOCK.search(ast.unparse(call.func))
    ]
    assert found == []


def test_every_module_says_what_it_is():
    assert [each.path for each in sources() if not ast.get_docstring(each.tree)] == []


def test_all_that_is_public_in_the_law_and_above_it_says_what_it_is():
    assert [
        f"{each.at(node)} {node.name}"
        for each in sources()
        if each.within(LAW, DOABLE)
        for node in each.tree.body
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_")
        if not ast.get_docstring(node)
    ] == []
