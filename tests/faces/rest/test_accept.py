"""Which form of an answer a client's Accept asks for."""

import pytest

from avoir.faces.rest.accept import CSV, JSON, PDF, XLSX, NotAcceptable, chosen

OFFERED = (JSON, PDF, CSV, XLSX)
CASES = [
    ("", JSON),
    ("*/*", JSON),
    (" , ", JSON),
    ("application/json", JSON),
    ("application/json, text/plain, */*", JSON),
    ("application/pdf", PDF),
    ("APPLICATION/PDF; q=0.9", PDF),
    ("application/pdf;q=0.1, application/csv;q=0.5", CSV),
    ("text/csv", CSV),
    ("application/pdf;q=0, */*", JSON),
    ("application/json;q=0, application/*", PDF),
    ("application/pdf;q=x", PDF),
    ("application/pdf;q=NaN", PDF),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", XLSX),
]


def test_the_form_that_is_wanted_most_is_given():
    for accept, expected in CASES:
        assert chosen(accept, OFFERED) == expected, accept


def test_what_is_not_offered_is_not_acceptable():
    for accept in ("image/png", "text/html", "application/pdf;q=0", "*/*;q=0", ";;;", "x" * 9000):
        with pytest.raises(NotAcceptable):
            chosen(accept, OFFERED)
