"""Documents by their hash: what a client registers itself, and a list that the operator knows."""

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from cachetools import LRUCache
from graphql import GraphQLError

REMEMBERED_CHARACTERS = 1024 * 1024
"""Of all documents together that clients have registered; the least used go first."""
_HASH = re.compile(r"[0-9a-f]{64}")


class BadDocumentList(Exception):
    """The operator's list of documents cannot be read."""


class Persisted:
    """Gives the text of a document by its SHA-256 (the protocol of automatic persisted queries).

    `listed` are the operator's own, by id or hash. With `listed_only` nothing else is executed.
    """

    def __init__(self, listed: Mapping[str, str] | None = None, *, listed_only: bool = False) -> None:
        self.listed, self.listed_only = dict(listed or {}), listed_only
        self._registered: LRUCache[str, str] = LRUCache(REMEMBERED_CHARACTERS, getsizeof=len)

    def text(self, query: str | None, extensions: Mapping[str, Any]) -> str:
        """The document to execute. Raises `GraphQLError` for one that is not known, or not allowed."""
        asked = extensions.get("persistedQuery")
        wanted = asked.get("sha256Hash") if isinstance(asked, dict) else None
        if query is None:
            return self._known(wanted)
        if self.listed_only and hash_of(query) not in self.listed:
            raise _no("this server executes the documents of its list only", "PERSISTED_QUERY_NOT_LISTED")
        if wanted is not None and wanted != hash_of(query):
            raise _no("the sha256Hash is not that of the query", "PERSISTED_QUERY_HASH_MISMATCH")
        if wanted is not None and not self.listed_only and len(query) < REMEMBERED_CHARACTERS // 8:
            self._registered[wanted] = query
        return query

    def _known(self, wanted: Any) -> str:
        known = None
        if isinstance(wanted, str):
            known = self.listed.get(wanted)
            if known is None and not self.listed_only and _HASH.fullmatch(wanted):
                known = self._registered.get(wanted)
        if known is None:
            # Clients know these very words, and send the whole document next.
            raise _no("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
        return known


def hash_of(text: str) -> str:
    """What a document is known by."""
    return sha256(text.encode()).hexdigest()


def read_list(path: str) -> dict[str, str]:
    """The documents of a file, each by its id and by its hash. Raises `BadDocumentList`.

    The file is JSON: texts by id, or the manifest that Apollo's tools write (`operations` of `id`, `body`).
    """
    try:
        told = msgspec.json.decode(Path(path).read_bytes())
        if isinstance(told, dict) and isinstance(told.get("operations"), list):
            told = {each["id"]: each["body"] for each in told["operations"]}
        texts = msgspec.convert(told, dict[str, str])
    except (OSError, msgspec.MsgspecError, KeyError, TypeError) as problem:
        raise BadDocumentList(f"{path} is no list of documents: {problem}") from None
    return texts | {hash_of(text): text for text in texts.values()}


def _no(message: str, code: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})
