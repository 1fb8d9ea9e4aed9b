"""`avoir demo`: a company with a year of books, two refunds to watch, and a server to try."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from types import FrameType
from typing import Annotated, NamedTuple

from cyclopts import Parameter

from avoir.cli.office import office
from avoir.cli.options import NO_OPTIONS, Options
from avoir.cli.output import Stop
from avoir.config import PREFIX, Settings, load
from avoir.demo.calls import Credentials
from avoir.demo.file import NotADemo, make_anew
from avoir.demo.seeding import Seeding
from avoir.demo.show import Made, Show
from avoir.demo.telling import Telling
from avoir.store.database import is_sqlite, sqlite_path
from avoir.store.lock import serve_alone

FILE = "avoir-demo.db"


class Served(NamedTuple):
    """The server process of the demonstration, and where it answers."""

    process: subprocess.Popen[str]
    url: str


def demo(
    *,
    host: str | None = None,
    port: int | None = None,
    exit: Annotated[
        bool, Parameter(negative="", help="End after the printout; do not keep serving.")
    ] = False,
    options: Options = NO_OPTIONS,
) -> None:
    """Make a demonstration company, refund an invoice through GraphQL and a credit note through REST.

    The requests go over HTTP to a server process. It keeps serving, unless told to exit.

    Parameters
    ----------
    host
        The address to serve on.
    port
        The port to serve on. When not given: 8787, or a free one if that is taken.
    """
    # Nothing of the environment: a demonstration must not touch the books that AVOIR_DATABASE_URL names.
    settings = load({"database_url": options.database or FILE, "host": host, "port": port}, {})
    if not is_sqlite(settings.database_url):
        raise Stop("demo_is_embedded", "the demonstration makes a file of its own: --database FILE")
    telling = Telling(quiet=options.json)
    path = sqlite_path(settings.database_url)
    with serve_alone(os.path.realpath(path)):
        try:
            make_anew(path)
        except NotADemo as problem:
            raise Stop("not_a_demo", str(problem), database=path) from None
        started = time.monotonic_ns()
        credentials, made = asyncio.run(_seeded(settings))
    seconds = Decimal((time.monotonic_ns() - started) // 10_000_000) / 100
    with _serving(settings, chosen=port is not None) as served:
        show = Show(served.url, path, credentials, made, telling)
        facts = show.run(seconds)
        if options.json:
            options.say({"url": served.url, "database": path, **credentials._asdict(), **facts}, "")
        if not exit:
            served.process.wait()


async def _seeded(settings: Settings) -> tuple[Credentials, Made]:
    async with office(settings, create=True) as here:
        seeding = Seeding(here.door, here.access, datetime.now(UTC).date())
        organization = await seeding.company()
        scene = await seeding.year()
        credentials = await seeding.credentials(organization.public_id)
        made = Made(seeding.organization_id, scene.invoice, scene.note, seeding.today, seeding.asked)
        return credentials, made


@contextmanager
def _serving(settings: Settings, *, chosen: bool) -> Iterator[Served]:
    """A real server process, stopped in the end."""
    served = _start(settings, settings.port)
    if served is None and not chosen:
        served = _start(settings, 0)
    if served is None:
        raise Stop("not_served", f"the server did not start on port {settings.port}; its log says why")
    # Whoever ends us ends the server too.
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield served
    except KeyboardInterrupt:
        # The terminal has told the server as well; it finishes what waits.
        pass
    finally:
        served.process.terminate()
        served.process.wait()
        signal.signal(signal.SIGTERM, before)


def _start(settings: Settings, port: int) -> Served | None:
    """Start `avoir serve`; what it says on its first line is where it answers."""
    words = [sys.executable, "-m", "avoir", "serve", "--json", "--log-level", "warning"]
    words += ["--database", settings.database_url, "--host", settings.host, "--port", str(port)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    # The demonstration's gateway, by which no money moves.
    environment[f"{PREFIX}SANDBOX"] = "true"
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None  # noqa: S101 - for the type; it was asked for.
    said = json.loads(process.stdout.readline() or "{}")
    if "url" in said:
        return Served(process, said["url"])
    process.wait()
    return None


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
