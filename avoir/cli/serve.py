"""`avoir serve`: the server, one process or several on one socket.

What speaks HTTP is loaded when the clerk has been started, which gets ready meanwhile.
"""

import gc
import logging
import os
import signal
import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from avoir.cli.clerks import HATCHES, Clerks
from avoir.cli.logs import start_logging
from avoir.cli.options import NO_OPTIONS, Options
from avoir.cli.output import Stop
from avoir.config import Settings, in_environment, load, without_password
from avoir.store.database import is_sqlite, open_database, sqlite_path
from avoir.store.lock import serve_alone

if TYPE_CHECKING:
    from starlette.applications import Starlette

BACKLOG = 2048
FINISH_SECONDS = 30
"""How long requests that are under way may take once the server is told to stop."""


def serve(
    *,
    host: str | None = None,
    port: int | None = None,
    processes: int | None = None,
    log_level: Annotated[str | None, Parameter(help="debug, info, warning or error.")] = None,
    options: Options = NO_OPTIONS,
) -> None:
    """Serve GraphQL and REST over HTTP, until told to stop; then finish what waits.

    Parameters
    ----------
    host
        The address to listen on.
    port
        The port to listen on; 0 takes a free one.
    processes
        Processes that speak HTTP, beside the clerk's.
    """
    settings = options.settings(host=host, port=port, processes=processes, log_level=log_level)
    start_logging(settings.log_level)
    url = settings.database_url
    with ExitStack() as held:
        if is_sqlite(url):
            one_clerk(settings)
            held.enter_context(serve_alone(os.path.realpath(sqlite_path(url))))
        listening = held.enter_context(listen(settings))
        database = open_database(url)
        database.migrate()
        database.close()
        address, bound = listening.getsockname()[:2]
        at = f"http://{f'[{address}]' if ':' in address else address}:{bound}"
        facts = {"url": at, "database": without_password(url), "processes": settings.processes}
        if options.json:
            options.say(facts, "")
        logging.getLogger("avoir").info("serving", extra=facts)
        run(settings, listening)


def app() -> "Starlette":
    """The application of one server process, with the settings of its environment."""
    from avoir.main import create_app

    settings = load({})
    start_logging(settings.log_level)
    # What was loaded stays, and need not be looked through for garbage.
    gc.freeze()
    return create_app(settings, hatches=os.environ[HATCHES].split(os.pathsep), orphaned=end)


def end() -> None:
    """End this process as if it had been told to: the one that started it is gone."""
    os.kill(os.getpid(), signal.SIGTERM)


def one_clerk(settings: Settings) -> None:
    """A file of the embedded database has one writer."""
    if settings.clerks > 1:
        raise Stop(
            "sqlite_has_one_clerk",
            f"{settings.clerks} clerks need PostgreSQL: SQLite has one writer a file",
            clerks=settings.clerks,
        )


def listen(settings: Settings) -> socket.socket:
    """The socket that all server processes answer on. Raises `Stop` when the address is not to be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        made = socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as problem:
        where = f"{settings.host}:{settings.port}"
        reason = os.strerror(problem.errno) if problem.errno else str(problem)
        raise Stop("address_unavailable", f"cannot listen on {where}: {reason}") from None
    made.set_inheritable(True)
    return made


def run(settings: Settings, listening: socket.socket, application: str = "avoir.cli.serve:app") -> None:
    """Serve until a signal says to stop."""
    # Server processes are started anew, not forked: what this one was told, they find in their environment.
    settings = msgspec.structs.replace(settings, port=listening.getsockname()[1])
    os.environ |= in_environment(settings)
    with Clerks(settings) as clerks:
        os.environ[HATCHES] = os.pathsep.join(clerks.paths)
        began = _serving(settings, listening, application)
    if not began:
        raise Stop("not_started", "the server could not start; its log says why")


def _serving(settings: Settings, listening: socket.socket, application: str) -> bool:
    """Speak HTTP until told to stop; whether it ever began."""
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    # Uvicorn, once it has finished, tells itself the signal again; there is more to be finished here.
    signal.signal(signal.SIGTERM, lambda *_: None)
    config = uvicorn.Config(
        application,
        factory=True,
        http="avoir.cli.whole:Protocol",
        ws="none",
        workers=settings.processes,
        log_config=None,
        log_level=settings.log_level,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=FINISH_SECONDS,
    )
    if settings.processes > 1:
        Multiprocess(config, sockets=[listening]).run()
        return True
    server = uvicorn.Server(config)
    server.run(sockets=[listening])
    return server.started
