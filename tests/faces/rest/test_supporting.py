"""Items, tax rates and currencies kept up."""

import pytest

from tests.faces.rest.api import invoice, note

ITEM = {
    "name": "Chair", "type": "non-inventory", "code": "C1", "sellable": True, "purchasable": 1,
    "sellPrice": "12.5", "sellAccountId": 1026, "costPrice": 7, "costAccountId": 1019,
    "inventoryAccountId": 1007, "sellDescription": "oak", "purchaseDescription": "raw", "note": "n",
}  # fmt: skip
VAT = {"name": "VAT", "code": "f47ac10b-58cc-4372-a567-0e02b2c3d479", "rate": "20", "active": 1}


def test_an_item_is_kept_with_all_that_is_said_of_it(api):
    rate = api.made("/tax-rates", VAT)["id"]
    id = api.made("/items", ITEM | {"sellTaxRateId": rate, "purchaseTaxRateId": rate})["id"]
    row = api.get(f"/items/{id}").body
    said = {
        "purchasable": 1, "sell_price": 12.5, "cost_price": 7, "cost_account_id": 1019, "note": "n",
        "inventory_account_id": 1007, "purchase_description": "raw", "sell_description": "oak",
        "sell_price_formatted": "$12.50", "cost_price_formatted": "$7.00", "updated_at": None,
        "sell_account": {"id": 1026, "name": "Sales of Service Income", "code": "50002"},
        "sell_tax_rate": {"id": rate, "name": "VAT", "code": VAT["code"], "rate": 20},
    }  # fmt: skip
    assert {key: row[key] for key in said} == said
    assert row["purchase_tax_rate"]["id"] == rate


def test_an_item_is_edited_in_what_is_said(api):
    id = api.made("/items", ITEM)["id"]
    edited = api.put(f"/items/{id}", {"name": "Stool", "type": "service", "note": "", "sellPrice": 3})
    assert (edited.status, edited.body["id"]) == (200, id)
    row = api.get(f"/items/{id}").body
    assert (row["name"], row["type"], row["note"], row["sell_price"]) == ("Stool", "service", None, 3)
    assert (row["code"], row["cost_price"], row["sellable"]) == ("C1", 7, 1)
    assert row["updated_at"]
    assert api.put(f"/items/{id}", {"name": "Widget service"}).type == "ITEM_NAME_EXISTS"
    assert api.put("/items/7", {"name": "A"}).type == "ITEM_NOT_FOUND"


@pytest.mark.parametrize(
    ("more", "type_"),
    [
        ({"name": "Widget service"}, "ITEM_NAME_EXISTS"),
        ({"sellAccountId": 9}, "SELL_ACCOUNT_NOT_FOUND"),
        ({"sellAccountId": 1000}, "SELL_ACCOUNT_NOT_INCOME"),
        ({"costAccountId": 9}, "COST_ACCOUNT_NOT_FOUMD"),
        ({"costAccountId": 1000}, "COST_ACCOUNT_NOT_COGS"),
        ({"inventoryAccountId": 9}, "INVENTORY_ACCOUNT_NOT_FOUND"),
        ({"inventoryAccountId": 1000}, "INVENTORY_ACCOUNT_NOT_INVENTORY"),
        ({"sellTaxRateId": 9}, "TAX_RATE_NOT_FOUND"),
    ],
)
def test_a_wrong_item_is_refused(api, more, type_):
    assert api.post("/items", ITEM | more).type == type_
    assert "name" in more or api.put("/items/1000", {"name": "Widget"} | more).type == type_
    assert [row["id"] for row in api.get("/items").body["data"]] == [1000]


def test_an_item_that_is_sold_stays(api):
    id = api.made("/items", ITEM)["id"]
    for verb, active in (("inactivate", 0), ("activate", 1)):
        assert api.call("PATCH", f"/items/{id}/{verb}").status == 200
        assert api.get(f"/items/{id}").body["active"] == active
    invoice(api)
    assert api.post("/items/validate-bulk-delete", {"ids": [1000, id]}).body == {
        "deletable_count": 1, "non_deletable_count": 1, "deletable_ids": [id], "non_deletable_ids": [1000],
    }  # fmt: skip
    used = api.delete("/items/1000")
    assert (used.status, used.type) == (409, "ITEM_HAS_ASSOCIATED_TRANSACTIONS")
    assert api.post("/items/bulk-delete", {"ids": [1000, id]}).type == "ITEM_HAS_ASSOCIATED_TRANSACTIONS"
    assert api.get(f"/items/{id}").status == 200
    assert api.post("/items/bulk-delete", {"ids": [1000, id], "skipUndeletable": True}).status == 200
    assert api.get(f"/items/{id}").type == "ITEM_NOT_FOUND"
    assert api.delete(f"/items/{id}").type == "ITEM_NOT_FOUND"


def test_an_item_knows_the_invoices_that_sold_it(api):
    invoice(api, 12, referenceNo="r")
    invoice(api, 13, delivered=False)
    assert api.get("/items/1000/invoices").body == [{
        "invoice_id": 1, "invoice_number": "INV-00001", "reference_number": "r",
        "invoice_date": "2026-06-01T00:00:00.000Z", "formatted_invoice_date": "06/01/2026",
        "amount": 12, "formatted_amount": "12.00", "quantity": 1, "formatted_quantity": "1.00",
        "rate": 12, "formatted_rate": "12.00", "customer_display_name": "Cust USD",
        "customer_currency_code": "USD",
    }]  # fmt: skip
    for kind in ("bills", "estimates", "receipts"):
        assert api.get(f"/items/1000/{kind}").body == []
        assert api.get(f"/items/7/{kind}").type == "ITEM_NOT_FOUND"


def test_a_tax_rate_is_edited_switched_and_taken_away(api):
    id = api.made("/tax-rates", VAT)["id"]
    edited = api.put(f"/tax-rates/{id}", {"name": "VAT new", "code": "V", "rate": 21})
    assert (edited.body["rate"], edited.body["name_formatted"]) == (21, "VAT new [21%]")
    assert edited.body["active"] is True
    assert api.put(f"/tax-rates/{id}/activate").type == "TAX_RATE_ALREADY_ACTIVE"
    assert api.put(f"/tax-rates/{id}/inactivate").body["active"] is False
    assert api.put(f"/tax-rates/{id}/inactivate").type == "TAX_RATE_ALREADY_INACTIVE"
    other = api.made("/tax-rates", VAT | {"code": "W"})["id"]
    assert api.put(f"/tax-rates/{other}", VAT | {"code": "V"}).type == "TAX_CODE_NOT_UNIQUE"
    assert api.delete(f"/tax-rates/{other}").status == 200
    assert api.get(f"/tax-rates/{other}").type == "TAX_RATE_NOT_FOUND"


def test_a_tax_rate_that_was_charged_stays_and_what_was_charged_too(api):
    id = api.made("/tax-rates", VAT)["id"]
    line = {"itemId": 1000, "rate": 100, "quantity": 1, "taxRateId": id}
    invoice(api, entries=[line])
    used = api.delete(f"/tax-rates/{id}")
    assert (used.status, used.type) == (409, "TAX_RATE_HAS_ASSOCIATED_TRANSACTIONS")
    api.put(f"/tax-rates/{id}", VAT | {"rate": 30})
    assert api.get("/sale-invoices/1").body["taxes"][0]["tax_rate"] == 20


def test_a_tax_rate_that_an_item_names_stays(api):
    id = api.made("/tax-rates", VAT)["id"]
    api.made("/items", ITEM | {"sellTaxRateId": id})
    assert api.delete(f"/tax-rates/{id}").status == 409


def test_currencies_are_listed_renamed_and_taken_off(api):
    made = api.made("/currencies", {"currencyName": "Yen", "currencyCode": "JPY", "currencySign": "Y"})
    assert (made["currency_name"], made["currency_sign"]) == ("Yen", "Y")
    codes = [row["currency_code"] for row in api.get("/currencies").body]
    assert codes == ["USD", "CAD", "EUR", "LYD", "GBP", "CNY", "AUD", "INR", "JPY"]
    ids = [row["id"] for row in api.get("/currencies").body]
    assert len(set(ids)) == len(ids)
    again = {"currencyName": "x", "currencyCode": "JPY", "currencySign": "x"}
    assert api.post("/currencies", again).type == "CURRENCY_CODE_EXISTS"
    assert api.post("/currencies", again | {"currencyCode": "usd"}).type == "CURRENCY_CODE_INVALID"
    assert api.post("/currencies", again | {"currencyCode": "USD"}).type == "CURRENCY_CODE_EXISTS"
    said = {"currencyName": "Japanese yen", "currencySign": "¥"}
    assert api.put(f"/currencies/{made['id']}", said).body["currency_name"] == "Japanese yen"
    assert api.put("/currencies/EUR", said).body["currency_sign"] == "¥"
    assert api.put("/currencies/CHF", said).type == "CURRENCY_NOT_FOUND"
    assert api.delete("/currencies/JPY").status == 200
    assert api.delete("/currencies/JPY").type == "CURRENCY_NOT_FOUND"
    assert api.delete("/currencies/USD").type == "CANNOT_DELETE_BASE_CURRENCY"
    assert api.delete("/currencies/EUR").status == 200
    left = [row["currency_code"] for row in api.get("/currencies").body]
    assert left == ["USD", "CAD", "LYD", "GBP", "CNY", "AUD", "INR"]
    assert api.made("/currencies", again)["currency_sign"] == "x"


def test_a_currency_that_the_standard_does_not_know_is_listed_and_nothing_is_in_it(api):
    row = api.made("/currencies", {"currencyName": "Foo", "currencyCode": "QQQ", "currencySign": "Q"})
    assert api.get(f"/currencies/{row['id']}").body == api.get("/currencies/QQQ").body == row
    body = {"displayName": "A", "currencyCode": "QQQ"}
    assert api.post("/customers", body).type == "CURRENCY_NOT_FOUND"


def test_a_customer_is_one_by_name_alone(api):
    made = api.made("/customers", {"displayName": "Only"})
    assert (made["contact_type"], made["currency_code"]) == ("business", "USD")
    assert api.made("/customers", {"displayName": "Only"})["id"] != made["id"]


def test_zero_and_one_are_no_and_yes(api):
    assert note(api, open="0")["is_draft"] is True
    assert api.post("/tax-rates", VAT | {"active": 2}).broken == {"active": ["isBoolean"]}
    assert api.get("/customers?inactiveMode=").status == 200


def test_more_may_be_given_back_of_an_item_than_was_sold(api):
    note(api, 10)
    (row,) = api.get("/reports/sales-by-items?fromDate=2026-01-01&toDate=2026-12-31").body["data"]["items"]
    assert (row["quantity_sold"], row["sold_cost"], row["average_sell_price"]) == (-1, -10, 10)


def test_what_is_not_said_of_branches_and_locks_stays(api):
    before = api.get("/branches/1").body
    assert api.put("/branches/1").body == before
    lock = {"module": "all", "lock_to_date": "2025-01-01", "reason": "r"}
    assert api.put("/transactions-locking/lock", lock).status == 200
    assert api.put("/transactions-locking/cancel-lock").status == 200
