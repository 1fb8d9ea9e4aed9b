"""Where the bytes of attachments are: a folder. A file is written whole or not at all, and never changed."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Protocol

PIECE = 256 * 1024


class Files(Protocol):
    """What keeps bytes under a key. A key is made by us: letters and digits."""

    async def put(self, key: str, pieces: AsyncIterator[bytes]) -> tuple[int, str]:
        """Lay pieces down under a new key: how many bytes, and their SHA-256 in hex."""

    def pieces(self, key: str) -> AsyncIterator[bytes]:
        """What lies under a key, piece by piece. Raises `FileNotFoundError`, before the first one."""

    async def delete(self, key: str) -> None:
        """Take away what lies there, if anything does."""


class Folder:
    """Keeps each file under a name of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def put(self, key: str, pieces: AsyncIterator[bytes]) -> tuple[int, str]:
        """Write the pieces as they come, and name the file once it is whole."""
        size, digest, place = 0, sha256(), self._place(key)
        await asyncio.to_thread(self._make, place.parent)
        draft = place.with_suffix(".draft")
        try:
            with await asyncio.to_thread(draft.open, "xb") as file:
                async for piece in pieces:
                    size += len(piece)
                    digest.update(piece)
                    await asyncio.to_thread(file.write, piece)
            await asyncio.to_thread(draft.rename, place)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return size, digest.hexdigest()

    async def pieces(self, key: str) -> AsyncIterator[bytes]:
        """Read the file piece by piece."""
        with await asyncio.to_thread(self._place(key).open, "rb") as file:
            while piece := await asyncio.to_thread(file.read, PIECE):
                yield piece

    async def delete(self, key: str) -> None:
        """Take the file away."""
        await asyncio.to_thread(self._place(key).unlink, missing_ok=True)

    def _make(self, folder: Path) -> None:
        # Of parents that are missing, only the last one gets the mode that is asked for.
        for each in (self.path, folder):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _place(self, key: str) -> Path:
        if not (key.isascii() and key.isalnum()):
            raise FileNotFoundError(key)
        return self.path / key[:2] / key
