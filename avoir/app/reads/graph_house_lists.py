"""Contract A's lists of what is no document: customers, the ledger, the house itself."""

from avoir.app.reads.graph import Listing
from avoir.app.reads.graph_columns import (
    TIMES,
    day,
    detail,
    flag,
    flags,
    instant,
    key,
    money,
    number,
    perhaps,
    remark,
    state,
    text,
)
from avoir.app.reads.graph_filter import Column, Columns, Type
from avoir.core import account as roles
from avoir.core.account import Account
from avoir.core.contact import Contact
from avoir.core.customer import Customer, DisputeReason
from avoir.core.invoice_template import InvoiceTemplate
from avoir.core.journal import Event, JournalEntry, JournalLine
from avoir.core.organization import DEFAULT_ENTITY, Entity
from avoir.core.payment_method import PaymentMethod
from avoir.core.view import View
from avoir.core.webhook_event import WebhookEvent

ALL = "1 = 1"
ADDRESS = {
    f"{sort}{field}": detail(f"{sort}Address{kept}")
    for sort in ("billing", "shipping")
    for field, kept in {
        "City": "City", "Country": "Country", "State": "State", "Street": "1", "Zip": "Postcode",
    }.items()
}  # fmt: skip

ACCOUNTS = Listing(
    Customer,
    ALL,
    Columns(
        TIMES | ADDRESS,
        id=key("id"),
        uuid=text("uuid"),
        name=text("name"),
        code=text("code"),
        email=text("email"),
        currencyId=text("currency"),
        entityId=key("entity_id"),
        accountTypeId=number("CASE WHEN t.type = 'individual' THEN 2 ELSE 1 END"),
        netPaymentDays=perhaps("terms_days"),
        active=flag("t.active"),
        description=detail("note"),
        phone=detail("workPhone"),
        **{
            name: detail(name)
            for name in (
                "billingContactId", "duns", "entityUseCode", "fax", "groupId", "industryId",
                "linkedinUrl", "ownerUserId", "taxNumber", "timezone", "website",
            )
        },
        **flags(
            consolidatedBilling=False, disableDunning=False, draftInvoices=False, emailsEnabled=True,
            newQuoteBuilder=False,
        ),
        addressValidated=flag("0"),
        invoiceTemplateId=perhaps("invoice_template_id"),
    ),
)  # fmt: skip

CONTACTS = Listing(
    Contact,
    ALL,
    Columns(
        TIMES,
        id=key("id"),
        accountId=perhaps("customer_id"),
        code=text("code"),
        description=text("description"),
        email=text("email"),
        firstName=text("first_name"),
        lastName=text("last_name"),
        fullName=Column("TRIM(t.first_name || ' ' || t.last_name)", Type.TEXT),
        linkedinUrl=text("linkedin_url"),
        mailingCity=text("city"),
        mailingCountry=text("country"),
        mailingState=text("state"),
        mailingStreet=text("street"),
        mailingZip=text("zip"),
        mobile=text("mobile"),
        phone=text("phone"),
        portalAccess=flag("t.portal_access"),
        salutation=text("salutation"),
        title=text("title"),
    ),
)

PAYMENT_METHODS = Listing(
    PaymentMethod,
    ALL,
    Columns(
        TIMES,
        id=key("id"),
        accountId=key("customer_id"),
        disabled=flag("t.disabled"),
        expirationDate=day("expires_on"),
        failureCode=text("failure"),
        isDefault=flag("t.is_default"),
        lastSuccess=instant("last_success_at"),
        paymentType=state("UPPER(t.type)"),
        pluginId=text("rail"),
        state=state("UPPER(t.state)"),
    ),
)

DISPUTE_REASONS = Listing(
    DisputeReason,
    "t.active = 1",
    Columns(TIMES, id=key("id"), name=text("name"), description=text("description")),
)

INVOICE_TEMPLATES = Listing(
    InvoiceTemplate,
    ALL,
    Columns(
        TIMES,
        id=key("id"),
        entityId=key("entity_id"),
        name=text("name"),
        bankDetails=text("bank_details"),
        footer=text("footer"),
        pageSize=text("page_size"),
        taxNumberLabel=text("tax_number_label"),
        enabled=flag("t.enabled"),
        isDefault=flag("t.is_default"),
        hideZeroAmounts=flag("t.hide_zero_amounts"),
        includePaymentLink=flag("t.include_payment_link"),
        poNumberRequired=flag("t.po_number_required"),
        taxNumberRequired=flag("t.tax_number_required"),
    ),
)

BY_ROLE = {
    roles.RECEIVABLE: "accounts_receivable",
    roles.TAX_PAYABLE: "tax_payable",
    roles.BAD_DEBT: "bad_debt",
    roles.BANK_FEES: "banking_fees",
}
BY_TYPE = {
    "accounts-payable": "accounts_payable",
    "accounts-receivable": "accounts_receivable",
    "bank": "payments",
    "cash": "payments",
    "income": "earned_revenue",
    "tax-payable": "tax_payable",
}
"""Contract A's types where they say what an account of ours is; others have none."""
ACCOUNT_TYPE = (
    "CASE "
    + " ".join(f"WHEN t.role = '{role}' THEN '{type_.upper()}'" for role, type_ in BY_ROLE.items())
    + " "
    + " ".join(f"WHEN t.type = '{known}' THEN '{type_.upper()}'" for known, type_ in BY_TYPE.items())
    + " ELSE '' END"
)
NOTED = f"COALESCE(NULLIF({remark('account')}, ''), '{{}}')"
FINANCIAL_ACCOUNTS = Listing(
    Account,
    ALL,
    Columns(
        createdAt=instant("created_at"),
        updatedAt=instant("created_at"),
        id=key("id"),
        name=text("name"),
        code=text("code"),
        description=text("description"),
        active=flag("t.active"),
        defaultAccount=flag("CASE WHEN t.role = '' THEN 0 ELSE 1 END"),
        accountType=state(ACCOUNT_TYPE),
        entityId=number(str(DEFAULT_ENTITY), ""),
        longName=Column(
            "CASE WHEN t.code = '' THEN t.name ELSE t.name || ' (' || t.code || ')' END", Type.TEXT
        ),
        **{
            name: Column(f"detail({NOTED}, '{name}')", Type.TEXT)
            for name in ("accountNumber", "externalId", "pluginId", "source")
        },
    ),
)

JOURNAL_ENTRIES = Listing(
    JournalEntry,
    ALL,
    Columns(
        createdAt=instant("created_at"),
        id=key("id"),
        date=day("booked_on"),
        description=text("event"),
        source=text("source_kind"),
        entityId=key("entity_id"),
        invoiceId=number("CASE WHEN t.source_kind = 'invoice' THEN t.source_id ELSE 0 END"),
        paymentId=number("CASE WHEN t.source_kind = 'payment' THEN t.source_id ELSE 0 END"),
    ),
    hidden=(),
)

JOURNAL_LINES = Listing(
    JournalLine,
    ALL,
    Columns(
        id=Column("CAST(t.entry_id AS TEXT) || '-' || CAST(t.number AS TEXT)", Type.TEXT),
        journalEntryId=key("entry_id"),
        financialAccountId=key("account_id"),
        accountId=perhaps("customer_id"),
        entityId=key("entity_id"),
        currencyId=text("currency"),
        date=day("booked_on"),
        debit=money("t.debit_minor"),
        credit=money("t.credit_minor"),
        source=Column(
            """(SELECT e.source_kind FROM journal_entries AS e
            WHERE e.organization_id = :o AND e.id = t.entry_id)""",
            Type.TEXT,
        ),
    ),
    key=("entry_id", "number"),
)

ENTITIES = Listing(
    Entity,
    ALL,
    Columns(
        createdAt=instant("created_at"),
        updatedAt=instant("created_at"),
        id=key("id"),
        name=text("name"),
        abbreviation=text("name"),
        taxId=text("tax_number"),
        baseCurrencyId=text("base_currency"),
        disputeInvoiceAction=state("UPPER(t.dispute_action)"),
        isDefault=flag(f"CASE WHEN t.id = {DEFAULT_ENTITY} THEN 1 ELSE 0 END"),
        **{
            name: detail(name)
            for name in (
                "accentColor", "billingCity", "billingCountry", "billingState", "billingStreet", "billingZip",
                "brandColor", "customerServiceEmail", "emailSenderName", "fax", "phone", "privacyUrl",
                "quoteNumberPrefix", "refundPolicyUrl", "taxType", "termsUrl", "website",
            )
        },
    ),
)  # fmt: skip

EVENTS = Listing(
    Event,
    ALL,
    Columns(
        id=key("id"),
        actor=text("actor"),
        createdAt=instant("created_at"),
        eventTimestamp=instant("created_at"),
        description=text("topic"),
        shortForm=text("topic"),
        objectType=state(
            """CASE t.subject_kind WHEN 'customer' THEN 'ACCOUNT' WHEN 'account' THEN 'FINANCIALACCOUNT'
            WHEN 'organization' THEN 'WARREN' ELSE UPPER(REPLACE(t.subject_kind, '_', '')) END"""
        ),
        objectId=key("subject_id"),
    ),
    hidden=(),
)

VIEWS = Listing(
    View,
    ALL,
    Columns(
        TIMES,
        id=key("id"),
        name=text("name"),
        obj=state("UPPER(t.object)"),
        isDefault=flag("t.is_default"),
        sortBy=text("sort_by"),
        userId=text("owner"),
    ),
)

WEBHOOK_EVENTS = Listing(
    WebhookEvent,
    ALL,
    Columns(
        TIMES,
        id=key("id"),
        url=text("url"),
        payload=text("payload"),
        payloadType=text("payload_type"),
        responseCode=text("response_code"),
        responseBody=text("response_body"),
        state=state("UPPER(t.state)"),
    ),
)
