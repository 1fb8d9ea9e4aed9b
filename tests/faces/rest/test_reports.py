"""Reports against the journal: whatever one says is what the lines sum to, for any day and period."""

import csv
import io

import pytest

from avoir.app.reads import postings
from avoir.core.account import TYPES
from avoir.faces.rest.reports.spans import Span, previous_period, previous_year
from avoir.faces.rest.reports.ways import REPORTS
from tests.faces.rest.api import Api, note
from tests.faces.rest.trade import ALWAYS, cents, summed, trade

YEAR = "fromDate=2026-01-01&toDate=2026-12-31"
DAYS = ("2025-01-01", "2025-03-01", "2025-12-31", "2026-02-02", "2026-03-05", "2026-12-31")


@pytest.fixture
def books(api: Api) -> Api:
    return trade(api)


def ask(api: Api, name: str, query: str = "", **headers: str):
    reply = api.get(f"/reports/{name}?{query}", **headers)
    assert reply.status == 200, reply.text
    return reply.body


def nodes(found: list, under: str = "children") -> dict:
    """Every node of a tree by its id."""
    flat = {}
    for node in found:
        flat[node["id"]] = node
        flat |= nodes(node.get(under, []), under)
    return flat


def amount(node: dict) -> int:
    return cents(node["total"]["amount"])


def types(api: Api) -> dict[int, str]:
    return {x["id"]: x["account_type"] for x in api.get("/accounts?structure=flat").body["accounts"]}


def test_the_balance_sheet_balances_on_every_day(books, url):
    roots = {x: TYPES[type_].root for x, type_ in types(books).items()}
    for on in DAYS:
        data = ask(books, "balance-sheet", f"toDate={on}")["data"]
        assert [(x["id"], x["node_type"]) for x in data] == [
            ("ASSETS", "AGGREGATE"), ("LIABILITY_EQUITY", "AGGREGATE"),
        ]  # fmt: skip
        found = nodes(data)
        assert amount(found["ASSETS"]) == amount(found["LIABILITY_EQUITY"])
        lines = summed(url, "l.booked_on <= :on", on=on)
        assert amount(found["ASSETS"]) == sum(n for id, n in lines.items() if roots[id] == "asset")
        assert amount(found["NET_INCOME"]) == -sum(
            n for id, n in lines.items() if roots[id] in ("income", "expense")
        )
        for id in set(lines) & set(found):
            if not found[id]["children"]:
                assert amount(found[id]) == lines[id] * (1 if roots[id] == "asset" else -1)
        for node in found.values():
            if node.get("children") and node["node_type"] != "ACCOUNT":
                assert amount(node) == sum(amount(each) for each in node["children"])


def test_the_balance_sheet_has_the_nodes_that_clients_look_for(books):
    found = nodes(ask(books, "balance-sheet", "toDate=2026-12-31")["data"])
    kinds = {
        "CURRENT_ASSETS": "AGGREGATE", "CASH_EQUIVALENTS": "ACCOUNTS", "ACCOUNTS_RECEIVABLE": "ACCOUNTS",
        "INVENTORY": "ACCOUNTS", "OTHER_CURRENT_ASSET": "ACCOUNTS", "FIXED_ASSET": "ACCOUNTS",
        "NON_CURRENT_ASSET": "ACCOUNTS", "LIABILITY": "AGGREGATE", "CURRENT_LIABILITY": "ACCOUNTS",
        "LOGN_TERM_LIABILITY": "ACCOUNTS", "NON_CURRENT_LIABILITY": "ACCOUNTS", "EQUITY": "ACCOUNTS",
        "NET_INCOME": "NET_INCOME", 1000: "ACCOUNT",
    }  # fmt: skip
    assert {id: found[id]["node_type"] for id in kinds} == kinds
    bank = found[1000]
    assert (bank["name"], bank["code"], bank["total"]["currency_code"]) == ("Bank Account", "10001", "USD")
    assert [x["code"] for x in found["CASH_EQUIVALENTS"]["children"]] == ["10001", "10002", "10003", "10004"]
    assert [x["name"] for x in found[1003]["children"]] == ["Safe"]
    assert 1005 in found
    few = nodes(ask(books, "balance-sheet", "toDate=2026-12-31&none_zero=true&noneTransactions=true")["data"])
    assert 1005 not in few
    assert "INVENTORY" not in few
    assert amount(few["ASSETS"]) == amount(found["ASSETS"])


def test_a_balance_sheet_is_compared_by_year_and_period(books):
    query = "displayColumnsType=date_periods&displayColumnsBy=year&fromDate=2025-01-01&toDate=2026-12-31"
    more = "&previousYear=true&previousPeriodAmountChange=true&percentageOfColumn=1&percentageOfRow=true"
    reply = ask(books, "balance-sheet", query + more)
    assets, other = reply["data"]
    then, now = assets["horizontal_totals"]
    assert then["to_date"]["date"] == "2025-12-31T00:00:00.000Z"
    assert now["previous_year"]["amount"] == then["total"]["amount"] == now["previous_period"]["amount"]
    assert cents(now["previous_year_change"]["amount"]) == amount(now) - amount(then)
    assert now["previous_year_from_date"]["date"] == "2025-01-01T00:00:00.000Z"
    assert now["previous_period_to_date"]["date"] == "2025-12-31T00:00:00.000Z"
    shares = [x["percentage_column"]["amount"] for x in assets["children"]]
    assert abs(sum(shares) - 1) < 1e-5
    assert other["percentage_row"] == {"amount": 1, "formatted_amount": "100.00%"}
    assert now["percentage_row"]["amount"] == 1
    assert (reply["query"]["previous_year"], reply["query"]["from_date"]) == (True, "2025-01-01")


def test_profit_is_what_income_and_expenses_moved_by(books, url):
    roots = {x: TYPES[type_].root for x, type_ in types(books).items()}
    for since, until in (
        ("2025-01-01", "2025-12-31"),
        ("2026-01-01", "2026-06-30"),
        ("1900-01-01", "2999-12-31"),
    ):
        found = nodes(ask(books, "profit-loss-sheet", f"fromDate={since}&toDate={until}")["data"])
        lines = summed(url, "l.booked_on BETWEEN :a AND :b", a=since, b=until)
        assert amount(found["NET_INCOME"]) == -sum(
            n for id, n in lines.items() if roots[id] in ("income", "expense")
        )
        assert amount(found["GROSS_PROFIT"]) == amount(found["INCOME"]) - amount(found["COST_OF_SALES"])
        assert found["NET_INCOME"]["node_type"] == "EQUATION"
        assert amount(found["NET_INCOME"]) == (
            amount(found["NET_OPERATING_INCOME"]) + amount(found["OTHER_INCOME"])
            - amount(found["OTHER_EXPENSES"])
        )  # fmt: skip


@pytest.mark.parametrize(("by", "columns"), [("year", 2), ("quarter", 6), ("month", 18), ("day", 546)])
def test_columns_of_a_period_sum_to_it(books, by, columns):
    query = f"fromDate=2025-01-01&toDate=2026-06-30&displayColumnsType=date_periods&displayColumnsBy={by}"
    found = nodes(ask(books, "profit-loss-sheet", query)["data"])
    for node in found.values():
        assert len(node["horizontal_totals"]) == columns
        assert sum(amount(each) for each in node["horizontal_totals"]) == amount(node)


def test_a_statement_has_an_end(books):
    query = "fromDate=2000-01-01&toDate=2026-06-30&displayColumnsType=date_periods&displayColumnsBy=day"
    refused = books.get(f"/reports/profit-loss-sheet?{query}")
    assert (refused.status, refused.type) == (400, "TOO_MANY_COLUMNS")


def test_profit_is_shared_out_of_income_and_expenses(books):
    query = f"{YEAR}&percentageIncome=true&percentageExpense=true&percentageColumn=true&previousYear=true"
    found = nodes(ask(books, "profit-loss-sheet", query)["data"])
    assert found["INCOME"]["percentage_income"]["formatted_amount"] == "100.00%"
    assert found["EXPENSES"]["percentage_expense"]["amount"] == 1
    assert found["INCOME"]["previous_year"]["amount"] == 1099.97


def test_cash_flow_ends_at_what_cash_accounts_hold(books, url):
    cash = {x for x, type_ in types(books).items() if type_ in ("cash", "bank")}
    for since, until in (
        ("2025-01-01", "2025-12-31"),
        ("2026-01-01", "2026-12-31"),
        ("2025-03-01", "2026-02-03"),
    ):
        data = ask(books, "cashflow-statement", f"fromDate={since}&toDate={until}")["data"]
        found = nodes(data)
        assert [x["id"] for x in data] == [
            "OPERATING", "INVESTMENT", "FINANCIAL", "CASH_BEGINNING_PERIOD", "NET_CASH_INCREASE",
            "CASH_END_PERIOD",
        ]  # fmt: skip
        before = sum(n for id, n in summed(url, "l.booked_on < :on", on=since).items() if id in cash)
        after = sum(n for id, n in summed(url, "l.booked_on <= :on", on=until).items() if id in cash)
        assert amount(found["CASH_BEGINNING_PERIOD"]) == before
        assert amount(found["CASH_END_PERIOD"]) == after
        assert amount(found["NET_CASH_INCREASE"]) == after - before
        assert amount(found["OPERATING"]) == amount(found["NET_INCOME"]) + amount(found["OPERATING_ACCOUNTS"])
    assert (found[1006]["label"], found[1006]["section_type"]) == ("Accounts Receivable (A/R)", "ACCOUNT")


def test_cash_flow_by_month_sums_to_the_year(books):
    query = f"{YEAR}&displayColumnsType=date_periods&displayColumnsBy=month"
    found = nodes(ask(books, "cashflow-statement", query)["data"])
    for id in ("OPERATING", "INVESTMENT", "FINANCIAL", "NET_CASH_INCREASE"):
        assert sum(amount(each) for each in found[id]["periods"]) == amount(found[id])
    ends = [amount(each) for each in found["CASH_END_PERIOD"]["periods"]]
    assert [amount(each) for each in found["CASH_BEGINNING_PERIOD"]["periods"]][1:] == ends[:-1]


def test_the_trial_balance_is_the_journal(books, url):
    lines = summed(url, "l.booked_on BETWEEN :a AND :b", a="2026-01-01", b="2026-12-31")
    found = nodes(ask(books, "trial-balance-sheet", YEAR)["data"]["accounts"])
    assert {id: cents(x["balance"]) for id, x in found.items() if not x["children"]} == {
        id: lines[id] for id in lines if id != 1003
    }
    assert cents(found[1003]["balance"]) == lines.get(1003, 0) + lines[found[1003]["children"][0]["id"]]
    assert ask(books, "trial-balance-sheet", YEAR)["data"]["total"]["balance"] == 0


def test_the_general_ledger_runs_from_opening_to_closing(books, url):
    reply = ask(books, "general-ledger", f"{YEAR}&noneTransactions=false")
    before, after = summed(url, "l.booked_on < '2026-01-01'"), summed(url)
    found, kinds = nodes(reply["data"]), types(books)
    assert len(found) == len(kinds)
    for id, account in found.items():
        sign = 1 if TYPES[kinds[id]].normal == "debit" else -1
        balance = cents(account["opening_balance"]["amount"])
        assert balance == sign * before.get(id, 0)
        for line in account["transactions"]:
            balance += cents(line["amount"])
            assert cents(line["amount"]) == sign * (cents(line["debit"]) - cents(line["credit"]))
            assert cents(line["running_balance"]) == balance
        assert balance == cents(account["closing_balance"]["amount"]) == sign * after.get(id, 0)
    bank = found[1000]["transactions"]
    assert (bank[0]["reference_type"], bank[0]["note"]) == ("RefundCreditNote", None)
    assert found[1003]["closing_balance_subaccounts"]["amount"] == -60
    few = ask(books, "general-ledger", f"{YEAR}&accountsIds[]=1000&accountsIds[]=1036")["data"]
    assert [x["id"] for x in few] == [1000, 1036]


@pytest.mark.parametrize("size", [1, 2, 3, 5000])
def test_a_ledger_read_page_by_page_is_the_same(books, monkeypatch, size):
    monkeypatch.setattr(postings, "AT_ONCE", size)
    data = ask(books, "general-ledger", ALWAYS)["data"]
    file = books.file(f"/reports/general-ledger?{ALWAYS}", accept="text/csv").decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(file)) if row["Transaction Type"]]
    assert [(x["Account Name"], float(x["Amount"]), float(x["Running Balance"])) for x in rows] == [
        (account["name"], x["amount"], x["running_balance"])
        for account in flattened(data)
        for x in account["transactions"]
    ]


def flattened(accounts: list) -> list:
    """Accounts in their order, each before those under it."""
    return [x for account in accounts for x in (account, *flattened(account["children"]))]


def test_the_journal_holds_every_entry_once(books, url):
    data = ask(books, "journal", ALWAYS)["data"]
    lines: dict[int, int] = {}
    for entry in data:
        assert cents(entry["debit"]) == cents(entry["credit"])
        for x in entry["entries"]:
            moved = cents(x["debit"]) - cents(x["credit"])
            lines[x["account_id"]] = lines.get(x["account_id"], 0) + moved
    assert lines == summed(url)
    assert [x["date"] for x in data] == sorted(x["date"] for x in data)
    refunds = ask(books, "journal", f"{ALWAYS}&transactionType=RefundCreditNote&transactionId=1")["data"]
    assert [(x["reference_id"], x["debit"]) for x in refunds] == [(1, 25.5)]
    assert len(ask(books, "journal", f"{ALWAYS}&fromRange=1000&toRange=1000.01")["data"]) == 1


@pytest.mark.parametrize("on", DAYS)
def test_the_ages_of_claims_sum_to_the_receivable(books, url, on):
    data = ask(books, "receivable-aging-summary", f"asDate={on}")["data"]
    due = summed(url, "l.booked_on <= :on AND l.account_id = 1006", on=on).get(1006, 0)
    assert cents(data["total"]["amount"]) == due
    assert cents(data["current"]["amount"]) + sum(amount(x) for x in data["aging"]) == due
    for row in data["customers"]:
        assert amount(row) == cents(row["current"]["amount"]) + sum(amount(x) for x in row["aging"])
    owed = ask(books, "customer-balance-summary", f"asDate={on}&noneTransactions=false")["data"]
    assert {x["customer_name"]: amount(x) for x in owed["customers"]} == {
        x["customer_name"]: amount(x) for x in data["customers"]
    }
    assert amount(owed["total"]) == due


def test_claims_are_as_old_as_they_were_on_the_day(books):
    reply = ask(books, "receivable-aging-summary", "asDate=2025-02-28")
    first = reply["data"]["customers"][1]
    # The opening balance is 58 days late, the invoice not due yet, and not paid yet.
    assert (first["customer_name"], first["current"]["amount"]) == ("Cust USD", 659.82)
    assert [x["total"]["amount"] for x in first["aging"]] == [0, 77.7, 0]
    assert [(x["before_days"], x["to_days"]) for x in first["aging"]] == [(1, 30), (31, 60), (61, None)]
    assert reply["columns"][0] == {
        "before_days": 1, "to_days": 30, "from_period": "2025-02-27", "to_period": "2025-01-29",
    }  # fmt: skip
    later = ask(books, "receivable-aging-summary", "asDate=2026-02-02&customersIds[]=1&agingPeriods=2")
    (one,) = later["data"]["customers"]
    # The credit note is the customer's until it is used: by what it refunded, and was set against later.
    assert one["current"]["amount"] == -120
    end = ask(books, "receivable-aging-summary", "asDate=2026-12-31&customersIds[]=1")["data"]
    assert end["current"]["amount"] == -44.5
    assert later["query"]["customers_ids"] == [1]


def test_what_moved_a_customers_balance_runs_from_opening_to_closing(books):
    data = ask(books, "transactions-by-customers", YEAR)["data"]
    for row in data:
        balance = cents(row["opening_balance"]["amount"])
        for line in row["transactions"]:
            balance += cents(line["debit"]["amount"]) - cents(line["credit"]["amount"])
            assert cents(line["running_balance"]["amount"]) == balance
        assert balance == cents(row["closing_balance"]["amount"])
    closing = {row["customer_name"]: row["closing_balance"]["amount"] for row in data}
    owed = ask(books, "customer-balance-summary", "asDate=2026-12-31&percentageColumn=true")["data"]
    assert {x["customer_name"]: x["total"]["amount"] for x in owed["customers"]} == closing
    assert abs(sum(x["percentage_of_column"]["amount"] for x in owed["customers"]) - 1) < 1e-5


def test_the_tax_liability_is_what_the_tax_payable_moved_by(books, url):
    data = ask(books, "sales-tax-liability-summary", ALWAYS)["data"]
    assert cents(data["total"]["collected_tax_amount"]["amount"]) == -summed(url)[1013]
    vat = next(x for x in data["tax_rates"] if x["tax_percentage"]["amount"] == 9.975)
    assert (vat["taxable_amount"]["amount"], vat["tax_amount"]["amount"]) == (599.97, 59.85)
    assert vat["tax_percentage"]["formatted_amount"] == "%9.975"
    nothing = ask(books, "sales-tax-liability-summary", YEAR)["data"]["total"]
    assert nothing["tax_amount"]["amount"] == 0
    assert books.get("/reports/sales-tax-liability-summary?basis=other").broken == {"basis": ["isEnum"]}


def test_what_items_sold_is_what_was_earned_on_them(books, url):
    data = ask(books, "sales-by-items", f"{ALWAYS}&noneTransactions=false")["data"]
    assert cents(data["total"]["sold_cost"]) == -summed(url)[1025]
    first = next(x for x in data["items"] if x["id"] == 1000)
    assert (first["quantity_sold"], first["quantity_sold_formatted"]) == (6, "6.00")
    assert len(data["items"]) == 2
    assert len(ask(books, "sales-by-items", ALWAYS)["data"]["items"]) == 1


def test_more_may_come_back_of_an_item_than_was_sold(api):
    note(api, 12.5)
    (sold,) = ask(api, "sales-by-items", ALWAYS)["data"]["items"]
    assert (sold["quantity_sold"], sold["sold_cost"], sold["average_sell_price"]) == (-1, -12.5, 12.5)


def test_a_document_is_found_by_what_it_posted(books):
    def posted(type_: str, id: int) -> list:
        body = ask(books, "transactions-by-reference", f"referenceType={type_}&referenceId={id}")
        return [
            (x["account_code"], x["debit"]["amount"], x["credit"]["amount"]) for x in body["transactions"]
        ]

    assert posted("InvoiceWriteOff", 6) == [("10007", 0, 40), ("40012", 40, 0)]
    assert posted("CustomerOpeningBalance", 1) == [("10007", 77.7, 0), ("30002", 0, 77.7)]
    assert posted("Journal", 2)[0] == ("10005", 60, 0) or posted("Journal", 2)[0][1] == 60
    assert len(posted("RefundCreditNote", 2)) == 4  # And what reverses it.
    assert posted("Bill", 1) == []


def test_every_report_answers_without_a_question_and_in_every_form(books):
    for name in REPORTS:
        assert set(ask(books, name)) >= {"data", "query", "meta"}
        table = ask(books, name, ALWAYS, accept="application/json+table")["table"]
        keys = [key for column in table["columns"] for key in leaves(column)]
        assert table["rows"], name
        for row in table["rows"]:
            assert [cell["key"] for cell in row["cells"]] == keys
            assert row["row_types"]
        assert books.get(f"/reports/{name}", accept="image/png").status == 406
        paper = books.get(f"/reports/{name}?{ALWAYS}", accept="application/pdf")
        assert (paper.status, paper.content[:5]) == (200, b"%PDF-"), name
        text = books.file(f"/reports/{name}?{ALWAYS}", accept="text/csv").decode("utf-8-sig")
        assert len(text.splitlines()) > 1
        assert books.file(f"/reports/{name}?{ALWAYS}", accept="application/xlsx").startswith(b"PK")


def leaves(column: dict) -> list[str]:
    return [key for each in column.get("children", []) for key in leaves(each)] or [column["key"]]


EXTREMES = [
    "fromDate=0001-01-01&toDate=9999-12-31&asDate=0001-01-01",
    "fromDate=9999-12-31&toDate=0001-01-01&asDate=9999-12-31",
    "fromDate=9999-01-01&toDate=9999-12-31&displayColumnsType=date_periods&displayColumnsBy=day"
    "&previousYear=1&previousPeriod=1",
    "fromDate=0001-01-01&toDate=0001-12-31&displayColumnsType=date_periods&displayColumnsBy=month"
    "&previousYear=1&previousPeriod=1&percentageOfRow=1&percentageRow=1",
    "fromDate=2026-03-10&toDate=2026-03-19&previousPeriod=1&numberFormat[precision]=99&noneZero=1"
    "&numberFormat[divideOn1000]=true&numberFormat[negativeFormat]=parentheses&noneTransactions=1",
    "agingPeriods=9007199254740991&agingDaysBefore=9007199254740991&branchesIds[]=1&onlyActive=true",
    "accountsIds=1000,1001,x&customersIds[]=1&itemsIds[]=-1&branchesIds[]=9&numberFormat=x",
]


@pytest.mark.parametrize("query", EXTREMES)
def test_no_question_breaks_a_report(books, query):
    for name in REPORTS:
        for accept in ("application/json", "application/json+table", "text/csv"):
            reply = books.get(f"/reports/{name}?{query}", accept=accept)
            assert reply.status in (200, 400), (name, reply.text)


def test_numbers_are_written_as_they_are_asked_for(books):
    def bank(query: str) -> str:
        body = ask(books, "balance-sheet", f"toDate=2026-12-31&{query}")
        return nodes(body["data"])[1000]["total"]["formatted_amount"]

    assert bank("") == "2,054.51"
    assert bank("numberFormat[precision]=0") == "2,055"
    assert bank("number_format[divide_on1000]=true&number_format[precision]=3") == "2.055"
    assert bank("number_format[format_money]=always") == "$2,054.51"
    safe = "toDate=2026-12-31&numberFormat[negativeFormat]=parentheses"
    petty = nodes(ask(books, "balance-sheet", safe)["data"])[1003]["total"]
    assert (petty["amount"], petty["formatted_amount"]) == (-60, "(60.00)")
    refused = books.get("/reports/balance-sheet?numberFormat[formatMoney]=gold")
    assert refused.broken == {"formatMoney": ["isEnum"]}


PERIODS = [
    ("2026-01-01", "2026-12-31", "2025-01-01", "2025-12-31"),
    ("2024-02-01", "2024-02-29", "2024-01-01", "2024-01-31"),
    ("2024-01-01", "2024-03-31", "2023-10-01", "2023-12-31"),
    ("2026-03-10", "2026-03-19", "2026-02-28", "2026-03-09"),
]


@pytest.mark.parametrize(("since", "until", "before", "end"), PERIODS)
def test_what_came_before_a_period_is_as_long(since, until, before, end):
    assert previous_period(Span(since, until)) == Span(before, end)


def test_a_year_before_the_end_of_february_is_its_end():
    assert previous_year(Span("2024-02-29", "2024-02-29")) == Span("2023-02-28", "2023-02-28")
    assert previous_year(Span("2025-02-01", "2025-02-28")) == Span("2024-02-01", "2024-02-29")
    assert previous_period(Span("2026-03-01", "2026-03-20"), "month") == Span("2026-02-01", "2026-02-20")


def test_a_report_says_on_which_basis_its_figures_stand(books):
    named = [name for name, (_, query) in REPORTS.items() if any(x.name == "basis" for x in query.fields)]
    assert len(named) == 6, named
    for name in named:
        accrual, cash = (ask(books, name, f"{ALWAYS}&basis={basis}") for basis in ("accrual", "cash"))
        assert (cash["query"]["basis"], cash["meta"]["basis"]) == ("cash", "accrual"), name
        assert (cash["data"], cash["meta"]) == (accrual["data"], accrual["meta"]), name
        table = books.get(f"/reports/{name}?{ALWAYS}&basis=cash", accept="application/json+table").body
        assert table["meta"]["basis"] == "accrual", name
