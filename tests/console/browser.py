"""A server in a thread and Debian's browser in front of it; and a person who uses them."""

import contextlib
import shutil
import threading
import time
from collections.abc import Iterator

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from avoir.config import load
from avoir.main import create_app
from tests.console.company import PASSWORD
from tests.console.visitor import PATIENCE

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 390, "height": 844}


@contextlib.contextmanager
def serving(url: str, mails: str = "") -> Iterator[str]:
    """A server on a port of its own, and how it is reached; its mails go into a folder, if one is given."""
    app = create_app(load({"database_url": url} | ({"mail_folder": mails} if mails else {}), {}))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's chromium, without a screen."""
    path = shutil.which("chromium")
    assert path, "the tests of the console need chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Person:
    """Somebody who is signed in. What the browser complains of is kept, and must be nothing."""

    def __init__(self, context: BrowserContext, base: str, organization: str) -> None:
        self.context, self.base = context, f"{base}/console/{organization}"
        context.set_default_timeout(PATIENCE * 1000)
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def sign_in(self, email: str) -> "Person":
        self.page.goto(f"{self.base}/invoices")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(f"{self.base}/invoices")
        return self

    def open(self, path: str) -> Page:
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        return self.page


def person(
    browser: Browser,
    base: str,
    organization: str,
    email: str,
    *,
    size: dict = WIDE,
    scheme: str = "light",
    script: bool = True,
    cookies: StorageState | None = None,
) -> Person:
    """A person with a browser of their own; with the cookies of an earlier sign-in they need none."""
    context = browser.new_context(
        viewport=size, color_scheme=scheme, java_script_enabled=script, locale="en-US", storage_state=cookies
    )
    somebody = Person(context, base, organization)
    return somebody if cookies else somebody.sign_in(email)
