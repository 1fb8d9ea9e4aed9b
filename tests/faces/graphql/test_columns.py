"""Every field that a list is filtered and sorted by: it finds what the list shows, on both engines."""

from graphql import get_named_type

from avoir.app.reads.graph_filter import Type
from avoir.faces.graphql import asked, queries
from avoir.faces.graphql.schema import schema
from tests.faces.graphql.furnished import furnish
from tests.ledger import line

WAYS = {Type.TEXT, Type.STATE, Type.NUMBER, Type.MONEY, Type.FLAG, Type.DECIMAL, Type.DAY}
"""What is compared with a value; an instant is compared with a day."""
LISTINGS = {
    "accountBalances": queries.BALANCES, "accounts": queries.ACCOUNTS, "apiClients": queries.API_CLIENTS,
    "contacts": queries.CONTACTS, "creditNoteItems": queries.CREDIT_NOTE_ITEMS,
    "creditNotes": queries.CREDIT_NOTES, "currencies": asked.CURRENCIES,
    "disputeReasons": queries.DISPUTE_REASONS, "disputes": queries.DISPUTES,
    "entities": queries.ENTITIES, "events": queries.EVENTS,
    "financialAccounts": queries.FINANCIAL_ACCOUNTS, "intracomVats": queries.INTRACOM_VATS,
    "invoiceItems": queries.INVOICE_ITEMS, "invoices": queries.INVOICES,
    "journalEntries": queries.JOURNAL_ENTRIES, "journalEntryLines": queries.JOURNAL_LINES,
    "paymentApplications": queries.PAYMENT_APPLICATIONS,
    "paymentMethods": queries.PAYMENT_METHODS, "payments": queries.PAYMENTS, "periods": asked.PERIODS,
    "roles": queries.ROLES, "transactions": queries.TRANSACTIONS, "users": queries.USERS,
    "views": queries.VIEWS, "webhookEvents": queries.WEBHOOK_EVENTS,
}  # fmt: skip

WORDED = {("events", "description")}
"""A sentence made of a topic, which is what a filter compares."""


def said(value: object) -> str:
    """A value as a filter says it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str) else str(value)


def test_a_list_is_found_by_what_it_shows_and_sorted_by_it(shop):
    furnish(shop)
    shop.data('mutation { entityUpdate(id: 1, attributes: {billingCountry: "DE", phone: "1"}) { errors } }')
    french = (
        'name: "F", currencyId: "USD", billingCountry: "FR", taxNumber: "FR1", draftInvoices: true, fax: "2"'
    )
    made = shop.data(f"mutation {{ accountCreate(attributes: {{{french}}}) {{ account {{ id }} }} }}")
    customer = int(made["accountCreate"]["account"]["id"])
    shop.invoice(line("7.25", quantity="1.5"), customer_id=customer, issued_on="2026-10-31")
    shop.invoice(line(10), line(20), customer_id=customer, issue=False)
    draft = shop.data("{ draftInvoices(last: 1) { nodes { id } } }")["draftInvoices"]["nodes"][0]["id"]
    shop.data(f"mutation {{ invoiceAddCredit(id: {draft}, amount: 3) {{ invoiceItem {{ id }} }} }}")
    notes = f'id: {draft}, attributes: {{internalNotes: "Call first"}}'
    shop.data(f"mutation {{ invoiceUpdate({notes}) {{ errors }} }}")
    found = compared = 0
    wrong = []
    for name, listing in LISTINGS.items():
        node = get_named_type(get_named_type(schema().query_type.fields[name].type).fields["nodes"].type)
        for field, column in listing.columns.items():
            shop.data(
                f'{{ {name}(sort: "{field} desc, id asc", filter: "{field} is not blank") {{ totalCount }} }}'
            )
            if field not in node.fields or column.type not in WAYS or (name, field) in WORDED:
                continue
            rows = shop.data(f"{{ {name}(last: 3) {{ nodes {{ {field} }} }} }}")[name]["nodes"]
            values = {row[field] for row in rows if row[field] not in (None, "")}
            for value in values:
                wanted = f"{field} = {said(value)}"
                asked_ = f"query ($f: String) {{ {name}(first: 100, filter: $f) {{ nodes {{ {field} }} }} }}"
                like = shop.data(asked_, {"f": wanted})[name]["nodes"]
                if {row[field] for row in like} != {value}:
                    wrong.append((name, wanted))
                found += len(like)
            compared += bool(values)
    assert wrong == []
    assert compared > 150, compared
    assert found > compared, found


def test_what_is_sorted_by_a_field_is_in_the_order_of_what_it_shows(shop):
    furnish(shop)
    for name, field in (("invoices", "amountDue"), ("invoices", "dueAt"), ("payments", "conversionRate"),
                        ("invoiceItems", "quantity"), ("creditNotes", "amountUnapplied")):  # fmt: skip
        rows = shop.data(f'{{ {name}(sort: "{field} desc, id") {{ nodes {{ {field} }} }} }}')[name]["nodes"]
        values = [row[field] for row in rows if row[field] is not None]
        assert values, (name, field)
        assert values == sorted(values, reverse=True), (name, field)
