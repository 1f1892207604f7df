"""The rows of a query → a table of the DuckDB file that data was read from, whole or not at all."""

from __future__ import annotations

import duckdb

from tierwise.diagnostics import CannotRun
from tierwise.run.address import WRITTEN
from tierwise.run.embedded.database import Database, literal, quoted

_GROWING = quoted("results:growing")


def write_table(database: Database, sql: str, schema: str, table: str) -> None:
    """Write the rows in one transaction; a table that tierwise has written is replaced.

    The file was open for reading only, so it is let go of before it is opened for writing; what is
    read from it is not there afterwards.

    Raises:
        CannotRun: another table stands there, or the file may not be written.
    """
    database.execute(f"CREATE OR REPLACE TEMP TABLE {_GROWING} AS {sql}")
    ((file,),) = database.execute(
        "SELECT path FROM duckdb_databases() WHERE database_name = 'data'"
    ).fetchall()
    place = f"data.{quoted(schema)}.{quoted(table)}"
    try:
        database.connection.execute("DETACH data")
        database.connection.execute(f"ATTACH {literal(str(file))} AS data")
        check_may_be_replaced(database, schema, table)
        database.connection.execute("BEGIN")
        database.connection.execute(f"CREATE OR REPLACE TABLE {place} AS FROM {_GROWING}")
        database.connection.execute(f"COMMENT ON TABLE {place} IS {literal(WRITTEN)}")
        database.connection.execute("COMMIT")
    except duckdb.Error as error:
        first = str(error).strip().split("\n")[0]
        raise CannotRun(f"{schema}.{table} cannot be written to {file}: {first}",
                        "check its schema, who may write the file, and who else has it open") from error  # fmt: skip


def check_may_be_replaced(database: Database, schema: str, table: str) -> None:
    """Make sure that a table of the file is none, or one that tierwise has written.

    Raises:
        CannotRun: it is another one.
    """
    known = database.connection.execute(
        "SELECT comment FROM duckdb_tables() WHERE database_name = 'data' AND schema_name = ? "
        "AND table_name = ? UNION ALL SELECT NULL FROM duckdb_views() WHERE database_name = 'data' "
        "AND schema_name = ? AND view_name = ?", [schema, table, schema, table]
    ).fetchall()  # fmt: skip
    if known and known[0][0] != WRITTEN:
        raise CannotRun(f"{schema}.{table} is there, and no table that tierwise has written",
                        "name another table, or drop that one")  # fmt: skip
