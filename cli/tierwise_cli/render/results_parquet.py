"""Results as Parquet: the wide table, with the stamp as the file's metadata besides."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

import pyarrow.parquet as pq

from tierwise.run.results import MonthlyResults, Results


def writer(results: Results | MonthlyResults) -> Callable[[BinaryIO], None]:
    """A function that writes the results to a file."""
    return lambda out: pq.write_table(results.to_arrow(), out)
