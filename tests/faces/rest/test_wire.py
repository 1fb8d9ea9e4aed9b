"""The wire: bodies that are none, too long, too deep or of another type; addresses that are none."""

import asyncio
from itertools import product

from tests.faces.rest.api import customer

GOOD = b'{"customerType":"business","currencyCode":"USD","displayName":"A"}'


def test_a_body_that_is_no_json_is_refused(api):
    for body in (
        b'{"amount": 10,',
        b"{'a':1}",
        b"[1,2",
        b"nul",
        b"\xff\xfe",
        b'{"a":"\\ud800"}',
        b"{}{}",
        b"\x00",
    ):
        reply = api.call("POST", "/customers", body)
        assert (reply.status, reply.body["error"], reply.body["statusCode"]) == (400, "Bad Request", 400), (
            body
        )


def test_a_body_is_an_object(api):
    for body in (b"[]", b"[{}]", b"1", b'"text"', b"true", b"null"):
        assert api.call("POST", "/customers", body).status == 400, body


def test_a_body_nested_too_deep_is_refused(api):
    for body in (b"[" * 200_000, b'{"a":' * 100_000, b'{"a":' * 200_000 + b"1" + b"}" * 200_000):
        assert api.call("POST", "/customers", body[:1_000_000]).status == 400


def test_a_body_over_a_mebibyte_is_too_large(api):
    body = GOOD[:-1] + b',"note":"' + b"x" * 2**20 + b'"}'
    reply = api.call("POST", "/customers", body)
    assert (reply.status, reply.body["statusCode"]) == (413, 413)
    most = GOOD[:-1] + b',"foo":"' + b"x" * (2**20 - len(GOOD) - 9) + b'"}'
    assert len(most) == 2**20
    assert api.call("POST", "/customers", most).status == 201


def test_a_body_without_a_length_is_read_no_further_than_its_limit(api):
    sent = []

    async def endless():
        while True:
            sent.append(1)
            yield b" " * 65_536

    request = api.client.request("POST", "/api/customers", content=endless(), headers=api.headers)
    response = api.runner.run(asyncio.wait_for(request, 10))
    assert response.status_code == 413
    assert len(sent) < 40


def test_an_empty_body_says_nothing(api):
    reply = api.call("POST", "/customers", b"")
    assert set(reply.broken) == {"displayName"}


TYPES = [
    ("application/json", 201),
    ("application/json; charset=utf-8", 201),
    ("APPLICATION/JSON", 201),
    ("application/vnd.api+json", 201),
    ("text/plain", 400),
    ("multipart/form-data; boundary=x", 400),
    ("application/xml", 400),
    (";;;", 400),
]


def test_only_json_and_forms_are_read(api):
    for kind, status in TYPES:
        assert api.call("POST", "/customers", GOOD, content_type=kind).status == status, kind


def test_a_form_is_read_as_text(api):
    form = b"customer_type=business&currencyCode=USD&display-name=Caf%C3%A9"
    reply = api.call("POST", "/customers", form, content_type="application/x-www-form-urlencoded")
    assert (reply.status, reply.body["display_name"]) == (201, "Café")
    many = b"&".join(b"a=1" for _ in range(2000))
    reply = api.call("POST", "/customers", many, content_type="application/x-www-form-urlencoded")
    assert reply.status == 400


def test_keys_may_be_written_in_every_way(api):
    for key in ("billingAddress1", "billing_address1", "billing_address_1", "billing-address-1"):
        words = {"customer_type": "business", "currency-code": "USD", "displayName": "A", key: "x"}
        assert api.made("/customers", words)["billing_address1"] == "x"


def test_an_address_that_is_none_says_so(api):
    paths = ("/credit-notes/1/refunds", "/nothing", "/credit-notes/1/2/3/4", "/")
    for method, path in product(("PUT", "PATCH", "OPTIONS", "DELETE"), paths):
        reply = api.call(method, path)
        said = {"message": f"Cannot {method} /api{path}", "error": "Not Found", "statusCode": 404}
        assert (reply.status, reply.body) == (404, said)


def test_a_slash_too_many_is_no_other_address(api):
    assert api.get("/customers/").status == 200
    assert api.call("POST", "/customers/", GOOD).status == 201
    assert api.get("/nothing//").body["message"] == "Cannot GET /api/nothing"


def test_the_head_of_what_can_be_read_is_given(api):
    assert api.call("HEAD", "/credit-notes/1/refunds").status == 200
    assert api.call("HEAD", "/nothing").status == 404


def test_what_is_not_there_is_not_there_for_strangers_either(server):
    assert server.get("/nothing").status == 404
    assert server.get("/customers").status == 401


def test_text_with_a_nul_goes_nowhere(api):
    assert (
        "displayName"
        in api.post("/customers", {"customerType": "a", "currencyCode": "USD", "displayName": "\0"}).broken
    )
    assert api.get("/customers?searchKeyword=%00").status == 400
    assert api.get("/customers?%00=1").status == 200
    roles = '[{"fieldKey":"display_name","comparator":"equals","value":"\\u0000"}]'
    assert api.get(f"/customers?stringifiedFilterRoles={roles}").status == 400
    assert api.post("/auth/signin", {"email": "\0", "password": "x"}).status == 400


def test_a_list_with_many_bad_elements_is_answered_in_few_words(api):
    body = {"customerId": 1, "creditNoteDate": "2026-06-15", "note": "x" * 100_000}
    for element, rule in (({"itemId": "x", "rate": 1, "quantity": 1}, "isInt"), (1, "nestedValidation")):
        reply = api.post("/credit-notes", body | {"entries": [element] * 1000})
        (said,) = reply.body["message"]
        assert (reply.status, said["property"], len(said["children"])) == (400, "entries", 10)
        first = said["children"][0]
        assert (first["children"] or [first])[0]["constraints"].keys() == {rule}
        assert len(reply.text) < 5_000
    reply = api.post("/credit-notes", body | {"entries": [1] * 1001})
    assert reply.broken == {"entries": ["arrayMaxSize"]}


def test_a_secret_is_not_told_back(server):
    reply = server.post("/auth/signup", {"email": "no address", "password": "pw123456", "firstName": ""})
    assert reply.status == 400
    assert "pw123456" not in reply.text
    assert set(reply.broken) == {"firstName", "lastName", "email"}


def test_customers_are_what_was_sent(api):
    assert customer(api) == 2
