"""Days in filters, as the contract names them: relative and specific."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from avoir.app.reads.graph_filter import condition_of
from avoir.app.reads.graph_lists import INVOICES
from avoir.app.reads.graph_tokens import MalformedFilter
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
    end = (date.fromisoformat(last) + timedelta(1)).isoformat() if last < "9999" else "9999-12-32"
    condition = condition_of(f"dueAt is {words}", INVOICES.columns, TODAY)
    assert [condition.params["f0"], condition.params["f1"]] == [first, end]
    assert condition.sql == "(t.due_on >= :f0 AND t.due_on < :f1)"
    for negation in ("is not", "is_not"):
        negated = condition_of(f"dueAt {negation} {words}", INVOICES.columns, TODAY)
        assert negated.sql == "(NOT (t.due_on >= :f0 AND t.due_on < :f1))"
    bare = condition_of(f"dueAt {words}", INVOICES.columns, TODAY) if not words[0].isdigit() else condition
    assert bare == condition


INSTANTS = [
    # words                                        from                         to before
    ("createdAt is today",                         "2026-11-21T23:00:00.000Z", "2026-11-22T23:00:00.000Z"),
    ("createdAt = 2026-07-01",                     "2026-06-30T22:00:00.000Z", "2026-07-01T22:00:00.000Z"),
    ("createdAt is current year",                  "2025-12-31T23:00:00.000Z", "2026-12-31T23:00:00.000Z"),
    ("createdAt is in three weeks",                "2026-12-12T23:00:00.000Z", "2026-12-13T23:00:00.000Z"),
    ("createdAt is two days ago",                  "2026-11-19T23:00:00.000Z", "2026-11-20T23:00:00.000Z"),
    ("createdAt = '2026-11-22T10:00:00'",          "2026-11-22T10:00:00.000Z", "2026-11-22T10:00:01.000Z"),
    ("createdAt = 2026-11-22T10:00:00.5Z",         "2026-11-22T10:00:00.500Z", "2026-11-22T10:00:00.501Z"),
    ("createdAt = '2026-11-22 10:00'",             "2026-11-22T10:00:00.000Z", "2026-11-22T10:01:00.000Z"),
    ("createdAt = '2026-11-22T10:00:00+02:00'",    "2026-11-22T08:00:00.000Z", "2026-11-22T08:00:01.000Z"),
    ("createdAt > 2026-11-22T10:00:00",            "2026-11-22T10:00:01.000Z", "9999-12-31T23:59:59.999Z"),
    ("createdAt is after 2026-11-22T10:00:00",     "2026-11-22T10:00:01.000Z", "9999-12-31T23:59:59.999Z"),
    ("createdAt is on or after 2026-11-22",        "2026-11-21T23:00:00.000Z", "9999-12-31T23:59:59.999Z"),
    ("createdAt < 2026-11-22",                     "0001-01-01T00:00:00.000Z", "2026-11-21T23:00:00.000Z"),
    ("createdAt <= 2026-11-22",                    "0001-01-01T00:00:00.000Z", "2026-11-22T23:00:00.000Z"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "first", "end"), INSTANTS)
def test_days_are_those_of_the_time_zone(words, first, end):
    condition = condition_of(words, INVOICES.columns, TODAY, ZoneInfo("Europe/Berlin"))
    assert [condition.params["f0"], condition.params["f1"]] == [first, end]
    assert condition.sql == "(t.created_at >= :f0 AND t.created_at < :f1)", "an index can be used"


def test_a_month_that_is_too_short_ends_on_its_last_day():
    condition = condition_of("dueAt is 1 month ago", INVOICES.columns, "2024-03-31")
    assert condition.params["f0"] == "2024-02-29"


@pytest.mark.parametrize(
    ("words", "position"),
    [
        ("dueAt is soon", 10), ("dueAt is after 2026-02-30", 10), ("createdAt > x", 13),
        ("dueAt = 2026-02-30", 9), ("dueAt is in 9999 years", 10), ("dueAt is in 0 days", 13),
        ("dueAt is in 1.5 days", 13), ("dueAt is current decade", 18), ("dueAt is 3 days", 16),
        ("dueAt is on or 2026-01-01", 16), ("dueAt is", 9), ("amount is today", 11),
        ("dueAt is 9999 years ago", 10), ("dueAt contains '2026'", 7),
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
