"""A visitor of the console without a browser: cookies are kept, forms are filled in as they were rendered."""

import asyncio
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from avoir.app.reads.mails import waiting
from avoir.config import Settings
from avoir.core.access import DIRECTORY
from avoir.main import create_app
from tests.console.company import ADA, PASSWORD

PATIENCE = 60
"""So many seconds something is waited for, on a machine that has more to do."""


class Forms(HTMLParser):
    """Every form of a page: where it goes, and what is in its fields."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[dict] = []
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        had = dict(attrs)
        if tag == "form":
            self.forms.append({"action": had.get("action"), "fields": {}})
        if not self.forms:
            return
        fields = self.forms[-1]["fields"]
        if tag == "select":
            self._select = had.get("name", "")
        if tag == "option" and self._select and (self._select not in fields or "selected" in had):
            fields[self._select] = had.get("value", "")
        if tag == "input" and had.get("name"):
            ticked = had.get("type") not in ("radio", "checkbox") or "checked" in had
            if ticked:
                fields[had["name"]] = had.get("value", "")


class Visitor:
    """Somebody with cookies."""

    def __init__(self, runner: asyncio.Runner, app, organization: str = "") -> None:
        self.runner, self.app, self.organization = runner, app, organization
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://avoir")

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.runner.run(self.client.get(self._at(path), headers=headers))

    def post(self, path: str, fields: dict, **headers: str) -> httpx.Response:
        return self.runner.run(self.client.post(self._at(path), data=fields, headers=headers))

    def form(self, path: str, having: str = "") -> dict:
        """The fields of the form of a page that posts, and has a field of that name."""
        found = [each["fields"] for each in Forms(self.get(path).text).forms if "token" in each["fields"]]
        return next(each for each in found if "key" in each and (not having or having in each))

    def send(self, path: str, page: str = "", having: str = "", **fields: str) -> httpx.Response:
        """Fill in the form of a page, and send it."""
        return self.post(path, self.form(page or path, having) | fields)

    def proven(self) -> str:
        """What the page of the proof says once all of it was proven again."""
        path = self.send("/settings/proof").headers["location"].partition(self.organization)[2]
        self.until(path, lambda text: 'class="badge info">Running' not in text)
        return self.get("/settings/proof").text

    def until(self, path: str, true: Callable[[str], bool]) -> str:
        """A page once something is true of it."""
        end = time.monotonic() + PATIENCE
        while not true(text := self.get(path).text):
            assert time.monotonic() < end, f"{path} stays as it is"
            self.runner.run(asyncio.sleep(0.01))
        return text

    def sign_in(self, email: str = ADA, password: str = PASSWORD) -> httpx.Response:
        fields = Forms(self.get("/console/sign-in").text).forms[0]["fields"]
        return self.post("/console/sign-in", fields | {"email": email, "password": password})

    def another(self, organization: str = "") -> "Visitor":
        """The same server, a browser of its own."""
        return Visitor(self.runner, self.app, organization or self.organization)

    def _at(self, path: str) -> str:
        known = path.startswith(("/console", "/auth/")) or path == "/"
        return path if known else f"/console/{self.organization}{path}"

    def link(self) -> str:
        """Where the last mail leads to, under this server; what waits goes out first."""
        self.runner.run(_carried(self.app))
        return link_in(Path(self.app.state.settings.mail_folder))


async def _carried(app) -> None:
    async with asyncio.timeout(PATIENCE):
        while await app.state.door.read(waiting, DIRECTORY, "9999", 1):
            await app.state.postman.round(datetime.now(UTC))


def link_in(folder: Path) -> str:
    """The path of the link in the last mail of a folder."""
    last = sorted(folder.glob("*.eml"))[-1]
    text = message_from_bytes(last.read_bytes(), policy=default).get_content()
    (link,) = re.findall(r"https?://\S+", text)
    asked = urlsplit(link)
    return asked.path + (f"?{asked.query}" if asked.query else "")


@contextmanager
def visiting(url: str, organization: str, **settings) -> Iterator[Visitor]:
    """A server of the database, and somebody who is not known to it yet."""
    with asyncio.Runner() as runner, tempfile.TemporaryDirectory() as mails:
        app = create_app(Settings(database_url=url, mail_folder=mails, **settings))
        lifespan = app.router.lifespan_context(app)
        runner.run(lifespan.__aenter__())
        try:
            yield Visitor(runner, app, organization)
        finally:
            runner.run(lifespan.__aexit__(None, None, None))
