"""The schema is contract A's in all that it serves: nothing missing, nothing narrower, additions marked."""

from pathlib import Path

import pytest
from graphql import (
    EnumTypeDefinitionNode,
    GraphQLObjectType,
    build_client_schema,
    get_introspection_query,
    get_named_type,
    introspection_from_schema,
    is_leaf_type,
    parse,
    print_ast,
    validate_schema,
)

from avoir.app.dispute_reasons import CreateDisputeReason
from avoir.faces.graphql.connection import CONNECTION
from avoir.faces.graphql.schema import FIELDS, schema, sdl
from tests.ledger import line

HERE = Path(__file__).parent
CONTRACT = parse("".join((HERE / f"contract{part}.graphql").read_text() for part in ("", "_changes")))
TYPES = {each.name.value: each for each in CONTRACT.definitions}
LATER = {
    "AccountBalance", "AccountType", "AuthObject", "Charge", "Contact", "ContactAttributes",
    "CurrentUserPayload", "Deal", "Dispute", "FormattedChargePriceTier", "Industry", "InvoiceTemplate",
    "PayingStatus", "PaymentMethodConnection", "Plugin", "Quote", "QuoteChangeKind", "RecurringRevenue",
    "RevenueMovement", "Role", "Subscription", "Transaction", "UserProfile",
}  # fmt: skip
"""Types of the contract that are out of scope, or come later; fields that point to them are left out."""
OURS = {"MutationChanges": "Mutation"}
"""Where a type of the contract stands under another name in its second file."""
SCALARS = {"Boolean", "Float", "ID", "ISO8601Date", "ISO8601DateTime", "Int", "String", "BigDecimal"}


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


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_type_of_the_contract_has_every_field_argument_and_value_as_it_is_there(name):
    theirs, ours = TYPES[name], schema().type_map[OURS.get(name, name)]
    if isinstance(theirs, EnumTypeDefinitionNode):
        assert set(ours.values) == {value.name.value for value in theirs.values}
        return
    for field in theirs.fields:
        told = f"{name}.{field.name.value}"
        target = named(field.type)
        if target in LATER:
            assert field.name.value not in ours.fields, f"{told} is served: take {target} out of LATER"
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
        told = [name, *(other for other, named_ in OURS.items() if named_ == name)]
        theirs = {field.name.value for each in told for field in TYPES[each].fields}
        for field, each in ours.fields.items():
            if field not in theirs and "Addition to the contract" not in (each.description or ""):
                unmarked.append(f"{name}.{field}")
    assert unmarked == []
    refund = schema().mutation_type.fields["invoiceRefund"]
    assert set(refund.args) == {
        "invoiceId", "disputeReasonId", "amount", "date", "exchangeRate", "fromAccountId", "items", "reopen",
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
    shop.ask(CreateDisputeReason(name="Broken"))
    shop.paid(shop.invoice(line(100, shop.tax(20))), 120)
    shop.data("mutation { invoiceRefund(invoiceId: 1, disputeReasonId: 1) { errors } }")
    for root, arguments in {
        "creditNote": "(id: 1)", "invoice": "(id: 1)", "payment": "(id: 1)", "account": "(id: 1)",
        "disputeReason": "(id: 1)", "currentUser": "", "creditNotes": "", "invoices": "", "payments": "",
        "accounts": "",
        "disputeReasons": "", "paymentApplication": "(id: 1)", "paymentApplications": "",
        "entities": "", "entity": "(id: 1)", "financialAccount": "(id: 1000)", "financialAccounts": "",
        "journalEntries": "", "journalEntry": "(id: 1)",
    }.items():  # fmt: skip
        selected = everything(schema().query_type.fields[root].type, 3)
        assert shop.data(f"{{ {root}{arguments} {selected} }}")[root] is not None


def everything(type_, depth: int) -> str:
    """A selection of every field of a type, some levels deep."""
    fields = [
        f"{name} {'' if is_leaf_type(get_named_type(field.type)) else everything(field.type, depth - 1)}"
        for name, field in get_named_type(type_).fields.items()
        if depth > 1 or is_leaf_type(get_named_type(field.type))
    ]
    return f"{{ {' '.join(fields)} }}" if fields else "{ __typename }"


def test_graphiql_can_ask_what_there_is(shop):
    answer = shop.data(get_introspection_query(input_value_deprecation=True, specified_by_url=True))
    assert {each["name"] for each in answer["__schema"]["types"]} == set(schema().type_map)


def test_the_schema_is_printed_as_it_stands_in_the_files():
    assert "Requires billing:write." in sdl()
    assert parse(sdl())
