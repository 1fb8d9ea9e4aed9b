"""What contract A's mutations change besides credit and cash: notes, merges, imports, accounts, entities."""

from decimal import Decimal

import pytest

from avoir.app.invoices import IssueInvoice
from avoir.app.tax_rates import EditTaxRate
from avoir.core.invoice import Invoice, InvoiceLine
from avoir.core.payment import Payment
from avoir.core.refund import Refund
from tests.invariants import hold
from tests.ledger import line


def code(shop, query, variables=None) -> str:
    return shop.no(query, variables)["extensions"]["code"]


def mutate(shop, name, arguments, selected):
    """Call one mutation with literal arguments; its payload."""
    return shop.data(f"mutation {{ {name}({arguments}) {{ {selected} }} }}")[name]


# Notes.


def test_notes_are_kept_on_issued_invoices_too_and_null_takes_them_back(shop):
    shop.invoice(line(100))
    update = 'id: 1, attributes: {internalNotes: "Call first", notes: "Thanks", poNumber: "PO-1"}'
    selected = "invoice { internalNotes notes poNumber state } errors"
    payload = mutate(shop, "invoiceUpdate", update, selected)
    assert payload == {
        "invoice": {"internalNotes": "Call first", "notes": "Thanks", "poNumber": "PO-1", "state": "NOT_DUE"},
        "errors": None,
    }
    again = mutate(shop, "invoiceUpdate", "id: 1, attributes: {internalNotes: null}", selected)["invoice"]
    assert (again["internalNotes"], again["notes"]) == (None, "Thanks")
    payload = mutate(shop, "invoiceUpdateNotes", 'id: 1, notes: "Bye"', "invoice { notes poNumber } errors")
    assert payload == {"invoice": {"notes": "Bye", "poNumber": "PO-1"}, "errors": []}
    assert code(shop, "mutation { invoiceUpdate(id: 9, attributes: {}) { errors } }") == "not_found"
    long = "x" * 300
    refused = "mutation ($long: String) { invoiceUpdate(id: 1, attributes: {poNumber: $long}) { errors } }"
    assert code(shop, refused, {"long": long}) == "text_too_long"


def test_a_line_is_commented_by_its_id(shop):
    shop.invoice(line(100), line(50))
    items = shop.data("{ invoice(id: 1) { invoiceItems { id comment } } }")["invoice"]["invoiceItems"]
    said = f'id: {items[1]["id"]}, comment: "As agreed"'
    payload = mutate(shop, "invoiceUpdateComment", said, "invoiceItem { id comment amount } errors")
    assert payload["invoiceItem"] == {"id": items[1]["id"], "comment": "As agreed", "amount": 50}
    assert payload["errors"] == []
    answer = shop.data("{ invoice(id: 1) { invoiceItems { comment } } }")["invoice"]["invoiceItems"]
    assert [each["comment"] for each in answer] == [None, "As agreed"]
    mutate(shop, "invoiceUpdateComment", f"id: {items[1]['id']}", "errors")
    answer = shop.data("{ invoice(id: 1) { invoiceItems { comment } } }")["invoice"]["invoiceItems"]
    assert [each["comment"] for each in answer] == [None, None]
    assert code(shop, 'mutation { invoiceUpdateComment(id: 99, comment: "x") { errors } }') == "not_found"


# Drafts, and taxes.


def test_an_issued_invoice_gets_the_tax_of_now_until_it_is_paid(shop):
    rate = shop.tax(20)
    shop.invoice(line(100, rate), line(50, rate))
    shop.paid(shop.get(Invoice, 1), 60)
    ids = [x.id for x in shop.rows(InvoiceLine)]
    shop.ask(EditTaxRate(tax_rate_id=rate, name="VAT", code="VAT", percent=Decimal(10)))
    given = mutate(shop, "invoiceUpdateTaxes", "id: 1", "invoice { amount amountDue taxAmount number state }")
    assert given["invoice"] == {
        "amount": 165, "amountDue": 105, "taxAmount": 15, "number": "INV-00001", "state": "NOT_DUE",
    }  # fmt: skip
    assert [x.id for x in shop.rows(InvoiceLine)] == ids
    hold(shop)
    shop.paid(shop.get(Invoice, 1), 105)
    shop.ask(EditTaxRate(tax_rate_id=rate, name="VAT", code="VAT", percent=Decimal(5)))
    update = "mutation { invoiceUpdateTaxes(id: 1) { invoice { id } } }"
    assert code(shop, update) == "invoice_has_payments"
    shop.invoice(line(10))
    shop.data("mutation { invoiceVoid(id: 2) { invoice { id } } }")
    assert code(shop, update.replace("1", "2")) == "not_found"


def test_a_draft_is_worked_out_anew_and_what_is_issued_stays_if_its_tax_does(shop):
    rate = shop.tax(20)
    shop.invoice(line("100.10", rate), line("3.33"), issue=False)
    before = shop.data("{ invoice(id: 1) { amount subtotal taxAmount number state } }")["invoice"]
    for name in ("invoiceUpdateTaxes", "invoiceRegenerate"):
        payload = mutate(shop, name, "id: 1", "invoice { amount subtotal taxAmount number state }")
        assert payload["invoice"] == before
    shop.ask(IssueInvoice(invoice_id=1))
    issued = shop.books()["invoices"], shop.entries("invoice", 1)
    mutate(shop, "invoiceUpdateTaxes", "id: 1", "invoice { id }")
    assert (shop.books()["invoices"], shop.entries("invoice", 1)) == issued
    assert code(shop, "mutation { invoiceRetryTax(id: 1) { errors } }") == "invoice_not_failed"
    assert code(shop, "mutation { invoiceRetryTax(id: 7) { errors } }") == "not_found"
    error = shop.no("mutation { invoiceDequeue(id: 1) { errors } }")
    assert (error["message"], error["extensions"]["code"]) == ("Invoice is not queued", "invoice_not_queued")
    hold(shop)


def test_a_draft_note_is_worked_out_anew(shop):
    shop.paid(shop.invoice(line(100, shop.tax(20))), 120)
    shop.data("mutation { creditNoteCreate(invoiceId: 1, kind: REFUND) { errors } }")
    selected = "creditNote { amount state } errors"
    payload = mutate(shop, "creditNoteUpdateTaxes", "id: 1", selected)
    assert payload == {"creditNote": {"amount": 120, "state": "DRAFT"}, "errors": None}
    shop.data("mutation { creditNoteIssue(id: 1) { creditNote { id } } }")
    assert (
        code(shop, "mutation { creditNoteUpdateTaxes(id: 1) { errors } }") == "not_a_draft_against_an_invoice"
    )


def test_drafts_are_merged_into_one_and_taken_apart(shop):
    rate = shop.tax(20)
    shop.invoice(line("10.01", rate), issue=False)
    shop.invoice(line("20.02", rate), line(5), issue=False)
    selected = """invoice { id state amount taxAmount invoiceItems { amount }
        mergedInvoices { id state mergedToInvoice { id } } } errors"""
    payload = mutate(shop, "invoiceMerge", "invoiceIds: [1, 2]", selected)
    merged = payload["invoice"]
    assert (merged["state"], merged["amount"]) == ("DRAFT", Decimal("41.03"))
    assert [each["amount"] for each in merged["invoiceItems"]] == [Decimal("12.01"), Decimal("24.02"), 5]
    assert merged["mergedInvoices"] == [
        {"id": id, "state": "MERGED", "mergedToInvoice": {"id": merged["id"]}} for id in ("1", "2")
    ]
    sources = mutate(
        shop, "invoiceMergeUndo", f"invoiceId: {merged['id']}", "sourceInvoices { id state } errors"
    )
    assert sources["sourceInvoices"] == [{"id": "1", "state": "DRAFT"}, {"id": "2", "state": "DRAFT"}]
    assert (
        code(shop, f"mutation {{ invoiceMergeUndo(invoiceId: {merged['id']}) {{ errors }} }}") == "not_found"
    )
    assert code(shop, "mutation { invoiceMergeUndo(invoiceId: 1) { errors } }") == "invoice_not_merged"
    shop.ask(IssueInvoice(invoice_id=1))
    refused = "mutation { invoiceMerge(invoiceIds: [1, 2]) { errors } }"
    assert code(shop, refused) == "invoices_not_mergeable"
    assert code(shop, "mutation { invoiceMerge(invoiceIds: [2, 2]) { errors } }") == "nothing_to_merge"
    # Merged again and issued: one claim of both.
    shop.invoice(line(1), issue=False)
    again = mutate(shop, "invoiceMerge", "invoiceIds: [2, 4]", "invoice { id } errors")["invoice"]["id"]
    issued = mutate(shop, "invoiceRelease", f"id: {again}", "invoice { amount state } errors")["invoice"]
    assert (issued["amount"], issued["state"]) == (Decimal("30.02"), "NOT_DUE")
    assert (
        code(shop, f"mutation {{ invoiceMergeUndo(invoiceId: {again}) {{ errors }} }}")
        == "invoice_not_merged"
    )
    hold(shop)


# Imports.

TOTALS = (
    'amount: 120.12, subtotal: 100.1, taxAmount: 20.02, currencyId: "USD", pdfBlobUuid: "b", poNumber: "P"'
)
IMPORT = f'accountId: 1, {TOTALS}, number: "OLD-7", dueAt: "2026-11-01", netPaymentDays: 10, state: '


def legacy(shop, state="DUE", extra=""):
    arguments = "attributes: {" + IMPORT + state + extra + "}"
    selected = (
        "invoice { id number isLegacy state amount subtotal taxAmount amountDue issuedAt poNumber } errors"
    )
    return mutate(shop, "legacyInvoiceCreate", arguments, selected)["invoice"]


def test_an_invoice_from_before_stands_in_the_books_by_its_totals(shop):
    invoice = legacy(shop)
    assert invoice == {
        "id": "1", "number": "OLD-7", "isLegacy": True, "state": "DUE", "amount": Decimal("120.12"),
        "subtotal": Decimal("100.1"), "taxAmount": Decimal("20.02"), "amountDue": Decimal("120.12"),
        "issuedAt": "2026-10-22", "poNumber": "P",
    }  # fmt: skip
    assert shop.trial_balance() == {"opening_balance": "-120.12", "receivable": "120.12"}
    again = "mutation { legacyInvoiceCreate(attributes: {" + IMPORT + "DUE}) { errors } }"
    assert code(shop, again) == "number_taken"
    # It is paid and given back like any other; the tax comes back from the tax office.
    shop.paid(shop.rows(Invoice)[0], "120.12")
    note = mutate(shop, "invoiceRefund", "invoiceId: 1", "creditNote { amount taxAmount } errors")[
        "creditNote"
    ]
    assert note == {"amount": Decimal("120.12"), "taxAmount": Decimal("20.02")}
    assert shop.trial_balance() == {"opening_balance": "-20.02", "tax_payable": "20.02"}
    hold(shop)


@pytest.mark.parametrize("state", ["DUE", "NOT_DUE", "PAID", "VOIDED", "DRAFT"])
def test_an_invoice_is_imported_in_the_state_that_it_was_left_in(shop, state):
    if state == "DRAFT":
        refused = "mutation { legacyInvoiceCreate(attributes: {" + IMPORT + "DRAFT}) { errors } }"
        assert code(shop, refused) == "legacy_state"
        return
    invoice = legacy(shop, state)
    assert invoice["state"] == ("DUE" if state == "NOT_DUE" else state)
    left = Decimal(0) if state == "PAID" else Decimal("120.12")
    assert invoice["amountDue"] == left
    hold(shop)


WRONG = [
    ("amount: 120.12", "amount: 120.13", "legacy_totals_disagree"),
    ("accountId: 1", "accountId: 9", "not_found"),
    ("accountId: 1", 'accountCode: "nobody"', "not_found"),
    ('"2026-11-01"', '"2026-02-30"', "invalid_date"),
    ('currencyId: "USD"', 'currencyId: "EUR"', "exchange_rate_required"),
    ("subtotal: 100.1", "subtotal: 100.101", None),
]


@pytest.mark.parametrize(("said", "instead", "refused"), WRONG)
def test_totals_that_cannot_be_are_refused(shop, said, instead, refused):
    arguments = (IMPORT + "DUE").replace(said, instead)
    given = code(shop, "mutation { legacyInvoiceCreate(attributes: {" + arguments + "}) { errors } }")
    assert refused in (given, None)


def test_a_document_in_a_foreign_currency_brings_its_base_total(shop):
    arguments = (IMPORT + "DUE, baseCurrencyTotal: 240.24").replace('"USD"', '"EUR"')
    selected = "invoice { currencyId amount baseCurrencyTotal } errors"
    made = mutate(shop, "legacyInvoiceCreate", "attributes: {" + arguments + "}", selected)["invoice"]
    assert made == {"currencyId": "EUR", "amount": Decimal("120.12"), "baseCurrencyTotal": Decimal("240.24")}
    hold(shop)


def test_credit_notes_from_before(shop):
    legacy(shop, "PAID")
    select = "creditNote { number kind state isLegacy amount amountUnapplied creditedInvoiceId } errors"
    note = TOTALS + ", accountId: 1, kind: "
    alone = mutate(shop, "legacyCreditNoteCreate", f'attributes: {{{note} CREDIT, number: "C-1"}}', select)
    assert alone["creditNote"] == {
        "number": "C-1", "kind": "CREDIT", "state": "READY", "isLegacy": True, "amount": Decimal("120.12"),
        "amountUnapplied": Decimal("120.12"), "creditedInvoiceId": None,
    }  # fmt: skip
    hold(shop)
    back = mutate(
        shop,
        "legacyCreditNoteCreate",
        f'attributes: {{{note} REFUND, number: "C-2", creditedInvoiceId: 1}}',
        select,
    )["creditNote"]
    assert (back["state"], back["creditedInvoiceId"]) == ("APPLIED", "1")
    (refund,) = shop.rows(Refund)
    assert (refund.state, refund.account_id) == ("settled", 1015)
    paid = mutate(shop, "legacyCreditNoteCreate", f'attributes: {{{note} REFUND, number: "C-3"}}', select)
    assert (paid["creditNote"]["kind"], paid["creditNote"]["state"]) == ("REFUND", "APPLIED")
    hold(shop)
    for more, refused in (
        ('WRITE_OFF, number: "C-4"', "legacy_note_needs_invoice"),
        ('CREDIT, number: "C-1"', "number_taken"),
        ('REFUND, number: "C-4", creditedInvoiceId: 1', "nothing_to_refund"),
        ('CREDIT, number: "C-4", creditedInvoiceId: 77', "not_found"),
        ('CREDIT, number: "C-4", disputeReasonId: 77', "not_found"),
    ):
        query = f"mutation {{ legacyCreditNoteCreate(attributes: {{{note} {more}}}) {{ errors }} }}"
        assert code(shop, query) == refused


def test_a_payment_is_entered_by_hand_and_set_against_invoices_in_their_order(shop):
    shop.invoice(line(50))
    shop.invoice(line(50))
    said = 'amount: 70, currencyId: "USD", memo: "Cheque", receivedAt: "2026-11-20T10:00:00Z"'
    selected = """payment { id state amount amountUnapplied isLegacy memo fees
        appliedToInvoices { nodes { id amountDue } } } errors"""
    payload = mutate(
        shop, "legacyPaymentCreate", f"invoiceIds: [2, 1], attributes: {{{said}, fees: 1.5}}", selected
    )
    assert payload["payment"] == {
        "id": "1", "state": "APPLIED", "amount": 70, "amountUnapplied": 0, "isLegacy": True,
        "memo": "Cheque", "fees": Decimal("1.5"),
        "appliedToInvoices": {"nodes": [{"id": "1", "amountDue": 30}, {"id": "2", "amountDue": 0}]},
    }  # fmt: skip
    assert shop.trial_balance()["bank_fees"] == "1.50"
    assert shop.rows(Payment)[0].account_id == 1000
    over = mutate(
        shop, "legacyPaymentCreate", f"invoiceIds: [], attributes: {{accountId: 1, {said}}}", selected
    )
    assert (over["payment"]["state"], over["payment"]["fees"]) == ("UNAPPLIED", None)
    refused = f"mutation {{ legacyPaymentCreate(invoiceIds: [], attributes: {{{said}}}) {{ errors }} }}"
    assert code(shop, refused) == "not_found"
    hold(shop)


# Accounts, entities, the chart.


def test_an_account_is_changed_in_what_is_said_and_taken_away(shop):
    create = '{name: "Grace", code: "G", billingCity: "Ulm", netPaymentDays: 7, website: "https://g.example"}'
    account = shop.data(f"mutation {{ accountCreate(attributes: {create}) {{ account {{ id }} }} }}")
    id = account["accountCreate"]["account"]["id"]
    selected = "account { name code billingCity netPaymentDays website draftInvoices } errors"
    said = 'name: "Grace H", website: null, draftInvoices: true, netPaymentDays: null'
    payload = mutate(shop, "accountUpdate", f"id: {id}, attributes: {{{said}}}", selected)
    assert payload == {
        "account": {
            "name": "Grace H", "code": "G", "billingCity": "Ulm", "netPaymentDays": None, "website": None,
            "draftInvoices": True,
        },
        "errors": None,
    }  # fmt: skip
    error = shop.no(f'mutation {{ accountUpdate(id: {id}, attributes: {{name: ""}}) {{ errors }} }}')
    assert error["message"] == "Name can't be blank"
    assert (
        mutate(shop, "accountDelete", f"id: {id}", "account { name } errors")["account"]["name"] == "Grace H"
    )
    assert code(shop, f"mutation {{ accountDelete(id: {id}) {{ errors }} }}") == "not_found"
    shop.invoice(line(1))
    assert code(shop, "mutation { accountDelete(id: 1) { errors } }") == "customer_is_used"


def test_an_entity_is_made_changed_copied_and_taken_away(shop):
    shop.client("boss", "admin:write standard:read standard:write")
    shop.token = shop.token_of("boss")
    said = (
        'name: "Acme GmbH", baseCurrencyId: "EUR", taxId: "DE1", taxType: VAT, brandColor: "#f00", '
        'invoiceNumberPrefix: "RE-", invoiceNumberSeq: 7, disputeInvoiceAction: DO_NOTHING, website: "w", '
        "fiscalYearStartMonth: 3, hideZeroQuoteCharges: true"
    )
    selected = """entity { id name baseCurrencyId taxId taxType brandColor invoiceNumberPrefix
        invoiceNumberSeq disputeInvoiceAction fiscalYearStartMonth hideZeroQuoteCharges isDefault website
        abbreviation } errors"""
    entity = mutate(shop, "entityCreate", f"attributes: {{{said}}}", selected)["entity"]
    assert entity == {
        "id": "2", "name": "Acme GmbH", "baseCurrencyId": "EUR", "taxId": "DE1", "taxType": "VAT",
        "brandColor": "#f00", "invoiceNumberPrefix": "RE-", "invoiceNumberSeq": 7,
        "disputeInvoiceAction": "DO_NOTHING", "fiscalYearStartMonth": 3, "hideZeroQuoteCharges": True,
        "isDefault": False, "website": "w", "abbreviation": "Acme GmbH",
    }  # fmt: skip
    changed = mutate(shop, "entityUpdate", 'id: 2, attributes: {abbreviation: "A", website: null}', selected)[
        "entity"
    ]
    assert changed == entity | {"abbreviation": "A", "website": None}
    for said, refused in (
        ("invoiceNumberSeq: 3", "series_only_forwards"),
        ('invoiceNumberPrefix: "R1"', "prefix_ends_with_digit"),
        ("isDefault: true", "default_entity_stays"),
        ('baseCurrencyId: "XXX"', "unknown_currency"),
    ):
        assert (
            code(shop, f"mutation {{ entityUpdate(id: 2, attributes: {{{said}}}) {{ errors }} }}") == refused
        )
    assert code(shop, 'mutation { entityCreate(attributes: {name: " "}) { errors } }') == "name_required"
    copy = mutate(shop, "entityDuplicate", "id: 2", "entity { id name brandColor taxId } errors")
    assert copy == {
        "entity": {"id": "3", "name": "Acme GmbH", "brandColor": "#f00", "taxId": "DE1"},
        "errors": [],
    }
    assert mutate(shop, "entityDelete", "id: 3", "entity { id } errors")["entity"]["id"] == "3"
    mutate(shop, "accountCreate", 'attributes: {name: "Kunde", entityId: 2}', "errors")
    for id, refused in ((2, "entity_is_used"), (1, "entity_is_used"), (3, "not_found")):
        assert code(shop, f"mutation {{ entityDelete(id: {id}) {{ errors }} }}") == refused
    hold(shop)


def test_a_ledger_account_is_added_changed_and_taken_away(shop):
    said = (
        'name: "Card payments", accountType: payments, code: "4711", description: "d", externalId: "xero-1", '
        'accountNumber: "007"'
    )
    selected = """financialAccount { id name accountType accountTypeLabel code description externalId
        accountNumber active defaultAccount longName } errors"""
    account = mutate(shop, "financialAccountCreate", f"attributes: {{{said}}}", selected)["financialAccount"]
    assert account == {
        "id": "1037", "name": "Card payments", "accountType": "payments", "accountTypeLabel": "Bank",
        "code": "4711", "description": "d", "externalId": "xero-1", "accountNumber": "007", "active": True,
        "defaultAccount": False, "longName": "Card payments (4711)",
    }  # fmt: skip
    said = 'id: 1037, attributes: {name: "Cards", externalId: "xero-2", active: false}'
    changed = mutate(shop, "financialAccountUpdate", said, selected)["financialAccount"]
    assert changed == account | {
        "name": "Cards", "externalId": "xero-2", "active": False, "longName": "Cards (4711)",
    }  # fmt: skip
    for said, refused in (
        ("accountType: earned_revenue", "account_type_stays"),
        ('name: ""', "name_required"),
        ("defaultAccount: true", "account_roles_stay"),
        ('code: "10001"', "account_code_taken"),
    ):
        query = f"mutation {{ financialAccountUpdate(id: 1037, attributes: {{{said}}}) {{ errors }} }}"
        assert code(shop, query) == refused
    assert code(
        shop, "mutation { financialAccountUpdate(id: 1006, attributes: {active: false}) { errors } }"
    ) == ("account_has_role")
    nothing = 'mutation { financialAccountCreate(attributes: {name: "x"}) { errors } }'
    assert code(shop, nothing) == "unknown_account_type"
    gone = mutate(shop, "financialAccountDelete", "id: 1037", "financialAccount { id } errors")
    assert gone == {"financialAccount": {"id": "1037"}, "errors": None}
    assert code(shop, "mutation { financialAccountDelete(id: 1000) { errors } }") == "account_predefined"
