"""Lists: pages, order, search, filters and views, as contract B's clients ask for them."""

import json
from urllib.parse import quote

import pytest

from tests.faces.rest.api import Api, books, customer, note

FINE = {"fromAccountId": 1000, "amount": 10, "date": "2026-06-20"}


@pytest.fixture
def notes(api: Api) -> Api:
    """Five credit notes: 1 open, 2 part used, 3 used up, 4 a draft, 5 of another customer in EUR."""
    customer(api, "EUR")
    note(api, 10, referenceNo="alpha", note="first")
    note(api, 20, referenceNo="beta_1", creditNoteDate="2026-06-16")
    note(api, 30, referenceNo="beta%2")
    note(api, 40, open=False)
    note(api, 50, customerId=2, exchangeRate=1.1)
    api.made("/credit-notes/2/refunds", FINE)
    api.made("/credit-notes/3/refunds", FINE | {"amount": 30})
    return api


def ids(api: Api, query: str) -> list[int]:
    reply = api.get(f"/credit-notes?{query}")
    assert reply.status == 200, reply.text
    assert reply.body["data"] == reply.body["credit_notes"]
    return [row["id"] for row in reply.body["data"]]


def filtered(*roles: tuple) -> str:
    names = ("fieldKey", "comparator", "value", "condition")
    written = [dict(zip(names, role, strict=False)) for role in roles]
    return f"sortOrder=asc&stringifiedFilterRoles={quote(json.dumps(written))}"


def test_a_list_is_paged(notes):
    reply = notes.get("/credit-notes?page=2&pageSize=2")
    assert reply.body["pagination"] == {"total": 5, "page": 2, "page_size": 2}
    assert reply.body["filter_meta"] == {"order": "desc", "field_key": "created_at"}
    assert [row["id"] for row in reply.body["data"]] == [3, 2]
    assert ids(notes, "page=3&page_size=2") == [1]
    assert ids(notes, "page=99999999999&pageSize=2") == []
    for order in ("asc", "desc"):
        # Whether a page is read from the beginning or from the end, none overlaps another.
        whole = ids(notes, f"pageSize=100&sortOrder={order}")
        for size in (1, 2, 3):
            pages = [ids(notes, f"page={1 + n}&pageSize={size}&sortOrder={order}") for n in range(6)]
            assert [id for page in pages for id in page] == whole
    assert ids(notes, "") == [5, 4, 3, 2, 1]


BAD_PAGES = [
    ("page=0", "page"),
    ("page=-1", "page"),
    ("page=x", "page"),
    ("page=1.5", "page"),
    ("page=1&page=2", "page"),
    ("page[a]=1", "page"),
    ("pageSize=0", "pageSize"),
    ("page_size=many", "pageSize"),
    ("sortOrder=up", "sortOrder"),
    ("searchKeyword[]=a", "searchKeyword"),
]


def test_a_page_that_is_none_is_refused(api):
    for query, property_ in BAD_PAGES:
        reply = api.get(f"/credit-notes?{query}")
        assert (reply.status, list(reply.broken)) == (400, [property_]), query


def test_a_list_is_sorted(notes):
    assert ids(notes, "columnSortBy=credit_date&sortOrder=asc") == [1, 3, 4, 5, 2]
    assert ids(notes, "columnSortBy=amount&sortOrder=DESC") == [5, 4, 3, 2, 1]
    assert ids(notes, "column_sort_by=credit_number&sort_order=ASC")[0] == 4  # The draft has none.
    assert notes.get("/credit-notes?columnSortBy=secret").type == "sort_column_not_found"
    assert notes.get("/credit-notes?columnSortBy=id;DROP TABLE refunds").type == "sort_column_not_found"


def test_a_list_is_searched(notes):
    assert ids(notes, "searchKeyword=ALPHA") == [1]
    assert ids(notes, "searchKeyword=beta") == [3, 2]
    assert ids(notes, "searchKeyword=CN-0000&sortOrder=asc") == [1, 2, 3, 5]
    assert ids(notes, "searchKeyword=50") == [5]
    # What means something in LIKE means itself.
    assert ids(notes, "searchKeyword=%25") == [3]
    assert ids(notes, "searchKeyword=_") == [2]
    assert ids(notes, "searchKeyword=%5C") == []
    assert ids(notes, "searchKeyword='") == []


FILTERS = [
    (("status", "equals", "draft"), [4]),
    (("status", "is", "open"), [1, 2, 5]),
    (("status", "equals", "closed"), [3]),
    (("status", "is_not", "published"), [4]),
    (("reference_no", "equals", "ALPHA"), [1]),
    (("reference_no", "not_equal", "alpha"), [2, 3, 4, 5]),
    (("reference_no", "contains", "beta"), [2, 3]),
    (("reference_no", "not_contains", "beta"), [1, 4, 5]),
    (("reference_no", "starts_with", "al"), [1]),
    (("reference_no", "end_with", "%2"), [3]),
    (("reference_no", "in", "alpha,beta_1"), [1, 2]),
    (("reference_no", "in", ["alpha"]), [1]),
    (("currency_code", "equals", "EUR"), [5]),
    (("customer", "equals", 2), [5]),
    (("customer", "equals", "2"), [5]),
    (("amount", "bigger_than", 20), [3, 4, 5]),
    (("amount", "bigger", "29.999"), [3, 4, 5]),
    (("amount", "bigger_or_equals", 30), [3, 4, 5]),
    (("amount", "smaller_than", 20.001), [1, 2]),
    (("amount", "smaller_or_equals", 19.999), [1]),
    (("amount", "equals", 30), [3]),
    (("amount", "equals", 30.001), []),
    (("amount", "not_equals", 30.001), [1, 2, 3, 4, 5]),
    (("amount", "smaller", "1e300"), [1, 2, 3, 4, 5]),
    (("credit_date", "after", "2026-06-15"), [2]),
    (("credit_date", "before", "2026-06-16"), [1, 3, 4, 5]),
    (("credit_date", "in", "2026-06-16"), [2]),
    (("created_at", "after", "2000-01-01"), [1, 2, 3, 4, 5]),
]


def test_a_list_is_filtered(notes):
    for role, expected in FILTERS:
        assert ids(notes, filtered(role)) == expected, role


def test_conditions_are_tied_in_their_order(notes):
    either = (("status", "equals", "draft"), ("amount", "equals", 10, "or"))
    assert ids(notes, filtered(*either)) == [1, 4]
    assert ids(notes, filtered(*either, ("amount", "bigger", 20, "and"))) == [4]
    reply = notes.get(f"/credit-notes?{filtered(('status', 'equals', 'draft'))}")
    meta = {"field_key": "status", "comparator": "equals", "value": "draft", "condition": "and"}
    assert reply.body["filter_meta"]["filter_roles"] == [meta]


BAD_FILTERS = [
    ("not json", "stringified_filter_roles_invalid"),
    ("{}", "stringified_filter_roles_invalid"),
    ("[1]", "stringified_filter_roles_invalid"),
    ("[" * 20_000, "stringified_filter_roles_invalid"),
    ('[{"fieldKey":"secret","comparator":"equals","value":1}]', "filter_roles_fields_not_found"),
    ("[{}]", "filter_roles_fields_not_found"),
    ('[{"fieldKey":"status","comparator":"equals","value":"x"}]', "stringified_filter_roles_invalid"),
    (
        '[{"fieldKey":"status","comparator":"contains","value":"open"}]',
        "stringified_filter_roles_invalid",
    ),
    ('[{"fieldKey":"amount","comparator":"bigger","value":"x"}]', "stringified_filter_roles_invalid"),
    ('[{"fieldKey":"amount","comparator":"bigger","value":true}]', "stringified_filter_roles_invalid"),
    ('[{"fieldKey":"amount","comparator":"like","value":1}]', "stringified_filter_roles_invalid"),
    ('[{"fieldKey":"note","comparator":"equals","value":{}}]', "stringified_filter_roles_invalid"),
    ('[{"fieldKey":"credit_date","comparator":"after","value":1}]', "stringified_filter_roles_invalid"),
    ('[{"fieldKey":"note","comparator":"equals"}]', "stringified_filter_roles_invalid"),
]


def test_a_filter_that_makes_no_sense_is_refused(api):
    for roles, type_ in BAD_FILTERS:
        reply = api.get(f"/credit-notes?stringifiedFilterRoles={quote(roles)}")
        assert (reply.status, reply.type) == (400, type_), roles


def test_a_list_has_views(notes):
    assert ids(notes, "viewSlug=draft") == [4]
    assert ids(notes, "viewSlug=open") == [5, 2, 1]
    assert ids(notes, "view_slug=closed") == [3]
    assert ids(notes, "viewSlug=published") == [5, 3, 2, 1]
    assert notes.get("/credit-notes?viewSlug=gone").type == "view_not_found"


def test_every_list_can_be_asked_for_everything_it_knows(api):
    from avoir.faces.rest import accounts, credit_notes, customers, invoices, items, payments

    note(api)
    lists = {
        "/credit-notes": credit_notes.LISTING,
        "/customers": customers.listing("2026-06-20"),
        "/items": items.LISTING,
        "/accounts": accounts.LISTING,
        "/payments-received": payments.LISTING,
        "/sale-invoices": invoices.listing("2026-06-20"),
    }
    suits = {
        "text": ("contains", "a"),
        "number": ("bigger", 1),
        "money": ("bigger", 1),
        "micro": ("bigger", 1),
        "day": ("after", "2026-01-01"),
    }
    for path, listing in lists.items():
        for name, column in listing.columns.items():
            comparator, value = suits.get(column.kind) or ("equals", next(iter(column.words)))
            query = f"columnSortBy={name}&{filtered((name, comparator, value))}"
            assert api.get(f"{path}?{query}").status == 200, (path, name)
        for view in listing.views:
            assert api.get(f"{path}?viewSlug={view}").status == 200, (path, view)
        assert api.get(f"{path}?searchKeyword=1").status == 200


def test_reading_changes_nothing(notes):
    before = books(notes)
    ids(notes, "searchKeyword=a&viewSlug=open")
    assert books(notes) == before


def test_views_are_listed_and_asked_for_by_number(notes):
    views = notes.get("/views/resource/credit-notes").body["views"]
    assert [view["slug"] for view in views] == ["draft", "published", "open", "closed"]
    assert {view["resource_model"] for view in views} == {"CreditNote"}
    for view in views:
        assert ids(notes, f"customViewId={view['id']}") == ids(notes, f"viewSlug={view['slug']}")
    meta = notes.get(f"/credit-notes?customViewId={views[0]['id']}").body["filter_meta"]
    assert (meta["view"]["slug"], meta["view"]["id"]) == ("draft", views[0]["id"])
    assert notes.get("/credit-notes?customViewId=999").type == "view_not_found"
    assert notes.get("/views/resource/spaceships").type == "RESOURCE_MODEL_NOT_FOUND"
    names = ("items", "Item", "sale_invoices", "SaleInvoice", "payments-received", "customers", "accounts",
             "manual-journals")  # fmt: skip
    found = [view["id"] for name in names for view in notes.get(f"/views/resource/{name}").body["views"]]
    assert len(set(found)) == len(set(range(21, 27)) | set(range(41, 43)) | set(range(1, 6)) | {31, 32})


def test_what_a_list_tells_of_its_fields_is_what_it_takes(notes):
    operators = {"text": ("contains", "a"), "number": ("bigger", 1), "date": ("after", "2026-01-01"),
                 "boolean": ("is", True), "relation": ("equals", 1)}  # fmt: skip
    for name in ("accounts", "credit_notes", "customers", "items", "manual_journals", "payments_received",
                 "sale_invoices"):  # fmt: skip
        told = notes.get(f"/resources/{name}/meta").body
        assert told["resource_meta"]["fields"] == told["fields"]
        for key, field in told["fields"].items():
            if field["field_type"] == "enumeration":
                comparator, value = "is", field["options"][0]["key"]
            else:
                comparator, value = operators[field["field_type"]]
            path = f"/{name.replace('_', '-')}?columnSortBy={key}&{filtered((key, comparator, value))}"
            assert notes.get(path).status == 200, path
        assert set(told["columns"]) == set(told["fields"])
    assert notes.get("/resources/x/meta").type == "RESOURCE_MODEL_NOT_FOUND"


def test_customers_who_owe_are_a_view(api):
    from tests.faces.rest.api import invoice

    other = customer(api, "EUR")
    invoice(api)
    invoice(api, customerId=other, exchangeRate=1, dueDate="2999-01-01")
    for view, expected in (("overdue", [1]), ("unpaid", [1, other])):
        rows = api.get(f"/customers?viewSlug={view}&sortOrder=asc").body["data"]
        assert [row["id"] for row in rows] == expected


def test_what_is_inactive_is_shown_when_it_is_asked_for(api):
    other = customer(api, "EUR")
    assert api.call("PATCH", f"/contacts/{other}/inactivate").status == 200
    assert [row["id"] for row in api.get("/customers").body["data"]] == [1]
    assert [row["id"] for row in api.get("/customers?inactive_mode=true").body["data"]] == [other]
    assert api.call("PATCH", "/items/1000/inactivate").status == 200
    assert api.get("/items").body["data"] == []
    assert [row["id"] for row in api.get("/items?inactiveMode=1").body["data"]] == [1000]


def test_letters_beyond_ascii_are_found_on_both_engines(api):
    note(api, referenceNo="É-Ärger 漢字")
    note(api, referenceNo="plain")
    for word in ("É", "Är", "漢字", "É-ÄRGER"[:2]):
        assert ids(api, f"searchKeyword={quote(word)}") == [1], word
    assert ids(api, filtered(("reference_no", "equals", "É-Ärger 漢字"))) == [1]
    assert ids(api, filtered(("reference_no", "not_contains", "É"))) == [2]


def test_an_items_price_is_compared_in_whole(api):
    api.made("/items", {"name": "Dear", "sellable": True, "sellPrice": "10.125"})
    rows = api.get(f"/items?{filtered(('sell_price', 'bigger_than', '10.1'))}").body["data"]
    assert [row["name"] for row in rows] == ["Dear"]
    rows = api.get(f"/items?{filtered(('sell_price', 'equals', 10.125))}").body["data"]
    assert [row["name"] for row in rows] == ["Dear"]


def test_a_page_size_in_both_spellings_is_one(api):
    reply = api.get("/credit-notes?page=1&pageSize=200&page_size=200")
    assert reply.body["pagination"] == {"total": 0, "page": 1, "page_size": 200}
