"""The pages of docs/reference are what `avoir schema` prints today."""

import json

import pytest

from avoir.cli import main
from tests import proof
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
