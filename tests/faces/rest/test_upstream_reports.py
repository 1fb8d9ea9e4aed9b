"""What contract B's own specifications expect of its reports: deltas over what was there, orders, columns."""

import pytest

from tests.faces.rest.api import Api

Y22, Y23, Y24 = "2022-12-31", "2023-12-31", "2024-12-31"
FY2023 = f"fromDate=2023-01-01&toDate={Y23}"
BY_YEAR = f"fromDate=2022-01-01&toDate={Y23}&displayColumnsType=date_periods&displayColumnsBy=year"

JOURNALS = [
    # on           debit    credit   amount
    ("2022-06-01", "10001", "30003", 10_000),
    ("2022-06-02", "10007", "50002", 500),
    ("2023-01-15", "10001", "50002", 3_000),
    ("2023-02-10", "40004", "20001", 800),
    ("2023-03-01", "20001", "10001", 300),
    ("2023-04-01", "10001", "50005", 200),
    ("2023-05-01", "10005", "10001", 1_200),
    ("2023-06-01", "10004", "10001", 100),
    ("2024-01-01", "10001", "50002", 999),
]


@pytest.fixture
def by_code(api: Api) -> dict[str, int]:
    """The chart's ids by code; where two accounts have one, as for 30003, the later one."""
    return {x["code"]: x["id"] for x in api.get("/accounts?structure=flat").body["accounts"]}


@pytest.fixture
def books(api: Api, by_code: dict[str, int]) -> Api:
    for on, debit, credit, amount in JOURNALS:
        post(api, by_code, on, {debit: amount, credit: -amount})
    return api


def post(api: Api, ids: dict[str, int], on: str, sides: dict[str, int]) -> None:
    """A published journal; whoever it is with stands on what is receivable or payable."""
    entries = []
    for index, (code, amount) in enumerate(sides.items(), 1):
        entry = {"index": index, "accountId": ids[code], "debit": max(amount, 0), "credit": max(-amount, 0)}
        entries.append(entry | ({"contactId": 1} if code in ("10007", "20001") else {}))
    api.made("/manual-journals", {"date": on, "reference": "x", "publish": True, "entries": entries})


def nodes(found: list) -> dict:
    flat = {}
    for node in found:
        flat.setdefault(node.get("id"), node)
        flat = nodes(node.get("children") or []) | flat
    return flat


def sheet(api: Api, query: str) -> dict:
    return nodes(api.get(f"/reports/balance-sheet?{query}").body["data"])


def amounts(found: dict, *ids) -> list:
    return [found[id]["total"]["amount"] for id in ids]


def test_accounts_stand_where_their_type_belongs(books, by_code):
    found = sheet(books, FY2023)
    for code, group, amount in (
        ("10001", "CASH_EQUIVALENTS", 11_600), ("10004", "CASH_EQUIVALENTS", 100),
        ("10007", "ACCOUNTS_RECEIVABLE", 500), ("10005", "FIXED_ASSET", 1_200),
        ("20001", "CURRENT_LIABILITY", 500), ("50005", "CURRENT_LIABILITY", 200),
        ("30003", "EQUITY", 10_000), ("30001", "EQUITY", 0),
    ):  # fmt: skip
        id = by_code[code]
        assert (found[id]["code"], found[id]["total"]["amount"]) == (code, amount)
        assert id in [x["id"] for x in found[group]["children"]], code
    assert amounts(found, "CASH_EQUIVALENTS", "CURRENT_LIABILITY", "NET_INCOME") == [11_700, 700, 2_700]
    assert amounts(found, "ASSETS", "LIABILITY_EQUITY") == [13_400, 13_400]


def test_every_node_has_a_name_a_kind_and_an_amount(books):
    for node in sheet(books, FY2023).values():
        assert node["name"]
        assert node["node_type"]
        assert isinstance(node["total"]["amount"], int | float)
        assert node["total"]["currency_code"] == "USD"


def test_a_balance_sheet_looks_at_its_last_day_only(books, by_code):
    bank = by_code["10001"]
    assert amounts(sheet(books, f"fromDate=2023-06-01&toDate={Y23}"), bank) == [11_600]
    assert amounts(sheet(books, f"fromDate=2023-01-01&toDate={Y24}"), bank) == [12_599]


def test_columns_of_years_are_what_stood_at_their_ends(books, by_code):
    more = "&previousPeriod=true&previousPeriodAmountChange=true&previousPeriodPercentageChange=true"
    found = sheet(books, BY_YEAR + more)
    ends = {id: [x["total"]["amount"] for x in node["horizontal_totals"]] for id, node in found.items()}
    assert ends[by_code["10001"]] == [10_000, 11_600]
    assert ends["NET_INCOME"] == [500, 2_700]
    under = [ends[x["id"]] for x in found["CURRENT_ASSETS"]["children"]]
    assert ends["CURRENT_ASSETS"] == [sum(each) for each in zip(*under, strict=True)]
    for which in ("NET_INCOME", by_code["10001"]):
        first, second = found[which]["horizontal_totals"]
        assert second["previous_period"]["amount"] == first["total"]["amount"]
        change = second["total"]["amount"] - second["previous_period"]["amount"]
        assert second["previous_period_change"]["amount"] == change
        assert {"previous_period_percentage", "previous_period_from_date", "previous_period_to_date"} <= set(
            second
        )


def test_a_year_before_is_compared(books, by_code):
    query = f"{FY2023}&previousYear=true&previousYearAmountChange=true"
    found, bank, owed = sheet(books, query), by_code["10001"], by_code["10007"]
    before = {id: found[id]["previous_year"]["amount"] for id in (bank, owed, "NET_INCOME")}
    assert before == {bank: 10_000, owed: 500, "NET_INCOME": 500}
    assert found[bank]["previous_year_change"]["amount"] == 1_600
    both = [found[id]["previous_year"]["amount"] for id in ("ASSETS", "LIABILITY_EQUITY")]
    assert both == [10_500, 10_500]
    assert sheet(books, f"{FY2023}&previousPeriod=true")[bank]["previous_period"]["amount"] == 10_000


@pytest.mark.parametrize("wish", ["noneZero", "noneTransactions"])
def test_accounts_without_a_balance_are_left_out_if_wanted(books, wish):
    few = [x for x in sheet(books, f"{FY2023}&{wish}=true").values() if x["node_type"] == "ACCOUNT"]
    assert few
    assert all(x["total"]["amount"] for x in few)


def test_parts_of_a_column_sum_to_one(books, by_code):
    found = sheet(books, f"{FY2023}&percentageOfColumn=true")
    parts = [x["percentage_column"]["amount"] for x in found["ASSETS"]["children"]]
    assert round(sum(parts), 2) == 1
    assert "%" in found[by_code["10001"]]["percentage_column"]["formatted_amount"]


def test_a_balance_sheet_is_served_in_every_form(books):
    reply = books.get(f"/reports/balance-sheet?{FY2023}", accept="application/json+table")
    table = reply.body["table"]
    assert [x["key"] for x in table["columns"]][:2] == ["name", "total"]
    rows = nodes(table["rows"])
    assert [x["key"] for x in rows["ASSETS"]["cells"]] == ["name", "total"]
    assert "AGGREGATE" in rows["ASSETS"]["row_types"]
    assert '"TOTAL"' in reply.text
    file = books.read(f"/reports/balance-sheet?{FY2023}", accept="application/csv")
    assert file.headers["content-type"].startswith("text/csv")
    assert "Total" in file.text
    assert file.text.count("\n") > 3
    file = books.read(f"/reports/balance-sheet?{FY2023}", accept="application/xlsx")
    assert "openxmlformats-officedocument.spreadsheetml.sheet" in file.headers["content-type"]
    assert file.content[:2] == b"PK"


def test_cash_flows_from_what_was_earned(books):
    def flow(query, **headers):
        return books.get(f"/reports/cashflow-statement?{query}", **headers).body

    found = nodes(flow(FY2023)["data"])
    operating = found["OPERATING"]["total"]["amount"]
    assert operating == sum(amounts(found, "NET_INCOME", "OPERATING_ACCOUNTS"))
    begin, more, end = amounts(found, "CASH_BEGINNING_PERIOD", "NET_CASH_INCREASE", "CASH_END_PERIOD")
    assert (begin, more, end) == (10_000, 1_700, 11_700)
    rows = nodes(flow(FY2023, accept="application/json+table")["table"]["rows"])
    (cell,) = [x["value"] for x in rows["OPERATING"]["cells"] if x["key"] == "total"]
    assert cell == found["OPERATING"]["total"]["formatted_amount"] != ""
    years = nodes(flow(f"{FY2023}&displayColumnsType=date_periods&displayColumnsBy=year")["data"])
    assert [x["total"]["amount"] for x in years["CASH_BEGINNING_PERIOD"]["periods"]] == [10_000]


def family(api: Api, type_: str, lead: str) -> dict[str, int]:
    """A parent with three accounts under it and one beside it, made in no order of their codes."""
    ids: dict[str, int] = {}
    for tail, parent in (("50", ""), ("20", ""), ("90", "50"), ("70", "50"), ("10", "50")):
        body = {"name": f"{type_} {tail}", "code": f"{lead}{tail}", "accountType": type_}
        if parent:
            body["parentAccountId"] = ids[lead + parent]
        ids[lead + tail] = api.made("/accounts", body)["id"]
    return ids


def siblings(value, id, name):
    """The list in which a report's node of an account stands."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return None
    for each in value:
        if isinstance(each, dict) and each.get("id") == id and name in (each.get("name"), each.get("label")):
            return value
    return next((found for each in value if (found := siblings(each, id, name))), None)


@pytest.mark.parametrize(
    ("report", "type_"),
    [
        ("profit-loss-sheet", "expense"), ("trial-balance-sheet", "expense"), ("general-ledger", "expense"),
        ("balance-sheet", "other-current-asset"), ("cashflow-statement", "other-current-asset"),
    ],
)  # fmt: skip
def test_accounts_stand_in_the_order_of_the_chart(api, report, type_):
    ids = family(api, type_, "9123")
    post(api, ids, "2021-06-15", {"912390": 30, "912370": 20, "912310": 10, "912320": -60})
    period = "fromDate=2021-06-01&toDate=2021-06-30&noneZero=false&noneTransactions=false"
    report_ = api.get(f"/reports/{report}?{period}").body
    beside = siblings(report_, ids["912350"], f"{type_} 50")
    order = [x.get("id") for x in beside if x.get("id") in ids.values()]
    if report == "cashflow-statement":
        assert order == [ids[f"9123{tail}"] for tail in ("20", "50", "10", "70", "90")]
        return
    assert order == [ids["912320"], ids["912350"]]
    (parent,) = [x for x in beside if x.get("id") == ids["912350"]]
    assert [x["id"] for x in parent["children"]] == [ids[f"9123{tail}"] for tail in ("10", "70", "90")]
