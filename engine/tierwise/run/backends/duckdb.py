"""The embedded backend: DuckDB runs the SQL that Ibis prints of a plan's tables."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import ibis
import ibis.expr.types as ir

from tierwise.diagnostics import Diagnostic
from tierwise.plan.plan import Step
from tierwise.plan.refusals import ROW
from tierwise.program.program import Contract
from tierwise.run.backend import Data, RawTable, Settings, raw_name
from tierwise.run.embedded import database
from tierwise.run.embedded.database import Database, literal, quoted, sql_of
from tierwise.run.embedded.open_data import open_data
from tierwise.run.embedded.open_rows import open_rows

NAME = "duckdb"


class DuckDB(Database):
    """DuckDB as a backend."""

    @property
    def name(self) -> str:
        return NAME

    def lacking(self, steps: Iterable[Step]) -> Iterable[tuple[Step, str]]:  # noqa: ARG002
        """Nothing: every rule is tested on it."""
        return ()

    def open(self, data: Data, contract: Contract, found: list[Diagnostic]) -> dict[str, RawTable]:
        """Open a folder of csv, tsv or parquet files, or a .duckdb file; or rows by table."""
        if isinstance(data, Mapping):
            return open_rows(self, data, contract)
        return open_data(self, Path(data), contract, found)

    def numbered(self, raw: RawTable) -> ir.Table:
        """The rows with their numbers: a file knows them, and text is numbered as it was loaded."""
        name = raw_name(raw.name)
        sql = self.numbered_rows.get(raw.name)
        if sql is not None:
            name = f"numbered:{raw.name}"
            self.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS {sql}")
        table = ibis.table(self.schema(name), name=name)
        return table if ROW in table.columns else table.mutate(**{ROW: ibis.row_number()})

    @contextmanager
    def running(self) -> Iterator[None]:
        self.execute("SET preserve_insertion_order = false")
        yield
        self.execute("SET preserve_insertion_order = true")

    def write(self, table: ir.Table, target: str) -> None:
        """Write one file, beside which it grows before it takes its place."""
        output = Path(target)
        with tempfile.TemporaryDirectory(prefix=f".{output.name}.", dir=output.parent) as folder:
            growing = Path(folder) / "growing.parquet"
            self.execute(f"COPY ({sql_of(table)}) TO {literal(str(growing))} (FORMAT parquet)")
            with growing.open("rb") as file:
                os.fsync(file.fileno())
            growing.replace(output)


@contextmanager
def connect(settings: Settings) -> Iterator[DuckDB]:
    """An open database in memory; its temporary folder is gone afterwards."""
    with database.connect(settings) as opened:
        yield DuckDB(opened.connection)
