"""The EU's reverse charge by month: what was supplied to businesses in other members without tax."""

from decimal import Decimal

from avoir.app.invoice_credits import CreditInvoice
from avoir.app.invoices import VoidInvoice
from avoir.core.credit import Shape
from tests.ledger import line

ASKED = """query ($filter: String, $sort: String) { intracomVats(
    filter: $filter, sort: $sort) { totalCount nodes {
    id month monthNameYear totalAmount currencyId accountId billingCountry billingCity taxNumber
    account { name } } } }"""


def account(shop, name: str, **attributes) -> int:
    document = "mutation ($a: AccountAttributes!) { accountCreate(attributes: $a) { account { id } } }"
    given = {"name": name, "currencyId": "USD"} | attributes
    return int(shop.data(document, {"a": given})["accountCreate"]["account"]["id"])


def months(shop, **asked) -> list[tuple]:
    nodes = shop.data(ASKED, asked)["intracomVats"]["nodes"]
    return [(x["month"], x["accountId"], x["totalAmount"]) for x in nodes]


def test_supplies_to_other_members_without_tax_are_told_by_customer_and_month_less_credit_notes(shop):
    rate = shop.tax(20)
    ours = 'mutation { entityUpdate(id: 1, attributes: {billingCountry: "DE"}) { errors } }'
    business = {"billingCountry": "France", "taxNumber": "FR123", "billingCity": "Lyon"}
    french = account(shop, "Lumière", **business)
    home = account(shop, "Zuhause", billingCountry="Germany", taxNumber="DE1")
    private = account(shop, "Citoyen", billingCountry="FR")
    far = account(shop, "Far", billingCountry="US", taxNumber="12-3")
    for customer in (french, home, private, far):
        shop.invoice(line(100), customer_id=customer)
    assert months(shop) == []
    shop.data(ours)
    assert months(shop) == [("2026-11-01", str(french), 100)]
    shop.invoice(line(50, rate), customer_id=french)
    shop.invoice(line(30), customer_id=french, issued_on="2026-10-31")
    shop.invoice(line(7), customer_id=french, issue=False)
    gone = shop.invoice(line(9), customer_id=french)
    shop.ask(VoidInvoice(invoice_id=gone.id))
    first = shop.data("{ invoices(first: 1) { nodes { id } } }")["invoices"]["nodes"][0]["id"]
    shop.ask(CreditInvoice(invoice_id=int(first), shapes=(Shape(gross=Decimal(40)),), on="2026-11-20"))
    assert months(shop) == [("2026-10-01", str(french), 30), ("2026-11-01", str(french), 60)]
    assert months(shop, sort="totalAmount desc")[0][2] == 60
    assert months(shop, filter="month is after 2026-10-31 and taxNumber = 'FR123'") == [
        ("2026-11-01", str(french), 60)
    ]
    (told,) = shop.data(ASKED, {"filter": "totalAmount > 30"})["intracomVats"]["nodes"]
    assert told == {
        "id": f"2026-11-{french}-USD", "month": "2026-11-01", "monthNameYear": "November 2026",
        "totalAmount": 60, "currencyId": "USD", "accountId": str(french), "billingCountry": "France",
        "billingCity": "Lyon", "taxNumber": "FR123", "account": {"name": "Lumière"},
    }  # fmt: skip
