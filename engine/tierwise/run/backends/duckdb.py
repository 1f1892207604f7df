"""The embedded backend: DuckDB runs the SQL that Ibis prints of a plan's tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import ibis
import ibis.expr.types as ir

from tierwise.diagnostics import Diagnostic
from tierwise.plan.plan import Step
from tierwise.plan.refusals import ROW
from tierwise.program.program import Contract
from tierwise.run.address import TABLE, file_of, place_of, schema_of
from tierwise.run.backend import Data, RawTable, Settings, raw_name
from tierwise.run.embedded import database
from tierwise.run.embedded.database import Database, literal, sql_of
from tierwise.run.embedded.open_data import SCHEMA, open_data
from tierwise.run.embedded.open_rows import open_rows
from tierwise.run.embedded.write_table import check_may_be_replaced, write_table
from tierwise.run.grown import grown

NAME = "duckdb"


class DuckDB(Database):
    """DuckDB as a backend."""

    _schema = SCHEMA
    """In which the tables of a file lie."""

    @property
    def name(self) -> str:
        return NAME

    @property
    def hashes_well(self) -> bool:
        return True

    def lacking(self, steps: Iterable[Step]) -> Iterable[tuple[Step, str]]:  # noqa: ARG002
        """Nothing: every rule is tested on it."""
        return ()

    def open(self, data: Data, contract: Contract, found: list[Diagnostic]) -> dict[str, RawTable]:
        """Open a folder of csv, tsv or parquet files, or a .duckdb file; or rows by table.

        ``duckdb://`` may stand before a path, and ``?schema=`` behind it.
        """
        if isinstance(data, Mapping):
            return open_rows(self, data, contract)
        if not isinstance(data, str):
            return open_data(self, data, contract, found)
        self._schema = schema_of(data) or SCHEMA
        return open_data(self, Path(file_of(data)), contract, found, self._schema)

    def numbered(self, raw: RawTable) -> ir.Table:
        """The rows with their numbers: a file knows them, and text is numbered as it was loaded."""
        name, schema = raw_name(raw.name), self.schema(raw_name(raw.name))
        sql = self.numbered_rows.get(raw.name)
        if sql is not None:
            name, schema = f"numbered:{raw.name}", ibis.schema({**schema, ROW: "int64"})
            self.make("VIEW", name, sql)
        table = ibis.table(schema, name=name)
        return table if ROW in table.columns else table.mutate(**{ROW: ibis.row_number()})

    @contextmanager
    def running(self) -> Iterator[None]:
        self.execute("SET preserve_insertion_order = false")
        yield
        self.execute("SET preserve_insertion_order = true")

    def check_target(self, target: str) -> None:
        """Look at a table of the file that data is read from."""
        if target.startswith(TABLE):
            check_may_be_replaced(self, *place_of(target, self._schema))

    def write(self, table: ir.Table, target: str) -> None:
        """Write one file, or a table of the file that data was read from."""
        if target.startswith(TABLE):
            write_table(self, sql_of(table), *place_of(target, self._schema))
            return
        with grown(Path(target)) as growing:
            self.execute(f"COPY ({sql_of(table)}) TO {literal(str(growing))} (FORMAT parquet)")


@contextmanager
def connect(settings: Settings) -> Iterator[DuckDB]:
    """An open database in memory; its temporary folder is gone afterwards."""
    with database.connect(settings) as opened:
        yield DuckDB(opened.connection)
