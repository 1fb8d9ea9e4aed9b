"""Settings looked up and changed, the organization edited whole, and what a client boots with."""

import pytest

from tests.faces.rest.api import invoice, member, role


def found(api, query: str = "") -> dict[tuple[str, str], object]:
    return {(x["group"], x["key"]): x["value"] for x in api.get(f"/settings{query}").body}


def save(api, *options: tuple[str, str, object]):
    return api.put("/settings", {"options": [{"group": g, "key": k, "value": v} for g, k, v in options]})


def test_what_a_running_server_told_is_told(api):
    known = {
        ("organization", "accounting_basis"): "accrual", ("accounts", "account_code_unique"): True,
        ("items", "preferred_sell_account"): 1025, ("items", "preferred_cost_account"): 1019,
        ("items", "preferred_inventory_account"): 1007,
    }  # fmt: skip
    for group, prefix in (
        ("manual_journals", "J-"), ("sales_invoices", "INV-"), ("payment_receives", "PAY-"),
        ("credit_note", "CN-"), ("sales_receipts", "REC-"), ("sales_estimates", "EST-"), ("cashflow", "CF-"),
        ("warehouse_transfers", "WT-"), ("vendor_credit", "VC-"),
    ):  # fmt: skip
        known |= {(group, "next_number"): "00001", (group, "number_prefix"): prefix}
        known[group, "auto_increment"] = True
    told = found(api)
    assert {name: told.get(name) for name in known} == known
    assert all(set(row) == {"key", "value", "group"} for row in api.get("/settings").body)


def test_numbers_go_forwards_only(api):
    saved = save(api, ("sales_invoices", "next_number", "00042"), ("sales_invoices", "number_prefix", "R/"))
    assert (saved.status, saved.body["code"]) == (200, "OPTIONS.SAVED.SUCCESSFULLY")
    assert found(api, "?group=sales_invoices")["sales_invoices", "next_number"] == "00042"
    assert invoice(api)["invoice_no"] == "R/00042"
    refused = save(api, ("credit_note", "number_prefix", "N-"), ("sales_invoices", "next_number", 7))
    assert refused.type == "SERIES_ONLY_FORWARDS"
    assert found(api)["credit_note", "number_prefix"] == "CN-", "all of it or nothing"


def test_who_writes_a_document_gives_it_a_number_where_none_comes_by_itself(api):
    off = [(g, "auto_increment", False) for g in ("sales_invoices", "payment_receives", "manual_journals")]
    assert save(api, *off).status == 200
    assert found(api)["sales_invoices", "auto_increment"] is False
    entry = {"index": 1, "itemId": 1000, "rate": 10, "quantity": 1}
    bill = {"customerId": 1, "invoiceDate": "2026-06-01", "dueDate": "2026-07-01", "entries": [entry]}
    assert api.post("/sale-invoices", bill).type == "SALE_INVOICE_NO_IS_REQUIRED"
    assert api.made("/sale-invoices", bill | {"invoiceNo": "A-1", "delivered": True})["invoice_no"] == "A-1"
    part = {"invoiceId": 1, "paymentAmount": 1}
    paid = {"customerId": 1, "paymentDate": "2026-06-10", "depositAccountId": 1000, "entries": [part]}
    assert api.post("/payments-received", paid).type == "PAYMENT_RECEIVE_NO_REQUIRED"
    assert api.post("/payments-received", paid | {"paymentReceiveNo": "P-1"}).status == 201
    sides = [{"index": 1, "accountId": 1000, "debit": 5}, {"index": 2, "accountId": 1014, "credit": 5}]
    journal = {"date": "2026-06-10", "entries": sides}
    assert api.post("/manual-journals", journal).type == "MANUAL_JOURNAL_NO_REQUIRED"
    assert api.post("/manual-journals", journal | {"journalNumber": "M-1"}).status == 201
    save(api, ("sales_invoices", "auto_increment", True))
    assert api.post("/sale-invoices", bill).status == 201


def test_preferences_are_kept_beside_each_other(api):
    save(api, ("items", "preferred_sell_account", 1026), ("sales_invoices", "customer_notes", "Thanks!"))
    save(api, ("payment_receives", "preferred_deposit_account", 1000))
    told = found(api)
    assert told["items", "preferred_sell_account"] == 1026
    assert told["sales_invoices", "customer_notes"] == "Thanks!"
    assert told["payment_receives", "preferred_deposit_account"] == 1000
    save(api, ("sales_invoices", "customer_notes", None))
    assert ("sales_invoices", "customer_notes") not in found(api)


def test_the_organization_and_its_laws_are_settings_too(api):
    saved = save(
        api,
        ("organization", "name", "Acme II"), ("organization", "time_zone", "Europe/Berlin"),
        ("avoir", "credit_rate", "document_date"), ("avoir", "terms_days", 14),
        ("avoir", "write_off_tax", False), ("avoir", "discount_timing", "before_tax"),
    )  # fmt: skip
    assert saved.status == 200, saved.text
    told = found(api)
    assert (told["organization", "name"], told["organization", "time_zone"]) == ("Acme II", "Europe/Berlin")
    assert (told["avoir", "credit_rate"], told["avoir", "terms_days"]) == ("document_date", 14)
    assert (told["avoir", "write_off_tax"], told["avoir", "discount_timing"]) == (False, "before_tax")
    assert api.get("/organization/current").body["metadata"]["timezone"] == "Europe/Berlin"


@pytest.mark.parametrize(
    "option",
    [
        ("moon", "phase", "full"),
        ("items", "colour", "red"),
        ("accounts", "account_code_unique", False),
        ("organization", "accounting_basis", "cash"),
        ("sales_invoices", "next_number", "7a"),
        ("sales_invoices", "next_number", -1),
        ("sales_invoices", "next_number", True),
        ("sales_invoices", "next_number", 10**30),
        ("sales_invoices", "number_prefix", 5),
        ("sales_invoices", "number_prefix", "A1"),
        ("items", "preferred_sell_account", [1]),
        ("items", "preferred_sell_account", 1.5),
        ("items", "preferred_sell_account", 10**30),
        ("organization", "time_zone", "Mars/Olympus"),
        ("organization", "base_currency", "XXX"),
        ("organization", "name", 7),
        ("avoir", "credit_rate", "best"),
        ("avoir", "write_off_tax", "yes"),
        ("avoir", "terms_days", -1),
    ],
)
def test_what_is_no_setting_is_refused_and_nothing_is_saved(api, option):
    before = found(api)
    refused = save(api, ("items", "preferred_cost_account", 1018), option)
    assert refused.status == 400, refused.text
    assert found(api) == before


def test_an_organization_is_edited_whole(api):
    address = {"address_1": "Road 1", "postal_code": "10115", "city": "Berlin", "phone": "030"}
    edited = api.put("/organization", {"address": address, "primary_color": "#1a2b3c", "logoKey": "logo-1"})
    assert (edited.status, edited.body["code"]) == (200, 200)
    api.put("/organization", {"industry": "Boats"})
    said = api.get("/organization/current").body["metadata"]
    assert said["address"] == {
        "address_1": "Road 1", "address_2": "", "postal_code": "10115", "city": "Berlin",
        "state_province": "", "phone": "030",
    }  # fmt: skip
    assert (said["primary_color"], said["logo_key"], said["industry"]) == ("#1a2b3c", "logo-1", "Boats")
    for wrong in ({"primaryColor": "red"}, {"address": "Road 1"}, {"address": {"city": 5}}):
        assert api.put("/organization", wrong).status == 400, wrong


def test_what_a_client_boots_with(api):
    boot = api.get("/dashboard/boot").body
    assert boot["abilities"] == [{"subject": "all", "action": "manage"}]
    assert boot["meta"]["features"] == boot["features"]
    assert [x["is_accessible"] for x in boot["features"]] == [False, False]
    api.post("/branches/activate")
    assert api.get("/dashboard/boot").body["features"][0] == {
        "name": "multi-branches", "is_accessible": True, "default_accessible": False,
    }  # fmt: skip
    clerk = member(api, role(api, "View Item", "Refund CreditNode"))
    assert clerk.get("/dashboard/boot").body["abilities"] == [
        {"subject": "CreditNode", "action": "Refund"}, {"subject": "Item", "action": "View"},
    ]  # fmt: skip
    assert clerk.put("/settings", {"options": []}).status == 403
