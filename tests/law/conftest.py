"""A company on each engine; `Paper()` is the law alone."""

from collections.abc import Iterator

import pytest

from tests.ledger import Ledger


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """A company whose books are in a database, in US dollars, with one customer and no taxes yet."""
    ledger = Ledger(url)
    yield ledger
    ledger.close()
