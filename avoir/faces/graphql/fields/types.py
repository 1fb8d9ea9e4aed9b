"""The resolvers of every type whose value is a row. Payloads, edges and page infos are dicts as they are."""

from collections.abc import Mapping
from typing import Any

from avoir.core.credit_note import CreditNote
from avoir.core.invoice import Invoice
from avoir.core.payment import Payment
from avoir.faces.graphql.fields.account_links import ACCOUNT_LINKS
from avoir.faces.graphql.fields.accounts import ACCOUNT
from avoir.faces.graphql.fields.allocations import PAYMENT_APPLICATION
from avoir.faces.graphql.fields.api_clients import API_CLIENT
from avoir.faces.graphql.fields.balances import ACCOUNT_BALANCE, BILLING_DETAILS
from avoir.faces.graphql.fields.common import Fields
from avoir.faces.graphql.fields.contacts import CONTACT
from avoir.faces.graphql.fields.credit_notes import CREDIT_NOTE
from avoir.faces.graphql.fields.dispute_reasons import DISPUTE_REASON
from avoir.faces.graphql.fields.disputes import DISPUTE
from avoir.faces.graphql.fields.entities import CURRENCY, ENTITY
from avoir.faces.graphql.fields.events import (
    EVENT,
    EVENT_DETAIL,
    EVENT_DETAIL_CHANGE,
    EVENT_DETAIL_ITEM,
)
from avoir.faces.graphql.fields.intracom import INTRACOM_VAT
from avoir.faces.graphql.fields.invoice_templates import INVOICE_TEMPLATE
from avoir.faces.graphql.fields.invoices import INVOICE
from avoir.faces.graphql.fields.ledger import FINANCIAL_ACCOUNT, JOURNAL_ENTRY, JOURNAL_ENTRY_LINE
from avoir.faces.graphql.fields.lines import CREDIT_NOTE_ITEM, INVOICE_ITEM
from avoir.faces.graphql.fields.office import (
    ACCOUNT_TYPE,
    PERIOD,
    PRICE_TIER,
    SEARCH_RESULT,
    VIEW,
    WEBHOOK_EVENT,
)
from avoir.faces.graphql.fields.payment_methods import (
    PAYMENT_METHOD,
    PAYMENT_METHOD_METADATA,
    PAYMENT_PLUGIN,
)
from avoir.faces.graphql.fields.payments import PAYMENT
from avoir.faces.graphql.fields.printed import (
    FORMATTED_CREDIT_NOTE,
    FORMATTED_INVOICE,
    FORMATTED_LINE,
    INVOICE_MESSAGE,
)
from avoir.faces.graphql.fields.refunds import REFUND
from avoir.faces.graphql.fields.roles import ROLE, ROLE_SCOPE
from avoir.faces.graphql.fields.transactions import TRANSACTION, transaction_of
from avoir.faces.graphql.fields.users import (
    CURRENT_USER,
    CURRENT_USER_PAYLOAD,
    FEATURE_FLAG,
    USER,
    USER_PROFILE,
    WARREN,
)

_RECORD: Fields = {"transactionRecord": transaction_of}

FIELDS: Mapping[str, Fields] = {
    "Account": {**ACCOUNT, **ACCOUNT_LINKS},
    "AccountBalance": ACCOUNT_BALANCE,
    "AccountType": ACCOUNT_TYPE,
    "ApiClient": API_CLIENT,
    "BillingDetails": BILLING_DETAILS,
    "Contact": CONTACT,
    "CreditNote": CREDIT_NOTE,
    "CreditNoteItem": CREDIT_NOTE_ITEM,
    "Currency": CURRENCY,
    "CurrentUser": CURRENT_USER,
    "CurrentUserPayload": CURRENT_USER_PAYLOAD,
    "Dispute": DISPUTE,
    "DisputeReason": DISPUTE_REASON,
    "Entity": ENTITY,
    "Event": EVENT,
    "EventDetail": EVENT_DETAIL,
    "EventDetailChange": EVENT_DETAIL_CHANGE,
    "EventDetailItem": EVENT_DETAIL_ITEM,
    "FeatureFlag": FEATURE_FLAG,
    "FinancialAccount": FINANCIAL_ACCOUNT,
    "FormattedChargePriceTier": PRICE_TIER,
    "FormattedCreditNote": FORMATTED_CREDIT_NOTE,
    "FormattedInvoice": FORMATTED_INVOICE,
    "FormattedLine": FORMATTED_LINE,
    "IntracomVat": INTRACOM_VAT,
    "Invoice": {**INVOICE, **_RECORD},
    "InvoiceItem": INVOICE_ITEM,
    "InvoiceMessage": INVOICE_MESSAGE,
    "InvoiceTemplate": INVOICE_TEMPLATE,
    "JournalEntry": JOURNAL_ENTRY,
    "JournalEntryLine": JOURNAL_ENTRY_LINE,
    "Payment": {**PAYMENT, **_RECORD},
    "PaymentApplication": PAYMENT_APPLICATION,
    "PaymentMethod": PAYMENT_METHOD,
    "PaymentMethodMetadata": PAYMENT_METHOD_METADATA,
    "PaymentPlugin": PAYMENT_PLUGIN,
    "Period": PERIOD,
    "Refund": REFUND,
    "Role": ROLE,
    "RoleScope": ROLE_SCOPE,
    "SearchResult": SEARCH_RESULT,
    "Transaction": TRANSACTION,
    "User": USER,
    "UserProfile": USER_PROFILE,
    "View": VIEW,
    "Warren": WARREN,
    "WebhookEvent": WEBHOOK_EVENT,
}

UNIONS: Mapping[str, Mapping[type[Any], str]] = {
    "TransactionableUnion": {Invoice: "Invoice", CreditNote: "CreditNote", Payment: "Payment"},
}
"""The types of each union, by the kind of the value."""
