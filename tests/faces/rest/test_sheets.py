"""Lists as files: the same page, its plain fields as columns."""

import csv
import io
from decimal import Decimal

import pytest

from avoir.faces.rest.sheets import rows_of, table_of
from avoir.faces.tables import CSV, spooled
from tests.faces.rest.trade import trade

LISTS = [
    "credit-notes", "sale-invoices", "payments-received", "refunds", "disputes", "customers", "items",
    "accounts", "manual-journals", "exchange-rates", "currencies", "tax-rates", "branches",
]  # fmt: skip


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_every_list_is_had_as_a_file(api):
    trade(api)
    for name in LISTS:
        rows = rows_of(api.get(f"/{name}").body)
        reply = api.get(f"/{name}", accept="text/csv")
        assert (reply.status, reply.headers["content-type"]) == (200, "text/csv; charset=utf-8"), name
        assert reply.headers["content-disposition"] == f'attachment; filename="{name}.csv"'
        lines = read(reply.content)
        if name != "accounts":
            assert len(lines) == len(rows), name
        assert api.file(f"/{name}", accept="application/xlsx").startswith(b"PK"), name
        assert api.get(f"/{name}", accept="application/pdf").status == 406, name
        assert api.get(f"/{name}", accept="text/html, */*;q=0.8").body is not None, name


def test_an_empty_list_has_the_headings_of_a_full_one(api):
    """What is there only now and then, as a branch, may be a column more."""
    names = [name for name in LISTS[:7] if name != "disputes"]
    empty = {name: api.get(f"/{name}?searchKeyword=nobody", accept="text/csv").content for name in names}
    heads = {name: content.decode("utf-8-sig").strip().split(",") for name, content in empty.items()}
    trade(api)
    for name, head in heads.items():
        rows = read(api.get(f"/{name}", accept="text/csv").content)
        assert rows, name
        assert len(head) > 8, name
        assert len(set(head) ^ set(rows[0])) <= 2, (name, set(head) ^ set(rows[0]))


def test_the_file_holds_the_page_that_was_asked_for(api):
    trade(api)
    query = "/sale-invoices?page=2&pageSize=2"
    rows = api.get(query).body["data"]
    lines = read(api.file(query, accept="application/csv"))
    assert [line["Invoice no"] for line in lines] == [row["invoice_no"] for row in rows]
    assert [Decimal(line["Total"]) for line in lines] == [Decimal(str(row["total"])) for row in rows]
    assert {line["Customer"] for line in lines} == {row["customer"]["display_name"] for row in rows}
    assert not [label for label in lines[0] if "formatted" in label.lower()]
    assert api.get("/sale-invoices?columnSortBy=nothing", accept="text/csv").status == 400


def test_accounts_under_an_account_follow_it(api):
    api.made("/accounts", {"name": "Till", "code": "10099", "accountType": "bank", "parentAccountId": 1000})
    tree = api.get("/accounts").body["accounts"]
    flat = api.get("/accounts?structure=flat").body["accounts"]
    assert len(read(api.file("/accounts", accept="text/csv"))) == len(flat) > len(tree)


CELLS = [
    # value                      written
    (None, ""),
    (0, "0"),
    (Decimal("10.50"), "10.50"),
    (False, "false"),
    ("=1+1", "'=1+1"),
    ({"display_name": "Ada"}, "Ada"),
    ({"name": "Main"}, "Main"),
]


@pytest.mark.parametrize(("value", "written"), CELLS)
def test_a_value_is_written_for_machines(value, written):
    with spooled(table_of("Things", [{"id": 1, "thing": value}]), CSV) as file:
        assert read(file.read()) == [{"Id": "1", "Thing": written}]


def test_what_is_no_plain_field_has_no_column():
    row = {"id": 1, "entries": [1], "formatted_total": "$1", "rate_formatted": "1%", "logo": {"key": "x"}}
    assert [column.key for column in table_of("Things", [row]).columns] == ["id"]
    assert table_of("Things", []).columns == []
