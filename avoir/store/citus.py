"""Past one machine: the tables spread by organization over a Citus cluster. What is particular is all here.

A batch is then of one organization, and its statements name it (`Database.alone`): a lock or an update over
many is refused there. The database says so itself, so that every process that connects knows.
"""

from collections.abc import Iterator

from avoir.store.fence import FENCED, unfencing
from avoir.store.protocol import Database

_HAS_CITUS = "SELECT 1 FROM pg_extension WHERE extname = 'citus'"
_SPREAD = """SELECT c.relname FROM pg_dist_partition AS p JOIN pg_class AS c ON c.oid = p.logicalrelid
    WHERE c.relnamespace = current_schema()::regnamespace"""
_TABLES = """SELECT c.relname FROM pg_class AS c
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname"""
_FOREIGN_KEYS = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"""
_TRIGGERS = """SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger
    WHERE NOT tgisinternal AND tgrelid IN
        (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace) ORDER BY 1, 2"""
FIRST = "counters"
"""The table that all others lie beside."""


class NoCitus(ValueError):
    """The database has no Citus extension."""


def alone(database: Database, *, wanted: bool = True) -> None:
    """Have the database say that each batch is of one organization; whoever connects from now on obeys."""
    name = database.all("SELECT current_database()")[0][0].replace('"', '""')
    database.execute(
        [f"""ALTER DATABASE "{name}" SET avoir.one_organization = '{"on" if wanted else "off"}'"""]
    )


def distribute(database: Database) -> None:
    """Spread every table that is not yet, all side by side, and make the guards on the shards.

    Raises `NoCitus`.
    """
    if not database.all(_HAS_CITUS):
        raise NoCitus("the database has no Citus extension: CREATE EXTENSION citus")
    spread = {name for (name,) in database.all(_SPREAD)}
    tables = [name for (name,) in database.all(_TABLES) if name not in spread]
    if tables:
        fenced = [name for (name,) in database.all(FENCED) if name in tables]
        keys = [key for key in database.all(_FOREIGN_KEYS) if key[0] in tables]
        triggers = [trigger for trigger in database.all(_TRIGGERS) if trigger[0] in tables]
        database.execute(distributing(tables, keys, triggers, fenced))
    alone(database)


def distributing(
    tables: list[str],
    keys: list[tuple[str, str, str]],
    triggers: list[tuple[str, str, str]],
    fenced: list[str],
) -> Iterator[str]:
    """The statements. Keys between tables and guards on them are made anew, on the shards.

    The fence of the readers is taken away: policies may have no sub-selects there, and a worker would have
    to let the role that reads log in.
    """
    yield "SET LOCAL citus.enable_unsafe_triggers = on"
    yield "SET LOCAL citus.multi_shard_modify_mode = 'sequential'"
    yield from unfencing(fenced)
    for table, name, _ in keys:
        yield f"ALTER TABLE {table} DROP CONSTRAINT {name}"
    for table, name, _ in triggers:
        yield f"DROP TRIGGER {name} ON {table}"
    for table in sorted(tables, key=lambda name: (name != FIRST, name)):
        beside = "none" if table == FIRST else FIRST
        yield f"SELECT create_distributed_table('{table}', 'organization_id', colocate_with => '{beside}')"
    for table, name, definition in keys:
        yield f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"
    for _, _, definition in triggers:
        yield definition
