"""Decisions are short and whole, dependencies have their reasons, and links lead somewhere."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.house.source import PROJECT, ROOT, documents

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
HEADINGS = ["Context", "Decision", "Price", "Alternatives"]
DEPENDENCIES = ROOT / "docs" / "decisions" / "0007-dependencies.md"

FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_fits_on_a_screen_and_says_what_it_cost(decision):
    text = decision.read_text("utf-8")
    assert re.fullmatch(r"\d{4}(-[a-z0-9]+)+", decision.stem)
    assert len(text.splitlines()) <= 70
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS


def test_decisions_are_numbered_once():
    numbers = [decision.stem[:4] for decision in DECISIONS]
    assert len(numbers) == len(set(numbers))


def test_every_dependency_has_its_reason_in_one_line():
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    at_run_time, rest = DEPENDENCIES.read_text("utf-8").split("With the extra `s3`:")
    for_s3, for_development = rest.split("For development only:")
    assert reasons(at_run_time) == sorted(map(name, project["dependencies"]))
    assert reasons(for_s3) == sorted(map(name, extras["s3"]))
    assert ["avoir", *reasons(for_development)] == sorted(map(name, extras["dev"]))


def reasons(text: str) -> list[str]:
    """The packages a list gives a reason for."""
    return sorted(re.findall(r"^- \*\*(.+?)\*\*: \S", text, re.MULTILINE))


def name(requirement: str) -> str:
    """`uvicorn[standard]>=0.54` is uvicorn."""
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0]


def test_every_link_leads_somewhere():
    assert [
        f"{document.relative_to(ROOT)} -> {link}"
        for document in documents()
        for link in links(document)
        if not leads_somewhere(document, link)
    ] == []


def links(document: Path) -> list[str]:
    """The links of a document within this repository."""
    text = CODE.sub("", FENCE.sub("", document.read_text("utf-8")))
    found = [inline or reference for inline, reference in LINK.findall(text)]
    return [link for link in found if not re.match(r"[a-z][a-z0-9+.-]*:", link)]


def leads_somewhere(document: Path, link: str) -> bool:
    path, _, anchor = unquote(link).partition("#")
    target = (document.parent / path).resolve() if path else document
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors(target)


def anchors(document: Path) -> set[str]:
    """The anchors GitHub gives a document's headings."""
    found: set[str] = set()
    for heading in HEADING.findall(FENCE.sub("", document.read_text("utf-8"))):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        same = sum(1 for each in found if re.fullmatch(re.escape(slug) + r"(-\d+)?", each))
        found.add(f"{slug}-{same}" if same else slug)
    return found
