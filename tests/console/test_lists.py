"""Lists as they are looked through: sorted by any column, by who owes, and taken home in the same order."""

import re
from decimal import Decimal

import pytest

from avoir.app.invoices import CreateInvoice
from avoir.app.reads.console_customers import ORDERS as CUSTOMER_ORDERS
from avoir.app.reads.console_lists import LISTINGS
from avoir.app.reads.jobs import ORDERS as JOB_ORDERS
from avoir.core.document import Line, Wording
from avoir.faces.access import UTC_ZONE
from avoir.faces.door import envelope
from tests.console.company import small_company
from tests.console.visitor import visiting


@pytest.fixture
def ada(url):
    company = small_company(url)
    with visiting(url, company.organization) as visitor:
        visitor.company = company
        visitor.sign_in()
        yield visitor


COLUMNS = {f"/{room}": tuple(listing.columns) for room, listing in LISTINGS.items()}
COLUMNS |= {"/customers": tuple(CUSTOMER_ORDERS), "/jobs": tuple(JOB_ORDERS)}
REPORTS = {"trial-balance": 5, "general-ledger": 6, "aging": 8}
"""Reports whose rows belong to nothing, and how many columns each has."""


def shown(visitor, path: str) -> list[str]:
    """What stands in the first column of a list, from above."""
    return re.findall(r'<a class="row[^>]*>([^<]+)</a>', visitor.get(path).text)


def sorted_by(text: str) -> list[tuple[str, str]]:
    """Each head of a list that is sorted by, and how."""
    return re.findall(r'aria-sort="(\w+)"><a class="sort" href="[^"]*">([^<]+)</a>', text)


def test_every_list_is_sorted_by_each_of_its_columns_both_ways(ada):
    for path, columns in COLUMNS.items():
        all_of_it = sorted(shown(ada, path))
        for column in columns:
            for way, now in (("", "ascending"), ("-", "descending")):
                text = ada.get(f"{path}?sort={way}{column}").text
                assert [how for how, _ in sorted_by(text)] == [now], (path, column)
                assert sorted(shown(ada, f"{path}?sort={way}{column}")) == all_of_it
        assert text.count('class="sort"') == len(columns), path


def test_every_flat_report_is_sorted_by_each_of_its_columns_and_its_sum_stays_below(ada):
    for report, columns in REPORTS.items():
        for column in range(columns):
            text = ada.get(f"/books/{report}?sort=-{column}").text
            assert [how for how, _ in sorted_by(text)] == ["descending"], (report, column)
            file = ada.get(f"/books/{report}.csv?sort=-{column}").content.decode("utf-8-sig")
            assert "Total" in file.splitlines()[-1]
    assert 'class="sort"' not in ada.get("/books/balance-sheet").text


ORDERED = [
    ("/payments?sort=total", ["PAY-00002", "PAY-00001"]),
    ("/payments?sort=-total", ["PAY-00001", "PAY-00002"]),
    ("/payments?sort=customer", ["PAY-00001", "PAY-00002"]),
    ("/payments?sort=-customer", ["PAY-00002", "PAY-00001"]),
    ("/payments?sort=state", ["PAY-00002", "PAY-00001"]),  # What a bank disputes comes first.
    ("/invoices?sort=open", ["INV-00001", "INV-00002"]),
    ("/invoices?sort=-open", ["INV-00002", "INV-00001"]),
    ("/invoices?sort=number", ["INV-00001", "INV-00002"]),
    ("/invoices?sort=state", ["INV-00002", "INV-00001"]),  # What is still due, then what is paid.
    ("/invoices", ["INV-00002", "INV-00001"]),  # The newest first.
    ("/invoices?sort=t.id;DROP", ["INV-00002", "INV-00001"]),
    ("/invoices?sort=--open", ["INV-00002", "INV-00001"]),
    ("/customers", ["=1+1", "Somebody else"]),
    ("/customers?sort=-name", ["Somebody else", "=1+1"]),
    ("/customers?sort=balance", ["Somebody else", "=1+1"]),
    ("/customers?view=owes", ["=1+1"]),
    ("/customers?view=owed", ["Somebody else"]),
    ("/customers?view=nobody", ["=1+1", "Somebody else"]),
]


def test_a_list_stands_in_the_order_that_is_asked_for(ada):
    assert [(path, shown(ada, path)) for path, _ in ORDERED] == ORDERED


def test_sorting_keeps_the_filter_and_paging_and_filing_keep_the_order(ada, monkeypatch):
    text = ada.get("/payments?q=PAY&view=unapplied&sort=total").text
    assert "payments?view=unapplied&amp;q=PAY&amp;sort=-total" in text
    assert "payments.csv?view=unapplied&amp;q=PAY&amp;sort=total" in text
    assert '<option value="total" selected>' in text
    file = ada.get("/payments.csv?sort=total").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in file[1:]] == ["PAY-00002", "PAY-00001"]
    assert "customers.csv?view=owed&amp;q=body" in ada.get("/customers?q=body&view=owed").text
    owed = ada.get("/customers.csv?view=owed").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in owed[1:]] == ["Somebody else"]
    saved = ada.send("/views", page="/payments?sort=total", having="conditions", name="Smallest first")
    assert saved.headers["location"].endswith("/payments?sort=total")


def test_who_owes_and_who_is_owed_are_told_in_all(ada):
    text = ada.get("/customers").text
    # One owes 120 of which it paid ten too much; the other paid 50, of which 3 went back and 5 are disputed.
    assert re.sub(r"\s+", " ", text).count("$110.00 owed by customers; $47.00 owed to them") == 1
    for view, count in (("", 2), ("owes", 1), ("owed", 1)):
        assert re.search(
            rf"customers{'[?]view=' + view if view else ''}\"[^>]*>[A-Z][a-z ]+<span>{count}<", text
        )


def test_who_owes_in_another_currency_than_their_own_owes_all_the_same(ada):
    """Somebody else, who is owed 47 dollars, is billed 90 euros besides."""
    line = Line(Decimal(1), Decimal(90), description="Abroad")
    bill = CreateInvoice(
        customer_id=2, issued_on="2026-11-04", due_on="2026-12-04", wording=Wording((line,)), issue=True,
        currency="EUR", exchange_rate=Decimal("1.1"),
    )  # fmt: skip
    asked = envelope(ada.company.tenancy_id, bill, actor="test", zone=UTC_ZONE)
    ada.runner.run(ada.app.state.door.ask(asked))
    for view in ("owes", "owed"):
        assert "Somebody else" in shown(ada, f"/customers?view={view}"), view
    text = re.sub(r"\s+", " ", ada.get("/customers").text)
    assert text.count("$110.00, €90.00 owed by customers; $47.00 owed to them") == 1
    cells = re.search(r"Somebody else</a>.*?</tr>", text)[0]
    assert re.findall(r"-?[$€][0-9.]+", cells) == ["-$47.00", "€90.00"]
    assert "Owes in all</span><strong>€90.00" in ada.get("/customers/2").text
    file = ada.get("/customers.csv?q=body").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[3:] for line in file[1:]] == [["USD", "-47.00"], ["EUR", "90.00"]]
    assert ada.get("/customers.csv?view=owes").content.decode("utf-8-sig").count("Somebody else") == 2


PAPERS = {
    "/invoices/1": "invoice-inv-00001",
    "/credit-notes/1": "credit-note",
    "/payments/1": "payment-received-pay-00001",
    "/refunds/1": "refund-rf-00001",
    "/customers/2/statement": "statement-somebody-else",
}


def test_a_document_is_taken_home_as_pdf(ada):
    for path, name in PAPERS.items():
        assert f"{path}.pdf" in ada.get(path).text, path
        answer = ada.get(f"{path}.pdf")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}.pdf"'
        assert answer.content[:5] == b"%PDF-"
        assert answer.content == ada.get(f"{path}.pdf").content
    for path in ("/invoices/99.pdf", "/refunds/99.pdf", "/refunds/x.pdf", "/customers/99/statement.pdf"):
        assert ada.get(path).status_code == 404, path


def test_a_refund_towards_payments_says_why(ada):
    made = ada.send("/invoices/1/refund", how="amount", amount="12", where="original", note="Came late")
    assert "Came late" in ada.get(made.headers["location"].partition(ada.organization)[2]).text
    long = ada.send("/invoices/1/refund", how="amount", amount="1", where="original", note="x" * 70_000)
    assert long.status_code == 400
    assert "longer than" in long.text


def test_a_payment_is_disputed_or_paid_back_whatever_it_is_applied_to(ada):
    assert shown(ada, "/payments?view=disputed") == ["PAY-00002"]
    assert "$5.00 held by banks" in ada.get("/payments?view=disputed").text
    assert 'badge bad">Disputed' in ada.get("/payments/2").text
    assert shown(ada, "/payments?view=refunded") == ["PAY-00002"]
    ada.send("/invoices/1/refund", how="amount", amount="12", where="original")
    assert shown(ada, "/payments?view=refunded") == ["PAY-00002", "PAY-00001"]
    assert "$15.00 paid back" in ada.get("/payments?view=refunded").text


def test_the_preview_says_where_each_part_goes(ada):
    text = ada.send("/invoices/1/refund/preview", page="/invoices/1/refund", how="full").text
    assert "to PAY-00001, out of Bank Account" in text
