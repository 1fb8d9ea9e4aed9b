"""Accounting dates: which texts name a day, and which day that is where the organization is."""

from zoneinfo import ZoneInfo

import pytest

from avoir.core.day import InvalidDate, checked_day, day_of

TAKEN = [
    # text                              zone                   day
    ("2026-11-22",                      "UTC",                 "2026-11-22"),
    ("2024-02-29",                      "UTC",                 "2024-02-29"),
    ("0001-01-01",                      "UTC",                 "0001-01-01"),
    ("2026-11-22T23:30:00Z",            "UTC",                 "2026-11-22"),
    ("2026-11-22T23:30:00Z",            "Europe/Berlin",       "2026-11-23"),
    ("2026-11-22T23:30:00Z",            "America/New_York",    "2026-11-22"),
    ("2026-11-22T01:30:00Z",            "America/New_York",    "2026-11-21"),
    ("2026-06-20T00:00:00.000Z",        "Pacific/Auckland",    "2026-06-20"),
    ("2026-11-22T23:30:00+02:00",       "UTC",                 "2026-11-22"),
    ("2026-11-22T23:30:00-0100",        "UTC",                 "2026-11-23"),
    ("2026-11-22T23:30",                "Europe/Berlin",       "2026-11-22"),
    ("2026-11-22 23:30:00",             "Europe/Berlin",       "2026-11-22"),
    ("2026-11-22T23:30:00.123456789Z",  "Europe/Berlin",       "2026-11-23"),
    ("2026-11-22T23:30:00,5Z",          "UTC",                 "2026-11-22"),
    ("2026-03-29T01:30:00Z",            "Europe/Berlin",       "2026-03-29"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "zone", "day"), TAKEN)
def test_a_date_time_is_taken_at_its_date_where_the_organization_is(text, zone, day):
    assert day_of(text, ZoneInfo(zone)) == day


NO_DAYS = [
    "", " ", "today", "2026", "2026-11", "2026-02-30", "2026-02-29", "2026-13-01", "2026-00-10", "2026-11-00",
    "0000-01-01", "2026-W08", "2026-W08-1", "2026W081", "2026-326", "20261122", "22.11.2026", "11/22/2026",
    "2026-11-22T", "2026-11-22T25:00", "2026-11-22T10:61:00", "2026-11-22T10:00:60Z", "2026-02-30T10:00:00Z",
    "2026-11-22T10", "2026-11-22T10:00:00+25:00", "2026-11-22T10:00:00 Europe/Berlin", " 2026-11-22",
    "2026-11-22 ", "2026-11-22\n", "２０２６-11-22", "٢٠٢٦-11-22", "+2026-11-22", "-2026-11-22",
    "12026-11-22", "2026-11-22\x00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_names_no_day_of_the_calendar_is_refused(text):
    with pytest.raises(InvalidDate) as refused:
        day_of(text, ZoneInfo("UTC"), "paymentDate")
    assert (refused.value.code, refused.value.facts) == ("invalid_date", {"field": "paymentDate"})


@pytest.mark.parametrize("text", [*NO_DAYS, "2026-11-22T10:00:00Z"])
def test_the_law_itself_takes_plain_days_only(text):
    with pytest.raises(InvalidDate):
        checked_day(text)


def test_a_plain_day_is_what_it_is():
    assert checked_day("2026-11-22") == "2026-11-22"
