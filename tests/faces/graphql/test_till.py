"""Checkout by the sandbox, currencies, invoices by mail, and webhook messages sent again."""

from decimal import Decimal

import pytest

from avoir.app.gateways import SetGateway
from avoir.core.organization import ExchangeRate
from avoir.core.payment import Payment
from avoir.core.payment_method import PaymentMethod
from tests.faces.graphql.shop import EVERY_SCOPE, Shop
from tests.invariants import hold
from tests.ledger import line

CHECKOUT = """mutation ($invoice: ID, $quote: ID, $method: ID, $data: CheckoutPaymentMethodAttributes) {
    checkout(invoiceId: $invoice, quoteId: $quote, paymentMethodId: $method, paymentMethodData: $data) {
        invoice { id state amountDue } payment { amount state paymentProcessor }
        paymentApplication { amount } transaction { kind amount } } }"""
SANDBOX = {"pluginGuid": "sandbox", "token": "tok_1"}


@pytest.fixture
def till(url):
    """A shop whose gateway is the sandbox."""
    with Shop(url, sandbox=True, worker_seconds=0) as shop:
        shop.client("boss", f"{EVERY_SCOPE} workflow:read workflow:write")
        shop.token = shop.token_of("boss")
        shop.ask(SetGateway(name="sandbox", account_id=1002))
        yield shop


def code(shop, query, variables=None) -> str:
    return shop.no(query, variables)["extensions"]["code"]


def test_an_invoice_is_paid_at_the_checkout_and_paid_back_the_way_it_came(till):
    till.invoice(line("100.10", till.tax(20)))
    paid = till.data(CHECKOUT, {"invoice": 1, "data": SANDBOX})["checkout"]
    assert paid["invoice"] == {"id": "1", "state": "PAID", "amountDue": 0}
    assert (paid["payment"]["amount"], paid["payment"]["state"]) == (Decimal("120.12"), "APPLIED")
    assert paid["paymentApplication"] == {"amount": Decimal("120.12")}
    assert paid["transaction"] == {"kind": "PAYMENT", "amount": Decimal("120.12")}
    (payment,) = till.rows(Payment)
    assert (payment.rail, payment.account_id) == ("sandbox", 1002)
    assert payment.remote_id.startswith("sandbox-")
    refund = till.data("mutation { invoiceRefund(invoiceId: 1) { refunds { state } } }")["invoiceRefund"]
    assert refund["refunds"] == [{"state": "PENDING"}]
    hold(till)


def test_a_checkout_that_cannot_be_is_refused(till):
    till.invoice(line(10))
    till.invoice(line(10), issue=False)
    for asked, refused in (
        ({"invoice": 1, "data": SANDBOX | {"token": "declined"}}, "payment_declined"),
        ({"invoice": 1, "data": SANDBOX | {"pluginGuid": "bank"}}, "unknown_rail"),
        ({"invoice": 1}, "payment_method_required"),
        ({"invoice": 1, "method": 9}, "not_found"),
        ({"invoice": 2, "data": SANDBOX}, "invoice_not_issued"),
        ({"invoice": 9, "data": SANDBOX}, "not_found"),
        ({"quote": 1, "data": SANDBOX}, "quotes_not_sold"),
        ({"data": SANDBOX}, "not_found"),
    ):
        assert code(till, CHECKOUT, asked) == refused
    till.data(CHECKOUT, {"invoice": 1, "data": SANDBOX})
    assert code(till, CHECKOUT, {"invoice": 1, "data": SANDBOX}) == "amount_not_positive"


def test_a_means_of_payment_is_kept_and_used_again(till):
    make = """mutation { paymentMethodCreate(accountId: 1, pluginGuid: "sandbox", token: "tok_2") {
        paymentMethod { id accountId isDefault disabled failureCode } errors } }"""
    made = till.data(make)["paymentMethodCreate"]
    assert made["paymentMethod"]["isDefault"] is True
    till.invoice(line(10))
    till.invoice(line(20))
    paid = till.data(CHECKOUT, {"invoice": 1, "method": made["paymentMethod"]["id"]})["checkout"]
    assert paid["invoice"]["state"] == "PAID"
    till.data(CHECKOUT, {"invoice": 2, "data": SANDBOX | {"savePaymentMethod": True}}, idempotency_key="k")
    till.data(CHECKOUT, {"invoice": 2, "data": SANDBOX | {"savePaymentMethod": True}}, idempotency_key="k")
    assert [(x.token, x.is_default) for x in till.rows(PaymentMethod)] == [("tok_2", 1), ("tok_1", 0)]
    assert code(till, make.replace("sandbox", "nobody")) == "unknown_rail"
    assert len(till.rows(Payment)) == 2


def test_the_sandbox_takes_nothing_where_it_is_not_served(shop):
    shop.ask(SetGateway(name="sandbox", account_id=1002))
    shop.invoice(line(10))
    assert code(shop, CHECKOUT, {"invoice": 1, "data": SANDBOX}) == "unknown_rail"


def test_a_currency_is_renamed_offered_and_rated(shop):
    update = """mutation ($id: ID!, $attributes: CurrencyAttributes!) {
        currencyUpdate(id: $id, attributes: $attributes) { currency { id name enabled } errors } }"""
    said = {"name": "Our euro", "conversionRate": "1.25"}
    payload = shop.data(update, {"id": "EUR", "attributes": said})["currencyUpdate"]
    assert payload["errors"] is None
    assert (payload["currency"]["id"], payload["currency"]["name"]) == ("EUR", "Our euro")
    assert [x.rate_nano for x in shop.rows(ExchangeRate)] == [1_250_000_000]
    off = shop.data(update, {"id": "EUR", "attributes": {"enabled": False}})["currencyUpdate"]["currency"]
    assert off["enabled"] is False
    on = shop.data(update, {"id": "CHF", "attributes": {"enabled": True}})["currencyUpdate"]["currency"]
    assert (on["id"], on["enabled"]) == ("CHF", True)
    assert code(shop, update, {"id": "XYZ", "attributes": {}}) == "unknown_currency"
    assert code(shop, update, {"id": "USD", "attributes": {"enabled": False}}) == "currency_is_base"
    assert code(shop, update, {"id": "USD", "attributes": {"conversionRate": 2}}) == "rate_of_itself"


def test_an_invoice_goes_by_mail_to_a_contact_or_the_customer(shop):
    shop.invoice(line(10))
    send = """mutation ($contact: ID) { invoiceSendEmail(id: 1, contactId: $contact) {
        invoice { id sendInvoiceTo } errors } }"""
    assert code(shop, send) == "no_recipient"
    said = 'accountId: 1, firstName: "Ada", email: "ada@example.com"'
    made = shop.data(f"mutation {{ contactCreate(attributes: {{{said}}}) {{ contact {{ id }} }} }}")
    contact = made["contactCreate"]["contact"]["id"]
    sent = shop.data(send, {"contact": contact})["invoiceSendEmail"]
    assert sent == {"invoice": {"id": "1", "sendInvoiceTo": "ada@example.com"}, "errors": None}
    assert code(shop, send, {"contact": 9}) == "not_found"
    assert code(shop, send.replace("id: 1", "id: 7"), {"contact": contact}) == "not_found"


def test_a_message_is_sent_again(till):
    till.data("""mutation { webhookEndpointCreate(attributes: {url: "http://127.0.0.1:1/"}) { errors } }""")
    till.invoice(line(1))
    herald = till.app.state.herald
    till.run(herald.round())
    retry = "mutation { webhookEventRetry(id: 1) { webhookEvent { id responseBody } errors } }"
    assert code(till, retry) == "webhook_pending"
    till.run(herald.round())
    again = till.data(retry)["webhookEventRetry"]["webhookEvent"]
    assert again == {"id": "1", "responseBody": "the address is private, and nothing is sent there"}
    assert code(till, retry.replace("id: 1", "id: 9")) == "not_found"
