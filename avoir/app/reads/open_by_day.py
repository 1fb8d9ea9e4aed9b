"""What happens to each customer's open items on each day, against what the receivable does on that day.

Both being nothing before the first day, they are the same on every day if, and only if, they move alike on
each. A document is dated by itself; what undoes it is dated by the entry that mirrors its own.
"""

from avoir.app.reads.checks import RECEIVABLES


def open_by_day() -> str:
    """Rows of (customer `id`, `currency`, `day`, `n`, `b`) that sum to nothing, day by day."""
    issued = "t.state IN ('issued', 'voided')"
    of_documents = (
        _document("invoices", "issued_on", "total_minor", "base_total_minor", "", issued),
        _document("credit_notes", "issued_on", "total_minor", "base_total_minor", "-", issued),
        _document("payments", "received_on", "amount_minor", "base_amount_minor", "-", "1 = 1"),
        _document(
            "refunds", "refunded_on", "amount_minor", "base_relieved_minor", "", "t.entry_id IS NOT NULL"
        ),
        _undone("invoices", "total_minor", "base_total_minor", "-"),
        _undone("credit_notes", "total_minor", "base_total_minor", ""),
        _undone("payments", "amount_minor", "base_amount_minor", ""),
        _undone("refunds", "amount_minor", "base_relieved_minor", "-"),
        _allocation("allocated_on", "", "1 = 1"),
        _allocation("deallocated_on", "-", "a.deallocated_on <> ''"),
        _journal("j.journal_on", "", ""),
        _journal("r.booked_on", "-", """JOIN journal_entries AS r
            ON r.organization_id = j.organization_id AND r.reverses_id = j.entry_id"""),
        f"""SELECT coalesce(customer_id, 0), currency, booked_on, credit_minor - debit_minor,
            base_credit_minor - base_debit_minor
        FROM journal_lines WHERE organization_id = :o AND account_id IN ({RECEIVABLES})""",
    )  # fmt: skip
    return " UNION ALL ".join(of_documents)


def _journal(day: str, sign: str, joined: str) -> str:
    """What a person posts to the receivable is an item by itself, worth in base currency what it posted."""
    return f"""
        SELECT m.customer_id, j.currency, {day}, {sign}m.minor, 0
        FROM manual_journals AS j JOIN manual_journal_lines AS m
        ON m.organization_id = j.organization_id AND m.journal_id = j.id {joined}
        WHERE j.organization_id = :o AND j.entry_id IS NOT NULL AND m.account_id IN ({RECEIVABLES})
        UNION ALL SELECT coalesce(l.customer_id, 0), l.currency, {day}, 0,
            {sign}(l.base_debit_minor - l.base_credit_minor)
        FROM manual_journals AS j JOIN journal_lines AS l
        ON l.organization_id = j.organization_id AND l.entry_id = j.entry_id {joined}
        WHERE j.organization_id = :o AND l.account_id IN ({RECEIVABLES})"""


def _document(table: str, day: str, minor: str, base: str, sign: str, where: str) -> str:
    return f"""
        SELECT t.customer_id AS id, t.currency, t.{day} AS day, {sign}t.{minor} AS n, {sign}t.{base} AS b
        FROM {table} AS t WHERE t.organization_id = :o AND ({where})"""


def _undone(table: str, minor: str, base: str, sign: str) -> str:
    return f"""
        SELECT t.customer_id, t.currency, m.booked_on, {sign}t.{minor}, {sign}t.{base}
        FROM {table} AS t JOIN journal_entries AS m
        ON m.organization_id = t.organization_id AND m.reverses_id = t.entry_id
        WHERE t.organization_id = :o"""


def _allocation(day: str, sign: str, where: str) -> str:
    """In base currency an allocation moves what it realises; in its own it only shifts."""
    return f"""
        SELECT i.customer_id, i.currency, a.{day}, 0, {sign}(a.base_source_minor - a.base_invoice_minor)
        FROM allocations AS a JOIN invoices AS i
        ON i.organization_id = a.organization_id AND i.id = a.invoice_id
        WHERE a.organization_id = :o AND {where}"""
