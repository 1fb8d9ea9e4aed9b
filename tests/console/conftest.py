"""The demonstration company, made once for each worker; a browser, and people who use it."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, StorageState

from tests.conftest import RUN
from tests.console.browser import Person, chromium, person, serving
from tests.console.company import ADA, Company, demonstration
from tests.server import alone

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def company(databases) -> Iterator[Company]:
    """The demonstration company, for tests that only add to it."""
    with databases.fresh("sqlite") as url:
        yield demonstration(url, policy=False)


@pytest.fixture(scope="session")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server's mails end."""
    return tmp_path_factory.mktemp("mails")


@pytest.fixture(scope="session")
def server(company: Company, mails: Path) -> Iterator[str]:
    with serving(company.url, str(mails)) as base:
        yield base


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # No longer than its file: as long as it lives, Playwright runs an event loop in the worker's main thread.
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def signed_in() -> dict[str, StorageState]:
    """The cookies of who has signed in already, by e-mail."""
    return {}


@pytest.fixture
def somebody(
    browser: Browser, server: str, company: Company, signed_in: dict[str, StorageState]
) -> Iterator[Callable[..., Person]]:
    """Makes signed-in people. At the end no browser may have complained of anything."""
    with ExitStack() as stack:
        people = []

        def make(email: str = ADA, **how) -> Person:
            cookies = signed_in.get(email)
            people.append(person(browser, server, company.organization, email, cookies=cookies, **how))
            stack.callback(people[-1].context.close)
            signed_in.setdefault(email, people[-1].context.storage_state())
            return people[-1]

        yield make
        assert [complaint for each in people for complaint in each.complaints] == []


@pytest.fixture
def ada(somebody) -> Person:
    return somebody()


@pytest.fixture(scope="session")
def axe(request: pytest.FixtureRequest) -> str:
    """The source of axe-core, installed once in a run, outside the repository."""
    home = request.config.stash[RUN] / "console"
    with alone(request.config.stash[RUN]):
        if not (home / "installed").exists():
            home.mkdir(exist_ok=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copyfile(HERE / name, home / name)
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=home, check=True, capture_output=True, timeout=300)
            (home / "installed").touch()
    return (home / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
