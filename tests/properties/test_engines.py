"""The same batches on both databases and on paper: the same answers, the same books, to the last column."""

from contextlib import ExitStack, closing
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avoir.app.allocations import AllocateCreditNote, DeallocateCreditNote, Share
from avoir.app.credit_notes import CreateCreditNote, DeleteCreditNote, EditCreditNote
from avoir.app.invoice_credits import CancelWriteOff, CreditInvoice, WriteOffInvoice
from avoir.app.invoices import CreateInvoice, EditInvoice, IssueInvoice, VoidInvoice
from avoir.app.payments import DeallocatePayment, ReceivePayment
from avoir.app.refunds import RefundCreditNote, RefundInvoice, ReopenInvoice, ReverseRefund
from avoir.core.document import Wording
from avoir.core.errors import Refusal
from avoir.core.receiving import Portion
from avoir.store.database import open_database
from tests.invariants import hold
from tests.ledger import Company, Ledger, Paper, ask_of, line
from tests.properties.bounds import bounds

WHERE = ("sqlite", "postgres")
UNLIKE = {
    "organization_id",
    "public_id",
    "name",
    "code",
    "uuid",
    "idempotency_key",
    "fingerprint",
    "body",
    "digest",
}
"""What is drawn by chance or is the organization's own."""

ids = st.integers(1, 4)
amounts = st.integers(1, 40).map(lambda n: Decimal(n) / 4)
days = st.integers(1, 22).map(lambda day: f"2026-11-{day:02d}")
wordings = st.lists(
    st.tuples(amounts, st.lists(st.integers(1, 2), max_size=2, unique=True)), min_size=1, max_size=3
).map(lambda lines: Wording(tuple(line(price, *taxes) for price, taxes in lines)))


def built(command, **fields):
    """Commands of a kind, with fields by chance."""
    return st.builds(command, **fields)


commands = st.one_of(
    built(CreateInvoice, customer_id=st.just(1), issued_on=days, wording=wordings, issue=st.booleans()),
    built(EditInvoice, invoice_id=ids, customer_id=st.just(1), issued_on=days, wording=wordings),
    built(IssueInvoice, invoice_id=ids),
    built(VoidInvoice, invoice_id=ids),
    built(CreateCreditNote, customer_id=st.just(1), issued_on=days, wording=wordings, issue=st.booleans()),
    built(EditCreditNote, credit_note_id=ids, customer_id=st.just(1), issued_on=days, wording=wordings),
    built(DeleteCreditNote, credit_note_id=ids),
    built(
        ReceivePayment, customer_id=st.just(1), account_id=st.sampled_from([1000, 1001]), received_on=days,
        amount=amounts, portions=st.lists(st.builds(Portion, ids), max_size=2).map(tuple),
    ),
    built(DeallocatePayment, payment_id=ids),
    built(RefundInvoice, invoice_id=ids, amount=st.one_of(st.none(), amounts)),
    built(ReopenInvoice, invoice_id=ids, amount=st.one_of(st.none(), amounts)),
    built(CreditInvoice, invoice_id=ids),
    built(WriteOffInvoice, invoice_id=ids),
    built(CancelWriteOff, invoice_id=ids),
    built(RefundCreditNote, credit_note_id=ids, account_id=st.just(1000), amount=amounts, refunded_on=days),
    built(ReverseRefund, refund_id=ids),
    built(AllocateCreditNote, credit_note_id=ids, shares=st.tuples(st.builds(Share, ids, amounts))),
    built(DeallocateCreditNote, allocation_id=ids),
)  # fmt: skip


@pytest.fixture(scope="module")
def both(databases):
    """A database on each engine; every example opens an organization of its own in both."""
    with ExitStack() as stack:
        yield [stack.enter_context(databases.fresh(engine)) for engine in WHERE]


@bounds(8)
@given(batches=st.lists(st.lists(commands, min_size=1, max_size=25), min_size=1, max_size=3))
def test_both_databases_and_the_law_alone_agree_on_everything(both, batches):
    with ExitStack() as stack:
        ledgers = [stack.enter_context(closing(Ledger(url))) for url in both]
        companies: list[Company] = [*ledgers, Paper(organization_id=ledgers[0].organization_id)]
        for company in companies:
            company.tax(20)
            company.tax("7.7", compound=True)
            company.paid(company.invoice(line("10.00", 1)), "6.00", over="2.00")
        names = count()
        for batch in batches:
            keys = [f"chance {next(names)}" for _ in batch]
            said = [
                [
                    shown(out)
                    for out in company.record(
                        *(
                            ask_of(company.organization_id, command, key=key)
                            for command, key in zip(batch, keys, strict=True)
                        )
                    )
                ]
                for company in companies
            ]
            assert said[0] == said[1] == said[2]
        books = [company.books() for company in companies]
        for table in books[0]:
            file, server, paper = ([shown(row) for row in each[table]] for each in books)
            assert file == server
            assert file == paper
        for company in companies:
            hold(company)


def shown(out):
    """An outcome without what is drawn by chance. A bug is no outcome."""
    if isinstance(out, Refusal):
        return out.code, out.facts
    if isinstance(out, list):
        return [shown(each) for each in out]
    if isinstance(out, BaseException):
        raise out
    return {name: getattr(out, name) for name in out.__struct_fields__ if name not in UNLIKE}


def test_each_engine_reads_back_every_number_it_was_given(both):
    """The largest amounts and ids, texts of any script: what goes in comes out."""
    for url in both:
        with closing(Ledger(url, currency="JPY")) as ledger:
            most = 2**53 - 1
            invoice = ledger.invoice(
                line(1_416_003_655_831, quantity=6_361), reference="Ünïcödé 😀 \u2028 \\ \" '"
            )
            assert (invoice.total_minor, invoice.reference[-1]) == (most, "'")
            assert ledger.get(type(invoice), invoice.id) == invoice
            ledger.paid(invoice, most)
            ledger.ask(RefundInvoice(invoice_id=invoice.id))
            assert ledger.trial_balance() == {}
            hold(ledger)
        with closing(open_database(url)) as database:
            assert database.all("SELECT CAST(:n AS BIGINT)", {"n": most}) == [(most,)]
