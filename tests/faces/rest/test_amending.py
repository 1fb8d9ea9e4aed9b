"""What is issued or recorded, said anew or taken back: always by the mirror, and the books stay whole."""

import pytest

from tests.faces.rest.api import books, customer, invoice, note

LINE = {"index": 1, "itemId": 1000, "rate": 100, "quantity": 1}
INVOICE = {"customerId": 1, "invoiceDate": "2026-06-02", "dueDate": "2026-07-02", "delivered": True}
NOTE = {"customerId": 1, "creditNoteDate": "2026-06-16", "open": True}
OWN = "f47ac10b-58cc-4372-a567-0e02b2c3d479"


@pytest.fixture(autouse=True)
def verified(api):
    """After each test the books keep their promises."""
    yield
    assert api.broken_promises() == []


def paying(part, *, of=1, **more):
    return {
        "customerId": 1, "paymentDate": "2026-06-10", "depositAccountId": 1000, "referenceNo": "wire",
        "entries": [{"invoiceId": of, "paymentAmount": part}],
    } | more  # fmt: skip


def standing(api):
    """What each account holds, by id; what is nothing is left out."""
    found = {row["id"]: row["balance"] for row in books(api)["accounts"]}
    return {id: balance for id, balance in found.items() if balance}


def posted(api, kind, id):
    """The sides of all that a document posted: account, debit less credit."""
    found = api.get(f"/reports/transactions-by-reference?referenceType={kind}&referenceId={id}").body
    return [(x["account_id"], x["debit"]["amount"] - x["credit"]["amount"]) for x in found["transactions"]]


def test_an_issued_invoice_is_written_anew(api):
    invoice(api, 300)
    edited = api.put("/sale-invoices/1", INVOICE | {"entries": [LINE | {"rate": 120, "quantity": 2}]})
    assert (edited.status, edited.body["total"], edited.body["invoice_no"]) == (200, 240, "INV-00001")
    assert edited.body["is_delivered"] is True
    assert standing(api) == {1006: 240, 1025: -240}
    assert posted(api, "SaleInvoice", 1) == [
        (1006, 300), (1025, -300), (1006, -300), (1025, 300), (1006, 240), (1025, -240),
    ]  # fmt: skip
    assert invoice(api)["invoice_no"] == "INV-00002"


def test_an_issued_invoice_takes_a_number_of_the_callers_own(api):
    invoice(api)
    said = INVOICE | {"entries": [LINE]}
    assert api.put("/sale-invoices/1", said | {"invoiceNo": OWN}).body["invoice_no"] == OWN
    assert api.put("/sale-invoices/1", said).body["invoice_no"] == OWN
    invoice(api, invoiceNo="mine")
    assert api.put("/sale-invoices/1", said | {"invoiceNo": "mine"}).type == "INVOICE_NUMBER_NOT_UNIQUE"
    assert api.put("/sale-invoices/1", said | {"invoiceNo": "INV-00009"}).type == "NUMBER_STAYS"


def test_what_was_paid_on_an_amended_invoice_is_still_paid(api):
    invoice(api, 300)
    api.made("/payments-received", paying(100))
    body = INVOICE | {"entries": [LINE | {"rate": 150}]}
    edited = api.put("/sale-invoices/1", body).body
    assert (edited["total"], edited["payment_amount"], edited["due_amount"]) == (150, 100, 50)
    before = books(api)
    less = api.put("/sale-invoices/1", INVOICE | {"entries": [LINE | {"rate": 99}]})
    assert less.type == "INVOICE_AMOUNT_SMALLER_THAN_PAYMENT_AMOUNT"
    other = customer(api)
    wrong = api.put("/sale-invoices/1", body | {"customerId": other})
    assert wrong.type == "INVOICE_HAS_ASSOCIATED_PAYMENT_ENTRIES"
    assert books(api) == before


def test_what_a_credit_note_gave_an_amended_invoice_is_still_given(api):
    invoice(api, 300)
    note(api, 100)
    api.made("/credit-notes/1/apply-invoices", {"entries": [{"invoiceId": 1, "amount": 90}]})
    edited = api.put("/sale-invoices/1", INVOICE | {"entries": [LINE | {"rate": 120}]}).body
    assert (edited["total"], edited["credited_amount"], edited["due_amount"]) == (120, 90, 30)
    assert [x["amount"] for x in api.get("/credit-notes/1/applied-invoices").body] == [90]
    before = books(api)
    less = api.put("/sale-invoices/1", INVOICE | {"entries": [LINE | {"rate": 89}]})
    assert less.type == "INVOICE_AMOUNT_SMALLER_THAN_PAYMENT_AMOUNT"
    assert books(api) == before


def test_an_invoice_that_was_written_off_takes_other_words_and_no_other_figures(api):
    invoice(api, 300)
    assert api.post("/sale-invoices/1/writeoff", {"date": "2026-06-20"}).status == 200
    before = books(api)
    entry = LINE | {"rate": 300, "description": "said better"}
    words = INVOICE | {"invoiceDate": "2026-06-01", "dueDate": "2026-08-01", "invoiceMessage": "thanks"}
    edited = api.put("/sale-invoices/1", words | {"invoiceNo": OWN, "entries": [entry]})
    assert (edited.status, edited.body["invoice_no"], edited.body["invoice_message"]) == (200, OWN, "thanks")
    assert edited.body["due_date"] == "2026-08-01T00:00:00.000Z"
    assert edited.body["entries"][0]["description"] == "said better"
    assert edited.body["is_writtenoff"] is True
    for other in (
        words | {"entries": [entry | {"rate": 301}]},
        words | {"entries": [entry], "invoiceDate": "2026-06-02"},
        words | {"entries": [entry | {"rate": 150}, entry | {"rate": 150}]},
    ):
        assert api.put("/sale-invoices/1", other).type == "SALE_INVOICE_HAS_APPLIED_TO_CREDIT_NOTES"
    assert books(api) == before


def test_no_write_off_is_cancelled_of_an_invoice_that_is_gone(api):
    invoice(api)
    assert api.post("/sale-invoices/1/cancel-writeoff").type == "SALE_INVOICE_NOT_WRITTEN_OFF"
    assert api.delete("/sale-invoices/1").status == 200
    assert api.post("/sale-invoices/1/cancel-writeoff").type == "SALE_INVOICE_NOT_FOUND"


def test_a_credit_note_is_set_against_its_invoices_again(api):
    invoice(api, 300)
    note(api, 100)
    api.made("/credit-notes/1/apply-invoices", {"entries": [{"invoiceId": 1, "amount": 60}]})
    edited = api.put("/credit-notes/1", NOTE | {"entries": [LINE | {"rate": 80}]}).body
    assert (edited["total"], edited["credits_remaining"], edited["invoices_amount"]) == (80, 20, 60)
    assert api.get("/sale-invoices/1").body["due_amount"] == 240
    before = books(api)
    less = api.put("/credit-notes/1", NOTE | {"entries": [LINE | {"rate": 59}]})
    assert less.type == "CREDIT_NOTE_HAS_NO_REMAINING_AMOUNT"
    other = api.put("/credit-notes/1", NOTE | {"customerId": customer(api), "entries": [LINE]})
    assert other.type == "CREDIT_NOTE_HAS_APPLIED_INVOICES"
    assert books(api) == before


def test_an_open_credit_note_is_written_anew_until_cash_of_it_is_paid_out(api):
    note(api, 100)
    edited = api.put("/credit-notes/1", NOTE | {"entries": [LINE | {"rate": 80}], "creditNoteNumber": OWN})
    assert (edited.body["total"], edited.body["credit_note_number"]) == (80, OWN)
    assert standing(api) == {1006: -80, 1025: 80}
    api.made("/credit-notes/1/refunds", {"fromAccountId": 1000, "amount": 1, "date": "2026-06-20"})
    before = books(api)
    refused = api.put("/credit-notes/1", NOTE | {"entries": [LINE]})
    assert refused.type == "CREDIT_NOTE_HAS_REFUNDS_TRANSACTIONS"
    said = NOTE | {"entries": [LINE | {"rate": 80, "description": "why"}], "note": "sorry"}
    edited = api.put("/credit-notes/1", said).body
    assert (edited["note"], edited["credits_remaining"]) == ("sorry", 79)
    assert edited["entries"][0]["description"] == "why"
    assert books(api) == before


def test_an_amendment_is_refused_on_a_locked_day(api):
    invoice(api)
    note(api)
    api.made("/payments-received", paying(100))
    lock = {"module": "sales", "lockToDate": "2026-06-17", "reason": "closed"}
    assert api.put("/transactions-locking/lock", lock).status == 200
    later = {"invoiceDate": "2026-06-30", "creditNoteDate": "2026-06-30", "paymentDate": "2026-06-30"}
    for path, body in (
        ("/sale-invoices/1", INVOICE | {"entries": [LINE]}),
        ("/credit-notes/1", NOTE | {"entries": [LINE]}),
        ("/payments-received/1", paying(50)),
    ):
        assert api.put(path, body).type == "TRANSACTIONS_DATE_LOCKED"
        assert api.put(path, body | {key: later[key] for key in body if key in later}).type == (
            "TRANSACTIONS_DATE_LOCKED"
        )


def test_a_payment_is_said_anew(api):
    invoice(api, 300)
    invoice(api, 50)
    api.made("/payments-received", paying(100))
    body = paying(40, depositAccountId=1002, paymentDate="2026-06-11", statement="again")
    body["entries"].append({"invoiceId": 2, "paymentAmount": 50})
    edited = api.put("/payments-received/1", body)
    assert (edited.status, edited.body["amount"], edited.body["statement"]) == (200, 90, "again")
    assert [(x["invoice_id"], x["payment_amount"]) for x in edited.body["entries"]] == [(1, 40), (2, 50)]
    assert standing(api) == {1002: 90, 1006: 260, 1025: -350}
    assert [api.get(f"/sale-invoices/{id}").body["due_amount"] for id in (1, 2)] == [260, 0]
    assert edited.body["payment_receive_no"] == "PAY-00001"
    assert len(posted(api, "PaymentReceive", 1)) == 6


def test_what_a_payment_keeps_is_left_alone(api):
    invoice(api, 300)
    made = api.made("/payments-received", paying(100))
    entries = [made["entries"][0] | {"paymentAmount": 100, "invoiceId": 1}]
    edited = api.put("/payments-received/1", paying(100, referenceNo="new", entries=entries))
    assert edited.body["reference_no"] == "new"
    assert edited.body["entries"][0]["id"] == made["entries"][0]["id"]
    assert len(posted(api, "PaymentReceive", 1)) == 2
    moved = api.put("/payments-received/1", paying(60, amount=100))
    assert moved.body["entries"][0]["payment_amount"] == 60
    assert len(posted(api, "PaymentReceive", 1)) == 2


def test_a_wrong_edit_of_a_payment_is_refused(api):
    invoice(api, 300)
    api.made("/payments-received", paying(100))
    other = customer(api)
    before = books(api)
    for body, type_ in (
        (paying(301), "INVALID_PAYMENT_AMOUNT"),
        (paying(1, of=9), "INVOICES_IDS_NOT_FOUND"),
        (paying(1, customerId=other), "PAYMENT_CUSTOMER_SHOULD_NOT_UPDATE"),
        (paying(1, depositAccountId=9), "DEPOSIT_ACCOUNT_NOT_FOUND"),
        (paying(1, depositAccountId=1025), "DEPOSIT_ACCOUNT_INVALID_TYPE"),
        (paying(1, paymentReceiveNo="PAY-00007"), "NUMBER_STAYS"),
        (
            paying(1, entries=[{"id": 99, "invoiceId": 1, "paymentAmount": 1}]),
            "ENTRIES_IDS_NOT_EXISTS",
        ),
    ):
        assert api.put("/payments-received/1", body).type == type_
    assert api.put("/payments-received/9", paying(1)).type == "PAYMENT_RECEIVE_NOT_EXISTS"
    assert books(api) == before
    own = api.put("/payments-received/1", paying(100, paymentReceiveNo=OWN))
    assert own.body["payment_receive_no"] == OWN


def test_a_payment_is_taken_back(api):
    invoice(api, 300)
    api.made("/payments-received", paying(100))
    assert api.delete("/payments-received/1").status == 200
    assert standing(api) == {1006: 300, 1025: -300}
    assert api.get("/sale-invoices/1").body["due_amount"] == 300
    assert api.get("/payments-received").body["data"] == []
    assert api.get("/sale-invoices/1/payments").body == []
    assert api.get("/customers/1").body["balance"] == 300
    for verb, path, body in (
        ("GET", "", None), ("DELETE", "", None), ("PUT", "", paying(1)), ("GET", "/invoices", None),
        ("GET", "/edit-page", None),
    ):  # fmt: skip
        gone = api.call(verb, f"/payments-received/1{path}", body)
        assert gone.type == "PAYMENT_RECEIVE_NOT_EXISTS", (verb, path)
    refused = api.post("/payments-received/1/refunds", {"amount": 1, "date": "2026-06-20"})
    assert refused.status in (400, 404)


def test_a_payment_of_which_something_was_given_back_stays(api):
    invoice(api, 300)
    api.made("/payments-received", paying(100, amount=150))
    api.made("/payments-received", paying(100))
    given = api.post("/payments-received/1/refunds", {"amount": 10, "date": "2026-06-20"})
    assert given.status == 201, given.text
    before = books(api)
    assert api.delete("/payments-received/1").type == "PAYMENT_HAS_REFUNDS"
    assert api.put("/payments-received/1", paying(50)).type == "PAYMENT_HAS_REFUNDS"
    assert books(api) == before
    checked = api.post("/payments-received/validate-bulk-delete", {"ids": [1, 2]})
    assert (checked.status, checked.body["deletable_ids"]) == (201, [2])
    assert api.post("/payments-received/bulk-delete", {"ids": [1, 2]}).type == "PAYMENT_HAS_REFUNDS"
    assert books(api) == before
    assert api.post("/payments-received/bulk-delete", {"ids": [1, 2], "skip_undeletable": True}).status == 201
    assert [row["id"] for row in api.get("/payments-received").body["data"]] == [1]


def test_the_page_on_which_a_payment_is_edited(api):
    invoice(api, 300)
    invoice(api, 50)
    api.made("/payments-received", paying(100))
    page = api.get("/payments-received/1/edit-page").body
    assert page["data"]["id"] == 1
    first = {
        "invoice_id": 1, "entry_type": "invoice", "invoice_no": "INV-00001", "due_amount": 300,
        "amount": 300, "total_payment_amount": 100, "payment_amount": 100, "currency_code": "USD",
        "date": "2026-06-01T00:00:00.000Z",
    }  # fmt: skip
    second = first | {
        "invoice_id": 2, "invoice_no": "INV-00002", "due_amount": 50, "amount": 50,
        "total_payment_amount": 0, "payment_amount": 0,
    }  # fmt: skip
    assert page["entries"] == [first, second]


def test_a_payment_in_another_currency_is_said_anew_to_the_cent(api):
    euro = customer(api, "EUR")
    invoice(api, 100, customerId=euro, exchangeRate=1.1)
    body = paying(33.33, customerId=euro, exchangeRate=1.2)
    api.made("/payments-received", body)
    edited = api.put("/payments-received/1", body | {"exchangeRate": 1.05})
    assert (edited.status, edited.body["exchange_rate"]) == (200, 1.05)
    assert standing(api)[1000] == 35
    assert api.delete("/payments-received/1").status == 200
    assert standing(api) == {1006: 110, 1025: -110}
