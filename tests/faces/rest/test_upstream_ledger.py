"""What contract B's own specifications expect in the ledger (rest.md, 3.6), and its checklist (section 8)."""

import base64
import json

import pytest

from tests.faces.rest.api import Api, customer, invoice, note
from tests.faces.rest.test_sessions import ANN as PERSON
from tests.faces.rest.test_sessions import signed_in

RECEIVABLE, INCOME, TAX, DISCOUNT, OTHER = "10007", "50002", "20006", "40008", "40010"
BANK, DEPRECIATION = "10001", "40007"


@pytest.fixture
def shop(api: Api) -> Api:
    """An item that earns on account 50002, and a tax of 10 %."""
    service = {"name": "Service", "type": "service", "sellable": True, "sellAccountId": 1026}
    assert api.made("/items", service)["id"] == 1001
    assert api.made("/tax-rates", {"name": "Ten", "code": "T", "rate": 10})["id"] == 1
    return api


def line(quantity=1, **more):
    return {"index": 1, "itemId": 1001, "quantity": quantity, "rate": 1000} | more


def ledger(api: Api, kind: str, id: int) -> dict[str, float]:
    """What a document posted: debit less credit, by the account's code; balanced, or this fails."""
    found = api.get(f"/reports/transactions-by-reference?referenceType={kind}&referenceId={id}").body
    sums: dict[str, float] = {}
    for row in found["transactions"]:
        side = row["debit"]["amount"] - row["credit"]["amount"]
        sums[row["account_code"]] = round(sums.get(row["account_code"], 0) + side, 2)
    assert round(sum(sums.values()), 2) == 0
    return {code: side for code, side in sums.items() if side}


PERCENT = {"discount": 10, "discountType": "percentage"}
INVOICES = [
    # line                                    document       receivable, income, tax, discount, other
    (line(),                                  PERCENT,                     (900,  -1000,   0,      100, 0)),
    (line(2, discount=10),                    {},                          (1800, -1800,   0,      0,   0)),
    (line(2, discount=10),                    PERCENT,                     (1620, -1800,   0,      180, 0)),
    (line(taxRateId=1),                       PERCENT,                     (1000, -1000,   -100,   100, 0)),
    (line(taxRateId=1),          PERCENT | {"isInclusiveTax": True},       (900,  -909.09, -90.91, 100, 0)),
    (line(),                     PERCENT | {"adjustment": 50},             (950,  -1000,   0,      100, -50)),
    (line(),                     PERCENT | {"adjustment": "-50"},          (850,  -1000,   0,      100, 50)),
]  # fmt: skip


def by_code(*sides: float) -> dict[str, float]:
    return {
        code: side
        for code, side in zip((RECEIVABLE, INCOME, TAX, DISCOUNT, OTHER), sides, strict=True)
        if side
    }


@pytest.mark.parametrize(("entry", "more", "sides"), INVOICES)
def test_an_invoice_posts_what_the_specifications_expect(shop, entry, more, sides):
    made = invoice(shop, entries=[entry], **more)
    assert ledger(shop, "SaleInvoice", made["id"]) == by_code(*sides)
    assert shop.get(f"/sale-invoices/{made['id']}").body["total"] == sides[0]


def test_a_foreign_invoice_posts_in_the_base_currency(shop):
    other = customer(shop, "EUR")
    made = invoice(shop, customerId=other, exchangeRate=1.2, entries=[line(taxRateId=1)], **PERCENT)
    assert ledger(shop, "SaleInvoice", made["id"]) == by_code(1200, -1200, -120, 120, 0)


def test_a_credit_note_a_payment_and_a_write_off_post_what_is_expected(shop):
    given = note(shop, entries=[line()], discount="100", discountType="amount")
    assert ledger(shop, "CreditNote", given["id"]) == by_code(-900, 1000, 0, -100, 0)
    invoice(shop, entries=[line()])
    entry = {"invoiceId": 1, "paymentAmount": 1000}
    paid = {"customerId": 1, "paymentDate": "2026-06-10", "depositAccountId": 1000, "entries": [entry]}
    shop.made("/payments-received", paid)
    assert ledger(shop, "PaymentReceive", 1) == {RECEIVABLE: -1000, BANK: 1000}
    invoice(shop, entries=[line()])
    body = {"expenseAccountId": 1024, "date": "2026-06-20", "reason": "gone"}
    assert shop.post("/sale-invoices/2/writeoff", body).status == 200
    assert ledger(shop, "InvoiceWriteOff", 2) == {RECEIVABLE: -1000, DEPRECIATION: 1000}


def test_line_and_document_figures_are_the_laws(shop):
    made = invoice(shop, entries=[line(2, discount=10)])
    row = shop.get(f"/sale-invoices/{made['id']}").body
    assert (row["subtotal"], row["total"], row["entries"][0]["discount_amount"]) == (1800, 1800, 200)
    other = shop.made("/tax-rates", {"name": "City", "code": "C", "rate": 2})["id"]
    made = invoice(shop, entries=[line(taxRateIds=[1, other], taxRateId=1)])
    row = shop.get(f"/sale-invoices/{made['id']}").body
    assert row["entries"][0]["taxes"] == [
        {"tax_rate_id": 1, "name": "Ten", "code": "T", "tax_rate": 10, "taxable_amount": 1000,
         "tax_amount": 100, "tax_amount_formatted": "100.00"},
        {"tax_rate_id": other, "name": "City", "code": "C", "tax_rate": 2, "taxable_amount": 1000,
         "tax_amount": 20, "tax_amount_formatted": "20.00"},
    ]  # fmt: skip
    assert (row["total"], row["tax_amount_withheld"]) == (1120, 120)
    assert shop.post("/sale-invoices", {"entries": [line(taxRateIds="x")]}).status == 400


# The ten points of the checklist.


def test_1_keys_come_in_any_case_and_go_out_in_snake_case(shop):
    body = {"customer_id": 1, "credit-note-date": "2026-06-15", "open": True, "entries": [
        {"item_id": 1001, "rate": "10", "quantity": "1", "sell_account_id": 1026}
    ]}  # fmt: skip
    shop.made("/credit-notes", body)
    row = shop.get("/credit-notes/1").body
    assert all(key == key.lower() and "-" not in key for key in row)
    shop.made("/credit-notes/1/refunds", {"from_account_id": 1000, "amount": "4", "date": "2026-06-16"})
    assert "formtted_amount" in shop.get("/credit-notes/1/refunds").body[0]
    invoice(shop)
    assert "subtotal_exluding_tax" in shop.get("/sale-invoices/1").body


def test_2_a_sign_in_token_has_three_parts_and_an_end(server):
    api = signed_in(server, PERSON)
    token = api.headers["authorization"].removeprefix("Bearer ")
    assert len(token.split(".")) == 3
    claims = token.split(".")[1]
    told = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert isinstance(told["exp"], int)


def test_3_what_is_posted_is_created_and_what_is_deleted_is_empty(shop):
    assert shop.post("/customers", {"displayName": "x"}).status == 201
    gone = shop.delete("/customers/2")
    assert (gone.status, gone.text) == (200, "")


def test_4_a_mistake_is_told_in_one_of_the_envelopes(shop):
    broken = shop.post("/credit-notes", {}).body
    assert (broken["statusCode"], broken["error"], broken["message"][0]["property"]) == (
        400, "Bad Request", "customerId",
    )  # fmt: skip
    refused = shop.post("/credit-notes/1/refunds", {"fromAccountId": 1000, "amount": 1, "date": "2026-06-16"})
    assert refused.body == {"statusCode": 404, "message": "NotFoundError"}
    note(shop, 10)
    over = shop.post("/credit-notes/1/refunds", {"fromAccountId": 1000, "amount": 11, "date": "2026-06-16"})
    assert over.body["errors"][0]["type"] == "CREDIT_NOTE_HAS_NO_REMAINING_AMOUNT"


def test_5_a_list_has_data_and_the_older_name(shop):
    for path, older in (
        ("/credit-notes", "credit_notes"), ("/sale-invoices", "sales_invoices"), ("/customers", "customers"),
        ("/items", "items"), ("/payments-received", "payments_received"),
        ("/manual-journals", "manual_journals"), ("/accounts", "accounts"),
    ):  # fmt: skip
        body = shop.get(path).body
        assert body["data"] == body[older], path
        assert "filter_meta" in body


REFUND = {"fromAccountId": 1000, "amount": 1, "date": "2026-06-16"}
SAYINGS = [
    (REFUND, 201),
    (REFUND | {"exchangeRate": 1, "referenceNo": "r", "description": "d", "branchId": 1}, 201),
    (REFUND | {"id": 1, "reference_no": "", "description": "", "exchange_rate": 1, "branch_id": 1}, 201),
    (REFUND | {"amount": "1", "exchangeRate": "1", "branchId": "1"}, 201),
    (REFUND | {"fromAccountId": "1000"}, 400),
    (REFUND | {"amount": 0}, 400),
    (REFUND | {"amount": -1}, 400),
    (REFUND | {"amount": 1000}, 400),
    (REFUND | {"branchId": 77}, 400),
]


def test_6_refunds_are_said_as_clients_say_them(shop):
    note(shop, 10)
    for body, status in SAYINGS:
        assert shop.post("/credit-notes/1/refunds", body).status == status, body
    row = shop.get("/credit-notes/1/refunds").body[0]
    assert (row["amount"], row["from_account"]["id"], row["credit_note"]["id"]) == (1, 1000, 1)


def test_7_notes_are_opened_by_either_verb_and_set_against_invoices(shop):
    for verb, status in (("PUT", 200), ("POST", 201)):
        id = note(shop, 10, open=False)["id"]
        assert shop.call(verb, f"/credit-notes/{id}/open").status == status
    invoice(shop)
    applied = shop.made("/credit-notes/1/apply-invoices", {"entries": [{"invoiceId": 1, "amount": 4}]})
    assert [row["id"] for row in shop.get("/credit-notes/2/apply-invoices").body] == [1]
    assert shop.get("/credit-notes/1/applied-invoices").body[0]["amount"] == 4
    assert shop.delete(f"/credit-notes/applied-invoices/{applied[0]['id']}").status == 200
    shop.made("/credit-notes/1/refunds", REFUND)
    assert shop.get("/credit-notes/refunds/1").body["id"] == 1


def test_8_the_chart_is_the_one_that_clients_know(shop):
    found = {row["id"]: row["code"] for row in shop.get("/accounts?structure=flat").body["accounts"]}
    assert {1000, 1019, 1024, 1026} <= set(found)
    assert {BANK, RECEIVABLE, TAX, DEPRECIATION, DISCOUNT, OTHER, INCOME} <= set(found.values())
    assert note(shop, 10, branchId=1, warehouseId=1)["id"] == 1


def test_9_refunds_are_read_back_by_their_reference(shop):
    note(shop, 10)
    shop.made("/credit-notes/1/refunds", REFUND)
    assert ledger(shop, "RefundCreditNote", 1) == {RECEIVABLE: 1, BANK: -1}


def test_10_the_same_refund_under_the_same_key_is_one(shop):
    note(shop, 10)
    first, second = (shop.post("/credit-notes/1/refunds", REFUND, idempotency_key="k") for _ in range(2))
    assert first.body == second.body
    assert len(shop.get("/credit-notes/1/refunds").body) == 1
