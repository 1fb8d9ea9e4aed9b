"""Every operation of contract A that is served, as its clients ask for it, at the demonstration.

The documents are written from the contract's own types, not from ours: its arguments, and every field of what
comes back, one level deep.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from graphql import EnumTypeDefinitionNode, ObjectTypeDefinitionNode, print_ast

from avoir.app.disputes import OpenDispute
from avoir.app.gateways import SetGateway
from avoir.core.client import SCOPES
from avoir.core.webhook_event import DELIVERED, WebhookEvent
from avoir.demo.seeding import Seeding
from avoir.demo.year import BANK
from tests.faces.graphql.shop import Shop
from tests.faces.graphql.test_schema import OUT_OF_SCOPE, SCALARS, TYPES, named
from tests.invariants import hold
from tests.ledger import NOW

CUSTOMER, REASON = "1", "1"


class World(Shop):
    """The demonstration, and a client that may do everything."""

    def __init__(self, url: str) -> None:
        super().__init__(url, sandbox=True, worker_seconds=0, webhooks_private=True)
        self.made = 0

    def __enter__(self) -> "World":
        super().__enter__()
        self.run(self._seed())
        self.client("all", " ".join(sorted(SCOPES)))
        self.token = self.token_of("all")
        self.ask(SetGateway(name="sandbox", account_id=BANK))
        self.write(
            WebhookEvent(
                0, 1, None, "http://127.0.0.1:1/", "DEFAULT", '{"type":"Invoice"}', "{}", DELIVERED, 1, "500",
                "", NOW, NOW,
            )
        )  # fmt: skip
        for each in (contact, view, user, template):
            each(self)
        self.invoice(issue=False)
        self.ask(OpenDispute(payment_id=1, amount=Decimal(1), remote_id="dp_1"))
        return self

    async def _seed(self) -> None:
        app = self.app.state
        seeding = Seeding(app.door, app.access, datetime.now(UTC).date())
        await seeding.company()
        self.scene = await seeding.year()
        self.organization_id = seeding.organization_id

    def fresh(self) -> str:
        """A name that nothing has yet."""
        self.made += 1
        return f"new {self.made}"

    def invoice(self, issue: bool = True, paid: bool = False) -> str:
        """The id of a new invoice over 100."""
        line = {"quantity": 2, "price": 50, "lineText": "Work"}
        attributes = {"accountId": CUSTOMER, "invoiceItems": [line], "issue": issue}
        document = (
            "mutation ($a: InvoiceCreateAttributes!) { invoiceCreate(attributes: $a) { invoice { id } } }"
        )
        id = self.data(document, {"a": attributes})["invoiceCreate"]["invoice"]["id"]
        if paid:
            self.payment(id)
        return id

    def item(self, invoice: str) -> str:
        """The id of an invoice's line."""
        found = self.data("query ($i: ID!) { invoice(id: $i) { invoiceItems { id } } }", {"i": invoice})
        return found["invoice"]["invoiceItems"][0]["id"]

    def deduction(self, invoice: str) -> str:
        """The id of a credit of 1 on a draft."""
        document = "mutation ($i: ID!) { invoiceAddCredit(id: $i, amount: 1) { invoiceItem { id } } }"
        return self.data(document, {"i": invoice})["invoiceAddCredit"]["invoiceItem"]["id"]

    def payment(self, invoice: str | None = None) -> str:
        """The id of a payment of 100, set against an invoice if one is named."""
        attributes = {"accountId": CUSTOMER, "amount": 100, "financialAccountId": str(BANK)}
        if invoice:
            attributes["invoices"] = [{"invoiceId": invoice, "amount": 100}]
        document = (
            "mutation ($a: PaymentCreateAttributes!) { paymentCreate(attributes: $a) { payment { id } } }"
        )
        return self.data(document, {"a": attributes})["paymentCreate"]["payment"]["id"]

    def note(self, kind: str = "CREDIT") -> str:
        """The id of a draft of a credit note against a new invoice that is paid."""
        document = """mutation ($i: ID!, $k: CreditNoteKind) {
            creditNoteCreate(invoiceId: $i, kind: $k) { creditNote { id } } }"""
        paid = self.invoice(paid=kind != "WRITE_OFF")
        return self.data(document, {"i": paid, "k": kind})["creditNoteCreate"]["creditNote"]["id"]

    def credit(self) -> str:
        """The id of a credit note that can be set against invoices."""
        document = "mutation ($i: ID!) { invoiceCredit(invoiceId: $i) { creditNote { id } } }"
        return self.data(document, {"i": self.invoice(paid=True)})["invoiceCredit"]["creditNote"]["id"]

    def a(self, mutation: str, object: str, **attributes: Any) -> str:
        """The id of what a mutation with attributes makes."""
        type_ = named(argument(mutation, "attributes"))
        document = f"mutation ($a: {type_}!) {{ {mutation}(attributes: $a) {{ {object} {{ id }} }} }}"
        return self.data(document, {"a": attributes})[mutation][object]["id"]

    def merged(self) -> str:
        """The id of an invoice into which two drafts were merged."""
        document = "mutation ($i: [ID!]!) { invoiceMerge(invoiceIds: $i) { invoice { id } } }"
        drafts = [self.invoice(issue=False), self.invoice(issue=False)]
        return self.data(document, {"i": drafts})["invoiceMerge"]["invoice"]["id"]

    def voided(self) -> str:
        """The id of a voided invoice."""
        id = self.invoice()
        self.data("mutation ($i: ID!) { invoiceVoid(id: $i) { invoice { id } } }", {"i": id})
        return id


LEGACY = {
    "currencyId": "USD",
    "subtotal": 10,
    "taxAmount": 0,
    "amount": 10,
    "poNumber": "",
    "pdfBlobUuid": "x",
}
IMPORTED = LEGACY | {
    "accountId": CUSTOMER, "dueAt": "2026-01-31", "issuedAt": "2026-01-01",
    "netPaymentDays": 30, "state": "DUE",
}  # fmt: skip
TOKEN = {"pluginGuid": "sandbox", "token": "tok_1"}


def account(w: World) -> str:
    return w.a("accountCreate", "account", name=w.fresh(), currencyId="USD")


def contact(w: World) -> str:
    return w.a("contactCreate", "contact", firstName=w.fresh(), email="a@b.example", accountId=CUSTOMER)


def client(w: World) -> str:
    return w.a("apiClientCreate", "apiClient", name=w.fresh(), scopes=["billing:read"])


def entity(w: World) -> str:
    return w.a("entityCreate", "entity", name=w.fresh())


def role(w: World) -> str:
    return w.a("roleCreate", "role", name=w.fresh(), scopes=["billing:read"])


def user(w: World) -> str:
    return w.a("userCreate", "user", email=f"{w.fresh().replace(' ', '')}@example.com", roleId=role(w))


def reason(w: World) -> str:
    return w.a("disputeReasonCreate", "disputeReason", name=w.fresh())


def template(w: World) -> str:
    return w.a("invoiceTemplateCreate", "invoiceTemplate", name=w.fresh())


def view(w: World) -> str:
    return w.a("viewCreate", "view", name=w.fresh(), obj="Invoice")


def ledger_account(w: World) -> str:
    return w.a(
        "financialAccountCreate",
        "financialAccount",
        name=w.fresh(),
        code=w.fresh(),
        accountType="banking_fees",
    )


def code_of(w: World) -> str:
    code = w.fresh()
    w.a("accountCreate", "account", name=code, code=code, currencyId="USD")
    return code


MUTATIONS: dict[str, Callable[[World], dict[str, Any]]] = {
    "accountCreate": lambda w: {"attributes": {"name": w.fresh(), "currencyId": "USD"}},
    "accountDelete": lambda w: {"id": account(w)},
    "accountUpdate": lambda w: {"id": account(w), "attributes": {"name": w.fresh(), "billingCity": "Bath"}},
    "apiAccessTokenCreate": lambda w: {"id": client(w)},
    "apiClientCreate": lambda w: {"attributes": {"name": w.fresh(), "scopes": ["billing:read"]}},
    "apiClientDelete": lambda w: {"id": client(w)},
    "apiClientSecretRenew": lambda w: {"id": client(w)},
    "apiClientUpdate": lambda w: {"id": client(w), "attributes": {"name": w.fresh()}},
    "billingDetailsUpdate": lambda w: {"id": CUSTOMER, "attributes": {"billingCity": "Bath"}},
    "checkout": lambda w: {"invoiceId": w.invoice(), "paymentMethodData": TOKEN},
    "contactCreate": lambda w: {"attributes": {"firstName": w.fresh(), "accountId": CUSTOMER}},
    "contactDelete": lambda w: {"id": contact(w)},
    "contactUpdate": lambda w: {"id": contact(w), "attributes": {"lastName": "Hopper"}},
    "creditNoteApplyToInvoices": lambda w: {"creditNoteId": w.credit(), "invoiceIds": [w.invoice()]},
    "creditNoteCreate": lambda w: {
        "invoiceId": w.invoice(paid=True),
        "kind": "REFUND",
        "disputeReasonId": REASON,
    },
    "creditNoteDelete": lambda w: {"id": w.note()},
    "creditNoteIssue": lambda w: {"id": w.note("REFUND")},
    "creditNoteUpdate": lambda w: {"id": w.note(), "attributes": {"disputeReasonId": REASON}},
    "creditNoteUpdateTaxes": lambda w: {"id": w.note()},
    "currencyUpdate": lambda w: {"id": "EUR", "attributes": {"conversionRate": "1.1"}},
    "disputeReasonCreate": lambda w: {"attributes": {"name": w.fresh()}},
    "disputeReasonDelete": lambda w: {"id": reason(w)},
    "disputeReasonUpdate": lambda w: {"id": reason(w), "attributes": {"description": "Words"}},
    "entityCreate": lambda w: {"attributes": {"name": w.fresh()}},
    "entityDelete": lambda w: {"id": entity(w)},
    "entityDuplicate": lambda w: {"id": entity(w)},
    "entityUpdate": lambda w: {"id": entity(w), "attributes": {"name": w.fresh()}},
    "financialAccountCreate": lambda w: {
        "attributes": {"name": w.fresh(), "code": w.fresh(), "accountType": "banking_fees"}
    },
    "financialAccountDelete": lambda w: {"id": ledger_account(w)},
    "financialAccountUpdate": lambda w: {"id": ledger_account(w), "attributes": {"name": w.fresh()}},
    "invoiceAddCredit": lambda w: {"id": w.invoice(issue=False), "amount": 10},
    "invoiceDeleteCredit": lambda w: {"id": w.deduction(w.invoice(issue=False))},
    "invoiceUpdateCredit": lambda w: {"id": w.deduction(w.invoice(issue=False)), "amount": 5.25},
    "invoiceUpdateCredits": lambda w: (
        lambda id: {"id": id, "attributes": {"invoiceItems": [{"id": w.deduction(id), "amount": 5}]}}
    )(w.invoice(issue=False)),
    "invoiceCredit": lambda w: {"invoiceId": w.invoice(paid=True), "disputeReasonId": REASON},
    "invoiceMerge": lambda w: {"invoiceIds": [w.invoice(issue=False), w.invoice(issue=False)]},
    "invoiceMergeUndo": lambda w: {"invoiceId": w.merged()},
    "invoiceRefund": lambda w: {"invoiceId": w.invoice(paid=True), "disputeReasonId": REASON},
    "invoiceRegenerate": lambda w: {"id": w.invoice(issue=False)},
    "invoiceReissue": lambda w: {"id": w.voided()},
    "invoiceRelease": lambda w: {"id": w.invoice(issue=False)},
    "invoiceSendEmail": lambda w: {"id": w.invoice(), "contactId": contact(w)},
    "invoiceTemplateCreate": lambda w: {"attributes": {"name": w.fresh(), "footer": "Small print"}},
    "invoiceTemplateDelete": lambda w: {"id": template(w)},
    "invoiceTemplateUpdate": lambda w: {"id": template(w), "attributes": {"bankDetails": "IBAN"}},
    "invoiceUpdate": lambda w: {
        "id": w.invoice(),
        "attributes": {"notes": "Thanks", "internalNotes": "Late"},
    },
    "invoiceUpdateComment": lambda w: {"id": w.item(w.invoice()), "comment": "As agreed"},
    "invoiceUpdateNotes": lambda w: {"id": w.invoice(), "notes": "Thanks"},
    "invoiceUpdateTaxes": lambda w: {"id": w.invoice(issue=False)},
    "invoiceVoid": lambda w: {"id": w.invoice()},
    "invoiceWriteOff": lambda w: {"invoiceId": w.invoice(), "disputeReasonId": REASON},
    "legacyCreditNoteCreate": lambda w: {
        "attributes": LEGACY | {"accountId": CUSTOMER, "kind": "CREDIT", "number": w.fresh()}
    },
    "legacyInvoiceCreate": lambda w: {"attributes": IMPORTED | {"number": w.fresh()}},
    "legacyPaymentCreate": lambda w: {
        "attributes": {
            "amount": 10,
            "currencyId": "USD",
            "memo": "Bank",
            "receivedAt": "2026-02-01T10:00:00Z",
        },
        "invoiceIds": [w.a("legacyInvoiceCreate", "invoice", **IMPORTED, number=w.fresh())],
    },
    "paymentApplyToAccount": lambda w: {"paymentId": w.payment(), "accountId": CUSTOMER},
    "paymentApplyToInvoice": lambda w: {"paymentId": w.payment(), "invoiceId": w.invoice()},
    "paymentApplyToInvoices": lambda w: {"paymentId": w.payment(), "invoiceIds": [w.invoice()]},
    "paymentUnapplyFromInvoices": lambda w: (
        lambda invoice: {"paymentId": w.payment(invoice), "invoiceIds": [invoice]}
    )(w.invoice()),
    "portalSessionCreate": lambda w: {"tenantCode": code_of(w), "expiry": 2},
    "roleCreate": lambda w: {"attributes": {"name": w.fresh(), "scopes": ["billing:read"]}},
    "roleDelete": lambda w: {"id": role(w)},
    "roleUpdate": lambda w: {"id": role(w), "attributes": {"scopes": ["standard:read"]}},
    "testWebhook": lambda w: {"url": "http://127.0.0.1:1/"},
    "userCreate": lambda w: {"attributes": {"email": f"{w.made}@example.com", "roleId": role(w)}},
    "userDelete": lambda w: {"id": user(w)},
    "userUpdate": lambda w: {"id": user(w), "attributes": {"firstName": "Grace"}},
    "viewCreate": lambda w: {"attributes": {"name": w.fresh(), "obj": "Invoice"}},
    "viewDelete": lambda w: {"id": view(w)},
    "viewUpdate": lambda w: {"id": view(w), "attributes": {"name": w.fresh()}},
    "webhookEventRetry": lambda w: {"id": "1"},
}
REFUSED: dict[str, tuple[Callable[[World], dict[str, Any]], str]] = {
    "currentUserUpdate": (lambda w: {"attributes": {"firstName": "A"}}, "not_a_person"),
    "accountValidateAddress": (lambda w: {"id": CUSTOMER}, "address_validation_not_enabled"),
    "entityValidateAddress": (lambda w: {"entityId": "1"}, "address_validation_not_enabled"),
    "invoiceGenerateNextPeriod": (lambda w: {"accountId": CUSTOMER}, "no_subscription"),
    "invoiceDequeue": (lambda w: {"id": w.invoice(issue=False)}, "invoice_not_queued"),
    "invoiceRetryTax": (lambda w: {"id": w.invoice(issue=False)}, "invoice_not_failed"),
}
"""What is told no to: a client that is no person, states that no invoice of Avoir gets into, and what another
product does."""
QUERIES: dict[str, dict[str, Any]] = {
    "accountBalance": {"id": "1-USD"},
    "currency": {"id": "USD"},
    "financialAccount": {"id": str(BANK)},
    "journalEntryLine": {"id": "1-1"},
    "paymentMethods": {"accountId": CUSTOMER},
    "period": {"id": datetime.now(UTC).strftime("%Y%m")},
    "previewInvoice": {"accountId": CUSTOMER, "billingDate": "2099-01-01"},
    "search": {"text": "INV"},
}
"""What a query is asked with. If not said: a list with nothing, an object by the first id of its list."""
OPERATIONS = {root: {x.name.value: x for x in TYPES[root].fields} for root in ("Query", "Mutation")}


def argument(operation: str, name: str) -> Any:
    """The type of a mutation's argument in the contract."""
    fields = OPERATIONS["Mutation"][operation].arguments
    return next(each.type for each in fields if each.name.value == name)


def is_leaf(name: str) -> bool:
    return name in SCALARS or isinstance(TYPES.get(name), EnumTypeDefinitionNode)


def selection(name: str, depth: int) -> str:
    """Every field of a type of the contract that is served, some levels deep."""
    type_ = TYPES.get(name)
    if is_leaf(name):
        return ""
    if not isinstance(type_, ObjectTypeDefinitionNode):
        return "{ __typename }"
    parts = ["__typename"]
    for field in type_.fields:
        target = named(field.type)
        if target not in OUT_OF_SCOPE and (depth > 1 or is_leaf(target)):
            parts.append(f"{field.name.value} {selection(target, depth - 1)}")
    return f"{{ {' '.join(parts)} }}"


def document(root: str, name: str, given: dict[str, Any]) -> str:
    """An operation as a client of the contract writes it."""
    field = OPERATIONS[root][name]
    types = {each.name.value: print_ast(each.type) for each in field.arguments or ()}
    declared = ", ".join(f"${each}: {types[each]}" for each in given)
    passed = ", ".join(f"{each}: ${each}" for each in given)
    heads = (f"({declared})", f"({passed})") if given else ("", "")
    selected = selection(named(field.type), 3)
    return f"{root.lower()} Asked{heads[0]} {{ {name}{heads[1]} {selected} }}"


@pytest.fixture(scope="module", params=("sqlite", "postgres"))
def world(request: pytest.FixtureRequest, databases: Any) -> Iterator[World]:
    with databases.fresh(request.param) as url, World(url) as world:
        yield world
        hold(world)


def first_of(world: World, name: str) -> str:
    """The first id of a list; "1" where an object has none."""
    several = "entities" if name == "entity" else "journalEntries" if name == "journalEntry" else f"{name}s"
    if several not in OPERATIONS["Query"]:
        return "1"
    (node,) = world.data(f"{{ {several}(first: 1) {{ nodes {{ id }} }} }}")[several]["nodes"]
    return node["id"]


def served(root: str) -> list[str]:
    return sorted(name for name in OPERATIONS[root] if f"{root}.{name}" not in OUT_OF_SCOPE)


@pytest.mark.parametrize("name", served("Mutation"))
def test_a_mutation_of_the_contract_is_granted(world, name):
    if name in REFUSED:
        wish, code = REFUSED[name]
        given = wish(world)
        error = world.no(document("Mutation", name, given), given)
        assert error["extensions"]["code"] == code
        return
    given = MUTATIONS[name](world)
    payload = world.data(document("Mutation", name, given), given)[name]
    assert not payload.get("errors")
    told = {field.name.value for field in TYPES[payload["__typename"]].fields}
    # What the payload is about is there; what a contract's payload leaves open may be null.
    assert any(payload[each] not in (None, []) for each in told - {"errors"}), payload


@pytest.mark.parametrize("name", served("Query"))
def test_a_query_of_the_contract_is_answered(world, name):
    field = OPERATIONS["Query"][name]
    is_list = named(field.type).endswith("Connection")
    by_id = not is_list and any(each.name.value == "id" for each in field.arguments or ())
    given = QUERIES.get(name, {"id": first_of(world, name)} if by_id else {})
    answer = world.data(document("Query", name, given), given)[name]
    assert answer is not None
    if is_list:
        assert len(answer["nodes"]) == len(answer["edges"]) == min(answer["totalCount"], 50)


def test_every_mutation_that_is_served_is_asked():
    assert sorted({*MUTATIONS, *REFUSED}) == served("Mutation")
