"""What other distributed engines would ask: what of PostgreSQL our statements use, and whose they are.

Looked for in every statement of the migrations, of the clerk, of the fence and of the reads. What the engines
say of it is taken from their documentation, and is not tried here: the list says where work would be. Written
into docs/scale.md by `python -m tests.elsewhere`; a test holds the page to it, and that nothing is used which
the list says is not.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import NamedTuple

from avoir.core.books import KINDS
from avoir.store import fence, postgres
from tests.house.source import ROOT

PAGE = ROOT / "docs" / "scale.md"
BEGIN, END = "<!-- Written by `python -m tests.elsewhere`. -->", "<!-- End of the list. -->"
AS_IT_IS = "as it is"


class Feature(NamedTuple):
    """Something of PostgreSQL, how it is known in a statement, and what each engine has in its place."""

    what: str
    pattern: str
    cockroach: str
    yugabyte: str


BY_ROW = "no transition tables: row by row, as SQLite's guards (`0001_ink.sqlite.sql`)"
FEATURES = (
    Feature("a guard over all new rows of a statement", r"REFERENCING NEW TABLE",
            f"no triggers of statements, {BY_ROW}", BY_ROW),
    Feature("a guard before UPDATE or DELETE, once each", r"CREATE TRIGGER \w+ BEFORE UPDATE OR DELETE",
            "`FOR EACH ROW`", AS_IT_IS),
    Feature("a guard before TRUNCATE", r"CREATE TRIGGER \w+ BEFORE TRUNCATE",
            "no such trigger: take the right to truncate from who connects", AS_IT_IS),
    Feature("rows of a table's own type from JSON", r"json_populate_recordset", AS_IT_IS, AS_IT_IS),
    Feature("records from JSON", r"json_to_recordset", AS_IT_IS, AS_IT_IS),
    Feature("UPDATE in a WITH, counted", r"WITH done AS \(UPDATE", AS_IT_IS, AS_IT_IS),
    Feature("ON CONFLICT DO UPDATE", r"ON CONFLICT .* DO UPDATE", AS_IT_IS, AS_IT_IS),
    Feature("the pen: FOR UPDATE under READ COMMITTED", r"FOR UPDATE",
            "set `default_transaction_isolation` to `read committed`; else the clerk retries more (40001)",
            "have `yb_enable_read_committed_isolation` on; else the clerk retries more (40001)"),
    Feature("reads of one moment: REPEATABLE READ, READ ONLY", r"ISOLATION LEVEL REPEATABLE READ",
            "runs as SERIALIZABLE: a read may be asked again", AS_IT_IS),
    Feature("an advisory lock, while migrating", r"pg_advisory_xact_lock",
            "taken for an empty call: migrate from one process only",
            "from 2025.1 on; before, migrate from one process only"),
    Feature("several statements of a migration in one transaction", r"CREATE TABLE",
            "schema changes of one transaction may fail at its end: one statement each",
            "each statement commits by itself before 2025.2: one statement each"),
    Feature("row-level security, for the role that reads", r"CREATE POLICY|ENABLE ROW LEVEL SECURITY",
            "from 25.2 on, its sub-select to be tried; else do without, as on Citus", AS_IT_IS),
    Feature("a role made by an anonymous block", r"^\s*DO \$\$",
            "no `EXECUTE` in its PL/pgSQL: make the role by hand", AS_IT_IS),
    Feature("the caller's organization as a setting", r"set_config\('avoir|current_setting\('avoir", AS_IT_IS,
            AS_IT_IS),
    Feature("a function in SQL, PARALLEL SAFE", r"PARALLEL SAFE", "without PARALLEL", AS_IT_IS),
    Feature("an index of some rows", r"CREATE (UNIQUE )?INDEX [^;]*\sWHERE\s", AS_IT_IS, AS_IT_IS),
    Feature("a CHECK of one row", r"\bCHECK \(", AS_IT_IS, AS_IT_IS),
    Feature("a key between tables", r"\bREFERENCES \w+ \(", AS_IT_IS, AS_IT_IS),
    Feature("how a statement is planned: `plan_cache_mode`", r"plan_cache_mode", AS_IT_IS, AS_IT_IS),
    Feature("the planner's switches, as options of the connection", r"-c enable_",
            "not known there, and refused: leave the options out", AS_IT_IS),
    Feature("`tcp_user_timeout`, as an option of the connection", r"-c tcp_user_timeout",
            "not known there, and refused: leave it out", AS_IT_IS),
    Feature("LISTEN, NOTIFY", r"\b(LISTEN|NOTIFY|pg_notify)\b", "missing", "missing before 2025.2"),
    Feature("a deferrable key", r"\bDEFERRABLE\b", "missing", "of keys between tables only"),
    Feature("a generated column", r"\bGENERATED (ALWAYS|BY)", AS_IT_IS, "from 2025.1 on"),
    Feature("a sequence", r"\b(SERIAL|nextval|CREATE SEQUENCE)\b", "with gaps, and large", "with gaps"),
    Feature("LOCK TABLE, SKIP LOCKED", r"\bLOCK TABLE\b|\bSKIP LOCKED\b", "no LOCK TABLE", "no LOCK TABLE"),
    Feature("a temporary table", r"\bTEMP(ORARY)? TABLE\b", "experimental", AS_IT_IS),
    Feature("two levels of transactions", r"\bSAVEPOINT\b", AS_IT_IS, AS_IT_IS),
    Feature("an exclusion, an inherited table", r"\bEXCLUDE USING\b|\bINHERITS\b", "missing", "missing"),
)  # fmt: skip


def statements() -> Iterator[tuple[str, str]]:
    """Every statement, and whose it is."""
    for file in sorted(files("avoir.store").joinpath("migrations").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".sql") and not file.name.endswith(".sqlite.sql"):
            for paragraph in file.read_text("utf-8").split("\n\n"):
                kept = [line for line in paragraph.splitlines() if not line.startswith("--")]
                if any(kept):
                    yield "a migration", "\n".join(kept)
    for kind in KINDS:
        others = tuple(name for name in kind.__struct_fields__ if name not in kind.KEY)
        by_key = [postgres.select(kind, by) for by in (kind.KEY, *kind.GROUPS)]
        alone = [postgres.select_one(kind, kind.KEY), postgres.insert_one(kind)]
        many = [postgres.insert_into(kind), postgres.delete_from(kind)]
        if others:
            alone.append(postgres.update_one(kind, others))
            many.append(postgres.update_of(kind, others))
        for sql in (*by_key, *alone, *many):
            yield "the clerk", sql
    for sql in (*fence.fencing(["a_table"]), fence.making_the_role(), fence.BEHIND_THE_FENCE):
        yield "the fence", sql
    yield from (("a connection", text) for text in _texts(inspect.getsource(postgres)))
    yield "a connection", postgres._CLERK
    for folder in ("app", "gateways", "faces", "cli"):
        for file in sorted((ROOT / "avoir" / folder).rglob("*.py")):
            yield from (("a read", text) for text in _texts(file.read_text("utf-8")) if _is_sql(text))


def _texts(source: str) -> Iterator[str]:
    """Every text of a file but what it says of itself."""
    tree = ast.parse(source)
    said = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def _is_sql(text: str) -> bool:
    return re.search(r"\b(SELECT|FROM|WHERE|JOIN|UPDATE|INSERT INTO|DELETE FROM)\b", text) is not None


def found() -> dict[str, dict[str, int]]:
    """How many statements of whom use each feature."""
    counted: dict[str, dict[str, int]] = {feature.what: {} for feature in FEATURES}
    for whose, sql in statements():
        for feature in FEATURES:
            if re.search(feature.pattern, sql, re.MULTILINE):
                of = counted[feature.what]
                of[whose] = of.get(whose, 0) + 1
    return counted


def listed() -> str:
    """The list as the page has it: what would have to change, then what stays, then what is not used."""
    counted = found()
    used = [feature for feature in FEATURES if counted[feature.what]]
    used.sort(key=lambda feature: feature.cockroach == feature.yugabyte == AS_IT_IS)
    rows = ["| what is used | by whom | CockroachDB | YugabyteDB |", "| --- | --- | --- | --- |"]
    for feature in used:
        by = ", ".join(sorted(counted[feature.what]))
        rows.append(f"| {feature.what} | {by} | {feature.cockroach} | {feature.yugabyte} |")
    unused = "; ".join(feature.what for feature in FEATURES if not counted[feature.what])
    return "\n".join(rows) + f"\n\nNot used anywhere: {unused}."


def page() -> str:
    """The page with the list of today."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    return f"{before}{BEGIN}\n\n{listed()}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
