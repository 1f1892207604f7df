"""Files, or rows that are at hand → temporary tables: DuckDB reads them, PostgreSQL is given them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.datatypes as dt
import psycopg

from tierwise.diagnostics import Cell, Diagnostic
from tierwise.plan.refusals import ROW
from tierwise.program.program import Contract
from tierwise.run.backend import Data, RawTable, raw_name
from tierwise.run.backends.duckdb import DuckDB
from tierwise.run.embedded.database import literal, sql_of
from tierwise.run.on_postgres.address import first_line
from tierwise.run.on_postgres.session import Session
from tierwise.run.on_postgres.sql import quoted, type_of

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Loaded:
    """A raw table that was loaded: its columns, and their types as whoever read the file calls them."""

    raw: RawTable
    schema: ibis.Schema
    types: Mapping[str, str]


def load(
    session: Session,
    reader: DuckDB,
    data: Data,
    contract: Contract,
    found: list[Diagnostic],
    place_of: Mapping[str, str],
) -> list[Loaded]:
    """Make every table of the contract that the data has a temporary table, cells as they stand.

    Args:
        session: where to.
        reader: what opens the data.
        place_of: by the name of a raw table, what the temporary one is to be called.

    Findings: those of ``reader``, and ``data-unreadable`` for a cell that PostgreSQL cannot hold.
    """
    loaded = []
    for name, raw in reader.open(data, contract, found).items():
        numbered = reader.numbered(raw)
        columns = [
            each for each in numbered.columns if each in {*contract.tables[name].columns, ROW}
        ]
        table = numbered.select(*columns)
        place = quoted(place_of[raw_name(name)])
        kinds = ", ".join(
            f"{quoted(each)} {_physical(kind)}" for each, kind in table.schema().items()
        )
        session.execute(f"CREATE TEMP TABLE {place} ({kinds})")
        try:
            session.copy(place, _csv(reader, sql_of(table)))
        except psycopg.DataError as error:
            found.append(Diagnostic("data-unreadable", f"PostgreSQL cannot hold a cell: {first_line(error)}",
                                    Cell(raw.shown), "correct the cell"))  # fmt: skip
            continue
        session.execute(f"ANALYZE {place}")
        loaded.append(Loaded(raw, table.schema(), reader.types(raw_name(name))))
    return loaded


def _physical(kind: dt.DataType) -> str:
    """What PostgreSQL keeps cells of a type in; of types that no contract asks for, as text."""
    if kind.is_integer():
        return "bigint" if kind.is_signed_integer() else "numeric(20, 0)"
    known = kind.is_decimal() or kind.is_boolean() or kind.is_date() or kind.is_floating()
    if known or (kind.is_timestamp() and kind.timezone is None):
        return type_of(kind)
    return 'text COLLATE "C"'


def _csv(reader: DuckDB, sql: str) -> Iterator[bytes]:
    """The rows of a query as csv in which an empty text is told from none."""
    with tempfile.TemporaryDirectory(prefix="tierwise-") as folder:
        file = Path(folder) / "rows.csv"
        reader.execute(f"COPY ({sql}) TO {literal(str(file))} "
                       "(FORMAT csv, HEADER false, FORCE_QUOTE *, NULLSTR '')")  # fmt: skip
        with file.open("rb") as rows:
            while block := rows.read(_BLOCK):
                yield block
