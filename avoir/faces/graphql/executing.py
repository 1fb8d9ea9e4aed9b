"""How a document is executed: by a plan where one can be made, else by the library's executor."""

from typing import Any

from graphql import DocumentNode, ExecutionResult, execute

from avoir.faces.graphql.plan import is_waited_for
from avoir.faces.graphql.planning import NotPlain, Planned
from avoir.faces.graphql.request import Request
from avoir.faces.graphql.schema import schema


class Prepared:
    """A valid document, to be executed as often as it is asked."""

    def __init__(self, node: DocumentNode) -> None:
        self.node = node
        self._planned: dict[str | None, Planned | None] = {}

    async def executed(
        self, request: Request, variables: dict[str, Any], operation: str | None = None
    ) -> ExecutionResult:
        """What comes of it for a request."""
        planned = self._plan(operation)
        if planned is not None:
            try:
                return await planned.executed(request, variables)
            except NotPlain:
                pass
        return await by_the_library(self.node, request, variables, operation)

    def _plan(self, operation: str | None) -> Planned | None:
        if operation not in self._planned:
            try:
                planned = Planned(schema(), self.node, operation)
            except NotPlain:
                if operation is not None:  # A name that is none is not remembered.
                    return None
                planned = None
            self._planned[operation] = planned
        return self._planned[operation]


async def by_the_library(
    document: DocumentNode, request: Request, variables: dict[str, Any], operation: str | None = None
) -> ExecutionResult:
    """What the reference executor makes of a document."""
    result = execute(
        schema(),
        document,
        context_value=request,
        variable_values=variables,
        operation_name=operation,
        is_awaitable=is_waited_for,
    )
    return result if isinstance(result, ExecutionResult) else await result
