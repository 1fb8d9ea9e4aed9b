"""The tables that the face is made of: fields, brackets, formats, and what each refusal is called."""

import pytest

from avoir.core.errors import NotFound
from avoir.faces.body import BadBody
from avoir.faces.problem import ROOMS, WORDS, rest_type
from avoir.faces.render import grouped, is_date_format, major_of, signed, spelled
from avoir.faces.rest.query import pairs_of
from avoir.faces.rest.routes import WAYS
from tests.house.test_refusals import refusals

QUERIES = [
    ("", {}),
    ("a=1&b=2", {"a": "1", "b": "2"}),
    ("a=", {"a": ""}),
    ("a", {"a": ""}),
    ("a=1&a=2&a=3", {"a": ["1", "2", "3"]}),
    ("a[]=1&a[]=2", {"a": ["1", "2"]}),
    ("a[]=1", {"a": ["1"]}),
    ("a[0]=1&a[1]=2", {"a": ["1", "2"]}),
    ("a[b]=1&a[c]=2", {"a": {"b": "1", "c": "2"}}),
    ("a[b][c]=1", {"a": {"b": {"c": "1"}}}),
    ("a%5Bb%5D=%20x+y", {"a": {"b": " x y"}}),
    ("a=1&a[b]=2", {"a": {"b": "2"}}),
    ("[a]=1", {"[a]": "1"}),
    ("a[b=1", {"a": "1"}),
    ("a" + "[x]" * 50 + "=1", {"a": {"x": {"x": {"x": {"x": {"x": "1"}}}}}}),
]


def test_brackets_are_read_as_lists_and_objects():
    for text, expected in QUERIES:
        assert pairs_of(text) == expected, text


def test_a_query_has_an_end():
    with pytest.raises(BadBody):
        pairs_of("&".join(f"a{i}=1" for i in range(1001)))


FORMATS = [
    ("DD MMM YYYY", "03 Jun 2026"),
    ("MM/DD/YYYY", "06/03/2026"),
    ("DD/MM/YY", "03/06/26"),
    ("yyyy-MM-DD", "2026-06-03"),
    ("MMMM Do, YYYY", "June 3rd, 2026"),
    ("ddd D.M.YYYY", "Wed 3.6.2026"),
]


def test_days_are_spelled_as_the_organization_wants():
    for date_format, expected in FORMATS:
        assert is_date_format(date_format)
        assert spelled("2026-06-03", date_format) == expected
    for other in ("", "hh:mm", "DD [of] MMM", "%Y"):
        assert not is_date_format(other)


MONEY = [
    # minor  currency  number      text            with its sign
    (123456, "USD",    "1234.56",  "1,234.56",     "$1,234.56"),
    (-10,    "USD",    "-0.1",     "-0.10",        "-$0.10"),
    (0,      "EUR",    "0",        "0.00",         "€0.00"),
    (500,    "JPY",    "500",      "500.00",       "¥500.00"),
    (1234,   "KWD",    "1.234",    "1.234",        "KWD1.234"),
    (12345,  "CLF",    "1.2345",   "1.2345",       "CLF1.2345"),
]  # fmt: skip


def test_amounts_are_written_with_all_their_decimals():
    for minor, currency, number, text, with_sign in MONEY:
        assert str(major_of(minor, currency)) == number
        assert grouped(major_of(minor, currency)) == text
        assert signed(minor, currency) == with_sign


def test_every_word_of_the_table_names_a_refusal():
    codes = {each.code for each in refusals()}
    assert set(WORDS) <= codes
    for room, words in ROOMS.items():
        assert {name.split()[0] for name in words} <= codes, room


def test_every_room_of_the_table_is_one_of_the_house():
    assert set(ROOMS) <= {way.room for way in WAYS} | {"manual-journals"}


def test_what_is_missing_is_called_by_what_it_is():
    gone = NotFound("no such Invoice", kind="Invoice", id=1)
    assert rest_type(gone, "apply-invoices") == "INVOICES_IDS_NOT_FOUND"
    assert rest_type(gone, "sale-invoices") == "SALE_INVOICE_NOT_FOUND"
    assert rest_type(gone) == ""


def test_every_way_says_what_it_does_and_no_two_are_one():
    assert [way.path for way in WAYS if not (way.handle.__doc__ or "").strip().endswith(".")] == []
    assert len({(way.method, way.path) for way in WAYS}) == len(WAYS)
    # What changes something takes a body or none, and never a query.
    assert [way.path for way in WAYS if way.method != "GET" and way.query] == []
