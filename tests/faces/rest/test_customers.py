"""Customers: what they owed when the books were opened, and what becomes of them."""

import pytest

from tests.faces.rest.api import books, invoice

ADA = {"customerType": "business", "currencyCode": "USD", "displayName": "Ada"}
OWED = ADA | {"openingBalance": 120.5, "openingBalanceAt": "2026-01-01"}


def test_a_customer_brings_an_opening_balance_along(api):
    made = api.made("/customers", OWED)
    shown = api.get(f"/customers/{made['id']}").body
    for row in (made, shown):
        assert (row["opening_balance"], row["local_opening_balance"]) == (120.5, 120.5)
        assert (row["balance"], row["closing_balance"]) == (120.5, 120.5)
        assert row["opening_balance_at"] == "2026-01-01T00:00:00.000Z"
    assert shown["formatted_opening_balance"] == "120.50"
    assert shown["formatted_opening_balance_at"] == "01/01/2026"


def test_a_customer_who_is_owed_in_a_foreign_currency(api):
    owed = OWED | {"openingBalance": -80, "currencyCode": "EUR", "openingBalanceExchangeRate": "1.25"}
    row = api.made("/customers", owed)
    assert (row["opening_balance"], row["local_opening_balance"], row["balance"]) == (-80, -100, -80)
    assert row["opening_balance_exchange_rate"] == 1.25


def test_an_opening_balance_needs_a_day(api):
    refused = api.post("/customers", OWED | {"openingBalanceAt": None})
    assert (refused.status, refused.broken) == (400, {"openingBalanceAt": ["isNotEmpty", "isString"]})
    assert len(api.get("/customers").body["data"]) == 1


@pytest.mark.parametrize(
    ("changes", "type_"),
    [
        ({"openingBalance": 0.001}, "AMOUNT_TOO_FINE"),
        ({"openingBalanceBranchId": 99}, "BRANCH_ID_NOT_FOUND"),
        ({"openingBalanceExchangeRate": 2}, "EXCHANGE_RATE_NOT_ONE"),
    ],
)
def test_a_wrong_opening_balance_makes_no_customer(api, changes, type_):
    before = books(api)
    assert api.post("/customers", OWED | changes).type == type_
    assert books(api) == before
    assert len(api.get("/customers").body["data"]) == 1


def test_a_customer_made_twice_under_one_key_is_one(api):
    first = api.post("/customers", OWED, idempotency_key="ada")
    assert api.post("/customers", OWED, idempotency_key="ada").body == first.body
    assert len(api.get("/customers").body["data"]) == 2


def test_an_opening_balance_is_said_anew_until_it_is_paid(api):
    id = api.made("/customers", OWED)["id"]
    path = f"/customers/{id}/opening-balance"
    assert api.put(path, {"openingBalance": 10}).body["opening_balance"] == 10
    assert api.put(path, {"openingBalance": 0}).body["opening_balance"] == 0
    assert api.put(path, {"openingBalance": 30, "openingBalanceAt": "2026-02-01"}).body["balance"] == 30
    assert api.put("/customers/99/opening-balance", {"openingBalance": 1}).status == 404
    assert "openingBalance" in api.put(path, {}).broken


def test_an_edit_changes_what_it_says_and_nothing_else(api):
    id = api.made("/customers", ADA | {"email": "a@b.test", "billingAddressCity": "Rome", "note": "x"})["id"]
    edited = api.put(
        f"/customers/{id}", {"customer_type": "individual", "displayName": "Ada L", "note": None}
    )
    assert edited.status == 200
    row = api.get(f"/customers/{id}").body
    assert (row["display_name"], row["customer_type"]) == ("Ada L", "individual")
    assert (row["email"], row["billing_address_city"], row["note"]) == ("a@b.test", "Rome", None)
    assert api.put("/customers/99", {"customerType": "x", "displayName": "y"}).status == 404


def test_who_is_named_nowhere_can_go(api):
    invoice(api)
    used = api.delete("/customers/1")
    assert (used.status, used.type) == (409, "CUSTOMER_HAS_TRANSACTIONS")
    id = api.made("/customers", ADA)["id"]
    bulk = {"ids": [1, id]}
    assert api.post("/customers/validate-bulk-delete", bulk).body["deletable_ids"] == [id]
    assert api.delete(f"/customers/{id}").status == 200
    assert api.delete(f"/customers/{id}").body == {"statusCode": 404, "message": "NotFoundError"}


def test_contacts_are_found_by_a_word_of_their_names(api):
    id = api.made("/customers", ADA | {"displayName": "100% Ada_"})["id"]

    def found(word: str) -> list[int]:
        return [row["id"] for row in api.get(f"/contacts/auto-complete?keyword={word}").body]

    assert found("") == [id, 1]
    assert found("ADA") == found("%25") == found("_") == [id]
    assert [row["id"] for row in api.get("/contacts/auto-complete?limit=1").body] == [id]
    assert api.call("PATCH", f"/contacts/{id}/inactivate").status == 200
    assert (found("ada"), api.get(f"/contacts/{id}").body["active"]) == ([], 0)
    api.call("PATCH", f"/contacts/{id}/activate")
    assert found("ada") == [id]
    assert api.call("PATCH", "/contacts/99/activate").status == 404
