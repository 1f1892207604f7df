"""DATA → raw tables in the database: a folder of files, or a DuckDB file, taken as they stand.

Nothing is parsed here but the files' own format: cells of text files stay text.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tierwise.diagnostics import Cell, Diagnostic, nearest
from tierwise.program.program import Contract, Table
from tierwise.run.database import Database, attach, literal, quoted

_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_FORMATS = (".csv", ".tsv", ".parquet")
_MAX_LINE = 16 * 1024 * 1024
_SHOWN = 3


@dataclass(frozen=True)
class RawTable:
    """A table as it lies in the data.

    ``shown`` is how findings name it; its first row is number ``first_row`` there. ``is_text``:
    its cells are text that has to be parsed. ``digest`` is that of its file.
    """

    name: str
    shown: str
    first_row: int
    is_text: bool
    digest: str


def raw_name(table: str) -> str:
    """The name of a raw table in the database."""
    return f"raw:{table}"


def open_data(
    database: Database, data: Path, contract: Contract, found: list[Diagnostic]
) -> dict[str, RawTable]:
    """Make every table of the contract that the data has readable as ``raw_name``.

    Findings: ``data-missing`` for what is not there, ``data-ambiguous`` for a table that is
    there twice, and what keeps a file from being read: ``data-empty``, ``data-encoding``,
    ``data-ragged``, ``data-unreadable``, ``data-header``.
    """
    if not data.exists():
        found.append(Diagnostic("data-missing", "there is no such file or folder", Cell(str(data)),
                                "DATA is a folder of csv, tsv or parquet files, or a .duckdb file"))  # fmt: skip
        return {}
    opened = (_open_database if data.is_file() else _open_folder)(database, data, contract, found)
    for name in contract.tables:
        if name in opened:
            _columns(database, opened[name], contract.tables[name], found)
    return opened


def _open_database(
    database: Database, data: Path, contract: Contract, found: list[Diagnostic]
) -> dict[str, RawTable]:
    try:
        attach(database, data, "data")
        rows = database.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_catalog = 'data' "
            "AND table_schema = 'main'"
        ).fetchall()
    except (duckdb.Error, OSError, RuntimeError) as error:
        found.append(Diagnostic("data-unreadable", f"not a DuckDB file: {_first(error)}",
                                Cell(str(data)), "DATA is a folder, or a .duckdb file"))  # fmt: skip
        return {}
    names = {str(row[0]) for row in rows}
    digest, opened = _digest(data), {}
    for name in contract.tables:
        if name not in names:
            found.append(Diagnostic("data-missing", f"the table '{name}' is missing",
                                    Cell(str(data)), nearest(name, names)))  # fmt: skip
            continue
        database.execute(f"CREATE TEMP VIEW {quoted(raw_name(name))} AS "
                         f"SELECT * FROM data.main.{quoted(name)}")  # fmt: skip
        opened[name] = RawTable(name, f"{data.name}:{name}", 1, False, digest)
    return opened


def _open_folder(
    database: Database, data: Path, contract: Contract, found: list[Diagnostic]
) -> dict[str, RawTable]:
    opened = {}
    present = sorted(path.name for path in data.iterdir() if path.suffix.lower() in _FORMATS)
    for name in contract.tables:
        paths = [data / file for file in present if Path(file).stem == name]
        if not paths:
            stems = [Path(file).stem for file in present]
            hint = f"add {name}.csv, {name}.tsv or {name}.parquet"
            close = nearest(name, stems)
            hint += f"; {close}" if close.startswith("did you") else ""
            found.append(Diagnostic("data-missing", f"the table '{name}' is missing",
                                    Cell(str(data)), hint))  # fmt: skip
        elif len(paths) > 1:
            files = " and ".join(path.name for path in paths)
            found.append(Diagnostic("data-ambiguous", f"the table '{name}' is there twice: {files}",
                                    Cell(str(data)), "keep one of them"))  # fmt: skip
        else:
            raw = _open_file(database, name, paths[0], found)
            if raw is not None:
                opened[name] = raw
    return opened


def _open_file(
    database: Database, name: str, path: Path, found: list[Diagnostic]
) -> RawTable | None:
    delimiter = _DELIMITERS.get(path.suffix.lower())
    if delimiter is None:
        try:
            database.connection.execute(f"CREATE TEMP VIEW {quoted(raw_name(name))} AS "
                                        f"SELECT * FROM read_parquet({literal(str(path))})")  # fmt: skip
        except duckdb.Error as error:
            what = "is empty" if path.stat().st_size == 0 else f"cannot be read: {_first(error)}"
            code = "data-empty" if path.stat().st_size == 0 else "data-unreadable"
            found.append(Diagnostic(code, f"the file {what}", Cell(path.name),
                                    "write it again as Parquet"))  # fmt: skip
            return None
        return RawTable(name, path.name, 1, False, _digest(path))
    header = _header(path, delimiter, found)
    if header is None or not _load_text(database, name, path, delimiter, header, found):
        return None
    return RawTable(name, path.name, 2, True, _digest(path))


def _header(path: Path, delimiter: str, found: list[Diagnostic]) -> list[str] | None:
    """The names of the columns; a text file's first record."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file, delimiter=delimiter, strict=True), None)
    except UnicodeDecodeError:
        found.append(_encoding(path, 1))
        return None
    except (csv.Error, OSError) as error:
        found.append(Diagnostic("data-unreadable", f"the header cannot be read: {error}",
                                Cell(path.name, 1), "write the names of the columns first"))  # fmt: skip
        return None
    if not header:
        found.append(Diagnostic("data-empty", "the file is empty", Cell(path.name),
                                "write at least the names of the columns"))  # fmt: skip
        return None
    if any("\0" in name for name in header):
        found.append(_nul(path, 1))
        return None
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        found.append(Diagnostic("data-header", f"the column '{twice[0]}' stands twice",
                                Cell(path.name, 1, twice[0]), "keep one of them"))  # fmt: skip
        return None
    return header


def _load_text(
    database: Database, name: str, path: Path, delimiter: str, header: list[str],
    found: list[Diagnostic],
) -> bool:  # fmt: skip
    """Load a text file as text, strictly: every row has every cell, in UTF-8."""
    nul = _first_nul(path)
    if nul is not None:
        found.append(_nul(path, nul))
        return False
    columns = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in header)
    scan = (
        f"SELECT * FROM read_csv({literal(str(path))}, auto_detect=false, header=true, "
        f"delim={literal(delimiter)}, quote='\"', escape='\"', comment='', nullstr='', "
        f"columns={{{columns}}}, strict_mode=true, null_padding=false, store_rejects=true, "
        f"rejects_limit=0, max_line_size={_MAX_LINE})"
    )
    try:
        database.connection.execute(f"CREATE TEMP TABLE {quoted(raw_name(name))} AS {scan}")
        rejects = database.connection.execute(
            "SELECT line, error_type, error_message FROM reject_errors ORDER BY line"
        ).fetchall()
        database.connection.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    except duckdb.Error as error:
        if "utf" in str(error).lower():
            found.append(_encoding(path, None))
        else:
            found.append(Diagnostic("data-unreadable", f"the file cannot be read: {_first(error)}",
                                    Cell(path.name), "quote cells that hold commas, quotes or "
                                    "line ends"))  # fmt: skip
        return False
    if rejects:
        found.extend(_rejected(path, rejects, len(header)))
    return not rejects


def _rejected(path: Path, rejects: list[tuple[object, ...]], width: int) -> list[Diagnostic]:
    found = []
    more = f" ({len(rejects)} such rows)" if len(rejects) > 1 else ""
    for line, kind, message in rejects[:_SHOWN]:
        row = int(str(line))
        if "ENCODING" in str(kind):
            found.append(_encoding(path, row))
        elif "COLUMN" in str(kind):
            found.append(Diagnostic("data-ragged", f"the row has not the header's {width} cells{more}",
                                    Cell(path.name, row), "quote cells that hold the delimiter"))  # fmt: skip
        else:
            found.append(Diagnostic("data-unreadable", f"the row cannot be read: "
                                    f"{str(message).strip().splitlines()[0]}{more}",
                                    Cell(path.name, row), "check its quotes"))  # fmt: skip
    return found


def _columns(database: Database, raw: RawTable, table: Table, found: list[Diagnostic]) -> None:
    """Every column of the contract has to be there."""
    present = [
        str(row[0]) for row in database.execute(f"DESCRIBE {quoted(raw_name(raw.name))}").fetchall()
    ]
    for column in table.columns:
        if column not in present:
            others = [name for name in present if name not in table.columns]
            found.append(Diagnostic("data-missing", f"the column '{column}' is missing",
                                    Cell(raw.shown, None, column), nearest(column, others)))  # fmt: skip


def _first_nul(path: Path) -> int | None:
    """The line of the first NUL byte, which no text holds."""
    line = 1
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            at = block.find(b"\0")
            if at >= 0:
                return line + block.count(b"\n", 0, at)
            line += block.count(b"\n")
    return None


def _nul(path: Path, row: int) -> Diagnostic:
    return Diagnostic("data-encoding", "a NUL byte stands here", Cell(path.name, row),
                      "write the file again as UTF-8 text")  # fmt: skip


def _encoding(path: Path, row: int | None) -> Diagnostic:
    return Diagnostic("data-encoding", "the text is not UTF-8", Cell(path.name, row),
                      "save the file as UTF-8")  # fmt: skip


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _first(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
