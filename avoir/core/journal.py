"""The books proper: entries, lines, balances; the events told of them; the answers given."""

from avoir.core.row import Row


class JournalEntry(Row, frozen=True, gc=False):
    """One balanced event. Inserting it seals its lines; it is never changed, only reversed by its mirror."""

    TABLE = "journal_entries"
    GROUPS = (("organization_id", "reverses_id"),)
    organization_id: int
    id: int
    entity_id: int
    event: str
    source_kind: str
    source_id: int
    booked_on: str
    reverses_id: int | None
    actor: str
    created_at: str


class JournalLine(Row, frozen=True, gc=False):
    """One side of an entry, in the document's currency and in the base currency, both in minor units."""

    TABLE, KEY = "journal_lines", ("organization_id", "entry_id", "number")
    GROUPS = (("organization_id", "entry_id"),)
    organization_id: int
    entry_id: int
    number: int
    entity_id: int
    account_id: int
    customer_id: int | None
    branch_id: int | None
    tax_rate_id: int | None
    currency: str
    booked_on: str
    debit_minor: int
    credit_minor: int
    base_debit_minor: int
    base_credit_minor: int


class ManualJournal(Row, frozen=True, gc=False):
    """An entry that a person writes; a draft until it is published."""

    TABLE, NAMED = "manual_journals", "journal_id"
    GROUPS = (("organization_id", "entity_id", "number"),)
    organization_id: int
    id: int
    uuid: str
    entity_id: int
    branch_id: int | None
    number: str
    sequence: int
    reference: str
    description: str
    state: str  # draft | published | reversed | deleted
    journal_on: str
    currency: str
    rate_nano: int
    amount_minor: int
    entry_id: int | None
    published_at: str
    created_at: str
    updated_at: str


class ManualJournalLine(Row, frozen=True, gc=False):
    """One side of a manual journal; `minor` is positive for a debit."""

    TABLE, KEY = "manual_journal_lines", ("organization_id", "journal_id", "position")
    GROUPS = (("organization_id", "journal_id"),)
    organization_id: int
    journal_id: int
    position: int
    account_id: int
    minor: int
    customer_id: int | None
    branch_id: int | None
    note: str


class Balance(Row, frozen=True, gc=False):
    """What lines of one account, currency, branch (0: none) and day sum to. Kept by the store."""

    TABLE, GROWS = "balances", True
    KEY = ("organization_id", "entity_id", "account_id", "currency", "branch_id", "booked_on")
    organization_id: int
    entity_id: int
    account_id: int
    currency: str
    branch_id: int
    booked_on: str
    debit_minor: int
    credit_minor: int
    base_debit_minor: int
    base_credit_minor: int


class MonthBalance(Row, frozen=True, gc=False):
    """What the balances of a month sum to: with those of a few days, what stands on an account on any day."""

    TABLE, GROWS = "month_balances", True
    KEY = ("organization_id", "entity_id", "account_id", "currency", "branch_id", "month")
    organization_id: int
    entity_id: int
    account_id: int
    currency: str
    branch_id: int
    month: str
    debit_minor: int
    credit_minor: int
    base_debit_minor: int
    base_credit_minor: int


class CustomerBalance(Row, frozen=True, gc=False):
    """What all lines of one customer sum to, on one account, in one currency and branch (0: none)."""

    TABLE, GROWS = "customer_balances", True
    KEY = ("organization_id", "customer_id", "account_id", "entity_id", "currency", "branch_id")
    organization_id: int
    customer_id: int
    account_id: int
    entity_id: int
    currency: str
    branch_id: int
    debit_minor: int
    credit_minor: int
    base_debit_minor: int
    base_credit_minor: int


class Event(Row, frozen=True, gc=False):
    """What happened, gapless and in order of commit: audit log and outbox in one."""

    TABLE = "events"
    organization_id: int
    id: int
    topic: str
    subject_kind: str
    subject_id: int
    actor: str
    body: str  # JSON: what the subject was before, and is after.
    created_at: str


class Answer(Row, frozen=True, gc=False):
    """What an idempotency key was answered, and to which request."""

    TABLE, KEY = "answers", ("organization_id", "idempotency_key")
    organization_id: int
    idempotency_key: str
    fingerprint: str
    body: str
    created_at: str


LINES_BY_ENTRY = JournalLine.GROUPS[0]
REVERSALS = JournalEntry.GROUPS[0]
JOURNALS_BY_NUMBER = ManualJournal.GROUPS[0]
MANUAL_LINES = ManualJournalLine.GROUPS[0]
