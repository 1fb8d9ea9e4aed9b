"""Wrong passwords: so many, then a wait."""

from cachetools import TTLCache

FAILURES, FAILURES_SECONDS = 8, 300
"""So often may a sign-in fail, for one e-mail from one address, before it has to wait this long."""


class Throttle:
    """Counts failed sign-ins; one for each process."""

    def __init__(self, most: int = FAILURES, seconds: int = FAILURES_SECONDS) -> None:
        self.most, self.seconds = most, seconds
        self._failed: TTLCache[tuple[str, str], int] = TTLCache(10_000, seconds)

    def closed(self, email: str, address: str) -> bool:
        """Whether this one has to wait."""
        return self._failed.get((email.lower(), address), 0) >= self.most

    def failed(self, email: str, address: str) -> None:
        """One more that was wrong."""
        name = (email.lower(), address)
        self._failed[name] = self._failed.get(name, 0) + 1

    def passed(self, email: str, address: str) -> None:
        """One that was right: what was wrong before is forgotten."""
        self._failed.pop((email.lower(), address), None)
