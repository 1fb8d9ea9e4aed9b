"""The tree of ways: it finds what a search through the table from its top would."""

import re
from itertools import product

import pytest

from avoir.faces.rest.routes import WAYS
from avoir.faces.rest.tree import Tree

TREE = Tree([(way.method, way.path, way) for way in WAYS], None)
PATTERNS = [(way, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", way.path))) for way in WAYS]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def first(method: str, path: str):
    """The first way of the table whose pattern is the path's."""
    for way, pattern in PATTERNS:
        found = pattern.fullmatch(path)
        if way.method == method and found:
            return way, found.groupdict()
    return None


@pytest.mark.parametrize("word", ["7", "state", "{}"])
def test_every_way_is_found_and_no_other(word):
    for method, way in product(METHODS, WAYS):
        path = re.sub(r"\{\w+\}", word, way.path)
        assert TREE.find(method, path.strip("/")) == first(method, path), (method, path)


def test_what_is_no_way_is_not_found():
    for path in ("", "credit-notes/", "credit-notes//refunds", "credit-notes/1/refunds/", "nothing", "{}"):
        assert TREE.find("GET", path) is None, path
    assert TREE.find("TRACE", "credit-notes") is None


def test_a_head_goes_the_way_of_a_get():
    assert TREE.find("HEAD", "credit-notes") == TREE.find("GET", "credit-notes")
