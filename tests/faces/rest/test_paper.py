"""Documents on paper: HTML and PDF as the client's Accept wants, the link to an invoice, and mail."""

import pytest

from avoir.faces.paper import Paper, Sum, html, pdf
from tests.faces.rest.api import Api, customer, invoice, note

LINE = {"index": 1, "itemId": 1000, "rate": 100, "quantity": 2, "description": "<b>oak</b> #eval(1)"}
HTML, PDF = "application/json+html", "application/pdf"


@pytest.fixture
def shop(api: Api) -> Api:
    """One invoice with two taxes and a discount, one credit note, one payment; a customer with an address."""
    api.put(
        "/customers/1", {"displayName": "Ann & Co", "email": "ann@example.test", "billingAddress1": "1 Way"}
    )
    rate = api.made("/tax-rates", {"name": "VAT", "code": "V", "rate": 20})["id"]
    other = api.made("/tax-rates", {"name": "City", "code": "C", "rate": "1.5"})["id"]
    lines = [LINE | {"taxRateId": rate}, LINE | {"taxRateId": other}]
    invoice(api, entries=lines, discount=10, adjustment=5, invoiceMessage="Thanks")
    note(api, 30, note="back")
    entry = {"invoiceId": 1, "paymentAmount": 50}
    paid = {"customerId": 1, "paymentDate": "2026-06-10", "depositAccountId": 1000, "entries": [entry]}
    api.made("/payments-received", paid)
    return api


DOCUMENTS = [
    # address                 its number     what stands on it
    ("/sale-invoices/1", "INV-00001", ["Ann &amp; Co", "1 Way", "VAT 20%", "City 1.5%", "Adjustment",
                                       "Thanks", "&lt;b&gt;oak&lt;/b&gt; #eval(1)", "$408.00", "Acme"]),
    ("/credit-notes/1", "CN-00001", ["Ann &amp; Co", "Widget service", "$30.00", "back"]),
    ("/payments-received/1", "PAY-00001", ["Ann &amp; Co", "INV-00001", "$50.00"]),
]  # fmt: skip


def test_a_document_is_told_in_the_form_that_is_wanted(shop):
    for path, number, told in DOCUMENTS:
        assert shop.get(path).body["id"] == 1
        assert shop.get(path, accept="application/json, text/plain, */*").body["id"] == 1
        page = shop.get(path, accept=HTML)
        assert page.status == 200
        for words in (number, *told):
            assert words in page.body["html_content"], (path, words)
        paper = shop.read(path, accept=PDF)
        assert (paper.status_code, paper.headers["content-type"]) == (200, PDF)
        assert paper.content.startswith(b"%PDF-")
        assert f'{number.lower()}.pdf"' in paper.headers["content-disposition"]
        refused = shop.get(path, accept="image/png")
        assert (refused.status, refused.body["statusCode"]) == (406, 406)
        assert shop.get(path.replace("1", "7"), accept=PDF).status in (400, 404)
    assert "INV-00001" in shop.get("/sale-invoices/1/html").body["html_content"]


def test_the_same_page_is_the_same_file(shop):
    first, second = (shop.read("/sale-invoices/1", accept=PDF).content for _ in range(2))
    assert first == second


def test_what_people_write_is_no_language(shop):
    nasty = '#panic() $x$ @a <label> */ // \\ "quoted" {Customer Name} ${{7*7}} \u202e 漢字'
    paper = Paper("T", nasty, [nasty], [nasty], [(nasty, nasty)], ["a", "b"], [[nasty, nasty]],
                  [Sum(nasty, nasty)], [(nasty, nasty)], nasty)  # fmt: skip
    assert shop.runner.run(pdf(paper)).startswith(b"%PDF-")
    assert "<label>" not in html(paper)
    many = Paper("T", "1", [], [], [], ["a"], [["x" * 200]] * 1000, [])
    assert shop.runner.run(pdf(many)).startswith(b"%PDF-")


def test_an_invoice_is_shown_to_whoever_has_its_link(shop):
    link = shop.made("/sale-invoices/1/generate-link", {})["link"]
    assert shop.made("/sale-invoices/1/generate-link", {})["link"] == link
    token = link.split("/payment/")[1]
    nobody = shop.as_()
    shared = nobody.get(f"/payment-links/{token}/invoice").body["data"]
    assert (shared["invoice_no"], shared["due_amount"], shared["customer_name"]) == (
        "INV-00001",
        358,
        "Ann & Co",
    )
    page = nobody.read(f"/../payment/{token}")
    assert (page.status_code, "INV-00001" in page.text) == (200, True)
    assert "script" not in page.headers["content-security-policy"]
    file = nobody.read(f"/../payment/{token}/pdf")
    assert (file.status_code, file.content[:5]) == (200, b"%PDF-")
    organization, id, mac = token.split(".")
    other = shop.organization()
    for wrong in (
        f"{organization}.{int(id) + 1}.{mac}", f"{organization}.{id}.{mac[:-1]}", f"{organization}.{id}.",
        "x", f"{organization}.{id}.{'0' * len(mac)}", f"{organization}.é.{mac}", f"x.{id}.{mac}", token + "0",
    ):  # fmt: skip
        assert nobody.get(f"/payment-links/{wrong}/invoice").status == 404, wrong
        assert nobody.read(f"/../payment/{wrong}").status_code == 404, wrong
        assert nobody.read(f"/../payment/{wrong}/pdf").status_code == 404, wrong
    assert other.post("/sale-invoices/1/generate-link").type == "SALE_INVOICE_NOT_FOUND"
    assert shop.post("/sale-invoices/7/generate-link").type == "SALE_INVOICE_NOT_FOUND"


def test_a_voided_invoice_has_no_link_any_more(api):
    invoice(api)
    token = api.made("/sale-invoices/1/generate-link", {})["link"].split("/payment/")[1]
    assert api.delete("/sale-invoices/1").status == 200
    assert api.get(f"/payment-links/{token}/invoice").status == 404


def test_what_a_mail_would_say(shop):
    said = shop.get("/sale-invoices/1/mail").body
    assert (said["to"], said["customer_name"], said["company_name"]) == (
        ["ann@example.test"],
        "Ann & Co",
        "Acme",
    )
    assert said["to_options"] == [{"mail": "ann@example.test", "label": "Ann & Co", "primary": True}]
    assert said["invoice_no"] == "INV-00001"
    assert said["format_args"]["Invoice Amount"] == "$408.00"
    paid = shop.get("/payments-received/1/mail").body
    assert paid["entries"] == [{"invoice_number": "INV-00001", "paid_amount": "$50.00"}]
    assert (paid["payment_number"], paid["total"], paid["payment_date"]) == (
        "PAY-00001", 50, "2026-06-10T00:00:00.000Z",
    )  # fmt: skip
    assert shop.get("/credit-notes/1/mail").body["credit_note_number"] == "CN-00001"
    assert shop.get("/sale-invoices/7/mail").type == "SALE_INVOICE_NOT_FOUND"
    assert shop.get("/payments-received/7/mail").type == "PAYMENT_RECEIVE_NOT_EXISTS"
    assert shop.get("/credit-notes/7/mail").type == "CREDIT_NOTE_NOT_FOUND"


def test_a_document_is_sent_with_its_pdf(shop):
    sent = shop.post(
        "/sale-invoices/1/mail", {"subject": "For {Customer Name}", "body": "{Nobody} {{Invoice Number}"}
    )
    assert (sent.status, sent.body["success"]) == (200, True)
    (mail,) = shop.mails()
    assert (mail["To"], mail["Subject"]) == ("ann@example.test", "For Ann & Co")
    text, file = mail.iter_parts()
    assert text.get_content().strip() == "{Nobody} {INV-00001"
    assert (file.get_filename(), file.get_content_type()) == ("invoice-inv-00001.pdf", PDF)
    assert file.get_content().startswith(b"%PDF-")
    assert (
        shop.post("/payments-received/1/mail", {"to": ["a@b.test", "c@d.test"], "attachPdf": False}).status
        == 200
    )
    assert shop.post("/credit-notes/1/mail", {"to": "a@b.test", "cc": ["a@b.test"]}).status == 200
    assert sorted(mail["To"] for mail in shop.mails()) == [
        "a@b.test", "a@b.test", "ann@example.test", "c@d.test",
    ]  # fmt: skip


def test_a_mail_is_sent_once_for_its_key(shop):
    for _ in range(2):
        assert shop.post("/sale-invoices/1/mail", {}, idempotency_key="k").status == 200
    assert len(shop.mails()) == 1


def test_a_mail_goes_to_somebody(shop):
    other = customer(shop)
    id = invoice(shop, customerId=other)["id"]
    assert shop.post(f"/sale-invoices/{id}/mail", {}).type == "NO_INVOICE_CUSTOMER_EMAIL_ADDR"
    assert shop.post("/sale-invoices/1/mail", {"to": "nobody"}).broken == {"to": ["isEmail"]}
    many = {"to": [f"a{i}@b.test" for i in range(21)]}
    assert shop.post("/sale-invoices/1/mail", many).type == "TOO_MANY_RECIPIENTS"
    assert shop.post("/sale-invoices/1/mail", {"subject": "s" * 2000}).type == "TEXT_TOO_LONG"
    assert shop.mails() == []
