"""What is done to the books themselves: journals, locks, rates."""

import pytest

from tests.faces.rest.api import books, invoice

SIDES = [
    {"index": 1, "account_id": 1000, "debit": 12.5, "note": "in"},
    {"index": 2, "account_id": 1021, "credit": "12.5", "contact_id": 1},
]
JOURNAL = {"date": "2026-06-15", "reference": "R-1", "description": "d", "entries": SIDES}


def test_a_journal_is_written_edited_published_and_undone(api):
    made = api.made("/manual-journals", JOURNAL)
    assert (made["is_published"], made["amount"], made["formatted_amount"]) == (False, 12.5, "$12.50")
    assert [(x["debit"], x["credit"], x["contact_id"]) for x in made["entries"]] == [
        (12.5, 0, None), (0, 12.5, 1),
    ]  # fmt: skip
    untouched = books(api)
    entries = [SIDES[0] | {"debit": 3}, SIDES[1] | {"credit": 3}]
    edited = api.put("/manual-journals/1", JOURNAL | {"entries": entries}).body
    assert (edited["amount"], edited["journal_number"]) == (3, made["journal_number"])
    assert books(api) == untouched
    assert api.put("/manual-journals/1", JOURNAL | {"publish": True}).body["is_published"] is True
    assert books(api) != untouched
    again = api.call("PATCH", "/manual-journals/1/publish")
    assert (again.status, again.type) == (400, "MANUAL_JOURNAL_ALREADY_PUBLISHED")
    assert api.put("/manual-journals/1", JOURNAL).type == "MANUAL_JOURNAL_ALREADY_PUBLISHED"
    assert api.delete("/manual-journals/1").status == 200
    assert api.get("/manual-journals/1").body == {"statusCode": 404, "message": "NotFoundError"}
    assert books(api)["total"]["balance"] == 0


def test_a_draft_is_published_by_itself(api):
    api.made("/manual-journals", JOURNAL)
    published = api.call("PATCH", "/manual-journals/1/publish")
    assert (published.status, published.body["is_published"]) == (200, True)
    assert api.call("PATCH", "/manual-journals/9/publish").status == 404


@pytest.mark.parametrize(
    ("changes", "type_"),
    [
        ({"entries": [SIDES[0]]}, "credit_debit_not_equal"),
        ({"entries": [SIDES[0] | {"debit": 0}]}, "credit_debit_not_equal_zero"),
        ({"entries": [SIDES[0] | {"accountId": 9}, SIDES[1]]}, "accounts_ids_not_found"),
        ({"entries": [SIDES[0], SIDES[1] | {"contactId": 9}]}, "contacts_not_found"),
        ({"entries": [SIDES[0] | {"accountId": 1008}, SIDES[1]]}, "ENTRIES_SHOULD_ASSIGN_WITH_CONTACT"),
        ({"currencyCode": "XXX"}, "CURRENCY_NOT_FOUND"),
    ],
)
def test_a_wrong_journal_changes_nothing(api, changes, type_):
    before = books(api)
    entries = [{camel(key): value for key, value in side.items()} for side in (JOURNAL | changes)["entries"]]
    refused = api.post("/manual-journals", JOURNAL | changes | {"entries": entries, "publish": True})
    assert (refused.status, refused.type) == (400, type_)
    assert books(api) == before


def camel(name: str) -> str:
    return {"account_id": "accountId", "contact_id": "contactId"}.get(name, name)


def test_a_number_of_a_journal_is_given_once(api):
    api.made("/manual-journals", JOURNAL | {"journalNumber": "X-1"})
    again = api.post("/manual-journals", JOURNAL | {"journalNumber": "X-1"})
    assert again.type == "journal_number_exists"


def test_journals_are_listed_and_searched(api):
    for amount in (1, 2):
        sides = [SIDES[0] | {"debit": amount}, SIDES[1] | {"credit": amount}]
        api.made("/manual-journals", JOURNAL | {"entries": sides, "publish": amount == 2})
    listed = api.get("/manual-journals?columnSortBy=amount&sortOrder=asc").body
    assert [x["amount"] for x in listed["data"]] == [1, 2]
    assert [x["id"] for x in api.get("/manual-journals?viewSlug=published").body["data"]] == [2]
    assert api.post("/manual-journals/bulk-delete", {"ids": [1, 2]}).status == 201
    assert api.get("/manual-journals").body["pagination"]["total"] == 0


LOCK = {"module": "sales", "lockToDate": "2026-06-30", "reason": "closed"}


def test_a_lock_holds_until_a_window_is_opened_in_it(api):
    locked = api.put("/transactions-locking/lock", LOCK)
    assert (locked.status, locked.body["is_enabled"], locked.body["is_partial_unlock"]) == (200, True, False)
    assert locked.body["lock_to_date"] == "2026-06-30T00:00:00.000Z"
    entry = {"index": 1, "itemId": 1000, "rate": 1, "quantity": 1}
    june = {
        "customerId": 1, "invoiceDate": "2026-06-01", "dueDate": "2026-07-01", "delivered": True,
        "entries": [entry],
    }  # fmt: skip
    refused = api.post("/sale-invoices", june)
    assert refused.type == "TRANSACTIONS_DATE_LOCKED"
    assert refused.body["errors"][0]["payload"] == {
        "lockedToDate": "2026-06-30", "formattedLockedToDate": "2026/06/30", "module": "sales",
    }  # fmt: skip
    window = {"module": "sales", "unlockFromDate": "2026-06-01", "unlockToDate": "2026-06-02", "reason": "x"}
    opened = api.put("/transactions-locking/unlock-partial", window).body
    assert (opened["is_partial_unlock"], opened["partial_unlock_reason"]) == (True, "x")
    invoice(api)
    closed = api.put("/transactions-locking/cancel-unlock-partial", {"module": "sales"}).body
    assert (closed["is_enabled"], closed["is_partial_unlock"]) == (True, False)
    assert api.post("/sale-invoices", june).type == "TRANSACTIONS_DATE_LOCKED"
    free = api.put("/transactions-locking/cancel-lock", {"module": "sales", "reason": "again"}).body
    assert (free["is_enabled"], free["lock_to_date"], free["unlock_reason"]) == (False, None, "again")
    invoice(api)


def test_the_locks_are_shown_by_module(api):
    api.put("/transactions-locking/lock", LOCK | {"module": "purchases"})
    shown = api.get("/transactions-locking").body
    assert shown["locking_type"] == "partial"
    assert [(x["module"], x["is_enabled"]) for x in shown["modules"]] == [
        ("sales", False), ("purchases", True), ("financial", False),
    ]  # fmt: skip
    invoice(api)  # Nothing is a purchase.
    api.put("/transactions-locking/lock", LOCK | {"module": "all"})
    assert api.get("/transactions-locking").body["locking_type"] == "all"
    assert api.get("/transactions-locking/all").body["formatted_lock_to_date"] == "06/30/2026"
    assert api.get("/transactions-locking/stock").type == "TRANSACTIONS_LOCKING_MODULE_NOT_FOUND"


@pytest.mark.parametrize(
    ("verb", "body", "type_"),
    [
        ("lock", LOCK | {"module": "stock"}, "TRANSACTIONS_LOCKING_MODULE_NOT_FOUND"),
        (
            "unlock-partial",
            {"unlockFromDate": "2026-01-01", "unlockToDate": "2026-01-02", "reason": "x"},
            "NOT_LOCKED",
        ),
        ("cancel-unlock-partial", {}, "NOT_LOCKED"),
    ],
)
def test_what_is_not_locked_is_not_opened(api, verb, body, type_):
    assert api.put(f"/transactions-locking/{verb}", body).type == type_


def test_what_was_open_is_answered_again_under_its_key(api):
    body = {"module": "sales", "reason": "tidy"}
    open_ = api.put("/transactions-locking/cancel-lock", body, idempotency_key="k")
    assert (open_.status, open_.body["is_enabled"]) == (200, False)
    api.put("/transactions-locking/lock", LOCK | {"module": "sales"})
    again = api.put("/transactions-locking/cancel-lock", body, idempotency_key="k")
    assert again.body == open_.body
    other = api.put("/transactions-locking/cancel-lock", body | {"reason": "x"}, idempotency_key="k")
    assert (other.status, other.type) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert api.get("/transactions-locking/sales").body["is_enabled"] is True


def test_a_rate_serves_from_its_day_on(api):
    rate = {"currencyCode": "EUR", "date": "2026-01-01", "exchangeRate": "1.25"}
    assert api.made("/exchange-rates", rate)["exchange_rate"] == 1.25
    api.made("/exchange-rates", rate | {"date": "2025-01-01", "exchangeRate": 1.1})
    found = api.get("/exchange-rates/latest?from_currency=EUR&to_currency=USD")
    assert found.body == {"base_currency": "EUR", "to_currency": "USD", "exchange_rate": 1.25}
    assert api.get("/exchange-rates/latest").body["exchange_rate"] == 1
    # From the other side it would have to be rounded: it is said, or there is none.
    assert api.get("/exchange-rates/latest?fromCurrency=USD&toCurrency=EUR").status == 404
    listed = api.get("/exchange-rates?columnSortBy=date").body["data"]
    assert [x["date"][:10] for x in listed] == ["2026-01-01", "2025-01-01"]
    assert api.delete("/exchange-rates/EUR/USD/2026-01-01").status == 200
    assert api.get("/exchange-rates/latest?fromCurrency=EUR").body["exchange_rate"] == 1.1
    assert api.delete("/exchange-rates/EUR/USD/2026-01-01").status == 404
    assert api.post("/exchange-rates", rate | {"currencyCode": "USD"}).type == "RATE_OF_ITSELF"
