"""A connection to DuckDB, which runs the SQL that Ibis prints of a plan's tables."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.backends.sql.datatypes import DuckDBType

from tierwise.diagnostics import CannotRun
from tierwise.kept import kept
from tierwise.plan.plan import tables_read
from tierwise.plan.typed import NUL
from tierwise.run.backend import VIEW, Settings, TooLarge, Unreadable
from tierwise.run.query import query_of

_DAMAGED = (duckdb.InvalidInputException, duckdb.SerializationException, duckdb.IOException,
            duckdb.InternalException, duckdb.FatalException, RuntimeError)  # fmt: skip
"""What DuckDB raises where it meets damaged bytes."""
_DAMAGED_FILE = "Failed to read file"
"""What it says of them where it knows that they lie in a file."""
_LITTLE = 10_000
"""Rows of which more may be made without a thought."""
_COLUMNS = (
    "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = 'temp' "
    "ORDER BY table_oid, column_index"
)
"""Asks for the columns of all that has been made; to ask for one view alone takes as long, for it is planned anew."""
_DISK = ("space", "write", "temporary")
"""Words in what it says of a disk that is full."""
_NOT_CONVERTED = "Could not convert"
"""What it says of a text that is no number or day: a plan's own casts give null there, so it is a view of the user's."""
_NO_ROOM = "max_temp_directory_size"
"""What it names where the disk has no room for what does not fit into memory."""


class _Printer(DuckDBCompiler):  # type: ignore[misc]  # Ibis has no types
    """Prints for DuckDB."""

    LOWERED_OPS: ClassVar = dict.fromkeys(DuckDBCompiler.lowered_ops)
    """No plan has what Ibis would look for here in every query; it refuses to print that now."""

    def visit_RegexSearch(  # noqa: N802 - as Ibis calls it
        self, op: object, *, arg: sge.Expr, pattern: sge.Expr
    ) -> sge.Expr:
        """Whether a text matches a pattern; a single character is looked for without one, which is faster."""
        del op
        if isinstance(pattern, sge.Literal) and pattern.this == NUL:
            return sge.func("contains", arg, sge.func("chr", sge.Literal.number(0)))
        return sge.RegexpLike(this=arg, expression=pattern)


_PRINTER = _Printer()


class Database:
    """One connection to an in-memory DuckDB that spills to a temporary folder."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.numbered_rows: dict[str, str] = {}
        """By raw table that is not read row by row: a query for its rows with their numbers."""
        self._reads = False
        self._types: dict[str, dict[str, str]] = {}
        self._little: set[str] = set()
        """What is stored and has few rows."""

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> duckdb.DuckDBPyConnection:
        """Run one statement.

        Raises:
            CannotRun: memory or disk ran out, or a number is too large to stay exact.
        """
        with _translated(self._reads):
            return self.connection.execute(sql, list(parameters) or None)

    def make(self, kind: str, name: str, sql: str) -> duckdb.DuckDBPyConnection:
        """Make a ``TABLE`` or ``VIEW`` of a query; raises as ``execute`` does."""
        self.forget(name)
        return self.execute(f"CREATE OR REPLACE TEMP {kind} {quoted(name)} AS {sql}")

    def forget(self, name: str) -> None:
        """A table is made, or made anew: what is known of its columns may be wrong.

        What is known of others stays: they name the columns that they read of it.
        """
        self._types.pop(name, None)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Within this block the data is read for the first time, and may turn out damaged.

        Raises:
            Unreadable: it did.
        """
        self._reads = True
        try:
            yield
        finally:
            self._reads = False

    def schema(self, name: str) -> ibis.Schema:
        """The columns of a table or view."""
        types = self.types(name).items()
        return ibis.schema({column: _as_ibis(physical) for column, physical in types})

    def types(self, name: str) -> dict[str, str]:
        """The columns of a table or view with their types, as DuckDB calls them."""
        if name not in self._types:
            for table, column, physical in self.execute(_COLUMNS).fetchall():
                self._types.setdefault(str(table), {})[str(column)] = str(physical).strip('"')
        if name not in self._types:  # it has not been made here
            rows = self.execute(f"DESCRIBE {quoted(name)}").fetchall()
            self._types[name] = {str(row[0]): str(row[1]).strip('"') for row in rows}
        return self._types[name]

    def expect(self, query: ir.Table) -> None:
        """Print it, which is kept."""
        sql_of(query)

    def create(self, name: str, table: ir.Table, stored: bool) -> None:
        """Make a table of a plan available under its name, its rows kept if ``stored``.

        Those of little tables are kept as well: what lies behind a view is planned anew for whatever names it. Not
        where a number is too large: nobody may ask for it.
        """
        if stored:
            self._store(name, sql_of(table))
            return
        reads = tables_read(table)
        if reads and reads <= self._little:
            with suppress(TooLarge):
                self._store(name, sql_of(table))
                return
        self.make("VIEW", name, sql_of(table))

    def sift(self, name: str, table: ir.Table) -> None:
        """Store what a query leaves of the rows that it reads, which are not kept on the way."""
        self._store(name, sql_of(table, True))

    def _store(self, name: str, sql: str) -> None:
        (count,) = self.make("TABLE", name, sql).fetchone() or (0,)
        if count <= _LITTLE:
            self._little.add(name)

    def let_go(self, name: str) -> None:
        """Give its memory back."""
        self.execute(f"DROP TABLE IF EXISTS {quoted(name)}")

    def rows(self, table: ir.Table) -> list[tuple[object, ...]]:
        """The rows of a query."""
        return self.execute(sql_of(table)).fetchall()

    def arrow(self, table: ir.Table) -> pa.Table:
        """The rows of a query as an Arrow table."""
        with _translated(self._reads):
            return self.connection.sql(sql_of(table)).to_arrow_table()


@functools.lru_cache
def _as_ibis(physical: str) -> dt.DataType:
    return dt.null if physical == "NULL" else DuckDBType.from_string(physical)


def is_interrupt(error: Exception) -> bool:
    """Whether an error only says that the query was broken off; DuckDB has no type for it."""
    return "interrupted" in str(error).lower()


def no_memory() -> CannotRun:
    """What is raised where memory runs out."""
    return CannotRun("there is not enough memory", "give it more with --memory-limit, or close "
                     "other programs; what does not fit is put on disk first")  # fmt: skip


@contextmanager
def _translated(reads: bool) -> Iterator[None]:
    """What DuckDB raises, as what the environment lacks; anything else is a bug and stays one."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        if _NO_ROOM in str(error):
            raise CannotRun(f"there is not enough room in {tempfile.gettempdir()} for what does not fit into memory",
                            "make room there, name another folder in TMPDIR, or give more with --memory-limit") from error  # fmt: skip
        raise no_memory() from error
    except _DAMAGED as error:
        if is_interrupt(error):
            raise KeyboardInterrupt from error
        is_damaged = reads or _DAMAGED_FILE in str(error)
        if is_damaged and not any(word in str(error) for word in _DISK):
            raise Unreadable(_first(error)) from error
        if not isinstance(error, duckdb.IOException):
            raise
        raise CannotRun(_first(error), "check the files and the space on disk") from error
    except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
        if reads and _NOT_CONVERTED in str(error):
            raise Unreadable(_first(error), VIEW) from error
        raise TooLarge from error
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except duckdb.Error as error:
        if type(error) is not duckdb.Error:  # which is all that some readers of Parquet say
            raise
        raise Unreadable(_first(error)) from error


@kept
def sql_of(table: ir.Table, sifts: bool = False) -> str:
    """A table of a plan as DuckDB's SQL; ``sifts``: see ``query_of``."""
    return query_of(_PRINTER, table, sifts).sql(dialect=_PRINTER.dialect, copy=False)


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def connect(settings: Settings) -> Iterator[Database]:
    """An open database; its temporary folder is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tierwise-") as folder:
        options: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": folder,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            # What lies in memory would be put in order on the way, for a file that there is not.
            "checkpoint_threshold": "1TB",
        }
        if settings.threads is not None:
            options["threads"] = settings.threads
        if settings.memory is not None:
            options["memory_limit"] = settings.memory
        try:
            connection = duckdb.connect(":memory:", config=options)
        except duckdb.Error as error:
            raise CannotRun(f"DuckDB does not start: {_first(error)}",
                            "check the number of threads and the limit of memory") from error  # fmt: skip
        # At a terminal DuckDB would write over what is shown there.
        connection.execute("SET enable_progress_bar = false")
        try:
            yield Database(connection)
        finally:
            connection.close()


def attach(database: Database, path: Path, name: str) -> None:
    """Attach a DuckDB file, read only, unless it is; raises what DuckDB raises."""
    database.connection.execute(
        f"ATTACH IF NOT EXISTS {literal(str(path))} AS {quoted(name)} (READ_ONLY)"
    )


def _first(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
