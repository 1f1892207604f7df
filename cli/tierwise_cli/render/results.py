"""The formats of results, by name. A new format is a file and its line here."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from tierwise.run.results import Results
from tierwise_cli.render import results_csv, results_json, results_parquet, results_table

Writer = Callable[[BinaryIO], None]

WRITERS: dict[str, Callable[[Results], Writer]] = {
    "table": results_table.writer,
    "csv": results_csv.writer,
    "json": results_json.writer,
    "parquet": results_parquet.writer,
}
