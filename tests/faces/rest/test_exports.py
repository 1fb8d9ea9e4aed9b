"""Exports: every row of a resource in the columns that imports know, so that books can move."""

import csv
import io

import pytest

from avoir.app.reads import exports
from avoir.app.reads.exports import EXPORTS
from tests.faces.rest.api import Api, customer, invoice, item, note
from tests.faces.rest.test_imports import upload
from tests.faces.rest.trade import trade


def sheet(api: Api, resource: str) -> list[dict[str, str]]:
    content = api.file(f"/export?resource={resource}", accept="application/csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def test_every_resource_is_exported_in_every_form(api):
    trade(api)
    api.made("/exchange-rates", {"currencyCode": "EUR", "date": "2026-01-01", "exchangeRate": "1.25"})
    for resource in EXPORTS:
        rows = sheet(api, resource)
        assert rows, resource
        reply = api.get(f"/export?resource={resource}")
        assert len(reply.body["data"]) == len(rows)
        assert api.file(f"/export?resource={resource}&format=xlsx").startswith(b"PK")
    assert api.get("/export?resource=Bill").type == "RESOURCE_NOT_EXPORTABLE"
    assert "resource" in api.get("/export").broken
    assert api.get("/export?resource=Item", accept="image/png").status == 406


def test_a_document_has_a_row_for_each_line(api):
    item(api, "Support")
    lines = [
        {"index": 1, "itemId": 1000, "rate": 10.5, "quantity": 2, "discount": 10},
        {"index": 2, "itemId": 1001, "rate": 1, "quantity": 1},
    ]
    note(api, entries=lines, discount=5, referenceNo="=1+1")
    rows = sheet(api, "credit-notes")
    assert [(x["Entries: Item"], x["Entries: Rate"], x["Entries: Discount"]) for x in rows] == [
        ("Widget service", "10.5", "10"), ("Support", "1", ""),
    ]  # fmt: skip
    assert [x["Reference no"] for x in rows] == ["'=1+1"] * 2
    assert {x["Customer"] for x in rows} == {"Cust USD"}


def test_pages_of_an_export_meet_without_a_gap(api, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 3)
    entry = {"index": 1, "itemId": 1000, "rate": 1, "quantity": 1}
    for size in (1, 2, 4):
        invoice(api, entries=[entry] * size)
    assert len(sheet(api, "SaleInvoice")) == 7
    assert len(sheet(api, "Account")) == len(api.get("/accounts?structure=flat").body["accounts"])


@pytest.mark.parametrize("resource", ["Customer", "TaxRate", "Item", "ExchangeRate"])
def test_what_was_exported_is_imported_elsewhere(api, server, resource):
    api.made("/customers", {"displayName": 'Ada, "the" 1st', "billingAddressCity": "Turin"})
    api.made("/tax-rates", {"name": "VAT", "code": "V", "rate": 9.975})
    api.made("/exchange-rates", {"currencyCode": "EUR", "date": "2026-01-01", "exchangeRate": "1.25"})
    moved(api, other := server.organization(), resource)
    assert sheet(other, resource) == sheet(api, resource)


def test_invoices_move_with_their_lines_and_totals(api, server):
    api.made("/tax-rates", {"name": "VAT", "code": "V", "rate": 9.975})
    rate_id = api.get("/tax-rates").body[-1]["id"]
    line = {"index": 1, "itemId": 1000, "rate": 19.99, "quantity": 3, "taxRateId": rate_id, "discount": 5}
    invoice(api, entries=[line, line | {"quantity": 1.5}], discount=1, discountType="amount", adjustment=2)
    invoice(api, 7, delivered=False)
    other = server.organization()
    customer(other)
    for resource in ("TaxRate", "Item", "SaleInvoice"):
        moved(api, other, resource)
    assert sheet(other, "SaleInvoice") == sheet(api, "SaleInvoice")
    kept = other.get("/reports/trial-balance-sheet?fromDate=2026-01-01&toDate=2026-12-31").body["data"]
    assert kept == api.get("/reports/trial-balance-sheet?fromDate=2026-01-01&toDate=2026-12-31").body["data"]


def moved(api: Api, other: Api, resource: str) -> None:
    """Export a resource here and import it there, by the headings that both know."""
    content = api.file(f"/export?resource={resource}", accept="application/csv")
    told = upload(other, resource, "moved.csv", content).body
    known = {x["name"]: x for x in told["resource_columns"]}
    mapping = [
        {"from": head, "to": known[head]["key"], "group": known[head]["group"]}
        for head in told["sheet_columns"]
        if (head in known and head != "Currency code") or resource in ("Customer", "ExchangeRate")
    ]
    id = told["import"]["import_id"]
    assert other.post(f"/import/{id}/mapping", {"mapping": mapping}).status == 200
    done = other.post(f"/import/{id}/import").body
    assert done["errors"] == []
