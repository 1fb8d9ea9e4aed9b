"""Invoices, payments, credit notes and what is set against what, as contract B's clients read them."""

from tests.faces.rest.api import Api, books, customer, invoice, item, note

PAID = {"customerId": 1, "paymentDate": "2026-06-10", "depositAccountId": 1000}


def paid(api: Api, invoice_id: int, amount: object, **more: object) -> dict:
    entries = [{"invoiceId": invoice_id, "paymentAmount": amount}]
    return api.made("/payments-received", PAID | {"entries": entries} | more)


def picked(row: dict, names: str) -> tuple:
    return tuple(row[name] for name in names.split())


def test_an_invoice_is_added_up(api):
    vat = api.made("/tax-rates", {"name": "VAT", "code": "VAT20", "rate": "20"})
    made = invoice(
        api,
        discount="10",
        discountType="percentage",
        adjustment=5,
        entries=[
            {"itemId": 1000, "rate": 100, "quantity": "2", "discount": 10, "taxRateId": vat["id"]},
            {"index": 2, "itemId": 1000, "rate": "33.335", "quantity": 3, "discount": 0.01,
             "discountType": "amount", "description": "by weight"},
        ],
    )  # fmt: skip
    first, second = made["entries"]
    assert picked(first, "amount total discount tax_rate tax_amount discount_amount") == (
        200,
        180,
        10,
        20,
        36,
        20,
    )
    assert picked(second, "amount total discount tax_rate tax_amount") == (100.01, 100, 0.01, None, 0)
    assert picked(made, "subtotal discount_amount tax_amount_withheld total due_amount adjustment") == (
        280, 28, 36, 293, 293, 5,
    )  # fmt: skip
    shown = api.get("/sale-invoices/1").body
    assert picked(shown, "total_formatted due_amount_formatted discount_percentage_formatted") == (
        "$293.00", "$293.00", "10%",
    )  # fmt: skip
    (tax,) = shown["taxes"]
    assert picked(tax, "name tax_rate_code tax_rate tax_rate_amount tax_rate_amount_formatted") == (
        "VAT", "VAT20", 20, 36, "36.00",
    )  # fmt: skip
    assert (shown["entries"][0]["reference_id"], made["entries"][0]["reference_id"]) == ("1", 1)


def test_tax_may_be_inside_and_named_by_its_code(api):
    api.made("/tax-rates", {"name": "VAT", "code": "VAT10", "rate": 10})
    entry = {"itemId": 1000, "rate": 110, "quantity": 1, "taxCode": "VAT10"}
    made = invoice(api, isInclusiveTax=True, entries=[entry])
    assert picked(made, "subtotal subtotal_exluding_tax tax_amount_withheld total") == (110, 100, 10, 110)
    line = made["entries"][0]
    assert picked(line, "subtotal_inclusing_tax subtotal_excluding_tax tax_amount") == (110, 100, 10)
    unknown = {"customerId": 1, "invoiceDate": "2026-06-01", "dueDate": "2026-06-01"}
    reply = api.post("/sale-invoices", unknown | {"entries": [entry | {"taxCode": "GST"}]})
    assert reply.type == "ITEM_ENTRY_TAX_RATE_CODE_NOT_FOUND"


def test_an_items_own_tax_is_not_charged_unless_it_is_named(api):
    vat = api.made("/tax-rates", {"name": "VAT", "code": "VAT", "rate": 20})
    taxed = {"name": "Taxed", "type": "service", "sellable": True, "sellPrice": 1, "sellTaxRateId": vat["id"]}
    id = api.made("/items", taxed)["id"]
    assert invoice(api, entries=[{"itemId": id, "rate": 10, "quantity": 1}])["total"] == 10


def test_a_draft_is_delivered_once(api):
    draft = invoice(api, delivered=False)
    assert picked(draft, "is_delivered invoice_no delivered_at") == (False, "", None)
    delivered = api.put(f"/sale-invoices/{draft['id']}/deliver")
    assert (delivered.status, delivered.body["invoice_no"]) == (200, "INV-00001")
    again = api.put(f"/sale-invoices/{draft['id']}/deliver")
    assert (again.status, again.type) == (400, "SALE_INVOICE_ALREADY_DELIVERED")


def test_what_a_payment_pays_is_no_longer_due(api):
    invoice(api)
    row = paid(api, 1, "100", referenceNo="wire")
    assert picked(row, "amount payment_receive_no reference_no local_amount") == (
        100,
        "PAY-00001",
        "wire",
        100,
    )
    shown = api.get("/sale-invoices/1").body
    names = "payment_amount due_amount is_partially_paid is_fully_paid is_paid balance_amount"
    assert picked(shown, names) == (100, 200, True, False, True, 100)
    assert shown["customer"]["balance"] == 200
    payment = api.get("/payments-received/1").body
    assert [picked(x, "account_id debit credit") for x in payment["transactions"]] == [
        (1000, 100, 0), (1006, 0, 100),
    ]  # fmt: skip
    assert payment["deposit_account"]["amount"] == 100
    assert payment["entries"][0]["invoice"]["invoice_no"] == "INV-00001"
    assert api.get("/payments-received").body["payments_received"][0]["formattted_total"] == "$100.00"


BAD_PAYMENTS = [
    ({"depositAccountId": 1026}, "DEPOSIT_ACCOUNT_INVALID_TYPE"),
    ({"depositAccountId": 424242}, "DEPOSIT_ACCOUNT_NOT_FOUND"),
    ({"entries": [{"invoiceId": 1, "paymentAmount": 300.01}]}, "INVALID_PAYMENT_AMOUNT"),
    ({"entries": [{"invoiceId": 9, "paymentAmount": 1}]}, "INVOICES_IDS_NOT_FOUND"),
    ({"entries": [{"invoiceId": 2, "paymentAmount": 1}]}, "INVOICES_NOT_DELIVERED_YET"),
    ({"branchId": 9}, "BRANCH_ID_NOT_FOUND"),
]


def test_a_payment_that_does_not_fit_is_refused(api):
    invoice(api)
    invoice(api, delivered=False)
    before = books(api)
    fine = PAID | {"entries": [{"invoiceId": 1, "paymentAmount": 1}]}
    for changes, type_ in BAD_PAYMENTS:
        reply = api.post("/payments-received", fine | changes)
        assert (reply.status, reply.type) == (400, type_), reply.text
    assert books(api) == before


def test_a_credit_note_is_set_against_invoices_and_taken_back(api):
    invoice(api)
    invoice(api, 50)
    note(api, 100)
    _, second = api.get("/credit-notes/1/apply-invoices").body
    assert picked(second, "id due_amount formatted_due_amount") == (2, 50, "50.00")
    shares = {"entries": [{"invoiceId": 1, "amount": 60}, {"invoiceId": 2, "amount": 40}]}
    rows = api.made("/credit-notes/1/apply-invoices", shares)
    assert rows[0] == {"id": 1, "amount": 60, "credit_note_id": 1, "invoice_id": 1}
    applied = api.get("/credit-notes/1/applied-invoices").body
    assert picked(applied[1], "formtted_amount credit_note_number invoice_number") == (
        "40.00", "CN-00001", "INV-00002",
    )  # fmt: skip
    assert api.get("/credit-notes/1").body["is_closed"]
    assert api.delete("/credit-notes/1").type == "CREDIT_NOTE_HAS_APPLIED_INVOICES"
    taken = api.delete("/credit-notes/applied-invoices/1")
    assert (taken.status, taken.text) == (200, "")
    assert api.delete("/credit-notes/applied-invoices/1").type == "CREDIT_NOTE_APPLY_TO_INVOICES_NOT_FOUND"
    assert api.delete("/credit-notes/applied-invoices/9").type == "CREDIT_NOTE_APPLY_TO_INVOICES_NOT_FOUND"
    assert api.get("/sale-invoices/1").body["due_amount"] == 300
    assert api.get("/credit-notes/9/apply-invoices").status == 404
    assert api.get("/credit-notes/9/applied-invoices").body == []


BAD_SHARES = [
    ([{"invoiceId": 9, "amount": 1}], "INVOICES_IDS_NOT_FOUND"),
    ([{"invoiceId": 2, "amount": 1}], "INVOICES_NOT_DELIVERED_YET"),
    ([{"invoiceId": 3, "amount": 1}], "INVOICES_IDS_NOT_FOUND"),
    ([{"invoiceId": 1, "amount": 60}, {"invoiceId": 1, "amount": 60}], "CREDIT_NOTE_HAS_NO_REMAINING_AMOUNT"),
    ([{"invoiceId": 1, "amount": 30}, {"invoiceId": 1, "amount": 30}], "INVOICES_HAS_NO_REMAINING_AMOUNT"),
    ([{"invoiceId": 1, "amount": -1}], "AMOUNT_NOT_POSITIVE"),
]


def test_a_share_that_does_not_fit_is_refused(api):
    customer(api)
    invoice(api, 50)
    invoice(api, delivered=False)
    invoice(api, customerId=2)
    note(api, 100)
    before = books(api)
    for entries, type_ in BAD_SHARES:
        reply = api.post("/credit-notes/1/apply-invoices", {"entries": entries})
        assert (reply.status, reply.type) == (400, type_), reply.text
    assert "arrayMinSize" in api.post("/credit-notes/1/apply-invoices", {"entries": []}).broken["entries"]
    assert books(api) == before
    assert api.get("/credit-notes/1/applied-invoices").body == []


def test_what_is_deleted_is_gone(api):
    note(api)
    note(api, open=False)
    for id in (1, 2):
        assert api.delete(f"/credit-notes/{id}").text == ""
        assert api.get(f"/credit-notes/{id}").type == "CREDIT_NOTE_NOT_FOUND"
        assert api.delete(f"/credit-notes/{id}").status == 404
        assert api.put(f"/credit-notes/{id}/open").status == 404
    assert api.get("/credit-notes").body["data"] == []
    assert books(api)["total"]["balance"] == 0
    assert api.get("/customers/1").body["balance"] == 0


def test_a_foreign_note_is_worth_what_its_rate_says(api):
    customer(api, "GBP")
    made = note(api, 100, customerId=2, exchangeRate="1.25")
    assert picked(made, "currency_code exchange_rate total total_local") == ("GBP", 1.25, 100, 125)
    body = {"fromAccountId": 1000, "amount": 40, "date": "2026-06-20", "exchangeRate": 1.3}
    api.made("/credit-notes/1/refunds", body)
    shown = api.get("/credit-notes/1").body
    assert picked(shown, "total_formatted total_local_formatted") == ("£100.00", "$125.00")
    assert shown["customer"]["balance"] == -60
    query = "/reports/transactions-by-reference?referenceType=RefundCreditNote&referenceId=1"
    rows = api.get(query).body["transactions"]
    # 40 GBP were given up at 1.25 and paid at 1.30: two dollars are lost.
    assert [(x["account_id"], x["debit"]["amount"], x["credit"]["amount"]) for x in rows] == [
        (1006, 50, 0), (1000, 0, 52), (1022, 2, 0),
    ]  # fmt: skip


def test_yen_have_no_cents_and_dinars_three(api):
    for place, (currency, amount, written) in enumerate(
        (("JPY", 1000, "1,000.00"), ("KWD", 1.234, "1.234")), 2
    ):
        customer(api, currency)
        made = note(api, amount, customerId=place, exchangeRate=1)
        assert made["total"] == amount
        assert api.get(f"/credit-notes/{made['id']}").body["formatted_amount"] == written


BAD_DOCUMENTS = [
    ({"customerId": 9}, 404, "NotFoundError"),
    ({"entries": [{"itemId": 9, "rate": 1, "quantity": 1}]}, 400, "ITEMS_NOT_FOUND"),
    ({"entries": [{"itemId": 1001, "rate": 1, "quantity": 1}]}, 400, "NOT_SELL_ABLE_ITEMS"),
    ({"entries": [{"itemId": 1000, "rate": 1, "quantity": 1, "taxRateId": 9}]}, 400,
     "ITEM_ENTRY_TAX_RATE_ID_NOT_FOUND"),
    ({"entries": [{"itemId": 1000, "rate": -1, "quantity": 1}]}, 400, "NEGATIVE_NUMBER"),
    ({"entries": [{"itemId": 1000, "rate": "0.0000001", "quantity": 1}]}, 400, "AMOUNT_TOO_FINE"),
    ({"entries": [{"itemId": 1000, "rate": 1, "quantity": 1, "sellAccountId": 1000}]}, 400,
     "NOT_AN_INCOME_ACCOUNT"),
    ({"discount": 101}, 400, "DISCOUNT_TOO_LARGE"),
    ({"adjustment": -200}, 400, "NEGATIVE_TOTAL"),
    ({"branchId": 9}, 400, "BRANCH_ID_NOT_FOUND"),
    ({"exchangeRate": 2}, 400, "EXCHANGE_RATE_NOT_ONE"),
    ({"creditNoteNumber": "CN-00001"}, 400, "CREDIT_NOTE_NUMBER_NOT_UNIQUE"),
]  # fmt: skip


def test_a_document_that_cannot_be_is_refused(api):
    api.made("/items", {"name": "Scrap", "type": "service"})
    note(api)
    before = books(api)
    entry = {"itemId": 1000, "rate": 100, "quantity": 1}
    fine = {"customerId": 1, "creditNoteDate": "2026-06-15", "open": True, "entries": [entry]}
    for changes, status, type_ in BAD_DOCUMENTS:
        reply = api.post("/credit-notes", fine | changes)
        said = reply.body["message"] if status == 404 else reply.type
        assert (reply.status, said) == (status, type_), (changes, reply.text)
    assert books(api) == before


def test_a_reply_under_a_key_is_the_first_one_whatever_happened_since(api):
    body = {"customerId": 1, "creditNoteDate": "2026-06-15", "open": True,
            "entries": [{"itemId": 1000, "rate": 100, "quantity": 1}]}  # fmt: skip
    first = api.post("/credit-notes", body, idempotency_key="n")
    api.made("/credit-notes/1/refunds", {"fromAccountId": 1000, "amount": 10, "date": "2026-06-20"})
    assert api.post("/credit-notes", body, idempotency_key="n").text == first.text
    invoice(api)
    wire = PAID | {"entries": [{"invoiceId": 1, "paymentAmount": 10}]}
    first = api.post("/payments-received", wire, idempotency_key="p")
    paid(api, 1, 20)
    assert api.post("/payments-received", wire, idempotency_key="p").text == first.text


def test_the_chart_is_a_tree(api):
    parent = api.made("/accounts", {"name": "Banks", "accountType": "bank", "code": "10100"})
    below = {"name": "Bank in Euro", "accountType": "bank", "currencyCode": "EUR"}
    child = api.made("/accounts", {"name": "Till", "accountType": "bank", "parentAccountId": parent["id"]})
    tree = api.get("/accounts").body
    (found,) = [row for row in tree["accounts"] if row["id"] == parent["id"]]
    (inside,) = found["children"]
    assert picked(inside, "id account_level flatten_name parent_account_id") == (
        child["id"], 2, "Banks: Till", parent["id"],
    )  # fmt: skip
    flat = api.get("/accounts?structure=flat").body["accounts"]
    assert child["id"] in [row["id"] for row in flat]
    assert api.made("/accounts", below)["currency_code"] == "EUR"
    assert api.get(f"/accounts/{child['id']}").body["name"] == "Till"
    assert (api.get("/accounts/9").status, api.get("/accounts/9").type) == (404, "account_not_found")


def test_a_phone_gets_the_bare_chart_and_a_file_all_the_same(api):
    whole, phone = api.get("/accounts"), "Books/1 CFNetwork/1494.0.7 Darwin/23.4.0"
    assert api.get("/accounts", user_agent=phone).body == whole.body["accounts"]
    assert api.get("/accounts/1000", user_agent=phone).body["id"] == 1000
    assert b"Bank Account" in api.file("/accounts", user_agent=phone, accept="text/csv")


def test_a_complaint_leads_to_the_line_that_it_is_about(api):
    lines = [{"itemId": 1000, "rate": "1", "quantity": 1}, {"itemId": "x", "rate": "0x10", "quantity": []}]
    refused = api.post("/credit-notes", {"customerId": 1, "creditNoteDate": "2026-06-15", "entries": lines})
    (entries,) = refused.body["message"]
    assert picked(entries, "property value") == ("entries", lines)
    (second,) = entries["children"]
    assert picked(second, "property target value") == ("1", lines, lines[1])
    assert [(x["property"], x["value"], list(x["constraints"])) for x in second["children"]] == [
        ("itemId", "x", ["isInt"]), ("quantity", [], ["isNumber"]),
    ]  # fmt: skip
    # What is long is not told back, or a reply would be larger than its request.
    many = [{"itemId": "x"}] * 400
    refused = api.post("/credit-notes", {"customerId": 1, "creditNoteDate": "2026-06-15", "entries": many})
    (entries,) = refused.body["message"]
    assert ("value" in entries, len(entries["children"])) == (False, 10)


BAD_ACCOUNTS = [
    ({"accountType": "piggy"}, "account_type_not_found"),
    ({"name": "Bank Account"}, "account_name_not_unqiue"),
    ({"code": "10001"}, "account_code_not_unique"),
    ({"parentAccountId": 9}, "parent_account_not_found"),
    ({"parentAccountId": 1026}, "parent_has_different_type"),
    ({"accountType": "expense", "currencyCode": "EUR"}, "ACCOUNT_TYPE_NOT_SUPPORTS_MULTI_CURRENCY"),
]


def test_an_account_that_does_not_fit_is_refused(api):
    for changes, type_ in BAD_ACCOUNTS:
        reply = api.post("/accounts", {"name": "Safe", "accountType": "cash"} | changes)
        assert (reply.status, reply.type) == (400, type_), reply.text
    short = api.post("/accounts", {"name": "ab", "accountType": "cash", "code": "1"})
    assert short.broken == {"name": ["minLength"], "code": ["minLength"]}


def test_what_there_is_one_of_is_there_once(api):
    branch = {"name": "North", "code": "N1", "phone_number": "+1"}
    assert api.made("/branches", branch)["phone_number"] == "+1"
    assert api.post("/branches", branch).type == "BRANCH_CODE_NOT_UNIQUE"
    assert [row["name"] for row in api.get("/branches").body] == ["Head Branch", "North"]
    rate = {"name": "VAT", "code": "V", "rate": "7.125"}
    assert api.made("/tax-rates", rate)["rate_formatted"] == "7.125%"
    assert api.post("/tax-rates", rate).type == "TAX_CODE_NOT_UNIQUE"
    assert api.get("/tax-rates/9").type == "TAX_RATE_NOT_FOUND"
    assert [row["code"] for row in api.get("/tax-rates").body] == ["V"]
    assert api.post("/items", {"name": "Widget service", "type": "service"}).type == "ITEM_NAME_EXISTS"
    reply = api.post("/items", {"name": "New", "type": "service", "sellAccountId": 9})
    assert reply.type == "SELL_ACCOUNT_NOT_FOUND"
    assert api.get("/items/9").type == "ITEM_NOT_FOUND"
    assert api.get("/items/1000").body["sell_price_formatted"] == "$10.00"


def test_the_trial_balance_is_that_of_the_period(api):
    invoice(api, 300)
    note(api, 100)
    sheet = api.get("/reports/trial-balance-sheet?from_date=2026-06-01&to_date=2026-06-14").body
    assert [picked(row, "id debit credit balance") for row in sheet["data"]["accounts"]] == [
        (1006, 300, 0, 300), (1025, 0, 300, -300),
    ]  # fmt: skip
    assert sheet["data"]["total"]["formatted_debit"] == "$300.00"
    assert sheet["meta"]["formatted_date_range"] == "From 2026/06/01 to 2026/06/14"
    whole = api.get("/reports/trial-balance-sheet?fromDate=2026-01-01&toDate=2026-12-31").body["data"]
    assert [row["balance"] for row in whole["accounts"]] == [200, -200]
    everything = api.get("/reports/trial-balance-sheet?noneTransactions=false").body["data"]["accounts"]
    assert len(everything) > 30
    one = api.get("/reports/trial-balance-sheet?accountIds[]=1006&fromDate=2026-01-01").body["data"]
    assert [row["id"] for row in one["accounts"]] == [1006]
    assert api.get("/reports/trial-balance-sheet?fromDate=soon").status == 400
    assert api.get("/reports/trial-balance-sheet?branchesIds[]=9").body["data"]["accounts"] == []


def test_the_ledger_is_read_back_by_reference(api):
    invoice(api)
    paid(api, 1, 300)
    note(api, 300)
    for type_ in ("SaleInvoice", "CreditNote", "PaymentReceive"):
        read_back(api, type_)


def read_back(api: Api, type_: str) -> None:
    rows = api.get(f"/reports/transactions-by-reference?reference_type={type_}&reference_id=1").body
    credit, debit = sorted(rows["transactions"], key=lambda row: row["debit"]["amount"])
    assert debit["debit"] == {"amount": 300, "formatted_amount": "300.00", "currency_code": "USD"}
    assert credit["credit"]["amount"] == 300
    assert {debit["reference_type"], credit["reference_type"]} == {type_}
    for query in (f"referenceType={type_}&referenceId=9", f"referenceType={type_}&referenceId=x",
                  "referenceType=Bill&referenceId=1"):  # fmt: skip
        assert api.get(f"/reports/transactions-by-reference?{query}").body == {"transactions": []}


def test_another_organizations_things_are_not_there(api, server):
    invoice(api)
    paid(api, 1, 300)
    note(api)
    api.made("/credit-notes/1/refunds", {"fromAccountId": 1000, "amount": 10, "date": "2026-06-20"})
    vat = {"name": "VAT", "code": "V", "rate": 7}
    api.made("/tax-rates", vat)
    other = server.organization("EUR")
    gone = ["/customers/1", "/items/1000", "/sale-invoices/1", "/payments-received/1", "/credit-notes/1",
            "/credit-notes/refunds/1", "/tax-rates/1", "/credit-notes/1/apply-invoices"]  # fmt: skip
    for path in gone:
        theirs, absent = other.get(path), other.get(path.replace("1000", "9").replace("1", "9"))
        assert theirs.status in (400, 404)
        assert theirs.text == absent.text, path
    for path in ("/customers", "/items", "/sale-invoices", "/payments-received", "/credit-notes"):
        assert other.get(path).body["pagination"]["total"] == 0
    assert other.get("/credit-notes/1/refunds").body == []
    assert other.delete("/credit-notes/refunds/1").status == 404
    assert (
        other.post(
            "/credit-notes/1/refunds", {"fromAccountId": 1000, "amount": 1, "date": "2026-06-20"}
        ).status
        == 404
    )
    assert books(other)["accounts"] == []
    customer(other, "EUR")
    item(other)
    assert note(other, customerId=1)["id"] == 1
