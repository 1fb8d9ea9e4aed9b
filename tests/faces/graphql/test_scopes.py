"""Scopes are enforced where the contract puts them, and say what is missing (contract A, 1.4 and 1.5)."""

import pytest
from graphql import GraphQLList, GraphQLNonNull, get_named_type, is_leaf_type

from avoir.faces.graphql.schema import schema, scope_of
from tests.faces.graphql.shop import EVERY_SCOPE
from tests.ledger import line

CONTRACT = {
    "standard:read": {
        "account", "accounts", "currentUser", "entities", "entity", "journalEntries", "journalEntry",
        "payment", "paymentApplication", "paymentApplications", "payments",
    },
    "standard:write": {"accountCreate", "invoiceRelease"},
    "billing:read": {
        "creditNote", "creditNotes", "disputeReason", "disputeReasons", "financialAccount",
        "financialAccounts", "invoice", "invoices",
    },
    "billing:write": {
        "creditNoteApplyToInvoices", "creditNoteCreate", "creditNoteDelete", "creditNoteIssue",
        "creditNoteUpdate", "disputeReasonCreate", "disputeReasonDelete", "disputeReasonUpdate",
        "invoiceCredit", "invoiceRefund", "invoiceReissue", "invoiceVoid", "invoiceWriteOff",
        "paymentApplyToAccount", "paymentApplyToInvoice", "paymentApplyToInvoices",
        "paymentUnapplyFromInvoices",
    },
}  # fmt: skip
OURS = {"billing:write": {"creditNoteRefund", "invoiceCreate", "invoiceIssue", "paymentCreate"}}

ARGUMENTS = {
    "accountCreate": 'attributes: {name: "Grace"}',
    "creditNoteApplyToInvoices": "creditNoteId: 1, invoiceIds: [1]",
    "creditNoteCreate": "invoiceId: 1",
    "creditNoteDelete": "id: 1",
    "creditNoteIssue": "id: 1",
    "creditNoteUpdate": "id: 1, attributes: {}",
    "creditNoteRefund": "creditNoteId: 1, fromAccountId: 1000, amount: 1",
    "disputeReasonCreate": 'attributes: {name: "Broken"}',
    "disputeReasonDelete": "id: 1",
    "disputeReasonUpdate": 'id: 1, attributes: {name: "Broken"}',
    "invoiceCreate": "attributes: {accountId: 1, invoiceItems: [{quantity: 1, price: 1}]}",
    "invoiceCredit": "invoiceId: 1",
    "invoiceIssue": "id: 1",
    "invoiceRefund": "invoiceId: 1",
    "invoiceReissue": "id: 1",
    "invoiceRelease": "id: 1",
    "invoiceVoid": "id: 1",
    "invoiceWriteOff": "invoiceId: 1",
    "paymentApplyToAccount": "paymentId: 1",
    "paymentApplyToInvoice": "paymentId: 1, invoiceId: 1",
    "paymentApplyToInvoices": "paymentId: 1, invoiceIds: [1]",
    "paymentUnapplyFromInvoices": "paymentId: 1, invoiceIds: [1]",
    "paymentCreate": "attributes: {accountId: 1, financialAccountId: 1000, amount: 1}",
}


def operations():
    for root in (schema().query_type, schema().mutation_type):
        yield from root.fields.items()


def test_every_operation_takes_the_scope_of_the_contract_and_says_so():
    said = {}
    for name, field in operations():
        said.setdefault(scope_of(field), set()).add(name)
    assert said == {scope: names | OURS.get(scope, set()) for scope, names in CONTRACT.items()}


def test_our_own_operations_say_that_they_are():
    marked = {
        name for name, field in operations() if field.description.startswith("Addition to the contract")
    }
    assert marked == set.union(*OURS.values())


def without(shop, scope: str) -> dict[str, str]:
    """The headers of a client that has every scope but one."""
    shop.client(scope, EVERY_SCOPE.replace(scope, ""))
    return {"authorization": f"bearer {shop.token_of(scope)}"}


@pytest.mark.parametrize("scope", ["billing:write", "standard:write"])
def test_a_mutation_without_its_scope_does_nothing_and_says_what_is_missing(shop, scope):
    shop.paid(shop.invoice(line(10)), 10)
    headers, before = without(shop, scope), shop.books()
    for name in CONTRACT[scope] | OURS.get(scope, set()):
        fields = get_named_type(schema().mutation_type.fields[name].type).fields
        if "errors" not in fields or any(isinstance(each.type, GraphQLNonNull) for each in fields.values()):
            continue
        resources = [field for field in fields if field != "errors"]
        selected = " ".join(f"{resource} {{ id }}" for resource in resources)
        answer = shop.answer(f"mutation {{ {name}({ARGUMENTS[name]}) {{ {selected} errors }} }}", **headers)
        title = name[0].upper() + name[1:]
        sentence = f"Missing required permission: write, can't access mutation {title}"
        many = isinstance(fields["errors"].type, GraphQLList)
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


@pytest.mark.parametrize("scope", ["billing:read", "standard:read"])
def test_a_list_without_its_scope_is_empty_and_an_object_is_null(shop, scope):
    shop.paid(shop.invoice(line(10)), 10)
    shop.data('mutation { disputeReasonCreate(attributes: {name: "Broken"}) { errors } }')
    shop.credit_note(line(1))
    headers = without(shop, scope)
    for name in CONTRACT[scope] - {"currentUser"}:
        field = schema().query_type.fields[name]
        if get_named_type(field.type).name.endswith("Connection"):
            document = (
                f"{{ {name} {{ nodes {{ id }} edges {{ cursor }} totalCount pageInfo {{ hasNextPage }} }} }}"
            )
            nothing = {"nodes": [], "edges": [], "totalCount": 0, "pageInfo": {"hasNextPage": False}}
            assert shop.answer(document, **headers) == {"data": {name: nothing}}
            assert shop.data(document)[name]["totalCount"] >= 1
        else:
            id = "1000" if name == "financialAccount" else "1"
            document = f"{{ {name}(id: {id}) {{ id }} }}"
            assert shop.answer(document, **headers) == {"data": {name: None}}
            assert shop.data(document)[name] == {"id": id}


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


def test_the_errors_of_a_payload_are_null_when_nothing_is_missing():
    for name, field in schema().mutation_type.fields.items():
        fields = get_named_type(field.type).fields
        if name == "creditNoteIssue":
            assert "errors" not in fields, "as the contract has it"
            continue
        errors = fields["errors"].type
        assert not isinstance(errors, GraphQLNonNull), f"{name}: a list that is not null must be empty"
        assert is_leaf_type(get_named_type(errors))
