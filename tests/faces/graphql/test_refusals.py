"""What is refused is told as contract A tells it (2.4): on top, in a sentence, with 200; nothing changed."""

import logging

import pytest

from avoir.app.clerk import Busy, Weather
from avoir.core.errors import InvariantBroken
from tests.ledger import line

REFUND = "mutation { invoiceRefund(invoiceId: %s) { creditNote { id } errors } }"


def test_a_refusal_is_an_error_on_top_with_its_code_kind_and_facts(shop):
    shop.invoice(line(100))
    error = shop.no(REFUND % 1)
    assert error == {
        "message": "Invoice must have received payments to create a refund credit note",
        "locations": [{"line": 1, "column": 12}],
        "path": ["invoiceRefund"],
        "extensions": {"code": "invoice_not_paid", "kind": "conflict", "facts": {"invoiceId": 1}},
    }


PAY_OUT = "creditNoteRefund(creditNoteId: 1, amount: 1, fromAccountId: 1000, {}) {{ errors }}"
REFUSED = [
    ("invoiceRefund(invoiceId: 99) { errors }", "not_found", "Invoice not found"),
    ('invoiceRefund(invoiceId: "2abc") { errors }', "not_found", "Invoice not found"),
    ('invoiceRefund(invoiceId: "01") { errors }', "not_found", "Invoice not found"),
    ('invoiceRefund(invoiceId: "") { errors }', "not_found", "Invoice not found"),
    ("invoiceRefund(invoiceId: -1) { errors }", "not_found", "Invoice not found"),
    ('invoiceRefund(invoiceId: "99999999999999999999") { errors }', "not_found", "Invoice not found"),
    ("invoiceRefund(invoiceId: 2, disputeReasonId: 9) { errors }", "not_found", "DisputeReason not found"),
    ("invoiceRefund(invoiceId: 2, amount: 101) { errors }", "refund_exceeds_invoice", None),
    ("invoiceRefund(invoiceId: 2, amount: 0) { errors }", "amount_not_positive", None),
    ("invoiceRefund(invoiceId: 3) { errors }", "invoice_not_issued", "The invoice is draft"),
    ("invoiceWriteOff(invoiceId: 2) { errors }", "nothing_to_write_off", None),
    ("creditNoteRefund(creditNoteId: 1, fromAccountId: 99, amount: 1) { errors }", "not_found",
     "FinancialAccount not found"),
    ("creditNoteRefund(creditNoteId: 1, fromAccountId: 1007, amount: 1) { errors }",
     "account_not_for_money", None),
    ("creditNoteRefund(creditNoteId: 1, fromAccountId: 1000, amount: 11) { errors }",
     "credit_note_used_up", None),
    (PAY_OUT.format("branchId: 9"), "unknown_branch", None),
    (PAY_OUT.format('date: "2026-02-30"'), "invalid_date", None),
    (PAY_OUT.format('date: "2026-11-01"'), "refund_before_source", None),
    (PAY_OUT.format('description: "\\u0000"'), "nul_character", None),
    ("paymentCreate(attributes: {accountId: 9, financialAccountId: 1000, amount: 1}) { errors }",
     "not_found", "Account not found"),
    ('accountCreate(attributes: {name: "A", currencyId: "XXX"}) { errors }', "unknown_currency", None),
    ("invoiceCreate(attributes: {accountId: 1, invoiceItems: []}) { errors }", "lines_required", None),
]  # fmt: skip


def test_every_refusal_has_a_sentence_and_changes_nothing(shop):
    shop.invoice(line(100))
    shop.paid(shop.invoice(line(100)), 100)
    shop.invoice(line(100), issue=False)
    shop.credit_note(line(10))
    for operation, code, message in REFUSED:
        error = shop.no(f"mutation {{ {operation} }}")
        assert (operation, error["extensions"]["code"]) == (operation, code)
        assert error["message"][0].isupper()
        assert message is None or error["message"] == message


def test_of_two_mutations_the_refused_one_is_null_and_the_other_is_done(shop):
    shop.paid(shop.invoice(line(100)), 100)
    answer = shop.answer("""mutation { a: invoiceRefund(invoiceId: 9) { creditNote { id } }
        b: invoiceRefund(invoiceId: 1) { creditNote { id } errors } }""")
    assert answer["data"] == {"a": None, "b": {"creditNote": {"id": "1"}, "errors": None}}
    assert [error["path"] for error in answer["errors"]] == [["a"]]


NO_DOCUMENTS = [
    "{ invoices { nodes { nothing } } }",
    "{ accounts(limit: 10) { nodes { id } } }",
    "mutation { invoiceRefund { errors } }",
    "mutation ($id: Unknown) { invoiceRefund(invoiceId: $id) { errors } }",
    "{ invoice(id: 1) }",
    "{ invoice(id: 1.5) { id } }",
    "subscription { invoices { id } }",
    "{ a: __typename ...f } fragment f on Query { ...f }",
    "nonsense {",
    "",
    "query a { __typename } query b { __typename }",
    '{ account(code: "\\uD800") { id } }',
]


def test_a_document_that_is_none_is_told_why_with_200(shop):
    for document in NO_DOCUMENTS:
        answer = shop.answer(document)
        assert (document, set(answer)) == (document, {"errors"})
        assert all(error["message"] for error in answer["errors"])


NO_BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"query"',
    b"{}",
    b'{"query": null}',
    b'{"query": 1}',
    b'{"query": "{ __typename }", "variables": []}',
    b'{"query": "{ __typename }", "variables": "{}"}',
    b'{"query": "{ __typename }", "operationName": 1}',
    b'{"query": "\\ud800"}',
    b"\xff\xfe",
    b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}}",
    b'{"query": "{ __typename }", "variables": {"a": 1' + b"0" * 5_000 + b"}}",
]


def test_a_body_that_asks_for_nothing_is_400(shop):
    for body in NO_BODIES:
        answer = shop.post(body)
        assert (body[:40], answer.status_code) == (body[:40], 400)
        assert set(answer.json()) == {"error", "error_description"}


def test_a_body_of_more_than_a_mebibyte_is_413(shop):
    answer = shop.post(b'{"query": "{ __typename }", "more": "' + b"x" * 2**20 + b'"}')
    assert (answer.status_code, answer.json()["error"]) == (413, "request_too_large")
    fits = shop.post(b'{"query": "{ __typename }", "more": "' + b"x" * (2**20 - 100) + b'"}')
    assert fits.json() == {"data": {"__typename": "Query"}}


def test_only_a_post_is_answered_and_the_others_are_told_so_in_json(shop):
    for path in ("/graphql", "/oauth/token"):
        for method in ("GET", "PUT", "PATCH", "DELETE", "HEAD"):
            answer = shop.run(shop.http.request(method, path))
            assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
            if method != "HEAD":
                assert set(answer.json()) == {"error", "error_description"}


@pytest.mark.parametrize("path", ["/graphql", "/oauth/token", "/console/sign-in", "/api/sale-invoices"])
def test_a_client_that_goes_away_in_the_middle_is_no_error(shop, caplog, path):
    part = {"type": "http.request", "body": b'{"query', "more_body": True}
    came, said = iter([part, {"type": "http.disconnect"}]), []
    authorization = f"Bearer {shop.token}".encode()

    async def receive():
        return next(came)

    async def send(message):
        said.append(message)

    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"authorization", authorization)], "http_version": "1.1", "scheme": "http",
        "server": ("avoir.test", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip
    shop.run(shop.app(scope, receive, send))
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []
    assert all(each.get("status", 0) < 500 for each in said)


def test_an_operation_named_by_nothing_is_the_only_one(shop):
    body = b'{"query": "{ __typename }", "operationName": "", "variables": null}'
    assert shop.post(body).json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    ("raised", "status", "error", "retry"),
    [
        (Weather("the database is away"), 503, "unavailable", "1"),
        (Busy("the books are busy; ask again with the same key"), 429, "busy", "1"),
        (InvariantBroken("debits equal credits"), 500, "internal_error", None),
        (ZeroDivisionError("secret"), 500, "internal_error", None),
    ],
)
def test_weather_and_bugs_are_not_told_as_refusals(shop, monkeypatch, caplog, raised, status, error, retry):
    async def raising(*args, **kwargs):
        raise raised

    monkeypatch.setattr(shop.app.state.door, "ask", raising)
    with caplog.at_level(logging.CRITICAL):
        answer = shop.post(b'{"query": "mutation { invoiceRefund(invoiceId: 1) { errors } }"}')
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers.get("retry-after") == retry
    assert "secret" not in answer.text
    assert "debits" not in answer.text


def test_weather_while_reading_is_503_too(shop, monkeypatch):
    assert shop.data("{ __typename }") == {"__typename": "Query"}

    async def raising(*args, **kwargs):
        raise Weather("the database is away")

    monkeypatch.setattr(shop.app.state.door, "read", raising)
    for query in ("{ invoices { nodes { id } } }", "{ invoice(id: 1) { id } }"):
        assert shop.post(f'{{"query": "{query}"}}'.encode()).status_code == 503
    shop.app.state.access.forget()
    assert shop.post(b'{"query": "{ __typename }"}').status_code == 503
