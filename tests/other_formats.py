"""Data of csv files in the other formats that are read, for tests that need types or pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb


def rewritten(folder: Path, form: str, query: Callable[[Path], str]) -> Path:
    """The csv files of a folder, each made into a table by a query of it; gives what DATA is then.

    Args:
        folder: with the files, which are gone afterwards.
        form: "parquet", a file each; or "duckdb", all in one.
        query: DuckDB's, by the path of a file.
    """
    together = folder / "data.duckdb"
    with duckdb.connect(str(together)) as database:
        for file in sorted(folder.glob("*.csv")):
            database.execute(f"CREATE TABLE {file.stem} AS {query(file)}")
            if form == "parquet":
                database.execute(f"COPY {file.stem} TO '{file.with_suffix('.parquet')}'")
            file.unlink()
    if form == "duckdb":
        return together
    together.unlink()
    return folder
