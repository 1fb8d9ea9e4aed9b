"""Invoice templates: made and changed, given to accounts, and what they do to the papers."""

import asyncio

import pytest

from avoir.app.entities import CreateEntity
from avoir.app.invoice_templates import CreateInvoiceTemplate
from avoir.core.customer import Customer
from avoir.core.invoice_template import InvoiceTemplate
from avoir.faces.paper import Paper, pdf
from tests.invariants import hold
from tests.ledger import line

CREATE = """mutation ($attributes: InvoiceTemplateAttributes!) {
    invoiceTemplateCreate(attributes: $attributes) { errors invoiceTemplate {
        bankDetails enabled entityId footer hideZeroAmounts id includePaymentLink isDefault name pageSize
        poNumberRequired taxNumberLabel taxNumberRequired } } }"""
UPDATE = """mutation ($id: ID!, $attributes: InvoiceTemplateAttributes!) {
    invoiceTemplateUpdate(attributes: $attributes, id: $id) {
        errors invoiceTemplate { id name enabled isDefault footer bankDetails entityId } } }"""
DELETE = """mutation ($id: ID!) { invoiceTemplateDelete(id: $id) { errors invoiceTemplate { id } } }"""
GIVE = """mutation ($template: ID) { accountUpdate(id: 1, attributes: {invoiceTemplateId: $template}) {
    account { invoiceTemplateId invoiceTemplate { name } } } }"""
WHOLE = {
    "bankDetails": "IBAN DE02 1203 0000 0000 2020 51", "enabled": True, "entityId": "1",
    "footer": "Registered in Ulm", "hideZeroAmounts": True, "includePaymentLink": True, "isDefault": False,
    "name": "German", "pageSize": "US Letter", "poNumberRequired": True, "taxNumberLabel": "USt-IdNr.",
    "taxNumberRequired": False,
}  # fmt: skip


def made(shop, **attributes) -> str:
    """The id of a new template."""
    answer = shop.data(CREATE, {"attributes": {"name": "Plain"} | attributes})["invoiceTemplateCreate"]
    assert answer["errors"] is None
    return answer["invoiceTemplate"]["id"]


def page(shop, operation: str = "formattedInvoice") -> str:
    return shop.data(f"{{ {operation}(id: 1) {{ html }} }}")[operation]["html"]


def test_a_template_keeps_what_it_is_told_and_is_found(shop):
    answer = shop.data(CREATE, {"attributes": WHOLE})["invoiceTemplateCreate"]
    assert answer == {"errors": None, "invoiceTemplate": {"id": "1", **WHOLE}}
    made(shop)
    listed = shop.data("""{ invoiceTemplate(id: 1) { name } other: invoiceTemplate(id: 9) { name }
        invoiceTemplates(filter: "hideZeroAmounts is true", sort: "name desc") { totalCount nodes { id } }
        all: invoiceTemplates(first: 1) { totalCount edges { node { id name pageSize enabled } } } }""")
    assert listed == {
        "invoiceTemplate": {"name": "German"}, "other": None,
        "invoiceTemplates": {"totalCount": 1, "nodes": [{"id": "1"}]},
        "all": {"totalCount": 2, "edges": [
            {"node": {"id": "1", "name": "German", "pageSize": "US Letter", "enabled": True}}]},
    }  # fmt: skip
    hold(shop)


def test_a_template_is_changed_in_what_is_named(shop):
    id = made(shop, footer="Thank you", bankDetails="IBAN")
    changed = shop.data(UPDATE, {"id": id, "attributes": {"name": "Other", "footer": None, "enabled": False}})
    assert changed["invoiceTemplateUpdate"] == {"errors": None, "invoiceTemplate": {
        "id": "1", "name": "Other", "enabled": False, "isDefault": False, "footer": None,
        "bankDetails": "IBAN", "entityId": "1"}}  # fmt: skip


REFUSED = [
    (CREATE, {"attributes": {}}, "name_required"),
    (CREATE, {"attributes": {"name": " "}}, "name_required"),
    (CREATE, {"attributes": {"name": "x", "pageSize": "B5"}}, "unknown_setting"),
    (CREATE, {"attributes": {"name": "x", "footer": "x" * 65_536}}, "text_too_long"),
    (CREATE, {"attributes": {"name": "x", "entityId": "7"}}, "not_found"),
    (UPDATE, {"id": "7", "attributes": {"name": "x"}}, "not_found"),
    (UPDATE, {"id": "1", "attributes": {"name": ""}}, "name_required"),
    (UPDATE, {"id": "1", "attributes": {"pageSize": "poster"}}, "unknown_setting"),
    (UPDATE, {"id": "1", "attributes": {"entityId": "2"}}, "invoice_template_is_used"),
    (DELETE, {"id": "7"}, "not_found"),
    (DELETE, {"id": "1"}, "invoice_template_is_used"),
    (GIVE, {"template": "7"}, "not_found"),
    (GIVE, {"template": "2"}, "template_of_another_entity"),
]


@pytest.mark.parametrize(("document", "variables", "code"), REFUSED)
def test_what_is_wrong_with_a_template_is_refused(shop, document, variables, code):
    shop.ask(CreateEntity(name="Acme GmbH", base_currency="EUR"))
    made(shop)
    shop.ask(CreateInvoiceTemplate(name="Of the other", entity_id=2))
    shop.data(GIVE, {"template": "1"})
    before = shop.rows(InvoiceTemplate), shop.rows(Customer)
    assert shop.no(document, variables)["extensions"]["code"] == code
    assert (shop.rows(InvoiceTemplate), shop.rows(Customer)) == before


def test_an_entity_has_one_default_at_most(shop):
    shop.ask(CreateEntity(name="Acme GmbH", base_currency="EUR"))
    for attributes in ({}, {}, {"entityId": "2"}):
        made(shop, isDefault=True, **attributes)
    shop.data(UPDATE, {"id": "1", "attributes": {"isDefault": True}})
    assert [(x.id, x.is_default) for x in shop.rows(InvoiceTemplate)] == [(1, 1), (2, 0), (3, 1)]
    hold(shop)


def test_an_account_is_given_a_template_and_it_is_taken_back(shop):
    id = made(shop)
    create = """mutation { accountCreate(attributes: {name: "Grace", invoiceTemplateId: 1}) {
        account { id invoiceTemplate { id } } } }"""
    account = shop.data(create)["accountCreate"]["account"]
    assert account == {"id": "2", "invoiceTemplate": {"id": id}}
    given = shop.data(GIVE, {"template": id})["accountUpdate"]["account"]
    assert given == {"invoiceTemplateId": id, "invoiceTemplate": {"name": "Plain"}}
    shop.data("""mutation { accountUpdate(id: 1, attributes: {name: "Ada"}) { errors } }""")
    found = '{ accounts(filter: "invoiceTemplateId = 1", sort: "id asc") { nodes { id } } }'
    assert shop.data(found)["accounts"]["nodes"] == [{"id": "1"}, {"id": "2"}]
    back = shop.data(GIVE, {"template": None})["accountUpdate"]["account"]
    assert back == {"invoiceTemplateId": None, "invoiceTemplate": None}
    assert shop.data(found)["accounts"]["nodes"] == [{"id": "2"}]
    hold(shop)


def test_a_template_that_nobody_was_given_is_taken_away(shop):
    id = made(shop, isDefault=True)
    answer = shop.data(DELETE, {"id": id})["invoiceTemplateDelete"]
    assert answer == {"errors": None, "invoiceTemplate": {"id": id}}
    assert shop.rows(InvoiceTemplate) == []
    assert made(shop) == "2", "an id is given once"


def test_papers_look_as_the_template_has_it(shop):
    free, charged = shop.tax(0), shop.tax(20)
    invoice = shop.invoice(line(100, charged, free, description="Work"), line(0, description="Gift"))
    shop.credit_note(line(5))
    plain = page(shop)
    assert "Gift" in plain
    assert " 0%</dt>" in plain
    assert "IBAN" not in plain
    shop.data("""mutation { accountUpdate(id: 1, attributes: {taxNumber: "DE 99"}) { errors } }""")
    shop.data(GIVE, {"template": made(shop, **WHOLE)})

    told = page(shop)
    for words in (WHOLE["bankDetails"], "Registered in Ulm", "USt-IdNr. DE 99", "@page { size: letter; }",
                  "Pay online", "/payment/"):  # fmt: skip
        assert words in told, words
    for words in ("Gift", " 0%</dt>"):
        assert words not in told, words
    lines = "{ formattedInvoice(id: 1) { amount formattedLines { lineText } } }"
    printed = shop.data(lines)["formattedInvoice"]
    assert printed == {"amount": 120, "formattedLines": [{"lineText": "Work"}]}
    note = page(shop, "formattedCreditNote")
    assert "Registered in Ulm" in note
    assert "IBAN" not in note, "nobody pays a credit note"

    shop.paid(invoice, 120)
    assert "Pay online" not in page(shop)
    shop.data(UPDATE, {"id": "1", "attributes": {"enabled": False}})
    assert "Gift" in page(shop)


def test_the_default_template_is_for_whoever_has_none(shop):
    shop.invoice(line(10))
    made(shop, footer="For everybody", isDefault=True)
    assert "For everybody" in page(shop)
    shop.data(GIVE, {"template": made(shop, footer="For Ada")})
    assert "For Ada" in page(shop)
    assert "For everybody" not in page(shop)


def test_the_link_on_an_invoice_shows_it(shop):
    shop.invoice(line(10))
    made(shop, includePaymentLink=True, isDefault=True)
    (path,) = {f"/payment/{rest.split()[0].split('<')[0]}" for rest in page(shop).split("/payment/")[1:]}
    answer = shop.run(shop.http.get(path))
    assert answer.status_code == 200
    assert "INV-00001" in answer.text


def test_a_voided_invoice_is_printed_as_voided(shop):
    shop.invoice(line(10))
    shop.data("mutation { invoiceVoid(id: 1) { errors } }")
    assert '<p class="mark">Voided</p>' in page(shop)


@pytest.mark.parametrize(
    ("size", "width"), [("a4", "595"), ("a5", "419"), ("letter", "612"), ("legal", "612")]
)
def test_a_page_is_set_in_its_size(size, width):
    paper = Paper("Invoice", "1", [], [], [], ["A"], [["b"]], [], footer="Small print", page=size)
    file = asyncio.run(pdf(paper))
    box = file.partition(b"/MediaBox")[2][:40]
    assert width.encode() in box
