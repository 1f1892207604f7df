"""The rows of a query → a table of the user's, whole or not at all."""

from __future__ import annotations

import ibis.expr.types as ir
import psycopg

from tierwise.diagnostics import CannotRun, shown
from tierwise.run.address import WRITTEN
from tierwise.run.on_postgres.address import first_line
from tierwise.run.on_postgres.session import Session
from tierwise.run.on_postgres.sql import LONGEST, literal, quoted, type_of

_GROWING = "results:growing"


def write_table(session: Session, table: ir.Table, sql: str, schema: str, name: str) -> None:
    """Write the rows, and commit; a table that tierwise has written is replaced.

    Where its columns stay the same it keeps its rights, indexes and views.

    Args:
        session: the transaction.
        table, sql: the query, and how it is written.
        schema, name: of the table.

    Raises:
        CannotRun: another table stands there, or one may not be made.
    """
    long = [each for each in (name, *table.columns) if len(each.encode()) > LONGEST]
    if long:
        raise CannotRun(f"{shown(long[0])} is longer than the {LONGEST} bytes that PostgreSQL keeps of a "
                        "name", "name a shorter one, or write the results to a file")  # fmt: skip
    place, growing = f"{quoted(schema)}.{quoted(name)}", quoted(_GROWING)
    check_may_be_replaced(session, schema, name)
    cells = ", ".join(f"CAST({quoted(each)} AS {type_of(kind)}) AS {quoted(each)}"
                      for each, kind in table.schema().items())  # fmt: skip
    session.execute(f"CREATE TEMP TABLE {growing} AS SELECT {cells} FROM ({sql}) AS results")
    try:
        if _columns(session, place) == _columns(session, growing):
            session.execute(f"TRUNCATE {place}")
        else:
            session.execute(f"DROP TABLE IF EXISTS {place}")
            session.execute(f"CREATE TABLE {place} (LIKE {growing})")
        session.execute(f"INSERT INTO {place} SELECT * FROM {growing}")
        session.execute(f"COMMENT ON TABLE {place} IS {literal(WRITTEN)}")
    except (psycopg.errors.DependentObjectsStillExist, psycopg.errors.InvalidSchemaName,
            psycopg.errors.WrongObjectType) as error:  # fmt: skip
        lacks = isinstance(error, psycopg.errors.InvalidSchemaName)
        raise CannotRun(f"{schema}.{name} cannot be written: {first_line(error)}",
                        "make the schema first, or name another" if lacks else "name another table") from error  # fmt: skip
    session.commit()


def check_may_be_replaced(session: Session, schema: str, name: str) -> None:
    """Make sure that a table is not there yet, or that tierwise has written it.

    Raises:
        CannotRun: it is another one.
    """
    known = session.rows(
        "SELECT obj_description(c.oid, 'pg_class') FROM pg_class c JOIN pg_namespace n "
        f"ON n.oid = c.relnamespace WHERE n.nspname = {literal(schema)} AND c.relname = {literal(name)}"
    )
    if known and known[0][0] != WRITTEN:
        raise CannotRun(f"{schema}.{name} is there, and no table that tierwise has written",
                        "name another table, or drop that one")  # fmt: skip


def _columns(session: Session, place: str) -> list[tuple[object, ...]]:
    """The names and types of a table's columns; none of what is not there."""
    return session.rows(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = "
        f"to_regclass({literal(place)}) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    )
