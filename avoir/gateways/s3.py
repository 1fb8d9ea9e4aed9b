"""Attachments in S3, or in anything that speaks like it. Needs the extra `s3`.

Who we are there is told by the environment, as everywhere: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
`AWS_REGION`, and `AWS_ENDPOINT` for another than Amazon's own (`AWS_ALLOW_HTTP=true` where it has no TLS).
"""

from collections.abc import AsyncIterator
from hashlib import sha256

import obstore
from obstore.store import S3Store

from avoir.gateways.files import PIECE


class Bucket:
    """Keeps each file as an object, under a key that begins with a prefix. Raises obstore's own errors."""

    def __init__(self, bucket: str, prefix: str = "") -> None:
        self.store = S3Store(bucket, prefix=prefix or None)

    async def put(self, key: str, pieces: AsyncIterator[bytes]) -> tuple[int, str]:
        """Send the pieces as they come; the object is there once it is whole, and not before."""
        size, digest = 0, sha256()

        async def counted() -> AsyncIterator[bytes]:
            nonlocal size
            async for piece in pieces:
                size += len(piece)
                digest.update(piece)
                yield piece

        await obstore.put_async(self.store, self._place(key), counted())
        return size, digest.hexdigest()

    async def pieces(self, key: str) -> AsyncIterator[bytes]:
        """Read the object piece by piece. Raises `FileNotFoundError`."""
        found = await obstore.get_async(self.store, self._place(key))
        async for piece in found.stream(min_chunk_size=PIECE):
            yield bytes(piece)

    async def delete(self, key: str) -> None:
        """Take the object away. S3 does not say whether there was one."""
        await obstore.delete_async(self.store, self._place(key))

    def _place(self, key: str) -> str:
        if not (key.isascii() and key.isalnum()):
            raise FileNotFoundError(key)
        return f"{key[:2]}/{key}"
