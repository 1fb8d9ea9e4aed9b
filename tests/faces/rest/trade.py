"""Two years of a small company, by contract B alone: what the reports are held against."""

from contextlib import closing
from typing import Any

from avoir.store.database import open_database
from tests.faces.rest.api import Api, customer, invoice, item, note

ALWAYS = "fromDate=1900-01-01&toDate=2999-12-31"


def trade(api: Api) -> Api:
    """The company, after it invoiced, was paid, credited, refunded and wrote off, in two currencies."""
    customer(api, "EUR")
    item(api, "Support")
    tax = api.made("/tax-rates", {"name": "VAT", "code": "VAT", "rate": 9.975, "active": True})["id"]
    safe = {"name": "Safe", "accountType": "cash", "code": "10009", "parentAccountId": 1003}
    api.made("/accounts", safe)
    taxed = {"index": 1, "itemId": 1000, "rate": 199.99, "quantity": 3, "taxRateId": tax}
    api.put("/customers/1/opening-balance", {"openingBalance": 77.7, "openingBalanceAt": "2025-01-01"})
    invoice(api, invoiceDate="2025-02-10", dueDate="2025-03-10", entries=[taxed])
    invoice(api, 500, invoiceDate="2025-11-20", dueDate="2025-12-20")
    invoice(api, 80, invoiceDate="2026-05-31", dueDate="2026-06-30", discount=10, discountType="amount")
    euro = {"customerId": 2, "exchangeRate": 1.2}
    invoice(api, 1000, invoiceDate="2026-01-15", dueDate="2026-02-15", **euro)
    invoice(api, 40, invoiceDate="2026-01-16", dueDate="2026-01-20")
    paid(api, 1, 2, 300, "2025-03-01")
    paid(api, 2, 5, 600, "2026-03-05", exchangeRate=1.3)
    note(api, 120, creditNoteDate="2026-02-01")
    api.made("/credit-notes/1/apply-invoices", {"entries": [{"invoiceId": 3, "amount": 50}]})
    api.made("/credit-notes/1/refunds", {"fromAccountId": 1000, "amount": 25.5, "date": "2026-02-03"})
    back = api.made("/credit-notes/1/refunds", {"fromAccountId": 1003, "amount": 5, "date": "2026-02-04"})
    api.delete(f"/credit-notes/refunds/{back['id']}")
    lost = {"expenseAccountId": 1036, "date": "2026-04-01", "reason": "gone"}
    assert api.post("/sale-invoices/6/writeoff", lost).status == 200
    moved = [
        {"index": 1, "accountId": 1000, "debit": 1000.01},
        {"index": 2, "accountId": 1016, "credit": 1000.01},
    ]
    api.made("/manual-journals", {"date": "2025-01-02", "publish": True, "entries": moved})
    bought = [
        {"index": 1, "accountId": 1004, "debit": 60},
        {"index": 2, "accountId": id_of(api), "credit": 60},
    ]
    api.made("/manual-journals", {"date": "2026-06-02", "publish": True, "entries": bought})
    claimed = [
        {"index": 1, "accountId": 1006, "debit": 12, "contactId": 1},
        {"index": 2, "accountId": 1021, "credit": 12},
    ]
    api.made("/manual-journals", {"date": "2026-06-03", "publish": True, "entries": claimed})
    return api


def id_of(api: Api) -> int:
    """The account that stands under another."""
    return next(x["id"] for x in api.get("/accounts?structure=flat").body["accounts"] if x["name"] == "Safe")


def paid(api: Api, who: int, what: int, amount: Any, on: str, **more: Any) -> None:
    """A payment of an invoice, into the bank."""
    entry = {"index": 1, "invoiceId": what, "paymentAmount": amount}
    body = {"customerId": who, "paymentDate": on, "depositAccountId": 1000, "entries": [entry]}
    api.made("/payments-received", body | more)


def summed(url: str, where: str = "1 = 1", **params: Any) -> dict[int, int]:
    """What the lines of the journal sum to by account, in cents of the base currency; debit is positive."""
    with closing(open_database(url, reading=True)) as database:
        rows = database.all(
            f"""SELECT l.account_id, CAST(SUM(l.base_debit_minor - l.base_credit_minor) AS BIGINT)
                FROM journal_lines AS l WHERE l.organization_id > 0 AND {where} GROUP BY l.account_id""",
            params,
        )
    return dict(rows)


def cents(amount: Any) -> int:
    """An amount of a reply in cents, which it must hold exactly."""
    exact = round(amount * 100)
    assert abs(exact / 100 - amount) < 1e-9
    return exact
