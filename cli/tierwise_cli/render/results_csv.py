"""Results as CSV: the wide table; numbers are plain decimals without trailing zeros."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import BinaryIO

import pyarrow as pa

from tierwise.run.results import MonthlyResults, Results

_BATCH = 10_000


def writer(results: Results | MonthlyResults) -> Callable[[BinaryIO], None]:
    """A function that writes the results to a file."""
    table = results.to_arrow()
    plain = pa.table([_text(table[name]) for name in table.column_names], table.column_names)
    return lambda out: _write(plain, out)


def _write(table: pa.Table, out: BinaryIO) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(table.column_names)
        for batch in table.to_batches(_BATCH):
            rows.writerows(zip(*(column.to_pylist() for column in batch.columns), strict=True))
    finally:
        text.detach()


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_decimal(column.type):
        return column
    import pyarrow.compute as pc  # takes long to load, and only this format needs it

    text = pc.cast(column, pa.string())
    trimmed = pc.utf8_rtrim(pc.utf8_rtrim(text, characters="0"), characters=".")
    zero = pc.equal(column, pa.scalar(0).cast(column.type))
    return pc.if_else(zero, "0", trimmed)
