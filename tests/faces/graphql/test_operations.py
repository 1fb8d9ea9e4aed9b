"""Every operation of contract A that Avoir serves, and its own additions, from a customer to a refund."""

from decimal import Decimal

from avoir.core.access import DIRECTORY
from avoir.core.customer import Customer
from avoir.core.refund import Refund
from tests.faces.graphql.shop import EVERY_SCOPE
from tests.invariants import hold
from tests.ledger import Ledger, line

ACCOUNT = """mutation ($attributes: AccountAttributes!) {
    accountCreate(attributes: $attributes) {
        errors
        account { id name code currencyId currency { id isoCode name } billingStreet billingCity phone
            description employees website secondaryBillingContactIds emailsEnabled disableDunning
            entity { id } }
    } }"""
INVOICE = """mutation ($attributes: InvoiceCreateAttributes!) {
    invoiceCreate(attributes: $attributes) {
        errors
        invoice { id number state operations amount subtotal taxAmount taxRate amountDue amountPaid credits
            issuedAt dueAt netPaymentDays poNumber notes smallUnitAmountDue paidAt description kind
            baseCurrencyId baseCurrencyTotal
            invoiceItems { lineText quantity price discount amount subtotal taxAmount taxRate taxCode
                position } }
    } }"""
PAYMENT = """mutation ($attributes: PaymentCreateAttributes!) {
    paymentCreate(attributes: $attributes) {
        errors
        payment { id amount amountUnapplied state processingState currencyId memo receivedAt baseCurrencyCash
            conversionRate description remoteTransactionId
            appliedToInvoices { nodes { id state } totalCount } }
    } }"""


def test_a_client_needs_nothing_but_contract_a_to_sell_be_paid_and_pay_back(shop):
    rate = shop.tax(20)
    create = 'mutation { accountCreate(attributes: {name: "Grace"}) { account { id } errors } }'
    account = shop.data(create)["accountCreate"]["account"]["id"]
    attributes = {"accountId": account, "issue": True}
    attributes["invoiceItems"] = [{"quantity": 2, "price": Decimal("50.05"), "taxRateIds": [rate]}]
    invoice = shop.data(INVOICE, {"attributes": attributes})["invoiceCreate"]["invoice"]
    assert (invoice["amount"], invoice["subtotal"]) == (Decimal("120.12"), Decimal("100.1"))

    portions = [{"invoiceId": invoice["id"], "amount": invoice["amount"]}]
    attributes = {"accountId": account, "financialAccountId": 1000, "invoices": portions}
    assert shop.data(PAYMENT, {"attributes": attributes})["paymentCreate"]["payment"]["state"] == "APPLIED"
    refund = "mutation ($id: ID!) { invoiceRefund(invoiceId: $id) { creditNote { state } errors } }"
    assert shop.data(refund, {"id": invoice["id"]})["invoiceRefund"]["creditNote"]["state"] == "APPLIED"
    assert shop.trial_balance() == {}
    hold(shop)


def test_an_account_keeps_what_it_is_told(shop):
    told = {
        "name": "Grace", "code": "G-1", "currencyId": "EUR", "billingStreet": "1 High Street",
        "billingCity": "Ulm", "phone": "123", "description": "Pays late", "employees": 12, "website": "https://example.com",
        "secondaryBillingContactIds": ["7"], "disableDunning": True,
    }  # fmt: skip
    account = shop.data(ACCOUNT, {"attributes": told})["accountCreate"]["account"]
    assert {name: account[name] for name in told} == told
    assert account["currency"] == {"id": "EUR", "isoCode": "EUR", "name": "Euro"}
    assert (account["emailsEnabled"], account["entity"]) == (True, {"id": "1"})
    again = "query ($id: ID, $code: String) { account(id: $id, code: $code) { id name } }"
    assert shop.data(again, {"code": "G-1"}) == shop.data(again, {"id": account["id"]})
    assert "workPhone" in shop.get(Customer, 2).details, "under the name by which contract B knows it"


def test_an_account_comes_with_its_billing_contact_or_not_at_all(shop):
    create = """mutation CreateAccount($attributes: AccountAttributes!) {
        accountCreate(attributes: $attributes) { errors
            account { id name billingContactId billingContact { id firstName email } contacts { id } } } }"""
    told = {"name": "Acme Corp", "billingContact": {"email": "ap@acme.example"}}
    account = shop.data(create, {"attributes": told})["accountCreate"]["account"]
    contact = {"id": account["billingContactId"], "firstName": "ap", "email": "ap@acme.example"}
    assert (account["billingContact"], account["contacts"]) == (contact, [{"id": contact["id"]}])
    nameless = {"name": "Acme Corp", "billingContact": {"phone": "1"}}
    assert shop.no(create, {"attributes": nameless})["message"] == "Name can't be blank"


def test_an_invoice_is_drafted_and_then_issued(shop):
    attributes = {
        "accountId": "1", "poNumber": "PO 7", "notes": "Thank you", "issuedAt": "2026-11-01",
        "dueAt": "2026-12-01", "invoiceItems": [
            {"quantity": Decimal("1.5"), "price": 10, "lineText": "Hours", "taxRateIds": [shop.tax(20)]},
            {"quantity": 1, "price": 5, "discount": 1, "discountIsAmount": True, "taxRateIds": []},
        ],
    }  # fmt: skip
    draft = shop.data(INVOICE, {"attributes": attributes})["invoiceCreate"]["invoice"]
    assert (draft["state"], draft["number"], draft["issuedAt"], draft["operations"]) == (
        "DRAFT",
        None,
        None,
        ["issue", "void"],
    )
    assert (draft["poNumber"], draft["notes"], draft["netPaymentDays"]) == ("PO 7", "Thank you", 30)
    assert (draft["amount"], draft["subtotal"], draft["taxAmount"], draft["taxRate"]) == (22, 19, 3, None)
    hours, other = draft["invoiceItems"]
    assert (hours["lineText"], hours["quantity"], hours["price"], hours["amount"]) == ("Hours", None, 10, 18)
    assert (hours["taxRate"], other["taxRate"], other["taxCode"]) == (20, None, None)
    assert (other["quantity"], other["discount"], other["amount"], other["position"]) == (1, 1, 4, 2)

    issue = """mutation ($id: ID!) {
        invoiceIssue(id: $id) { invoice { number state operations amountDue } errors } }"""
    issued = shop.data(issue, {"id": draft["id"]})["invoiceIssue"]["invoice"]
    assert issued == {
        "number": "INV-00001", "state": "NOT_DUE", "operations": ["credit", "write_off", "void"],
        "amountDue": 22,
    }  # fmt: skip
    assert shop.no(issue, {"id": draft["id"]})["extensions"]["code"] == "invoice_already_issued"


def test_a_payment_says_what_it_is_set_against_and_what_is_left(shop):
    invoice = shop.invoice(line(100))
    attributes = {
        "accountId": 1, "financialAccountId": 1000, "amount": 130, "memo": "By wire", "referenceNo": "W-1",
        "receivedAt": "2026-11-05T10:00:00Z", "invoices": [{"invoiceId": invoice.id, "amount": 100}],
    }  # fmt: skip
    payment = shop.data(PAYMENT, {"attributes": attributes})["paymentCreate"]["payment"]
    assert payment == {
        "id": "1", "amount": 130, "amountUnapplied": 30, "state": "PARTIALLY_APPLIED",
        "processingState": "SUCCEEDED", "currencyId": "USD", "memo": "By wire",
        "receivedAt": "2026-11-05T00:00:00Z", "baseCurrencyCash": 130, "conversionRate": 1,
        "description": "Payment PAY-00001", "remoteTransactionId": "W-1",
        "appliedToInvoices": {"nodes": [{"id": "1", "state": "PAID"}], "totalCount": 1},
    }  # fmt: skip
    paid = shop.data("""{ invoice(id: 1) { paidAt amountPaid
        paymentApplications { id amount currencyId memo paymentId invoiceId account { name } invoice { id } }
        payments { nodes { id } totalCount } } }""")["invoice"]
    assert paid["paidAt"] is not None
    assert paid["payments"] == {"nodes": [{"id": "1"}], "totalCount": 1}
    assert paid["paymentApplications"] == [{
        "id": "1", "amount": 100, "currencyId": "USD", "memo": "By wire", "paymentId": "1", "invoiceId": "1",
        "account": {"name": "Ada"}, "invoice": {"id": "1"},
    }]  # fmt: skip


def test_a_credit_serves_first_what_the_invoice_owes(shop):
    shop.paid(shop.invoice(line(100)), 60)
    credit = """mutation { invoiceCredit(invoiceId: 1) { errors creditNote {
        kind state amount amountApplied amountUnapplied operations
            appliedToInvoices { nodes { id amountDue credits amountPaid state } } } } }"""
    assert shop.data(credit)["invoiceCredit"] == {
        "errors": None,
        "creditNote": {
            "kind": "CREDIT", "state": "PARTIALLY_APPLIED", "amount": 100, "amountApplied": 40,
            "amountUnapplied": 60, "operations": ["apply_to_invoices", "refund"],
            "appliedToInvoices": {
                "nodes": [{"id": "1", "amountDue": 0, "credits": 40, "amountPaid": 60, "state": "PAID"}]
            },
        },
    }  # fmt: skip
    assert shop.no(credit)["extensions"]["code"] == "nothing_to_credit"


def test_a_write_off_gives_back_the_invoice_where_the_contract_says_credit_note(shop):
    shop.invoice(line(5))
    invoice = shop.invoice(line(100))
    write_off = """mutation ($id: ID!) { invoiceWriteOff(invoiceId: $id) { errors
        creditNote { __typename id number state amountDue creditNotes { id } }
        writeOff { __typename id kind state amount description } } }"""
    assert shop.data(write_off, {"id": invoice.id})["invoiceWriteOff"] == {
        "errors": None,
        "creditNote": {
            "__typename": "Invoice", "id": "2", "number": "INV-00002", "state": "UNPAID", "amountDue": 0,
            "creditNotes": [{"id": "1"}],
        },
        "writeOff": {
            "__typename": "CreditNote", "id": "1", "kind": "WRITE_OFF", "state": "APPLIED", "amount": 100,
            "description": "Write-off CN-00001 against INV-00002",
        },
    }  # fmt: skip
    hold(shop)


def test_a_credit_note_is_paid_out_with_our_addition(shop):
    note = shop.credit_note(line(100))
    pay_out = """mutation ($amount: Float!, $date: ISO8601Date) {
        creditNoteRefund(creditNoteId: 1, fromAccountId: 1000, amount: $amount, date: $date,
                referenceNo: "R-7", description: "By cheque", branchId: 1) {
            errors
            refund { id number amount currencyId state date exchangeRate referenceNo description fromAccountId
                creditNote { id state amountApplied amountUnapplied refunds { amount } } }
        } }"""
    refund = shop.data(pay_out, {"amount": Decimal("30.1"), "date": "2026-11-12"})["creditNoteRefund"][
        "refund"
    ]
    assert refund == {
        "id": "1", "number": "RF-00001", "amount": Decimal("30.1"), "currencyId": "USD", "state": "SETTLED",
        "date": "2026-11-12", "exchangeRate": "1", "referenceNo": "R-7", "description": "By cheque",
        "fromAccountId": "1000",
        "creditNote": {
            "id": "1", "state": "PARTIALLY_APPLIED", "amountApplied": Decimal("30.1"),
            "amountUnapplied": Decimal("69.9"), "refunds": [{"amount": Decimal("30.1")}],
        },
    }  # fmt: skip
    assert shop.no(pay_out, {"amount": 70})["extensions"]["code"] == "credit_note_used_up"
    assert (
        shop.data(pay_out, {"amount": Decimal("69.9")})["creditNoteRefund"]["refund"]["number"] == "RF-00002"
    )
    assert sum(x.amount_minor for x in shop.rows(Refund)) == note.total_minor


def test_dispute_reasons_are_made_renamed_and_no_longer_offered(shop):
    create = """mutation ($name: String, $text: String) {
        disputeReasonCreate(attributes: {name: $name, description: $text}) {
            disputeReason { id name description } errors } }"""
    made = shop.data(create, {"name": "Broken", "text": "On arrival"})["disputeReasonCreate"]
    assert made == {
        "disputeReason": {"id": "1", "name": "Broken", "description": "On arrival"},
        "errors": None,
    }
    update = """mutation { disputeReasonUpdate(id: 1, attributes: {name: "Damaged"}) {
        disputeReason { name description } errors } }"""
    changed = shop.data(update)["disputeReasonUpdate"]
    assert changed == {"disputeReason": {"name": "Damaged", "description": "On arrival"}, "errors": None}
    listed = "{ disputeReasons { nodes { id name } totalCount } disputeReason(id: 1) { name } }"
    assert shop.data(listed)["disputeReasons"] == {"nodes": [{"id": "1", "name": "Damaged"}], "totalCount": 1}
    delete = "mutation { disputeReasonDelete(id: 1) { disputeReason { id } errors } }"
    assert shop.data(delete)["disputeReasonDelete"] == {"disputeReason": {"id": "1"}, "errors": None}
    assert shop.data(listed) == {"disputeReasons": {"nodes": [], "totalCount": 0}, "disputeReason": None}
    assert shop.no(delete)["message"] == "DisputeReason not found"


def test_an_unnamed_thing_is_refused_in_the_words_of_the_contract(shop):
    for operation in ('accountCreate(attributes: {name: " "}) { account { id } }',
                      'disputeReasonCreate(attributes: {}) { disputeReason { id } }'):  # fmt: skip
        assert shop.no(f"mutation {{ {operation} }}")["message"] == "Name can't be blank"


def test_the_current_user_is_the_client_and_knows_its_scopes(shop):
    user = shop.data("""{ currentUser { scopes entityId featureFlags { code }
        user { id name fullName enabled createdAt } warren { id name subdomain } } }""")["currentUser"]
    assert user["scopes"] == sorted(EVERY_SCOPE.split())
    assert (user["user"]["id"], user["user"]["name"]) == ("till", "The till")
    assert user["warren"] == {"id": str(shop.organization_id), "name": "Acme", "subdomain": None}
    assert shop.organization_id != DIRECTORY


def test_what_belongs_to_another_organization_is_not_there(shop, url):
    other = Ledger(url)
    other.invoice(line(10))
    other.close()
    assert shop.data("{ invoice(id: 1) { id } invoices { totalCount } }") == {
        "invoice": None, "invoices": {"totalCount": 0},
    }  # fmt: skip
    assert shop.no("mutation { invoiceIssue(id: 1) { invoice { id } } }")["message"] == "Invoice not found"
