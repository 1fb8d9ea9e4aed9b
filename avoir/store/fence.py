"""The second fence on PostgreSQL: the role that reads sees one organization's rows, whatever a read asks for.

Every read names its organization in SQL. Should one ever forget, the database does not: reads of an
organization are made by a role to which row-level security shows no other. Who connects owns the tables and
passes the fence; so do the few reads of the directory, which look for work in every organization.
"""

from collections.abc import Iterator

ROLE = "avoir_reader"
UNFENCED = """
    SELECT c.relname FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = current_schema()
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND NOT EXISTS (
        SELECT 1 FROM pg_policies AS p
        WHERE p.schemaname = n.nspname AND p.tablename = c.relname AND p.policyname = 'of_organization')
    ORDER BY c.relname"""
"""The tables that have no policy yet: new ones get theirs when the database is migrated."""

FENCED = (
    "SELECT tablename FROM pg_policies WHERE schemaname = current_schema() AND policyname = 'of_organization'"
)
MAY_READ = f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}' AND pg_has_role(oid, 'MEMBER')"

BEHIND_THE_FENCE = f"SELECT set_config('avoir.organization', $1, true), set_config('role', '{ROLE}', true)"
"""What follows BEGIN where a transaction is to see one organization; the role ends with it."""

# Roles belong to the whole server: another database may have made it, or be making it, and not everybody may.
_THE_ROLE = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') THEN
        CREATE ROLE {ROLE} NOLOGIN;
    END IF;
    IF NOT EXISTS ({MAY_READ}) THEN
        EXECUTE format('GRANT {ROLE} TO %I', current_user);
    END IF;
EXCEPTION WHEN OTHERS THEN RAISE WARNING 'reads are not fenced: %', SQLERRM;
END $$"""


def making_the_role() -> str:
    """Make the role that reads, and become a member of it. Where that is not allowed nothing happens."""
    return _THE_ROLE


def fencing(tables: list[str]) -> Iterator[str]:
    """Let the role read some tables, and of them the rows of its organization."""
    for table in tables:
        yield f"GRANT SELECT ON {table} TO {ROLE}"
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        # In a sub-select: it is worked out once for a statement, and may be looked up in an index.
        yield f"""CREATE POLICY of_organization ON {table} FOR SELECT TO {ROLE}
            USING (organization_id = (SELECT current_setting('avoir.organization')::bigint))"""


def unfencing(tables: list[str]) -> Iterator[str]:
    """Take the fence away again: a cluster's machines would each have to let the role in."""
    for table in tables:
        yield f"DROP POLICY IF EXISTS of_organization ON {table}"
        yield f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
        yield f"REVOKE ALL ON {table} FROM {ROLE}"
