"""The pages of docs/reference are what `avoir schema` prints today."""

import json

import pytest

from avoir.cli import main
from tests import proof
from tests.docs import rest
from tests.house.source import ROOT

PAGES = {"refusals": "refusals.md", "postings": "posting-rules.md"}


@pytest.mark.parametrize("what", PAGES)
def test_a_reference_is_up_to_date(what, capsys):
    main(["schema", what])
    page = ROOT / "docs" / "reference" / PAGES[what]
    assert page.read_text("utf-8") == capsys.readouterr().out, f"avoir schema {what} > {page}"


def test_the_page_of_proof_is_written_from_its_figures():
    figures = json.loads(proof.FIGURES.read_text("utf-8"))
    assert proof.PAGE.read_text("utf-8") == proof.page(figures), "python -m tests.proof --write"
    assert set(figures) <= set(proof.ATTACKS)


def test_the_page_of_rest_names_every_way_and_who_tries_it():
    page, known = rest.PAGE.read_text("utf-8"), rest.tested()
    named = rest.named(page)
    assert rest.as_markdown(rest.ways(), named) == page, "python -m tests.docs.rest"
    # A new test of an old way need not be named at once; but whatever is named is true.
    assert [way for way, files in named.items() if not files or not set(files) <= set(known[way])] == []


def test_the_ways_into_rest_are_printed_without_the_tests(capsys):
    main(["schema", "rest"])
    printed = capsys.readouterr().out
    assert printed.count("\n| `") == len(rest.ways())
    assert "tested by" not in printed
