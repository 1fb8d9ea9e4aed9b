"""Which way a request goes: found segment by segment, whatever the number of ways."""

from collections.abc import Iterable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

ANY, HERE = "{}", ""
Node = dict[str, Any]
"""Nodes by segment, `ANY` for one that is a parameter; at `HERE`, what ends here, by method."""


class Tree:
    """Ways by their paths. A segment's own word is tried before a parameter in its place."""

    def __init__(self, ways: Iterable[tuple[str, str, ASGIApp]], nowhere: ASGIApp) -> None:
        self.root: Node = {}
        self.nowhere = nowhere
        for method, path, app in ways:
            node, names = self.root, []
            for segment in path.strip("/").split("/"):
                if segment.startswith("{"):
                    names.append(segment.strip("{}"))
                node = node.setdefault(ANY if segment.startswith("{") else segment, {})
            ends = node.setdefault(HERE, {})
            # What is asked for without its body is looked up in the same way.
            for each in (method, "HEAD") if method == "GET" else (method,):
                ends.setdefault(each, (app, names))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Go the way, or `nowhere` if there is none."""
        found = self.find(scope["method"], scope["path_params"]["rest"])
        if found is None:
            await self.nowhere(scope, receive, send)
            return
        app, scope["path_params"] = found
        await app(scope, receive, send)

    def find(self, method: str, path: str) -> tuple[ASGIApp, dict[str, str]] | None:
        """The way of a method and path, with its parameters."""
        values: list[str] = []
        found = _walk(self.root, path.split("/"), 0, method, values)
        if found is None:
            return None
        app, names = found
        return app, dict(zip(names, values, strict=True))


def _walk(
    node: Node, segments: list[str], at: int, method: str, values: list[str]
) -> tuple[ASGIApp, list[str]] | None:
    if at == len(segments):
        found: tuple[ASGIApp, list[str]] | None = node.get(HERE, {}).get(method)
        return found
    segment = segments[at]
    if not segment:
        return None
    if segment in node and segment != ANY:
        found = _walk(node[segment], segments, at + 1, method, values)
        if found is not None:
            return found
    if ANY in node:
        values.append(segment)
        found = _walk(node[ANY], segments, at + 1, method, values)
        if found is not None:
            return found
        values.pop()
    return None
