"""The lists of contract A: what each shows, and by which fields it is filtered and sorted."""

from avoir.app.reads.graph import Listing
from avoir.app.reads.graph_filter import Column, Columns, Type
from avoir.core.account import Account
from avoir.core.allocation import Allocation
from avoir.core.credit_note import CreditNote
from avoir.core.customer import Customer, DisputeReason
from avoir.core.invoice import Invoice
from avoir.core.journal import JournalEntry
from avoir.core.organization import Entity
from avoir.core.payment import Payment

ALL = "1 = 1"


def _text(sql: str) -> Column:
    return Column(f"t.{sql}", Type.TEXT)


def _id(sql: str) -> Column:
    return Column(f"COALESCE(t.{sql}, 0)", Type.NUMBER, "0")


def _number(sql: str) -> Column:
    return Column(sql, Type.NUMBER, "0")


def _money(sql: str) -> Column:
    return Column(sql, Type.MONEY, "0")


def _state(sql: str) -> Column:
    return Column(sql, Type.STATE)


_TIMES = {
    "createdAt": Column("t.created_at", Type.INSTANT),
    "updatedAt": Column("t.updated_at", Type.INSTANT),
}
_DUE = "t.total_minor - t.paid_minor - t.credit_minor - t.written_off_minor"
_USED = "t.allocated_minor + t.refunded_minor + t.reserved_minor"

CREDIT_NOTES = Listing(
    CreditNote,
    "t.state IN ('draft', 'issued')",
    Columns(
        _TIMES,
        id=_number("t.id"),
        uuid=_text("uuid"),
        number=_text("number"),
        kind=_state("UPPER(t.kind)"),
        state=_state(
            f"""CASE WHEN t.state = 'draft' THEN 'DRAFT' WHEN {_USED} = t.total_minor THEN 'APPLIED'
            WHEN {_USED} > 0 THEN 'PARTIALLY_APPLIED' ELSE 'READY' END"""
        ),
        accountId=_id("customer_id"),
        creditedInvoiceId=_id("invoice_id"),
        disputeReasonId=_id("dispute_reason_id"),
        entityId=_id("entity_id"),
        currencyId=_text("currency"),
        issuedAt=Column("t.issued_on", Type.DAY),
        amount=_money("t.total_minor"),
        amountApplied=_money(f"({_USED})"),
        amountUnapplied=_money(f"(t.total_minor - ({_USED}))"),
        taxAmount=_money("t.tax_minor"),
    ),
)

INVOICES = Listing(
    Invoice,
    "t.state <> 'deleted'",
    Columns(
        _TIMES,
        id=_number("t.id"),
        uuid=_text("uuid"),
        number=_text("number"),
        state=_state(
            f"""CASE WHEN t.state <> 'issued' THEN UPPER(t.state) WHEN {_DUE} > 0 THEN
            CASE WHEN t.due_on <= :today THEN 'DUE' ELSE 'NOT_DUE' END
            WHEN t.written_off_minor > 0 AND t.paid_minor = 0 THEN 'UNPAID' ELSE 'PAID' END"""
        ),
        accountId=_id("customer_id"),
        entityId=_id("entity_id"),
        currencyId=_text("currency"),
        poNumber=_text("reference"),
        issuedAt=Column("t.issued_on", Type.DAY),
        dueAt=Column("t.due_on", Type.DAY),
        amount=_money("t.total_minor"),
        amountDue=_money(f"({_DUE})"),
        amountPaid=_money("t.paid_minor"),
        taxAmount=_money("t.tax_minor"),
    ),
)

PAYMENTS = Listing(
    Payment,
    "t.state = 'received'",
    Columns(
        _TIMES,
        id=_number("t.id"),
        accountId=_id("customer_id"),
        currencyId=_text("currency"),
        receivedAt=Column("t.received_on", Type.DAY),
        memo=_text("memo"),
        amount=_money("t.amount_minor"),
        amountUnapplied=_money(
            """(t.amount_minor - t.allocated_minor - t.refunded_minor - t.reserved_minor
            - t.disputed_minor)"""
        ),
    ),
)

PAYMENT_APPLICATIONS = Listing(
    Allocation,
    "t.deallocated_on = '' AND t.payment_id IS NOT NULL",
    Columns(
        id=_number("t.id"),
        paymentId=_id("payment_id"),
        invoiceId=_id("invoice_id"),
        createdAt=Column("t.created_at", Type.INSTANT),
        updatedAt=Column("t.created_at", Type.INSTANT),
    ),
)

ACCOUNTS = Listing(
    Customer,
    ALL,
    Columns(
        _TIMES,
        id=_number("t.id"),
        name=_text("name"),
        code=_text("code"),
        currencyId=_text("currency"),
        entityId=_id("entity_id"),
    ),
)

DISPUTE_REASONS = Listing(
    DisputeReason,
    "t.active = 1",
    Columns(_TIMES, id=_number("t.id"), name=_text("name"), description=_text("description")),
)

FINANCIAL_ACCOUNTS = Listing(
    Account,
    ALL,
    Columns(
        createdAt=Column("t.created_at", Type.INSTANT),
        updatedAt=Column("t.created_at", Type.INSTANT),
        id=_number("t.id"),
        name=_text("name"),
        code=_text("code"),
        description=_text("description"),
    ),
)

JOURNAL_ENTRIES = Listing(
    JournalEntry,
    ALL,
    Columns(
        createdAt=Column("t.created_at", Type.INSTANT),
        id=_number("t.id"),
        date=Column("t.booked_on", Type.DAY),
        description=_text("event"),
        source=_text("source_kind"),
        entityId=_id("entity_id"),
        invoiceId=_number("CASE WHEN t.source_kind = 'invoice' THEN t.source_id ELSE 0 END"),
        paymentId=_number("CASE WHEN t.source_kind = 'payment' THEN t.source_id ELSE 0 END"),
    ),
)

ENTITIES = Listing(
    Entity,
    ALL,
    Columns(
        createdAt=Column("t.created_at", Type.INSTANT),
        id=_number("t.id"),
        name=_text("name"),
        baseCurrencyId=_text("base_currency"),
    ),
)
