from collections.abc import Iterator

import pytest

from tests.faces.graphql.shop import Shop


@pytest.fixture
def shop(url: str) -> Iterator[Shop]:
    """A shop in USD with one customer."""
    with Shop(url) as shop:
        yield shop
