"""Refunds out of credit notes: what is granted, and what is refused, in the order of refusal."""

import json
import re

import pytest

from tests.faces.rest.api import books, note

FINE = {"fromAccountId": 1000, "amount": 10, "date": "2026-06-20"}
LEFT_OUT = object()

# Not what the fields must be: each broken rule by the name that clients know.
MALFORMED = [
    # field          given                       rules broken
    ("amount",        LEFT_OUT,                   ["isNotEmpty", "isNumber", "isPositive"]),
    ("amount",        None,                       ["isNotEmpty", "isNumber", "isPositive"]),
    ("amount",        "",                         ["isNotEmpty", "isNumber", "isPositive"]),
    ("amount",        "ten",                      ["isNumber", "isPositive"]),
    ("amount",        "1,000",                    ["isNumber", "isPositive"]),
    ("amount",        "0x",                       ["isNumber", "isPositive"]),
    ("amount",        "-0x0A",                    ["isNumber", "isPositive"]),
    ("amount",        "NaN",                      ["isNumber", "isPositive"]),
    ("amount",        "Infinity",                 ["isNumber", "isPositive"]),
    ("amount",        "١٠",                       ["isNumber", "isPositive"]),
    ("amount",        "1_0",                      ["isNumber", "isPositive"]),
    ("amount",        "1e99999999999",            ["isNumber", "isPositive"]),
    ("amount",        False,                      ["isPositive"]),
    ("amount",        [10, 20],                   ["isNumber", "isPositive"]),
    ("amount",        [[10]],                     ["isNumber", "isPositive"]),
    ("amount",        [True],                     ["isNumber", "isPositive"]),
    ("amount",        {"value": 10},              ["isNumber", "isPositive"]),
    ("amount",        0,                          ["isPositive"]),
    ("amount",        -10,                        ["isPositive"]),
    ("amount",        "-10",                      ["isPositive"]),
    ("fromAccountId", LEFT_OUT,                   ["isNotEmpty", "isNumber"]),
    ("fromAccountId", None,                       ["isNotEmpty", "isNumber"]),
    ("fromAccountId", "1000",                     ["isNumber"]),
    ("fromAccountId", True,                       ["isNumber"]),
    ("fromAccountId", "",                         ["isNotEmpty", "isNumber"]),
    ("date",          LEFT_OUT,                   ["isDateString", "isNotEmpty"]),
    ("date",          "",                         ["isDateString", "isNotEmpty"]),
    ("date",          "yesterday",                ["isDateString"]),
    ("date",          20260620,                   ["isDateString"]),
    ("date",          "2026-02-30",               ["isDateString"]),
    ("date",          "2026",                     ["isDateString"]),
    ("date",          "2026-W25-6",               ["isDateString"]),
    ("date",          "20260620",                 ["isDateString"]),
    ("date",          "0000-01-01",               ["isDateString"]),
    ("exchangeRate",  0,                          ["isPositive"]),
    ("exchangeRate",  "one",                      ["isNumber", "isPositive"]),
    ("branchId",      "main",                     ["isNumber"]),
    ("referenceNo",   5,                          ["isString"]),
    ("referenceNo",   "a\0b",                     ["isString"]),
    ("description",   ["text"],                   ["isString"]),
]  # fmt: skip

# Well formed, and refused by the law.
REFUSED = [
    # changes                             status  type
    ({"fromAccountId": 1000.5},           404, "NotFoundError"),
    ({"fromAccountId": -1},               404, "NotFoundError"),
    ({"fromAccountId": 0},                404, "NotFoundError"),
    ({"fromAccountId": 424242},           404, "NotFoundError"),
    ({"fromAccountId": 2**53},            404, "NotFoundError"),
    ({"fromAccountId": 10**30},           404, "NotFoundError"),
    ({"branchId": 424242},                400, "BRANCH_ID_NOT_FOUND"),
    ({"branchId": 1.5},                   400, "BRANCH_ID_NOT_FOUND"),
    ({"referenceNo": "x" * 256},          400, "TEXT_TOO_LONG"),
    ({"description": "x" * 65_536},       400, "TEXT_TOO_LONG"),
    ({"amount": 12.345},                  400, "AMOUNT_TOO_FINE"),
    ({"amount": "0.001"},                 400, "AMOUNT_TOO_FINE"),
    ({"amount": 10**20},                  400, "AMOUNT_OUT_OF_RANGE"),
    ({"amount": "1e300"},                 400, "AMOUNT_OUT_OF_RANGE"),
    ({"exchangeRate": 2},                 400, "EXCHANGE_RATE_NOT_ONE"),
    ({"amount": 100.01},                  400, "CREDIT_NOTE_HAS_NO_REMAINING_AMOUNT"),
    ({"fromAccountId": 1026},             400, "ACCOUNT_NOT_FOR_MONEY"),
    ({"date": "2026-06-14"},              400, "REFUND_BEFORE_SOURCE"),
]  # fmt: skip

GRANTED = [
    # changes                                                          amount  date
    ({},                                                               10,     "2026-06-20"),
    ({"amount": "10"},                                                 10,     "2026-06-20"),
    ({"amount": "  7 "},                                               7,      "2026-06-20"),
    ({"amount": "1e1"},                                                10,     "2026-06-20"),
    ({"amount": "0x0A"},                                               10,     "2026-06-20"),
    ({"amount": True},                                                 1,      "2026-06-20"),
    ({"amount": [10]},                                                 10,     "2026-06-20"),
    ({"amount": 10.10},                                                10.1,   "2026-06-20"),
    ({"amount": "0.01"},                                               0.01,   "2026-06-20"),
    ({"exchangeRate": "1", "branchId": "1"},                           10,     "2026-06-20"),
    ({"exchangeRate": None, "branchId": "", "referenceNo": ""},        10,     "2026-06-20"),
    ({"date": "2026-06-20T23:30:00.000Z"},                             10,     "2026-06-20"),
    ({"date": "2026-06-20T23:30:00-05:00"},                            10,     "2026-06-21"),
    ({"date": "9999-12-31"},                                           10,     "9999-12-31"),
    ({"id": 777, "foo": {"bar": []}, "currencyCode": "EUR"},           10,     "2026-06-20"),
    ({"description": "Grüße 😀", "reference_no": "R" * 255},           10,     "2026-06-20"),
]  # fmt: skip


@pytest.fixture
def paying(api):
    """An organization with an open credit note of 100.00."""
    note(api)
    return api


@pytest.fixture
def rich(api):
    """An organization with an open credit note of 1,000.00."""
    note(api, 1000)
    return api


def test_a_malformed_refund_names_every_rule_that_it_breaks(paying):
    before = books(paying)
    for field, given, rules in MALFORMED:
        body = FINE | {field: given}
        if given is LEFT_OUT:
            del body[field]
        reply = paying.post("/credit-notes/1/refunds", body)
        assert (reply.status, reply.broken) == (400, {field: rules}), (field, given, reply.text)
    assert books(paying) == before


def test_a_refused_refund_leaves_the_books_as_they_were(paying):
    before = books(paying)
    for changes, status, type_ in REFUSED:
        reply = paying.post("/credit-notes/1/refunds", FINE | changes)
        said = reply.body["message"] if status == 404 else reply.type
        assert (reply.status, said) == (status, type_), (changes, reply.text)
    assert books(paying) == before
    assert paying.get("/credit-notes/1/refunds").body == []


def test_what_clients_have_always_sent_is_granted(rich):
    for number, (changes, amount, on) in enumerate(GRANTED, 1):
        reply = rich.post("/credit-notes/1/refunds", FINE | changes)
        assert reply.status == 201, (changes, reply.text)
        row = reply.body
        assert (row["id"], row["amount"], row["date"]) == (number, amount, f"{on}T00:00:00.000Z")


def test_a_refund_is_told_with_every_field_of_the_contract(paying):
    whole = {
        "from_account_id": 1002,
        "amount": "10.50",
        "exchange_rate": 1,
        "reference_no": "RF-1",
        "description": "partial",
        "date": "2026-06-20",
        "branch_id": 1,
    }
    row = paying.made("/credit-notes/1/refunds", whole)
    instant = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
    assert instant.fullmatch(row.pop("created_at"))
    assert instant.fullmatch(row.pop("updated_at"))
    assert row == {
        "id": 1,
        "date": "2026-06-20T00:00:00.000Z",
        "amount": 10.5,
        "description": "partial",
        "credit_note_id": 1,
        "currency_code": "USD",
        "exchange_rate": 1,
        "reference_no": "RF-1",
        "from_account_id": 1002,
        "branch_id": 1,
    }
    shown = paying.get("/credit-notes/refunds/1").body
    assert (shown["formtted_amount"], shown["formatted_date"]) == ("10.50", "06/20/2026")
    assert shown["credit_note"]["credits_remaining"] == 89.5
    assert shown["from_account"]["amount"] == -10.5


def test_amounts_are_written_exactly(paying):
    for amount in ("10.10", "0.20", "20"):
        paying.made("/credit-notes/1/refunds", FINE | {"amount": amount})
    note_text = paying.get("/credit-notes/1").text
    assert '"refunded_amount":30.3,' in note_text
    assert '"credits_remaining":69.7,' in note_text


def test_ids_that_are_none_are_not_found(paying):
    for id in ("2abc", "abc", "1.0", "-1", "0", "1e0", "0x1", "９", "9" * 40, "%00", "1%20"):
        reply = paying.post(f"/credit-notes/{id}/refunds", FINE)
        assert (reply.status, reply.body["message"]) == (404, "NotFoundError"), id
        assert paying.get(f"/credit-notes/refunds/{id}").status == 404
        assert paying.delete(f"/credit-notes/refunds/{id}").status == 404
        assert paying.get(f"/credit-notes/{id}/refunds").body == []
        assert paying.get(f"/credit-notes/{id}").type == "CREDIT_NOTE_NOT_FOUND"


def test_a_draft_pays_nobody(api):
    draft = note(api, open=False)
    assert draft["is_draft"]
    assert not draft["is_published"]
    assert api.post(f"/credit-notes/{draft['id']}/refunds", FINE).type == "CREDIT_NOTE_NOT_ISSUED"


def test_a_deleted_refund_is_gone_and_its_amount_is_free_again(paying):
    paying.made("/credit-notes/1/refunds", FINE | {"amount": 100})
    assert paying.get("/credit-notes/1").body["is_closed"]
    reply = paying.delete("/credit-notes/refunds/1")
    assert (reply.status, reply.text) == (200, "")
    assert paying.get("/credit-notes/1/refunds").body == []
    assert paying.get("/credit-notes/refunds/1").status == 404
    assert paying.delete("/credit-notes/refunds/1").status == 404
    assert paying.get("/credit-notes/1").body["credits_remaining"] == 100
    posted = paying.get("/reports/transactions-by-reference?referenceType=RefundCreditNote&referenceId=1")
    assert [row["debit"]["amount"] for row in posted.body["transactions"]] == [100, 0, 0, 100]


def test_a_key_gives_one_refund_and_the_same_answer_however_it_is_spelled(paying):
    first = paying.post("/credit-notes/1/refunds", FINE, idempotency_key="k1")
    snake = {"from_account_id": 1000, "amount": "10.00", "date": "2026-06-20", "new": True}
    again = paying.post("/credit-notes/1/refunds", snake, idempotency_key="k1")
    assert (first.status, again.status, again.text) == (201, 201, first.text)
    other = paying.post("/credit-notes/1/refunds", FINE | {"amount": 11}, idempotency_key="k1")
    assert (other.status, other.type) == (409, "IDEMPOTENCY_KEY_REUSED")
    elsewhere = paying.post("/credit-notes", {**_NOTE}, idempotency_key="k1")
    assert elsewhere.type == "IDEMPOTENCY_KEY_REUSED"
    assert len(paying.get("/credit-notes/1/refunds").body) == 1


def test_a_refused_key_may_be_tried_again(paying):
    assert paying.post("/credit-notes/1/refunds", FINE | {"amount": 101}, idempotency_key="k").status == 400
    assert paying.post("/credit-notes/1/refunds", FINE, idempotency_key="k").status == 201


def test_a_key_is_printable_and_short(paying):
    for key in ("", "x" * 256, "\x7f"):
        reply = paying.post("/credit-notes/1/refunds", FINE, idempotency_key=key)
        assert reply.type == "BAD_IDEMPOTENCY_KEY", key


def test_numbers_are_read_as_decimals_however_they_are_written(paying):
    body = b'{"fromAccountId":1000,"amount":1.0e1,"date":"2026-06-20"}'
    assert paying.call("POST", "/credit-notes/1/refunds", body).body["amount"] == 10
    for number in (b"1e400", b"1e999999999999999999999", b"9" * 400, b"1" + b"0" * 5000):
        body = json.dumps(FINE).encode().replace(b"10,", number + b",")
        reply = paying.call("POST", "/credit-notes/1/refunds", body)
        assert reply.status == 400, number
    for word in (b"NaN", b"Infinity", b"-Infinity", b"0x0A", b"010", b"+1", b".5"):
        body = json.dumps(FINE).encode().replace(b"10,", word + b",")
        reply = paying.call("POST", "/credit-notes/1/refunds", body)
        assert (reply.status, reply.body["error"]) == (400, "Bad Request"), word


_NOTE = {
    "customerId": 1,
    "creditNoteDate": "2026-06-15",
    "entries": [{"itemId": 1000, "rate": 1, "quantity": 1}],
}
