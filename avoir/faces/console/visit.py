"""One visit of a page: who comes, what was sent, what is shown. Every page passes here, and no other way.

A way has a page to `show`, and perhaps something to `submit`. When that is refused, the page is shown again
with what was written and what was said against it.
"""

import logging
import uuid
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from avoir.app.clerk import Weather
from avoir.app.reads import console_access, directory
from avoir.app.reads.organization import Setup
from avoir.core.access import DIRECTORY, Tenancy, User
from avoir.core.command import Command
from avoir.core.errors import NotFound, Refusal
from avoir.faces.access import Access, Identity
from avoir.faces.back_office import WORKER
from avoir.faces.body import BodyTooLarge, body_of, nobody_waits
from avoir.faces.caller import Caller
from avoir.faces.console import abilities, session, words
from avoir.faces.console.forms import BadField, Form, form_of, id_of
from avoir.faces.console.templates import render
from avoir.faces.door import Door
from avoir.faces.jobs import JobRunner
from avoir.faces.problem import HTTP_STATUS

log = logging.getLogger(__name__)
ROOT = "/console"
PLACES = {
    "invoice": "/invoices", "credit_note": "/credit-notes", "refund": "/refunds", "payment": "/payments",
    "customer": "/customers", "dispute": "/disputes", "job": "/jobs",
}  # fmt: skip
"""Where a thing of a kind can be seen."""
MOST_ORGANIZATIONS = 50
"""So many are offered to switch to."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class SignInFirst(Exception):
    """The page is for somebody who is signed in."""


class NotAllowed(Exception):
    """The role of who is there has not the ability that this needs."""


class ForeignForm(Exception):
    """The form did not come from a page of this session."""


class Visit:
    """One request of a signed-in person, in one organization where the path names one."""

    caller: Caller
    organizations: list[tuple[str, str]]

    def __init__(self, request: Request, user: User) -> None:
        self.request, self.user = request, user
        self.query = Form(request.query_params.multi_items())
        self.form = Form()
        self.problem: Exception | None = None

    @property
    def access(self) -> Access:
        access: Access = self.request.app.state.access
        return access

    @property
    def jobs(self) -> JobRunner:
        """Who does the long work."""
        runner: JobRunner = self.request.app.state.jobs
        return runner

    @property
    def by_script(self) -> bool:
        """Whether htmx asks, which needs a fragment and no page."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def base(self) -> str:
        """The base currency of the organization."""
        return self.caller.setup.base_currency

    def id(self, name: str = "id") -> int:
        """An id in the path. Refuses `NotFound`."""
        return id_of(self.request.path_params[name])

    def may(self, ability: str) -> bool:
        """Whether who is there has the ability; an empty one has every member."""
        has = self.caller.identity.abilities
        return not ability or has is None or ability in has

    def need(self, ability: str) -> None:
        """Raises `NotAllowed`."""
        if not self.may(ability):
            raise NotAllowed(f"You may not {abilities.said(ability)}: your role does not cover it")

    def owns(self, actor: str) -> bool:
        """Whether an actor of the books is who is there, by whatever key they came."""
        return actor.split(" ", maxsplit=1)[0] == self.caller.identity.actor.split(" ")[0]

    def sees(self, path: str) -> bool:
        """Whether a page is for who is there."""
        return self.may(abilities.to_see(path))

    def offers(self, verbs: Iterable[str]) -> set[str]:
        """Of what could be done with the document on the page, that which who is there may do."""
        kinds = abilities.OFFERED[self.room]
        return {verb for verb in verbs if any(self.may(abilities.ACTS[kind]) for kind in kinds[verb])}

    @property
    def room(self) -> str:
        """The first word of the page's path under the organization; empty at home."""
        return self.request.url.path.removeprefix(self.at()).strip("/").partition("/")[0]

    async def ask(self, command: Command, step: str = "") -> Any:
        """Ask once for each form that was rendered, however often its button is pressed."""
        self.need(abilities.to_ask(command))
        return await self.caller.ask(command, step)

    @property
    def own_key(self) -> str:
        """The form's key, kept apart from other people's: the directory is everybody's."""
        identity = self.caller.identity
        return self.access.digest(f"{identity.organization_id}/{identity.user_id}/{self.caller.key}")

    async def ask_directory(self, command: Command, **how: Any) -> Any:
        """Ask the directory: about people, their roles and keys."""
        self.need(abilities.to_ask(command))
        return await self.access.ask(command, actor=self.caller.identity.actor, **how)

    async def try_out(self, command: Command) -> Any:
        """Ask what writes nothing, under no key: it may be asked again and again."""
        self.need(abilities.to_ask(command))
        caller = self.caller
        free = Caller(caller.door, caller.access, caller.identity, caller.setup, None)
        return await free.ask(command)

    def at(self, path: str = "", **query: Any) -> str:
        """The address of a page of this organization."""
        place = f"{ROOT}/{quote(self.request.path_params['organization'])}{path}"
        asked = {name: value for name, value in query.items() if value not in ("", None)}
        return f"{place}?{urlencode(asked)}" if asked else place

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        """A page, or a fragment of one."""
        if isinstance(self.problem, Refusal):
            status = HTTP_STATUS[self.problem.kind]
        elif self.problem is not None:
            status = 403 if isinstance(self.problem, NotAllowed) else 400
        path = self.request.url.path
        return HTMLResponse(
            render(
                template,
                at=self.at, visit=self, user=self.user, theme=session.theme_of(self.request),
                token=session.form_token(self.request), form=self.form, query=self.query,
                key=self.form.text("key") or uuid.uuid4().hex, path=path, problem=self.problem,
                setup=self.caller.setup, base=self.base, today=self.caller.today(),
                locale=words.locale_of(self.caller.setup.organization.language),
                done=self.query.text("done"), room=self.room,
                **context,
            ),
            status,
        )  # fmt: skip

    def money(self, minor: int, currency: str) -> str:
        """An amount for people."""
        return words.money(minor, currency, words.locale_of(self.caller.setup.organization.language))

    def day(self, text: str) -> str:
        """A date for people."""
        return words.day(text, words.locale_of(self.caller.setup.organization.language))

    async def people(self) -> dict[str, str]:
        """Who the actors of this organization are, by the name that the books know them by."""
        identity = self.caller.identity
        found = await self.caller.door.read(console_access.ways_in, DIRECTORY, identity.organization_id)
        names = {f"user:{x.id}": f"{x.first_name} {x.last_name}".strip() or x.email for x in found.users}
        names |= {f"client:{x.client_id}": f"{x.name or 'A client'} (GraphQL)" for x in found.clients}
        return names | {WORKER: "Avoir"}

    async def approvers(self) -> list[str]:
        """Who may approve what this person asks for: somebody else, by name."""
        identity = self.caller.identity
        users = await self.caller.door.read(
            console_access.able, DIRECTORY, identity.organization_id, abilities.APPROVE
        )
        return [f"{x.first_name} {x.last_name}".strip() or x.email for x in users if x.id != identity.user_id]

    def go(self, path: str, done: str = "", **query: Any) -> Response:
        """See another page, having done something."""
        return RedirectResponse(self.at(path, done=done, **query), 303)


Handler = Callable[[Visit], Awaitable[Response]]


class Way(NamedTuple):
    """A page and its form: at one path under the organization."""

    path: str
    show: Handler
    submit: Handler | None = None


class Endpoint:
    """A way as an ASGI application."""

    def __init__(self, way: Way) -> None:
        self.way = way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever becomes of it."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            return
        except Exception as problem:
            response = no_of(request, problem)
        response.headers.update(HEADERS | dict(response.headers))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        visit = await visit_of(request)
        visit.need(abilities.to_see(self.way.path))
        if request.method != "POST":
            return await self.way.show(visit)
        if self.way.submit is None:
            raise NotFound("nothing can be sent there")
        visit.form = form_of(await body_of(request))
        if not session.genuine(request, visit.form.text("token")):
            raise ForeignForm
        visit.caller.key = f"console:{visit.form.text('key')[:64] or uuid.uuid4().hex}"
        try:
            return await self.way.submit(visit)
        except (Refusal, BadField, NotAllowed) as problem:
            visit.problem = problem
            return await self.way.show(visit)


async def open_to(access: Access, user: User) -> list[tuple[Tenancy, Setup]]:
    """The organizations with open books that a user belongs to."""
    tenancies = await access.door.read(directory.tenancies_of, DIRECTORY, user.id)
    setups = [(each, await access.setup(each.id)) for each in tenancies[:MOST_ORGANIZATIONS]]
    return [(each, setup) for each, setup in setups if setup is not None]


async def visit_of(request: Request) -> Visit:
    """Who comes, and to which organization. Raises `SignInFirst`; refuses `NotFound`."""
    user = await session.user_of(request)
    if user is None:
        raise SignInFirst
    access: Access = request.app.state.access
    door: Door = request.app.state.door
    visit = Visit(request, user)
    public_id: str = request.path_params["organization"]
    open_ = await open_to(access, user)
    tenancy, setup = next((each for each in open_ if each[0].public_id == public_id), (None, None))
    place = None if tenancy is None else await access.place(user.id, tenancy.id)
    if tenancy is None or setup is None or place is None:
        # Another's organization is no different from none.
        raise NotFound("there is no such organization")
    visit.organizations = [(each.public_id, its.organization.name) for each, its in open_]
    identity = Identity(f"user:{user.id}", user.id, tenancy.id, None, place.abilities)
    visit.caller = Caller(door, access, identity, setup, None)
    return visit


def no_of(request: Request, problem: Exception) -> Response:
    """The page for what could not be shown at all."""
    match problem:
        case SignInFirst():
            where = request.url.path if request.method == "GET" else f"{ROOT}/"
            return RedirectResponse(f"{ROOT}/sign-in?{urlencode({'next': where})}", 303)
        case ForeignForm():
            text = "This form is too old, or comes from elsewhere. Go back, load the page again and retry."
            return plain_page(request, 403, "Please load the page again", text)
        case NotAllowed():
            text = f"{problem}. Somebody who looks after the roles here can change that."
            return plain_page(request, 403, "This is not open to you", text)
        case Refusal():
            status = HTTP_STATUS[problem.kind]
            return plain_page(request, status, "There is nothing here", words.sentence(problem))
        case BadField():
            return plain_page(request, 400, "That cannot be read", str(problem))
        case BodyTooLarge():
            return plain_page(request, 413, "That is too much", "The form is larger than the server takes.")
        case Weather():
            text = "The books cannot be reached. Nothing was lost: try again in a moment."
            return plain_page(request, 503, "Please try again", text)
        case ClientDisconnect():
            return nobody_waits()
    id = uuid.uuid4().hex
    log.error("unforeseen, id %s", id, exc_info=problem)
    return plain_page(request, 500, "Something went wrong", f"It was written down under {id}.")


def plain_page(request: Request, status: int, title: str, text: str) -> Response:
    """A page that needs nobody to be signed in."""
    body = render(
        "plain.html", title=title, text=text, status=status, theme=session.theme_of(request), locale="en"
    )
    return HTMLResponse(body, status, HEADERS)
