"""Data of a backend → a folder of Parquet, which others read: the rows that one judged, as they lie there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from tierwise.plan.typed import DECIMALS
from tierwise.run.backend import Backend, RawTable, raw_name

_DIGITS = 38


def carry(backend: Backend, raw: Mapping[str, RawTable], folder: Path) -> None:
    """Write every raw table as ``NAME.parquet``.

    The data is as its contract says, so that decimals need no more digits than are taken.

    Args:
        backend: where the tables are.
        raw: the tables.
        folder: is there, and empty.
    """
    for name in raw:
        schema = backend.schema(raw_name(name))
        table = ibis.table(schema, name=raw_name(name))
        kept = {column: _short(table[column]) for column, kind in schema.items()
                if not kind.is_unknown() and not column.startswith(":")}  # fmt: skip
        pq.write_table(backend.arrow(table.select(**kept)), folder / f"{name}.parquet")


def _short(cell: ir.Column) -> ir.Column:
    kind = cell.type()
    if not kind.is_decimal() or (kind.precision or _DIGITS) <= _DIGITS:
        return cell
    return cell.cast(f"decimal({_DIGITS}, {min(kind.scale or 0, DECIMALS)})")
