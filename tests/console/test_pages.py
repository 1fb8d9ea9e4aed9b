"""Every page and form without a browser, on both engines: who may see what, what is refused, and how."""

import io
import re
import zipfile
from decimal import Decimal
from urllib.parse import urlsplit

import pytest

from avoir.faces.console.rooms import WAYS
from avoir.faces.console.templates import environment
from tests.console.company import ADA, STRANGER, small_company
from tests.console.visitor import Visitor, visiting


@pytest.fixture
def nobody(url):
    company = small_company(url)
    with visiting(url, company.organization) as visitor:
        visitor.company = company
        yield visitor


@pytest.fixture
def ada(nobody) -> Visitor:
    assert nobody.sign_in().status_code == 303
    return nobody


PLACES = {"id": "1", "form": "csv", "report": "trial-balance", "place": "approval"}


def filled(path: str) -> str:
    """A way's path with something in the place of each name."""
    path = path.replace("/books/accounts/{id}", "/books/accounts/1000")
    return re.sub(r"{(\w+)}", lambda found: PLACES[found[1]], path)


def test_every_page_is_shown_to_who_may_see_it(ada):
    answers = {way.path: ada.get(filled(way.path)).status_code for way in WAYS}
    assert {path: status for path, status in answers.items() if status != 200} == {"/books": 303}


def test_every_page_asks_a_stranger_to_sign_in(nobody):
    for way in WAYS:
        answer = nobody.get(filled(way.path))
        assert answer.status_code == 303, way.path
        assert urlsplit(answer.headers["location"]).path == "/console/sign-in"


def test_another_organization_is_no_different_from_none(ada):
    other, none = ada.another(ada.company.elsewhere), ada.another("0" * 16)
    other.client.cookies = none.client.cookies = ada.client.cookies
    for way in WAYS:
        path = filled(way.path)
        assert other.get(path).status_code == none.get(path).status_code == 404, path
    assert other.get("").text == none.get("").text


def test_what_is_in_another_organization_is_not_there(ada):
    """Eve's books have no documents: Ada's numbers are nobody's there."""
    eve = ada.another(ada.company.elsewhere)
    assert eve.sign_in(STRANGER).status_code == 303
    for room in ("invoices", "credit-notes", "payments", "refunds", "customers", "disputes"):
        assert ada.get(f"/{room}/1").status_code == 200
        assert eve.get(f"/{room}/1").status_code == 404
    token = eve.form("/settings/approval")["token"]
    assert eve.post("/invoices/1/void", {"token": token, "key": "k"}).status_code == 404


def done_by_ada(visitor: Visitor) -> int:
    """How many events the audit log tells of by her: not those of the work that goes on meanwhile."""
    return visitor.get("/settings/audit?actor=user:1").text.count("<tr>")


def test_a_form_from_elsewhere_is_not_read(ada):
    assert ada.send("/settings/approval", having="threshold", threshold="100").status_code == 303
    before = done_by_ada(ada)
    assert before > 1
    for way in (way for way in WAYS if way.submit):
        for token in ("", "0" * 40, "ä"):
            answer = ada.post(filled(way.path), {"token": token, "key": "k", "do": "set", "threshold": "1"})
            assert answer.status_code == 403, way.path
    assert done_by_ada(ada) == before


def test_the_token_of_one_session_is_no_good_in_another(ada):
    token = ada.form("/settings/approval")["token"]
    again = ada.another()
    again.sign_in("grace@northlight.example")
    assert again.post("/invoices/1/void", {"token": token, "key": "k"}).status_code == 403


def test_the_cookie_is_for_us_alone(nobody):
    kept = nobody.sign_in().headers.get_list("set-cookie")[0].lower()
    assert "httponly" in kept
    assert "samesite=lax" in kept
    assert "secure" not in kept


def test_over_https_the_cookie_stays_there(url):
    company = small_company(url)
    with visiting(url, company.organization, base_url="https://books.example") as visitor:
        kept = visitor.get("/console/sign-in").headers.get_list("set-cookie")[0]
        assert kept.startswith("__Host-")
        assert "secure" in kept.lower()


def test_nothing_but_our_own_scripts_and_styles_runs(ada):
    for path in ("", "/invoices/1/refund", "/console/sign-in"):
        answer = ada.get(path)
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "<style" not in answer.text
        assert " style=" not in answer.text
        assert not re.search(r"<script(?![^>]* src=)", answer.text)
        assert not re.search(r"\son\w+=", answer.text)


def test_signing_in_is_throttled(nobody):
    answers = [nobody.sign_in(password="wrong").status_code for _ in range(9)]
    assert answers == [401] * 8 + [429]
    waiting = nobody.sign_in()
    assert waiting.status_code == 429
    assert int(waiting.headers["retry-after"]) > 0
    assert nobody.another().sign_in("grace@northlight.example").status_code == 303


def test_signing_in_leads_back_and_nowhere_else(nobody):
    for asked, leads in (
        (f"/console/{nobody.organization}/refunds", f"/console/{nobody.organization}/refunds"),
        ("//evil.example", "/console/"),
        ("https://evil.example/console/", "/console/"),
        ("/console//evil.example", "/console/"),
        ("/console/\\evil", "/console/"),
    ):
        fields = {"token": "", "next": asked, "email": ADA}
        page = nobody.another()
        found = re.search(r'name="token" value="(\w+)"', page.get("/console/sign-in").text)
        assert found
        fields |= {"token": found[1], "password": "correct horse battery staple"}
        assert page.post("/console/sign-in", fields).headers["location"] == leads


def test_signing_out_needs_our_own_form(ada):
    assert ada.post("/console/sign-out", {"token": "x"}).status_code == 403
    assert ada.get("").status_code == 200
    assert (
        ada.post("/console/sign-out", {"token": ada.form("/settings/approval")["token"]}).status_code == 303
    )
    assert ada.get("").status_code == 303


BAD = (
    "", "0", "-1", "1e400", "NaN", "12.345", "9" * 30, "1,50", "abc", "\0", "' OR 1=1 --", "<b>",
    "2026-02-30", "ä" * 300,
)  # fmt: skip
LISTS = (
    "/invoices", "/credit-notes", "/refunds", "/payments", "/disputes", "/customers", "/books/journal",
    "/books/accounts/1000", "/books/trial-balance", "/customers/1/statement", "/settings/audit", "/search",
)  # fmt: skip
FIELDS = {
    "how": "amount", "where": "account", "amount": "1", "account": "1000", "line": "1", "unit-1": "quantity",
    "much-1": "1", "invoice": "1", "part-1": "1", "on": "2026-11-01", "do": "set", "threshold": "1",
}  # fmt: skip
MORE = ("module", "currency", "rate", "reason", "apply_to", "allocation", "kind", "digest", "percent", "id")


def some_bad(seed: int, count: int) -> list[str]:
    """A few of them, others for each seed."""
    return [BAD[(seed * 5 + i * 3) % len(BAD)] for i in range(count)]


def test_bad_input_is_refused_and_breaks_nothing(ada):
    """Every form, each of its fields in turn with what it cannot take."""
    token, broken = ada.form("/settings/approval")["token"], []
    for at, path in enumerate(filled(way.path) for way in WAYS if way.submit):
        for seed, name in enumerate((*FIELDS, *MORE)):
            for value in some_bad(at + seed, 3 if "invoices/1/refund" in path else 1):
                fields = FIELDS | {"token": token, "key": f"{name}{BAD.index(value)}", name: value}
                if ada.post(path, fields).status_code >= 500:
                    broken.append((path, name, value))
    assert broken == []


def test_bad_addresses_break_nothing(ada):
    broken = []
    for at, path in enumerate(LISTS):
        names = ("q", "view", "customer", "since", "until", "page", "event", "topic", "actor")
        for seed, name in enumerate(names):
            for value in some_bad(at + seed, 2):
                answer = ada.runner.run(ada.client.get(ada._at(path), params={name: value}))
                if answer.status_code >= 500:
                    broken.append((path, name, value))
    nowhere = ("/invoices/2abc", "/invoices/99999999999999999999", "/invoices/-1", "/books/nothing", "/x/y")
    broken += [path for path in nowhere if ada.get(path).status_code != 404]
    assert broken == []


def test_a_form_that_is_sent_twice_is_carried_out_once(ada):
    fields = ada.form("/invoices/1/refund") | {"how": "amount", "amount": "10", "where": "original"}
    first, second = ada.post("/invoices/1/refund", fields), ada.post("/invoices/1/refund", fields)
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    changed = ada.post("/invoices/1/refund", fields | {"amount": "11"})
    assert changed.status_code == 400
    assert "was sent before" in changed.text
    assert ada.get("/refunds").text.count('class="row num"') == 2  # There was one before.


def test_a_preview_writes_nothing_and_says_what_would_be(ada):
    before = ada.get("/books/journal").text.count('class="entry"')
    fields = ada.form("/invoices/1/refund") | {
        "how": "lines",
        "line": "1",
        "unit-1": "percent",
        "much-1": "50",
    }
    answer = ada.post("/invoices/1/refund/preview", fields | {"where": "original"}, **{"HX-Request": "true"})
    assert answer.status_code == 200
    assert "$60.00" in answer.text
    assert "$10.00" in answer.text  # The tax.
    assert "Refund by bank" in answer.text
    assert "<html" not in answer.text
    assert ada.get("/books/journal").text.count('class="entry"') == before


@pytest.mark.parametrize(
    ("said", "total"),
    [
        ({"how": "full"}, "$120.00"),
        ({"how": "amount", "amount": "12"}, "$12.00"),
        ({"how": "percent", "percent": "25"}, "$30.00"),
        ({"how": "tax"}, "$20.00"),
        ({"how": "lines", "line": "1", "unit-1": "quantity", "much-1": "1"}, "$60.00"),
        ({"how": "lines", "line": "1", "unit-1": "amount", "much-1": "6"}, "$6.00"),
        ({"how": "lines", "line": "1", "unit-1": "tax"}, "$20.00"),
        ({"how": "lines", "line": "1"}, "$120.00"),
    ],
)
def test_every_way_of_saying_how_much(ada, said, total):
    for where in ("original", "account", "credit"):
        fields = ada.form("/invoices/1/refund") | {"where": where, "account": "1001"} | said
        answer = ada.post("/invoices/1/refund/preview", fields, **{"HX-Request": "true"})
        assert f"<strong>{total}</strong>" in answer.text, (where, answer.text)


def test_paying_out_of_a_note_and_of_a_payment_is_previewed_too(ada):
    assert ada.send("/credit-notes/1/issue").status_code == 303
    for path, fields, said in (
        ("/credit-notes/1/refund", {"amount": "6"}, ("$6.00", "Refund by bank")),
        ("/credit-notes/1/refund", {"amount": "600"}, ("Nothing would happen yet",)),
        ("/payments/1/refund", {"amount": "10"}, ("$10.00", "Bank Account")),
    ):
        answer = ada.post(f"{path}/preview", ada.form(path) | fields, **{"HX-Request": "true"})
        assert all(each in answer.text for each in said), answer.text
        assert "<html" not in answer.text
    assert ada.send("/credit-notes/1/refund", amount="6").status_code == 303
    assert ada.send("/payments/1/refund", amount="10").status_code == 303
    assert "promises hold" in ada.proven()


def test_a_credit_can_serve_another_invoice_at_once(ada):
    """Invoice 2 of the same customer is open: what invoice 1 credits pays it."""
    sent = ada.send("/invoices/1/refund", how="amount", amount="50", where="invoice", apply_to="2")
    assert sent.status_code == 303
    assert "Credit applied from CN-00001" in ada.get("/invoices/2").text


def test_what_is_refused_is_said_on_the_form_with_what_was_written(ada):
    answer = ada.send("/invoices/1/refund", how="amount", amount="500", where="original")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert 'value="500"' in answer.text


def test_lists_and_reports_are_files_too(ada):
    text = ada.get("/invoices.csv").content.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("Number,Customer,Issued")
    assert "INV-00001" in text
    assert ",120.00," in text
    book = zipfile.ZipFile(io.BytesIO(ada.get("/books/trial-balance.xlsx").content))
    assert "Accounts Receivable (A/R)" in book.read("xl/sharedStrings.xml").decode()
    numbers = re.findall(r"<v>([\d.]+)</v></c>", book.read("xl/worksheets/sheet1.xml").decode())
    # The last row: debits, credits, and that they are the same.
    debit, credit, difference = map(Decimal, numbers[-3:])
    assert debit == credit > 0
    assert difference == 0


def test_whatever_is_on_the_screen_is_a_file_too(ada):
    found = {
        "/customers": "Somebody else",
        "/customers/1/statement": "INV-00002",
        "/books/journal": "Payment received",
        "/books/journal/1": "Accounts Receivable",
        "/books/locks": "Financial",
        "/jobs": "Nobody's",
        "/books/accounts/1000": "PAY-00001",
        "/settings/audit": "invoice.issued",
    }
    for path, text in found.items():
        assert f"{path}.csv" in ada.get(path).text, path
        assert text in ada.get(f"{path}.csv").content.decode("utf-8-sig"), path
        assert ada.get(f"{path}.xlsx").content[:2] == b"PK", path
        assert ada.get(f"{path}.html").status_code == 404, path


def test_a_view_is_saved_for_everybody_opened_and_let_go(ada):
    asked = "/invoices?view=open&period=this_year&q=INV"
    saved = ada.send("/views", page=asked, having="conditions", name="Still to come")
    assert saved.status_code == 303
    grace = ada.another()
    grace.sign_in("grace@northlight.example")
    assert "Still to come" in grace.get("/invoices").text
    text = grace.get(saved.headers["location"]).text
    assert "Save this view" not in text
    assert "INV-00002" in text
    assert "INV-00001" not in text
    assert "Still to come" in grace.get("/views").text
    form = grace.form("/views", having="id")
    assert grace.post("/views", form).status_code == 303
    assert "Still to come" not in ada.get("/invoices").text
    for wrong in ({"room": "elsewhere"}, {"name": ""}, {"name": "x" * 81}):
        assert (
            ada.send("/views", page=asked, having="conditions", **({"name": "A"} | wrong)).status_code == 400
        )


def test_aging_is_as_of_the_day_that_is_asked_for(ada):
    before = ada.get("/books/aging.csv?until=2026-11-01").content.decode("utf-8-sig")
    after = ada.get("/books/aging.csv?until=2026-11-02").content.decode("utf-8-sig")
    assert ",240.00" in before.splitlines()[-1]
    # One was paid with ten too much, and somebody else paid fifty: both are credits.
    assert after.splitlines()[-1].split(",")[-2:] == ["-60.00", "60.00"]


def test_a_name_is_never_a_formula(ada):
    assert "'=1+1" in ada.get("/invoices.csv").text


def test_settings_are_commands_and_show_at_once(ada):
    assert ada.send("/settings/approval", having="threshold", threshold="100.5").status_code == 303
    assert 'value="100.50"' in ada.get("/settings/approval").text
    assert ada.send("/settings/reasons", having="name", name="Late").status_code == 303
    assert "Late" in ada.get("/settings/reasons").text
    made = ada.send("/settings/keys", having="key", do="key", name="Shop")
    assert re.search(r"bc_[0-9a-f]{96}", made.text)
    assert not re.search(r"bc_[0-9a-f]{96}", ada.get("/settings/keys").text)
    assert "approval policy" in ada.get("/settings/audit").text.lower()


def test_a_locked_day_is_refused_and_opened_again(ada):
    assert ada.send("/books/locks", having="to", do="lock", module="all", to="2026-12-31").status_code == 303
    answer = ada.send("/invoices/1/refund", how="full", where="original", on="2026-11-20")
    assert answer.status_code == 400
    assert "Nothing may be posted" in answer.text
    token = ada.form("/books/locks", having="to")["token"]
    assert ada.post("/books/locks", {"token": token, "do": "open", "module": "all"}).status_code == 303
    assert ada.send("/invoices/1/refund", how="full", where="original").status_code == 303


def test_the_books_prove_themselves(ada):
    ada.send("/invoices/1/refund", how="full", where="original")
    assert "promises hold" in ada.proven()


def test_a_file_that_is_cut_off_says_so_and_so_does_its_page(ada, monkeypatch):
    monkeypatch.setattr("avoir.faces.console.exports.FILE_ROWS", 1)
    monkeypatch.setattr("avoir.faces.console.ledger_exports.FILE_LINES", 1)
    monkeypatch.setattr("avoir.faces.console.ledger_exports.FILE_ROWS", 1)
    for name, most in (("file_rows", 1), ("file_lines", 1)):
        monkeypatch.setitem(environment().globals, name, most)
    environment().cache.clear()
    for path, what in (
        ("/invoices", "rows"), ("/customers", "rows"), ("/books/journal", "entries"),
        ("/books/accounts/1000", "rows"), ("/settings/audit", "events"),
    ):  # fmt: skip
        last = ada.get(f"{path}.csv").content.decode("utf-8-sig").splitlines()[-1]
        assert re.search(rf"holds the first 1 of \d+ {what}\. Choose fewer", last), path
        assert "A file holds the first 1 of these" in ada.get(path).text, path
        sheet = zipfile.ZipFile(io.BytesIO(ada.get(f"{path}.xlsx").content))
        assert "holds the first 1 of" in sheet.read("xl/sharedStrings.xml").decode()
    monkeypatch.undo()
    environment().cache.clear()
    assert "holds the first" not in ada.get("/invoices.csv").text + ada.get("/invoices").text
