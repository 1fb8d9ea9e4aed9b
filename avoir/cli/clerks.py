"""Clerks in processes of their own: `python -m avoir.cli.clerks` is one, `Clerks` starts and watches them."""

import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType

from avoir.app.clerk import Clerk, Weather
from avoir.cli.logs import start_logging
from avoir.config import Settings, in_environment, load
from avoir.store.books import Books
from avoir.store.database import open_database
from avoir.store.hatch import Hatch
from avoir.store.protocol import Database

log = logging.getLogger("avoir")
HATCHES = "AVOIR_HATCHES"
"""The sockets of the clerks, as server processes find them in their environment."""
LISTENING = "AVOIR_LISTENING"
BACKLOG = 1024
AGAIN_SECONDS = 0.2
"""A clerk that dies is followed by another, but not at once for ever."""
FINISH_SECONDS = 30


class Clerks:
    """The clerks of one server, started anew when they die; ended with it, however it ends.

    The listening sockets are held here, so that what is asked between two clerks waits for the second.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._ending = threading.Event()
        self._home = tempfile.TemporaryDirectory(prefix="avoir-")
        self.paths: list[str] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> "Clerks":
        for number in range(self.settings.clerks):
            path = str(Path(self._home.name) / f"clerk{number}")
            listening = socket.socket(socket.AF_UNIX)
            listening.bind(path)
            listening.listen(BACKLOG)
            started = self._start(listening)
            thread = threading.Thread(target=self._see_to, args=(started, listening), daemon=True)
            thread.start()
            self.paths.append(path)
            self._threads.append(thread)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()
        self._home.cleanup()

    def _start(self, listening: socket.socket) -> "subprocess.Popen[bytes]":
        environment = os.environ | in_environment(self.settings) | {LISTENING: str(listening.fileno())}
        return subprocess.Popen(
            [sys.executable, "-m", "avoir.cli.clerks"],
            env=environment,
            pass_fds=(listening.fileno(),),
            # Its lifeline: it ends when we let go of the other end, or are killed.
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )

    def _see_to(self, process: "subprocess.Popen[bytes]", listening: socket.socket) -> None:
        with listening:
            while not self._ending.wait(AGAIN_SECONDS):
                if process.poll() is not None:
                    log.error("a clerk died, and another takes its place", extra={"code": process.returncode})
                    process = self._start(listening)
            try:
                process.communicate(timeout=FINISH_SECONDS)
            except subprocess.TimeoutExpired:
                log.error("a clerk does not end, and is killed")
                process.kill()
                process.wait()


def main() -> None:
    """Be a clerk, until standard input ends."""
    settings = load({})
    start_logging(settings.log_level)
    # A terminal, or whoever ends the server, tells all its processes; a clerk is the last to go.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    listening = socket.socket(fileno=int(os.environ[LISTENING]))
    database = _reached(settings.database_url)
    clerk = Clerk(Books(database), lambda outs: None, alone=database.alone)
    Hatch(clerk, listening, sys.stdin.fileno()).serve()


def _reached(url: str) -> Database:
    while True:
        try:
            return open_database(url)
        except Weather as problem:
            log.warning("the database is away", extra={"reason": str(problem)})
            time.sleep(AGAIN_SECONDS)


if __name__ == "__main__":
    main()
