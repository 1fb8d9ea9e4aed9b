"""How much one document may ask for, however it is written; and what is remembered of documents."""

import asyncio

import pytest

from avoir.faces.graphql import request
from avoir.faces.graphql.documents import MOST_DEPTH, MOST_FIELDS, MOST_TOKENS, Documents
from avoir.faces.graphql.schema import schema
from tests.ledger import line


def get(documents: Documents, text: str):
    return asyncio.run(documents.get(text))


def doubling(levels: int) -> str:
    """A short document that is huge when its fragments are written out."""
    fragments = [f"fragment f{n} on Query {{ a: __typename ...f{n + 1} ...f{n + 1} }}" for n in range(levels)]
    return " ".join(["{ ...f0 }", *fragments, f"fragment f{levels} on Query {{ a: __typename }}"])


def deep(levels: int) -> str:
    """An invoice of a credit note of an invoice of ..."""
    return (
        "{ invoice(id: 1) " + "{ creditNotes { creditedInvoice " * levels + "{ id }" + " } }" * levels + " }"
    )


def deep_through_fragments(levels: int) -> str:
    """The same, with every level in a fragment of its own."""
    step = "fragment f{} on Invoice {{ creditNotes {{ creditedInvoice {{ ...f{} }} }} }}"
    fragments = [step.format(n, n + 1) for n in range(levels)]
    return " ".join(["{ invoice(id: 1) { ...f0 } }", *fragments, f"fragment f{levels} on Invoice {{ id }}"])


ALIASES = " ".join(f"a{n}: __typename" for n in range(MOST_FIELDS + 1))
HUGE = {
    "aliases": f"{{ {ALIASES} }}",
    "a fragment spread often": "{ ...f } fragment f on Query { " + ALIASES + " }",
    "fragments that double": doubling(30),
    "inline fragments": "{ " + " ".join(f"... {{ a{n}: __typename }}" for n in range(MOST_FIELDS + 1)) + " }",
    "levels": deep(10),
    "levels through fragments": deep_through_fragments(9),
    "a fragment of itself": "{ ...f } fragment f on Query { __typename ...f }",
    "fragments of each other": "{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }",
    "tokens": "{ __typename " + "@include(if: true) " * MOST_TOKENS + "}",
    "comments": "{ __typename }" + "#\n" * (MOST_TOKENS + 1),
    "characters": "{ __typename }" + " " * 100_000,
    "brackets": "{ a(b: " + "[" * 2_400 + "]" * 2_400 + ") }",
    "introspection": "{ __schema { types { " + "fields { type { " * 4 + "name" + " } }" * 4 + " } } }",
}  # fmt: skip


@pytest.mark.parametrize("document", HUGE.values(), ids=HUGE)
def test_a_huge_document_is_refused_and_not_executed(document):
    made = get(Documents(schema()), document)
    assert made.prepared is None
    assert made.errors


def test_what_people_ask_for_is_within_the_limits():
    documents = Documents(schema())
    assert get(documents, deep((MOST_DEPTH - 2) // 2)).errors == ()
    batch = " ".join(
        f"a{n}: invoiceIssue(id: {n}) {{ invoice {{ id number state }} errors }}" for n in range(100)
    )
    assert get(documents, f"mutation {{ {batch} }}").errors == ()


MERGED = "{{ transactions {{ nodes {{ transactionable {{ {} }} }} }} }}"


def test_what_a_union_holds_may_be_asked_for_by_one_name_and_differ_in_type(shop):
    shop.paid(shop.invoice(line(10)), 10)
    inner = "... on Invoice { id state } ... on Payment { id state } ... on CreditNote { id state }"
    listed = shop.data(MERGED.format(inner))["transactions"]["nodes"]
    assert sorted(each["transactionable"]["state"] for each in listed) == ["APPLIED", "PAID"]
    twice = "{ a: transaction(id: 1) { ...f } a: transaction(id: 1) { ...g } }"
    for apart in (
        f"{twice} fragment f on Transaction {{ transactionable {{ ... on Invoice {{ id }} }} }} "
        "fragment g on Transaction { transactionable { ... on Payment { id } } }",
    ):
        assert get(Documents(schema()), apart).errors == ()


@pytest.mark.parametrize(
    "document",
    [
        "{ invoice(id: 1) { id: number id } }",
        "{ invoice(id: 1) { id } invoice(id: 2) { id } }",
        MERGED.format("... on Invoice { id account { id: name id } } ... on Payment { id }"),
        "{ invoice(id: 1) { account { id } } invoice(id: 1) { account { id: name } } }",
    ],
)
def test_what_one_name_cannot_mean_at_once_is_refused(document):
    made = get(Documents(schema()), document)
    assert made.prepared is None
    assert any("conflict" in error.message for error in made.errors)


def test_the_steps_of_a_mutation_are_counted_through_fragments():
    step = "invoiceIssue(id: 1) { errors }"
    documents = Documents(schema())
    one = get(documents, f"mutation {{ {step} }}")
    assert one.steps == {None: 1}
    many = get(
        documents,
        f"""query q {{ __typename }}
        mutation m {{ a: {step} ...f ... on Mutation {{ b: {step} }} }}
        fragment f on Mutation {{ c: {step} ...g }} fragment g on Mutation {{ d: {step} }}""",
    )
    assert many.steps == {"m": 4}


def test_a_document_is_parsed_once_and_the_least_used_is_forgotten(monkeypatch):
    documents = Documents(schema())
    first = get(documents, "{ __typename }")
    assert get(documents, "{ __typename }") is first
    wrong = get(documents, "{ nothing }")
    assert get(documents, "{ nothing }") is wrong, "a wrong document costs as much as a right one"
    for n in range(20):
        get(documents, f"{{ __typename }} # {'x' * 20_000} {n}")
    assert get(documents, "{ __typename }") is not first
    large = get(documents, "{ __typename } # " + "x" * 40_000)
    assert get(documents, large.text) is not large, "one document does not push out all others"


def test_an_answer_has_a_bounded_number_of_objects(shop, monkeypatch):
    monkeypatch.setattr(request, "MOST_OBJECTS", 100)
    shop.invoice(*[line(1) for _ in range(60)])
    assert shop.data("{ invoice(id: 1) { invoiceItems { id } } }")
    answer = shop.answer("{ invoice(id: 1) { a: invoiceItems { id } b: invoiceItems { id } } }")
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["too_much_asked"]
