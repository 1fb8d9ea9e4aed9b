"""Whatever stands in whatever field of whatever request: it is granted or refused, and nothing breaks."""

from itertools import product
from typing import Any
from urllib.parse import quote

from avoir.faces.rest.endpoint import Way
from avoir.faces.rest.routes import WAYS
from tests.faces.rest.api import Api, books, invoice, note

ENTRY = {"itemId": 1000, "rate": 1, "quantity": 1}
INVOICE = {"customerId": 1, "invoiceDate": "2026-06-15", "dueDate": "2026-06-15", "entries": [ENTRY]}
NOTE = {"customerId": 1, "creditNoteDate": "2026-06-15", "entries": [ENTRY]}
JOURNAL = {
    "date": "2026-06-15",
    "entries": [{"accountId": 1000, "debit": 0.01}, {"accountId": 1021, "credit": 0.01}],
}
REFUND = {"fromAccountId": 1000, "amount": 0.01, "date": "2026-06-20"}
ROLE = {
    "roleName": "A", "roleDescription": "",
    "permissions": [{"subject": "CreditNode", "ability": "View", "value": True}],
}  # fmt: skip
FINE: dict[str, dict[str, Any]] = {
    "/credit-notes/{id}/refunds": REFUND,
    "/credit-notes": NOTE,
    "/credit-notes/{id}/apply-invoices": {"entries": [{"invoiceId": 1, "amount": 0.01}]},
    "/sale-invoices": INVOICE,
    "/sale-invoices/{id}": INVOICE,
    "/sale-invoices/{id}/writeoff": {"expenseAccountId": 1020, "date": "2026-06-20", "reason": "lost"},
    "/credit-notes/{id}": NOTE,
    "/customers/{id}": {"customerType": "business", "displayName": "A"},
    "/customers/{id}/opening-balance": {"openingBalance": 0.01, "openingBalanceAt": "2026-01-01"},
    "/manual-journals": JOURNAL,
    "/manual-journals/{id}": JOURNAL,
    "/exchange-rates": {"currencyCode": "EUR", "date": "2026-01-01", "exchangeRate": 1.5},
    "/transactions-locking/lock": {"module": "purchases", "lockToDate": "2020-01-01", "reason": "a"},
    "/transactions-locking/cancel-lock": {"module": "purchases", "reason": "a"},
    "/transactions-locking/unlock-partial": {
        "module": "purchases", "unlockFromDate": "2019-01-01", "unlockToDate": "2019-01-02", "reason": "a",
    },
    "/transactions-locking/cancel-unlock-partial": {"module": "purchases"},
    "/accounts/{id}": {"name": "Safe"},
    "/accounts/bulk-activate": {"ids": [424242]},
    "/accounts/bulk-inactivate": {"ids": [424242]},
    "/branches/{id}": {"name": "A"},
    "/credit-notes/{id}/refunds/preview": REFUND,
    "/sale-invoices/{id}/refund": {"amount": 0.01, "entries": [{"index": 1}]},
    "/sale-invoices/{id}/refund/preview": {"amount": 0.01, "entries": [{"index": 1}]},
    "/payments-received/{id}/refunds": {"amount": 0.01},
    "/payments-received/{id}/disputes": {"amount": 0.01},
    "/refunds/bulk": {"refunds": [REFUND | {"creditNoteId": 1}]},
    "/refunds/policy": {"threshold": 0},
    "/webhooks": {"url": "https://hooks.example.test/a", "entities": ["refund"]},
    "/webhooks/{id}": {"url": "http://example.test/hook"},
    "/webhooks/{id}/toggle": {},
    "/import/{id}/mapping": {"mapping": [{"from": "Name", "to": "displayName"}]},
    "/refunds/{id}/approve": {"digest": ""},
    "/refunds/{id}/reject": {"reason": "no"},
    "/refunds/{id}/fail": {"reason": "bounced"},
    "/disputes/{id}/win": {"date": "2026-06-20"},
    "/disputes/{id}/lose": {"date": "2026-06-20"},
    "/organization": {},
    "/users/{id}": {"firstName": "A", "lastName": "B", "email": "a@b.test", "roleId": 9},
    "/invite": {"email": "a@b.test", "roleId": 9},
    "/invite/bulk": {"invites": [{"email": "a@b.test", "roleId": 9}]},
    "/invite/accept/{token}": {"firstName": "A", "lastName": "B", "password": "x"},
    "/auth/signup/verify": {"email": "a@b.test", "token": "x"},
    "/auth/send_reset_password": {"email": "a@b.test"},
    "/auth/reset_password/{token}": {"password": "x"},
    "/settings": {"options": [{"group": "items", "key": "preferred_sell_account", "value": 1025}]},
    "/attachments/{id}/link": {"modelRef": "SaleInvoice", "modelId": 1},
    "/attachments/{id}/unlink": {"modelRef": "SaleInvoice", "modelId": 1},
    "/refunds/{id}/retry": {},
    "/roles": ROLE,
    "/roles/{id}": ROLE,
    **{
        f"/{name}/{verb}": {"ids": [424242]}
        for name in ("sale-invoices", "credit-notes", "customers", "manual-journals", "accounts")
        for verb in ("bulk-delete", "validate-bulk-delete")
    },
    "/payments-received": {
        "customerId": 1, "paymentDate": "2026-06-15", "depositAccountId": 1000,
        "entries": [{"invoiceId": 1, "paymentAmount": 0.01}],
    },
    "/customers": {"customerType": "business", "currencyCode": "USD", "displayName": "A"},
    "/items": {"name": "A", "type": "service", "sellable": True},
    "/accounts": {"name": "Safe", "accountType": "cash"},
    "/tax-rates": {"name": "A", "code": "A", "rate": 1},
    "/branches": {"name": "A"},
    "/items/{id}": {"name": "A"},
    "/sale-invoices/{id}/mail": {"to": "a@b.test", "attachInvoice": False},
    "/credit-notes/{id}/mail": {"to": ["a@b.test"], "attachPdf": False},
    "/payments-received/{id}/mail": {"to": "a@b.test", "attachPdf": False},
    "/payments-received/{id}": {
        "customerId": 1, "paymentDate": "2026-06-15", "depositAccountId": 1000,
        "entries": [{"invoiceId": 1, "paymentAmount": 0.01}],
    },
    "/payments-received/bulk-delete": {"ids": [7]},
    "/payments-received/validate-bulk-delete": {"ids": [7]},
    "/items/bulk-delete": {"ids": [7]},
    "/items/validate-bulk-delete": {"ids": [7]},
    "/tax-rates/{id}": {"name": "A", "code": "A", "rate": 1},
    "/currencies": {"currencyName": "A", "currencyCode": "ABC", "currencySign": "A"},
    "/currencies/{code}": {"currencyName": "A", "currencySign": "A"},
    "/api-keys/generate": {"name": "A"},
    "/organization/build": {
        "name": "A", "location": "US", "baseCurrency": "USD", "timezone": "UTC", "fiscalYear": "january",
        "language": "en",
    },
    "/auth/signin": {"email": "a@b.test", "password": "x"},
    "/auth/signup": {"firstName": "A", "lastName": "B", "email": "no", "password": "x"},
}  # fmt: skip

NASTY: list[Any] = [
    None, True, "", " ", "\0", "x" * 70_000, "é😀\u2028", "2026-02-30", "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59", "1e308", "-0", -1, 0, 1.5, 2**63, -(2**63), 10**40, 1e-300,
    [], [[]], [None], {}, {"__proto__": 1}, [{}] * 3,
]  # fmt: skip


def posts() -> list[Way]:
    return [way for way in WAYS if way.body is not None]


def test_nothing_in_a_body_breaks_anything(api):
    note(api)
    invoice(api)
    assert {way.path for way in posts()} == set(FINE)
    for way in posts():
        for field, value in product(way.body.fields, NASTY):
            if (field.name, value) == ("open", True) or way.path == "/auth/signin":
                continue
            body = FINE[way.path] | {field.name: value}
            reply = api.call(way.method, way.path.replace("{id}", "1"), body)
            assert reply.status < 500, (way.path, body, reply.text[:300])
    assert_still_sound(api)


def test_nothing_in_an_element_breaks_anything(api):
    note(api)
    invoice(api)
    for way in posts():
        for field in (field for field in way.body.fields if field.inner is not None):
            fine, *more = FINE[way.path].get(field.name) or [{"key": "a"}]
            for inner, value in product(field.inner.fields, NASTY):
                body = FINE[way.path] | {field.name: [fine | {inner.name: value}, *more]}
                reply = api.call(way.method, way.path.replace("{id}", "1"), body)
                assert reply.status < 500, (way.path, body, reply.text[:300])
    assert_still_sound(api)


def test_nothing_in_an_address_breaks_anything(api):
    note(api)
    texts = ["2abc", "-1", "9" * 30, "%00", "%FF", "...", "1;", "'", "0", " ", "1.5", "%F0%9F%98%80"]
    for way, text in product(WAYS, texts):
        if "{id}" in way.path:
            body = FINE.get(way.path) if way.body else None
            reply = api.call(way.method, way.path.replace("{id}", text), body)
            assert reply.status in (400, 404) or reply.body == [], (way.path, text, reply.text[:300])


def test_nothing_in_a_query_breaks_anything(api):
    note(api)
    values = [quote(str(value)) for value in NASTY if value is not None and len(str(value)) < 9_000]
    seen: set[int] = set()
    for way in (way for way in WAYS if way.query is not None):
        # Reports share fields, which are read by the same rules everywhere: once is enough.
        fields = [field for field in way.query.fields if id(field) not in seen or "reports" not in way.path]
        seen |= {id(field) for field in fields}
        for field, value, bracket in product(fields, values, ("", "[]", "[a][b]")):
            reply = api.get(f"{way.path}?{field.name}{bracket}={value}")
            assert reply.status < 500, (way.path, field.name, bracket, value, reply.text[:300])


def assert_still_sound(api: Api) -> None:
    """After all that: the books balance, and every list can be read."""
    assert books(api)["total"]["balance"] == 0
    for path in ("/credit-notes", "/sale-invoices", "/payments-received", "/customers", "/items"):
        reply = api.get(f"{path}?pageSize=1000")
        assert reply.status == 200, reply.text[:300]
    assert api.get("/accounts").status == 200
    assert api.get("/tax-rates").status == 200
