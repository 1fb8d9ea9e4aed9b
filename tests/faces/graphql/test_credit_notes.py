"""Credit notes step by step: drafted, shaped, issued, applied, deleted; invoices voided and drafted again."""

from decimal import Decimal

import pytest

from avoir.app.dispute_reasons import CreateDisputeReason
from avoir.core.invoice import Invoice
from tests.invariants import hold
from tests.ledger import SAVINGS, line

CREATE = """mutation ($id: ID!, $kind: CreditNoteKind, $reason: ID) {
    creditNoteCreate(invoiceId: $id, kind: $kind, disputeReasonId: $reason) { errors creditNote {
        id kind state number issuedAt amount taxAmount operations creditedInvoiceId
        creditNoteItems { id amount lineText } } } }"""
UPDATE = """mutation ($id: ID!, $attributes: CreditNoteAttributes!) {
    creditNoteUpdate(id: $id, attributes: $attributes) { errors creditNote {
        id kind state amount taxAmount disputeReasonId creditNoteItems { id amount lineText } } } }"""
ISSUE = """mutation ($id: ID!) { creditNoteIssue(id: $id) { creditNote {
    id kind state number amount amountApplied refunds { amount state } } } }"""
DELETE = "mutation ($id: ID!) { creditNoteDelete(id: $id) { errors creditNote { id state number } } }"
APPLY = """mutation ($id: ID!, $invoices: [ID!]!) {
    creditNoteApplyToInvoices(creditNoteId: $id, invoiceIds: $invoices) { errors
        creditNote { state amountApplied amountUnapplied }
        paidInvoices { id state } removedInvoices { id }
        paymentApplications { amount invoiceId paymentId memo currencyId } } }"""
VOID = "mutation ($id: ID!) { invoiceVoid(id: $id) { errors invoice { id state number operations } } }"
REISSUE = "mutation ($id: ID!) { invoiceReissue(id: $id) { errors invoice { id state number amount } } }"
RELEASE = "mutation ($id: ID!) { invoiceRelease(id: $id) { errors invoice { state number } } }"


@pytest.fixture
def paid(shop):
    """An invoice of two lines, 120.00 and 60.00, that is paid."""
    rate = shop.tax(20)
    invoice = shop.invoice(line(100, rate, description="Chairs"), line(50, rate, description="Tables"))
    shop.paid(invoice, 180)
    return invoice


def created(shop, invoice, kind=None):
    return shop.data(CREATE, {"id": invoice.id, "kind": kind})["creditNoteCreate"]["creditNote"]


def updated(shop, id, **attributes):
    return shop.data(UPDATE, {"id": id, "attributes": attributes})["creditNoteUpdate"]["creditNote"]


def amounts(note):
    return {item["lineText"]: item["amount"] for item in note["creditNoteItems"]}


def test_a_refund_is_drafted_shaped_by_its_items_and_paid_back_when_it_is_issued(shop, paid):
    before = shop.trial_balance()
    draft = created(shop, paid, "REFUND")
    assert (draft["kind"], draft["state"], draft["number"], draft["issuedAt"]) == (
        "REFUND", "DRAFT", None, None,
    )  # fmt: skip
    assert (draft["amount"], amounts(draft)) == (180, {"Chairs": 120, "Tables": 60})

    chairs = draft["creditNoteItems"][0]["id"]
    shaped = updated(shop, draft["id"], creditNoteItems=[{"id": chairs, "amount": Decimal("12.06")}])
    assert (shaped["amount"], shaped["taxAmount"]) == (Decimal("72.06"), Decimal("12.01"))
    assert amounts(shaped) == {"Chairs": Decimal("12.06"), "Tables": 60}, "what is not named stays"
    tables = shaped["creditNoteItems"][1]["id"]
    shaped = updated(shop, draft["id"], creditNoteItems=[{"id": tables, "amount": 0}])
    assert amounts(shaped) == {"Chairs": Decimal("12.06")}
    assert shop.trial_balance() == before, "a draft is in no books"

    issued = shop.data(ISSUE, {"id": draft["id"]})["creditNoteIssue"]["creditNote"]
    assert issued == {
        "id": "1", "kind": "REFUND", "state": "APPLIED", "number": "CN-00001", "amount": Decimal("12.06"),
        "amountApplied": Decimal("12.06"), "refunds": [{"amount": Decimal("12.06"), "state": "SETTLED"}],
    }  # fmt: skip
    assert shop.no(ISSUE, {"id": draft["id"]})["extensions"]["code"] == "credit_note_already_issued"
    hold(shop)


def test_an_update_keeps_what_it_does_not_name_and_another_kind_begins_anew(shop, paid):
    reason = str(shop.ask(CreateDisputeReason(name="Broken")).id)
    draft = created(shop, paid, "CREDIT")
    chairs = draft["creditNoteItems"][0]["id"]
    updated(shop, draft["id"], creditNoteItems=[{"id": chairs, "amount": 20}])
    named = updated(shop, draft["id"], disputeReasonId=reason)
    assert (named["amount"], named["disputeReasonId"], named["kind"]) == (80, reason, "CREDIT")
    assert updated(shop, draft["id"], disputeReasonId=None)["disputeReasonId"] is None
    again = updated(shop, draft["id"], kind="REFUND")
    assert (again["kind"], again["amount"]) == ("REFUND", 180)
    hold(shop)


def test_what_a_draft_cannot_be_is_refused(shop, paid):
    draft = created(shop, paid, "CREDIT")
    chairs = draft["creditNoteItems"][0]["id"]

    def refused(id, **attributes):
        return shop.no(UPDATE, {"id": id, "attributes": attributes})["extensions"]["code"]

    assert refused(draft["id"], creditNoteItems=[{"id": chairs, "amount": 121}]) == "credit_exceeds_line"
    assert refused(draft["id"], creditNoteItems=[{"id": chairs, "amount": -1}]) == "amount_not_positive"
    assert refused(draft["id"], creditNoteItems=[{"id": "99", "amount": 1}]) == "not_found"
    assert refused(draft["id"], kind="WRITE_OFF") == "nothing_to_write_off"
    assert refused(99, kind="CREDIT") == "not_found"
    alone = shop.credit_note(line(5))
    assert refused(alone.id, kind="CREDIT") == "not_a_draft_against_an_invoice"
    assert shop.no(CREATE, {"id": paid.id})["extensions"]["code"] == "nothing_to_write_off"
    assert shop.no(CREATE, {"id": 99})["message"] == "Invoice not found"
    unpaid = shop.invoice(line(5))
    assert shop.no(CREATE, {"id": unpaid.id, "kind": "REFUND"})["message"] == (
        "Invoice must have received payments to create a refund credit note"
    )
    assert created(shop, unpaid)["kind"] == "WRITE_OFF"


def test_an_update_under_a_key_is_done_once_though_its_lines_have_other_ids_since(shop, paid):
    draft = created(shop, paid, "CREDIT")
    items = [{"id": draft["creditNoteItems"][0]["id"], "amount": 20}]
    asked = {"id": draft["id"], "attributes": {"creditNoteItems": items}}
    first, second = (shop.data(UPDATE, asked, idempotency_key="k-1") for _ in range(2))
    assert first == second
    assert shop.no(UPDATE, asked)["extensions"]["code"] == "not_found"


def test_a_draft_is_deleted_and_an_unused_note_voided_but_no_used_one(shop, paid):
    draft = created(shop, paid, "CREDIT")
    gone = {"id": draft["id"], "state": "DRAFT", "number": None}
    assert shop.data(DELETE, {"id": draft["id"]})["creditNoteDelete"] == {"errors": None, "creditNote": gone}
    assert shop.no(DELETE, {"id": draft["id"]})["message"] == "CreditNote not found"
    assert shop.data("{ creditNotes { totalCount } }")["creditNotes"]["totalCount"] == 0
    unused = shop.credit_note(line(5))
    assert shop.data(DELETE, {"id": unused.id})["creditNoteDelete"]["creditNote"]["state"] == "READY"
    used = created(shop, paid, "REFUND")
    shop.data(ISSUE, {"id": used["id"]})
    assert shop.no(DELETE, {"id": used["id"]})["extensions"]["code"] == "credit_note_has_refunds"
    hold(shop)


def test_a_note_serves_invoices_in_the_order_given_until_it_is_used_up(shop):
    first, second, third = (shop.invoice(line(amount)) for amount in (30, 80, 10))
    note = shop.credit_note(line(100))
    asked = {"id": note.id, "invoices": [first.id, second.id, third.id]}
    applied = shop.data(APPLY, asked)["creditNoteApplyToInvoices"]
    kept = {"paymentId": None, "memo": None, "currencyId": "USD"}
    assert applied == {
        "errors": None,
        "creditNote": {"state": "APPLIED", "amountApplied": 100, "amountUnapplied": 0},
        "paidInvoices": [{"id": "1", "state": "PAID"}],
        "removedInvoices": [{"id": "3"}],
        "paymentApplications": [
            {"amount": 30, "invoiceId": "1", **kept}, {"amount": 70, "invoiceId": "2", **kept},
        ],
    }  # fmt: skip
    assert shop.no(APPLY, asked)["extensions"]["code"] == "credit_note_used_up"
    hold(shop)


def test_a_note_serves_no_invoice_of_another_customer_and_none_that_is_not_there(shop):
    note, other = shop.credit_note(line(100)), shop.invoice(line(5), customer_id=shop.customer())
    mine, draft = shop.invoice(line(5)), shop.invoice(line(5), issue=False)
    for id, code in ((other.id, "customer_mismatch"), (draft.id, "invoice_not_issued"), (99, "not_found")):
        refusal = shop.no(APPLY, {"id": note.id, "invoices": [mine.id, id]})
        assert refusal["extensions"]["code"] == code


def test_an_invoice_is_voided_and_drafted_again(shop):
    invoice = shop.invoice(line(100))
    assert shop.data(VOID, {"id": invoice.id})["invoiceVoid"] == {
        "errors": None,
        "invoice": {"id": "1", "state": "VOIDED", "number": "INV-00001", "operations": ["reissue"]},
    }
    assert shop.trial_balance() == {}
    assert shop.no(VOID, {"id": invoice.id})["message"] == "Invoice not found"
    fresh = shop.data(REISSUE, {"id": invoice.id})["invoiceReissue"]
    assert fresh == {"errors": None, "invoice": {"id": "2", "state": "DRAFT", "number": None, "amount": 100}}
    assert shop.no(REISSUE, {"id": 2})["extensions"]["code"] == "invoice_not_voided"
    released = shop.data(RELEASE, {"id": 2})["invoiceRelease"]
    assert released == {"errors": None, "invoice": {"state": "NOT_DUE", "number": "INV-00002"}}
    assert shop.no(RELEASE, {"id": 2})["extensions"]["code"] == "invoice_already_issued"
    shop.paid(shop.get(Invoice, 2), 1)
    assert shop.no(VOID, {"id": 2})["extensions"]["code"] == "invoice_has_payments"
    hold(shop)


def test_a_deleted_draft_is_in_no_list(shop):
    draft = shop.invoice(line(100), issue=False)
    assert shop.data(VOID, {"id": draft.id})["invoiceVoid"]["invoice"]["state"] == "VOIDED"
    listed = "{ invoices { totalCount nodes { id state } } invoice(id: 1) { id } }"
    assert shop.data(listed) == {"invoices": {"totalCount": 0, "nodes": []}, "invoice": None}


REFUND = """mutation ($items: [InvoiceRefundItemAttributes!], $amount: Float, $date: ISO8601Date,
        $from: ID, $reopen: Boolean, $reason: ID, $rate: BigDecimal) {
    invoiceRefund(invoiceId: 1, items: $items, amount: $amount, date: $date, fromAccountId: $from,
            reopen: $reopen, disputeReasonId: $reason, exchangeRate: $rate) {
        errors creditNote { amount issuedAt creditNoteItems { lineText amount } }
        invoice { state amountDue amountPaid } refunds { amount date fromAccountId state } } }"""


def test_an_invoice_is_refunded_line_by_line_on_a_day_from_an_account(shop, paid):
    ids = [
        x["id"] for x in shop.data("{ invoice(id: 1) { invoiceItems { id } } }")["invoice"]["invoiceItems"]
    ]
    asked = {"items": [{"id": ids[1], "amount": 30}], "date": "2026-11-20", "from": SAVINGS}
    assert shop.data(REFUND, asked)["invoiceRefund"] == {
        "errors": None,
        "creditNote": {
            "amount": 30, "issuedAt": "2026-11-20", "creditNoteItems": [{"lineText": "Tables", "amount": 30}],
        },
        "invoice": {"state": "PAID", "amountDue": 0, "amountPaid": 180},
        "refunds": [
            {"amount": 30, "date": "2026-11-20", "fromAccountId": str(SAVINGS), "state": "SETTLED"}
        ],
    }  # fmt: skip
    for wrong, code in (
        ({"items": [{"id": ids[1], "amount": 31}]}, "credit_exceeds_line"),
        ({"items": [{"id": "99", "amount": 1}]}, "not_found"),
        ({"from": "99"}, "not_found"),
        ({"rate": "2"}, "exchange_rate_not_one"),
    ):
        assert shop.no(REFUND, wrong)["extensions"]["code"] == code, wrong
    hold(shop)


def test_an_invoice_is_reopened_and_has_no_credit_note(shop, paid):
    assert (
        shop.no(REFUND, {"reopen": True, "reason": "1"})["extensions"]["code"] == "reopen_has_no_credit_note"
    )
    again = shop.data(REFUND, {"reopen": True, "amount": 80})["invoiceRefund"]
    assert again["creditNote"] is None
    assert (again["invoice"]["amountDue"], again["invoice"]["amountPaid"]) == (80, 100)
    assert [refund["amount"] for refund in again["refunds"]] == [80]
    assert shop.no(REFUND, {"reopen": True, "amount": 101})["extensions"]["code"] == "refund_exceeds_invoice"
    hold(shop)
