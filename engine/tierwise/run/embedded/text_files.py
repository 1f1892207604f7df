"""A csv or tsv file → a raw table whose cells are text, or every place where it cannot be read.

DuckDB reads the file, strictly. Where it refuses, and where rows could not be counted from what it
read (blank lines), Python's own reader reads it again, row by row, to say which rows are wrong; the
others are still loaded, so that what else is wrong with them is reported in the same run. Only behind
a quote that is left open nothing is read: where its row ends, and which row comes next, is a guess.
"""

from __future__ import annotations

import csv
import hashlib
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

import duckdb
import pyarrow as pa

from tierwise.diagnostics import Cell, Diagnostic, shown
from tierwise.plan.refusals import ROW
from tierwise.program.program import Table
from tierwise.run.embedded.database import Database, literal, no_memory, quoted

DELIMITERS = {".csv": ",", ".tsv": "\t"}
FIRST_ROW = 2
"""The header is row 1."""

_BLOCK = 1 << 20
_BATCH = 100_000
_MAX_LINE = 16 * 1024 * 1024
_SHOWN = 3
_BOM = b"\xef\xbb\xbf"
_WIDE = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_FORMATS = {b"PAR1": "Parquet", b"PK\x03\x04": "a spreadsheet or zip", b"\x1f\x8b": "gzip"}


@dataclass(frozen=True)
class Loaded:
    """What became of a text file. ``whole``: every row of it is in the table."""

    header: tuple[str, ...]
    digest: str
    whole: bool


def load_text(
    database: Database, name: str, path: Path, table: Table, found: list[Diagnostic]
) -> Loaded | None:
    """Load the contract's columns of a text file into the table ``name``, as text.

    Findings: ``data-empty``, ``data-encoding``, ``data-header``, ``data-missing``,
    ``data-ragged``, ``data-unreadable``. None: there is no table, not even a part of it.
    """
    bytes_ = _look(path)
    if _other_format(path, bytes_, found):
        return None
    header = _header(path, table, found)
    if header is None:
        return None
    columns = {column.name: header.index(column.header) for column in table.columns.values()
               if column.header in header}  # fmt: skip
    if not bytes_.needs_counting:
        try:
            database.forget(name)
            database.connection.execute(_scan(name, path, len(header), columns), ["\0"])
        except duckdb.OutOfMemoryException as error:
            raise no_memory() from error
        except duckdb.Error:
            pass
        else:
            return Loaded(tuple(header), bytes_.digest, whole=True)
    read = _read_again(database, name, path, len(header), columns)
    found.extend(read.findings(path))
    return Loaded(tuple(header), bytes_.digest, whole=not read.wrong)


def _scan(name: str, path: Path, width: int, columns: dict[str, int]) -> str:
    """The statement that loads a file; its parameter is a text that no cell is.

    Columns go by their place: their names may differ in capitals only, or be empty.
    """
    types = ", ".join(f"c{place}: 'VARCHAR'" for place in range(width))
    cells = ", ".join(f"nullif(c{place}, '') AS {quoted(column)}"
                      for column, place in columns.items())  # fmt: skip
    return (
        f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS SELECT {cells or 'NULL AS nothing'} "
        f"FROM read_csv({literal(str(path))}, auto_detect=false, header=true, "
        f"delim={literal(DELIMITERS[path.suffix.lower()])}, quote='\"', escape='\"', comment='', "
        f"nullstr=?, columns={{{types}}}, strict_mode=true, null_padding=false, "
        f"max_line_size={_MAX_LINE})"
    )


@dataclass(frozen=True)
class _Bytes:
    """What a file's bytes say. ``needs_counting``: NUL bytes, or blank lines between others."""

    digest: str
    start: bytes
    needs_counting: bool


def _look(path: Path) -> _Bytes:
    """Read all bytes once."""
    digest, start, tail = hashlib.sha256(), b"", b""
    nul = blank = pending = False
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            start = start or block[:1024]
            nul = nul or b"\0" in block
            if blank:
                continue
            text = tail + block
            content = text.rstrip(b"\r\n")
            blank = (pending and bool(content)) or _has_blank_line(content)
            rest = text[len(content) :]
            pending = (pending and not content) or _has_blank_line(rest)
            tail = text[-2:]
    return _Bytes(digest.hexdigest(), start, nul or blank)


def _has_blank_line(text: bytes) -> bool:
    return b"\n\n" in text or b"\n\r\n" in text or b"\r\r" in text


def _other_format(path: Path, bytes_: _Bytes, found: list[Diagnostic]) -> bool:
    """Whether the file is of another format altogether; then it is said which."""
    start = bytes_.start
    wide = next((name for mark, name in _WIDE.items() if start.startswith(mark)), None)
    if wide is None and start.count(0) * 4 > len(start):
        wide = "UTF-16"
    other = next((name for mark, name in _FORMATS.items() if start.startswith(mark)), None)
    if other is not None:
        found.append(Diagnostic("data-unreadable", f"the file is {other}, not text",
                                Cell(path.name), "save it as text, or name it as what it is"))  # fmt: skip
    elif wide is not None:
        found.append(Diagnostic("data-encoding", f"the text is not UTF-8 but {wide}",
                                Cell(path.name), "save the file as UTF-8"))  # fmt: skip
    return (other or wide) is not None


class _Records(Protocol):
    """Records, and how many lines of the file they have taken so far."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


@contextmanager
def _records(path: Path) -> Iterator[_Records]:
    """A file's records; each byte is one character, so that wrong encodings do not stop it."""
    limit = csv.field_size_limit(sys.maxsize)
    try:
        with path.open("rb") as file:
            _skip_mark(file)
            text = io.TextIOWrapper(file, encoding="latin-1", newline="")
            delimiter = DELIMITERS[path.suffix.lower()]
            yield csv.reader(text, delimiter=delimiter, strict=True)
    finally:
        csv.field_size_limit(limit)


def _skip_mark(file: BinaryIO) -> None:
    if file.read(len(_BOM)) != _BOM:
        file.seek(0)


def _decoded(text: str) -> str:
    return text if text.isascii() else text.encode("latin-1").decode("utf-8")


def _header(path: Path, table: Table, found: list[Diagnostic]) -> list[str] | None:
    """The names of the columns: a text file's first record."""
    place = Cell(path.name, 1)
    name_columns = "write the names of the columns first"
    try:
        with _records(path) as records:
            first = next(records, None)
            header = None if first is None else [_decoded(cell) for cell in first]
            only_blank = not header and not any(records)
    except UnicodeDecodeError:
        found.append(Diagnostic("data-encoding", "the text is not UTF-8", place,
                                "save the file as UTF-8"))  # fmt: skip
        return None
    except csv.Error as error:
        found.append(Diagnostic("data-unreadable", f"the header cannot be read: {error}", place,
                                name_columns))  # fmt: skip
        return None
    if not header:
        what = "the file is empty" if only_blank else "the first line is empty"
        found.append(Diagnostic("data-empty", what, Cell(path.name), name_columns))
        return None
    wrong = _wrong_header(path, header, table)
    if wrong is not None:
        found.append(wrong)
        return None
    return header


def _wrong_header(path: Path, header: list[str], table: Table) -> Diagnostic | None:
    if any("\0" in name for name in header):
        return Diagnostic("data-encoding", "a NUL byte stands here", Cell(path.name, 1),
                          "write the file again as UTF-8 text")  # fmt: skip
    delimiter = DELIMITERS[path.suffix.lower()]
    other = next((sign for sign in ",;\t|" if sign != delimiter and sign in header[0]), None)
    if len(header) == 1 and other is not None:
        return Diagnostic("data-header", f"cells are separated by {shown(other)}, not by "
                          f"{shown(delimiter)}", Cell(path.name, 1),
                          f"save the file with {shown(delimiter)} between cells")  # fmt: skip
    return twice(path.name, header, 1, table)


def twice(file: str, header: Sequence[str], row: int | None, table: Table) -> Diagnostic | None:
    """A finding where a column stands twice, or one of the contract's in other capitals besides."""
    seen: dict[str, str] = {}
    known = {each.header for each in table.columns.values()}
    for name in header:
        earlier = seen.get(name.casefold())
        seen[name.casefold()] = name
        if not name or earlier is None:
            continue
        if earlier == name or name in known or earlier in known:
            other = "" if earlier == name else f", once as {shown(earlier)}"
            return Diagnostic("data-header", f"the column {shown(name)} stands twice{other}",
                              Cell(file, row, name), "keep one of them")  # fmt: skip
    return None


@dataclass
class _Read:
    """What the second reading finds: by code and message, the first places, and how many."""

    width: int
    wrong: dict[tuple[str, str], list[tuple[int, str | None]]] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, code: str, message: str, row: int, column: str | None = None) -> None:
        """Remember one violation."""
        places = self.wrong.setdefault((code, message), [])
        self.counts[code, message] = self.counts.get((code, message), 0) + 1
        if len(places) < _SHOWN:
            places.append((row, column))

    def findings(self, path: Path) -> Iterator[Diagnostic]:
        """A finding for each of the places; the first says how many there are."""
        for (code, message), places in self.wrong.items():
            count = self.counts[code, message]
            for number, (row, column) in enumerate(places):
                more = f" ({count:,} such rows)" if number == 0 and count > 1 else ""
                yield Diagnostic(code, f"{message}{more}", Cell(path.name, row, column),
                                 _HINTS[code])  # fmt: skip


_HINTS = {
    "data-encoding": "write the file again as UTF-8 text",
    "data-ragged": "quote cells that hold the delimiter",
    "data-unreadable": "write a quote inside a cell twice, and one at either end",
}


def _read_again(
    database: Database, name: str, path: Path, width: int, columns: dict[str, int]
) -> _Read:
    """Load the rows that can be read, each with its number as ``ROW``, and say what others lack."""
    read = _Read(width)
    names = [*columns, ROW]
    types = [pa.field(column, pa.string()) for column in columns] + [pa.field(ROW, pa.int64())]
    schema = pa.schema(types)
    empty = schema.empty_table()
    database.connection.register("text:batch", empty)
    database.make("TABLE", name, f"FROM {quoted('text:batch')}")
    with _records(path) as records:
        rows = _rows(records, read, columns)
        while True:
            batch = [row for _, row in zip(range(_BATCH), rows, strict=False)]
            if not batch:
                break
            arrays = [pa.array(cells, kind.type)
                      for cells, kind in zip(zip(*batch, strict=True), types, strict=True)]  # fmt: skip
            database.connection.register("text:batch", pa.table(arrays, names))
            database.execute(f"INSERT INTO {quoted(name)} FROM {quoted('text:batch')}")
    database.connection.unregister("text:batch")
    return read


def _rows(
    records: _Records, read: _Read, columns: dict[str, int]
) -> Iterator[tuple[str | int | None, ...]]:
    next(records)  # the header
    number = FIRST_ROW - 1
    for number, record in _numbered(records, read):
        if len(record) != read.width:
            read.add("data-ragged", f"the row has not the header's {read.width} cells", number)
            continue
        cells = [_cell(read, record[place], number, column) for column, place in columns.items()]
        if None not in cells:
            yield (*(cell or None for cell in cells), number - FIRST_ROW)


def _numbered(records: _Records, read: _Read) -> Iterator[tuple[int, list[str]]]:
    """Records with their number; a blank line is one of no cells, and passed over.

    Only in a file of one column a blank line may be a row; at the end of a file it is none.
    """
    number, blank = FIRST_ROW - 1, []
    while True:
        number += 1
        lines = records.line_num
        try:
            record = next(records, None)
        except csv.Error as error:
            at_end = "unexpected end" in str(error)
            several = records.line_num > lines + 1
            what = "a quote is left open" if at_end else "a quote stands inside a quoted cell"
            if several and not at_end:
                what = "a quote is left open, or one inside the cell is not written twice"
            read.add("data-unreadable", f"the row cannot be read: {what}", number)
            if several:
                return
            continue
        if record is None:
            return
        if not record:
            blank.append(number)
            continue
        if read.width == 1:
            yield from ((earlier, [""]) for earlier in blank)
        blank.clear()
        yield number, record


def _cell(read: _Read, text: str, row: int, column: str) -> str | None:
    """A cell; None, and a finding, where it is no text."""
    if "\0" in text:
        read.add("data-encoding", "a NUL byte stands here", row, column)
        return None
    try:
        return _decoded(text)
    except UnicodeDecodeError:
        read.add("data-encoding", "the text is not UTF-8", row, column)
        return None
