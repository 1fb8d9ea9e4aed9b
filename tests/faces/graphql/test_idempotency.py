"""The header `Idempotency-Key` covers the whole document, with its variables."""

from decimal import Decimal

from avoir.core.credit_note import CreditNote
from avoir.core.refund import Refund
from tests.faces.graphql.shop import document
from tests.ledger import Ledger, line

REFUND = """mutation ($id: ID!, $amount: Float) {
    invoiceRefund(invoiceId: $id, amount: $amount) { creditNote { id } } }"""
TWO = """mutation ($first: Float, $second: Float) {
    first: invoiceRefund(invoiceId: 1, amount: $first) { creditNote { id number } }
    second: invoiceRefund(invoiceId: 1, amount: $second) { creditNote { id number } } }"""
KEY = {"idempotency-key": "k-1"}


def paid(shop, amount=100):
    shop.paid(shop.invoice(line(amount)), amount)


def test_the_same_document_under_the_same_key_is_done_once_and_answered_alike(shop):
    paid(shop)
    seed = document("invoice_refund").replace("$disputeReasonId: ID!, ", "")
    seed = seed.replace("disputeReasonId: $disputeReasonId, ", "")
    answers = [shop.answer(seed, {"invoiceId": "1"}, **KEY) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert len(shop.rows(Refund)) == 1
    assert shop.answer(seed, {"invoiceId": "1"})["errors"][0]["extensions"]["code"] == "nothing_to_refund"


def test_the_key_is_refused_for_another_document_or_other_variables(shop):
    paid(shop)
    assert shop.data(REFUND, {"id": 1, "amount": 10}, **KEY)["invoiceRefund"]["creditNote"] == {"id": "1"}
    for query, variables in (
        (REFUND, {"id": 1, "amount": 11}),
        (REFUND + " ", {"id": 1, "amount": 10}),
        ("mutation { invoiceCredit(invoiceId: 1) { creditNote { id } } }", {}),
        (TWO, {"first": 1, "second": 1}),
    ):
        answer = shop.answer(query, variables, **KEY)
        codes = [error["extensions"]["code"] for error in answer["errors"]]
        assert set(codes) == {"idempotency_key_reused"}
    assert len(shop.rows(CreditNote)) == 1
    again = shop.data(REFUND, {"amount": Decimal(10), "id": 1}, **KEY)
    assert again["invoiceRefund"]["creditNote"] == {"id": "1"}, "the order of the variables says nothing"


def test_a_document_of_two_mutations_does_each_of_them_once(shop):
    paid(shop)
    first = shop.data(TWO, {"first": 10, "second": 20}, **KEY)
    assert [first[name]["creditNote"]["number"] for name in ("first", "second")] == ["CN-00001", "CN-00002"]
    assert shop.data(TWO, {"first": 10, "second": 20}, **KEY) == first
    assert len(shop.rows(Refund)) == 2


def test_a_key_belongs_to_its_document_even_when_the_first_step_was_refused(shop):
    paid(shop)
    asked = {"first": 1000, "second": 20}
    answer = shop.answer(TWO, asked, **KEY)
    assert answer["data"]["first"] is None
    assert answer["data"]["second"]["creditNote"]["id"] == "1"
    (error,) = shop.answer(REFUND, {"id": 1, "amount": 5}, **KEY)["errors"]
    assert error["extensions"]["code"] == "idempotency_key_reused"
    assert shop.answer(TWO, asked, **KEY)["data"] == answer["data"]
    assert len(shop.rows(CreditNote)) == 1


def test_a_refused_document_may_be_tried_again_under_its_key(shop):
    invoice = shop.invoice(line(100))
    assert shop.no(REFUND, {"id": 1}, **KEY)["extensions"]["code"] == "invoice_not_paid"
    shop.paid(invoice, 100)
    assert shop.data(REFUND, {"id": 1}, **KEY)["invoiceRefund"]["creditNote"] == {"id": "1"}


def test_the_same_key_of_two_organizations_is_two_keys(shop, url):
    other = Ledger(url)
    other.paid(other.invoice(line(50)), 50)
    paid(shop)
    assert shop.data(REFUND, {"id": 1}, **KEY)
    shop_organization, shop.organization_id = shop.organization_id, other.organization_id
    shop.client("other", "billing:write")
    headers = {"authorization": f"Bearer {shop.token_of('other')}"}
    assert shop.data(REFUND, {"id": 1}, **KEY, **headers)["invoiceRefund"]["creditNote"] == {"id": "1"}
    assert len(other.rows(Refund)) == 1
    shop.organization_id = shop_organization
    assert len(shop.rows(Refund)) == 1
    other.close()


def test_a_key_that_is_none_is_refused_before_anything_is_done(shop):
    paid(shop)
    for key in ("", "k" * 256, "a\tb"):
        answer = shop.post(
            b'{"query": "mutation { invoiceRefund(invoiceId: 1) { errors } }"}', idempotency_key=key
        )
        assert (answer.status_code, answer.json()["error"]) == (400, "bad_idempotency_key")
    long = shop.data(TWO, {"first": 1, "second": 2}, **{"idempotency-key": "k" * 255})
    assert long["second"]["creditNote"]["id"] == "2"
    assert len(shop.rows(Refund)) == 2
