"""Scopes are enforced where the contract puts them, and say what is missing (contract A, 1.4 and 1.5)."""

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)

from avoir.app.customers import EditCustomer
from avoir.app.entities import EditEntity
from avoir.faces.graphql.schema import schema, scope_of
from tests.faces.graphql.furnished import furnish
from tests.faces.graphql.shop import EVERY_SCOPE
from tests.faces.graphql.test_schema import TYPES
from tests.ledger import line

CONTRACT = {
    root: {
        field.name.value: "no scope" if field.description.value == "none" else field.description.value
        for field in TYPES[root].fields
    }
    for root in ("Query", "Mutation")
}
"""The scope of every operation of the contract that is in scope."""
VALUES = {"ID": "1", "String": "x", "Float": 1, "Int": 1, "Boolean": True, "ISO8601Date": "2026-11-22"}


def some(type_):
    """A value that an argument takes: enough for the document to be valid."""
    if isinstance(type_, GraphQLNonNull):
        return some(type_.of_type)
    if isinstance(type_, GraphQLList):
        return [some(type_.of_type)]
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        needed = {name: each for name, each in type_.fields.items() if isinstance(each.type, GraphQLNonNull)}
        return {name: some(each.type) for name, each in needed.items()}
    return VALUES.get(type_.name, "2026-11-22")


def asked(name: str, selected: str) -> tuple[str, dict]:
    """A mutation with what it needs, and no more."""
    needed = {
        arg: each
        for arg, each in schema().mutation_type.fields[name].args.items()
        if isinstance(each.type, GraphQLNonNull)
    }
    declared = ", ".join(f"${arg}: {each.type}" for arg, each in needed.items())
    given = ", ".join(f"{arg}: ${arg}" for arg in needed)
    heads = (f"({declared})", f"({given})") if needed else ("", "")
    document = f"mutation {heads[0]} {{ {name}{heads[1]} {{ {selected} }} }}"
    return document, {arg: some(each.type) for arg, each in needed.items()}


def operations():
    for root in (schema().query_type, schema().mutation_type):
        yield from root.fields.items()


def test_every_operation_takes_the_scope_of_the_contract_and_says_so():
    contract = {**CONTRACT["Query"], **CONTRACT["Mutation"]}
    for name, field in operations():
        assert scope_of(field) == contract.get(name, scope_of(field)), name


def test_our_own_operations_say_that_they_are():
    marked = {
        name for name, field in operations() if field.description.startswith("Addition to the contract")
    }
    assert marked == {name for name, _ in operations()} - {*CONTRACT["Query"], *CONTRACT["Mutation"]}


def taking(scope: str, root) -> set[str]:
    """The operations that take a scope."""
    return {name for name, field in root.fields.items() if scope_of(field) == scope}


def without(shop, scope: str) -> dict[str, str]:
    """The headers of a client that has every scope but one."""
    shop.client(scope, EVERY_SCOPE.replace(scope, ""))
    return {"authorization": f"bearer {shop.token_of(scope)}"}


@pytest.mark.parametrize("scope", ["billing:write", "standard:write"])
def test_a_mutation_without_its_scope_does_nothing_and_says_what_is_missing(shop, scope):
    shop.paid(shop.invoice(line(10)), 10)
    headers, before = without(shop, scope), shop.books()
    for name in sorted(taking(scope, schema().mutation_type)):
        fields = get_named_type(schema().mutation_type.fields[name].type).fields
        resources = [field for field in fields if field != "errors"]
        if "errors" not in fields or any(isinstance(fields[each].type, GraphQLNonNull) for each in resources):
            continue
        selected = " ".join(
            resource
            if is_leaf_type(get_named_type(fields[resource].type))
            else f"{resource} {{ __typename }}"
            for resource in resources
        )
        answer = shop.answer(*asked(name, f"{selected} errors"), **headers)
        title = name[0].upper() + name[1:]
        sentence = f"Missing required permission: write, can't access mutation {title}"
        many = isinstance(get_nullable_type(fields["errors"].type), GraphQLList)
        payload = dict.fromkeys(resources) | {"errors": [sentence] if many else sentence}
        assert answer == {"data": {name: payload}}
    assert shop.books() == before


def test_a_payload_that_cannot_be_without_its_resource_is_an_error_on_top(shop):
    shop.invoice(line(10))
    headers = without(shop, "billing:write")
    for name, resource in {"creditNoteIssue": "creditNote", "invoiceVoid": "invoice"}.items():
        error = shop.no(f"mutation {{ {name}(id: 1) {{ {resource} {{ id }} }} }}", **headers)
        title = name[0].upper() + name[1:]
        assert error["message"] == f"Missing required permission: write, can't access mutation {title}"
        assert error["extensions"]["code"] == "missing_scope"


IDS = {
    "accountBalance": "1-USD", "currency": "USD", "financialAccount": "1000", "journalEntryLine": "1-1",
    "period": "202611", "transaction": "5", "creditNoteItem": "4",
}  # fmt: skip


@pytest.mark.parametrize(
    "scope",
    ["billing:read", "standard:read", "developer:read", "security:read", "workflow:read", "portal:read"],
)
def test_a_list_without_its_scope_is_empty_and_an_object_is_null(shop, scope):
    furnish(shop)
    # The second invoice has no tax, and so is a supply to another member of the European Union.
    shop.ask(EditEntity(entity_id=1, details='{"billingCountry":"DE"}'))
    abroad = '{"billingAddressCountry":"FR","taxNumber":"FR1"}'
    shop.ask(EditCustomer(customer_id=1, details=abroad))
    headers = without(shop, scope)
    for name in sorted(taking(scope, schema().query_type) - {"currentUser"}):
        field = schema().query_type.fields[name]
        if get_named_type(field.type).name.endswith("Connection"):
            document = (
                f"{{ {name} {{ nodes {{ id }} edges {{ cursor }} totalCount pageInfo {{ hasNextPage }} }} }}"
            )
            nothing = {"nodes": [], "edges": [], "totalCount": 0, "pageInfo": {"hasNextPage": False}}
            assert shop.answer(document, **headers) == {"data": {name: nothing}}
            assert shop.data(document)[name]["totalCount"] >= 1, name
            continue
        given = f'(id: "{IDS.get(name, "1")}")' if "id" in field.args else ""
        document = f"{{ {name}{given} {{ __typename }} }}"
        assert shop.data(document)[name] is not None, name
        answer = shop.answer(document, **headers)
        if isinstance(field.type, GraphQLNonNull):
            (error,) = answer["errors"]
            assert (answer["data"], error["extensions"]["code"]) == (None, "missing_scope")
        else:
            assert answer == {"data": {name: None}}


def test_the_current_user_is_never_null_so_its_missing_scope_is_an_error(shop):
    headers = without(shop, "standard:read")
    error = shop.no("{ currentUser { scopes } }", **headers)
    assert error["message"] == "Missing required permission: read, can't access query CurrentUser"
    assert error["extensions"] == {"code": "missing_scope", "kind": "forbidden", "facts": {}}


def test_a_token_is_good_for_no_more_than_was_asked_for(shop):
    headers = {"authorization": f"Bearer {shop.token_of('till', 'standard:read')}"}
    assert shop.data("{ currentUser { scopes } }", **headers) == {
        "currentUser": {"scopes": ["standard:read"]}
    }
    assert shop.data("{ invoice(id: 1) { id } }", **headers) == {"invoice": None}


WITHOUT = {
    "accountValidateAddress", "checkout", "creditNoteIssue", "entityValidateAddress", "invoiceAddCredit",
    "invoiceDeleteCredit",
}  # fmt: skip
"""Mutations whose payload has no place for errors."""
EMPTY_LISTS = {
    "entityDuplicate", "invoiceUpdateComment", "invoiceUpdateCredit", "invoiceUpdateCredits",
    "invoiceUpdateNotes",
}  # fmt: skip
"""Mutations whose payload says with an empty list that nothing is wrong."""


def test_the_errors_of_a_payload_are_null_when_nothing_is_missing():
    for name, field in schema().mutation_type.fields.items():
        fields = get_named_type(field.type).fields
        if name in WITHOUT:
            assert "errors" not in fields, "as the contract has it"
            continue
        errors = fields["errors"].type
        if name in EMPTY_LISTS:
            assert str(errors) == "[String!]!", name
            continue
        assert not isinstance(errors, GraphQLNonNull), f"{name}: a list that is not null must be empty"
        assert is_leaf_type(get_named_type(errors))
