"""Payments step by step: set against invoices, taken off them, kept as credit."""

from tests.invariants import hold
from tests.ledger import line

ONE = """mutation ($id: ID!, $invoice: ID!) { paymentApplyToInvoice(paymentId: $id, invoiceId: $invoice) {
    errors invoice { state amountDue } payment { state amountUnapplied } } }"""
SEVERAL = """mutation ($id: ID!, $invoices: [ID!]!) {
    paymentApplyToInvoices(paymentId: $id, invoiceIds: $invoices) {
        errors payment { state amountUnapplied } paidInvoices { id } removedInvoices { id }
        paymentApplications { amount invoiceId paymentId } } }"""
OFF = """mutation ($id: ID!, $invoices: [ID!]!) {
    paymentUnapplyFromInvoices(paymentId: $id, invoiceIds: $invoices) {
        errors payment { state amountUnapplied } invoices { id amountDue } } }"""
KEEP = """mutation ($id: ID!, $account: ID) { paymentApplyToAccount(paymentId: $id, accountId: $account) {
    errors payment { id amountUnapplied } } }"""


def test_a_payment_serves_one_invoice_as_far_as_it_is_due(shop):
    payment, invoice = shop.paid(None, 130), shop.invoice(line(100))
    assert shop.data(ONE, {"id": payment.id, "invoice": invoice.id})["paymentApplyToInvoice"] == {
        "errors": None,
        "invoice": {"state": "PAID", "amountDue": 0},
        "payment": {"state": "PARTIALLY_APPLIED", "amountUnapplied": 30},
    }
    assert shop.no(ONE, {"id": payment.id, "invoice": 99})["message"] == "Invoice not found"
    assert shop.no(ONE, {"id": 99, "invoice": invoice.id})["message"] == "Payment not found"
    hold(shop)


def test_a_payment_serves_invoices_in_the_order_given_and_is_taken_off_them(shop):
    first, second, third = (shop.invoice(line(amount)) for amount in (30, 80, 10))
    payment = shop.paid(None, 100)
    asked = {"id": payment.id, "invoices": [second.id, first.id, third.id]}
    assert shop.data(SEVERAL, asked)["paymentApplyToInvoices"] == {
        "errors": None,
        "payment": {"state": "APPLIED", "amountUnapplied": 0},
        "paidInvoices": [{"id": "2"}],
        "removedInvoices": [{"id": "3"}],
        "paymentApplications": [
            {"amount": 80, "invoiceId": "2", "paymentId": "1"},
            {"amount": 20, "invoiceId": "1", "paymentId": "1"},
        ],
    }
    assert shop.no(SEVERAL, asked)["extensions"]["code"] == "payment_used_up"

    listed = """query ($filter: String) {
        paymentApplications(filter: $filter) { nodes { id amount } totalCount }
        paymentApplication(id: 1) { invoice { id } } }"""
    assert shop.data(listed, {"filter": "invoiceId = 1"}) == {
        "paymentApplications": {"nodes": [{"id": "2", "amount": 20}], "totalCount": 1},
        "paymentApplication": {"invoice": {"id": "2"}},
    }
    off = shop.data(OFF, {"id": payment.id, "invoices": [second.id]})["paymentUnapplyFromInvoices"]
    assert off == {
        "errors": None,
        "payment": {"state": "PARTIALLY_APPLIED", "amountUnapplied": 80},
        "invoices": [{"id": "2", "amountDue": 80}],
    }
    assert shop.data(listed)["paymentApplications"] == {
        "nodes": [{"id": "2", "amount": 20}],
        "totalCount": 1,
    }
    for nothing in ([second.id], [first.id, third.id], []):
        refusal = shop.no(OFF, {"id": payment.id, "invoices": nothing})
        assert refusal["extensions"]["code"] == "payment_not_allocated"
    hold(shop)


def test_what_is_left_of_a_payment_is_kept_as_its_customers_credit(shop):
    payment = shop.paid(shop.invoice(line(100)), 100, over=20)
    kept = shop.data(KEEP, {"id": payment.id, "account": "1"})["paymentApplyToAccount"]
    assert kept == {"errors": None, "payment": {"id": "1", "amountUnapplied": 20}}
    other = shop.customer()
    assert shop.no(KEEP, {"id": payment.id, "account": other})["extensions"]["code"] == "customer_mismatch"
    assert shop.no(KEEP, {"id": payment.id, "account": 99})["message"] == "Account not found"
