"""Long work: begun from a page, done while nobody looks, watched, stopped, gone on with, and done once."""

import csv
import io
import re

import pytest

from avoir.app.reads.verify import Broken, promised
from tests.console.company import small_company
from tests.console.visitor import Visitor, visiting


@pytest.fixture
def ada(url):
    company = small_company(url)
    with visiting(url, company.organization) as visitor:
        visitor.company = company
        visitor.sign_in()
        yield visitor


BOTH = "/invoices/refund-several?invoice=1&invoice=2"


def begun(answer) -> str:
    """The path of the job that a form has begun."""
    assert answer.status_code == 303, answer.text
    return re.search(r"/jobs/\d+", answer.headers["location"])[0]


def ended(visitor: Visitor, path: str) -> str:
    """The page of a job once it has come to its end."""
    return visitor.until(path, lambda text: "Go on" in text or 'class="badge info">Running' not in text)


def test_several_invoices_are_refunded_one_after_the_other(ada):
    page = ada.get(BOTH).text
    assert "$120.00" in page
    assert "Invoice must have received payments" in page or "nothing was received" in page.lower()
    path = begun(ada.send("/invoices/refund-several", page=BOTH, invoice=["1", "2"]))
    text = ended(ada, path)
    assert "2 of 2" in text
    assert "1 refused" in text
    assert "CN-00001" in text
    assert "CN-00001" in ada.get(f"{path}.csv").text
    assert "Refunded" in ada.get("/invoices/1").text


def test_a_dialog_that_is_sent_twice_begins_one_job(ada):
    form = ada.form("/invoices/refund-several?invoice=1")
    paths = {begun(ada.post("/invoices/refund-several", form)) for _ in range(2)}
    assert len(paths) == 1


def test_all_of_a_list_is_what_was_looked_at_and_no_other(ada):
    form = ada.form("/invoices/refund-several?all=1&view=paid")
    assert ada.send("/invoices/2/pay", amount="120", portion="120", account="1000").status_code == 303
    answer = ada.post("/invoices/refund-several", form)
    assert answer.status_code == 400
    assert "Other invoices belong to this choice" in answer.text
    assert "Give 2 invoices back" in answer.text


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"how": "percent", "percent": ""}, "Say what the percentage is"),
        ({"where": "account", "account": ""}, "Choose the account"),
        ({"where": "elsewhere"}, "Say how much is given back"),
        ({"on": "2026-02-30"}, None),
    ],
)
def test_what_cannot_be_is_said_on_the_form(ada, said, sentence):
    answer = ada.send("/invoices/refund-several", page="/invoices/refund-several?invoice=1", **said)
    if sentence is None:  # The day is the law's, piece by piece.
        text = ended(ada, begun(answer))
        assert 'class="badge bad">Failed' in text
    else:
        assert answer.status_code == 400
        assert sentence in answer.text


def test_each_is_credited_by_a_percentage(ada):
    path = begun(
        ada.send(
            "/invoices/refund-several", page=BOTH, invoice=["1", "2"],
            how="percent", percent="25", where="credit",
        )
    )  # fmt: skip
    assert "2 of 2" in ended(ada, path)
    assert "$30.00" in ada.get("/credit-notes").text


def test_a_job_in_the_name_of_nobody_is_stopped_and_does_nothing(ada):
    text = ended(ada, "/jobs/1")
    assert "Go on" in text
    assert "0 of 1" in text
    assert ada.send("/jobs/1/resume", page="/jobs/1").status_code == 303
    assert "0 of 1" in ended(ada, "/jobs/1")


def test_every_line_of_the_ledger_becomes_a_file(ada):
    form = {"since": "2026-01-01", "until": "2026-12-31"}
    path = begun(
        ada.send("/books/general-ledger/lines", page="/books/general-ledger", having="since", **form)
    )
    assert "12 of 12" in ended(ada, path)
    rows = list(csv.reader(io.StringIO(ada.get(f"{path}.csv").content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["Date", "Entry", "Event", "Document"]
    assert {row[3] for row in rows[1:]} >= {"INV-00001", "PAY-00001"}
    assert sum(round(float(row[10]) * 100) for row in rows[1:]) == sum(
        round(float(row[11]) * 100) for row in rows[1:]
    )
    assert ada.get(f"{path}.xlsx").content[:2] == b"PK"
    assert ada.get(f"{path}.pdf").status_code == 404


def test_a_period_longer_than_a_job_is_refused(ada):
    form = {"since": "0001-01-01", "until": "9999-12-31"}
    answer = ada.send("/books/general-ledger/lines", page="/books/general-ledger", having="since", **form)
    assert answer.status_code == 400
    assert "At most 5000 at once" in answer.text


def test_a_refund_that_failed_is_tried_again_out_of_another_account(ada):
    assert ada.send("/refunds/1/fail", reason="account closed").status_code == 303
    page = ada.get("/refunds/1")
    assert "Try again" in page.text
    answer = ada.send("/refunds/1/retry", way="account:1001")
    assert answer.status_code == 303
    made = re.search(r"/refunds/\d+", answer.headers["location"])[0]
    text = ada.get(made).text
    assert "In the place of" in text
    assert "account closed" in text
    assert "asked for again" in ada.get("/refunds/1").text
    again = ada.send("/refunds/1/retry", way="rail:nobody")
    assert again.status_code == 400


def test_the_books_are_proven_promise_by_promise_while_one_may_leave(ada, monkeypatch):
    assert "Not asked yet" in ada.get("/settings/proof").text
    text = ada.proven()
    assert f"All {len(promised())} promises hold, begun by Ada" in text
    assert "Broken" not in text

    def broken(query, name):
        return Broken(name, 1, "balances", {"account_id": 7}) if name == promised()[0][0] else None

    monkeypatch.setattr("avoir.app.reads.verify.broken", broken)
    text = ada.proven()
    assert f"1 of {len(promised())} promises are broken" in text
    assert "balances account_id=7" in text


SHEET = """Customer;Amount;Date;Account;Invoice
Somebody else;10;2026-11-05;10001;
=1+1;120;2026-11-06;Bank Account;INV-00002
Nobody;1;2026-11-06;10001;
Somebody else;much;2026-11-06;10001;
"""
UNREADABLE = (
    "", "name,currency\n", "name\nGrace\n", "name,currency,what\nGrace,USD,1\n",
    "name,name,currency\na,b,USD\n",
)  # fmt: skip


def test_payments_are_imported_row_by_row(ada):
    form = ada.form("/jobs/import") | {"kind": "import_payments", "sheet": SHEET}
    assert "4 of 4 rows" in ada.post("/jobs/import/preview", form).text
    path = begun(ada.send("/jobs/import", kind="import_payments", sheet=SHEET))
    text = ended(ada, path)
    assert "2 refused" in text
    assert "Amount is a number" in text
    assert "There is no customer &#39;Nobody&#39;, or more than one" in text
    assert 'class="badge good">Paid' in ada.get("/invoices/2").text


def test_customers_are_imported_and_a_sheet_that_cannot_be_read_is_not(ada):
    text = ended(ada, begun(ada.send("/jobs/import", sheet="name,currency\nGrace,USD\nAda,XXX\n")))
    assert "1 refused" in text
    assert "Grace" in ada.get("/customers").text
    for sheet in UNREADABLE:
        assert ada.send("/jobs/import", sheet=sheet).status_code == 400, sheet
