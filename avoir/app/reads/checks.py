"""How a promise of the books is checked: SQL that finds the rows which break it, for both engines.

What is kept as a sum is added up again from its parts; what must be there is looked for; what must be unique
is counted. Every check reads one organization, `:o`.
"""

from collections.abc import Iterable
from typing import NamedTuple

Columns = tuple[str, ...]
ID: Columns = ("id",)
ALWAYS = "1 = 1"
RECEIVABLES = "SELECT id FROM accounts WHERE organization_id = :o AND role = 'receivable'"


class Check(NamedTuple):
    """SQL whose answer is the keys of wrong rows; for a kept sum (`field`), then what is kept and counted."""

    table: str
    key: Columns
    wrong: str
    field: str = ""


def none(table: str, where: str, key: Columns = ID, joined: str = "") -> Check:
    """No row `t` of a table is like that."""
    return Check(table, key, f"""
        SELECT {_columns(key)} FROM {table} AS t {joined}
        WHERE t.organization_id = :o AND ({where})""")  # fmt: skip


def kept(
    table: str,
    field: str,
    part: str,
    parts: str,
    by: Columns,
    where: str = ALWAYS,
    *,
    key: Columns = ID,
    only: str = ALWAYS,
) -> Check:
    """A sum that a row keeps is the sum of its parts, which name their row `by` columns like its key.

    Rows and parts are laid in one heap and added up by key: no join, so no plan that a database could miss.
    """
    alias = by[0].partition(".")[0]
    mine = ", ".join(f"t.{column} AS k{i}" for i, column in enumerate(key))
    keys = ", ".join(f"k{i}" for i in range(len(key)))
    named = ", ".join(f"k{i} AS {column}" for i, column in enumerate(key))
    return Check(table, key, f"""
        SELECT {named}, CAST(sum(kept) AS BIGINT) AS kept, CAST(sum(counted) AS BIGINT) AS counted FROM (
            SELECT {mine}, t.{field} AS kept, 0 AS counted, 1 AS there FROM {table} AS t
            WHERE t.organization_id = :o AND {only}
            UNION ALL SELECT {", ".join(by)}, 0, {part}, 0 FROM {parts}
            WHERE {alias}.organization_id = :o AND {where}
        ) AS heap GROUP BY {keys} HAVING sum(there) = 1 AND sum(kept) <> sum(counted)""", field)  # fmt: skip


def unique(table: str, columns: Columns, where: str = ALWAYS) -> Check:
    """No two rows have the same values in these columns."""
    names = _columns(columns)
    return Check(table, columns, f"""
        SELECT {names} FROM {table} AS t WHERE t.organization_id = :o AND {where}
        GROUP BY {names} HAVING count(*) > 1""")  # fmt: skip


def zero(table: str, key: Columns, sums: Iterable[str], rows: str) -> Check:
    """What two sides say of a thing sums to nothing: `rows` has the one with plus, the other with minus."""
    wrong = " OR ".join(f"sum({each}) <> 0" for each in sums)
    names = ", ".join(key)
    return Check(table, key, f"SELECT {names} FROM ({rows}) AS sides GROUP BY {names} HAVING {wrong}")


def posted(table: str, minor: str, base: str, sign: str, where: str) -> Check:
    """A document moves the receivable, in its own entry, by what it says."""
    n, b = (f"coalesce(sum(l.{x}debit_minor - l.{x}credit_minor), 0)" for x in ("", "base_"))
    joined = f"""LEFT JOIN journal_lines AS l ON l.organization_id = t.organization_id
        AND l.entry_id = t.entry_id AND l.account_id IN ({RECEIVABLES})"""
    return grouped(table, (minor, base), joined, f"{n} <> {sign}t.{minor} OR {b} <> {sign}t.{base}", where)


def grouped(table: str, columns: Columns, joined: str, wrong: str, where: str = ALWAYS) -> Check:
    """No row `t`, with what is joined to it added up, is like that; `columns` are those that it names."""
    return Check(table, ID, f"""
        SELECT t.id FROM {table} AS t {joined} WHERE t.organization_id = :o AND {where}
        GROUP BY {_columns((*ID, *columns))} HAVING {wrong}""")  # fmt: skip


def undone(table: str, gone: str) -> Check:
    """The entry of a document is reversed if, and only if, the document is undone."""
    joined = "LEFT JOIN journal_entries AS r ON r.organization_id = :o AND r.reverses_id = t.entry_id"
    return none(table, f"t.entry_id IS NOT NULL AND ({gone}) <> (r.id IS NOT NULL)", ID, joined)


def told(table: str, happened: dict[str, str]) -> Check:
    """What happened was told once, and what did not happen was not: topics, and when each is due.

    Rows and events are laid in one heap and counted by id: no join, so no plan that a database could miss.
    """
    topics = [*happened]
    due = ", ".join(
        f"CASE WHEN {happened[topic]} THEN 1 ELSE 0 END AS n{i}" for i, topic in enumerate(topics)
    )
    was = ", ".join(f"CASE e.topic WHEN '{topic}' THEN -1 ELSE 0 END" for topic in topics)
    wrong = " OR ".join(f"sum(n{i}) <> 0" for i in range(len(topics)))
    return Check(table, ID, f"""
        SELECT id FROM (
            SELECT t.id AS id, {due}, 1 AS there FROM {table} AS t WHERE t.organization_id = :o
            UNION ALL SELECT e.subject_id, {was}, 0 FROM events AS e
            WHERE e.organization_id = :o AND e.subject_kind = '{table.removesuffix("s")}'
        ) AS heap GROUP BY id HAVING sum(there) = 1 AND ({wrong})""")  # fmt: skip


def gapless(kind: str, table: str) -> Check:
    """A series has given out every number before its next one, or skipped it by intent."""
    joined = f"""LEFT JOIN (
        SELECT d.entity_id, count(DISTINCT d.sequence) AS n, max(d.sequence) AS last FROM {table} AS d
        WHERE d.organization_id = :o AND d.sequence > 0 GROUP BY d.entity_id
        ) AS p ON p.entity_id = t.entity_id"""
    gap = "coalesce(p.n, 0) + t.skipped <> t.next_number - 1 OR coalesce(p.last, 0) > t.next_number - 1"
    return none("series", f"t.kind = '{kind}' AND ({gap})", ("entity_id", "kind"), joined)


def in_order(kind: str, table: str, topic: str) -> Check:
    """Numbers rise in the order of issue: none is lower than one that was issued before it came to be.

    A caller may take a number for a draft beforehand, so the first event of a document counts.
    """
    rows = f"""
        SELECT d.id, d.entity_id, d.sequence, CASE x.issued WHEN 0 THEN p.first ELSE p.issued END AS event,
            x.issued
        FROM {table} AS d JOIN (
            SELECT e.subject_id, min(e.id) AS first, min(CASE e.topic WHEN '{topic}' THEN e.id END) AS issued
            FROM events AS e WHERE e.organization_id = :o AND e.subject_kind = '{kind}' GROUP BY e.subject_id
        ) AS p ON p.subject_id = d.id
        JOIN (SELECT 0 AS issued UNION ALL SELECT 1) AS x ON x.issued = 0 OR p.issued IS NOT NULL
        WHERE d.organization_id = :o AND d.sequence > 0"""
    return Check(table, ID, f"""
        SELECT id FROM (
            SELECT id, sequence, issued, max(CASE issued WHEN 1 THEN sequence END) OVER (
                PARTITION BY entity_id ORDER BY event, issued ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS before FROM ({rows}) AS happened
        ) AS numbered WHERE issued = 0 AND sequence < before""")  # fmt: skip


def within_counter(name: str, table: str) -> Check:
    """No id lies beyond its counter."""
    return _counter(name, table, "coalesce(max(t.id), 0)", "<")


def all_there(name: str, table: str) -> Check:
    """The counter is the number of rows: where nothing is ever deleted, nothing is missing."""
    return _counter(name, table, "count(*)", "<>")


def _counter(name: str, table: str, found: str, differs: str) -> Check:
    field = f"last_{name}"
    return Check("counters", ("organization_id",), f"""
        SELECT n.organization_id, n.{field} AS kept, p.n AS counted FROM counters AS n
        CROSS JOIN (SELECT {found} AS n FROM {table} AS t WHERE t.organization_id = :o) AS p
        WHERE n.organization_id = :o AND n.{field} {differs} p.n""", field)  # fmt: skip


def _columns(names: Columns) -> str:
    return ", ".join(f"t.{name}" for name in names)
