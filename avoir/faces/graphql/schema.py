"""The schema: the SDL beside this file, with a resolver for every field and a scope for every operation."""

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    get_nullable_type,
)

from avoir.faces.graphql import webhooks
from avoir.faces.graphql.connection import CONNECTION, Nothing
from avoir.faces.graphql.crediting import UNABLE
from avoir.faces.graphql.fields import types
from avoir.faces.graphql.mutations import MUTATIONS
from avoir.faces.graphql.queries import QUERIES
from avoir.faces.graphql.request import Info
from avoir.faces.graphql.scalars import COERCIONS, FLOAT
from avoir.faces.graphql.trying import PREVIEW_ENTRY, PREVIEW_LINE

FIELDS = {
    **types.FIELDS,
    "PreviewEntry": PREVIEW_ENTRY,
    "PreviewLine": PREVIEW_LINE,
    "WebhookEndpoint": webhooks.WEBHOOK_ENDPOINT,
}

PAYS_OUT = frozenset({"creditNoteRefund", "invoiceRefund"})
"""What pays back whatever it is asked with: it takes the scope of the client, and the role of its person."""

_SCOPE = re.compile(r"Requires ([a-z]+:(?:read|write)|no scope)\.\Z")
NONE = "no scope"
Operation = Callable[[Info, Mapping[str, Any]], Awaitable[Any]]


def sdl() -> str:
    """The schema as text: what stands in the files, one after the other."""
    directory = files("avoir.faces.graphql") / "schema"
    found = sorted(
        (each for each in directory.iterdir() if each.name.endswith(".graphql")), key=lambda f: f.name
    )
    return "\n".join(each.read_text("utf-8") for each in found)


@cache
def schema() -> GraphQLSchema:
    """The schema, ready to execute."""
    made = build_schema(sdl())
    _take_floats_out(made)
    for name, coercions in COERCIONS.items():
        for how, function in coercions.items():
            setattr(made.type_map[name], how, function)
    for type_ in made.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            fields = CONNECTION if type_.name.endswith("Connection") else FIELDS.get(type_.name, {})
            for name, resolver in fields.items():
                type_.fields[name].resolve = resolver
    for name, kinds in types.UNIONS.items():
        union = made.type_map[name]
        assert isinstance(union, GraphQLUnionType)  # noqa: S101 - `transactions.graphql` declares it.
        union.resolve_type = _kind_of(kinds)
    for root, operations in ((made.query_type, QUERIES), (made.mutation_type, MUTATIONS)):
        assert root is not None  # noqa: S101 - `root.graphql` declares both.
        for name, operation in operations.items():
            field = root.fields[name]
            field.resolve = _guarded(name, field, operation, mutates=root is made.mutation_type)
    return made


def scope_of(field: GraphQLField) -> str:
    """The scope that an operation takes, or `NONE`: the last words of its description, for its readers."""
    match = _SCOPE.search((field.description or "").strip())
    if match is None:
        raise ValueError("the description of an operation ends with the scope that it requires")
    return match[1]


def _guarded(name: str, field: GraphQLField, operation: Operation, *, mutates: bool) -> Any:
    scope = scope_of(field)
    title = name[0].upper() + name[1:]
    sort = "mutation" if mutates else "query"
    sentence = f"Missing required permission: {scope.partition(':')[2]}, can't access {sort} {title}"
    missing = _denied(field, sentence, mutates=mutates)
    unable = _denied(field, UNABLE.format(title), mutates=mutates) if name in PAYS_OUT else None

    async def resolve(root: Any, info: Info, **args: Any) -> Any:
        if scope != NONE and scope not in info.context.scopes:
            return missing()
        if unable is not None and not info.context.may_refund:
            return unable()
        return await operation(info, args)

    return resolve


def _kind_of(kinds: Mapping[type[Any], str]) -> Callable[..., str]:
    return lambda value, info, type_: kinds[type(value)]


def _denied(field: GraphQLField, sentence: str, *, mutates: bool) -> Callable[[], Any]:
    """What the contract answers without the scope (1.5)."""
    type_ = get_named_type(field.type)
    if mutates and isinstance(type_, GraphQLObjectType) and _can_be_empty(type_):
        many = isinstance(get_nullable_type(type_.fields["errors"].type), GraphQLList)
        return lambda: {"errors": [sentence] if many else sentence}
    if not mutates and type_.name.endswith("Connection"):
        return Nothing
    if not mutates and not isinstance(field.type, GraphQLNonNull):
        return lambda: None

    def refuse() -> Any:
        raise GraphQLError(sentence, extensions={"code": "missing_scope", "kind": "forbidden", "facts": {}})

    return refuse


def _can_be_empty(payload: GraphQLObjectType) -> bool:
    """Whether a payload can say what is missing and hold nothing else."""
    rest = [field.type for name, field in payload.fields.items() if name != "errors"]
    return len(rest) < len(payload.fields) and not any(isinstance(each, GraphQLNonNull) for each in rest)


def _take_floats_out(made: GraphQLSchema) -> None:
    """Put our Float, which is exact, where the library has put its own."""
    for type_ in made.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for field in type_.fields.values():
                field.type = _exact(field.type)
                for argument in field.args.values():
                    argument.type = _exact(argument.type)
        elif isinstance(type_, GraphQLInputObjectType):
            for given in type_.fields.values():
                given.type = _exact(given.type)
    made.type_map["Float"] = FLOAT


def _exact(type_: Any) -> Any:
    if isinstance(type_, GraphQLNonNull | GraphQLList):
        return type(type_)(_exact(type_.of_type))
    return FLOAT if isinstance(type_, GraphQLScalarType) and type_.name == "Float" else type_
