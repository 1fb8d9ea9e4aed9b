"""Imports: a sheet is uploaded, mapped, looked at without effect, and taken in row by row, never twice."""

import io
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from tests.faces.rest.api import Api, books, customer, item
from tests.faces.rest.test_reports import ask

CUSTOMERS = "Name,Mail,Currency,Owed,Since\nAda & Sons,ada@example.com,USD,,\nBob,no mail,USD,,\n=Cy,,EUR,,\n"
AS_CUSTOMERS = [
    {"from": "Name", "to": "displayName"},
    {"from": "Mail", "to": "email"},
    {"from": "Currency", "to": "currencyCode"},
]
INVOICES = """No;Who;On;Due;Out;What;How many;Price
A-1;Cust USD;01.02.26;28.02.26;yes;Widget service;2;"1,000.50"
A-1;;;;;Support;1;9.5
A-2;cust usd;01.02.26;28.02.26;yes;Widget service;1;5
A-3;1;03.02.26;28.02.26;yes;1000;3;7
"""
AS_INVOICES = [
    {"from": "No", "to": "invoiceNo"},
    {"from": "Who", "to": "customerId"},
    {"from": "On", "to": "invoiceDate", "dateFormat": "dd.MM.yy"},
    {"from": "Due", "to": "dueDate", "date_format": "dd.MM.yy"},
    {"from": "Out", "to": "delivered"},
    {"from": "What", "to": "itemId", "group": "entries"},
    {"from": "How many", "to": "quantity", "group": "entries"},
    {"from": "Price", "to": "entries.rate"},
]


def upload(api: Api, resource: str, name: str, content: bytes | str, **headers: str):
    content = content.encode() if isinstance(content, str) else content
    body = b"".join((
        b'--b\r\nContent-Disposition: form-data; name="resource"\r\n\r\n', resource.encode(),
        b'\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="', name.encode(),
        b'"\r\nContent-Type: text/csv\r\n\r\n', content, b"\r\n--b--\r\n",
    ))  # fmt: skip
    return api.post("/import/file", body, content_type="multipart/form-data; boundary=b", **headers)


def mapped(api: Api, resource: str, name: str, content: bytes | str, mapping: list[dict[str, str]]) -> str:
    reply = upload(api, resource, name, content)
    assert reply.status == 200, reply.text
    id = reply.body["import"]["import_id"]
    told = api.post(f"/import/{id}/mapping", {"mapping": mapping})
    assert (told.status, told.body["import"]["import_id"]) == (200, id), told.text
    return id


def excel(*rows: tuple[Any, ...]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    for y, row in enumerate(rows):
        page.write_row(y, 0, row)
    book.close()
    return out.getvalue()


def test_a_sheet_of_customers_is_looked_at_and_then_taken_in(api):
    told = upload(api, "customers", "people.csv", CUSTOMERS).body
    assert told["sheet_columns"] == ["Name", "Mail", "Currency", "Owed", "Since"]
    columns = {x["key"]: x for x in told["resource_columns"]}
    assert columns["displayName"]["required"] is True
    id = mapped(api, "Customer", "people.csv", CUSTOMERS, AS_CUSTOMERS)
    before = api.get("/customers").body["pagination"]["total"]
    seen = api.get(f"/import/{id}/preview")
    assert seen.status == 200
    assert (seen.body["created_count"], seen.body["errors_count"], seen.body["total_count"]) == (2, 1, 3)
    (wrong,) = seen.body["errors"]
    assert (wrong["row_number"], wrong["error_code"]) == (2, "ValidationError")
    assert "email" in wrong["error_message"]
    assert seen.body["unmapped_columns"] == ["Owed", "Since"]
    assert api.get("/customers").body["pagination"]["total"] == before
    done = api.post(f"/import/{id}/import")
    assert (done.status, done.body) == (201, seen.body)
    assert api.get("/customers").body["pagination"]["total"] == before + 2
    # Once more: what was taken is told again, and not taken twice.
    assert api.post(f"/import/{id}/import").body == done.body
    assert api.get("/customers").body["pagination"]["total"] == before + 2
    shown = api.get(f"/import/{id}").body
    assert (shown["state"], shown["created_count"], shown["resource"]) == ("imported", 2, "Customer")
    assert [(x["from"], x["to"]) for x in shown["map"]] == [(x["from"], x["to"]) for x in AS_CUSTOMERS]
    assert api.post(f"/import/{id}/mapping", {"mapping": AS_CUSTOMERS}).type == "IMPORT_IS_DONE"


def test_rows_of_one_number_are_one_document_and_names_are_looked_up(api):
    item(api, "Support")
    id = mapped(api, "sale-invoices", "i.csv", INVOICES, AS_INVOICES)
    seen = api.get(f"/import/{id}/preview").body
    assert seen["errors"] == [
        {
            "row_number": 3,
            "error_code": "ValidationError",
            "error_message": "Customer: there is no 'cust usd'",
        }
    ]
    before = books(api)
    assert api.post(f"/import/{id}/import").body["created_count"] == 2
    listed = api.get("/sale-invoices?columnSortBy=invoice_no&sortOrder=asc").body["data"]
    assert [(x["invoice_no"], x["total"], len(x["entries"])) for x in listed] == [
        ("A-1", 2010.5, 2), ("A-3", 21, 1),
    ]  # fmt: skip
    assert listed[0]["invoice_date"] == "2026-02-01T00:00:00.000Z"
    assert books(api) != before
    after = books(api)
    assert api.post(f"/import/{id}/import").body["created_count"] == 2
    assert books(api) == after


def test_an_excel_sheet_is_read_as_it_reads(api):
    rows = (
        ("date", "no", "account", "in", "out", "publish"),
        ("2026-01-05", "J1", "10001", 0.1, "", True),
        ("", "", "Owner's Equity", "", 0.1, ""),
    )
    keys = ("date", "journalNumber", "accountId", "debit", "credit", "publish")
    mapping = [{"from": a, "to": b} for a, b in zip(rows[0], keys, strict=True)]
    id = mapped(api, "ManualJournal", "j.xlsx", excel(*rows), mapping)
    assert api.post(f"/import/{id}/import").body["errors"] == []
    (journal,) = api.get("/manual-journals").body["data"]
    assert (journal["journal_number"], journal["amount"], journal["is_published"]) == ("J1", 0.1, True)
    balance = ask(api, "trial-balance-sheet", "fromDate=2026-01-01&toDate=2026-12-31")["data"]["total"]
    assert Decimal(str(balance["debit"])) == Decimal("0.1")


def test_refunds_are_imported_as_their_own_commands_refuse_them(api):
    entry = {"index": 1, "itemId": 1000, "rate": 100, "quantity": 1}
    body = {"customerId": 1, "creditNoteDate": "2026-06-15", "open": True, "entries": [entry]}
    number = api.made("/credit-notes", body)["credit_note_number"]
    sheet = f"note,from,amount,date\n{number},10001,60,2026-06-16\n{number},10001,60,2026-06-17\n"
    mapping = [
        {"from": "note", "to": "creditNoteId"}, {"from": "from", "to": "fromAccountId"},
        {"from": "amount", "to": "amount"}, {"from": "date", "to": "date"},
    ]  # fmt: skip
    id = mapped(api, "RefundCreditNote", "r.csv", sheet, mapping)
    # Each by itself would be granted; together they are more than there is.
    assert api.get(f"/import/{id}/preview").body["created_count"] == 2
    done = api.post(f"/import/{id}/import").body
    assert done["created_count"] == 1
    assert done["errors"][0]["error_code"] == "CREDIT_NOTE_HAS_NO_REMAINING_AMOUNT"
    assert len(api.get("/credit-notes/1/refunds").body) == 1


@pytest.mark.parametrize(
    ("name", "content", "type_"),
    [
        ("a.txt", "x\n1\n", "IMPORTED_FILE_EXTENSION_INVALID"),
        ("a.csv", "", "IMPORTED_SHEET_EMPTY"),
        ("a.csv", "Name,Mail\n", "IMPORTED_SHEET_EMPTY"),
        ("a.xlsx", "no zip", "IMPORTED_FILE_UNREADABLE"),
        ("a.xlsx", b"PK\x03\x04rubbish", "IMPORTED_FILE_UNREADABLE"),
        ("a.csv", 'a,b\n"1,2\n', "IMPORTED_FILE_UNREADABLE"),
        ("a.csv", "a\n" + "1\n" * 20_001, "IMPORTED_FILE_UNREADABLE"),
    ],
)
def test_what_is_no_sheet_is_refused(api, name, content, type_):
    refused = upload(api, "Customer", name, content)
    assert (refused.status, refused.type) == (400, type_)


def test_a_mapping_names_what_is_there_and_each_once(api):
    id = upload(api, "Customer", "a.csv", CUSTOMERS).body["import"]["import_id"]

    def refused(*mapping: dict[str, str]) -> str:
        return api.post(f"/import/{id}/mapping", {"mapping": list(mapping)}).type

    name = AS_CUSTOMERS[0]
    assert refused({"from": "Nothing", "to": "email"}) == "INVALID_MAP_ATTRS"
    assert refused({"from": "Name", "to": "nothing"}) == "INVALID_MAP_ATTRS"
    assert refused(name, {"from": "Name", "to": "email"}) == "DUPLICATED_FROM_MAP_ATTR"
    assert refused(name, {"from": "Mail", "to": "displayName"}) == "DUPLICATED_TO_MAP_ATTR"
    assert refused({**name, "dateFormat": "yy"}) == "INVALID_MAP_DATE_FORMAT"
    assert api.get(f"/import/{id}/preview").type == "IMPORT_FILE_NOT_MAPPED"
    assert api.post(f"/import/{id}/import").type == "IMPORT_FILE_NOT_MAPPED"
    assert "mapping" in api.post(f"/import/{id}/mapping", {"mapping": []}).broken
    assert upload(api, "Warehouse", "a.csv", CUSTOMERS).type == "RESOURCE_NOT_IMPORTABLE"
    assert api.post("/import/file", {"resource": "Customer"}).status == 400


def test_an_import_is_nobody_elses(api, server):
    id = mapped(api, "Customer", "a.csv", CUSTOMERS, AS_CUSTOMERS)
    other = server.organization()
    customer(other)
    for reply in (
        other.get(f"/import/{id}"), other.get(f"/import/{id}/preview"), other.post(f"/import/{id}/import"),
        other.post(f"/import/{id}/mapping", {"mapping": AS_CUSTOMERS}), api.get("/import/nothing"),
    ):  # fmt: skip
        assert reply.body == {"statusCode": 404, "message": "NotFoundError"}


def test_a_sheet_to_start_from_can_be_imported(api):
    for resource in ("Customer", "Item", "Account", "TaxRate", "ExchangeRate"):
        sheet = api.file(f"/import/sample?resource={resource}&format=csv")
        heads = upload(api, resource, "s.csv", sheet).body
        mapping = [{"from": x["name"], "to": x["key"]} for x in heads["resource_columns"] if not x["group"]]
        id = mapped(api, resource, "s.csv", sheet, mapping)
        assert api.post(f"/import/{id}/import").body["errors"] == [], resource
    assert api.file("/import/sample?resource=SaleInvoice").startswith(b"PK")
    assert api.get("/import/sample?resource=Bill").type == "RESOURCE_NOT_IMPORTABLE"
