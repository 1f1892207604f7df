"""DATA → raw tables in the database: a folder of files, or a DuckDB file, taken as they stand.

Nothing is parsed here but the files' own format: cells of text files stay text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tierwise.diagnostics import CannotRun, Cell, Diagnostic, is_utf8, nearest, shown
from tierwise.plan.refusals import ROW
from tierwise.program.program import Contract, Table
from tierwise.run.backend import RawTable, missing_columns, raw_name, unreadable
from tierwise.run.digest import already, of_database, of_file
from tierwise.run.embedded.database import Database, attach, is_interrupt, literal, quoted
from tierwise.run.embedded.text_files import DELIMITERS, FIRST_ROW, load_text, twice

_PARQUET = ".parquet"
_FORMATS = (*DELIMITERS, _PARQUET)
_WHAT_DATA_IS = "DATA is a folder of csv, tsv or parquet files, or a .duckdb file"
SCHEMA = "main"
"""The schema of a DuckDB file whose tables are read where none is named."""
_MAGIC = slice(8, 12), b"DUCK"


def open_data(
    database: Database,
    data: Path,
    contract: Contract,
    found: list[Diagnostic],
    schema: str = SCHEMA,
) -> dict[str, RawTable]:
    """Make every table of the contract that the data has readable as ``raw_name``.

    Findings: ``data-missing`` for what is not there, ``data-ambiguous`` for a table that is
    there twice, and what keeps a file from being read: ``data-empty``, ``data-encoding``,
    ``data-ragged``, ``data-unreadable``, ``data-header``.

    Raises:
        CannotRun: there is a file that may not be read, or another program holds it.
    """
    if not data.exists():
        found.append(Diagnostic("data-missing", "there is no such file or folder", Cell(str(data)),
                                _WHAT_DATA_IS))  # fmt: skip
        return {}
    if not data.is_dir() and not data.is_file():
        found.append(Diagnostic("data-unreadable", f"{_what_it_is(data)}, not a file or folder",
                                Cell(str(data)), _WHAT_DATA_IS))  # fmt: skip
        return {}
    if not is_utf8(str(data)):
        found.append(Diagnostic("data-unreadable", "the path is not UTF-8", Cell(str(data)),
                                "rename it, or work in the folder and name it by '.'"))  # fmt: skip
        return {}
    if data.is_dir():
        opened = _open_folder(database, data, contract, found)
    else:
        opened = _open_database(database, data, contract, found, schema)
    for name, raw in opened.items():
        found.extend(missing_columns(raw.shown, raw.header, contract.tables[name]))
    return opened


def _open_database(
    database: Database, data: Path, contract: Contract, found: list[Diagnostic], schema: str
) -> dict[str, RawTable]:
    with data.open("rb") as file:
        start = file.read(_MAGIC[0].stop)
    if start[_MAGIC[0]] != _MAGIC[1]:
        is_table = data.suffix.lower() in _FORMATS
        hint = f"name the folder that holds {data.name}" if is_table else _WHAT_DATA_IS
        found.append(Diagnostic("data-unreadable", "not a DuckDB file", Cell(str(data)), hint))
        return {}
    try:
        attach(database, data, "data")
        rows = database.connection.execute(
            "SELECT table_schema, table_name, table_type = 'VIEW' FROM information_schema.tables "
            "WHERE table_catalog = 'data'"
        ).fetchall()
    except duckdb.Error as error:
        if "lock" in str(error):
            raise CannotRun(f"{data}: another program has the file open",
                            "close that program, or copy the file") from error  # fmt: skip
        found.append(unreadable(Cell(str(data)), error, "copy the file once more"))
        return {}
    is_view = {str(name): bool(view) for own, name, view in rows if own == schema}
    others = sorted(
        {str(own) for own, name, _ in rows if own != schema and name in contract.tables}
    )
    if not is_view and others:
        found.append(Diagnostic("data-missing", f"there are no tables in the schema {shown(schema)}",
                                Cell(str(data)), f"name another one, as duckdb://{data}?schema={others[0]}"))  # fmt: skip
        return {}
    digest, source, opened = of_database(data), f"data.{quoted(schema)}", {}
    for name, table in contract.tables.items():
        place = f"{data.name}:{name}"
        if name not in is_view:
            found.append(Diagnostic("data-missing", f"the table '{name}' is missing",
                                    Cell(str(data)), nearest(name, is_view)))  # fmt: skip
        elif _view(database, table, f"{source}.{quoted(name)}", Cell(place), found):
            number = "row_number() OVER () - 1" if is_view[name] else "rowid"
            numbered = f"SELECT *, {number} AS {quoted(ROW)} FROM {source}.{quoted(name)}"
            header = _number(database, table, numbered)
            opened[name] = RawTable(name, place, 1, False, digest, header)
    return opened


def _view(
    database: Database, table: Table, source: str, place: Cell, found: list[Diagnostic]
) -> bool:
    """Make a table readable, its columns named by the contract; or say why it cannot be read."""
    name = raw_name(table.name)
    make = f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS SELECT"
    try:
        database.forget(name)
        database.connection.execute(f"{make} * FROM {source}")
        if any(each.written_as for each in table.columns.values()):
            cells = _cells(table, database.types(name))
            database.forget(name)
            database.connection.execute(f"{make} {cells} FROM {source}")
    except (duckdb.Error, RuntimeError) as error:
        if is_interrupt(error):
            raise KeyboardInterrupt from error
        found.append(unreadable(place, error, "write it once more"))
        return False
    return True


def _cells(table: Table, header: Iterable[str]) -> str:
    """The columns of data, each under the contract's name for it."""
    return ", ".join(f"{quoted(each)} AS {quoted(name)}"
                     for name, each in table.named(header).items())  # fmt: skip


def _number(database: Database, table: Table, numbered: str) -> tuple[str, ...]:
    """Keep how the rows of a table are read with their numbers; gives its columns."""
    if any(each.written_as for each in table.columns.values()):
        written = {each.name: each.header for each in table.columns.values()}
        cells = ", ".join(f"{quoted(written.get(name, name))} AS {quoted(name)}"
                          for name in database.types(raw_name(table.name)))  # fmt: skip
        numbered = f"SELECT {cells}, {quoted(ROW)} FROM ({numbered})"
    database.numbered_rows[table.name] = numbered
    return tuple(database.types(raw_name(table.name)))


def _open_folder(
    database: Database, data: Path, contract: Contract, found: list[Diagnostic]
) -> dict[str, RawTable]:
    opened = {}
    everything = sorted(path.name for path in data.iterdir())
    present = [name for name in everything if Path(name).suffix.lower() in _FORMATS]
    for name, table in contract.tables.items():
        paths = [data / file for file in present if Path(file).stem == name]
        if not paths:
            found.append(Diagnostic("data-missing", f"the table '{name}' is missing",
                                    Cell(str(data)), _how_to_add(name, everything, present)))  # fmt: skip
        elif len(paths) > 1:
            files = " and ".join(path.name for path in paths)
            found.append(Diagnostic("data-ambiguous", f"the table '{name}' is there twice: {files}",
                                    Cell(str(data)), "keep one of them"))  # fmt: skip
        else:
            raw = _open_file(database, table, paths[0], found)
            if raw is not None:
                opened[name] = raw
    return opened


def _how_to_add(name: str, everything: Collection[str], present: Collection[str]) -> str:
    hint = f"add {name}.csv, {name}.tsv or {name}.parquet"
    others = [file for file in everything if file.partition(".")[0] == name]
    if others:
        return f"{hint}; {shown(others[0])} is of no format that is read"
    close = nearest(name, [Path(file).stem for file in present])
    return f"{hint}; {close}" if close.startswith("did you") else hint


def _open_file(
    database: Database, table: Table, path: Path, found: list[Diagnostic]
) -> RawTable | None:
    place = Cell(path.name)
    if not path.is_file():
        found.append(Diagnostic("data-unreadable", f"{_what_it_is(path)}, not a file", place,
                                "a table is one file"))  # fmt: skip
        return None
    if path.suffix.lower() in DELIMITERS:
        loaded = load_text(database, raw_name(table.name), path, table, found)
        if loaded is None:
            return None
        return RawTable(table.name, path.name, FIRST_ROW, True, already(loaded.digest),
                        tuple(table.named(loaded.header)), loaded.whole)  # fmt: skip
    digest = of_file(path)
    if path.stat().st_size == 0:
        found.append(Diagnostic("data-empty", "the file is empty", place, "write it as Parquet"))
        return None
    if not _view(database, table, f"read_parquet({literal(str(path))})", place, found):
        return None
    header = _number(database, table, f"SELECT * RENAME (file_row_number AS {quoted(ROW)}) FROM "
                     f"read_parquet({literal(str(path))}, file_row_number = true)")  # fmt: skip
    wrong = _columns_of_parquet(path, table)
    if wrong is not None:
        found.append(wrong)
        return None
    return RawTable(table.name, path.name, 1, False, digest, header)


def _what_it_is(path: Path) -> str:
    """What stands where a file should: reading a pipe might wait for ever."""
    if path.is_dir():
        return "this is a folder"
    if path.is_fifo():
        return "this is a named pipe"
    return "this is a socket or a device" if path.exists() else "this link leads nowhere"


def _columns_of_parquet(path: Path, table: Table) -> Diagnostic | None:
    try:
        names = pq.read_schema(path).names
    except (pa.ArrowException, OSError, ValueError):
        return None  # DuckDB has read it, and knows the names
    return twice(path.name, names, None, table)
