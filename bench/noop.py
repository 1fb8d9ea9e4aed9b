"""The server under test, and beside it a route that does nothing: what the same stack costs without Avoir."""

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from avoir.cli import serve
from avoir.config import load

ANSWER = msgspec.json.encode(
    {"id": 1, "date": "2026-11-20T00:00:00.000Z", "amount": 0.01, "padding": "x" * 200}
)


def app() -> Starlette:
    """Avoir by the settings of the environment, with `POST /noop`."""
    application = serve.app()
    application.router.routes.insert(0, Route("/noop", noop, methods=["POST"]))
    return application


async def noop(request: Request) -> Response:
    """Read a JSON body, and answer what is about as long as a refund."""
    msgspec.json.decode(await request.body())
    return Response(ANSWER, 201, media_type="application/json")


if __name__ == "__main__":
    settings = load({})
    with serve.listen(settings) as listening:
        serve.run(settings, listening, "bench.noop:app")
