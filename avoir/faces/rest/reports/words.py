"""What contract B calls the documents behind entries, and how that reads."""

from avoir.app.reads.sources import (
    CREDIT_NOTE,
    DISPUTE,
    INVOICE,
    JOURNAL,
    OPENING,
    PAYMENT,
    PAYMENT_REFUND,
    REFUND,
    WRITE_OFF,
)

TYPES = {
    INVOICE: ("SaleInvoice", "Sale invoice"),
    CREDIT_NOTE: ("CreditNote", "Credit Note"),
    REFUND: ("RefundCreditNote", "Refund Credit Note"),
    PAYMENT: ("PaymentReceive", "Payment received"),
    WRITE_OFF: ("InvoiceWriteOff", "Invoice Write-Off"),
    JOURNAL: ("Journal", "Manual journal"),
    OPENING: ("CustomerOpeningBalance", "Customer Opening Balance"),
    PAYMENT_REFUND: ("RefundPaymentReceive", "Refund Payment Received"),
    DISPUTE: ("Dispute", "Dispute"),
}
"""By what we call it. The last two are ours: upstream pays back no payments, and knows no disputes."""

KINDS = {type_: kind for kind, (type_, _) in TYPES.items()}
