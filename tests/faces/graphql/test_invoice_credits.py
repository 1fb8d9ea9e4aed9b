"""Credits of a draft: a line below zero for contract A, a further discount for the law and for contract B."""

from avoir.app.invoices import EditInvoice, IssueInvoice
from avoir.app.refunds import RefundInvoice
from avoir.core.credit import Shape
from avoir.core.document import Wording
from avoir.core.invoice import Invoice, InvoiceDeduction
from tests.invariants import hold
from tests.ledger import line, percent

ITEM = (
    "id amount subtotal taxAmount isCredit kind position quantity price lineText discount creditedItem { id }"
)
INVOICE = f"amount subtotal taxAmount creditItem {{ id }} invoiceItems {{ {ITEM} }}"


def add(shop, arguments: str, selected: str = ITEM):
    """Add a credit; its line."""
    return shop.data(f"mutation {{ invoiceAddCredit({arguments}) {{ invoiceItem {{ {selected} }} }} }}")[
        "invoiceAddCredit"
    ]["invoiceItem"]


def invoice(shop, id: int = 1):
    return shop.data(f"{{ invoice(id: {id}) {{ {INVOICE} }} }}")["invoice"]


def code(shop, mutation: str) -> str:
    return shop.no(f"mutation {{ {mutation} }}")["extensions"]["code"]


def test_a_credit_takes_its_share_of_the_tax_with_it_and_stands_as_a_line_of_its_own(shop):
    rate = shop.tax(20)
    shop.invoice(line(100, rate, discount=percent(10)), line("10", rate), issue=False)
    assert invoice(shop)["amount"] == 120
    credit = add(shop, "id: 1, amount: 25")
    assert (credit["amount"], credit["isCredit"], credit["kind"], credit["creditedItem"]) == (
        -25, True, "CREDIT", None,
    )  # fmt: skip
    now = invoice(shop)
    assert (now["amount"], now["subtotal"], now["taxAmount"]) == (90, 75, 15)
    assert now["creditItem"]["id"] == credit["id"]
    first, second, third = now["invoiceItems"]
    assert (first["subtotal"], first["discount"], second["subtotal"]) == (90, 10, 10)
    assert third == credit
    for sum_, name in ((90, "amount"), (75, "subtotal"), (15, "taxAmount")):
        assert sum(each[name] for each in now["invoiceItems"]) == sum_
    hold(shop)


def test_a_credit_is_of_one_line_if_it_says_so_and_all_of_it_if_it_names_no_amount(shop):
    shop.invoice(line(100), line(50), issue=False)
    items = invoice(shop)["invoiceItems"]
    credit = add(shop, f"id: 1, amount: 30, invoiceItemId: {items[1]['id']}")
    assert credit["creditedItem"] == {"id": items[1]["id"]}
    assert invoice(shop)["amount"] == 120
    assert [each["id"] for each in invoice(shop)["invoiceItems"]] == [*(x["id"] for x in items), credit["id"]]
    rest = add(shop, "id: 1")
    assert rest["amount"] == -120
    assert invoice(shop)["amount"] == 0
    deleted = f"invoiceDeleteCredit(id: {rest['id']}) {{ invoiceItem {{ id amount }} }}"
    assert shop.data(f"mutation {{ {deleted} }}")["invoiceDeleteCredit"]["invoiceItem"] == {
        "id": rest["id"], "amount": -120,
    }  # fmt: skip
    assert invoice(shop)["amount"] == 120
    hold(shop)


def test_credits_are_changed_one_by_one_or_together_and_only_on_a_draft(shop):
    shop.invoice(line(100), issue=False)
    one, two = add(shop, "id: 1, amount: 10")["id"], add(shop, "id: 1, amount: 20.5")["id"]
    update = f"invoiceUpdateCredit(id: {one}, amount: 15) {{ invoiceItem {{ id amount }} errors }}"
    assert shop.data(f"mutation {{ {update} }}")["invoiceUpdateCredit"] == {
        "invoiceItem": {"id": one, "amount": -15}, "errors": [],
    }  # fmt: skip
    assert invoice(shop)["amount"] * 2 == 129
    several = f"invoiceItems: [{{id: {two}, amount: 1}}, {{id: {one}, amount: 2}}]"
    update = (
        f"invoiceUpdateCredits(id: 1, attributes: {{{several}}}) {{ invoiceItems {{ id amount }} errors }}"
    )
    assert shop.data(f"mutation {{ {update} }}")["invoiceUpdateCredits"] == {
        "invoiceItems": [{"id": two, "amount": -1}, {"id": one, "amount": -2}], "errors": [],
    }  # fmt: skip
    assert invoice(shop)["amount"] == 97
    found = shop.data(f"{{ invoiceItem(id: {two}) {{ id amount isCredit invoiceId }} }}")["invoiceItem"]
    assert found == {"id": two, "amount": -1, "isCredit": True, "invoiceId": "1"}

    selected = "{ invoiceItem { id } }"
    assert code(shop, f"invoiceAddCredit(id: 9, amount: 1) {selected}") == "not_found"
    assert code(shop, f"invoiceAddCredit(id: 1, amount: 1, invoiceItemId: 99) {selected}") == "not_found"
    assert code(shop, f"invoiceAddCredit(id: 1, amount: 97.01) {selected}") == "deduction_too_large"
    assert code(shop, f"invoiceAddCredit(id: 1, amount: 0) {selected}") == "amount_not_positive"
    assert code(shop, f"invoiceAddCredit(id: 1, amount: -5) {selected}") == "amount_not_positive"
    assert code(shop, f"invoiceAddCredit(id: 1, amount: 0.001) {selected}") == "amount_too_fine"
    assert code(shop, f"invoiceUpdateCredit(id: {one}, amount: 99.5) {selected}") == "deduction_too_large"
    assert code(shop, f"invoiceUpdateCredit(id: 99, amount: 1) {selected}") == "not_found"
    assert code(shop, f"invoiceDeleteCredit(id: 99) {selected}") == "not_found"
    wrong = "invoiceItems: [{id: 99, amount: 1}]"
    assert code(shop, f"invoiceUpdateCredits(id: 1, attributes: {{{wrong}}}) {{ errors }}") == "not_found"
    shop.ask(IssueInvoice(invoice_id=1))
    assert code(shop, f"invoiceAddCredit(id: 1, amount: 1) {selected}") == "invoice_not_draft"
    assert code(shop, f"invoiceUpdateCredit(id: {one}, amount: 1) {selected}") == "invoice_not_draft"
    assert code(shop, f"invoiceDeleteCredit(id: {one}) {selected}") == "invoice_not_draft"
    assert [each["amount"] for each in invoice(shop)["invoiceItems"]] == [100, -2, -1]
    hold(shop)


def test_what_such_an_invoice_charged_is_refunded_by_line_with_its_tax(shop):
    rate = shop.tax(20)
    shop.invoice(line(100, rate), line(50), issue=False)
    add(shop, "id: 1, amount: 30")
    shop.ask(IssueInvoice(invoice_id=1))
    whole = shop.get(Invoice, 1)
    assert (whole.net_minor, whole.tax_minor) == (12000, 1600)
    shop.paid(whole, 136)
    first = shop.ask(RefundInvoice(invoice_id=1, shapes=(Shape(position=1),)))
    assert (first.net_minor, first.tax_minor) == (8000, 1600)
    rest = shop.ask(RefundInvoice(invoice_id=1))
    assert (rest.net_minor, rest.tax_minor) == (4000, 0)
    assert shop.trial_balance() == {}
    hold(shop)


def test_a_draft_that_is_written_anew_or_merged_keeps_its_credits(shop):
    shop.invoice(line(100), line(50), issue=False)
    shop.invoice(line(10), issue=False)
    credit = add(shop, "id: 1, amount: 15")["id"]
    asked = {"customer_id": 1, "issued_on": "2026-11-03"}
    shop.ask(EditInvoice(invoice_id=1, wording=Wording((line(20), line(40))), **asked))
    now = invoice(shop)
    assert (now["amount"], now["creditItem"]["id"]) == (45, credit)
    shop.refused(EditInvoice(invoice_id=1, wording=Wording((line(14),)), **asked), "deduction_too_large")
    merge = "mutation { invoiceMerge(invoiceIds: [1, 2]) { invoice { id amount } } }"
    assert shop.data(merge)["invoiceMerge"]["invoice"]["amount"] == 55
    items = invoice(shop, 3)["invoiceItems"]
    assert [each["amount"] for each in items] == [20, 40, 10, -5, -10]
    assert len(shop.rows(InvoiceDeduction)) == 4
    hold(shop)


def test_what_another_product_does_is_refused_in_the_schema(shop):
    error = shop.no("mutation { accountValidateAddress(id: 1) { account { id } } }")
    assert error["message"] == "Address validation is not enabled"
    assert code(shop, "accountValidateAddress(id: 9) { account { id } }") == "not_found"
    assert (
        code(shop, "entityValidateAddress(entityId: 1) { entity { id } }") == "address_validation_not_enabled"
    )
    assert code(shop, "entityValidateAddress(entityId: 9) { entity { id } }") == "not_found"
    next_ = "invoiceGenerateNextPeriod(accountId: 1) { invoice { id } errors }"
    assert code(shop, next_) == "no_subscription"
    assert code(shop, next_.replace("1)", "1, billUsageCharges: true)")) == "usage_charges_not_supported"
    assert code(shop, next_.replace("1)", "9)")) == "not_found"
