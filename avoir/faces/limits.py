"""How much one caller may ask in a minute: by key, by address, and by address for signing in.

Counted in each server process, in windows that all begin at once: a request costs a few look-ups, and what is
remembered is forgotten every minute.
"""

from collections.abc import Hashable
from time import monotonic

SECONDS = 60
MOST_REMEMBERED = 100_000
Headers = list[tuple[bytes, bytes]]


class Limits:
    """Three limits of one process; 0 is none. Their headers are contract B's (rest.md, section 0)."""

    def __init__(self, per_key: int, per_address: int, per_sign_in: int) -> None:
        self.per_key, self.per_address, self.per_sign_in = per_key, per_address, per_sign_in
        self._ends = 0.0
        self._keys: dict[Hashable, int] = {}
        self._addresses: dict[Hashable, int] = {}
        self._sign_ins: dict[Hashable, int] = {}
        most = per_key or per_address
        self._limit = (b"x-ratelimit-limit", b"%d" % most)
        self._all_left = (b"x-ratelimit-remaining", b"%d" % most)
        self._sign_in_limit = (b"x-ratelimit-limit-auth", b"%d" % per_sign_in)
        self._untried = (b"x-ratelimit-remaining-auth", b"%d" % per_sign_in)
        self._reset_in(0)

    def at_address(self, address: str, signs_in: bool) -> tuple[Headers, int]:
        """Count a request from an address: the headers of its reply, and how long it must wait."""
        now = monotonic()
        if now >= self._ends:
            self._begin(now)
        if (reset := int(self._ends - now) + 1) != self._seconds:
            self._reset_in(reset)
        used = self._addresses[address] = self._addresses.get(address, 0) + 1
        tried = self._sign_ins.get(address, 0)
        if signs_in:
            tried = self._sign_ins[address] = tried + 1
        if len(self._addresses) > MOST_REMEMBERED:
            self._begin(now)
        closed = 0 < self.per_address < used or (signs_in and 0 < self.per_sign_in < tried)
        headers = [
            self._limit,
            self._all_left if self.per_key else (b"x-ratelimit-remaining", _left(self.per_address, used)),
            self._reset,
            self._sign_in_limit,
            (b"x-ratelimit-remaining-auth", _left(self.per_sign_in, tried)) if tried else self._untried,
            self._reset_auth,
        ]
        return headers, reset if closed else 0

    def by_key(self, name: Hashable, headers: Headers) -> int:
        """Count a request of somebody known, and tell so in the headers; how long it must wait."""
        if not self.per_key:
            return 0
        used = self._keys[name] = self._keys.get(name, 0) + 1
        headers[1] = (b"x-ratelimit-remaining", _left(self.per_key, used))
        return self._seconds if used > self.per_key else 0

    def _reset_in(self, seconds: int) -> None:
        """What is told of the time that is left, the same for a second."""
        self._seconds = seconds
        self._reset = (b"x-ratelimit-reset", b"%d" % seconds)
        self._reset_auth = (b"x-ratelimit-reset-auth", b"%d" % seconds)

    def _begin(self, now: float) -> None:
        self._ends = now + SECONDS
        self._keys.clear()
        self._addresses.clear()
        self._sign_ins.clear()


def _left(most: int, used: int) -> bytes:
    return b"%d" % (most - used) if used < most else b"0"
