"""The documents of contract A as lists: what each shows, and by which fields it is filtered and sorted."""

from avoir.app.reads.amounts import DUE, LEFT, UNAPPLIED, USED
from avoir.app.reads.documents import HIDDEN
from avoir.app.reads.graph import Listing
from avoir.app.reads.graph_columns import (
    TIMES,
    day,
    decimal,
    flag,
    instant,
    issued,
    key,
    legacy,
    money,
    number,
    perhaps,
    remark,
    state,
    text,
    worded,
)
from avoir.app.reads.graph_filter import Column, Columns, Type
from avoir.core.allocation import Allocation
from avoir.core.credit_note import CreditNote, CreditNoteLine
from avoir.core.dispute import Dispute
from avoir.core.invoice import Invoice, InvoiceLine
from avoir.core.payment import Payment
from avoir.core.rail import BANK

ALL = "1 = 1"
NOT_ISSUED = "t.state <> 'issued'"
"""In the words of the indexes of documents that few are among."""
BASE = "(SELECT e.base_currency FROM entities AS e WHERE e.organization_id = :o AND e.id = t.entity_id)"

NOTE_STATE = f"""CASE WHEN t.state = 'draft' THEN 'DRAFT' WHEN {USED} = t.total_minor THEN 'APPLIED'
    WHEN {USED} > 0 THEN 'PARTIALLY_APPLIED' ELSE 'READY' END"""
INVOICE_STATE = f"""CASE WHEN t.state <> 'issued' THEN UPPER(t.state) WHEN {DUE} > 0 THEN
    CASE WHEN t.due_on <= :today THEN 'DUE' ELSE 'NOT_DUE' END
    WHEN t.written_off_minor > 0 AND t.paid_minor = 0 THEN 'UNPAID' ELSE 'PAID' END"""
PAID_AT = f"""CASE WHEN {INVOICE_STATE} = 'PAID' THEN COALESCE((SELECT MAX(a.created_at)
    FROM allocations AS a WHERE a.organization_id = :o AND a.invoice_id = t.id AND a.deallocated_on = ''
    AND a.payment_id IS NOT NULL), '') ELSE '' END"""
PAYMENT_STATE = f"""CASE WHEN {UNAPPLIED} = 0 THEN 'APPLIED'
    WHEN t.allocated_minor > 0 THEN 'PARTIALLY_APPLIED' ELSE 'UNAPPLIED' END"""

FEES = """COALESCE((SELECT g.fee_minor FROM legacy_documents AS g WHERE g.organization_id = :o
    AND g.subject = 'payment' AND g.subject_id = t.id), 0)"""
OF_INVOICE = "(SELECT i.currency FROM invoices AS i WHERE i.organization_id = :o AND i.id = t.invoice_id)"

CREDIT_NOTES = Listing(
    CreditNote,
    "t.state IN ('draft', 'issued')",
    Columns(
        TIMES,
        id=key("id"),
        uuid=text("uuid"),
        number=Column(issued("number"), Type.TEXT),
        kind=state("UPPER(t.kind)"),
        state=state(NOTE_STATE),
        accountId=key("customer_id"),
        creditedInvoiceId=perhaps("invoice_id"),
        disputeId=perhaps("dispute_id"),
        disputeReasonId=perhaps("dispute_reason_id"),
        entityId=key("entity_id"),
        currencyId=text("currency"),
        issuedAt=Column(issued("issued_on"), Type.DAY),
        amount=money("t.total_minor"),
        amountApplied=money(f"({USED})"),
        amountUnapplied=money(f"({LEFT})"),
        subtotal=money("t.net_minor"),
        taxAmount=money("t.tax_minor"),
        isCredit=flag("1"),
        isLegacy=legacy("credit_note"),
    ),
    hidden=(HIDDEN,),
)
DRAFT_CREDIT_NOTES = CREDIT_NOTES.showing(f"{NOT_ISSUED} AND t.state = 'draft'")

INVOICES = Listing(
    Invoice,
    "t.state <> 'deleted'",
    Columns(
        TIMES,
        id=key("id"),
        uuid=text("uuid"),
        number=Column(issued("number"), Type.TEXT),
        state=state(INVOICE_STATE),
        kind=text("kind"),
        accountId=key("customer_id"),
        entityId=key("entity_id"),
        currencyId=text("currency"),
        poNumber=text("reference"),
        notes=text("message"),
        issuedAt=Column(issued("issued_on"), Type.DAY),
        dueAt=day("due_on"),
        amount=money("t.total_minor"),
        amountDue=money(f"({DUE})"),
        amountPaid=money("t.paid_minor"),
        credits=money("(t.credit_minor + t.written_off_minor)"),
        subtotal=money("t.net_minor"),
        taxAmount=money("t.tax_minor"),
        baseCurrencyTotal=money("t.base_total_minor", BASE),
        smallUnitAmountDue=number(f"({DUE})"),
        payableId=key("id"),
        isLegacy=legacy("invoice"),
        baseCurrencyId=Column(BASE, Type.TEXT),
        couponApplied=flag("0"),
        hasPaymentMethod=flag("0"),
        description=worded("Invoice"),
        internalNotes=Column(remark("invoice"), Type.TEXT),
        sendInvoiceTo=Column(remark("invoice_mail"), Type.TEXT),
        paidAt=Column(PAID_AT, Type.INSTANT),
    ),
    hidden=(f"{NOT_ISSUED} AND t.state = 'deleted'",),
)
DRAFT_INVOICES = INVOICES.showing(f"{NOT_ISSUED} AND t.state = 'draft'")
QUEUED_INVOICES = INVOICES.showing(f"{NOT_ISSUED} AND t.state = 'queued'")

PAYMENTS = Listing(
    Payment,
    "t.state = 'received'",
    Columns(
        TIMES,
        id=key("id"),
        uuid=text("uuid"),
        number=text("number"),
        accountId=key("customer_id"),
        entityId=key("entity_id"),
        currencyId=text("currency"),
        receivedAt=day("received_on"),
        completedAt=instant("created_at"),
        startedAt=instant("created_at"),
        memo=text("memo"),
        remoteTransactionId=text("reference"),
        paymentProcessor=Column(f"CASE WHEN t.rail = '{BANK}' THEN '' ELSE t.rail END", Type.TEXT),
        state=state(PAYMENT_STATE),
        processingState=state("CASE WHEN t.disputed_minor > 0 THEN 'DISPUTED' ELSE 'SUCCEEDED' END"),
        amount=money("t.amount_minor"),
        amountUnapplied=money(UNAPPLIED),
        baseCurrencyCash=money("t.base_amount_minor", BASE),
        baseCurrencyId=Column(BASE, Type.TEXT),
        conversionRate=decimal("t.rate_nano", 9),
        description=worded("Payment"),
        isLegacy=legacy("payment"),
        fees=money(FEES),
    ),
    hidden=("t.state <> 'received'",),
)

PAYMENT_APPLICATIONS = Listing(
    Allocation,
    "t.deallocated_on = '' AND t.payment_id IS NOT NULL",
    Columns(
        id=key("id"),
        paymentId=perhaps("payment_id"),
        invoiceId=key("invoice_id"),
        amount=money("t.amount_minor", OF_INVOICE),
        currencyId=Column(OF_INVOICE, Type.TEXT),
        createdAt=instant("created_at"),
        updatedAt=instant("created_at"),
    ),
)

DISPUTES = Listing(
    Dispute,
    ALL,
    Columns(
        TIMES,
        id=key("id"),
        uuid=text("uuid"),
        accountId=key("customer_id"),
        entityId=key("entity_id"),
        paymentId=key("payment_id"),
        currencyId=text("currency"),
        reason=text("reason"),
        remoteTransactionId=text("remote_id"),
        state=state("UPPER(t.state)"),
        processingState=state("CASE WHEN t.state = 'open' THEN 'OPEN' ELSE 'CLOSED' END"),
        closedAt=day("closed_on"),
        amount=money("t.amount_minor"),
        feeAmount=money("t.fee_minor"),
    ),
    hidden=(),
)


def _document(table: str, name: str, column: str) -> str:
    """A column of the document that a line stands on."""
    return f"(SELECT d.{column} FROM {table} AS d WHERE d.organization_id = :o AND d.id = t.{name})"


def _lines(
    kind: type[InvoiceLine] | type[CreditNoteLine], table: str, document: str, shown: str, more: str = "0"
) -> Listing:
    """The lines of documents that are shown, in the order of the documents.

    `more` is what a line shows beside what it comes to.
    """
    currency = _document(table, document, "currency")
    return Listing(
        kind,
        f"""EXISTS (SELECT 1 FROM {table} AS d
            WHERE d.organization_id = :o AND d.id = t.{document} AND {shown})""",
        Columns(
            id=key("id"),
            position=key("position"),
            lineText=text("description"),
            currencyId=Column(currency, Type.TEXT),
            amount=money(f"(t.net_minor + t.tax_minor + {more})", currency),
            subtotal=money(f"(t.net_minor + {more})", currency),
            discount=money(f"(t.discount_minor - {more})", currency),
            price=decimal("t.price_micro"),
            quantity=decimal("t.quantity_micro"),
            taxAmount=money("t.tax_minor", currency),
        ),
        key=(document, "position"),
    )


DEDUCTED = """CASE WHEN t.discount_minor = 0 THEN 0 ELSE COALESCE((SELECT CAST(SUM(x.amount_minor) AS BIGINT)
    FROM invoice_deductions AS x WHERE x.organization_id = :o AND x.invoice_id = t.invoice_id
    AND x.position = t.position), 0) END"""
"""What credits took off a line, which contract A shows apart."""
INVOICE_ITEMS = _lines(InvoiceLine, "invoices", "invoice_id", "d.state <> 'deleted'", DEDUCTED)
INVOICE_ITEMS.columns.update(invoiceId=key("invoice_id"), isCredit=flag("0"), isCoupon=flag("0"))
CREDIT_NOTE_ITEMS = _lines(CreditNoteLine, "credit_notes", "credit_note_id", "d.state IN ('draft', 'issued')")
INVOICE_ITEM = """COALESCE((SELECT l.id FROM credit_notes AS d JOIN invoice_lines AS l
    ON l.organization_id = d.organization_id AND l.invoice_id = d.invoice_id
    AND l.position = t.invoice_position
    WHERE d.organization_id = :o AND d.id = t.credit_note_id), 0)"""
CREDIT_NOTE_ITEMS.columns.update(creditNoteId=key("credit_note_id"), invoiceItemId=number(INVOICE_ITEM))
