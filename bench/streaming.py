"""A server that writes one long file and lets it go, piece by piece; then says what memory that took.

Reads `[database, key, address]` as JSON; writes `[MiB, seconds, bytes]`.
"""

import asyncio
import json
import re
import sys
from pathlib import Path

from avoir.config import Settings
from avoir.main import create_app
from bench.asked import Asker


async def _written(url: str, key: str, address: str) -> tuple[float, float, int]:
    app = create_app(Settings(database_url=url, worker_seconds=0))
    async with app.router.lifespan_context(app):
        answer = await Asker(app, "authorization", f"Bearer {key}").ask(
            address, accept="text/csv", keep=False
        )
    return _most_held() / 1024, answer.seconds, answer.size


def _most_held() -> int:
    """The most KiB that this program held. What getrusage says begins with what the starting process held."""
    (most,) = re.findall(r"^VmHWM:\s*(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(most)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_written(*json.load(sys.stdin)))))
