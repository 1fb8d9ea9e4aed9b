"""Servers that rise at once: forked from a process that has loaded what a server loads.

Loading is nine tenths of a start, and a matrix of a thousand deaths has as many starts. What runs is the same
program in processes of its own, in a group of its own, and it dies the same death; it only finds its modules
there. `python -m tests.races.warm` is that process: a line of JSON asks for a server, its answer is a number.
"""

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from tests.races.servers import PATIENCE, Server


class Forge:
    """The warm process."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.races.warm"], env={**os.environ, **environment},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
            )  # fmt: skip

    def serve(self, url: str, log: Path) -> Server:
        """A server of that database, once it is ready."""
        out = log.with_name("said")
        out.write_text("")
        words = ("serve", "--json", "--port", "0", "--database", url, "--log-level", "warning")
        self.process.stdin.write(json.dumps({"words": words, "out": str(out), "log": str(log)}) + "\n")
        self.process.stdin.flush()
        server = Server.__new__(Server)
        server.log, server.process = log, Forked(int(self.process.stdout.readline()), out)
        server.at = json.loads(server.process.said())["url"]
        server._until_ready()
        return server

    def close(self) -> None:
        self.process.communicate(timeout=PATIENCE)


class Forked:
    """As much of `Popen` as is asked of a server: it is no child of ours, and leaves no code."""

    def __init__(self, pid: int, out: Path) -> None:
        self.pid, self.out = pid, out
        self.stdout = io.StringIO()

    def poll(self) -> int | None:
        """None while it lives."""
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE:
                return None
        return 0

    def wait(self, seconds: float) -> int:
        """Wait until it is gone."""
        until = time.monotonic() + seconds
        while self.poll() is None:
            assert time.monotonic() < until, "it does not end"
            time.sleep(0.002)
        return 0

    def said(self) -> str:
        """Its first line."""
        until = time.monotonic() + PATIENCE
        while not (text := self.out.read_text()).endswith("\n"):
            assert self.poll() is None, "it did not start"
            assert time.monotonic() < until, "it says nothing"
            time.sleep(0.005)
        return text.splitlines()[0]


class Child(Forked):
    """A clerk, as much of `Popen` as its server asks of it.

    It is not the server that forks: SQLite's locks are a process's own, and do not survive it. `nursery`
    leads to a process that has opened no books.
    """

    nursery: socket.socket

    def __init__(self, words: Sequence[str], *, env: Mapping[str, str], pass_fds: Sequence[int], **_: Any):
        theirs, self.lifeline = os.pipe()
        socket.send_fds(self.nursery, [json.dumps(env).encode()], [theirs, *pass_fds])
        os.close(theirs)
        super().__init__(int(self.nursery.recv(100)), Path())

    @property
    def returncode(self) -> int | None:
        return self.poll()

    def communicate(self, timeout: float) -> None:
        """Let it end, and wait for that."""
        os.close(self.lifeline)
        self.wait(timeout)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


def _nurse(asked: socket.socket) -> None:
    """Fork a clerk for everything that comes, until nobody can ask any more."""
    while True:
        said, (stdin, listening), *_ = socket.recv_fds(asked, 1 << 20, 2)
        pid = os.fork()
        if not pid:
            asked.close()
            os.dup2(stdin, 0)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            from avoir.cli import clerks

            os.environ.clear()
            os.environ.update(json.loads(said) | {clerks.LISTENING: str(listening)})
            sys.stdin = open(0)  # noqa: SIM115
            clerks.main()
        os.close(stdin)
        os.close(listening)
        asked.send(str(pid).encode())


def _become_a_server(asked: dict[str, Any]) -> None:
    try:
        os.setsid()
        written = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        said, log = os.open(asked["out"], written), os.open(asked["log"], written)
        for n, file in enumerate((os.open(os.devnull, os.O_RDONLY), said, log)):
            os.dup2(file, n)
        Child.nursery, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if not os.fork():
            Child.nursery.close()
            _nurse(theirs)
        theirs.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        from avoir.cli import main

        main(asked["words"])
    finally:
        os._exit(1)


def main() -> None:
    """Load, then fork a server for every line."""
    import avoir.main
    import avoir.store.postgres
    import avoir.store.sqlite  # noqa: F401
    from avoir.cli import clerks, serve  # noqa: F401

    import uvicorn.supervisors  # noqa: F401  # isort: skip

    clerks.subprocess = type("Forking", (), {
        "Popen": Child, "PIPE": subprocess.PIPE, "DEVNULL": subprocess.DEVNULL,
        "TimeoutExpired": subprocess.TimeoutExpired,
    })  # fmt: skip
    # Nobody waits for a server by its number here: whoever asked looks whether it lives.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _become_a_server(json.loads(line))
        print(pid, flush=True)


if __name__ == "__main__":
    main()
