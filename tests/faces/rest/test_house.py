"""The chart, branches and currencies kept up."""

import pytest

from tests.faces.rest.api import invoice, note

SAFE = {"name": "Safe", "accountType": "cash", "code": "777", "description": "iron"}


def test_an_account_is_edited_in_what_is_said(api):
    id = api.made("/accounts", SAFE)["id"]
    edited = api.put(f"/accounts/{id}", {"name": "Big safe", "parent_account_id": 1003})
    assert edited.status == 200
    assert (edited.body["name"], edited.body["code"], edited.body["description"]) == (
        "Big safe", "777", "iron",
    )  # fmt: skip
    assert edited.body["parent_account_id"] == 1003
    assert api.put(f"/accounts/{id}", {"name": "Big safe", "description": ""}).body["description"] == ""


@pytest.mark.parametrize(
    ("id", "changes", "type_"),
    [
        (1001, {"accountType": "cash"}, "account_type_not_allowed_to_changed"),
        (1001, {"name": "Bank Account"}, "account_name_not_unqiue"),
        (1001, {"code": "10001"}, "account_code_not_unique"),
        (1001, {"parentAccountId": 1021}, "parent_has_different_type"),
        (9, {}, "account_not_found"),
    ],
)
def test_a_wrong_edit_of_an_account_is_refused(api, id, changes, type_):
    assert api.put(f"/accounts/{id}", {"name": "Saving Bank Account"} | changes).type == type_


def test_accounts_are_closed_opened_and_taken_away(api):
    id = api.made("/accounts", SAFE)["id"]
    for verb, active in (("inactivate", 0), ("activate", 1)):
        reply = api.post(f"/accounts/{id}/{verb}")
        assert (reply.status, api.get(f"/accounts/{id}").body["active"]) == (200, active)
    assert api.post("/accounts/bulk-inactivate", {"ids": [id, 9]}).type == "account_not_found"
    assert api.get(f"/accounts/{id}").body["active"] == 1
    assert api.post("/accounts/bulk-inactivate", {"ids": [id, 1021]}).status == 200
    assert api.get("/accounts/1021").body["active"] == 0
    api.post("/accounts/bulk-activate", {"ids": [1021]})
    assert api.get("/accounts/1021").body["active"] == 1
    assert api.delete("/accounts/1000").type == "account_predefined"
    assert api.post("/accounts/1006/inactivate").type == "ACCOUNT_HAS_ROLE"
    checked = api.post("/accounts/validate-bulk-delete", {"ids": [1000, id]})
    assert (checked.status, checked.body["deletable_ids"]) == (200, [id])
    assert api.delete(f"/accounts/{id}").status == 200
    assert api.get(f"/accounts/{id}").type == "account_not_found"


def test_an_account_that_is_used_stays(api):
    id = api.made("/accounts", SAFE)["id"]
    note(api)
    paid = {"fromAccountId": id, "amount": 1, "date": "2026-06-20"}
    api.made("/credit-notes/1/refunds", paid)
    refused = api.delete(f"/accounts/{id}")
    assert (refused.status, refused.type) == (409, "account_has_associated_transactions")


def test_the_types_of_accounts(api):
    found = {row["key"]: row for row in api.get("/accounts/types").body}
    assert found["cash"] == {
        "label": "Cash", "key": "cash", "normal": "debit", "parent_type": "current-asset",
        "root_type": "asset", "multi_currency": True, "balance_sheet": True, "income_sheet": False,
    }  # fmt: skip
    assert len(found) == 19


def test_a_branch_is_edited_made_primary_and_taken_away(api):
    id = api.made("/branches", {"name": "South", "code": "S", "city": "Rome"})["id"]
    edited = api.put(f"/branches/{id}", {"name": "North", "city": None}).body
    assert (edited["name"], edited["code"], edited["city"]) == ("North", "S", None)
    assert api.put(f"/branches/{id}/mark-as-primary").body["primary"] is True
    assert [x["primary"] for x in api.get("/branches").body] == [False, True]
    assert api.put(f"/branches/{id}", {"name": "N", "code": "10001"}).type == "BRANCH_CODE_NOT_UNIQUE"
    assert api.delete(f"/branches/{id}").status == 200
    assert api.get("/branches/1").body["primary"] is True
    assert api.get(f"/branches/{id}").type == "BRANCH_NOT_FOUND"
    assert api.delete("/branches/1").type == "COULD_NOT_DELETE_ONLY_BRANCH"


def test_branches_are_asked_for_once_they_are_activated(api):
    assert api.post("/branches/activate").status == 201
    assert api.post("/branches/activate").type == "MUTLI_BRANCHES_ALREADY_ACTIVATED"
    entry = {"index": 1, "itemId": 1000, "rate": 1, "quantity": 1}
    body = {"customerId": 1, "creditNoteDate": "2026-06-15", "entries": [entry]}
    assert api.post("/credit-notes", body).type == "BRANCH_ID_REQUIRED"
    invoice(api, branchId=1)
    assert api.made("/branches", {"name": "Main", "primary": True})["primary"] is True


def test_a_currency_is_known_by_its_code(api):
    assert api.get("/currencies/usd").body["is_base_currency"] is True
    assert api.get("/currencies/JPY").body["currency_sign"] == "¥"
    assert api.get("/currencies/EUR").body in api.get("/currencies").body
    assert api.get("/currencies/XXX").type == "CURRENCY_NOT_FOUND"


def test_an_organization_is_edited_in_what_is_said(api):
    body = {"name": "Acme II", "date_format": "DD.MM.YYYY", "location": "de", "taxNumber": "DE1"}
    edited = api.put("/organization", body)
    assert edited.status == 200
    said = api.get("/organization/current").body["metadata"]
    assert (said["name"], said["date_format"], said["location"]) == ("Acme II", "DD.MM.YYYY", "DE")
    assert (said["tax_number"], said["base_currency"], said["timezone"]) == ("DE1", "USD", "UTC")
    note(api)
    assert api.get("/credit-notes/1").body["formatted_credit_note_date"] == "15.06.2026"
    assert "timezone" in api.put("/organization", {"timezone": "Mars/Olympus"}).broken


def test_the_base_currency_stays_once_something_is_written_in_it(api):
    assert api.get("/organization/base-currency-mutate").body == {"abilities": []}
    assert api.put("/organization", {"baseCurrency": "EUR"}).body["metadata"]["base_currency"] == "EUR"
    assert api.get("/accounts/1000").body["currency_code"] == "EUR"
    assert api.put("/organization", {"baseCurrency": "USD"}).status == 200
    note(api)
    kept = api.get("/organization/base-currency-mutate").body["abilities"]
    assert kept == [{"model_name": "CreditNote", "plural_name": "CreditNotes"}]
    refused = api.put("/organization", {"baseCurrency": "EUR", "name": "No"})
    assert refused.type == "BASE_CURRENCY_MUTATE_LOCKED"
    assert api.get("/organization/current").body["metadata"]["name"] == "Acme"


def test_settings_are_looked_up_by_group_and_key(api):
    def found(query: str) -> dict[tuple[str, str], object]:
        return {(x["group"], x["key"]): x["value"] for x in api.get(f"/settings{query}").body}

    assert found("")["organization", "accounting_basis"] == "accrual"
    invoice(api)
    assert found("?group=sales_invoices") == {
        ("sales_invoices", "number_prefix"): "INV-",
        ("sales_invoices", "next_number"): "00002",
        ("sales_invoices", "auto_increment"): True,
    }
    assert found("?group=credit_note&key=next_number") == {("credit_note", "next_number"): "00001"}
    assert found("?group=stock") == {}
