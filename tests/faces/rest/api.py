"""A server in this process, and a client that speaks contract B to it."""

import asyncio
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from starlette.applications import Starlette

from avoir.app.access import CreateTenancy, CreateUser, GenerateApiKey
from avoir.app.organizations import OpenBooks
from avoir.app.reads.mails import waiting
from avoir.app.reads.verify import broken_promises, organizations
from avoir.config import Settings
from avoir.core.access import DIRECTORY
from avoir.faces.access import Access
from avoir.faces.door import envelope
from avoir.main import create_app
from tests.faces.rest import observed

UTC = ZoneInfo("UTC")


class Reply:
    """An answer: its status, its decoded body (None if empty), and its headers."""

    def __init__(self, response: httpx.Response) -> None:
        self.status, self.headers = response.status_code, response.headers
        self.text, self.content = response.text, response.content
        spoken = "json" in response.headers.get("content-type", "")
        self.body: Any = response.json() if response.content and spoken else None

    @property
    def type(self) -> str:
        """The error's type, in the envelope of domain refusals."""
        return self.body["errors"][0]["type"]

    @property
    def broken(self) -> dict[str, list[str]]:
        """The rules that were broken, by field, in the envelope of validation."""
        return {each["property"]: sorted(each["constraints"]) for each in self.body["message"]}


class Api:
    """Calls the server; `headers` are sent with each call."""

    def __init__(self, runner: asyncio.Runner, app: Starlette, headers: dict[str, str]) -> None:
        self.runner, self.app, self.headers = runner, app, headers
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://avoir")

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """One call. A `body` of bytes is sent as it is."""
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        said = {"content": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        if isinstance(body, bytes) and "content-type" not in sent:
            sent["content-type"] = "application/json"
        return Reply(self._sent(method, path, body, sent, said))

    def _sent(self, method: str, path: str, body: Any, sent: Any, said: Any) -> httpx.Response:
        response = self.runner.run(self.client.request(method, f"/api{path}", headers=sent, **said))
        kind = response.headers.get("content-type", "")
        observed.see(method, path, body, response.status_code, kind, response.content)
        return response

    def get(self, path: str, **headers: str) -> Reply:
        return self.call("GET", path, **headers)

    def file(self, path: str, **headers: str) -> bytes:
        """A file that was sent, whatever it holds."""
        reply = self.get(path, **headers)
        assert reply.status == 200, reply.text
        return reply.content

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.call("POST", path, {} if body is None else body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.call("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Reply:
        return self.call("DELETE", path, **headers)

    def made(self, path: str, body: Any) -> Any:
        """What a POST made, which must have been granted."""
        reply = self.post(path, body)
        assert reply.status == 201, reply.text
        return reply.body

    def read(self, path: str, **headers: str) -> httpx.Response:
        """What a GET brings, as it comes."""
        return self._sent("GET", path, None, self.headers | headers, {})

    def broken_promises(self) -> list[Any]:
        """What does not hold in the books of this database."""
        door = self.app.state.door
        ids = self.runner.run(door.read(organizations, 0))
        return [each for id in ids for each in self.runner.run(door.read(broken_promises, id))]

    def as_(self, **headers: str) -> "Api":
        """The same server, called by somebody else."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Api(self.runner, self.app, named)

    def mails(self) -> list[EmailMessage]:
        """All mail that went out so far, oldest first; what waits goes out now."""
        self.runner.run(_carried(self.app))
        files = sorted(Path(self.app.state.settings.mail_folder).glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=default) for file in files]

    def token(self) -> str:
        """The token in the last mail."""
        (token,) = re.findall(r"\b[0-9a-f]{64}\b", self.mails()[-1].get_content())
        return token

    def organization(self, currency: str = "USD", **settings: Any) -> "Api":
        """A new organization's API, by a key of its own; made without a password, which takes a second."""
        key = self.runner.run(_organization(self.app, currency, settings))
        return self.as_(authorization=f"Bearer {key}")


@contextmanager
def served(url: str, **settings: Any) -> Iterator[Api]:
    """A server of the database, for nobody yet."""
    with asyncio.Runner() as runner, TemporaryDirectory() as folder:
        app = create_app(
            Settings(
                **{"database_url": url, "mail_folder": folder, "files_folder": f"{folder}/files"} | settings
            )
        )
        lifespan = app.router.lifespan_context(app)
        runner.run(lifespan.__aenter__())
        try:
            yield Api(runner, app, {})
        finally:
            runner.run(lifespan.__aexit__(None, None, None))


async def _carried(app: Starlette) -> None:
    """All mail is out; the server's own postman may have some of it in hand."""
    for _ in range(500):
        await app.state.postman.round(datetime.now(UTC))
        if not await app.state.door.read(waiting, DIRECTORY, "9999", 1):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("some mail does not go out")


async def _organization(app: Starlette, currency: str, settings: dict[str, Any]) -> str:
    access: Access = app.state.access
    tenancy = await access.ask(CreateTenancy(public_id=secrets.token_hex(8)), actor="test")
    opened = OpenBooks(
        public_id=tenancy.public_id,
        name="Acme",
        base_currency=currency,
        **({"discount_timing": "after_tax", "date_format": "MM/DD/YYYY"} | settings),
    )
    await app.state.door.ask(envelope(tenancy.id, opened, actor="test", zone=UTC))
    key = access.new_secret("bc_", 96)
    command = GenerateApiKey(
        tenancy_id=tenancy.id, user_id=0, name="", prefix=key[:8], digest=access.digest(key)
    )
    await access.ask(command, actor="test")
    return key


def member(api: Api, role_id: int, email: str = "") -> Api:
    """The API of a new member of the organization, by a key of their own."""
    id = api.get("/organization/current").body["id"]
    key = api.runner.run(_member(api.app, id, role_id, email or f"{secrets.token_hex(4)}@example.test"))
    return api.as_(authorization=f"Bearer {key}")


async def _member(app: Starlette, tenancy_id: int, role_id: int, email: str) -> str:
    access: Access = app.state.access
    person = CreateUser(
        tenancy_id=tenancy_id, email=email, first_name="A", last_name="B", password_hash="x", role_id=role_id
    )
    user = await access.ask(person, actor="test")
    key = access.new_secret("bc_", 96)
    command = GenerateApiKey(
        tenancy_id=tenancy_id, user_id=user.id, name="", prefix=key[:8], digest=access.digest(key)
    )
    await access.ask(command, actor="test")
    return key


def role(api: Api, *abilities: str) -> int:
    """A new role's id: `role(api, "View CreditNode")`."""
    given = [{"subject": x.split()[1], "ability": x.split()[0], "value": True} for x in abilities]
    body = {"roleName": "Clerk", "roleDescription": "", "permissions": given}
    return api.made("/roles", body)["data"]["id"]


# What most tests begin with.


def customer(api: Api, currency: str = "USD") -> int:
    """A new customer's id."""
    words = {"customerType": "business", "currencyCode": currency, "displayName": f"Cust {currency}"}
    return api.made("/customers", words)["id"]


def item(api: Api, name: str = "Widget service") -> int:
    """A new item's id."""
    words = {"name": name, "type": "service", "sellable": True, "sellPrice": 10, "sellAccountId": 1025}
    return api.made("/items", words)["id"]


def note(api: Api, amount: Any = 100, *, open: bool = True, **more: Any) -> dict[str, Any]:
    """A new credit note of one line."""
    entry = {"index": 1, "itemId": more.pop("itemId", 1000), "rate": amount, "quantity": 1}
    body = {"customerId": 1, "creditNoteDate": "2026-06-15", "open": open, "entries": [entry]}
    return api.made("/credit-notes", body | more)


def invoice(api: Api, amount: Any = 300, *, delivered: bool = True, **more: Any) -> dict[str, Any]:
    """A new invoice of one line."""
    entry = {"index": 1, "itemId": 1000, "rate": amount, "quantity": 1}
    body = {
        "customerId": 1,
        "invoiceDate": "2026-06-01",
        "dueDate": "2026-07-01",
        "delivered": delivered,
        "entries": [entry],
    }
    return api.made("/sale-invoices", body | more)


def books(api: Api) -> Any:
    """What the ledger says: refused means that this is as it was."""
    return api.get("/reports/trial-balance-sheet?fromDate=1900-01-01&toDate=2999-12-31").body["data"]
