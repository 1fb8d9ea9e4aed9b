"""Nested reads are batched: what is selected below a list takes as many statements for half of it as for all.

Every list of the contract, and below it every object and list that its rows lead to, two levels deep.
"""

from contextvars import ContextVar
from decimal import Decimal

import pytest
from graphql import GraphQLNonNull, GraphQLUnionType, get_named_type, is_leaf_type

from avoir.app.contacts import CreateContact
from avoir.app.customers import CreateCustomer
from avoir.app.dispute_reasons import CreateDisputeReason
from avoir.app.disputes import OpenDispute
from avoir.app.entities import EditEntity
from avoir.app.invoice_credits import CreditInvoice
from avoir.app.reads import directory
from avoir.app.reads.organization import setup_of
from avoir.app.reads.query import Query
from avoir.app.refunds import RefundInvoice
from avoir.app.views import CreateView
from avoir.core.credit import Shape
from avoir.faces.door import Door
from avoir.faces.graphql import endpoint
from avoir.faces.graphql.schema import schema
from tests.faces.graphql.furnished import METHOD, TOLD
from tests.ledger import line

HOUSE = {
    "accountTypes", "apiClients", "currencies", "entities", "periods", "queuedInvoices", "roles",
    "roleScopes", "users", "webhookEvents", "draftInvoices", "draftCreditNotes", "paymentMethods",
    "invoiceTemplates", "owners",
}  # fmt: skip
"""Lists that are short here: of the house itself, or of what its law makes one by one."""


@pytest.fixture
def grown(shop):
    """Four customers who all do the same."""
    rate = shop.tax(20)
    shop.ask(EditEntity(entity_id=1, details='{"billingCountry":"DE"}'))
    for n in range(1, 5):
        french = f'{{"billingAddressCountry":"FR","taxNumber":"FR{n}"}}'
        made = CreateCustomer(name=f"Customer {n}", currency="USD", details=french)
        customer = n if n == 1 else shop.ask(made).id
        shop.ask(CreateContact(first_name="Ada", customer_id=customer))
        shop.ask(CreateDisputeReason(name=f"Reason {n}"))
        shop.ask(CreateView(name=f"View {n}", object="Invoice"))
        invoice = shop.invoice(line(100, rate), line(5), customer_id=customer)
        payment = shop.paid(invoice, 125)
        shop.ask(RefundInvoice(invoice_id=invoice.id, amount=Decimal(30), dispute_reason_id=n))
        shop.ask(OpenDispute(payment_id=payment.id, amount=Decimal(10), remote_id=f"dp_{n}"))
        other = shop.invoice(line(50, rate), customer_id=customer)
        for month in (9, 10):
            shop.invoice(line(7), customer_id=customer, issued_on=f"2026-{month:02d}-01")
        shop.ask(CreditInvoice(invoice_id=other.id, shapes=(Shape(gross=Decimal(5)),)))
    shop.write(METHOD, TOLD)
    return shop


ASKING: ContextVar[bool] = ContextVar("asking", default=False)
"""Whether it is the test's own request that reads, and not the worker beside it."""


@pytest.fixture
def statements(monkeypatch):
    """The statements that the reads of a request run."""
    run: list[str] = []
    run_all, read_one = Query.all, Door.read
    mine: set[int] = set()

    def counted(self, sql, **params):
        if id(self) in mine:
            run.append(sql)
        return run_all(self, sql, **params)

    async def read(self, read, organization_id, *args, **kwargs):
        def marked(query, *args, **kwargs):
            mine.add(id(query))
            try:
                return read(query, *args, **kwargs)
            finally:
                mine.discard(id(query))

        # Who calls is remembered for a second, and then asked for again.
        counts = ASKING.get() and read not in (directory.client_by_client_id, setup_of)
        return await read_one(self, marked if counts else read, organization_id, *args, **kwargs)

    execute = endpoint._one

    async def executed(*args):
        ASKING.set(True)
        return await execute(*args)

    monkeypatch.setattr(Query, "all", counted)
    monkeypatch.setattr(Door, "read", read)
    monkeypatch.setattr(endpoint, "_one", executed)
    return run


def leaves(type_) -> str:
    """All that needs no selection of its own."""
    if isinstance(type_, GraphQLUnionType):
        return "__typename"
    return " ".join(
        ["__typename", *(n for n, f in type_.fields.items() if is_leaf_type(get_named_type(f.type)))]
    )


def branches(type_, depth: int) -> str:
    """Every object and list below a type, so many levels deep, with all their leaves."""
    if isinstance(type_, GraphQLUnionType):
        return leaves(type_)
    below = []
    for name, field in type_.fields.items():
        named = get_named_type(field.type)
        if is_leaf_type(named) or any(isinstance(arg.type, GraphQLNonNull) for arg in field.args.values()):
            continue
        if named.name.endswith("Connection"):
            named = get_named_type(named.fields["nodes"].type)
            inner = branches(named, depth - 1) if depth > 1 else leaves(named)
            below.append(f"{name} {{ nodes {{ {inner} }} totalCount }}")
        else:
            below.append(f"{name} {{ {branches(named, depth - 1) if depth > 1 else leaves(named)} }}")
    return f"{leaves(type_)} {' '.join(below)}"


def test_a_list_takes_as_many_statements_whatever_its_length(grown, statements):
    uneven = {}
    for name, field in schema().query_type.fields.items():
        listed = get_named_type(field.type)
        if not listed.name.endswith("Connection") or name in HOUSE:
            continue
        node = get_named_type(listed.fields["nodes"].type)
        # Each customer does the same, so that half of a list is like the other half.
        whole = min(grown.data(f"{{ {name} {{ totalCount }} }}")[name]["totalCount"], 100)
        assert whole >= 4, name
        for below in selections(node):
            half, counts = whole // 2, []
            # Reads that are not batched, as of today's rates, may come late and part a batch in two:
            # of a list that grows with its length the least of three tries grows too.
            for first in (half, whole, half, whole, half, whole):
                document = f"{{ {name}(first: {first}) {{ nodes {{ {below} }} }} }}"
                statements.clear()
                assert len(grown.data(document)[name]["nodes"]) == first, name
                counts.append(len(statements))
                if len(counts) % 2 == 0 and min(counts[1::2]) <= min(counts[::2]):
                    break
            counts = [min(counts[::2]), min(counts[1::2])]
            assert counts[0], "they are counted"
            if counts[1] > counts[0]:
                uneven[f"{name} {{ {below[:60]}"] = counts
    assert not uneven, "\n".join(f"{below}: {counts}" for below, counts in uneven.items())


def selections(node) -> list[str]:
    """Each field of a type that leads further, with all that is one level below; and all of them together."""
    each = []
    for name, field in node.fields.items():
        named = get_named_type(field.type)
        if is_leaf_type(named):
            continue
        if named.name.endswith("Connection"):
            each.append(f"{name} {{ nodes {{ {branches(get_named_type(named.fields['nodes'].type), 1)} }} }}")
        else:
            each.append(f"{name} {{ {branches(named, 1)} }}")
    return [*each, leaves(node)]
