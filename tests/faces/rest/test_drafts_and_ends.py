"""Documents after they are written: drafts edited, invoices written off, voided, taken away in bulk."""

import pytest

from tests.faces.rest.api import books, invoice, note

LINE = {"index": 1, "itemId": 1000, "rate": 120, "quantity": 2}
INVOICE = {"customerId": 1, "invoiceDate": "2026-06-02", "dueDate": "2026-07-02", "entries": [LINE]}
NOTE = {"customerId": 1, "creditNoteDate": "2026-06-16", "entries": [LINE]}


def payment(api, amount, *, of=1):
    body = {
        "customerId": 1, "paymentDate": "2026-06-10", "depositAccountId": 1000, "referenceNo": "wire",
        "entries": [{"invoiceId": of, "paymentAmount": amount}],
    }  # fmt: skip
    return api.made("/payments-received", body)


@pytest.mark.parametrize(
    ("path", "make", "body", "issue", "issued"),
    [
        ("/sale-invoices/1", invoice, INVOICE, "delivered", "is_delivered"),
        ("/credit-notes/1", note, NOTE, "open", "is_open"),
    ],
)
def test_a_draft_is_written_anew_and_issued_if_wanted(api, path, make, body, issue, issued):
    draft = make(api, **{issue: False})
    number = next(key for key in draft if key in ("invoice_no", "credit_note_number"))
    edited = api.put(path, body)
    assert edited.status == 200
    assert (edited.body["total"], edited.body[issued]) == (240, False)
    assert (edited.body["id"], edited.body[number]) == (draft["id"], draft[number])
    assert [line["rate"] for line in api.get(path).body["entries"]] == [120]
    # A draft that cannot be issued stays as it was, edit and all.
    assert api.put(path, body | {issue: True, "entries": [LINE | {"itemId": 9}]}).type == "ITEMS_NOT_FOUND"
    assert api.get(path).body["total"] == 240
    done = api.put(path, body | {issue: True, "entries": [LINE | {"rate": 5}]})
    assert (done.body["total"], done.body[issued]) == (10, True)


def test_absent_documents_are_absent_for_every_verb(api):
    for verb, path in [("PUT", ""), ("DELETE", ""), ("POST", "/writeoff"), ("POST", "/cancel-writeoff")]:
        reply = api.call(verb, f"/sale-invoices/7{path}", INVOICE)
        known = 404 if (verb, path) in (("DELETE", ""), ("POST", "/writeoff")) else 400
        assert (reply.status, reply.type) == (known, "SALE_INVOICE_NOT_FOUND")
    assert api.put("/credit-notes/7", NOTE).body == {"statusCode": 404, "message": "NotFoundError"}
    assert api.put("/credit-notes/x", NOTE).body == {"statusCode": 404, "message": "NotFoundError"}
    assert api.get("/sale-invoices/7/payments").body == []
    assert api.get("/payments-received/7/invoices").type == "PAYMENT_RECEIVE_NOT_EXISTS"
    nobody = api.delete("/sale-invoices/7").body
    assert (nobody["message"], nobody["errors"][0]["payload"]["kind"]) == ("NotFoundError", "Invoice")
    for path in ("sale-invoices", "payments-received", "accounts", "contacts", "roles"):
        odd = api.get(f"/{path}/2abc")
        assert (odd.status, sorted(odd.body)) == (400, ["error", "message", "statusCode"]), path
    for path in ("credit-notes/refunds", "customers", "items", "branches", "users"):
        assert api.get(f"/{path}/2abc").status == 404


def test_what_was_taken_away_is_there_no_more(api):
    note(api)
    invoice(api)
    other, id = invoice(api)["id"], note(api)["id"]
    assert api.delete("/credit-notes/1").status == api.delete("/sale-invoices/1").status == 200
    before = books(api)
    refund = {"fromAccountId": 1000, "amount": 1, "date": "2026-06-20"}
    apply = {"entries": [{"invoiceId": other, "amount": 1}]}
    for path, body in [("refunds", refund), ("refunds/preview", refund), ("apply-invoices", apply)]:
        gone = api.post(f"/credit-notes/1/{path}", body)
        assert (gone.status, gone.body) == (404, {"statusCode": 404, "message": "NotFoundError"}), path
    write_off = {"expenseAccountId": 1024, "date": "2026-06-20", "reason": "gone"}
    assert api.post("/sale-invoices/1/writeoff", write_off).type == "SALE_INVOICE_NOT_FOUND"
    gone = api.post(f"/credit-notes/{id}/apply-invoices", {"entries": [{"invoiceId": 1, "amount": 1}]})
    assert (gone.status, gone.type) == (400, "INVOICES_IDS_NOT_FOUND")
    paid = {"customerId": 1, "paymentDate": "2026-06-10", "depositAccountId": 1000}
    gone = api.post("/payments-received", paid | {"entries": [{"invoiceId": 1, "paymentAmount": 1}]})
    assert (gone.status, gone.type) == (400, "INVOICES_IDS_NOT_FOUND")
    assert books(api) == before


def test_a_write_off_gives_up_what_is_due_and_is_taken_back(api):
    invoice(api)
    payment(api, 100)
    before = books(api)
    body = {"expenseAccountId": 1024, "date": "2026-06-20", "reason": "gone"}
    given_up = api.post("/sale-invoices/1/writeoff", body)
    assert (given_up.status, given_up.body["is_writtenoff"]) == (200, True)
    assert (given_up.body["writtenoff_amount"], given_up.body["due_amount"]) == (200, 0)
    assert api.post("/sale-invoices/1/writeoff", body).type == "SALE_INVOICE_ALREADY_WRITTEN_OFF"
    back = api.post("/sale-invoices/1/cancel-writeoff")
    assert (back.status, back.body["due_amount"], back.body["writtenoff_amount"]) == (200, 200, None)
    assert api.post("/sale-invoices/1/cancel-writeoff").type == "SALE_INVOICE_NOT_WRITTEN_OFF"
    assert books(api)["total"]["balance"] == before["total"]["balance"] == 0


def test_an_invoice_knows_its_payments_and_a_payment_its_invoices(api):
    invoice(api)
    payment(api, 100)
    (paid,) = api.get("/sale-invoices/1/payments").body
    assert paid == {
        "invoice_id": 1, "payment_receive_id": 1, "payment_date": "2026-06-10T00:00:00.000Z",
        "formatted_payment_date": "06/10/2026", "payment_amount": 100, "formatted_payment_amount": "100.00",
        "currency_code": "USD", "payment_number": "PAY-00001", "payment_reference_no": "wire",
        "invoice_number": "INV-00001", "invoice_reference_no": None, "deposit_account_id": 1000,
        "deposit_account_name": "Bank Account", "deposit_account_slug": "bank-account",
    }  # fmt: skip
    (of,) = api.get("/payments-received/1/invoices").body
    assert (of["id"], of["due_amount"]) == (1, 200)


def test_what_is_due_is_listed_by_customer(api):
    invoice(api)
    invoice(api, delivered=False)
    payment(api, 100)
    invoice(api, 50)
    payment(api, 50, of=3)
    assert [x["id"] for x in api.get("/sale-invoices/receivable").body] == [1]
    assert [x["due_amount"] for x in api.get("/sale-invoices/receivable?customerId=1").body] == [200]
    assert api.get("/sale-invoices/receivable?customer_id=2").body == []


def test_forms_begin_with_the_template_of_their_paper(api):
    for name, template in {"credit-notes": 4, "sale-invoices": 1, "payments-received": 5}.items():
        assert api.get(f"/{name}/state").body == {"default_template_id": template}


def test_an_invoice_that_something_happened_to_stays(api):
    invoice(api)
    payment(api, 100)
    assert api.delete("/sale-invoices/1").type == "INVOICE_HAS_ASSOCIATED_PAYMENT_ENTRIES"
    invoice(api)
    gone = api.delete("/sale-invoices/2")
    assert (gone.status, gone.text) == (200, "")
    assert api.get("/sale-invoices/2").type == "SALE_INVOICE_NOT_FOUND"


def test_in_bulk_all_go_or_none(api):
    for _ in range(3):
        invoice(api)
    payment(api, 100, of=2)
    wanted = {"ids": [1, 2, 3, 3, 77]}
    answer = api.post("/sale-invoices/validate-bulk-delete", wanted)
    assert (answer.status, answer.body) == (
        201,
        {
            "deletable_count": 2, "non_deletable_count": 2,
            "deletable_ids": [1, 3], "non_deletable_ids": [2, 77],
        },
    )  # fmt: skip
    before = books(api)
    refused = api.post("/sale-invoices/bulk-delete", {"ids": [1, 2, 3]})
    assert refused.type == "INVOICE_HAS_ASSOCIATED_PAYMENT_ENTRIES"
    assert books(api) == before
    skipped = api.post("/sale-invoices/bulk-delete", wanted | {"skip_undeletable": True})
    assert (skipped.status, skipped.text) == (201, "")
    assert [x["id"] for x in api.get("/sale-invoices").body["data"]] == [2]


def test_a_bulk_under_a_key_is_done_once(api):
    note(api)
    note(api)
    first = api.post("/credit-notes/bulk-delete", {"ids": [1, 2]}, idempotency_key="all")
    again = api.post("/credit-notes/bulk-delete", {"ids": [1, 2]}, idempotency_key="all")
    assert (first.status, again.status) == (201, 201)
    assert api.post("/credit-notes/bulk-delete", {"ids": [1]}, idempotency_key="all").status == 409
    assert api.post("/credit-notes/bulk-delete", {"ids": [1]}).body["message"] == "NotFoundError"


@pytest.mark.parametrize("ids", [None, [], "1", [1.5], ["1"], [True], {"a": 1}])
def test_a_bulk_is_a_list_of_ids(api, ids):
    assert "ids" in api.post("/credit-notes/bulk-delete", {"ids": ids}).broken
