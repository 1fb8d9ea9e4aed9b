"""The posting rules as a page: what each function of `core/postings` says of itself."""

import inspect
from collections.abc import Sequence

import msgspec

from avoir.core import postings

HEAD = """\
# Posting rules

What each event posts, in the order of `avoir/core/postings.py`; no other file names a ledger account. This
page is printed by `avoir schema postings`; a test fails when it is not up to date.

Every entry balances in the document's currency and in the organization's base currency. Lines of the
receivable carry the customer, lines of tax payable the rate. Whatever is undone (voided, reversed, failed,
bounced) is undone by the mirror of its entry, linked to it; no entry is ever changed.

| event | posts |
|---|---|
"""


class Rule(msgspec.Struct, frozen=True):
    """One event, and what it posts."""

    event: str
    posts: str


def posting_rules() -> list[Rule]:
    """Every rule, in the order of the file."""
    # A rule gives back the entry that it posted, if any; what else stands in the file helps them.
    functions = [
        function
        for name, function in vars(postings).items()
        if inspect.isfunction(function) and function.__module__ == postings.__name__
        if not name.startswith("_") and inspect.signature(function).return_annotation == int | None
    ]
    return [Rule(each.__name__.replace("_", " "), _said(each.__doc__ or "")) for each in functions]


def as_markdown(rules: Sequence[Rule]) -> str:
    """The reference page."""
    return HEAD + "".join(f"| {rule.event} | {rule.posts} |\n" for rule in rules)


def _said(text: str) -> str:
    return "<br>".join(" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n"))
