"""Request bodies: read to a limit, decoded without floats."""

from decimal import Decimal
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive

decode = msgspec.json.Decoder(float_hook=Decimal).decode


class BodyTooLarge(Exception):
    """The body is longer than the server takes; answered with 413."""


class BadBody(Exception):
    """The body is not what its content type says; answered with 400."""


def nobody_waits() -> Response:
    """The answer to a client that went away in the middle of its body: nobody hears it."""
    return Response(status_code=499)


async def body_of(request: Request, most: int = 0) -> bytes:
    """The whole body. Raises `BodyTooLarge` as soon as it is longer than the setting `body_limit`,

    and `ClientDisconnect` when the client goes away before it is whole.

    A route that takes more by its nature says how many bytes (`most`), whatever the setting.
    """
    return await all_of(request.receive, max(request.app.state.settings.body_limit, most))


async def all_of(receive: Receive, limit: int) -> bytes:
    """The whole body that is being received. Raises `BodyTooLarge`."""
    parts, length, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part, more = message.get("body", b""), message.get("more_body", False)
        length += len(part)
        if length > limit:
            raise BodyTooLarge(f"the body is longer than {limit} bytes")
        parts.append(part)
    return b"".join(parts)


def json_of(body: bytes) -> Any:
    """The JSON value, with decimals for numbers that are not whole. Raises `BadBody`."""
    try:
        return decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ArithmeticError) as problem:
        # Python's decimals end at an exponent of eighteen digits: 1e9999999999999999999 is none of them.
        raise BadBody(f"the body is not JSON: {problem}") from None
