"""What signs our tokens: the newest key signs, and older ones are believed until their end.

The library that signs is loaded by the first token: with what it can do besides, it takes nine megabytes, and
a server that is asked with API keys alone has no use for it.
"""

import hmac
import time
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from cachetools import LRUCache

from avoir.core.access import SigningKey

NEVER = float("inf")
REMEMBERED, LONGEST = 2_000, 4_096
"""Genuine tokens that are remembered, the least used going first; and the characters of one."""


class TokenKeys:
    """The signing keys of this installation. Each is made of its row and the secret: neither alone signs."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._keys: list[tuple[bytes, float]] = []
        # A client sends the same token with every request, and to verify it takes as long as to read a row.
        self._known: LRUCache[tuple[str, str], tuple[dict[str, Any], float]] = LRUCache(REMEMBERED)
        self.load(())

    def load(self, rows: Iterable[SigningKey]) -> None:
        """Take the keys of the directory, oldest first; the very first one has a row only once it ends."""
        found = {row.name: row for row in rows}
        first = found.pop("token-0", None)
        keys = [(self._made(""), _end(first))]
        keys += [(self._made(row.secret), _end(row)) for row in found.values()]
        self._keys = keys[::-1]
        self._known.clear()

    def sign(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """A token, signed by the newest key."""
        from joserfc import jwt
        from joserfc.jwk import OctKey

        return jwt.encode(header, claims, OctKey.import_key(self._keys[0][0]), algorithms=[header["alg"]])

    def genuine(self, token: str, algorithm: str) -> dict[str, Any]:
        """The claims, not to be changed, of a token that one of our keys signed; else none."""
        now = time.time()
        known = self._known.get((token, algorithm))
        if known is not None and known[1] > now:
            return known[0]
        for key, ends in self._keys:
            if ends > now:
                claims = _claims(token, key, algorithm)
                if claims is None:
                    continue
                if len(token) <= LONGEST:
                    self._known[token, algorithm] = claims, ends
                return claims
        return {}

    def _made(self, nonce: str) -> bytes:
        purpose = f"token {nonce}" if nonce else "token"
        return hmac.new(self._secret, purpose.encode(), sha256).digest()


def _claims(token: str, key: bytes, algorithm: str) -> dict[str, Any] | None:
    """What a token says that this key signed; None of any other."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import OctKey

    try:
        return jwt.decode(token, OctKey.import_key(key), algorithms=[algorithm]).claims
    except (JoseError, ValueError):
        return None


def _end(row: SigningKey | None) -> float:
    return datetime.fromisoformat(row.ends_at).timestamp() if row and row.ends_at else NEVER
