"""How a document is executed: the library's executor, with a short way for what most fields are."""

import asyncio
from collections.abc import Awaitable, Callable
from types import CoroutineType
from typing import Any, TypeGuard

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLLeafType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    execute,
    is_leaf_type,
)
from graphql.execution import Executor
from graphql.pyutils import Path, Undefined

from avoir.faces.graphql.request import Request
from avoir.faces.graphql.schema import schema

WAITED_FOR = (CoroutineType, asyncio.Future)
"""What resolvers give back that is waited for, tasks among the futures. The library asks thrice a field."""


def is_waited_for(value: Any) -> TypeGuard[Awaitable[Any]]:
    """Whether a value is one that is waited for."""
    return isinstance(value, WAITED_FOR)


class ShortWay(Executor[Any]):
    """Scalars and enums without arguments are nine fields of ten: resolved and written, and nothing else.

    Their resolvers are told of the request and never of their own place in the answer, so what they are told
    is made once for a selection, and not once for a row.
    """

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: Any,
        path: Path,
        position_context: Any,
    ) -> Any:
        """The field's value, or what will be it; as the library has it."""
        infos: dict[int, Any] = self.__dict__.setdefault("_infos", {})
        known = infos.get(id(field_details_list))
        if known is None:
            # The list itself is kept with what was made of it, so that no other takes its id.
            known = infos[id(field_details_list)] = (
                field_details_list,
                self._short(parent_type, field_details_list, path),
            )
        short = known[1]
        if short is None:
            return super().execute_field(parent_type, source, field_details_list, path, position_context)
        resolve, coerce, type_, info = short
        try:
            value = resolve(source, info)
            if isinstance(value, WAITED_FOR):
                return self.complete_awaitable_value(
                    type_, field_details_list, info, path, value, position_context
                )
            if value is None or isinstance(value, Exception):
                return self.complete_value(type_, field_details_list, info, path, value, position_context)
            return coerce(value)
        except Exception as problem:
            self.handle_field_error(problem, type_, field_details_list, path)
            return None

    def _short(self, parent_type: GraphQLObjectType, field_details_list: Any, path: Path) -> Any:
        node = field_details_list[0].node
        field = parent_type.fields.get(node.name.value)
        if field is None or field.args or field.resolve is None or path.prev is None:
            return None
        coerce = _coercion(field.type)
        if coerce is None:
            return None
        nodes = [details.node for details in field_details_list]
        return field.resolve, coerce, field.type, self.build_resolve_info(field, nodes, parent_type, path)


def _coercion(type_: GraphQLOutputType) -> Callable[[Any], Any] | None:
    """How a value of a type is written; None of a type that is no scalar and no enum."""
    inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if not is_leaf_type(inner):
        return None
    leaf: GraphQLLeafType = inner

    def coerce(value: Any) -> Any:
        written = leaf.coerce_output_value(value)
        if written is None or written is Undefined:
            raise TypeError(f"{value!r} cannot be written as {leaf}")
        return written

    return coerce


async def executed(
    document: DocumentNode, request: Request, variables: dict[str, Any], operation: str | None = None
) -> ExecutionResult:
    """What comes of a document."""
    result = execute(
        schema(),
        document,
        context_value=request,
        variable_values=variables,
        operation_name=operation,
        executor_class=ShortWay,
        is_awaitable=is_waited_for,
    )
    return result if isinstance(result, ExecutionResult) else await result
