"""Rows that are at hand → raw tables in the database, as if text files held them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from tierwise.program.program import Contract
from tierwise.run.backend import Cells, RawTable, raw_name
from tierwise.run.digest import already
from tierwise.run.embedded.database import Database, quoted


def open_rows(
    database: Database, tables: Mapping[str, Sequence[Cells]], contract: Contract
) -> dict[str, RawTable]:
    """Make every table of the contract readable as ``raw_name``; its first row is number 0."""
    opened = {}
    for name, table in contract.tables.items():
        rows = tables.get(name, ())
        header = tuple(table.columns)
        cells = {column: pa.array([row[column] for row in rows], pa.string()) for column in header}
        database.connection.register("rows:batch", pa.table(cells))
        database.make("TABLE", raw_name(name), f"FROM {quoted('rows:batch')}")
        database.connection.unregister("rows:batch")
        opened[name] = RawTable(name, name, 0, True, already(""), header)
    return opened
