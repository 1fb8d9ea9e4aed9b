"""A company and its client at the door of contract A: in process, over ASGI."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import msgspec

from avoir.app.access import CreateClient
from avoir.config import load
from avoir.core.row import Row
from avoir.main import create_app
from avoir.store.protocol import Batch
from tests.ledger import Ledger

EVERY_SCOPE = (
    "standard:read standard:write billing:read billing:write security:read security:write developer:read "
    "admin:read admin:write portal:read workflow:read workflow:write"
)
DOCUMENTS = Path(__file__).parent / "documents"
decode = msgspec.json.Decoder(float_hook=Decimal).decode
encode = msgspec.json.Encoder(decimal_format="number").encode


class Shop(Ledger):
    """A `Ledger` with a server in front of it. Use it in a `with`."""

    def __init__(self, url: str, *, currency: str = "USD", **settings: Any) -> None:
        super().__init__(url, currency=currency)
        self.app = create_app(load({"database_url": url, **settings}, {}))
        self._runner = asyncio.Runner()
        self._lifespan = self.app.router.lifespan_context(self.app)

    def __enter__(self) -> "Shop":
        self.run(self._lifespan.__aenter__())
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://avoir.test")
        self.client("till", EVERY_SCOPE)
        self.token = self.token_of("till")
        return self

    def __exit__(self, *raised: Any) -> None:
        self.run(self.http.aclose())
        self.run(self._lifespan.__aexit__(*raised))
        self._runner.close()
        self.close()

    def run(self, coroutine: Any) -> Any:
        return self._runner.run(coroutine)

    def client(self, client_id: str, scopes: str, **other: Any) -> None:
        """An API client; its secret is `secret`."""
        access = self.app.state.access
        command = CreateClient(
            tenancy_id=self.organization_id, client_id=client_id, name=f"The {client_id}",
            secret_digest=access.digest("secret"), scopes=scopes, **other,
        )  # fmt: skip
        self.run(access.ask(command, actor="user:1"))

    def token_of(self, client_id: str, scope: str = "") -> str:
        asked = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": "secret"}
        answer = self.run(self.http.post("/oauth/token", data={**asked, "scope": scope}))
        return answer.json()["access_token"]

    def write(self, *rows: Row) -> None:
        """Rows as they are, for what no command of the house makes."""
        for row in rows:
            mine = msgspec.structs.replace(row, organization_id=self.organization_id)
            batch = Batch(new=[[mine]], changed=[], gone=[])
            self.database.begin()
            self.database.commit(batch)

    def post(self, body: bytes, **headers: str) -> httpx.Response:
        """Whatever body, to /graphql."""
        sent = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.run(self.http.post("/graphql", content=body, headers=sent | named))

    def answer(self, query: str, variables: Any = None, **headers: str) -> dict[str, Any]:
        """The whole answer to a document, which is one of GraphQL."""
        body = {"query": query} if variables is None else {"query": query, "variables": variables}
        response = self.post(encode(body), **headers)
        assert response.status_code == 200, response.text
        return decode(response.content)

    def data(self, query: str, variables: Any = None, **headers: str) -> dict[str, Any]:
        """What came of a document of which nothing was refused."""
        answer = self.answer(query, variables, **headers)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def no(self, query: str, variables: Any = None, **headers: str) -> dict[str, Any]:
        """The one error of a document that was refused and changed nothing."""
        before = self.books()
        answer = self.answer(query, variables, **headers)
        (error,) = answer["errors"]
        assert all(value is None for value in (answer.get("data") or {}).values())
        assert self.books() == before, "a refusal changed the books"
        return error


def document(name: str) -> str:
    """A document that clients send."""
    return (DOCUMENTS / f"{name}.graphql").read_text()
