"""Money is called Float in contract A, and is exact: in documents, in variables and in answers."""

from decimal import Decimal

import msgspec

from tests.faces.graphql.shop import Shop, encode

INVOICE = """mutation ($price: Float!, $currency: ID, $rate: BigDecimal, $quantity: Float!) {
    invoiceCreate(attributes: {accountId: 1, currencyId: $currency, exchangeRate: $rate, issue: true,
            invoiceItems: [{quantity: $quantity, price: $price}]}) {
        invoice { id amount baseCurrencyTotal smallUnitAmountDue invoiceItems { price priceDecimals } } } }"""


def raw(shop: Shop, query: str, **variables) -> str:
    """The answer as it is written."""
    return shop.post(encode({"query": query, "variables": variables})).text


def test_a_tenth_and_two_tenths_are_three_tenths(shop):
    invoice = """mutation { invoiceCreate(attributes: {accountId: 1, issue: true, invoiceItems: [
        {quantity: 1, price: 0.1}, {quantity: 1, price: 0.2}]}) { invoice { amount } } }"""
    assert raw(shop, invoice) == '{"data":{"invoiceCreate":{"invoice":{"amount":0.3}}}}'
    pay = """mutation ($a: Float!) { paymentCreate(attributes: {accountId: 1, financialAccountId: 1000,
        invoices: [{invoiceId: 1, amount: $a}]}) { payment { amount } } }"""
    assert raw(shop, pay, a=Decimal("0.3")) == '{"data":{"paymentCreate":{"payment":{"amount":0.3}}}}'
    refund = "mutation { invoiceRefund(invoiceId: 1, amount: 0.1) { creditNote { amount } } }"
    assert raw(shop, refund) == '{"data":{"invoiceRefund":{"creditNote":{"amount":0.1}}}}'
    rest = "mutation { invoiceRefund(invoiceId: 1) { creditNote { amount creditedInvoice { amountDue } } } }"
    written = '{"amount":0.2,"creditedInvoice":{"amountDue":0}}'
    assert raw(shop, rest) == f'{{"data":{{"invoiceRefund":{{"creditNote":{written}}}}}}}'


PAYMENT = """mutation ($amount: Float!, $currency: ID, $rate: BigDecimal) {
    paymentCreate(attributes: {accountId: 1, financialAccountId: 1000, currencyId: $currency,
            exchangeRate: $rate, amount: $amount}) { payment { amount amountUnapplied } } }"""


def test_every_currency_is_exact_to_its_last_decimal(shop):
    for amount, currency, written in (
        ("90071992547409.91", "USD", "90071992547409.91"),
        ("120.00", "USD", "120"),
        ("1.2e2", "USD", "120"),
        ("1234567", "JPY", "1234567"),
        ("1.005", "KWD", "1.005"),
        ("0.0001", "CLF", "0.0001"),
    ):
        variables = {"currency": currency, "rate": None if currency == "USD" else "0.001"}
        literal = PAYMENT.replace("$amount: Float!, ", "").replace("amount: $amount", f"amount: {amount}")
        for query in (PAYMENT, literal):
            answer = raw(shop, query, amount=msgspec.Raw(amount.encode()), **variables)
            assert f'{{"payment":{{"amount":{written},"amountUnapplied":{written}}}}}' in answer


def test_an_amount_that_cannot_be_kept_is_refused_and_never_rounded(shop):
    for amount, currency, code in (
        ("12.345", "USD", "amount_too_fine"),
        ("1.5", "JPY", "amount_too_fine"),
        ("1e-400", "USD", "amount_too_fine"),
        ("90071992547409.92", "USD", "amount_out_of_range"),
        ("1e400", "USD", "amount_out_of_range"),
        ("123456789012345678901234567890", "USD", "amount_out_of_range"),
        ("0", "USD", "amount_not_positive"),
        ("-0.0", "USD", "amount_not_positive"),
        ("-1", "USD", "amount_not_positive"),
    ):
        variables = {"amount": msgspec.Raw(amount.encode()), "currency": currency}
        variables["rate"] = None if currency == "USD" else 1
        assert (amount, shop.no(PAYMENT, variables)["extensions"]["code"]) == (amount, code)


def test_what_is_due_in_minor_units_is_told_as_far_as_32_bits_hold_it(shop):
    due = [
        shop.data(INVOICE, {"price": 1, "quantity": quantity})["invoiceCreate"]["invoice"][
            "smallUnitAmountDue"
        ]
        for quantity in (21474836, 21474837)
    ]
    assert due == [2147483600, None]


def test_what_is_no_number_is_no_amount(shop):
    for value in ("true", '"10"', "[10]", '"0x0A"', "{}"):
        answer = shop.post(with_amount(value))
        assert answer.status_code == 200
        assert "Could not coerce value" in answer.json()["errors"][0]["message"]
        assert "data" not in answer.json()


def test_what_json_does_not_write_is_no_json(shop):
    for value in ("NaN", "Infinity", "1_000", "01", "1e", "--1", "+1"):
        assert (value, shop.post(with_amount(value)).status_code) == (value, 400)


def with_amount(value: str) -> bytes:
    """A body with this for an amount."""
    return f'{{"query": {encode(PAYMENT).decode()}, "variables": {{"amount": {value}}}}}'.encode()


def test_a_rate_of_nine_decimals_comes_back_as_it_was_given(shop):
    note = shop.data(INVOICE, {"price": 100, "currency": "EUR", "rate": "1.123456789", "quantity": 1})
    assert note["invoiceCreate"]["invoice"]["baseCurrencyTotal"] == Decimal("112.35")
    pay = """mutation { paymentCreate(attributes: {accountId: 1, financialAccountId: 1000, currencyId: "EUR",
        exchangeRate: 0.000000001, amount: 5}) { payment { conversionRate baseCurrencyCash } } }"""
    payment = shop.data(pay)["paymentCreate"]["payment"]
    assert payment == {"conversionRate": Decimal("1e-9"), "baseCurrencyCash": 0}
    for rate in ('"NaN"', '"1_0"', '"٣"', "true", '"' + "1" * 500 + '"'):
        answer = shop.answer(INVOICE.replace("$rate: BigDecimal, ", "").replace("$rate", rate), {
            "price": 1, "currency": "EUR", "quantity": 1,
        })  # fmt: skip
        assert "data" not in answer
