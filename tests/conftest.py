"""What every test may ask for: a database on each engine, and a run in which nothing was skipped."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest

from tests.server import RunDirectory

# A shared machine may pause at any time: how long one example took says nothing.
hypothesis.settings.register_profile("avoir", deadline=None, print_blob=True)
hypothesis.settings.load_profile("avoir")

ENGINES = ("sqlite", "postgres")
OWNED = pytest.StashKey[RunDirectory]()
RUN = pytest.StashKey[Path]()


# The run.


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="fail the run if any test was skipped")


def pytest_configure(config: pytest.Config) -> None:
    # xdist's workers are told the directory by their controller, which owns it.
    if worker := getattr(config, "workerinput", None):
        config.stash[RUN] = Path(worker["run_directory"])
    else:
        config.stash[OWNED] = RunDirectory()
        config.stash[RUN] = config.stash[OWNED].path


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    node.workerinput["run_directory"] = str(node.config.stash[RUN])


def pytest_unconfigure(config: pytest.Config) -> None:
    if owned := config.stash.get(OWNED, None):
        owned.close()


def skipped(config: pytest.Config) -> int:
    """How many tests, or whole files, were skipped, with `--no-skips`."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", ())) if config.getoption("no_skips") and reporter else 0


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.exitstatus == pytest.ExitCode.OK and skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if count := skipped(config):
        terminalreporter.section("--no-skips", red=True)
        terminalreporter.line(f"{count} skipped: a test that did not run proves nothing, so this run failed")


# Databases.


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Iterator:
    from tests.databases import Databases

    worker = getattr(request.config, "workerinput", {"workerid": "main"})["workerid"]
    databases = Databases(request.config.stash[RUN], worker)
    yield databases
    databases.close()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn: what touches a database is tested on both."""
    return request.param


@pytest.fixture
def fresh_url(databases, engine: str) -> Iterator[Callable[..., str]]:
    """Makes as many databases as a test needs: `fresh_url()`, or `fresh_url(migrated=False)`."""
    with ExitStack() as stack:
        yield lambda *, migrated=True: stack.enter_context(databases.fresh(engine, migrated=migrated))


@pytest.fixture
def url(fresh_url: Callable[..., str]) -> str:
    """A migrated, empty database of the test's own."""
    return fresh_url()


@pytest.fixture
def blank_url(fresh_url: Callable[..., str]) -> str:
    """A database of the test's own without any table, for the tests of migrations."""
    return fresh_url(migrated=False)
