"""The description of the REST face: whole, true, and there to be read by programs and people."""

import pytest

from avoir.faces.rest.openapi import openapi
from avoir.faces.rest.replies import known_replies
from avoir.faces.rest.routes import WAYS

LATER = {"POST /invite/users/{id}/resend"}
"""Granted some time after something else only, and empty."""
NAMES = [f"{way.method} {way.path}" for way in WAYS]


@pytest.mark.parametrize("way", WAYS, ids=NAMES)
def test_every_way_says_what_it_answers(way):
    """What is granted is described by what was seen, unless it was seen to be empty, or is a file."""
    name = f"{way.method} {way.path}"
    known = known_replies().get(name)
    assert known is not None, "no test calls it; see tests/faces/rest/observed.py"
    assert known.keys() & {"schema", "empty", "file"} or way.offers or name in LATER


def test_nothing_is_described_that_is_not_there():
    assert set(known_replies()) <= set(NAMES)


def test_a_program_gets_the_description_and_a_browser_the_page(server):
    def got(path, **headers):
        return server.runner.run(server.client.get(f"http://avoir{path}", headers=headers))

    described = got("/schema")
    assert described.headers["content-type"] == "application/json"
    assert described.json()["openapi"] == "3.1.0"
    assert len(described.json()["paths"]) == len(openapi()["paths"])
    page = got("/schema", accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert page.headers["content-type"].startswith("text/html")
    for path in ("vendor/swagger-ui-bundle.js", "vendor/swagger-ui.css", "reference.js"):
        assert f"/schema/static/{path}" in page.text
        assert got(f"/schema/static/{path}").status_code == 200
    assert "http" not in page.text.replace("http-equiv", "")
