"""The tenant whose books these are, its legal entities, branches and number series."""

from avoir.core.row import Row


class Counters(Row, frozen=True, gc=False):
    """The last id given out, by kind. Holding this row is holding the organization's pen."""

    TABLE, KEY = "counters", ("organization_id",)
    organization_id: int
    last_account: int
    last_allocation: int
    last_branch: int
    last_credit_note: int
    last_customer: int
    last_dispute: int
    last_dispute_reason: int
    last_entity: int
    last_entry: int
    last_event: int
    last_invoice: int
    last_item: int
    last_journal: int
    last_line: int
    last_payment: int
    last_refund: int
    last_tax_rate: int
    last_tenancy: int
    last_user: int
    last_attachment: int
    last_contact: int
    last_payment_method: int
    last_view: int
    last_webhook_event: int
    last_webhook_endpoint: int
    last_job: int
    last_invoice_template: int


class Organization(Row, frozen=True, gc=False):
    """An organization and its settings. `details` is JSON that no law reads."""

    TABLE, KEY = "organizations", ("organization_id",)
    organization_id: int
    public_id: str
    name: str
    timezone: str
    language: str
    date_format: str
    fiscal_year: str
    discount_timing: str  # before_tax | after_tax: when a document discount is taken.
    write_off_tax: int  # 1: the tax of a written-off claim is reclaimed.
    credit_rate: str  # original_rate | document_date: the rate of a credit note against an invoice.
    branch_required: int  # 1: every document names its branch.
    terms_days: int  # Days from issue to due, where neither document nor customer says.
    details: str
    created_at: str


class Entity(Row, frozen=True, gc=False):
    """The legal person issuing documents: tax number, base currency, number series."""

    TABLE = "entities"
    organization_id: int
    id: int
    name: str
    base_currency: str
    tax_number: str
    dispute_action: str  # What a lost dispute does: credit_note_and_refund | unpay_and_refund | do_nothing.
    created_at: str
    details: str = "{}"  # JSON (address, colours, links) that no law reads.
    updated_at: str = ""
    used: int = 0  # 1: something names it, so it stays.


class Branch(Row, frozen=True, gc=False):
    """A place of an entity; a dimension of entries."""

    TABLE = "branches"
    GROUPS = (("organization_id", "code"), ("organization_id", "entity_id"))
    organization_id: int
    id: int
    entity_id: int
    name: str
    code: str
    is_primary: int
    address: str
    city: str
    country: str
    phone_number: str
    email: str
    created_at: str
    used: int = 0  # 1: something names it, so it stays.


class Lock(Row, frozen=True, gc=False):
    """A date up to which nothing may be posted, by module; and a window in which it may all the same."""

    TABLE, KEY = "locks", ("organization_id", "module")
    GROUPS = (("organization_id",),)
    organization_id: int
    module: str  # all | sales | purchases | financial
    lock_to: str  # Empty: not locked.
    unlock_from: str
    unlock_to: str
    reason: str
    unlock_reason: str
    updated_at: str


class ApprovalPolicy(Row, frozen=True, gc=False):
    """When a refund needs a second person."""

    TABLE, KEY = "approval_policies", ("organization_id",)
    organization_id: int
    threshold_minor: int  # In the base currency; also for a customer's sum over the window.
    window_days: int
    expires_hours: int
    updated_at: str


class ExchangeRate(Row, frozen=True, gc=False):
    """What one unit of a currency is worth in a base currency, from a day on."""

    TABLE, KEY = "exchange_rates", ("organization_id", "currency", "base_currency", "valid_on")
    GROUPS = (("organization_id", "currency", "base_currency", "year"),)
    organization_id: int
    currency: str
    base_currency: str
    valid_on: str
    year: int
    rate_nano: int
    created_at: str


class Series(Row, frozen=True, gc=False):
    """A gapless number series, by entity and kind of document.

    `skipped` counts the numbers that a person jumped over, so that gaplessness stays provable.
    """

    TABLE, KEY = "series", ("organization_id", "entity_id", "kind")
    organization_id: int
    entity_id: int
    kind: str
    prefix: str
    next_number: int
    skipped: int

    def numbered(self, sequence: int) -> str:
        """A number as it stands on documents: the prefix and at least five digits."""
        return f"{self.prefix}{sequence:05d}"


class OwnNumbers(Row, frozen=True, gc=False):
    """The highest number that callers gave out themselves under a prefix that was not the series' own.

    Should the series take that prefix one day, it goes on behind it.
    """

    TABLE, KEY = "own_numbers", ("organization_id", "entity_id", "kind", "prefix")
    organization_id: int
    entity_id: int
    kind: str
    prefix: str
    highest: int


DEFAULT_ENTITY = 1
"""The entity of an organization that has one, and of whatever does not name another."""

BRANCHES_BY_CODE, BRANCHES_OF_ENTITY = Branch.GROUPS
LOCKS = Lock.GROUPS[0]
RATES_OF_YEAR = ExchangeRate.GROUPS[0]
