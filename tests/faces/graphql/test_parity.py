# ruff: noqa: E501 - a table of cases is read along its lines.
"""Both doors say the same no: each refusal that GraphQL and REST can meet has one code in both."""

import json
from decimal import Decimal

import pytest

from avoir.app.access import GenerateApiKey
from avoir.app.customers import CreateCustomer
from avoir.app.dispute_reasons import CreateDisputeReason
from avoir.app.items import CreateItem
from avoir.app.locks import LockPeriod
from tests.faces.graphql.shop import encode
from tests.ledger import line

KEY = "bc_" + "7" * 96


@pytest.fixture
def both(shop):
    """A shop with something of everything, and a key for the other door.

    Invoice 1 is paid, 2 is open, 3 is a draft, 4 is void, 5 another customer's, 6 paid and given back; note 1
    is open, 2 a draft, 3 used up by invoice 2.
    """
    access = shop.app.state.access
    command = GenerateApiKey(
        tenancy_id=shop.organization_id, user_id=1, name="door", prefix=KEY[:8], digest=access.digest(KEY)
    )
    shop.run(access.ask(command, actor="user:1"))
    shop.ask(CreateCustomer(name="Grace", currency="USD"))
    shop.ask(CreateDisputeReason(name="Broken"))
    shop.ask(CreateItem(name="Advice"))
    rate = shop.tax(20)
    shop.paid(shop.invoice(line(100, rate)), 120)
    shop.invoice(line(200))
    shop.invoice(line(1), issue=False)
    shop.data("mutation { invoiceVoid(id: 3) { errors } }")
    shop.invoice(line(1), issue=False)
    shop.data("""mutation { invoiceCreate(attributes: {accountId: 2, issue: true, issuedAt: "2026-11-02",
        invoiceItems: [{quantity: 1, price: 10}]}) { errors } }""")
    shop.paid(shop.invoice(line(50)), 50)
    shop.data("mutation { invoiceRefund(invoiceId: 6) { errors } }")
    shop.credit_note(line(80))
    shop.credit_note(line(5), issue=False)
    used = shop.credit_note(line(7))
    shop.data(
        f"mutation {{ creditNoteApplyToInvoices(creditNoteId: {used.id}, invoiceIds: [2]) {{ errors }} }}"
    )
    shop.ask(LockPeriod(module="all", lock_to="2026-10-31"))
    return shop


def graphql(shop, query):
    return shop.no(f"mutation {{ {query} }}")["extensions"]


def rest(shop, method, path, body):
    before = shop.books()
    headers = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
    content = encode(body) if body is not None else None
    answer = shop.run(shop.http.request(method, f"/api{path}", content=content, headers=headers))
    assert 400 <= answer.status_code < 500, answer.text
    assert shop.books() == before, "a refusal changed the books"
    told = json.loads(answer.text, parse_float=Decimal)
    if "errors" in told:
        return told["errors"][0]["code"], told["errors"][0]["payload"]
    return told.get("code", told["message"]), told.get("payload")


OUT = "/credit-notes/2/refunds"
OPEN = {"amount": 1, "date": "2026-11-20", "fromAccountId": 1000}


def note_refund(**said):
    """A refund of the open note in both languages."""
    words = {"amount": "amount", "date": "date", "fromAccountId": "fromAccountId", "exchangeRate": "exchangeRate",
             "referenceNo": "referenceNo", "branchId": "branchId"}  # fmt: skip
    asked = OPEN | said
    given = ", ".join(f"{words[name]}: {json.dumps(value)}" for name, value in asked.items())
    return f"creditNoteRefund(creditNoteId: 2, {given}) {{ errors }}", "POST", OUT, asked


def whole(id, **said):
    """What was paid on an invoice, given back in both languages."""
    names = {"amount": "amount", "fromAccountId": "fromAccountId", "date": "date"}
    given = "".join(f", {names[name]}: {json.dumps(value)}" for name, value in said.items())
    return f"invoiceRefund(invoiceId: {id}{given}) {{ errors }}", "POST", f"/sale-invoices/{id}/refund", said


def applied(note, *invoices):
    ids = ", ".join(str(id) for id in invoices)
    entries = [{"invoiceId": id, "amount": 1} for id in invoices]
    return (
        f"creditNoteApplyToInvoices(creditNoteId: {note}, invoiceIds: [{ids}]) {{ errors }}",
        "POST", f"/credit-notes/{note}/apply-invoices", {"entries": entries},
    )  # fmt: skip


SAME = [
    # code                             GraphQL and REST
    ("credit_note_used_up",            note_refund(amount=81)),
    ("amount_too_fine",                note_refund(amount=1.001)),
    ("account_not_for_money",          note_refund(fromAccountId=1006)),
    ("refund_before_source",           note_refund(date="2026-10-01")),
    ("exchange_rate_not_one",          note_refund(exchangeRate=1.5)),
    ("unknown_branch",                 note_refund(branchId=77)),
    ("credit_note_not_issued",         ("creditNoteRefund(creditNoteId: 3, amount: 1, fromAccountId: 1000) { errors }",
                                        "POST", "/credit-notes/3/refunds", OPEN)),
    ("refund_exceeds_invoice",         whole(1, amount=121)),
    ("amount_too_fine",                whole(1, amount=0.001)),
    ("account_not_for_money",          whole(1, fromAccountId=1006)),
    ("refund_before_source",           whole(1, date="2026-10-01")),
    ("invoice_not_paid",               whole(2)),
    ("invoice_not_issued",             whole(4)),
    ("nothing_to_refund",              whole(6)),
    ("customer_mismatch",              applied(2, 5)),
    ("credit_note_not_issued",         applied(3, 2)),
    ("invoice_not_issued",             applied(2, 4)),
    ("invoice_already_issued",         ("invoiceIssue(id: 1) { errors }", "PUT", "/sale-invoices/1/deliver", None)),
    ("invoice_has_payments",           ("invoiceVoid(id: 1) { errors }", "DELETE", "/sale-invoices/1", None)),
    ("credit_note_already_issued",     ("creditNoteIssue(id: 2) { creditNote { id } }",
                                        "PUT", "/credit-notes/2/open", None)),
    ("credit_note_has_refunds",        ("creditNoteDelete(id: 1) { errors }", "DELETE", "/credit-notes/1", None)),
    ("credit_note_has_allocations",    ("creditNoteDelete(id: 4) { errors }", "DELETE", "/credit-notes/4", None)),
    ("nothing_to_write_off",           ("invoiceWriteOff(invoiceId: 1) { errors }", "POST",
                                        "/sale-invoices/1/writeoff",
                                        {"expenseAccountId": 1036, "reason": "x", "date": "2026-11-20"})),
    ("customer_is_used",               ("accountDelete(id: 1) { errors }", "DELETE", "/customers/1", None)),
    ("account_predefined",             ("financialAccountDelete(id: 1000) { errors }",
                                        "DELETE", "/accounts/1000", None)),
    ("account_name_taken",             ('financialAccountUpdate(id: 1001, attributes: {name: "Bank Account"}) { errors }',
                                        "PUT", "/accounts/1001", {"name": "Bank Account"})),
    ("account_code_taken",             ('financialAccountUpdate(id: 1001, attributes: {code: "10001"}) { errors }',
                                        "PUT", "/accounts/1001", {"name": "Savings", "code": "10001"})),
    ("number_taken",                   (('invoiceCreate(attributes: {accountId: 1, number: "INV-00001", '
                                            "invoiceItems: [{quantity: 1, price: 1}]}) { errors }",
                                            "POST", "/sale-invoices",
                                            {"customerId": 1, "invoiceDate": "2026-11-05", "dueDate": "2026-12-05",
                                             "invoiceNo": "INV-00001",
                                             "entries": [{"quantity": 1, "rate": 1, "itemId": 1000, "index": 1}]}))),
    ("date_locked",                    ('invoiceCreate(attributes: {accountId: 1, issuedAt: "2026-10-05", issue: true, '
                                        "invoiceItems: [{quantity: 1, price: 1}]}) { errors }",
                                        "POST", "/sale-invoices",
                                        {"customerId": 1, "invoiceDate": "2026-10-05", "dueDate": "2026-12-05",
                                         "delivered": True,
                                         "entries": [{"quantity": 1, "rate": 1, "itemId": 1000, "index": 1}]})),
    ("allocation_exceeds_due",         ('paymentCreate(attributes: {accountId: 1, financialAccountId: 1000, amount: 500, '
                                        'receivedAt: "2026-11-20", invoices: [{invoiceId: 2, amount: 400}]}) { errors }',
                                        "POST", "/payments-received",
                                        {"customerId": 1, "depositAccountId": 1000, "amount": 500,
                                         "paymentDate": "2026-11-20",
                                         "entries": [{"invoiceId": 2, "paymentAmount": 400}]})),
    ("customer_mismatch",              ('paymentCreate(attributes: {accountId: 1, financialAccountId: 1000, amount: 5, '
                                        'receivedAt: "2026-11-20", invoices: [{invoiceId: 5, amount: 5}]}) { errors }',
                                        "POST", "/payments-received",
                                        {"customerId": 1, "depositAccountId": 1000, "amount": 5,
                                         "paymentDate": "2026-11-20",
                                         "entries": [{"invoiceId": 5, "paymentAmount": 5}]})),
    ("account_not_for_money",          ('paymentCreate(attributes: {accountId: 1, financialAccountId: 1006, amount: 5, '
                                        'receivedAt: "2026-11-20"}) { errors }',
                                        "POST", "/payments-received",
                                        {"customerId": 1, "depositAccountId": 1006, "amount": 5,
                                         "paymentDate": "2026-11-20", "entries": []})),
]  # fmt: skip


def test_both_doors_say_the_same_no(both):
    different = []
    for code, (query, method, path, body) in SAME:
        told = graphql(both, query)
        other, facts = rest(both, method, path, body)
        if not told["code"] == other == code:
            different.append((path, code, told["code"], other))
        elif told["code"] != "not_found" and not told["facts"].items() <= (facts or {}).items():
            different.append((path, code, told["facts"], facts))  # REST may say a day in words as well.
    assert not different, "\n".join(str(each)[:400] for each in different)
