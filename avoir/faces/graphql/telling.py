"""What webhooks say of a thing: all that contract A shows of it itself (4.11)."""

from functools import cache

from graphql import (
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    parse,
)

from avoir.core.client import SCOPES
from avoir.core.webhook_endpoint import OBJECTS
from avoir.faces.access import Access, Identity
from avoir.faces.caller import Caller
from avoir.faces.door import Door
from avoir.faces.graphql.envelope import body_of
from avoir.faces.graphql.executing import Prepared
from avoir.faces.graphql.request import Asked, Request
from avoir.faces.graphql.schema import schema

LEFT_OUT = frozenset({"operations"})
"""What changes without the thing being changed."""


class Teller:
    """Tells of things in the name of the worker, with every scope."""

    def __init__(self, door: Door, access: Access) -> None:
        self.door, self.access = door, access

    async def tell(self, organization_id: int, kind: str, id: int) -> str | None:
        """The body that tells of a thing as it is now; None of one that is gone or that nobody shows."""
        type_ = OBJECTS[kind]
        document = _document(type_)
        setup = await self.access.setup(organization_id)
        if document is None or setup is None:
            return None
        identity = Identity("worker", None, organization_id, SCOPES)
        caller = Caller(self.door, self.access, identity, setup, None)
        variables = {"id": str(id)}
        request = Request(caller, Asked("", variables, None), 0)
        result = await document.executed(request, variables)
        for error in result.errors or ():
            raise error.original_error or error
        shown = (result.data or {}).get("it")
        return None if shown is None else body_of(type_, shown)


@cache
def _document(type_: str) -> Prepared | None:
    """A query for all that a type says of itself, without what it leads to; None where nothing shows one."""
    query, ours = schema().query_type, schema().type_map.get(type_)
    name = type_[0].lower() + type_[1:]
    if query is None or name not in query.fields or not isinstance(ours, GraphQLObjectType):
        return None
    fields = [
        each
        for each, field in ours.fields.items()
        if is_leaf_type(get_named_type(field.type))
        and each not in LEFT_OUT
        and not any(isinstance(argument.type, GraphQLNonNull) for argument in field.args.values())
    ]
    return Prepared(parse(f"query ($id: ID!) {{ it: {name}(id: $id) {{ {' '.join(fields)} }} }}"))
