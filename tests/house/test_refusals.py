"""Every refusal can be told apart by machines, chosen a status for by the faces, and read by people."""

import importlib
import inspect
import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import avoir
from avoir.core.errors import Kind, Refusal


@cache
def refusals() -> tuple[type[Refusal], ...]:
    """Every refusal any module of Avoir declares, however deep it derives."""
    for module in pkgutil.walk_packages(avoir.__path__, "avoir."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    def derived(kind: type[Refusal]) -> Iterator[type[Refusal]]:
        for each in kind.__subclasses__():
            yield each
            yield from derived(each)

    found = {each for each in derived(Refusal) if each.__module__.split(".")[0] == "avoir"}
    return tuple(sorted(found, key=lambda each: (each.__module__, each.__qualname__)))


def test_every_refusal_has_a_code_of_its_own():
    users = defaultdict(list)
    for refusal in (Refusal, *refusals()):
        users[vars(refusal).get("code")].append(refusal.__qualname__)
    assert users.pop(None, []) == [], "without a code"
    assert {code: names for code, names in users.items() if len(names) > 1} == {}
    assert [code for code in users if not code.isidentifier() or code != code.lower()] == []


def test_every_refusal_has_a_kind():
    assert [each for each in refusals() if not isinstance(each.kind, Kind)] == []


def test_every_refusal_has_a_sentence():
    # Its own docstring: one inherited from a base explains another rule.
    said = {each: inspect.cleandoc(vars(each).get("__doc__") or "") for each in refusals()}
    assert [each for each, sentence in said.items() if not sentence.endswith(".")] == []


def test_refusals_are_declared_beside_their_rules():
    rules = ("avoir.core.", "avoir.app.")
    assert [each for each in refusals() if not each.__module__.startswith(rules)] == []
