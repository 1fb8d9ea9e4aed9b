"""The books as contract A reads them: the chart, the journal, the entities."""

from tests.ledger import line


def test_an_invoice_and_its_payment_are_in_the_journal(shop):
    invoice = shop.invoice(line(100, shop.tax(20)))
    shop.paid(invoice, 120)
    (entry,) = shop.data("""{ journalEntries(filter: "invoiceId = 1") { nodes {
        date description source entityId entity { id } invoice { number } payment { id }
        journalEntryLines { id debit credit currencyId currency { isoCode } financialAccountId source
            financialAccount { name } journalEntry { id } journalEntryId } } } }""")[
        "journalEntries"
    ]["nodes"]
    lines = entry.pop("journalEntryLines")
    assert entry == {
        "date": "2026-11-01", "description": "invoice_issued", "source": "invoice", "entityId": "1",
        "entity": {"id": "1"}, "invoice": {"number": "INV-00001"}, "payment": None,
    }  # fmt: skip
    assert lines[0] == {
        "id": "1-1", "debit": 120, "credit": None, "currencyId": "USD", "currency": {"isoCode": "USD"},
        "financialAccountId": "1006", "source": "invoice",
        "financialAccount": {"name": "Accounts Receivable (A/R)"}, "journalEntry": {"id": "1"},
        "journalEntryId": "1",
    }  # fmt: skip
    assert sum(x["debit"] or 0 for x in lines) == sum(x["credit"] or 0 for x in lines)
    newest = shop.data("""{ journalEntries(sort: "date desc", first: 1) { nodes { source payment { id }
        invoice { id } } totalCount } }""")["journalEntries"]
    payment = {"source": "payment", "payment": {"id": "1"}, "invoice": None}
    assert newest == {"nodes": [payment], "totalCount": 2}
    assert shop.data("{ journalEntry(id: 99) { id } }") == {"journalEntry": None}


def test_the_chart_is_read_by_id_by_code_and_by_name(shop):
    asked = """query ($id: ID, $code: String) { financialAccount(id: $id, code: $code) {
        id code name longName accountType accountTypeLabel active defaultAccount entityId entity { id } } }"""
    bank = shop.data(asked, {"id": 1000})["financialAccount"]
    assert bank == {
        "id": "1000", "code": "10001", "name": "Bank Account", "longName": "Bank Account (10001)",
        "accountType": "payments", "accountTypeLabel": "Bank", "active": True, "defaultAccount": False,
        "entityId": "1", "entity": {"id": "1"},
    }  # fmt: skip
    assert shop.data(asked, {"code": "10001"})["financialAccount"] == bank
    bad_debt = shop.data(asked, {"id": 1036})["financialAccount"]
    assert (bad_debt["accountType"], bad_debt["defaultAccount"]) == ("bad_debt", True)
    found = """{ financialAccounts(filter: "name begins_with 'office'") { nodes { id accountType } } }"""
    assert shop.data(found)["financialAccounts"]["nodes"] == [
        {"id": "1005", "accountType": None},
        {"id": "1020", "accountType": None},
    ]
    refusal = shop.answer("""{ financialAccounts(filter: "color = 'red'") { totalCount } }""")
    assert refusal["errors"][0]["extensions"]["code"] == "malformed_filter"


def test_an_entity_is_read_by_id_and_by_name(shop):
    asked = """{ entities { nodes { id name baseCurrencyId } totalCount }
        entity(code: "Acme") { id isDefault } }"""
    assert shop.data(asked) == {
        "entities": {"nodes": [{"id": "1", "name": "Acme", "baseCurrencyId": "USD"}], "totalCount": 1},
        "entity": {"id": "1", "isDefault": True},
    }


def test_where_an_entity_is_stands_on_its_documents(shop):
    place = 'billingCity: "Berlin", billingCountry: "DE", taxId: "DE1", taxType: VAT'
    shop.data(f"mutation {{ entityUpdate(id: 1, attributes: {{{place}}}) {{ errors }} }}")
    shop.invoice(line(100))
    printed = shop.data("""{ formattedInvoice(id: 1) {
        billingCity billingCountry billingState taxId taxType vendorName } }""")["formattedInvoice"]
    assert printed == {
        "billingCity": "Berlin", "billingCountry": "DE", "billingState": None, "taxId": "DE1",
        "taxType": "VAT", "vendorName": "Acme",
    }  # fmt: skip
    base = shop.data('{ currency(id: "USD") { conversionRate conversionType } }')["currency"]
    assert base == {"conversionRate": "1", "conversionType": "fixed"}
