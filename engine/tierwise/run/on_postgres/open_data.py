"""Tables of a schema → raw tables: temporary views of what lies there, with its types and a digest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import ibis.expr.datatypes as dt

from tierwise.diagnostics import Cell, Diagnostic, nearest, shown
from tierwise.program.program import Contract
from tierwise.run.backend import missing_columns
from tierwise.run.on_postgres.session import Session
from tierwise.run.on_postgres.sql import literal, quoted

_TEXTS = ("text", "varchar", "bpchar", "name", "uuid", "citext")
_WHOLES = {"int2": dt.int16, "int4": dt.int32, "int8": dt.int64}
_OTHERS = {"bool": dt.boolean, "date": dt.date, "float4": dt.float32, "float8": dt.float64,
           "timestamp": dt.Timestamp(), "timestamptz": dt.Timestamp(timezone="UTC")}  # fmt: skip
_ANY_DIGITS = dt.Decimal(76, 38)
"""A number of as many digits as somebody wrote: more than are taken, so every cell is looked at."""
_LOOKED_AT = 21
"""Digits in front of the point beyond which cells are looked at, as they must be: any may be NaN."""
_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), coalesce(b.typname, t.typname),
       t.typtype, CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE a.atttypmod END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype
WHERE n.nspname = {schema} AND c.relkind IN ('r', 'v', 'm', 'p', 'f') ORDER BY c.relname, a.attnum
"""


@dataclass(frozen=True)
class Found:
    """A column of a table: how PostgreSQL calls its type, what Ibis calls it, and its cells in SQL."""

    physical: str
    kind: dt.DataType
    sql: str


def tables_of(
    session: Session, schema: str, contract: Contract, found: list[Diagnostic]
) -> dict[str, dict[str, Found]]:
    """The columns of every table of the contract that a schema has, as the contract names them.

    Findings: ``data-missing`` for a schema, table or column that is not there.
    """
    tables: dict[str, dict[str, Found]] = {}
    for table, column, physical, base, kind, digits in session.rows(
        _COLUMNS.format(schema=literal(schema))
    ):
        tables.setdefault(str(table), {})[str(column)] = _column(
            str(column), str(physical), "text" if kind == "e" else str(base), int(str(digits))
        )
    if not tables and not session.rows(
        f"SELECT 1 FROM pg_namespace WHERE nspname = {literal(schema)}"
    ):
        found.append(Diagnostic("data-missing", f"there is no schema {shown(schema)} in the database",
                                Cell(schema), "name the one with the tables: ?schema=NAME at the URL's end"))  # fmt: skip
        return {}
    named: dict[str, dict[str, Found]] = {}
    for name, table in contract.tables.items():
        if name not in tables:
            found.append(Diagnostic("data-missing", f"the table '{name}' is missing", Cell(schema),
                                    nearest(name, tables)))  # fmt: skip
        else:
            headers = table.named(tables[name])
            named[name] = {own: tables[name][header] for own, header in headers.items()}
            found.extend(missing_columns(f"{schema}.{name}", named[name], table))
    return named


def _column(name: str, physical: str, base: str, digits: int) -> Found:
    if base in _TEXTS:
        # As text it is compared byte by byte, not by a language, and without blanks that fill it up.
        return Found(physical, dt.string, f'{quoted(name)}::text COLLATE "C"')
    if base == "numeric":
        return Found(physical, _decimal(digits), quoted(name))
    kind = _WHOLES.get(base) or _OTHERS.get(base) or dt.Unknown(raw_type=base)
    return Found(physical, kind, quoted(name))


def _decimal(digits: int) -> dt.DataType:
    """A numeric, of which PostgreSQL keeps the digits as one number; -1 for as many as it takes."""
    if digits < 0:
        return _ANY_DIGITS
    behind = (digits - 4) & 0x7FF
    behind = 0 if behind >= 1024 else behind  # fewer than none: it is rounded to tens or hundreds
    return dt.Decimal(max(38, behind + _LOOKED_AT), behind)


def digest(session: Session, place: str, columns: Sequence[str]) -> str:
    """A digest of the rows of a table, whatever their order: their number, and a sum of hashes."""
    cells = ", ".join(quoted(name) for name in columns)
    sql = (f'SELECT count(*), sum(hashtextextended(ROW({cells})::text COLLATE "C", 0)::numeric) '
           f"FROM {place}")  # fmt: skip
    ((count, total),) = session.rows(sql)
    return hashlib.sha256(f"{count}:{total}:{','.join(columns)}".encode()).hexdigest()
