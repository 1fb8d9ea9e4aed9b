"""Days in filters, as the contract names them: relative and specific."""

import pytest

from avoir.app.reads.graph_filter import MalformedFilter, condition_of
from avoir.app.reads.graph_lists import INVOICES
from tests.ledger import line

TODAY = "2026-11-22"  # A Sunday.
DAYS = [
    ("today", "2026-11-22", "2026-11-22"),
    ("yesterday", "2026-11-21", "2026-11-21"),
    ("tomorrow", "2026-11-23", "2026-11-23"),
    ("on 2026-02-28", "2026-02-28", "2026-02-28"),
    ("before 2026-03-01", "0001-01-01", "2026-02-28"),
    ("after 2024-07-14", "2024-07-15", "9999-12-31"),
    ("on or after '2024-10-10'", "2024-10-10", "9999-12-31"),
    ("on or before 2024-10-10T10:00:00", "0001-01-01", "2024-10-10"),
    ("in 3 weeks", "2026-12-13", "2026-12-13"),
    ("in 3 months", "2027-02-22", "2027-02-22"),
    ("2 quarters ago", "2026-05-22", "2026-05-22"),
    ("1 day ago", "2026-11-21", "2026-11-21"),
    ("current week", "2026-11-16", "2026-11-22"),
    ("CURRENT MONTH", "2026-11-01", "2026-11-30"),
    ("current quarter", "2026-10-01", "2026-12-31"),
    ("current year", "2026-01-01", "2026-12-31"),
    ("last month", "2026-10-01", "2026-10-31"),
    ("past 2 weeks", "2026-11-02", "2026-11-15"),
    ("next quarter", "2027-01-01", "2027-03-31"),
    ("next 2 years", "2027-01-01", "2028-12-31"),
]


@pytest.mark.parametrize(("words", "first", "last"), DAYS)
def test_words_name_days(words, first, last):
    condition = condition_of(f"dueAt is {words}", INVOICES.columns, TODAY)
    assert [condition.params["f0"], condition.params["f1"]] == [first, last]
    assert condition.sql == "(substr(t.due_on, 1, 10) BETWEEN :f0 AND :f1)"
    for negation in ("is not", "is_not"):
        negated = condition_of(f"dueAt {negation} {words}", INVOICES.columns, TODAY)
        assert negated.sql == "(NOT (substr(t.due_on, 1, 10) BETWEEN :f0 AND :f1))"


def test_a_month_that_is_too_short_ends_on_its_last_day():
    condition = condition_of("dueAt is 1 month ago", INVOICES.columns, "2024-03-31")
    assert condition.params["f0"] == "2024-02-29"


@pytest.mark.parametrize(
    ("words", "position"),
    [
        ("dueAt is soon", 10), ("dueAt is after 2026-02-30", 10), ("dueAt is in 9999 years", 10),
        ("dueAt is in 0 days", 13), ("dueAt is in 1.5 days", 13), ("dueAt is current decade", 18),
        ("dueAt is 3 days", 16), ("dueAt is on or 2026-01-01", 16), ("dueAt is", 9),
        ("amount is today", 11), ("dueAt is 9999 years ago", 10), ("dueAt is before 0001-01-01", 10),
    ],
)  # fmt: skip
def test_what_names_no_days_is_told_where(words, position):
    with pytest.raises(MalformedFilter) as refused:
        condition_of(words, INVOICES.columns, TODAY)
    assert refused.value.facts == {"position": position}


def test_lists_are_filtered_by_days(shop):
    for due in ("2026-11-20", "2026-12-01", "2027-01-01"):
        shop.invoice(line(10), due_on=due)
    for words, ids in (
        ("dueAt is on or before 2026-12-01", ["1", "2"]),
        ("due_at is not after 2026-11-30 or dueAt is on 2027-01-01", ["1", "3"]),
        ("createdAt is before 2026-01-01", []),
        ("createdAt is after 2026-01-01 and (dueAt is on 2026-12-01)", ["2"]),
    ):
        asked = "query ($filter: String) { invoices(filter: $filter) { nodes { id } } }"
        nodes = shop.data(asked, {"filter": words})["invoices"]["nodes"]
        assert [node["id"] for node in nodes] == ids, words
