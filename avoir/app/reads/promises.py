"""What must always be true of the books (design, section 7): each promise by name, and how it is checked."""

from typing import NamedTuple

from avoir.app.reads.checks import (
    ALWAYS,
    ID,
    RECEIVABLES,
    Check,
    Columns,
    all_there,
    gapless,
    grouped,
    in_order,
    kept,
    none,
    posted,
    told,
    undone,
    unique,
    within_counter,
    zero,
)
from avoir.app.reads.open_by_day import open_by_day
from avoir.app.reads.query import COUNTERS
from avoir.core.journal import Event

LINE, NOTE_LINE = ("invoice_id", "position"), ("credit_note_id", "position")
RATE = (*LINE, "tax_rate_id")
BALANCE = ("entity_id", "account_id", "currency", "branch_id", "booked_on")
OF_CUSTOMER = ("customer_id", "account_id", "entity_id", "currency", "branch_id")
BRANCH = "coalesce(branch_id, 0)"
SIDES = ("debit_minor", "credit_minor", "base_debit_minor", "base_credit_minor")

LIVE = "a.deallocated_on = ''"
PAID_OUT = "r.state IN ('pending', 'unknown', 'settled')"
WAITING = "r.state = 'awaiting_approval'"
TAKEN_BACK = "t.state IN ('canceled', 'failed', 'reversed')"
VOIDED, ISSUED = "t.state = 'voided'", "t.state = 'issued'"
EVER_ISSUED = "t.state IN ('issued', 'voided')"
WHOLE = "i.state = 'issued' AND i.total_minor > 0 AND i.credited_minor = i.total_minor"

ALLOCATIONS, REFUNDS, NOTES = "allocations AS a", "refunds AS r", "credit_notes AS c"
FROM_NOTES = f"""{ALLOCATIONS} JOIN {NOTES}
    ON c.organization_id = a.organization_id AND c.id = a.credit_note_id"""
NOTE_LINES = f"""{NOTES} JOIN credit_note_lines AS l
    ON l.organization_id = c.organization_id AND l.credit_note_id = c.id"""
NOTE_TAXES = f"""{NOTE_LINES} JOIN credit_note_taxes AS x
    ON x.organization_id = c.organization_id AND x.credit_note_id = c.id AND x.position = l.position"""
AGAINST = "c.state = 'issued' AND c.invoice_id IS NOT NULL"
SHARES = """dispute_shares AS s JOIN disputes AS d
    ON d.organization_id = s.organization_id AND d.id = s.dispute_id"""
UNSHARED = """(
    SELECT d.organization_id, d.payment_id, d.amount_minor - coalesce(p.n, 0) AS n
    FROM disputes AS d LEFT JOIN (
        SELECT s.organization_id, s.dispute_id, sum(s.amount_minor) AS n FROM dispute_shares AS s
        WHERE s.organization_id = :o GROUP BY s.organization_id, s.dispute_id
    ) AS p ON p.organization_id = d.organization_id AND p.dispute_id = d.id WHERE d.state = 'open') AS u"""
DEDUCTED = """LEFT JOIN (
        SELECT d.organization_id, d.invoice_id, d.position, sum(d.amount_minor) AS n
        FROM invoice_deductions AS d WHERE d.organization_id = :o
        GROUP BY d.organization_id, d.invoice_id, d.position
    ) AS s ON s.organization_id = t.organization_id AND s.invoice_id = t.invoice_id
    AND s.position = t.position"""
OF_INVOICE = "JOIN invoices AS i ON i.organization_id = t.organization_id AND i.id = t.invoice_id"


class Promise(NamedTuple):
    """A promise: its name, what it says, and how it is checked."""

    name: str
    says: str
    checks: tuple[Check, ...]


def _used(table: str, by: str) -> tuple[Check, ...]:
    """What is used of a credit note or a payment is what its allocations and refunds took of it."""
    taken = f"""(
        SELECT a.organization_id, a.{by} AS source, a.base_source_minor AS n FROM {ALLOCATIONS} WHERE {LIVE}
        UNION ALL SELECT r.organization_id, r.{by}, r.base_relieved_minor FROM {REFUNDS} WHERE {PAID_OUT}
        ) AS u"""
    return (
        kept(table, "allocated_minor", "a.amount_minor", ALLOCATIONS, (f"a.{by}",), LIVE),
        kept(table, "refunded_minor", "r.amount_minor", REFUNDS, (f"r.{by}",), PAID_OUT),
        kept(table, "reserved_minor", "r.amount_minor", REFUNDS, (f"r.{by}",), WAITING),
        kept(table, "base_used_minor", "u.n", taken, ("u.source",)),
    )


def _open_items() -> str:
    """What each document leaves open with its customer; the receivable's lines with the other sign.

    A journal's line is an item by itself: nothing settles it but another journal, or its reversal.
    """
    return f"""
        SELECT customer_id AS id, currency, total_minor - paid_minor - credit_minor - written_off_minor AS n,
            base_total_minor - base_settled_minor AS b
        FROM invoices WHERE organization_id = :o AND state = 'issued'
        UNION ALL SELECT customer_id, currency, allocated_minor + refunded_minor - total_minor,
            base_used_minor - base_total_minor
        FROM credit_notes WHERE organization_id = :o AND state = 'issued'
        UNION ALL SELECT customer_id, currency, allocated_minor + refunded_minor - amount_minor,
            base_used_minor - base_amount_minor
        FROM payments WHERE organization_id = :o AND state = 'received'
        UNION ALL SELECT m.customer_id, j.currency, m.minor, 0
        FROM manual_journals AS j JOIN manual_journal_lines AS m
        ON m.organization_id = j.organization_id AND m.journal_id = j.id
        WHERE j.organization_id = :o AND j.state = 'published' AND m.account_id IN ({RECEIVABLES})
        UNION ALL SELECT coalesce(l.customer_id, 0), l.currency, 0, l.base_debit_minor - l.base_credit_minor
        FROM manual_journals AS j JOIN journal_lines AS l
        ON l.organization_id = j.organization_id AND l.entry_id = j.entry_id
        WHERE j.organization_id = :o AND j.state = 'published' AND l.account_id IN ({RECEIVABLES})
        UNION ALL SELECT coalesce(customer_id, 0), currency, credit_minor - debit_minor,
            base_credit_minor - base_debit_minor
        FROM journal_lines WHERE organization_id = :o AND account_id IN ({RECEIVABLES})"""


def _in_between(role: str, sign: int, amounts: str) -> str:
    """An account that money passes through, and what is on its way; what a person posts there is left out."""
    account = f"SELECT min(id) FROM accounts WHERE organization_id = :o AND role = '{role}'"
    return f"""
        SELECT l.account_id AS id, l.base_debit_minor - l.base_credit_minor AS b
        FROM journal_lines AS l JOIN journal_entries AS e
        ON e.organization_id = l.organization_id AND e.id = l.entry_id AND e.source_kind <> 'manual_journal'
        WHERE l.organization_id = :o AND l.account_id = ({account})
        UNION ALL SELECT ({account}), {sign} * x.base_amount_minor FROM ({amounts}) AS x"""


def _mirrored() -> str:
    """The lines of a reversing entry and of the one it reverses, under the id of the former."""
    lines = """SELECT e.id, l.account_id, coalesce(l.customer_id, 0) AS customer, l.currency,
            coalesce(l.tax_rate_id, 0) AS rate, l.debit_minor - l.credit_minor AS n,
            l.base_debit_minor - l.base_credit_minor AS b
        FROM journal_entries AS e JOIN journal_lines AS l
        ON l.organization_id = e.organization_id AND l.entry_id = e.{}
        WHERE e.organization_id = :o AND e.reverses_id IS NOT NULL"""
    sums = "sum(n) AS n, sum(b) AS b"
    both = f"{lines.format('id')} UNION ALL {lines.format('reverses_id')}"
    by_side = f"SELECT id, {sums} FROM ({both}) AS x GROUP BY id, account_id, customer, currency, rate"
    return f"SELECT id, abs(n) AS n, abs(b) AS b FROM ({by_side}) AS y"


def _added_up(table: str, key: Columns, of: str, by: Columns, where: str = ALWAYS) -> Check:
    """What a table keeps by key is what the rows of another sum to by these columns."""
    sides, minus = ", ".join(SIDES), ", ".join(f"-{side}" for side in SIDES)
    return zero(
        table,
        key,
        SIDES,
        f"""
        SELECT {", ".join(key)}, {sides} FROM {table} WHERE organization_id = :o
        UNION ALL SELECT {", ".join(by)}, {minus} FROM {of} WHERE organization_id = :o AND {where}""",
    )


PROMISES = (
    Promise("entries_balance", "Every entry has two sides, which balance in both currencies.", (
        grouped("journal_entries", (), """LEFT JOIN journal_lines AS l
            ON l.organization_id = t.organization_id AND l.entry_id = t.id""",
            """count(l.number) < 2 OR min(l.currency) <> max(l.currency)
            OR sum(l.debit_minor - l.credit_minor) <> 0
            OR sum(l.base_debit_minor - l.base_credit_minor) <> 0"""),
    )),
    Promise("lines_have_entries", "Every line belongs to an entry, of the same day and entity.", (
        none("journal_lines", "e.id IS NULL OR e.booked_on <> t.booked_on OR e.entity_id <> t.entity_id",
             ("entry_id", "number"), """LEFT JOIN journal_entries AS e
                ON e.organization_id = t.organization_id AND e.id = t.entry_id"""),
    )),
    Promise("balances_are_sums", "Every balance is the sum of its lines, and no line is without one.", (
        _added_up("balances", BALANCE, "journal_lines", (*BALANCE[:3], BRANCH, "booked_on")),
        _added_up("month_balances", (*BALANCE[:4], "month"), "balances",
                  (*BALANCE[:4], "substr(booked_on, 1, 7)")),
        _added_up("customer_balances", OF_CUSTOMER, "journal_lines", (*OF_CUSTOMER[:4], BRANCH),
                  "customer_id IS NOT NULL"),
    )),
    Promise("documents_are_posted", "Every issued document, payment and refund stands in the journal.", (
        posted("invoices", "total_minor", "base_total_minor", "", EVER_ISSUED),
        posted("credit_notes", "total_minor", "base_total_minor", "-", EVER_ISSUED),
        posted("payments", "amount_minor", "base_amount_minor", "-", "1 = 1"),
        posted("refunds", "amount_minor", "base_relieved_minor", "",
               "t.state IN ('pending', 'unknown', 'settled', 'canceled', 'failed', 'reversed')"),
    )),
    Promise("documents_add_up", "A document is the sum of its lines, and a line's tax of its rates.", (
        kept("invoices", "net_minor", "l.net_minor", "invoice_lines AS l", ("l.invoice_id",),
             only="t.kind = 'invoice'"),
        kept("invoices", "tax_minor", "l.tax_minor", "invoice_lines AS l", ("l.invoice_id",),
             only="t.kind = 'invoice'"),
        kept("invoice_lines", "tax_minor", "x.tax_minor", "invoice_taxes AS x",
             ("x.invoice_id", "x.position"), key=LINE),
        none("invoice_lines", "s.n > t.discount_minor", LINE, DEDUCTED),
        none("invoice_deductions", "l.id IS NULL", ("invoice_id", "id", "position"), """LEFT JOIN
            invoice_lines AS l ON l.organization_id = t.organization_id AND l.invoice_id = t.invoice_id
            AND l.position = t.position"""),
        kept("credit_notes", "net_minor", "l.net_minor", "credit_note_lines AS l", ("l.credit_note_id",)),
        kept("credit_notes", "tax_minor", "l.tax_minor", "credit_note_lines AS l", ("l.credit_note_id",)),
        kept("credit_note_lines", "tax_minor", "x.tax_minor", "credit_note_taxes AS x",
             ("x.credit_note_id", "x.position"), key=NOTE_LINE),
    )),
    Promise("credit_notes_add_up", "A credit note is what is left of it, allocated, refunded and reserved.", (
        *_used("credit_notes", "credit_note_id"),
        none("credit_notes", """t.allocated_minor + t.refunded_minor + t.reserved_minor > t.total_minor
            OR t.state <> 'issued' AND t.allocated_minor + t.refunded_minor + t.reserved_minor <> 0"""),
    )),
    Promise("payments_add_up", "A payment is what is left of it, allocated, refunded and held.", (
        *_used("payments", "payment_id"),
        none("payments", """t.allocated_minor + t.refunded_minor + t.reserved_minor + t.disputed_minor
            > CASE t.state WHEN 'received' THEN t.amount_minor ELSE 0 END"""),
    )),
    Promise("invoices_are_settled", "What settles an invoice is what is allocated to it, and no more.", (
        kept("invoices", "paid_minor", "a.amount_minor", ALLOCATIONS, ("a.invoice_id",),
             f"{LIVE} AND a.payment_id IS NOT NULL"),
        kept("invoices", "credit_minor", "a.amount_minor", FROM_NOTES, ("a.invoice_id",),
             f"{LIVE} AND c.kind <> 'write_off'"),
        kept("invoices", "written_off_minor", "a.amount_minor", FROM_NOTES, ("a.invoice_id",),
             f"{LIVE} AND c.kind = 'write_off'"),
        kept("invoices", "base_settled_minor", "a.base_invoice_minor", ALLOCATIONS, ("a.invoice_id",), LIVE),
        none("invoices", "t.paid_minor + t.credit_minor + t.written_off_minor > t.total_minor"),
    )),
    Promise("invoices_are_credited", "Credited of an invoice is what its credit notes say, and no more.", (
        kept("invoices", "credited_minor", "c.total_minor", NOTES, ("c.invoice_id",), AGAINST),
        kept("invoices", "base_credited_minor", "c.invoice_base_minor", NOTES, ("c.invoice_id",), AGAINST),
        kept("invoices", "adjustment_credited_minor", "c.adjustment_minor",
             NOTES, ("c.invoice_id",), AGAINST),
        kept("invoices", "discount_credited_minor",
             "CASE c.discount_timing WHEN 'after_tax' THEN c.discount_minor ELSE 0 END",
             NOTES, ("c.invoice_id",), AGAINST),
        none("invoices", "t.credited_minor > t.total_minor OR t.base_credited_minor > t.base_total_minor"),
    )),
    Promise("tax_comes_back_as_charged",
            "Per line and rate no more is credited than charged, in the end all.", (
        kept("invoice_lines", "net_credited_minor", "l.net_minor", NOTE_LINES,
             ("c.invoice_id", "l.invoice_position"), AGAINST, key=LINE),
        kept("invoice_lines", "tax_credited_minor", "l.tax_minor", NOTE_LINES,
             ("c.invoice_id", "l.invoice_position"), AGAINST, key=LINE),
        kept("invoice_taxes", "credited_minor", "x.tax_minor", NOTE_TAXES,
             ("c.invoice_id", "l.invoice_position", "x.tax_rate_id"), AGAINST, key=RATE),
        none("invoice_lines",
             "t.net_credited_minor > t.net_minor OR t.tax_credited_minor > t.tax_minor", LINE),
        none("invoice_taxes", "t.credited_minor > t.tax_minor", RATE),
        none("invoice_lines", f"""{WHOLE}
            AND (t.net_credited_minor <> t.net_minor OR t.tax_credited_minor <> t.tax_minor)""",
             LINE, OF_INVOICE),
        none("invoice_taxes", f"{WHOLE} AND t.credited_minor <> t.tax_minor", RATE, OF_INVOICE),
    )),
    Promise("cash_back_was_received", "Cash given back is what refunds say, and never more than came in.", (
        kept("invoices", "returned_minor", "r.amount_minor", REFUNDS, ("r.invoice_id",),
             f"({PAID_OUT} OR {WAITING})"),
        kept("allocations", "returned_minor", "r.amount_minor", REFUNDS, ("r.allocation_id",),
             f"({PAID_OUT} OR {WAITING})"),
        kept("invoices", "disputed_minor", "a.disputed_minor", ALLOCATIONS, ("a.invoice_id",)),
        none("invoices", "t.returned_minor + t.disputed_minor > t.paid_minor"),
        none("allocations", "t.returned_minor + t.disputed_minor > t.amount_minor"),
    )),
    Promise("disputes_hold_their_money", "What a bank holds is what its disputes say.", (
        kept("allocations", "disputed_minor", "s.amount_minor", SHARES, ("s.allocation_id",),
             "(d.state = 'open' OR d.state = 'lost' AND d.action = 'do_nothing')"),
        kept("payments", "disputed_minor", "u.n", UNSHARED, ("u.payment_id",)),
        zero("accounts", ID, ("b",), _in_between("disputed_funds", -1, """
            SELECT base_amount_minor FROM disputes WHERE organization_id = :o AND state = 'open'""")),
    )),
    Promise("promised_refunds_are_in_transit", "What is promised and not yet paid is in transit.", (
        zero("accounts", ID, ("b",), _in_between("refunds_in_transit", 1, """
            SELECT base_amount_minor FROM refunds
            WHERE organization_id = :o AND state IN ('pending', 'unknown')""")),
    )),
    Promise("receivable_is_what_is_open", "Per customer and currency the open items are the receivable.", (
        zero("customers", ("id", "currency"), ("n", "b"), _open_items()),
    )),
    Promise("receivable_is_what_is_open_every_day",
            "What happens to open items on a day, the receivable does.", (
        zero("customers", ("id", "currency", "day"), ("n", "b"), open_by_day()),
    )),
    Promise("nothing_remains_of_the_settled",
            "What is settled in its currency is settled in base currency.", (
        none("invoices", """t.state = 'issued' AND t.base_settled_minor <> t.base_total_minor
            AND t.paid_minor + t.credit_minor + t.written_off_minor = t.total_minor"""),
        none("credit_notes", """t.state = 'issued' AND t.base_used_minor <> t.base_total_minor
            AND t.allocated_minor + t.refunded_minor = t.total_minor"""),
        none("payments", """t.base_used_minor <> t.base_amount_minor
            AND t.allocated_minor + t.refunded_minor = t.amount_minor"""),
        none("invoices", f"""{ISSUED} AND t.base_credited_minor <> t.base_total_minor
            AND t.credited_minor = t.total_minor"""),
    )),
    Promise("reversals_mirror", "A reversal mirrors one entry, once; what is undone is reversed.", (
        unique("journal_entries", ("reverses_id",), "t.reverses_id IS NOT NULL"),
        zero("journal_entries", ID, ("n", "b"), _mirrored()),
        undone("invoices", VOIDED),
        undone("credit_notes", VOIDED),
        undone("payments", VOIDED),
        undone("refunds", TAKEN_BACK),
        undone("disputes", "t.state = 'won'"),
        undone("manual_journals", "t.state = 'reversed'"),
        undone("allocations", "t.deallocated_on <> ''"),
    )),
    Promise("numbers_have_no_gap", "Numbers are 1 to n in each series, in the order of issue.", (
        gapless("invoice", "invoices"), gapless("credit_note", "credit_notes"),
        gapless("payment", "payments"), gapless("refund", "refunds"),
        gapless("manual_journal", "manual_journals"),
        unique("invoices", ("entity_id", "number"), "t.number <> ''"),
        unique("credit_notes", ("entity_id", "number"), "t.number <> ''"),
        unique("payments", ("entity_id", "number"), "t.number <> ''"),
        unique("refunds", ("entity_id", "number"), "t.number <> ''"),
        unique("manual_journals", ("entity_id", "number"), "t.number <> ''"),
        in_order("invoice", "invoices", "invoice.issued"),
        in_order("credit_note", "credit_notes", "credit_note.issued"),
        in_order("payment", "payments", "payment.received"),
    )),
    Promise("ids_follow_their_counters", "No id lies beyond its counter, and none is missing.", (
        *(all_there(name, kind.TABLE) for kind, name in COUNTERS.items() if kind is not Event),
        within_counter("entry", "journal_entries"),
        within_counter("invoice", "invoices"), within_counter("credit_note", "credit_notes"),
        within_counter("payment", "payments"), within_counter("refund", "refunds"),
        within_counter("allocation", "allocations"), within_counter("customer", "customers"),
        within_counter("line", "invoice_lines"), within_counter("line", "credit_note_lines"),
        within_counter("account", "accounts"), within_counter("item", "items"),
        within_counter("tax_rate", "tax_rates"), within_counter("branch", "branches"),
        within_counter("dispute_reason", "dispute_reasons"), within_counter("dispute", "disputes"),
        within_counter("journal", "manual_journals"), within_counter("entity", "entities"),
        within_counter("invoice_template", "invoice_templates"),
        within_counter("user", "users"), within_counter("tenancy", "tenancies"),
    )),
    Promise("papers_are_of_their_entity",
            "A customer's template is of its entity, which has one default at most.", (
        none("customers", "t.invoice_template_id IS NOT NULL AND (i.id IS NULL OR i.used = 0)", ID, """
            LEFT JOIN invoice_templates AS i ON i.organization_id = t.organization_id
            AND i.id = t.invoice_template_id AND i.entity_id = t.entity_id"""),
        unique("invoice_templates", ("entity_id",), "t.is_default = 1"),
    )),
    Promise("one_answer_per_key", "An idempotency key has one answer.", (
        unique("answers", ("idempotency_key",)),
    )),
    Promise("every_change_was_told", "Events are 1 to n without a gap, and each change has its own.", (
        all_there("event", "events"), within_counter("event", "events"),
        told("invoices", {"invoice.issued": EVER_ISSUED}),
        told("credit_notes", {"credit_note.issued": EVER_ISSUED, "credit_note.voided": VOIDED}),
        told("payments", {"payment.received": "1 = 1"}),
        told("disputes", {"dispute.opened": "1 = 1", "dispute.won": "t.state = 'won'",
                          "dispute.lost": "t.state = 'lost'"}),
        told("manual_journals", {"manual_journal.published": "t.state IN ('published', 'reversed')"}),
        told("refunds", {"refund.settled": "t.settled_entry_id IS NOT NULL",
                         "refund.reversed": "t.state = 'reversed'"}),
        told("allocations", {"allocation.made": "1 = 1", "allocation.undone": "t.deallocated_on <> ''"}),
    )),
)  # fmt: skip
"""Every promise, from the journal outwards."""
