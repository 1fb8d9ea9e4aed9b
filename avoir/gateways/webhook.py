"""Sending a webhook: one POST to an address of the world, and never to one of our own house."""

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    import httpx

MOST_OF_AN_ANSWER = 10_000
"""Bytes of an answer that are kept; the rest is not even read."""


class Reply(NamedTuple):
    """What a server answered. Code 0: nothing, and `body` says why."""

    code: int
    body: str

    @property
    def good(self) -> bool:
        """Whether the message has arrived."""
        return 200 <= self.code < 300


class PrivateAddress(Exception):
    """The name leads to an address that is not of the world."""


async def send(
    url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, private: bool = False
) -> Reply:
    """POST a body; whatever goes wrong is part of the reply. With `private` any address will do."""
    # Loaded when the first message goes out: it takes ten megabytes that most servers never need.
    import httpx

    try:
        async with asyncio.timeout(seconds):
            return await _post(url, body, headers, private=private)
    except TimeoutError:
        return Reply(0, f"no answer within {seconds:g} seconds")
    except PrivateAddress as problem:
        return Reply(0, str(problem))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as problem:
        return Reply(0, f"{type(problem).__name__}: {problem}"[:500])


async def _post(url: str, body: bytes, headers: Mapping[str, str], *, private: bool) -> Reply:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    ip = await _resolved(host, port, private=private)
    # To the very address that was looked at: a name may lead elsewhere the next time it is asked.
    there = urlunsplit(parts._replace(netloc=f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"))
    import httpx

    sent = {**headers, "host": parts.netloc.rpartition("@")[2]}
    async with httpx.AsyncClient(follow_redirects=False, timeout=None, trust_env=False) as client:  # noqa: S113
        request = client.build_request(
            "POST", there, content=body, headers=sent, extensions={"sni_hostname": host}
        )
        response = await client.send(request, stream=True)
        try:
            return Reply(response.status_code, await _some(response))
        finally:
            await response.aclose()


async def _resolved(host: str, port: int, *, private: bool) -> str:
    """The first address of a name. Raises `PrivateAddress` if any of them is not of the world."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(each[4][0]).partition("%")[0] for each in found))
    if not addresses:
        raise OSError(f"nothing is known of {host}")
    if not private and not all(_of_the_world(each) for each in addresses):
        raise PrivateAddress("the address is private, and nothing is sent there")
    return addresses[0]


def _of_the_world(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (mapped is None or mapped.is_global)


async def _some(response: "httpx.Response") -> str:
    parts, length = [], 0
    async for part in response.aiter_bytes():
        parts.append(part)
        length += len(part)
        if length >= MOST_OF_AN_ANSWER:
            break
    return b"".join(parts)[:MOST_OF_AN_ANSWER].decode("utf-8", "replace").replace("\0", "")
