"""Results as CSV: the wide table; numbers are plain decimals without trailing zeros."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from tierwise.run.results import Results


def writer(results: Results) -> Callable[[BinaryIO], None]:
    """A function that writes the results to a file."""
    table = results.to_arrow()
    columns = [_text(table[name]) for name in table.column_names]
    plain = pa.table(columns, names=table.column_names)
    options = csv.WriteOptions(quoting_style="needed", quoting_header="needed")
    return lambda out: csv.write_csv(plain, out, options)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_decimal(column.type):
        return column
    text = pc.cast(column, pa.string())
    trimmed = pc.utf8_rtrim(pc.utf8_rtrim(text, characters="0"), characters=".")
    zero = pc.equal(column, pa.scalar(0).cast(column.type))
    return pc.if_else(zero, "0", trimmed)
