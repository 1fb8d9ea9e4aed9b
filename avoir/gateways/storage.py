"""Which place keeps the files: a folder, or a bucket of S3."""

from pathlib import Path
from urllib.parse import urlsplit

from avoir.gateways.files import Files, Folder


class MissingExtra(Exception):
    """The setting needs what was not installed."""


def files_at(url: str, folder: str) -> Files:
    """A bucket (`s3://bucket/prefix`), or the folder when there is no address. Raises `MissingExtra`."""
    if not url:
        return Folder(Path(folder))
    try:
        # Loaded where it is used: most installations keep files in a folder.
        from avoir.gateways.s3 import Bucket
    except ImportError:
        raise MissingExtra("files in S3 need the extra of that name: pip install 'avoir[s3]'") from None
    parts = urlsplit(url)
    return Bucket(parts.netloc, parts.path.strip("/"))
