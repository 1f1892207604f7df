"""The formats of results, by name. A new format is a file and its line here."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from tierwise.run.results import MonthlyResults, Results
from tierwise_cli.render import (
    months_table,
    results_csv,
    results_json,
    results_parquet,
    results_table,
)

Writer = Callable[[BinaryIO], None]

WRITERS: dict[str, Callable[[Results], Writer]] = {
    "table": results_table.writer,
    "csv": results_csv.writer,
    "json": results_json.writer,
    "parquet": results_parquet.writer,
}

OF_MONTHS: dict[str, Callable[[MonthlyResults, bool], Writer]] = {
    "table": months_table.writer,
    "csv": lambda results, each: results_csv.writer(results),
    "json": lambda results, each: results_json.writer_of_months(results),
    "parquet": lambda results, each: results_parquet.writer(results),
}
"""The same for several months; ``each``: whether the table has lines for single partners."""
