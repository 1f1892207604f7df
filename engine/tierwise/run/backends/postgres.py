"""PostgreSQL as a backend: the plan runs where the data lies, in one transaction."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from tierwise.diagnostics import CannotRun, Cell, Diagnostic
from tierwise.plan.plan import Step
from tierwise.program.program import Contract
from tierwise.run import backends
from tierwise.run.address import TABLE, place_of, scheme_of
from tierwise.run.backend import (
    Data,
    RawTable,
    Settings,
    TooLarge,
    Unreadable,
    raw_name,
    unreadable,
)
from tierwise.run.digest import already
from tierwise.run.grown import grown
from tierwise.run.on_postgres.address import address_of
from tierwise.run.on_postgres.sql import is_only_columns, quoted, sql_of

if TYPE_CHECKING:
    from tierwise.run.on_postgres.session import Session

NAME = "postgres"


class Postgres:
    """A database, connected to when data is opened; what it made is gone when it is closed."""

    def __init__(self, settings: Settings, closing: ExitStack) -> None:
        self._settings = settings
        self._closing = closing
        self._session: Session | None = None
        self._schema = ""
        self._schemas: dict[str, ibis.Schema] = {}
        self._types: dict[str, Mapping[str, str]] = {}
        self._places: dict[str, str] = {}

    @property
    def name(self) -> str:
        return NAME

    @property
    def hashes_well(self) -> bool:
        return False

    def lacking(self, steps: Iterable[Step]) -> Iterable[tuple[Step, str]]:  # noqa: ARG002
        """Nothing: every measure, points rule and function is tested on it."""
        return ()

    def open(self, data: Data, contract: Contract, found: list[Diagnostic]) -> dict[str, RawTable]:
        """Open a schema of a database; or load files and rows into a database that is named.

        Raises:
            CannotRun: no database is named, or it does not let us in.
        """
        from tierwise.run.on_postgres.open_data import digest, tables_of
        from tierwise.run.on_postgres.session import session

        url = str(data) if not isinstance(data, Mapping) else ""
        is_address = scheme_of(url) in backends.BACKENDS[NAME].schemes
        address = address_of(url if is_address else self._settings.master or "")
        if self._session is None:
            self._session = self._closing.enter_context(session(address, self._settings.threads))
            self._schema = address.schema
        if not is_address:
            return self._load(self._session, data, contract, found)
        opened = {}
        for name, columns in tables_of(self._session, address.schema, contract, found).items():
            place = f"{quoted(address.schema)}.{quoted(name)}"
            cells = ", ".join(f"{each.sql} AS {quoted(own)}" for own, each in columns.items())
            view = quoted(self._place(raw_name(name)))
            self._session.execute(f"CREATE TEMP VIEW {view} AS SELECT {cells} FROM {place}")
            self._schemas[raw_name(name)] = ibis.schema(
                {each: known.kind for each, known in columns.items()}
            )
            self._types[raw_name(name)] = {each: known.physical for each, known in columns.items()}
            own_columns = contract.tables[name].columns.values()
            read = [each.header for each in own_columns if each.name in columns]
            label = f"{address.schema}.{name}"
            try:
                with self.reading():
                    rows = digest(self._session, place, read)
            except Unreadable as error:
                found.append(unreadable(Cell(label), error, error.hint))
                continue
            opened[name] = RawTable(name, label, None, False, already(rows), tuple(columns))
        return opened

    def _load(
        self, opened: Session, data: Data, contract: Contract, found: list[Diagnostic]
    ) -> dict[str, RawTable]:
        from tierwise.run.backends import duckdb
        from tierwise.run.on_postgres.load import load

        with duckdb.connect(Settings(self._settings.threads)) as reader:
            places = {raw_name(name): self._place(raw_name(name)) for name in contract.tables}
            loaded = load(opened, reader, data, contract, found, places)
        for each in loaded:
            self._schemas[raw_name(each.raw.name)] = each.schema
            self._types[raw_name(each.raw.name)] = each.types
        return {each.raw.name: each.raw for each in loaded}

    def numbered(self, raw: RawTable) -> ir.Table:
        """The rows as they are: those of files were loaded with their numbers, others have none."""
        return ibis.table(self.schema(raw_name(raw.name)), name=raw_name(raw.name))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Within this block a view of the user's may turn out to be wrong.

        Raises:
            Unreadable: it did.
        """
        self._opened.reads = True
        try:
            yield
        finally:
            self._opened.reads = False

    @contextmanager
    def running(self) -> Iterator[None]:
        yield

    def schema(self, name: str) -> ibis.Schema:
        return self._schemas[name]

    def types(self, name: str) -> Mapping[str, str]:
        known = self._types.get(name)
        return known or {column: str(kind) for column, kind in self._schemas[name].items()}

    def expect(self, query: ir.Table) -> None:
        """Nothing is got ready."""

    def create(self, name: str, table: ir.Table, stored: bool) -> None:
        """Make a query available under a name; what is stored is counted, so that queries are planned well.

        PostgreSQL writes what a view calculates into every place that names it: where one layer of
        columns stands on another, a query grows without end, and a month is worked out once for each
        sum of a month. OFFSET 0 keeps it from that.
        """
        sql = self._sql(table)
        if not stored and is_only_columns(table):
            sql = f"SELECT * FROM ({sql}) AS step OFFSET 0"
        self._make(name, table, sql, stored)

    def sift(self, name: str, table: ir.Table) -> None:
        """Store what a query leaves of the rows that it reads, which are not kept on the way."""
        self._make(name, table, sql_of(table, self._places, sifts=True), stored=True)

    def _make(self, name: str, table: ir.Table, sql: str, stored: bool) -> None:
        place = quoted(self._place(name))
        self._opened.execute(f"CREATE TEMP {'TABLE' if stored else 'VIEW'} {place} AS {sql}")
        if stored:
            self._opened.execute(f"ANALYZE {place}")
        self._schemas[name] = table.schema()
        self._types.pop(name, None)

    def let_go(self, name: str) -> None:
        """Nothing: it lies on disk, and is gone when the transaction ends."""

    def rows(self, table: ir.Table) -> list[tuple[object, ...]]:
        return list(zip(*self._columns(table), strict=True))

    def arrow(self, table: ir.Table) -> pa.Table:
        schema = table.schema().to_pyarrow()
        columns = self._columns(table) or [[] for _ in schema]
        try:
            arrays = [
                pa.array(cells, field.type) for cells, field in zip(columns, schema, strict=True)
            ]
        except (pa.ArrowInvalid, OverflowError) as error:
            raise TooLarge from error
        return pa.table(arrays, schema=schema)

    def check_target(self, target: str) -> None:
        """Look at a table of the database, once that is open."""
        if self._session is not None and target.startswith(TABLE):
            from tierwise.run.on_postgres.write import check_may_be_replaced

            check_may_be_replaced(self._opened, *place_of(target, self._schema))

    def write(self, table: ir.Table, target: str) -> None:
        """Write a table of the database, in this transaction; or one file of Parquet."""
        if not target.startswith(TABLE):
            rows = self.arrow(table)
            with grown(Path(target)) as growing:
                pq.write_table(rows, growing)
            return
        from tierwise.run.on_postgres.write import write_table

        write_table(self._opened, table, self._sql(table), *place_of(target, self._schema))

    @property
    def _opened(self) -> Session:
        assert self._session is not None, "data has been opened"
        return self._session

    def _sql(self, table: ir.Table) -> str:
        return sql_of(table, self._places)

    def _place(self, name: str) -> str:
        """The name under which a table lies; another one where it is made again, for others read the first."""
        number, place = 1, name
        while place in self._places.values():
            number += 1
            place = f"{name}:{number}"
        self._places[name] = place
        return place

    def _columns(self, table: ir.Table) -> list[list[object]]:
        """The columns of a query; none where it has no rows."""
        rows = self._opened.rows(self._sql(table))
        return [_cells(column, kind)
                for column, kind in zip(zip(*rows, strict=True), table.schema().values(), strict=False)]  # fmt: skip


def _cells(column: Iterable[object], kind: dt.DataType) -> list[object]:
    """Cells as the plan types them: PostgreSQL sums whole numbers to decimals, and days to times."""
    change: Callable[[object], object] | None = None
    if kind.is_integer():
        change = _whole
    elif kind.is_decimal():
        change = _decimal
    elif kind.is_date():
        change = _day
    elif kind.is_struct():
        change = functools.partial(_together, [(name, own.is_date()) for name, own in kind.items()])
    return list(column) if change is None else [change(cell) for cell in column]


def _whole(cell: object) -> object:
    if not isinstance(cell, Decimal):
        return cell
    assert cell == int(cell), "the plan types it as a whole number"
    return int(cell)


def _decimal(cell: object) -> object:
    return Decimal(cell) if isinstance(cell, int) else cell


def _day(cell: object) -> object:
    return cell.date() if isinstance(cell, datetime.datetime) else cell


def _together(columns: Sequence[tuple[str, bool]], cells: object) -> object:
    """Several cells that were put together, by their columns and whether these are days: JSON has none."""
    if cells is None:
        return None
    assert isinstance(cells, list), "they are written as a list"
    return {name: datetime.date.fromisoformat(cell) if is_day and cell is not None else cell
            for (name, is_day), cell in zip(columns, cells, strict=True)}  # fmt: skip


@contextmanager
def connect(settings: Settings) -> Iterator[Postgres]:
    """A database; nothing of it is left afterwards but results that were written.

    Raises:
        CannotRun: psycopg is not installed.
    """
    try:
        import psycopg
    except ImportError as error:
        raise CannotRun("PostgreSQL needs psycopg, which is not installed",
                        "install it with: pip install 'tierwise[postgres]'") from error  # fmt: skip
    assert psycopg.__version__
    with ExitStack() as closing:
        yield Postgres(settings, closing)
