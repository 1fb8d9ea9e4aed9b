"""Our additions: previews, invoices and payments given back, a second person, many at once, disputes."""

from avoir.core.role import ADMIN_ROLE
from tests.faces.rest.api import Api, books, invoice, member, note

OVERPAID = {"amount": 350, "entries": [{"invoiceId": 1, "paymentAmount": 300}]}
FINE = {"fromAccountId": 1000, "amount": 10, "date": "2026-06-20"}


def paid(api: Api, **more):
    body = {
        "customerId": 1, "paymentDate": "2026-06-10", "depositAccountId": 1000,
        "entries": [{"invoiceId": 1, "paymentAmount": 300}],
    }  # fmt: skip
    return api.made("/payments-received", body | more)


def test_a_preview_shows_what_a_refund_would_post_and_changes_nothing(api):
    note(api)
    before = books(api)
    seen = api.post("/credit-notes/1/refunds/preview", FINE)
    assert (seen.status, seen.body["refund"]["amount"], seen.body["refund"]["status"]) == (200, 10, "settled")
    (entry,) = seen.body["entries"]
    sides = {(x["account_id"], x["debit"], x["credit"]) for x in entry["lines"]}
    assert sides == {(1006, 10, 0), (1000, 0, 10)}
    assert books(api) == before
    assert api.get("/credit-notes/1/refunds").body == []
    refused = api.post("/credit-notes/1/refunds/preview", FINE | {"amount": 101})
    assert refused.type == "CREDIT_NOTE_HAS_NO_REMAINING_AMOUNT"
    assert api.post("/credit-notes/9/refunds/preview", FINE).status == 404


def test_an_invoice_is_given_back_in_one_step(api):
    invoice(api)
    paid(api)
    before = books(api)
    seen = api.post("/sale-invoices/1/refund/preview", {"amount": 120, "date": "2026-06-20"})
    assert (seen.status, seen.body["credit_note"]["total"], len(seen.body["entries"])) == (200, 120, 2)
    assert books(api) == before
    given = api.post("/sale-invoices/1/refund", {"amount": 120, "date": "2026-06-20"})
    assert given.status == 201
    assert given.body["credit_note"]["refunded_amount"] == 120
    (refund,) = given.body["refunds"]
    assert (refund["amount"], refund["invoice_id"], refund["from_account_id"]) == (120, 1, 1000)
    line = {"entries": [{"index": 1, "percent": 50}], "date": "2026-06-20"}
    assert api.post("/sale-invoices/1/refund", line).body["credit_note"]["total"] == 150
    left = api.post("/sale-invoices/1/refund", {"amount": 31})
    assert left.status == 400
    assert api.get("/sale-invoices/1").body["due_amount"] == 0


def test_an_invoice_given_back_may_be_due_again(api):
    invoice(api)
    paid(api)
    seen = api.post("/sale-invoices/1/refund/preview", {"amount": 100, "reopen": True})
    assert (seen.body["credit_note"], len(seen.body["entries"])) == (None, 1)
    given = api.post("/sale-invoices/1/refund", {"amount": 100, "reopen": True}).body
    assert (given["credit_note"], [x["amount"] for x in given["refunds"]]) == (None, [100])
    assert api.get("/sale-invoices/1").body["due_amount"] == 100


def test_an_overpayment_goes_back(api):
    invoice(api)
    paid(api, **OVERPAID)
    given = api.post("/payments-received/1/refunds", {"date": "2026-06-20"})
    assert (given.status, given.body["amount"], given.body["payment_id"]) == (201, 50, 1)
    assert [x["id"] for x in api.get("/payments-received/1/refunds").body] == [given.body["id"]]
    assert api.get("/payments-received/9/refunds").body == []
    assert api.post("/payments-received/1/refunds", {"amount": 1}).status == 400


def test_a_second_person_decides_on_what_is_large(api):
    off = api.get("/refunds/policy").body
    assert (off["is_enabled"], off["threshold"], off["window_days"]) == (False, 0, 30)
    on = api.put("/refunds/policy", {"threshold": "50", "expires_hours": 24})
    assert (on.status, on.body["is_enabled"], on.body["threshold"], on.body["expires_hours"]) == (
        200, True, 50, 24,
    )  # fmt: skip
    note(api, 200)
    id = api.made("/credit-notes/1/refunds", FINE | {"amount": 60})["id"]
    waiting = api.get(f"/refunds/{id}").body
    assert waiting["status"] == "awaiting_approval"
    assert waiting["expires_at"]
    own = api.post(f"/refunds/{id}/approve", {})
    assert (own.status, own.body["code"]) == (403, "maker_is_checker")
    other = member(api, ADMIN_ROLE)
    assert other.post(f"/refunds/{id}/approve", {"digest": "0" * 32}).type == "DIGEST_MISMATCH"
    done = other.post(f"/refunds/{id}/approve", {"digest": waiting["digest"]})
    assert (done.status, done.body["status"], done.body["approved_by"][:5]) == (200, "settled", "user:")
    second = api.made("/credit-notes/1/refunds", FINE | {"amount": 60})["id"]
    rejected = other.post(f"/refunds/{second}/reject", {"reason": "no"}).body
    assert (rejected["status"], rejected["failure"]) == ("rejected", "no")
    listed = api.get("/refunds?viewSlug=rejected").body
    assert [x["id"] for x in listed["data"]] == [second]
    assert api.post(f"/refunds/{second}/cancel").type == "ILLEGAL_MOVE"
    assert api.post("/refunds/99/reject", {}).status == 404


def test_a_bank_sends_a_refund_back(api):
    note(api)
    id = api.made("/credit-notes/1/refunds", FINE)["id"]
    failed = api.post(f"/refunds/{id}/fail", {"reason": "closed", "failedOn": "2026-06-25"})
    assert (failed.status, failed.body["status"], failed.body["failure"]) == (200, "failed", "closed")
    assert api.get("/credit-notes/1").body["credits_remaining"] == 100
    assert "reason" in api.post(f"/refunds/{id}/fail", {}).broken


def test_of_many_refunds_each_is_answered_by_itself(api):
    for _ in range(3):
        note(api)
    rows = [
        FINE | {"creditNoteId": 1}, FINE | {"creditNoteId": 9},
        FINE | {"creditNoteId": 2, "amount": 101}, FINE | {"creditNoteId": "3"},
    ]  # fmt: skip
    first = api.post("/refunds/bulk", {"refunds": rows}, idempotency_key="run")
    assert (first.status, first.body["succeeded_count"], first.body["failed_count"]) == (201, 2, 2)
    assert [(x["index"], x["status"]) for x in first.body["refunds"]] == [
        (0, 201), (1, 404), (2, 400), (3, 201),
    ]  # fmt: skip
    assert first.body["refunds"][2]["error"]["errors"][0]["type"] == "CREDIT_NOTE_HAS_NO_REMAINING_AMOUNT"
    # Sent again, as after a crash: what is done is told, and nothing is paid twice.
    again = api.post("/refunds/bulk", {"refunds": rows}, idempotency_key="run")
    assert again.body == first.body
    assert api.get("/refunds").body["pagination"]["total"] == 2


def test_a_bulk_of_a_thousand_is_one_call(api):
    note(api)
    rows = [FINE | {"creditNoteId": 1, "amount": 0.05}] * 1500
    done = api.post("/refunds/bulk", {"refunds": rows}).body
    assert (done["succeeded_count"], done["failed_count"]) == (1500, 0)
    assert api.get("/credit-notes/1").body["credits_remaining"] == 25


def test_what_is_malformed_in_a_bulk_refuses_all_of_it(api):
    note(api)
    rows = [FINE | {"creditNoteId": 1}, FINE | {"creditNoteId": 1, "amount": "ten"}]
    refused = api.post("/refunds/bulk", {"refunds": rows})
    assert refused.status == 400
    assert refused.body["message"][0]["children"][0]["property"] == "1"
    assert api.get("/refunds").body["data"] == []


def test_a_dispute_is_opened_and_won_or_lost(api):
    invoice(api)
    paid(api)
    opened = api.post(
        "/payments-received/1/disputes",
        {"amount": 100, "fee": 15, "reason": "fraud", "remoteId": "dp_1", "date": "2026-06-15"},
    )
    assert (opened.status, opened.body["status"], opened.body["fee"]) == (201, "open", 15)
    assert api.post("/payments-received/1/disputes", {}).type == "PAYMENT_ALREADY_DISPUTED"
    assert [x["remote_id"] for x in api.get("/disputes?viewSlug=open").body["data"]] == ["dp_1"]
    won = api.post("/disputes/1/win", {"date": "2026-06-20"})
    assert (won.status, won.body["status"], won.body["closed_on"][:10]) == (200, "won", "2026-06-20")
    assert api.post("/disputes/1/lose", {}).type == "ILLEGAL_MOVE"
    assert api.get("/disputes/9").status == 404
    assert books(api)["total"]["balance"] == 0


def test_of_a_lost_dispute_what_was_the_customers_own_is_a_refund(api):
    invoice(api)
    paid(api, **OVERPAID)
    api.made("/payments-received/1/disputes", {"date": "2026-06-15"})
    lost = api.post("/disputes/1/lose", {"date": "2026-06-20"}).body
    assert (lost["status"], lost["amount"], lost["action"]) == ("lost", 350, "do_nothing")
    (refund,) = api.get("/refunds").body["data"]
    assert (refund["dispute_id"], refund["amount"], refund["rail"]) == (1, 50, "dispute")
    assert api.post(f"/refunds/{refund['id']}/fail", {"reason": "x"}).type == "ILLEGAL_MOVE"


def test_the_audit_log_tells_who_did_what(api):
    note(api)
    api.made("/credit-notes/1/refunds", FINE)
    log = api.get("/audit-log?topic=refund").body
    assert [(x["event"], x["subject"], x["subject_id"]) for x in log["data"]][-1][1:] == ("refund", 1)
    assert all(x["actor"] and x["created_at"] for x in log["data"])
    first = api.get("/audit-log?limit=1").body
    rest = api.get(f"/audit-log?after={first['after']}").body["data"]
    assert len(first["data"]) == 1
    assert rest[0]["id"] > first["data"][0]["id"]
    assert api.get("/audit-log?actor=user:99").body["data"] == []
