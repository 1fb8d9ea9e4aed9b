"""What entries are about: the document behind each, as people and contract B name it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from avoir.app.reads.query import Query

INVOICE, OPENING, CREDIT_NOTE, WRITE_OFF = "invoice", "opening_balance", "credit_note", "write_off"
PAYMENT, REFUND, PAYMENT_REFUND = "payment", "refund", "payment_refund"
DISPUTE, JOURNAL = "dispute", "manual_journal"

AT_ONCE = 5000
"""Ids of one statement: both databases take more, and no statement should be much longer."""

# What it is, which document it names (a write-off its invoice, an opening balance its customer), its number,
# and what was written on it.
_DOCUMENTS = {
    "invoice": """SELECT t.id, CASE t.kind WHEN 'opening_balance' THEN 'opening_balance' ELSE 'invoice' END,
        CASE t.kind WHEN 'opening_balance' THEN t.customer_id ELSE t.id END, t.number, '' FROM invoices""",
    "credit_note": """SELECT t.id, CASE WHEN t.kind = 'write_off' AND t.invoice_id IS NOT NULL
        THEN 'write_off' ELSE 'credit_note' END, CASE WHEN t.kind = 'write_off' AND t.invoice_id IS NOT NULL
        THEN t.invoice_id ELSE t.id END, t.number, CASE t.kind WHEN 'write_off' THEN t.note ELSE '' END
        FROM credit_notes""",
    "payment": "SELECT t.id, 'payment', t.id, t.number, t.memo FROM payments",
    "refund": """SELECT t.id, CASE WHEN t.payment_id IS NULL THEN 'refund' ELSE 'payment_refund' END, t.id,
        t.number, t.description FROM refunds""",
    "dispute": "SELECT t.id, 'dispute', t.id, t.remote_id, t.reason FROM disputes",
    "manual_journal": "SELECT t.id, 'manual_journal', t.id, t.number, t.description FROM manual_journals",
}


class Source(NamedTuple):
    """What an entry is about: which kind of document, its id, number, and what was written on it."""

    kind: str
    id: int
    number: str
    note: str


Known = dict[tuple[str, int], Source]


def sources_of(query: Query, wanted: Iterable[tuple[str, int]], known: Known | None = None) -> Known:
    """The documents behind entries, by the entries' `source_kind` and `source_id`.

    What is `known` already is not asked for again.
    """
    found: Known = {} if known is None else known
    ids: dict[str, set[int]] = defaultdict(set)
    for kind, id in wanted:
        if (kind, id) not in found:
            ids[kind].add(id)
    for kind, of_kind in ids.items():
        every = sorted(of_kind)
        for at in range(0, len(every), AT_ONCE):
            among, params = query.among("t.id", every[at : at + AT_ONCE])
            sql = f"{_DOCUMENTS[kind]} AS t WHERE t.organization_id = :o AND {among}"
            for id, *said in query.all(sql, **params):
                found[kind, id] = Source(*said)
    return found


def documents_named(query: Query, kind: str, id: int) -> list[tuple[str, int]]:
    """The `source_kind` and `source_id` of what is named so: of an invoice's write-offs, for one."""
    if kind == WRITE_OFF:
        where, table, of = "t.invoice_id = :id AND t.kind = 'write_off'", "credit_notes", "credit_note"
    elif kind == OPENING:
        where, table, of = "t.customer_id = :id AND t.kind = 'opening_balance'", "invoices", "invoice"
    else:
        return [("refund" if kind == PAYMENT_REFUND else kind, id)]
    rows = query.all(f"SELECT t.id FROM {table} AS t WHERE t.organization_id = :o AND {where}", id=id)
    found = [(of, id) for (id,) in rows]
    if kind == OPENING:
        credits_ = query.all(
            """SELECT t.opening_credit_note_id FROM customers AS t
                WHERE t.organization_id = :o AND t.id = :id AND t.opening_credit_note_id IS NOT NULL""",
            id=id,
        )
        found += [("credit_note", id) for (id,) in credits_]
    return found
