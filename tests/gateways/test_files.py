"""Where attachments are kept: the same promises from a folder and from a bucket of S3."""

import asyncio
import builtins
import sys
from collections.abc import AsyncIterator
from hashlib import sha256

import pytest

from avoir.config import BadSetting, load
from avoir.gateways.files import Files, Folder
from avoir.gateways.storage import MissingExtra, files_at
from tests.faces.rest.api import served
from tests.faces.rest.test_attachments import PDF, kept
from tests.gateways.bucket import shelf

PIECE = 256 * 1024


@pytest.fixture
def bucket(monkeypatch):
    """A server that speaks like S3, and is the one that the environment names."""
    with shelf() as server:
        for name, value in {
            "ACCESS_KEY_ID": "who", "SECRET_ACCESS_KEY": "secret", "REGION": "eu-central-1",
            "ENDPOINT": server.url, "ALLOW_HTTP": "true",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"AWS_{name}", value)
        yield server


@pytest.fixture(params=["folder", "s3"])
def files(request, tmp_path) -> Files:
    if request.param == "folder":
        return files_at("", str(tmp_path / "files"))
    request.getfixturevalue("bucket")
    return files_at("s3://books/some/where", "")


async def pieces(count: int, *, broken: bool = False) -> AsyncIterator[bytes]:
    for number in range(count):
        yield bytes([number % 256]) * PIECE
    if broken:
        raise ConnectionError("the client is gone")


async def read(files: Files, key: str) -> bytes:
    return b"".join([piece async for piece in files.pieces(key)])


@pytest.mark.parametrize("count", [0, 1, 41])
def test_what_was_laid_down_is_read_as_it_was(files, count):
    async def story() -> None:
        size, digest = await files.put("abc1", pieces(count))
        content = await read(files, "abc1")
        assert (size, digest) == (count * PIECE, sha256(content).hexdigest())
        assert content == b"".join([piece async for piece in pieces(count)])

    asyncio.run(story())


@pytest.mark.parametrize("count", [1, 41])
def test_what_broke_off_is_not_there(files, count):
    async def story() -> None:
        with pytest.raises(ConnectionError):
            await files.put("abc1", pieces(count, broken=True))
        with pytest.raises(FileNotFoundError):
            await read(files, "abc1")

    asyncio.run(story())


def test_what_is_taken_away_is_gone_and_may_be_taken_away_twice(files):
    async def story() -> None:
        await files.put("abc1", pieces(1))
        await files.put("abc2", pieces(2))
        for _ in range(2):
            await files.delete("abc1")
        with pytest.raises(FileNotFoundError):
            await read(files, "abc1")
        assert len(await read(files, "abc2")) == 2 * PIECE

    asyncio.run(story())


@pytest.mark.parametrize("key", ["../abc", "a/b", "", "é"])
def test_a_key_is_letters_and_digits(files, key):
    async def story() -> None:
        with pytest.raises(FileNotFoundError):
            await read(files, key)
        with pytest.raises(FileNotFoundError):
            await files.put(key, pieces(1))

    asyncio.run(story())


def test_objects_lie_under_the_prefix_and_requests_are_signed(bucket):
    asyncio.run(files_at("s3://books/some/where/", "").put("abc1", pieces(1)))
    asyncio.run(files_at("s3://books", "").put("abc1", pieces(1)))
    assert sorted(bucket.objects) == ["/books/ab/abc1", "/books/some/where/ab/abc1"]
    assert all(each.startswith("AWS4-HMAC-SHA256 Credential=who/") for each in bucket.signed)


def test_a_server_keeps_its_attachments_in_the_bucket(bucket, url):
    with served(url, files_url="s3://books/files") as server:
        api = server.organization()
        id = kept(api)
        (content,) = bucket.objects.values()
        assert content == PDF == api.read(f"/attachments/{id}").content
        assert api.delete(f"/attachments/{id}").status == 200
        assert bucket.objects == {}


def test_without_the_extra_it_is_said_what_is_missing(monkeypatch, tmp_path):
    def none(name, *rest, real=builtins.__import__):
        if name == "obstore" or name.startswith("obstore."):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.delitem(sys.modules, "avoir.gateways.s3", raising=False)
    monkeypatch.setattr(builtins, "__import__", none)
    with pytest.raises(MissingExtra):
        files_at("s3://books", "")
    assert isinstance(files_at("", str(tmp_path)), Folder)


@pytest.mark.parametrize("given", ["http://books", "s3://", "books"])
def test_no_other_address_is_a_place_for_files(given):
    with pytest.raises(BadSetting):
        load({"files_url": given}, {})
