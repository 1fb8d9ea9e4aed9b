"""Which way a request goes: found segment by segment, whatever the number of ways."""

from collections.abc import Awaitable, Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/api/"
End = tuple[ASGIApp, list[str]]


class Node:
    """What follows a segment: by word, or a parameter in its place; and what ends here, by method."""

    __slots__ = ("ends", "parameter", "words")

    def __init__(self) -> None:
        self.words: dict[str, Node] = {}
        self.parameter: Node | None = None
        self.ends: dict[str, End] = {}


class Tree:
    """Ways by their paths. A segment's own word is tried before a parameter in its place."""

    def __init__(self, ways: Iterable[tuple[str, str, ASGIApp]], nowhere: ASGIApp) -> None:
        self.root = Node()
        self.nowhere = nowhere
        for method, path, app in ways:
            node, names = self.root, []
            for segment in path.strip("/").split("/"):
                if segment.startswith("{"):
                    names.append(segment.strip("{}"))
                    node.parameter = node.parameter or Node()
                    node = node.parameter
                else:
                    node = node.words.setdefault(segment, Node())
            # What is asked for without its body is looked up in the same way.
            for each in (method, "HEAD") if method == "GET" else (method,):
                node.ends.setdefault(each, (app, names))

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Go the way, or `nowhere` if there is none."""
        found = self.find(scope["method"], scope["path"].removeprefix(PREFIX))
        if found is None:
            return self.nowhere(scope, receive, send)
        app, scope["path_params"] = found
        return app(scope, receive, send)

    def find(self, method: str, path: str) -> tuple[ASGIApp, dict[str, str]] | None:
        """The way of a method and path, with its parameters."""
        node, values = self.root, []
        segments = path.split("/")
        # The first guess is right nearly always: nothing has to be taken back.
        for segment in segments:
            next_ = node.words.get(segment)
            if next_ is None:
                next_ = node.parameter
                values.append(segment)
            if next_ is None or not segment:
                break
            node = next_
        else:
            if end := node.ends.get(method):
                return end[0], dict(zip(end[1], values, strict=True))
        values = []
        found = _walk(self.root, segments, 0, method, values)
        return found and (found[0], dict(zip(found[1], values, strict=True)))


def _walk(node: Node, segments: list[str], at: int, method: str, values: list[str]) -> End | None:
    if at == len(segments):
        return node.ends.get(method)
    segment = segments[at]
    if not segment:
        return None
    if segment in node.words:
        found = _walk(node.words[segment], segments, at + 1, method, values)
        if found is not None:
            return found
    if node.parameter is not None:
        values.append(segment)
        found = _walk(node.parameter, segments, at + 1, method, values)
        if found is not None:
            return found
        values.pop()
    return None
