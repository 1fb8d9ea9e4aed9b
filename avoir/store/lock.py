"""One server for each SQLite file: a lock beside it says so, and dies with its holder."""

import fcntl
import os
from typing import IO


class AlreadyServed(RuntimeError):
    """Another server serves this file."""


def serve_alone(path: str) -> IO[str]:
    """Hold the file's lock until the handle is closed or the process ends. Raises `AlreadyServed`."""
    handle = open(f"{path}.lock", "a+", encoding="utf-8")  # noqa: SIM115 - held as long as the process.
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.seek(0)
        holder = handle.read().strip() or "unknown"
        handle.close()
        raise AlreadyServed(
            f"{path} is already served by process {holder}. SQLite has one server a file; "
            "for several, use PostgreSQL."
        ) from None
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle
