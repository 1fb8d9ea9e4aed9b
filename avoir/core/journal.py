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


class Balance(Row, frozen=True, gc=False):
    """What lines of one account, currency, branch (0: none) and day sum to. Kept by the store."""

    TABLE = "balances"
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


class Event(Row, frozen=True, gc=False):
    """What happened, gapless and in order of commit: audit log and outbox in one."""

    TABLE = "events"
    organization_id: int
    id: int
    topic: str
    subject_kind: str
    subject_id: int
    actor: str
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
