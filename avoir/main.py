"""The server: both faces and the health checks over one door."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from avoir.app.clerk import Weather
from avoir.app.reads import directory
from avoir.app.sweeper import SWEPT_EVERY, Sweeper
from avoir.config import Settings
from avoir.core.access import DIRECTORY
from avoir.faces.access import Access, open_access
from avoir.faces.back_office import BackOffice, at_work, delivering, making_rounds
from avoir.faces.console.rooms import console_routes
from avoir.faces.console.works import WORKS
from avoir.faces.door import Door
from avoir.faces.graphql.doors import graphql_routes, ready_documents
from avoir.faces.herald import SECONDS, Herald
from avoir.faces.jobs import JobRunner, jobs_at_work
from avoir.faces.limits import Limits
from avoir.faces.portal import portal_routes
from avoir.faces.rest.reference import reference_routes
from avoir.faces.rest.routes import rest_routes, tree
from avoir.faces.rest.tree import PREFIX
from avoir.gateways import gateways
from avoir.gateways.mail import carrier
from avoir.gateways.storage import files_at
from avoir.gateways.webhook import send
from avoir.store.database import open_database


def create_app(
    settings: Settings, *, hatches: Sequence[str] = (), orphaned: Callable[[], None] = lambda: None
) -> Starlette:
    """The ASGI application. Migrates the database when it starts.

    `hatches` are the sockets of clerks in processes of their own, `orphaned` is called when they are gone for
    good; without, the clerk is a thread of this process.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        database = open_database(settings.database_url)
        database.migrate()
        database.close()
        door = Door(settings.database_url, readers=settings.readers, hatches=hatches, orphaned=orphaned)
        audience = settings.base_url or f"http://{settings.host}:{settings.port}"
        app.state.door, app.state.settings = door, settings
        access = await open_access(door, settings.secret, settings.token_seconds, audience)
        app.state.access = access
        app.state.files = files_at(settings.files_url, settings.files_folder)
        app.state.limits = Limits(
            settings.rate_limit_key, settings.rate_limit_address, settings.rate_limit_auth
        )
        ready_documents(app)
        access.private_webhooks, access.sandbox = settings.webhooks_private, settings.sandbox
        office, every = BackOffice(door, access), settings.worker_seconds
        app.state.herald = Herald(
            office,
            partial(tell, door, access),
            partial(send, seconds=SECONDS, private=settings.webhooks_private),
        )
        served = gateways(sandbox=settings.sandbox)
        app.state.jobs = JobRunner(door, access, WORKS)
        app.state.links = access.links = (settings.links_url or audience).rstrip("/")
        post = carrier(settings.mail_url, settings.mail_folder, settings.mail_from)
        async with (
            at_work(office, served, every),
            jobs_at_work(app.state.jobs, every),
            delivering(office, post, every) as app.state.postman,
            making_rounds(app.state.herald, every),
            making_rounds(Sweeper(office, settings.mail_days), every * SWEPT_EVERY),
        ):
            yield
        door.close()

    return Application(routes=routes(), lifespan=lifespan)


class Application(Starlette):
    """What contract B is asked goes to its tree at once, which answers whatever comes.

    The layers of Starlette that look for a route and catch what falls cost as much as the whole rest.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            scope["app"] = self
            await tree()(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def routes() -> list[BaseRoute]:
    """Every route of the server."""
    return [
        *rest_routes(),
        *reference_routes(),
        *graphql_routes(),
        *console_routes(),
        *portal_routes(),
        Route("/health", health),
        Route("/ready", ready),
    ]


async def tell(door: Door, access: Access, organization_id: int, kind: str, id: int) -> str | None:
    """What webhooks say of a thing; what says it is loaded when there is somebody to be told."""
    from avoir.faces.graphql.telling import Teller

    return await Teller(door, access).tell(organization_id, kind, id)


async def health(request: Request) -> JSONResponse:
    """The process lives."""
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> JSONResponse:
    """The database is reached and the clerk is at work."""
    door: Door = request.app.state.door
    try:
        await door.read(directory.signing_key, DIRECTORY, "main")
    except Weather as problem:
        return JSONResponse({"status": "unavailable", "reason": str(problem)}, 503)
    if not door.alive():
        return JSONResponse({"status": "unavailable", "reason": "the clerk is not at work"}, 503)
    return JSONResponse({"status": "ready"})
