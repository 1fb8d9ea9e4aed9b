"""A plan at work: the fields of a document, each knowing already how it is resolved and written.

It gives the very answers of the library's executor, errors included, which a test holds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import CoroutineType
from typing import Any, NamedTuple, TypeGuard

from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLNonNull,
    get_nullable_type,
    is_leaf_type,
    located_error,
)
from graphql.pyutils import gather_with_cancel, is_iterable

WAITED_FOR = (CoroutineType, asyncio.Future)
"""What resolvers give back that is waited for, tasks among the futures."""


def is_waited_for(value: Any) -> TypeGuard[Awaitable[Any]]:
    """Whether a value is one that is waited for."""
    return isinstance(value, WAITED_FOR)


Way = tuple[Any, str | int] | None
"""The way to a place in the answer: the way to what it is in, and its key there."""
Complete = Callable[[Any, Way, "Run"], Any]
"""Makes of a resolved value what is answered, or a coroutine that does."""


Arguments = Callable[[Mapping[str, Any]], dict[str, Any]]
"""What a field is asked with, from the values of the variables."""


class Root(NamedTuple):
    """Where a resolver stands, as far as any asks: the key of its answer."""

    key: str


class Told:
    """What a resolver is told; of those at the root, each has its own."""

    __slots__ = ("context", "path")

    def __init__(self, context: Any, path: Root) -> None:
        self.context, self.path = context, path


class Run:
    """One request on its way through a plan."""

    __slots__ = ("background", "context", "errors", "nulled", "told", "variables")

    def __init__(self, context: Any, variables: Mapping[str, Any]) -> None:
        self.context, self.variables = context, variables
        self.told = Told(context, Root(""))
        self.errors: list[GraphQLError] = []
        self.nulled: set[Way] = set()
        self.background: list[Any] = []

    def failed(self, problem: Exception, nodes: list[FieldNode], way: Way, *, never_null: bool) -> None:
        """Null stands there, and the error is told; where null cannot stand, what is above is null."""
        error = located_error(problem, nodes, _keys(way))
        if never_null:
            raise error
        self.add(error, way)

    def add(self, error: GraphQLError, way: Way) -> None:
        """Tell of an error, unless nothing is left of the place where it was."""
        above = way
        while above is not None:
            if above in self.nulled:
                return
            above = above[0]
        if None not in self.nulled:
            self.nulled.add(way)
            self.errors.append(error)

    def settle(self, waiting: Sequence[Awaitable[Any]]) -> None:
        """What was begun for an answer that is null by now comes to its end, and nobody looks."""
        if waiting:
            self.background.append(asyncio.gather(*waiting, return_exceptions=True))


class Step:
    """One field of a selection."""

    def __init__(
        self, name: str, parent: str, field: GraphQLField, nodes: list[FieldNode], arguments: Arguments | None
    ) -> None:
        self.name, self.nodes, self.arguments = name, nodes, arguments
        self.never_null = isinstance(field.type, GraphQLNonNull)
        self.place = f"{parent}.{nodes[0].name.value}"
        self.resolve = field.resolve or _given(nodes[0].name.value)
        # A value without an inside needs no way to it, and is most often at hand.
        self.deep = not is_leaf_type(get_nullable_type(field.type))
        self.complete: Complete

    def value(self, source: Any, way: Way, told: Told, run: Run) -> Any:
        """What is answered, or a coroutine that gives it. Raises where null cannot stand."""
        try:
            if self.arguments is None:
                value = self.resolve(source, told)
            else:
                value = self.resolve(source, told, **self.arguments(run.variables))
            if isinstance(value, WAITED_FOR):
                return self._later(value, way, run, resolved=False)
            value = self.complete(value, (way, self.name) if self.deep else None, run)
            if isinstance(value, CoroutineType):
                return self._later(value, way, run, resolved=True)
            return value
        except Exception as problem:
            return run.failed(problem, self.nodes, (way, self.name), never_null=self.never_null)

    async def _later(self, waiting: Awaitable[Any], way: Way, run: Run, *, resolved: bool) -> Any:
        try:
            value = await waiting
            if not resolved:
                value = self.complete(value, (way, self.name), run)
                if isinstance(value, CoroutineType):
                    value = await value
            return value
        except Exception as problem:
            return run.failed(problem, self.nodes, (way, self.name), never_null=self.never_null)


class Selection:
    """What is asked for of an object of one type."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def fill(self, source: Any, way: Way, run: Run) -> Any:
        """The object as it is answered, or a coroutine that gives it."""
        result: dict[str, Any] = {}
        waiting: list[str] = []
        at_root = way is None
        try:
            for step in self.steps:
                name = step.name
                told = Told(run.context, Root(name)) if at_root else run.told
                value = result[name] = step.value(source, way, told, run)
                if isinstance(value, CoroutineType):
                    waiting.append(name)
        except Exception:
            run.settle([result[name] for name in waiting])
            raise
        return _gathered(result, waiting) if waiting else result

    async def serially(self, run: Run) -> dict[str, Any]:
        """The same for the root of a mutation: one field after the other."""
        result: dict[str, Any] = {}
        for step in self.steps:
            value = step.value(None, None, Told(run.context, Root(step.name)), run)
            result[step.name] = await value if isinstance(value, CoroutineType) else value
        return result


async def run(
    selection: Selection, context: Any, variables: Mapping[str, Any], *, serial: bool
) -> ExecutionResult:
    """What comes of a selection at the root, for one request."""
    going = Run(context, variables)
    data: Any
    try:
        data = selection.serially(going) if serial else selection.fill(None, None, going)
        if isinstance(data, CoroutineType):
            data = await data
    except GraphQLError as error:
        going.add(error, None)
        data = None
    return ExecutionResult(data, going.errors or None)


async def _gathered(result: dict[Any, Any] | list[Any], waiting: Sequence[Any]) -> Any:
    """The same with what was waited for, all at once."""
    if len(waiting) == 1:
        result[waiting[0]] = await result[waiting[0]]
        return result
    found = await gather_with_cancel(*(result[each] for each in waiting))
    for each, value in zip(waiting, found, strict=True):
        result[each] = value
    return result


def leaf(type_: Any) -> Complete:
    """Writes scalars and enums of a type."""
    coerce = type_.coerce_output_value

    def complete(value: Any, way: Way, run: Run) -> Any:
        written = coerce(value)
        if written is None:
            raise TypeError(f"Expected `{type_}.coerce_output_value({value!r})` to return a value")
        return written

    return complete


def listed(type_: Any, complete: Complete, step: Step) -> Complete:
    """Completes each element of a list."""
    never_null = isinstance(type_, GraphQLNonNull)

    async def later(waiting: Awaitable[Any], way: Way, run: Run) -> Any:
        try:
            return await waiting
        except Exception as problem:
            return run.failed(problem, step.nodes, way, never_null=never_null)

    def complete_all(items: Any, way: Way, run: Run) -> Any:
        if not isinstance(items, list | tuple) and not is_iterable(items):
            raise GraphQLError(f"Expected Iterable, but did not find one for field '{step.place}'.")
        results: list[Any] = []
        waiting: list[int] = []
        try:
            for index, item in enumerate(items):
                here = (way, index)
                try:
                    value = complete(item, here, run)
                    if isinstance(value, CoroutineType):
                        value = later(value, here, run)
                        waiting.append(index)
                except Exception as problem:
                    run.failed(problem, step.nodes, here, never_null=never_null)
                    value = None
                results.append(value)
        except Exception:
            run.settle([results[index] for index in waiting])
            raise
        return _gathered(results, waiting) if waiting else results

    return complete_all


def _given(name: str) -> Callable[..., Any]:
    """What payloads hold, or find out when they are asked."""

    def resolve(source: Any, told: Told, **arguments: Any) -> Any:
        value = source.get(name) if isinstance(source, Mapping) else getattr(source, name, None)
        return value(told, **arguments) if callable(value) else value

    return resolve


def _keys(way: Way) -> list[str | int]:
    keys: list[str | int] = []
    while way is not None:
        way, key = way
        keys.append(key)
    return keys[::-1]
