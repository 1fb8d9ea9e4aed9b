"""Whatever a client sends, it is told what is wrong with it: nothing is a bug of ours."""

import hypothesis.strategies as st
from graphql import get_named_type
from hypothesis import HealthCheck, given, settings

from avoir.core.books import KINDS
from avoir.faces.graphql.schema import schema
from tests.faces.graphql.shop import decode, encode
from tests.faces.graphql.test_lists import FILTERS
from tests.invariants import hold
from tests.ledger import line

ODD_TEXTS = st.sampled_from(
    ["", " ", "0", "1", "2", "-1", "2abc", "1e400", "\0", "é", "\U0001f4b8", "x" * 300, "2026-11-22",
     "2026-02-30", "2026-11-22T10:00:00Z", "9999-12-31", "0001-01-01", "USD", "JPY", "usd", "asc", "id desc",
     "amount", "null", "9007199254740993", "WyJpZCIsMSwxXQ", "WyJpZCIsIngiLDFd", "id = 1",
     *[words for words, _ in FILTERS[:8]]]
)  # fmt: skip
TEXTS = ODD_TEXTS | st.text(max_size=8)
NUMBERS = st.sampled_from([0, 1, -1, 2**31 - 1, 2**31, 2**53, 10**30]) | st.decimals(
    allow_nan=False, allow_infinity=False, places=3, min_value=-10, max_value=1000
)
SCALARS = {
    "Int": st.integers(-(2**31), 2**31 - 1), "Float": NUMBERS, "Boolean": st.booleans(),
    "BigDecimal": NUMBERS, "ID": st.sampled_from(["1", "2", 1, 1000]) | TEXTS, "String": TEXTS,
}  # fmt: skip


def values(type_):
    """Values that a client may send for an input type, mostly well-typed."""
    name = str(type_)
    if name.endswith("!"):
        return values(type_.of_type)
    if name.startswith("["):
        return st.none() | st.lists(values(type_.of_type), max_size=3)
    named = get_named_type(type_)
    if hasattr(named, "fields"):
        required = {
            key: values(each.type) for key, each in named.fields.items() if str(each.type).endswith("!")
        }
        more = {key: values(each.type) for key, each in named.fields.items() if key not in required}
        return st.fixed_dictionaries(required, optional=more)
    good = SCALARS.get(named.name, TEXTS)
    return st.one_of(good, good, good, st.none(), st.sampled_from([True, [], {}, 1.0, "x"]))


def operations():
    for kind, root in (("query", schema().query_type), ("mutation", schema().mutation_type)):
        for name, field in root.fields.items():
            asked = get_named_type(field.type).fields
            selected = "totalCount nodes { id }" if "nodes" in asked else "__typename"
            declared = ", ".join(f"${arg}: {each.type}" for arg, each in field.args.items())
            given_ = ", ".join(f"{arg}: ${arg}" for arg in field.args)
            heads = (f"({declared})", f"({given_})") if field.args else ("", "")
            document = f"{kind} {heads[0]} {{ {name}{heads[1]} {{ {selected} }} }}"
            yield st.tuples(st.just(document), st.fixed_dictionaries(
                {}, optional={arg: values(each.type) for arg, each in field.args.items()}
            ))  # fmt: skip


def test_no_argument_of_any_operation_makes_a_bug(shop):
    shop.tax(20)
    shop.paid(shop.invoice(line(100, 1)), 120, over=5)
    shop.credit_note(line(50))

    @settings(max_examples=150, suppress_health_check=list(HealthCheck))
    @given(st.one_of(*operations()))
    def asked(operation):
        document, variables = operation
        answer = shop.post(encode({"query": document, "variables": variables}))
        assert answer.status_code in (200, 400), answer.text
        assert set(decode(answer.content)) & {"data", "errors", "error"}

    asked()
    assert all(shop.rows(kind) is not None for kind in KINDS)
    hold(shop)


WORDS = st.sampled_from(
    ["{", "}", "(", ")", "[", "]", "mutation", "query", "invoices", "invoiceRefund", "invoiceId", ":", "1",
     "id", "...", "f", "fragment", "on", "Query", "@include", "if", "$a", "!", "ID", '"x"', '"""', "\\", "#",
     "nodes", "__typename", "0.1e9", "-", "null", "true", "errors", "account", "alias:"]
)  # fmt: skip


def test_no_document_makes_a_bug(shop):
    @settings(max_examples=150, suppress_health_check=list(HealthCheck))
    @given(st.lists(WORDS, max_size=30).map(" ".join) | st.text(max_size=40), st.binary(max_size=30))
    def sent(document, junk):
        assert shop.post(encode({"query": document})).status_code == 200
        assert shop.post(junk).status_code == 400

    sent()
