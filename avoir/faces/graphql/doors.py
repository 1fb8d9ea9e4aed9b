"""The routes of contract A. What answers them is loaded by the first who asks.

GraphQL's library and our schema in it take thirty megabytes and a second; who only speaks REST has no use for
them. They are loaded beside the event loop, so that nobody else waits, and begin to be when a token is asked
for, which is what clients do first.
"""

import asyncio
from functools import cache
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from avoir.faces import oauth

STATIC = Path(__file__).parent / "static"
PAGE = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
"""Headers of GraphiQL, whose editor sets styles of its own."""

OTHERWISE = ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"]


def graphql_routes() -> list[BaseRoute]:
    """The routes of contract A."""
    return [
        Route("/graphql", graphql, methods=["POST"]),
        Route("/graphql", posted_only, methods=OTHERWISE),
        Route("/graphiql", graphiql, methods=["GET"]),
        Mount("/graphiql/static", StaticFiles(directory=STATIC)),
        Route("/oauth/token", token, methods=["POST"]),
        Route("/oauth/token", posted_only, methods=OTHERWISE),
    ]


async def posted_only(request: Request) -> Response:
    """What is not asked by POST, told as JSON, which is what clients of this contract read."""
    said = {"error": "method_not_allowed", "error_description": f"{request.url.path} is asked by POST."}
    return JSONResponse(said, 405, {"allow": "POST"})


async def token(request: Request) -> Response:
    """A token for a client; see `oauth`."""
    if not load.cache_info().currsize:
        asyncio.get_running_loop().run_in_executor(None, load)
    return await oauth.token(request)


async def graphql(request: Request) -> Response:
    """One document, or a batch of them, executed in the name of the token's client."""
    if not load.cache_info().currsize:
        await asyncio.to_thread(load)
    from avoir.faces.graphql.endpoint import graphql as answered

    return await answered(request)


@cache
def load() -> None:
    """What GraphQL is answered with, the schema included."""
    from avoir.faces.graphql.endpoint import ready

    ready()


async def graphiql(request: Request) -> Response:
    """GraphiQL, with nothing from anywhere else."""
    if not request.app.state.settings.graphiql:
        said = {"error": "not_found", "error_description": "GraphQL is asked by POST."}
        return JSONResponse(said, 404)
    return FileResponse(STATIC / "graphiql.html", headers=PAGE)


def ready_documents(app: Starlette) -> None:
    """A list of documents that cannot be read is told before the first request comes."""
    if app.state.settings.graphql_documents:
        from avoir.faces.graphql.endpoint import known_documents

        known_documents(app)
