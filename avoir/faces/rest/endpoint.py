"""One request: who sends it, what it says, what is answered. Every route passes here, and no other way."""

import re
from collections.abc import Awaitable, Callable
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from avoir.faces.access import UTC_ZONE, Access, Identity
from avoir.faces.body import BadBody, all_of, json_of
from avoir.faces.caller import Caller
from avoir.faces.limits import Headers, Limits
from avoir.faces.render import Style, style_of
from avoir.faces.rest.accept import JSON, chosen
from avoir.faces.rest.auth import caller_of, identity_of, key_in
from avoir.faces.rest.errors import Forbidden, TooMany, no_of, no_route
from avoir.faces.rest.fields import Body, Form
from avoir.faces.rest.kinds import id_of
from avoir.faces.rest.query import pairs_of

encode = msgspec.json.Encoder(decimal_format="number").encode
NUMERIC = frozenset(("accounts", "contacts", "payments-received", "roles", "sale-invoices"))
"""Where an id that is no number is malformed (400), and not merely nobody's."""
_WHOLE = re.compile(r"-?[0-9]+", re.ASCII)
JSON_TYPE, FORM_TYPE = b"application/json", b"application/x-www-form-urlencoded"


class Gate(Enum):
    """Who may pass: anybody; a member of an organization, built or not; a member of one with open books."""

    ANYBODY = 0
    MEMBER = 1
    BOOKS = 2


class Raw(NamedTuple):
    """An answer that is no JSON: its bytes, their media type, and the file's name if it is one."""

    content: bytes
    kind: str
    name: str = ""


class Call:
    """One request as a handler sees it: known and well formed. `wants` is the form of the answer."""

    caller: Caller
    identity: Identity

    def __init__(self, scope: Scope, receive: Receive, *, numeric: bool = False) -> None:
        self.scope, self.receive, self.numeric = scope, receive, numeric
        # Of a header that is sent twice, the first counts.
        self.headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))
        self.access: Access = scope["app"].state["access"]
        self.form: Form = {}
        self.query: Form = {}
        self.wants = JSON

    @cached_property
    def request(self) -> Request:
        """The request as Starlette shows it, for what is rarely asked of it."""
        return Request(self.scope, self.receive)

    @property
    def key(self) -> str | None:
        """The idempotency key that the client gave."""
        return key_in(self.headers)

    @property
    def address(self) -> str:
        """Where the request comes from."""
        return _address(self.scope)

    @property
    def links(self) -> str:
        """Where the links of our mails lead to."""
        links: str = self.request.app.state.links
        return links

    def need(self, ability: str) -> None:
        """Raises `Forbidden` to whom the role does not give what the address alone does not ask for."""
        may = self.identity.abilities
        if may is not None and ability not in may:
            raise Forbidden(ability)

    def ring(self) -> None:
        """There is mail to carry."""
        self.request.app.state.postman.ring()

    @property
    def style(self) -> Style:
        return style_of(self.caller)

    def id(self, name: str = "id") -> int:
        """An id in the path; what is none (`2abc`) is nobody's, or raises `BadBody` where it must be one."""
        given: str = self.scope["path_params"][name]
        if self.numeric and not _WHOLE.fullmatch(given):
            raise BadBody(f"the {name} in the address must be a whole number")
        return id_of(given)


Handler = Callable[[Call], Awaitable[Any]]


class Way(NamedTuple):
    """One route: what it takes, who may go it, what it answers with. `room` chooses a refusal's type.

    `offers` are the forms that it answers in beside JSON, as the client's Accept wants. `most` is how many
    bytes it takes, where its nature is to take more than the setting `body_limit`.
    """

    method: str
    path: str
    handle: Handler
    body: Body | None = None
    query: Body | None = None
    gate: Gate = Gate.BOOKS
    status: int = 200
    room: str = ""
    offers: tuple[str, ...] = ()
    most: int = 0


class Endpoint:
    """A way as an ASGI application, for those who have the ability; an empty one, every member has."""

    def __init__(self, way: Way, ability: str) -> None:
        self.way, self.ability = way, ability
        self.numeric = way.path.split("/")[1] in NUMERIC
        self.books, self.member = way.gate is Gate.BOOKS, way.gate is Gate.MEMBER
        # What nobody need be known for is where passwords and tokens are guessed.
        self.signs_in = way.gate is Gate.ANYBODY and way.method != "GET"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever becomes of it."""
        retry, limits = 0, scope["app"].state["limits"]
        headers, wait = limits.at_address(_address(scope), self.signs_in)
        try:
            if wait:
                raise TooMany(wait)
            call = Call(scope, receive, numeric=self.numeric)
            status, answer = self.way.status, await self._answer(call, limits, headers)
        except ClientDisconnect:
            return
        except Exception as problem:
            status, answer, retry = no_of(problem, self.way.room)
        if isinstance(answer, Response):
            # A file too long to be held: it sends itself, piece by piece.
            answer.raw_headers.extend(headers)
            await answer(scope, receive, send)
            return
        for message in _messages(status, answer, retry, headers):
            await send(message)

    async def _answer(self, call: Call, limits: Limits, headers: Headers) -> Any:
        way, zone = self.way, UTC_ZONE
        if way.offers:
            call.wants = chosen(call.headers.get(b"accept", b"").decode("latin-1"), (JSON, *way.offers))
        if self.books:
            call.caller = await caller_of(call.access, call.headers)
            call.identity, zone = call.caller.identity, call.caller.zone
        elif self.member:
            call.identity = await identity_of(call.access, call.headers)
        if self.books or self.member:
            identity = call.identity
            if wait := limits.by_key((identity.organization_id, identity.actor), headers):
                raise TooMany(wait)
        if self.ability and (may := call.identity.abilities) is not None and self.ability not in may:
            raise Forbidden(self.ability)
        if way.query is not None:
            call.query = way.query.read(pairs_of(call.scope["query_string"].decode("utf-8", "replace")), zone)
        if way.body is not None:
            limit: int = call.scope["app"].state["settings"].body_limit
            body = await all_of(call.receive, max(limit, way.most))
            call.form = way.body.read(_said(body, call.headers.get(b"content-type", JSON_TYPE)), zone)
        return await way.handle(call)


class Nowhere:
    """The end of every address under /api that is none, whatever the method."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A slash too many is no other address; for the rest there is nothing."""
        path: str = scope["path"]
        if path.endswith("/") and path != "/api/":
            await scope["app"]({**scope, "path": path.rstrip("/")}, receive, send)
        else:
            headers, _ = scope["app"].state["limits"].at_address(_address(scope), False)
            for message in _messages(*no_route(scope["method"], path), headers):
                await send(message)


def _said(body: bytes, kind: bytes) -> dict[str, Any]:
    """A body of some type as an object; one that is not read says nothing. Raises `BadBody`."""
    if kind != JSON_TYPE:
        kind = kind.partition(b";")[0].strip().lower()
    if not body:
        return {}
    if kind == FORM_TYPE:
        return pairs_of(body.decode("utf-8", "replace"))
    if kind != JSON_TYPE and not kind.endswith(b"+json"):
        return {}
    said = json_of(body)
    if not isinstance(said, dict):
        raise BadBody("the body must be a JSON object")
    return said


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _messages(status: int, answer: Any, retry: int, headers: Headers) -> tuple[Message, Message]:
    """An answer as ASGI has it."""
    kind = b"application/json; charset=utf-8"
    if isinstance(answer, Raw):
        body, kind = answer.content, answer.kind.encode()
        if answer.name:
            headers.append((b"content-disposition", f'inline; filename="{answer.name}"'.encode()))
    else:
        body = b"" if answer is None else encode(answer)
    headers.append((b"content-length", b"%d" % len(body)))
    if body:
        headers.append((b"content-type", kind))
    if retry:
        headers.append((b"retry-after", b"%d" % retry))
    start = {"type": "http.response.start", "status": status, "headers": headers}
    return start, {"type": "http.response.body", "body": body}
