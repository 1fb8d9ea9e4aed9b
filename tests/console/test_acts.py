"""What is said before something is done, and of what is still to be done: previews, sums, suggestions."""

import pytest

from tests.console.company import small_company
from tests.console.visitor import visiting


@pytest.fixture
def ada(url):
    company = small_company(url)
    with visiting(url, company.organization) as visitor:
        visitor.company = company
        visitor.sign_in()
        yield visitor


ACTS = {
    "/invoices/2/void": ("Claimed no longer", "Invoice issued reversed"),
    "/invoices/2/write-off": ("Given up", "Bad Debt"),
    "/refunds/1/reverse": ("Free again", "Refund by bank reversed"),
    "/refunds/1/fail": ("Free again", "Refund by bank reversed"),
    "/disputes/1/win": ("Comes back", "Dispute opened reversed"),
    "/disputes/1/lose": ("Stays with the bank", "Disputed Funds"),
    "/credit-notes/1/issue": ("Credit note over", "Credit note issued"),
}
"""What stands over the amount before it is done, and what would be posted."""


def test_what_an_act_would_post_is_shown_before_it_is_done(ada):
    before = ada.get("/books/journal").text.count('class="entry"')
    for path, said in ACTS.items():
        text = ada.get(path).text
        assert all(each in text for each in ("Journal entries", *said)), path
    drafted = ada.get("/credit-notes/1/void").text
    assert "The draft goes" in drafted
    assert "Nothing is posted by it" in drafted
    assert ada.get("/books/journal").text.count('class="entry"') == before
    assert ada.send("/invoices/2/write-off", note="Gone").status_code == 303
    assert "Written off" in ada.get("/invoices/2").text


def test_who_asked_sees_at_once_that_somebody_else_must_approve(ada):
    assert ada.send("/settings/approval", having="threshold", threshold="1").status_code == 303
    assert ada.send("/invoices/1/refund", how="amount", amount="12", where="original").status_code == 303
    assert "$12.00 waiting" in ada.get("/refunds?view=awaiting_approval").text
    assert "You asked for this refund yourself" in ada.get("/refunds/2/approve").text
    grace = ada.another()
    grace.sign_in("grace@northlight.example")
    assert "Bank Account" in grace.get("/refunds/2/approve").text
    assert grace.send("/refunds/2/approve").status_code == 303
    assert "Paid out" in ada.get("/refunds/2").text


def test_a_view_sums_to_what_it_is_about_and_offers_what_is_next(ada):
    assert "$3.00 given back or promised" in ada.get("/refunds").text
    assert ada.send("/refunds/1/fail", reason="account closed").status_code == 303
    failed = ada.get("/refunds?view=failed").text
    for text in ("$3.00 not given back", "account closed", "/refunds/1/retry"):
        assert text in failed
    assert "/refunds/1/retry" not in ada.get("/refunds").text
    assert "/refunds/1/retry" in ada.get("").text


def test_what_is_left_is_suggested_for_the_oldest_invoice(ada):
    assert 'value="10.00"' in ada.get("/payments/1/apply").text
    assert ada.send("/payments/1/apply", **{"part-2": "4"}).status_code == 303
    assert 'value="6.00"' in ada.get("/payments/1/apply").text
    nothing = ada.get("/payments/2/apply").text
    assert "Somebody else has no open invoice in USD" in nothing
    assert "/payments/2/refund" in nothing


def test_the_audit_log_speaks_of_amounts_and_days_and_leads_to_what_it_is_about(ada):
    text = ada.get("/settings/audit?topic=invoice").text
    for said in ("100.00 USD", 'href="/console/', "/invoices/1"):
        assert said in text
    assert "Nothing was told of that" in ada.get("/settings/audit?until=2020-01-01").text
    assert "invoice.issued" in ada.get("/settings/audit.csv?period=this_year").text
    assert ada.get("/settings/audit?since=2026-02-30").status_code == 400


def test_reports_take_a_period_by_its_name(ada):
    now, earlier = (ada.get(f"/books/general-ledger.csv?period={x}").text for x in ("this_year", "last_year"))
    assert "428.00" in now
    assert "428.00" not in earlier
    assert ada.get("/customers/1/statement?period=last_quarter").status_code == 200
