"""The seed call of contract A: `invoiceRefund`, as its own documentation writes it."""

from decimal import Decimal

import pytest

from avoir.app.dispute_reasons import CreateDisputeReason
from avoir.core.credit_note import CreditNote
from tests.faces.graphql.shop import Shop, document
from tests.invariants import hold
from tests.ledger import line

SEED = document("invoice_refund")
SHORT = """mutation ($invoiceId: ID!, $amount: Float) {
    invoiceRefund(invoiceId: $invoiceId, amount: $amount) { creditNote { id amount state } errors } }"""


@pytest.fixture
def paid(shop: Shop):
    """An invoice of 120.00 that is paid."""
    invoice = shop.invoice(line("100.00", shop.tax(20), description="Chairs"))
    shop.paid(invoice, "120.00")
    return invoice


def test_the_document_of_the_contract_refunds_an_invoice_unchanged(shop, paid):
    reason = shop.ask(CreateDisputeReason(name="Broken", description="On arrival"))

    answer = shop.answer(SEED, {"disputeReasonId": str(reason.id), "invoiceId": str(paid.id)})

    assert set(answer) == {"data"}, "there is no errors key on success"
    assert answer["data"]["invoiceRefund"]["errors"] is None, "an empty list would make both SDKs throw"
    row = shop.get(CreditNote, 1)
    organization = str(shop.organization_id)
    (item,) = answer["data"]["invoiceRefund"]["creditNote"].pop("creditNoteItems")
    assert answer["data"]["invoiceRefund"]["creditNote"] == {
        "account": {"id": "1", "name": "Ada", "currencyId": "USD"},
        "accountId": "1",
        "amount": 120,
        "amountApplied": 120,
        "amountUnapplied": 0,
        "appliedToInvoices": {"nodes": [], "totalCount": 0},
        "createdAt": row.created_at,
        "creditedInvoice": {
            "id": "1", "number": "INV-00001", "state": "PAID", "amountDue": 0, "amountPaid": 120,
        },
        "creditedInvoiceId": "1",
        "currencyId": "USD",
        "description": "Refund CN-00001 against INV-00001",
        "disputeId": None,
        "disputeReason": {"description": "On arrival", "id": "1", "name": "Broken"},
        "disputeReasonId": "1",
        "entity": {"id": "1", "name": "Acme", "baseCurrencyId": "USD"},
        "entityId": "1",
        "id": "1",
        "isCredit": True,
        "isLegacy": False,
        "issuedAt": row.issued_on,
        "kind": "REFUND",
        "number": "CN-00001",
        "operations": [],
        "state": "APPLIED",
        "subtotal": 100,
        "taxAmount": 20,
        "updatedAt": row.updated_at,
        "uuid": row.uuid,
        "warren": {"id": organization, "name": "Acme"},
        "warrenId": organization,
    }  # fmt: skip
    assert (item["amount"], item["subtotal"], item["taxAmount"]) == (120, 100, 20)
    assert item["invoiceItem"] == {"id": item["invoiceItemId"], "amount": 120}
    assert (item["lineText"], item["price"], item["priceDecimals"]) == ("Chairs", 100, 2)
    assert shop.trial_balance() == {}, "all that came in went out again"
    hold(shop)


@pytest.mark.parametrize("invoice_id", ["1", 1])
def test_a_reason_need_not_be_given_and_ids_may_be_numbers(shop, paid, invoice_id):
    short = SEED.replace("$disputeReasonId: ID!, ", "").replace("disputeReasonId: $disputeReasonId, ", "")

    note = shop.data(short, {"invoiceId": invoice_id})["invoiceRefund"]["creditNote"]

    assert (note["amount"], note["disputeReason"], note["disputeReasonId"]) == (120, None, None)


def test_variables_that_no_document_declares_are_ignored(shop, paid):
    note = shop.data(SHORT, {"invoiceId": "1", "expiry": 24})["invoiceRefund"]["creditNote"]
    assert note == {"id": "1", "amount": 120, "state": "APPLIED"}


def test_a_part_can_be_given_back_and_then_the_rest(shop, paid):
    parts = [
        shop.data(SHORT, {"invoiceId": "1", "amount": each})["invoiceRefund"] for each in (Decimal("0.1"), 20)
    ]
    assert [part["creditNote"]["amount"] for part in parts] == [Decimal("0.1"), 20]
    assert shop.data(SHORT, {"invoiceId": "1"})["invoiceRefund"]["creditNote"]["amount"] == Decimal("99.9")
    assert shop.trial_balance() == {}
    hold(shop)
