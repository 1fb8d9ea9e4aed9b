"""A plan answers what the library's executor answers: the same data, the same errors, whatever is asked."""

import asyncio
import itertools
import json
from typing import Any

import pytest
from graphql import (
    GraphQLUnionType,
    build_schema,
    execute,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
    validate,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avoir.faces.caller import Caller
from avoir.faces.graphql import answer
from avoir.faces.graphql.documents import RULES
from avoir.faces.graphql.executing import Prepared, by_the_library
from avoir.faces.graphql.plan import is_waited_for
from avoir.faces.graphql.planning import NotPlain, Planned
from avoir.faces.graphql.request import Asked, Request
from avoir.faces.graphql.schema import schema
from tests.faces.graphql.furnished import furnish
from tests.faces.graphql.shop import Shop

TOY = build_schema("""
    type Query { thing: Thing must: Thing! all: [Thing!]! }
    type Other { n: Int! one: Thing }
    union Any = Thing | Other
    enum Kind { A B }
    type Thing { n(x: Int = 3, y: Kind): Int m: Int! kind: Kind one: Thing must: Thing!
        all: [Thing!] maybe: [Thing] numbers: [[Int!]!] any: Any anys: [Any!]! }
""")
TOY.type_map["Any"].resolve_type = lambda value, info, type_: value["is"]
"""Whatever may go wrong in an answer can go wrong in this one."""


def at_root(name: str) -> Any:
    def resolve(source: Any, told: Any) -> Any:
        value = told.context[name]
        return value(told) if callable(value) else value

    return resolve


for each in ("thing", "must", "all"):
    TOY.query_type.fields[each].resolve = at_root(each)


def late(value: Any) -> Any:
    """What is found only when it is asked for, and waited for."""

    async def found(told: Any, **given: Any) -> Any:
        await asyncio.sleep(0)
        if isinstance(value, Exception):
            raise value
        return value

    return found


def fails(told: Any, **given: Any) -> Any:
    """What cannot be had."""
    raise ValueError("not to be had")


def given_back(told: Any, **given: Any) -> Any:
    """What was asked with."""
    return given.get("x", -1) * 10 + len(given)


numbers = st.one_of(st.integers(0, 9), st.none(), st.just("wrong"), st.just(ValueError("no")))


def sometimes(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values at hand, values that are waited for, and none."""
    return st.one_of(values, values, values.map(late), st.just(fails), st.just(late(KeyError("late"))))


def things(depth: int) -> st.SearchStrategy[Any]:
    """Things with things in them."""
    fields: dict[str, Any] = {
        "n": st.one_of(sometimes(numbers), st.just(given_back)),
        "m": sometimes(numbers),
        "kind": sometimes(st.sampled_from(["A", "B", "C", None])),
        "numbers": sometimes(st.lists(st.one_of(st.none(), st.lists(numbers, max_size=2)), max_size=2)),
        "is": st.sampled_from(["Thing", "Thing", "Other"]),
    }
    if depth:
        inner = things(depth - 1)
        several = st.lists(st.one_of(inner, inner, st.none()), max_size=3)
        fields |= {"one": sometimes(inner), "must": sometimes(inner), "any": sometimes(inner)}
        fields |= {name: sometimes(several) for name in ("all", "maybe", "anys")}
    return st.fixed_dictionaries({"is": fields.pop("is")}, optional=fields)


class Asks:
    """Documents on a schema, drawn field by field."""

    def __init__(self, on: Any, values: dict[str, st.SearchStrategy[str]]) -> None:
        self.on, self.values = on, values
        self.fragments: list[str] = []
        self.numbers = itertools.count()

    def selection(self, draw: Any, type_: Any, depth: int) -> str:
        """What is asked for of a type."""
        if isinstance(type_, GraphQLUnionType):
            kinds = " ".join(
                f"... on {each.name} {self.selection(draw, each, depth)}" for each in type_.types
            )
            return f"{{ __typename {kinds} }}"
        fields = [(n, f) for n, f in type_.fields.items() if self._can(f, depth)]
        chosen = draw(
            st.lists(st.sampled_from(fields), min_size=1, max_size=4, unique_by=lambda each: each[0])
        )
        asked = " ".join(["__typename", *(self._field(draw, name, field, depth) for name, field in chosen)])
        match draw(st.integers(0, 5)):
            case 0:
                return f"{{ ... on {type_.name} {{ {asked} }} }}"
            case 1:
                name = f"f{len(self.fragments)}"
                self.fragments.append(f"fragment {name} on {type_.name} {{ {asked} }}")
                return f"{{ ...{name} ...{name} @skip(if: $yes) }}"
            case 2:
                return f"{{ {asked} ... @include(if: $no) {{ {asked} }} }}"
        return f"{{ {asked} }}"

    def _can(self, field: Any, depth: int) -> bool:
        needed = {str(a.type) for a in field.args.values() if is_required_argument(a)}
        inner = get_named_type(field.type)
        return needed <= self.values.keys() and (depth > 0 or is_leaf_type(inner))

    def _field(self, draw: Any, name: str, field: Any, depth: int) -> str:
        given_ = []
        for argument, it in field.args.items():
            kind = str(it.type)
            if kind in self.values and (is_required_argument(it) or draw(st.booleans())):
                given_.append(f"{argument}: {draw(self.values[kind])}")
        inner = get_named_type(field.type)
        # Of one name with one meaning only: whatever is asked with has a name of its own.
        alias = f"a{next(self.numbers)}: " if given_ or draw(st.booleans()) else ""
        arguments = f"({', '.join(given_)})" if given_ else ""
        directive = draw(
            st.sampled_from(["", "", "", "@skip(if: $no)", "@include(if: $yes)", "@skip(if: true)"])
        )
        below = "" if is_leaf_type(inner) else self.selection(draw, inner, depth - 1)
        return f"{alias}{name}{arguments} {directive} {below}"

    def document(self, draw: Any, declared: str, depth: int) -> str:
        """A whole one. Every variable is declared, and used once at least."""
        selected = self.selection(draw, self.on.query_type, depth)
        used = "__typename @include(if: $yes) b: __typename @skip(if: $no)"
        return (
            f"query q({declared}) {{ {used} ...q }} fragment q on Query {selected} {' '.join(self.fragments)}"
        )


def told(result: Any) -> tuple[str, list[str]]:
    """An answer, to be compared; its errors may come in any order."""
    errors = [json.dumps(error.formatted, default=str, sort_keys=True) for error in result.errors or ()]
    return json.dumps(result.data, default=str), sorted(errors)


TOYS = {"Int": st.sampled_from(["1", "7", "$n", "$unsaid"]), "Kind": st.sampled_from(["A", "B", "null"])}


@st.composite
def toys(draw: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    document = Asks(TOY, TOYS).document(
        draw, "$yes: Boolean!, $no: Boolean = false, $n: Int, $unsaid: Int", 3
    )
    root = {name: draw(sometimes(things(2))) for name in ("thing", "must")}
    root["all"] = draw(sometimes(st.lists(things(1), max_size=2)))
    variables = {"yes": draw(st.booleans()), "n": draw(st.sampled_from([None, 5]))}
    return document, variables, root


async def both(document: Any, variables: dict[str, Any], context: Any) -> tuple[Any, Any]:
    planned = await Planned(TOY, document, None).executed(context, variables)
    result = execute(
        TOY, document, context_value=context, variable_values=variables, is_awaitable=is_waited_for
    )
    reference = await result if is_waited_for(result) else result
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)
    return planned, reference


# Where null climbs up, the library lets go of what it had begun.
@pytest.mark.filterwarnings("ignore:.*was never awaited")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@settings(max_examples=150, deadline=None)
@given(toys())
def test_whatever_fails_fails_in_the_same_places(asked):
    text, variables, context = asked
    document = parse(text)
    wrong = [each.message for each in validate(TOY, document, RULES) if "is never used" not in each.message]
    assert wrong == []
    planned, reference = asyncio.run(both(document, variables, context))
    assert told(planned) == told(reference)


BOOKS = {
    "Int": st.sampled_from(["0", "1", "3", "-1", "$n"]),
    "String": st.sampled_from(['""', '"nonsense"', '"id > 1"', '"id desc"', "$text"]),
    "ID": st.sampled_from(["1", '"2"', '"x"', "$id"]),
    "ID!": st.sampled_from(["1", '"2"', '"x"', "$id"]),
    "Boolean": st.sampled_from(["true", "$yes"]),
}
DECLARED = '$yes: Boolean!, $no: Boolean = false, $n: Int = 2, $text: String, $id: ID! = "1"'
SCOPES = ("billing:read standard:read security:read", "standard:read", "billing:read workflow:read")


@st.composite
def documents(draw: Any) -> tuple[str, dict[str, Any], str]:
    variables = {"yes": draw(st.booleans()), **draw(st.sampled_from([{}, {"n": 1}, {"text": "id < 3"}]))}
    return Asks(schema(), BOOKS).document(draw, DECLARED, 3), variables, draw(st.sampled_from(SCOPES))


@pytest.fixture(scope="module")
def furnished(tmp_path_factory):
    """Books with something of everything, and clients that may see more or less of it."""
    with Shop(f"sqlite:///{tmp_path_factory.mktemp('plan')}/books.db") as shop:
        furnish(shop)
        for number, scopes in enumerate(SCOPES):
            shop.client(f"client {number}", scopes)
        yield shop


def asked_of(shop: Shop, scopes: str) -> Request:
    """A request of one of the clients."""
    access = shop.app.state.access
    identity = shop.run(access.by_client_token(shop.token_of(f"client {SCOPES.index(scopes)}")))
    setup = shop.run(access.setup(identity.organization_id))
    return Request(Caller(access.door, access, identity, setup, None), Asked("", {}, None), 0)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents())
def test_of_real_books_it_tells_the_same(furnished, asked):
    text, variables, scopes = asked
    document = parse(text)
    if any("is never used" not in each.message for each in validate(schema(), document, RULES)):
        return  # A number where a text belongs.
    planned = furnished.run(
        Planned(schema(), document, None).executed(asked_of(furnished, scopes), variables)
    )
    reference = furnished.run(by_the_library(document, asked_of(furnished, scopes), variables))
    assert told(planned) == told(reference)


PLAIN = """query ($id: ID!, $n: Int, $yes: Boolean!) {
    invoice(id: $id) { id @include(if: $yes) } accounts(first: $n) { totalCount } }"""
WORDS = [
    ("{ __schema { queryType { name } } }", {}),
    ("mutation ($name: String) { accountCreate(attributes: {name: $name}) { errors } }", {"name": ""}),
    ("query a { __typename } query b { __typename }", {}),
    (PLAIN, {"id": None, "yes": True}),
    (PLAIN, {"yes": True}),
    (PLAIN, {"id": "1", "yes": None}),
    (PLAIN, {"id": "1", "yes": "true"}),
    (PLAIN, {"id": [1], "n": 1, "yes": True}),
    ("query ($id: ID = null) { formattedInvoice(id: $id) { id } invoice(id: $id) { id } }", {}),
]


@pytest.mark.parametrize(("text", "variables"), WORDS)
def test_what_a_plan_does_not_understand_the_library_executes(furnished, text, variables):
    document = parse(text)
    with pytest.raises(NotPlain):
        furnished.run(Planned(schema(), document, None).executed(asked_of(furnished, SCOPES[0]), variables))
    answers = [
        furnished.run(it(asked_of(furnished, SCOPES[0]), variables))
        for it in (Prepared(document).executed, lambda *asked: by_the_library(document, *asked))
    ]
    assert told(answers[0]) == told(answers[1])
    assert answer.answered(answers[0]).status_code == 200


def test_most_of_what_is_left_out_has_a_plan_of_its_own(furnished):
    switches = ", ".join(f"$v{n}: Boolean!" for n in range(6))
    fields = " ".join(f"a{n}: __typename @skip(if: $v{n})" for n in range(6))
    prepared = Prepared(parse(f"query ({switches}) {{ b: __typename {fields} }}"))
    for chosen in itertools.product([True, False], repeat=6):
        variables = {f"v{n}": each for n, each in enumerate(chosen)}
        result = furnished.run(prepared.executed(asked_of(furnished, SCOPES[0]), variables))
        assert [*result.data] == ["b", *(f"a{n}" for n, each in enumerate(chosen) if not each)]
