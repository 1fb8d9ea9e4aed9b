"""The demonstration company, made once for each worker; a browser, and people who use it."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

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
def server(company: Company) -> Iterator[str]:
    with serving(company.url) as base:
        yield base


@pytest.fixture
def browser() -> Iterator[Browser]:
    # One for each test: as long as it lives, Playwright runs an event loop in the worker's main thread.
    with chromium() as browser:
        yield browser


@pytest.fixture
def somebody(browser: Browser, server: str, company: Company) -> Iterator[Callable[..., Person]]:
    """Makes signed-in people. At the end no browser may have complained of anything."""
    with ExitStack() as stack:
        people = []

        def make(email: str = ADA, **how) -> Person:
            people.append(person(browser, server, company.organization, email, **how))
            stack.callback(people[-1].context.close)
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
