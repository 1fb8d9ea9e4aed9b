"""One request: who asks, with which document, and what its resolvers share."""

from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from graphql import GraphQLResolveInfo

from avoir.app.reads.graph import TooMuchAsked
from avoir.app.requests import KeepRequest
from avoir.core.command import Command
from avoir.faces.caller import Caller
from avoir.faces.graphql.loader import Loader

MOST_OBJECTS = 10_000
"""Objects of one answer: each is rendered on the event loop, where others wait."""


class Asked(NamedTuple):
    """What a body asks for."""

    query: str
    variables: dict[str, Any]
    operation: str | None


class Request:
    """The context of every resolver. `steps` counts the mutations that the document asks for."""

    def __init__(self, caller: Caller, asked: Asked, steps: int) -> None:
        self.caller, self.steps = caller, steps
        self.loader = Loader(caller)
        self.today = caller.today()
        self.objects = 0
        self._asked, self._kept = asked, False

    @property
    def scopes(self) -> frozenset[str]:
        """What the token is good for."""
        return self.caller.identity.scopes or frozenset()

    @property
    def base_url(self) -> str:
        """How the world reaches this server."""
        return self.caller.access.audience

    @cached_property
    def print(self) -> str | None:
        """Of the whole document with its variables: what an idempotency key covers."""
        if self.caller.key is None:
            return None
        told = msgspec.json.encode(("graphql", *self._asked), order="deterministic")
        return blake2b(told, digest_size=16).hexdigest()

    async def ask(self, command: Command, step: str) -> Any:
        """What the command gave back. `step` is its place in the document; refusals are raised."""
        if self.caller.key is None or self.steps == 1:
            step = ""
        elif not self._kept:
            # The first step may be refused, and leave no trace of the key, while the second is granted.
            await self.caller.ask(KeepRequest(), print_of=self.print)
            self._kept = True
        try:
            return await self.caller.ask(command, step, self.print)
        finally:
            self.loader.forget()

    def spend(self, objects: int) -> None:
        """Count the objects of the answer. Refuses `TooMuchAsked`."""
        self.objects += objects
        if self.objects > MOST_OBJECTS:
            raise TooMuchAsked(f"an answer has {MOST_OBJECTS} objects at most; ask for fewer at once")


Info = GraphQLResolveInfo[Request]
"""What a resolver is told; its `context` is the request."""
