"""What is wrong with a document is told in the words of contract A's own server, and never in Python's."""

import pytest

from tests.faces.graphql.shop import Shop

CONTACT = "mutation ($a: ContactAttributes!) { contactCreate(attributes: $a) { errors } }"
ONE = "query ($id: ID!) { invoice(id: $id) { id } }"
WRONG = [
    ("{ invoice(id: 1) { nope } }", {}, "Field 'nope' doesn't exist on type 'Invoice'"),
    ("{ nope }", {}, "Field 'nope' doesn't exist on type 'Query'"),
    ("{ accounts(limit: 10) { totalCount } }", {}, "Field 'accounts' doesn't accept argument 'limit'"),
    ("mutation { invoiceVoid(id: 1, attributes: {}) { errors } }", {},
     "Field 'invoiceVoid' doesn't accept argument 'attributes'"),
    ("mutation { invoiceRefund { errors } }", {},
     "Field 'invoiceRefund' is missing required arguments: invoiceId"),
    ('mutation { contactCreate(attributes: {portalAccess: "false"}) { errors } }', {},
     'Could not coerce value "false" to Boolean'),
    (CONTACT, {"a": {"portalAccess": "false"}},
     'Variable $a was provided invalid value for portalAccess (Could not coerce value "false" to Boolean)'),
    (CONTACT, {"a": {"nope": 1}},
     "Variable $a was provided invalid value for nope (Field is not defined on ContactAttributes)"),
    (ONE, {}, "Variable $id of type ID! was provided invalid value (Expected value to not be null)"),
    (ONE, {"id": None},
     "Variable $id of type ID! was provided invalid value (Expected value to not be null)"),
    (ONE, {"id": True}, "Variable $id was provided invalid value (Could not coerce value true to ID)"),
    (ONE, {"id": 1.5},
     "Variable $id was provided invalid value (Could not coerce value a number with decimals to ID)"),
    ("query ($n: Int) { invoices(first: $n) { totalCount } }", {"n": "None"},
     'Variable $n was provided invalid value (Could not coerce value "None" to Int)'),
    ("{ invoice(id: 1) { id }", {}, "Syntax Error: Expected Name, found <EOF>."),
]  # fmt: skip


@pytest.mark.parametrize(("document", "variables", "message"), WRONG)
def test_it_is_told_in_the_words_that_clients_know(sqlite_shop, document, variables, message):
    answer = sqlite_shop.answer(document, variables)
    assert [error["message"] for error in answer["errors"]] == [message]
    assert all(error["locations"] for error in answer["errors"])
    assert "data" not in answer


@pytest.fixture(scope="module")
def sqlite_shop(tmp_path_factory):
    """What is wrong is found before any database is asked."""
    with Shop(f"sqlite:///{tmp_path_factory.mktemp('wording')}/books.db") as shop:
        yield shop
