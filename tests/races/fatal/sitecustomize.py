"""A fuse in every process of a server under test: it dies by SIGKILL at the n-th statement of its writer.

Python loads this by itself where the directory is on PYTHONPATH, which only the crash matrix sees to;
nothing of it is in the product. The fuse is a file with a number and whom to kill (`clerk`: the process,
`server`: all of its group); while it lies there, statements are counted in a file beside it. It burns once.
"""

import os
import signal
from contextlib import suppress

FUSE = os.environ.get("TESTED_FUSE", "")


def burn(what: str) -> None:
    """Count one statement; die if it is the one."""
    try:
        with open(FUSE) as file:
            at, whom = file.read().split()
    except (FileNotFoundError, ValueError):
        return
    with open(f"{FUSE}.count", "a") as counted:
        counted.write(f"{what}\n")
    with open(f"{FUSE}.count") as counted:
        number = sum(1 for _ in counted)
    if number >= int(at):
        with suppress(FileNotFoundError):
            os.unlink(FUSE)
        if whom == "server":
            os.killpg(os.getpgrp(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)


def lay() -> None:
    """Put the fuse around the two ways by which a writer's statements go; those of readers go past it."""
    from avoir.app.worker import Worker
    from avoir.store.pipeline import Pipeline
    from avoir.store.postgres import Postgres
    from avoir.store.sqlite import Sqlite

    begin, run, connect = Sqlite.begin, Sqlite._run, Postgres._connect
    send, results = Pipeline.send, Pipeline._results

    def sqlite_begin(self):
        self.writes = True
        begin(self)

    def sqlite_run(self, sql, params=()):
        if not getattr(self, "writes", False):
            return run(self, sql, params)
        burn(f"before {sql.split()[0]}")
        done = run(self, sql, params)
        if sql == "COMMIT":
            burn("after COMMIT")
        return done

    def postgres_connect(self):
        connect(self)
        self.pipeline.writes = not self.reading

    def pipeline_send(self, sql, *params, **how):
        if self.writes:
            burn(f"before {sql.split()[0]}")
        send(self, sql, *params, **how)

    def pipeline_results(self):
        if not self.writes:
            return results(self)
        # All is on its way, COMMIT perhaps too, and nobody will hear what became of it.
        self.pg.flush()
        burn("on the wire")
        found = results(self)
        burn("after the answers")
        return found

    Sqlite.begin, Sqlite._run = sqlite_begin, sqlite_run
    Pipeline.send, Pipeline._results, Pipeline.writes = pipeline_send, pipeline_results, False
    Postgres._connect = postgres_connect
    # A test has no minute to wait until a silent gateway is asked after.
    Worker.__init__.__kwdefaults__["patience"] = 1
    if os.environ.get("TESTED_SEALS"):
        from avoir.faces import back_office

        back_office.SEALED_EVERY = 0.2


if FUSE:
    lay()
