"""What was given back, by what it has in common: the refunds themselves, summed in another way."""

import pytest

from tests.faces.rest.api import Api, customer, invoice, note
from tests.faces.rest.trade import cents, paid

YEAR = "fromDate=2026-01-01&toDate=2026-12-31"


@pytest.fixture
def shop(api: Api) -> Api:
    """Refunds to two customers in two months, out of two accounts; one undone, one foreign, one waiting."""
    customer(api, "EUR")
    note(api, 500)
    note(api, 100, customerId=2, exchangeRate=1.2)
    invoice(api, 400)
    paid(api, 1, 1, 400, "2026-06-01")
    for amount, account, on in (
        (10, 1000, "2026-06-20"),
        (20.5, 1003, "2026-07-01"),
        (5, 1000, "2026-07-02"),
    ):
        api.made("/credit-notes/1/refunds", {"fromAccountId": account, "amount": amount, "date": on})
    euro = {"fromAccountId": 1000, "amount": 50, "date": "2026-07-03", "exchangeRate": 1.3}
    api.made("/credit-notes/2/refunds", euro)
    assert api.delete("/credit-notes/refunds/3").status == 200
    assert api.put("/refunds/policy", {"threshold": 30}).status == 200
    api.made("/credit-notes/1/refunds", {"fromAccountId": 1000, "amount": 100, "date": "2026-08-01"})
    return api


GROUPED = {
    "rail": {"bank": 195.5},
    "month": {"2026-06": 10, "2026-07": 85.5, "2026-08": 100},
    "customer": {"Cust USD": 130.5, "Cust EUR": 65},
    "currency": {"USD": 130.5, "EUR": 65},
    "account": {"Bank Account": 175, "Petty Cash": 20.5},
    "status": {"awaiting_approval": 100, "settled": 95.5, "reversed": 0},
    "reason": {"Without a reason": 195.5},
}


@pytest.mark.parametrize("by", GROUPED)
def test_refunds_are_summed_by_what_they_have_in_common(shop, by):
    body = shop.get(f"/refunds/analytics?{YEAR}&groupBy={by}").body
    assert {x["name"]: x["total"]["amount"] for x in body["data"]["groups"]} == GROUPED[by]
    total = body["data"]["total"]
    assert (total["count"], total["total"]["amount"], total["undone_count"]) == (4, 195.5, 1)
    assert (total["settled"]["amount"], total["pending"]["amount"], total["pending_count"]) == (95.5, 100, 1)
    assert (total["received"]["amount"], total["refund_rate"]["amount"]) == (400, 0.23875)
    assert sum(cents(x["settled"]["amount"]) for x in body["data"]["groups"]) == 9550
    assert body["query"]["group_by"] == by


def test_a_period_and_customers_narrow_it(shop):
    july = shop.get("/refunds/analytics?fromDate=2026-07-01&toDate=2026-07-31&customersIds[]=1").body["data"]
    assert july["total"]["total"]["amount"] == 20.5
    assert shop.get("/refunds/analytics?groupBy=weather").type == "UNKNOWN_GROUPING"
    assert shop.file(f"/refunds/analytics?{YEAR}", accept="text/csv").startswith(b"\xef\xbb\xbfGroup,Refunds")
    # The address is no refund's.
    assert shop.get("/refunds/1").body["id"] == 1


def test_many_refunds_pass_in_one_call_beyond_the_usual_size(api):
    note(api, 1_000_000)
    said = "x" * 200
    rows = [
        {"creditNoteId": 1, "fromAccountId": 1000, "amount": 0.01, "date": "2026-06-20", "description": said}
    ] * 5000
    body = {"refunds": rows}
    first = api.post("/refunds/bulk", body, idempotency_key="five thousand")
    assert (first.status, first.body["succeeded_count"], first.body["failed_count"]) == (201, 5000, 0)
    again = api.post("/refunds/bulk", body, idempotency_key="five thousand")
    assert [x["refund"]["id"] for x in again.body["refunds"]] == [
        x["refund"]["id"] for x in first.body["refunds"]
    ]
    assert api.get("/refunds/analytics?" + YEAR).body["data"]["total"]["count"] == 5000
    assert api.get("/credit-notes/1").body["credits_remaining"] == 999_950
