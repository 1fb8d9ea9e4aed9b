"""`dryRun`: the note as it would be and the very entries that it would post; nothing is written."""

from decimal import Decimal

import pytest

from avoir.core.journal import JournalEntry, JournalLine
from tests.ledger import line

ASK = """mutation (
        $amount: Float, $items: [InvoiceRefundItemAttributes!], $reopen: Boolean, $dryRun: Boolean) {
    invoiceRefund(invoiceId: 1, amount: $amount, items: $items, reopen: $reopen, dryRun: $dryRun) {
        creditNote { id number kind state amount subtotal taxAmount amountApplied
            creditNoteItems { amount taxAmount position lineText } refunds { amount state } }
        invoice { state amountDue }
        refunds { amount state }
        preview { source date lines { debit credit currencyId financialAccountId financialAccount { name } } }
        errors } }"""


@pytest.fixture
def sold(shop):
    """A shop with an invoice that is paid."""
    rate = shop.tax(20)
    shop.paid(shop.invoice(line("100.10", rate, description="A"), line("9.99", description="B")), "130.11")
    return shop


def posted(shop, since: int):
    """Every entry after the first so many, as a preview tells it."""
    entries = [each for each in shop.rows(JournalEntry) if each.id > since]
    lines = shop.rows(JournalLine)
    return [
        (
            entry.event,
            [
                (x.account_id, Decimal(x.debit_minor) / 100, Decimal(x.credit_minor) / 100)
                for x in lines
                if x.entry_id == entry.id
            ],
        )
        for entry in entries
    ]


def previewed(payload):
    return [
        (
            each["source"],
            [(int(x["financialAccountId"]), x["debit"] or 0, x["credit"] or 0) for x in each["lines"]],
        )
        for each in payload["preview"]
    ]


WISHES = [
    {},
    {"amount": Decimal("20.01")},
    {"items": [{"id": "2", "amount": Decimal("1.99")}]},
    {"reopen": True},
    {"reopen": True, "amount": Decimal("30")},
]


@pytest.mark.parametrize("wish", WISHES, ids=str)
def test_what_is_tried_out_is_what_is_done_and_nothing_is_written(sold, wish):
    before = sold.books()
    tried = sold.data(ASK, {**wish, "dryRun": True})["invoiceRefund"]
    assert sold.books() == before
    entries = len(sold.rows(JournalEntry))
    done = sold.data(ASK, wish)["invoiceRefund"]
    assert done["preview"] is None
    assert previewed(tried) == posted(sold, entries) != []
    assert tried["errors"] is None
    assert tried["refunds"] == done["refunds"]
    assert tried["invoice"] == done["invoice"]
    if wish.get("reopen"):
        assert tried["creditNote"] is None
        return
    assert (tried["creditNote"].pop("id"), tried["creditNote"].pop("number")) == (None, None)
    assert (done["creditNote"].pop("id"), done["creditNote"].pop("number")) == ("1", "CN-00001")
    assert tried["creditNote"] == done["creditNote"]


def test_a_dry_run_binds_no_key_and_is_refused_as_the_act_is(sold):
    tried = [sold.data(ASK, {"dryRun": True}, idempotency_key="k") for _ in range(2)]
    assert tried[0] == tried[1]
    error = sold.no(ASK, {"dryRun": True, "amount": Decimal("999")})
    assert error["extensions"]["code"] == "refund_exceeds_invoice"
    sold.data(ASK, {})
    assert sold.no(ASK, {"dryRun": True})["extensions"]["code"] == "nothing_to_refund"


def test_credits_and_write_offs_are_tried_out_too(shop):
    shop.invoice(line(100, shop.tax(20)))
    before = shop.books()
    selected = "preview { source lines { debit credit financialAccountId } } errors"
    credit = shop.data(
        "mutation { invoiceCredit(invoiceId: 1, dryRun: true) "
        f"{{ creditNote {{ id amount }} {selected} }} }}"
    )["invoiceCredit"]
    assert credit["creditNote"] == {"id": None, "amount": 120}
    lost = shop.data(
        "mutation { invoiceWriteOff(invoiceId: 1, dryRun: true) "
        f"{{ creditNote {{ state amountDue }} writeOff {{ id amount kind }} {selected} }} }}"
    )["invoiceWriteOff"]
    assert lost["creditNote"] == {"state": "UNPAID", "amountDue": 0}
    assert lost["writeOff"] == {"id": None, "amount": 120, "kind": "WRITE_OFF"}
    assert shop.books() == before
    for each in (credit, lost):
        (entry,) = each["preview"]
        assert entry["source"] == "credit_note_issued"
        assert (
            sum(x["debit"] or 0 for x in entry["lines"])
            == sum(x["credit"] or 0 for x in entry["lines"])
            == 120
        )
