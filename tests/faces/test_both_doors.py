"""Both doors to the same books: currencies of every exponent end to end, one key, days at midnight."""

import asyncio
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from avoir.app.access import GenerateApiKey
from avoir.app.dispute_reasons import CreateDisputeReason
from avoir.app.reads.query import Query
from avoir.app.reads.verify import broken_promises, broken_replays
from avoir.core.refund import Refund
from avoir.demo.calls import REFUND_INVOICE
from tests.faces.graphql.shop import Shop, decode
from tests.faces.rest.api import customer, invoice, item, served
from tests.invariants import hold
from tests.ledger import line

REPORTS = (
    "trial-balance-sheet", "general-ledger", "balance-sheet", "profit-loss-sheet", "journal",
    "cashflow-statement", "transactions-by-customers",
)  # fmt: skip
SPAN = "fromDate=2026-01-01&toDate=2026-12-31"


class Both(Shop):
    """A company with a key for one door and a client for the other."""

    def __enter__(self) -> "Both":
        super().__enter__()
        access = self.app.state.access
        self.key = access.new_secret("bc_", 96)
        command = GenerateApiKey(
            tenancy_id=self.organization_id, user_id=0, name="", prefix=self.key[:8],
            digest=access.digest(self.key),
        )  # fmt: skip
        self.run(access.ask(command, actor="test"))
        self.ask(CreateDisputeReason(name="Damaged", description=""))
        return self

    def rest(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        return self.run(self._rest(method, path, body, key))

    async def _rest(self, method: str, path: str, body: Any, key: str) -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {self.key}"} | ({"idempotency-key": key} if key else {})
        said = await self.http.request(method, f"/api{path}", json=body, headers=headers)
        return said.status_code, decode(said.content)

    async def graphql(self, invoice_id: int, key: str) -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {self.token}", "idempotency-key": key}
        words = {"invoiceId": str(invoice_id), "disputeReasonId": "1"}
        body = {"query": REFUND_INVOICE, "variables": words}
        said = await self.http.post("/graphql", json=body, headers=headers)
        return said.status_code, decode(said.content)

    def made(self, path: str, body: Any) -> Any:
        status, said = self.rest("POST", path, body)
        assert status == 201, said
        return said

    def proved(self) -> None:
        hold(self)
        query = Query(self.database, self.organization_id)
        assert [*broken_promises(query), *broken_replays(query)] == []


@pytest.fixture
def open_shop(url: str) -> Iterator[Any]:
    shops: list[Both] = []

    def opened(currency: str = "USD") -> Both:
        shops.append(Both(url, currency=currency).__enter__())
        return shops[-1]

    yield opened
    for shop in shops:
        shop.__exit__(None, None, None)


CURRENCIES = [
    # currency, price of each of three, tax, total,   the least there is, half of it, given back first, then
    ("JPY", "1001",    "10",  "3303",    "1",      "0.5",     "1001",    "2302"),
    ("EUR", "19.99",   "7.7", "64.59",   "0.01",   "0.005",   "19.99",   "44.60"),
    ("KWD", "10.005",  "5",   "31.516",  "0.001",  "0.0005",  "10.005",  "21.511"),
    ("CLF", "1.0005",  "19",  "3.5718",  "0.0001", "0.00005", "1.0005",  "2.5713"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "price", "tax", "total", "least", "half", "first", "rest"), CURRENCIES, ids=lambda x: x
)
def test_no_decimal_is_lost_or_made_up_in_any_currency(
    open_shop, currency, price, tax, total, least, half, first, rest
):
    shop = open_shop(currency)
    entry = {
        "index": 1, "itemId": shop.made("/items", {"name": "w", "type": "service", "sellable": True,
                                                   "sellPrice": 10, "sellAccountId": 1025})["id"],
        "rate": price, "quantity": 3, "taxRateId": shop.tax(tax),
    }  # fmt: skip
    days = {"invoiceDate": "2026-11-01", "dueDate": "2026-12-01", "delivered": True}
    invoice = shop.made("/sale-invoices", {"customerId": 1, "entries": [entry], **days})["id"]
    assert shop.rest("GET", f"/sale-invoices/{invoice}")[1]["total"] == Decimal(total)
    portion = {"index": 1, "invoiceId": invoice, "paymentAmount": total}
    shop.made("/payments-received", {"customerId": 1, "paymentDate": "2026-11-02", "depositAccountId": 1000,
                                     "amount": total, "entries": [portion]})  # fmt: skip
    part = shop.made(f"/sale-invoices/{invoice}/refund", {"amount": first})["credit_note"]
    assert part["total"] == part["refunded_amount"] == Decimal(first)
    _, said = shop.run(shop.graphql(invoice, "the rest"))
    note = said["data"]["invoiceRefund"]["creditNote"]
    assert Decimal(note["amount"]) == Decimal(note["amountApplied"]) == Decimal(rest)
    assert Decimal(first) + Decimal(rest) == Decimal(total)
    # Cash and tax are where they were before.
    assert shop.trial_balance() == {}
    own = shop.made("/credit-notes", {"customerId": 1, "creditNoteDate": "2026-11-03", "open": True,
                                      "entries": [entry | {"quantity": 1}]})["id"]  # fmt: skip
    form = {"fromAccountId": 1000, "date": "2026-11-04"}
    status, said = shop.rest("POST", f"/credit-notes/{own}/refunds", {**form, "amount": half})
    assert (status, said["errors"][0]["type"]) == (400, "AMOUNT_TOO_FINE")
    refund = shop.made(f"/credit-notes/{own}/refunds", {**form, "amount": least})
    assert refund["amount"] == Decimal(least)
    places = -Decimal(least).as_tuple().exponent
    for report in REPORTS:
        status, said = shop.rest("GET", f"/reports/{report}?{SPAN}")
        assert status == 200, said
        told = re.findall(r"Decimal\('(-?[\d.]+)'\)", repr(said))
        assert all(len(x.partition(".")[2]) <= places for x in told), (report, told)
    shop.proved()


def test_what_is_foreign_comes_back_at_its_own_rate_and_nothing_remains(open_shop):
    """Invoices in yen and dinars in a dollar company, paid at another rate and given back."""
    shop = open_shop("USD")
    for currency, price, rate, later in (
        ("JPY", "10007", "0.0066", "0.0071"),
        ("KWD", "9.999", "3.25", "3.3"),
    ):
        who = shop.customer(currency)
        invoice = shop.invoice(line(price, shop.tax(8), quantity=3), customer_id=who, rate=rate)
        total = Decimal(invoice.total_minor).scaleb(0 if currency == "JPY" else -3)
        shop.paid(invoice, total, rate=later)
        one = shop.made(f"/sale-invoices/{invoice.id}/refund", {"amount": price})["credit_note"]
        assert one["total"] == Decimal(price)
        _, said = shop.run(shop.graphql(invoice.id, f"rest in {currency}"))
        note = said["data"]["invoiceRefund"]["creditNote"]
        assert Decimal(note["amountApplied"]) == total - Decimal(price)
        shop.proved()
    # Sales and tax are where they were; cash differs by what the rates did, which is the gain or the loss.
    left = shop.trial_balance()
    assert set(left) <= {"Bank Account", "exchange_gain_or_loss"}, left


def test_a_payment_in_another_currency_than_the_invoice_is_refused_at_both_ends(open_shop):
    shop = open_shop("USD")
    invoice = shop.invoice(line(100), customer_id=shop.customer("EUR"), rate="1.1")
    before = shop.books()
    portion = {"index": 1, "invoiceId": invoice.id, "paymentAmount": 10}
    for who in (1, invoice.customer_id):
        body = {"customerId": who, "paymentDate": "2026-11-02", "depositAccountId": 1000, "amount": 10,
                "currencyCode": "USD", "entries": [portion]}  # fmt: skip
        status, _ = shop.rest("POST", "/payments-received", body)
        if who == 1:
            assert status == 400
            assert shop.books() == before
    shop.proved()


def test_one_key_at_both_doors_at_once_is_one_refund(open_shop):
    shop = open_shop()
    invoice = shop.invoice(line(100))
    shop.paid(invoice, 100)

    async def crowd() -> list[Any]:
        return await asyncio.gather(*(
            shop._rest("POST", f"/sale-invoices/{invoice.id}/refund", {}, "one") if n % 2
            else shop.graphql(invoice.id, "one")
            for n in range(16)
        ))  # fmt: skip

    heard = shop.run(crowd())
    rest, graph = heard[1::2], heard[::2]
    assert len({repr(each) for each in rest}) == len({repr(each) for each in graph}) == 1, heard
    # The requests differ, so one door's has the key and the other's is told so.
    won = [rest[0][0] == 201, graph[0][1]["data"]["invoiceRefund"] is not None]
    assert sorted(won) == [False, True], heard
    assert len(shop.rows(Refund)) == 1
    shop.proved()


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_today_is_the_day_where_the_organization_is(url, zone):
    """At any instant one of these two has another date than UTC: fourteen hours ahead, or eleven behind."""
    with served(url) as server:
        api = server.organization(timezone=zone)
        customer(api)
        item(api)
        sold = invoice(api, 100)["id"]
        portion = {"index": 1, "invoiceId": sold, "paymentAmount": 100}
        api.made("/payments-received", {"customerId": 1, "paymentDate": "2026-11-02", "amount": 100,
                                        "depositAccountId": 1000, "entries": [portion]})  # fmt: skip
        days = {datetime.now(ZoneInfo(zone)).date().isoformat()}
        note = api.made(f"/sale-invoices/{sold}/refund", {})["credit_note"]
        days.add(datetime.now(ZoneInfo(zone)).date().isoformat())
        assert note["credit_note_date"][:10] in days
        assert api.broken_promises() == []
