"""Lists as real clients ask for them, saved views, and what stands beside documents."""

from decimal import Decimal

import pytest
from iso4217 import Currency

from avoir.app.customers import CreateCustomer, EditCustomer
from avoir.app.invoice_credits import WriteOffInvoice
from avoir.app.locks import LockPeriod
from avoir.app.opening_balances import SetOpeningBalance
from avoir.app.people import InactivateUser
from avoir.app.refunds import RefundInvoice
from avoir.app.views import CreateView
from avoir.core.currency import EXPONENTS
from avoir.faces.graphql.fields.iso_numeric import NUMBERS
from tests.faces.graphql.furnished import furnish
from tests.ledger import Ledger, line

LISTS = [
    # Without `first`, with nodes.
    "query { accounts { nodes { id name code contacts { id fullName email } balances { balance } } } }",
    "{ creditNotes { nodes { id number kind state amount amountUnapplied disputeReason { name } } } }",
    "query { payments { nodes { id amount state processingState appliedToInvoices { nodes { number } } } } }",
    '{ invoices(filter: "state = \'FAILED\'", first: 200) { nodes { id amountDue account { id name mrr } }'
    " pageInfo { hasNextPage endCursor } } }",
    "{ entities(first: 10) { nodes { id name } } }",
    # With edges, as the command-line client sends them.
    """query entities ($first: Int, $filter: String) { entities (first: $first, filter: $filter) {
        edges { node { id name brandColor accentColor emailTemplate topNavImageUrl } } } }""",
    'query ($filter: String = "") { invoices (filter: $filter) { edges { cursor node { id number } }'
    " totalCount } }",
    '{ journalEntries(sort: "date desc") { edges { node { id date source journalEntryLines { debit } } } } }',
    '{ journalEntryLines(filter: "journalEntryId = 1") { nodes { debit credit currencyId source'
    " financialAccount { name accountType } } } }",
    "{ disputes { edges { node { id state processingState amount feeAmount invoices { id number } } } } }",
    """{ transactions { nodes { id kind state amount transactionable { __typename
        ... on Invoice { number } ... on CreditNote { kind } ... on Payment { memo } } } } }""",
    '{ webhookEvents { nodes { id url payload payloadType responseCode createdAt } } }',
    '{ account(code: "none") { id code name } }',
    "query account ($id: ID, $code: String) { account (id: $id, code: $code) { id code name } }",
]  # fmt: skip


def test_lists_are_answered_as_real_clients_ask_for_them(shop):
    furnish(shop)
    for document in LISTS:
        assert shop.data(document, {}) is not None, document


def test_a_whole_page_of_documents(shop):
    furnish(shop)
    shop.ask(EditCustomer(customer_id=1, details='{"billingAddressState":"CA","note":"VIP"}'))
    asked = """{ accounts(filter: "createdAt is after 2024-01-14 and billing_state = 'CA'") { nodes { name
        billingState billingContact { email } balances { id currencyId balance } transactions { kind amount }
        paymentMethods { nodes { isDefault paymentType metadata { identifier } } } } } }"""
    (ada,) = shop.data(asked)["accounts"]["nodes"]
    assert (ada["name"], ada["billingState"], ada["billingContact"]["email"]) == (
        "Ada",
        "CA",
        "ada@example.com",
    )
    assert ada["paymentMethods"]["nodes"] == [
        {"isDefault": True, "paymentType": "card", "metadata": {"identifier": "4242"}}
    ]
    kinds = sorted((each["kind"], each["amount"]) for each in ada["transactions"])
    assert kinds == [
        ("CREDIT_NOTE", 5), ("CREDIT_NOTE", 10), ("CREDIT_NOTE", 30), ("INVOICE", 7), ("INVOICE", 10),
        ("INVOICE", 170), ("PAYMENT", 170),
    ]  # fmt: skip
    # 170 and 10 owed, 170 paid, 30 given back in cash on a credit of 30, and 5 credited.
    assert ada["balances"] == [{"id": "1-USD", "currencyId": "USD", "balance": 5}]
    listed = shop.data(
        '{ accountBalances { nodes { accountId balance } } accountBalance(id: "1-USD") { balance } }'
    )
    assert listed["accountBalances"]["nodes"] == [{"accountId": "1", "balance": 5}]
    assert listed["accountBalance"] == {"balance": 5}


def test_a_saved_view_filters_and_sorts_a_list(shop):
    for amount in (30, 10, 20, 50):
        shop.invoice(line(amount))
    for conditions in (
        "amount > 10",
        "- amount > 10",
        "- amount > 10\n- amount < 50",
        "",
        "- id = 1 or id = 2",
    ):
        shop.ask(
            CreateView(name="V", object="Invoice", conditions=conditions, sort_by="amount", sort_order="desc")
        )
    asked = """query ($view: ID, $filter: String, $sort: String) {
        invoices(viewId: $view, filter: $filter, sort: $sort) { nodes { id } } }"""
    for view, filter_, sort, ids in (
        (1, None, None, "413"), (2, "", "", "413"), (3, None, None, "13"), (4, None, None, "4132"),
        (1, "amount < 50", None, "13"), (1, None, "id asc", "134"), (5, "id = 1 or id = 3", None, "1"),
    ):  # fmt: skip
        nodes = shop.data(asked, {"view": view, "filter": filter_, "sort": sort})["invoices"]["nodes"]
        assert "".join(node["id"] for node in nodes) == ids, (view, filter_, sort)
    answer = shop.answer(asked, {"view": 99})
    assert [error["message"] for error in answer["errors"]] == ["View not found"]
    shown = shop.data("""{ views(filter: "obj = invoice") { totalCount }
        view(id: 2) { name obj conditions sortBy sortOrder isDefault } }""")
    assert shown["views"] == {"totalCount": 5}
    assert shown["view"] == {
        "name": "V", "obj": "Invoice", "conditions": "- amount > 10", "sortBy": "amount", "sortOrder": "desc",
        "isDefault": False,
    }  # fmt: skip


def test_a_transaction_is_found_by_its_id_and_leads_to_its_document(shop):
    furnish(shop)
    listed = shop.data("""{ transactions(filter: "kind = credit_note", sort: "amount asc") { totalCount
        nodes { id kind transactionableId creditNote { id } invoice { id } description } } }""")[
        "transactions"
    ]
    assert listed["totalCount"] == 3
    for node in listed["nodes"]:
        assert node["creditNote"] == {"id": node["transactionableId"]}
        assert node["invoice"] is None
        again = shop.data(f"{{ transaction(id: {node['id']}) {{ kind transactionableId }} }}")["transaction"]
        assert again == {"kind": "CREDIT_NOTE", "transactionableId": node["transactionableId"]}
    record = shop.data("{ invoice(id: 1) { transactionRecord { id kind } } }")["invoice"]["transactionRecord"]
    assert shop.data(f"{{ transaction(id: {record['id']}) {{ invoice {{ id }} }} }}")["transaction"] == {
        "invoice": {"id": "1"}
    }


def test_events_say_who_did_what_to_which(shop):
    furnish(shop)
    created = shop.data("""{ events(filter: "objectType = 'Invoice' and objectId = 1", first: 1) { nodes {
        actor description objectType queryName target shortForm severity payload eventTypeId uuid } } }""")
    (event,) = created["events"]["nodes"]
    assert event["description"] == "Invoice 1 issued" or event["description"].startswith("Invoice 1 ")
    assert (event["actor"], event["objectType"], event["queryName"]) == ("user:1", "Invoice", "invoice")
    assert event["payload"]["after"]["id"] == 1
    last = shop.data('{ events(filter: "objectType = account", sort: "id asc", first: 1) { nodes { id } } }')
    id = last["events"]["nodes"][0]["id"]
    detail = shop.data(f"""{{ eventDetails(id: {id}) {{ eventDetailItems {{ header content }}
        eventDetailChanges {{ attribute changedFrom changedTo }} }} }}""")
    assert {"attribute": "name", "changedFrom": None, "changedTo": "Ada"} in detail["eventDetails"][
        "eventDetailChanges"
    ]
    deep = shop.data(
        """{ deepEvents(objectType: "Account", objectId: 1) { nodes { objectType } totalCount } }"""
    )
    assert {node["objectType"] for node in deep["deepEvents"]["nodes"]} >= {
        "Account",
        "Invoice",
        "Payment",
        "Contact",
    }
    assert shop.data("{ deepEvents(limit: 2) { nodes { id } } }")["deepEvents"]["nodes"] == [
        {"id": "1"},
        {"id": "2"},
    ]
    odd = shop.data("""{ deepEvents(objectType: "x'; drop", objectId: 1) { totalCount } }""")
    assert odd["deepEvents"] == {"totalCount": 0}


def test_the_months_of_the_books_and_whether_they_are_closed(shop):
    shop.invoice(line(10))
    shop.ask(LockPeriod(module="all", lock_to="2026-10-31"))
    shop.invoice(line(10), issued_on="2026-11-03")
    periods = shop.data("""{ periods(sort: "id desc") { nodes { id year month monthName closed } }
        open: periods(filter: "closed is false") { totalCount } period(id: 202611) { monthName closed } }""")
    assert periods["periods"]["nodes"][-1] == {
        "id": "202611", "year": 2026, "month": 11, "monthName": "November", "closed": False,
    }  # fmt: skip
    assert periods["open"] == {"totalCount": len(periods["periods"]["nodes"])}
    assert periods["period"] == {"monthName": "November", "closed": False}


def test_people_roles_clients_and_scopes(shop):
    furnish(shop)
    shown = shop.data("""{ users { nodes { id email fullName enabled role { name scopes } } }
        roles { nodes { id name } } apiClients { nodes { clientId name scopes clientSecret } }
        roleScopes(first: 2) { nodes { name description } totalCount }
        user(code: "grace@example.com") { lastName } }""")
    assert shown["users"]["nodes"][-1]["email"] == "grace@example.com"
    assert "billing:write" in shown["users"]["nodes"][-1]["role"]["scopes"]
    assert [role["name"] for role in shown["roles"]["nodes"]][:2] == ["Admin", "Staff"]
    (client,) = shown["apiClients"]["nodes"]
    assert (client["clientId"], client["clientSecret"]) == ("till", None)
    assert [scope["name"] for scope in shown["roleScopes"]["nodes"]] == ["admin:read", "admin:write"]
    assert shown["user"] == {"lastName": "Hopper"}


def test_nothing_of_another_organizations_people_is_seen(shop, url):
    other = Ledger(url)
    other.close()
    mine = shop.data(
        "{ users { totalCount } apiClients { totalCount } roles { totalCount } user(id: 2) { id } }"
    )
    assert mine == {
        "users": {"totalCount": 1}, "apiClients": {"totalCount": 1}, "roles": {"totalCount": 2}, "user": None,
    }  # fmt: skip


def test_a_search_finds_names_and_numbers_that_the_token_may_read(shop):
    furnish(shop)
    shop.ask(CreateCustomer(name="100% Ünïcode", currency="USD"))
    asked = "query ($text: String!) { search(text: $text) { id model content objUpdatedAt } }"
    for text, found in {
        "love": [("Contact", "Ada Lovelace")],
        "ÜNÏ": [("Account", "100% Ünïcode")],
        "0%": [("Account", "100% Ünïcode")],
        "inv-00001": [("CreditNote", "CN-00001"), ("Invoice", "INV-00001")],
        " ": [],
        "\0": [],
    }.items():
        results = shop.data(asked, {"text": text})["search"]
        assert [(each["model"], each["content"]) for each in results] == found, text
    headers = {"authorization": f"Bearer {shop.token_of('till', 'standard:read')}"}
    assert shop.data(asked, {"text": "INV-00001"}, **headers)["search"] == []


def test_currencies_with_their_rates(shop):
    shown = shop.data("""{ currencies(first: 100) { totalCount } currency(id: "eur") { id isoCode name symbol
        enabled conversionRate conversionType } other: currency(id: "XXX") { id }
        enabled: currencies(filter: "enabled is true") { nodes { id } } }""")
    assert shown["currencies"]["totalCount"] > 150
    assert (shown["currency"]["id"], shown["currency"]["enabled"], shown["other"]) == ("EUR", True, None)
    assert {"id": "USD"} in shown["enabled"]["nodes"]


def test_a_document_as_it_is_printed(shop):
    furnish(shop)
    shown = shop.data("""{ formattedInvoice(id: 1) { number customerName vendorName printedState amount
        amountPaid currencySymbol formattedLines { lineText amount quantity } object { id } html }
        formattedCreditNote(id: 1) { number creditedInvoiceId amount printedState }
        previewInvoice(accountId: 1, billingDate: "2030-01-01") { amount number } }""")
    invoice = shown["formattedInvoice"]
    assert (invoice["number"], invoice["customerName"], invoice["amount"]) == ("INV-00001", "Ada", 170)
    assert [each["amount"] for each in invoice["formattedLines"]] == [120, 50]
    assert shown["formattedCreditNote"]["creditedInvoiceId"] == "1"
    assert shown["previewInvoice"] == {"amount": 7, "number": None}
    for missing in ("formattedInvoice(id: 99) { id }", "billingDetails(id: 99) { name }"):
        assert shop.no(f"{{ {missing} }}")["extensions"]["code"] == "not_found"


CURSORS = ["accountBalances", "journalEntryLines", "invoiceItems", "transactions", "currencies", "events"]


WALK = """query ($at: String) {{ {name}({window}) {{
    edges {{ node {{ id }} }} pageInfo {{ startCursor endCursor }} }} }}"""


@pytest.mark.parametrize("name", CURSORS)
def test_lists_without_an_id_of_their_own_are_walked_both_ways(shop, name):
    furnish(shop)
    forwards, backwards = [], []
    for walked, window, end in (
        (forwards, "first: 2, after: $at", "endCursor"),
        (backwards, "last: 2, before: $at", "startCursor"),
    ):
        at = None
        while True:
            page = shop.data(WALK.format(name=name, window=window), {"at": at})[name]
            ids = [edge["node"]["id"] for edge in page["edges"]]
            if not ids:
                break
            walked.append(ids)
            at = page["pageInfo"][end]
    there = [id for ids in forwards for id in ids]
    assert there == [id for ids in reversed(backwards) for id in ids]
    assert len(set(there)) == len(there) == shop.data(f"{{ {name} {{ totalCount }} }}")[name]["totalCount"]


def test_amounts_stay_exact(shop):
    shop.paid(shop.invoice(line("10.10")), "10.10")
    shown = shop.data("{ payments { nodes { amount } } journalEntryLines { nodes { debit credit } } }")
    assert shown["payments"]["nodes"] == [{"amount": Decimal("10.1")}]
    assert {each["debit"] for each in shown["journalEntryLines"]["nodes"]} == {Decimal("10.1"), None}


def test_a_document_is_shown_as_its_page_and_currencies_have_the_numbers_of_the_standard(shop):
    furnish(shop)
    shown = shop.data("{ formattedInvoice(id: 1) { html } formattedCreditNote(id: 1) { html } }")
    for name, title in (
        ("formattedInvoice", "Invoice INV-00001"),
        ("formattedCreditNote", "Credit note CN-00001"),
    ):
        assert f"<title>{title}</title>" in shown[name]["html"]
    nodes = shop.data("{ a: currencies(first: 100) { nodes { id isoNumeric } } }")["a"]["nodes"]
    numbers = {each.code.upper(): f"{each.number:03d}" for each in Currency if each.number}
    assert len(nodes) == 100
    assert {each["id"]: each["isoNumeric"] for each in nodes} == {x["id"]: numbers[x["id"]] for x in nodes}
    assert {code: numbers[code] for code in EXPONENTS} == NUMBERS


def test_an_account_knows_what_was_earned_with_it_and_whether_it_ever_paid(shop):
    asked = '{ accounts(sort: "id asc") { nodes { payingStatus revenueToDate } } }'
    euro = shop.customer("EUR")
    idle = {"payingStatus": "NOT_PAYING", "revenueToDate": 0}
    assert shop.data(asked)["accounts"]["nodes"] == [idle, idle]
    paid = shop.invoice(line(100, shop.tax(20)))
    shop.paid(paid, 120)
    shop.ask(RefundInvoice(invoice_id=paid.id, amount=Decimal(12)))
    shop.invoice(line(10), issue=False)
    lost = shop.invoice(line("7.5"))
    shop.ask(WriteOffInvoice(invoice_id=lost.id))
    shop.ask(SetOpeningBalance(customer_id=1, amount=Decimal(-30), on="2026-10-31"))
    shop.invoice(line(100), customer_id=euro, rate="1.1")
    shop.invoice(line(1), customer_id=euro, rate="1.2")
    assert shop.data(asked)["accounts"]["nodes"] == [
        {"payingStatus": "PAYING", "revenueToDate": Decimal("97.5")},
        {"payingStatus": "NOT_PAYING", "revenueToDate": Decimal("111.2")},
    ]


def test_owners_are_the_people_who_may_sign_in(shop):
    furnish(shop)
    asked = "{ owners(filter: \"lastName = 'Hopper'\") { totalCount nodes { id email fullName enabled } } }"
    (grace,) = shop.data(asked)["owners"]["nodes"]
    assert (grace["email"], grace["fullName"], grace["enabled"]) == (
        "grace@example.com",
        "Grace Hopper",
        True,
    )
    gone = InactivateUser(tenancy_id=shop.organization_id, user_id=int(grace["id"]))
    shop.run(shop.app.state.access.ask(gone, actor="user:1"))
    assert shop.data(asked)["owners"] == {"totalCount": 0, "nodes": []}
