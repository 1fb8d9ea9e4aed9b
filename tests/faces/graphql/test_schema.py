"""The schema is contract A's in all that it serves: nothing missing, nothing narrower, additions marked."""

from pathlib import Path

import pytest
from graphql import (
    EnumTypeDefinitionNode,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    UnionTypeDefinitionNode,
    build_client_schema,
    get_introspection_query,
    get_named_type,
    introspection_from_schema,
    is_leaf_type,
    parse,
    print_ast,
    validate_schema,
)

from avoir.faces.graphql.connection import CONNECTION
from avoir.faces.graphql.schema import FIELDS, schema, sdl
from tests.faces.graphql.furnished import furnish

CONTRACT = parse((Path(__file__).parent / "contract.graphql").read_text())
TYPES = {each.name.value: each for each in CONTRACT.definitions}
ELSEWHERE = (
    "Avoir has nothing of subscriptions, quotes, sales and plugins; fields that point to them are left out"
)
OUT_OF_SCOPE = {
    **dict.fromkeys(
        (
            "AuthObject", "Campaign", "Charge", "Deal", "Field", "Industry", "Plugin",
            "Quote", "RecurringRevenue", "RevenueMovement", "Subscription",
        ),
        ELSEWHERE,
    ),
}  # fmt: skip
"""Types, and operations, of the contract that Avoir does not serve, and why; all others are there."""
SCALARS = {"Boolean", "Float", "ID", "ISO8601Date", "ISO8601DateTime", "Int", "String", "BigDecimal", "JSON"}


def named(type_) -> str:
    """The name inside a type's lists and exclamation marks."""
    return print_ast(type_).strip("[]!")


def test_the_schema_is_valid_and_can_be_introspected():
    assert validate_schema(schema()) == []
    rebuilt = build_client_schema(introspection_from_schema(schema()))
    assert set(rebuilt.type_map) == set(schema().type_map)
    (told,) = (
        each for each in introspection_from_schema(schema())["__schema"]["types"] if each["name"] == "Float"
    )
    assert told["description"].startswith("An exact decimal")


def test_what_is_out_of_scope_is_of_the_contract_and_is_not_served():
    for told in OUT_OF_SCOPE:
        type_, _, operation = told.partition(".")
        if operation:
            assert operation in {field.name.value for field in TYPES[type_].fields}, told
            assert operation not in schema().type_map[type_].fields, f"{told} is served: take it out"
        else:
            assert told not in schema().type_map, f"{told} is served: take it out"


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_type_of_the_contract_has_every_field_argument_and_value_as_it_is_there(name):
    theirs, ours = TYPES[name], schema().type_map.get(name)
    if ours is None:
        assert name in OUT_OF_SCOPE, f"{name} is missing"
        return
    if isinstance(theirs, EnumTypeDefinitionNode):
        assert set(ours.values) == {value.name.value for value in theirs.values}
        return
    if isinstance(theirs, UnionTypeDefinitionNode):
        assert {each.name for each in ours.types} == {each.name.value for each in theirs.types}
        return
    for field in theirs.fields:
        told = f"{name}.{field.name.value}"
        target = named(field.type)
        if target in OUT_OF_SCOPE:
            assert field.name.value not in ours.fields, f"{told} is served, but {target} is not"
            continue
        assert target in TYPES or target in SCALARS, f"{told} points to {target}, of which nobody knows"
        assert field.name.value in ours.fields, f"{told} is missing"
        mine = ours.fields[field.name.value]
        assert str(mine.type) == print_ast(field.type), told
        given = {arg.name.value: print_ast(arg.type) for arg in getattr(field, "arguments", None) or ()}
        have = {arg: str(each.type) for arg, each in getattr(mine, "args", {}).items()}
        assert given.items() <= have.items(), told
        assert all(not have[more].endswith("!") for more in have.keys() - given.keys()), told


def test_what_the_contract_does_not_have_says_that_it_is_ours():
    unmarked = []
    for name, ours in schema().type_map.items():
        if not isinstance(ours, GraphQLObjectType) or name.startswith("__"):
            continue
        if name not in TYPES:
            # A payload of ours is described by its mutation.
            if not name.endswith("Payload") and "Addition to the contract" not in (ours.description or ""):
                unmarked.append(name)
            continue
        theirs = {field.name.value for field in TYPES[name].fields}
        for field, each in ours.fields.items():
            if field not in theirs and "Addition to the contract" not in (each.description or ""):
                unmarked.append(f"{name}.{field}")
    assert unmarked == []
    refund = schema().mutation_type.fields["invoiceRefund"]
    assert set(refund.args) == {
        "invoiceId", "disputeReasonId", "amount", "date", "dryRun", "exchangeRate", "fromAccountId", "items",
        "reopen",
    }  # fmt: skip
    assert "`amount` is an addition to the contract" in refund.description


def test_every_field_of_a_row_has_a_resolver_and_every_resolver_a_field():
    for name, ours in schema().type_map.items():
        if isinstance(ours, GraphQLObjectType) and name in FIELDS:
            assert set(FIELDS[name]) == set(ours.fields), name
        elif name.endswith("Connection"):
            assert set(CONNECTION) == set(ours.fields), name
    for root in (schema().query_type, schema().mutation_type):
        assert [name for name, field in root.fields.items() if field.resolve is None] == []


def test_every_field_can_be_asked_for_of_every_type(shop):
    """All at once: whatever a client selects, there is an answer."""
    furnish(shop)
    for root, field in schema().query_type.fields.items():
        needed = {
            name: ARGUMENTS.get((root, name), ARGUMENTS.get(name))
            for name, argument in field.args.items()
            if isinstance(argument.type, GraphQLNonNull) or (name == "id" and not is_list(field))
        }
        given = ", ".join(f'{name}: "{value}"' for name, value in needed.items())
        selected = everything(field.type, 3)
        assert shop.data(f"{{ {root}{f'({given})' if given else ''} {selected} }}")[root] is not None, root


ARGUMENTS = {
    "id": 1, "accountId": 1, "billingDate": "2030-01-01", "text": "ada", ("accountBalance", "id"): "1-USD",
    ("currency", "id"): "USD", ("financialAccount", "id"): 1000, ("journalEntryLine", "id"): "1-1",
    ("period", "id"): 202611, ("transaction", "id"): 5, ("creditNoteItem", "id"): 4,
}  # fmt: skip


def is_list(field) -> bool:
    return get_named_type(field.type).name.endswith("Connection")


def everything(type_, depth: int) -> str:
    """A selection of every field of a type, some levels deep."""
    named = get_named_type(type_)
    if isinstance(named, GraphQLUnionType):
        spread = " ".join(f"... on {each.name} {{ {each.name.lower()}: id }}" for each in named.types)
        return f"{{ __typename {spread} }}"
    fields = [
        f"{name} {'' if is_leaf_type(get_named_type(field.type)) else everything(field.type, depth - 1)}"
        for name, field in named.fields.items()
        if depth > 1 or is_leaf_type(get_named_type(field.type))
    ]
    return f"{{ {' '.join(fields)} }}" if fields else "{ __typename }"


def test_graphiql_can_ask_what_there_is(shop):
    answer = shop.data(get_introspection_query(input_value_deprecation=True, specified_by_url=True))
    assert {each["name"] for each in answer["__schema"]["types"]} == set(schema().type_map)


def test_the_schema_is_printed_as_it_stands_in_the_files():
    assert "Requires billing:write." in sdl()
    assert parse(sdl())
