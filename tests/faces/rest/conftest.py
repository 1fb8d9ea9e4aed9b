"""What every test of the REST face may ask for."""

from collections.abc import Iterator

import pytest

from tests.faces.rest.api import Api, customer, item, served


@pytest.fixture
def server(url: str) -> Iterator[Api]:
    """A server, and nobody known to it."""
    with served(url) as server:
        yield server


@pytest.fixture
def api(server: Api) -> Api:
    """An organization in USD with one customer and one item."""
    api = server.organization()
    customer(api)
    item(api)
    return api
