"""DATA → raw tables in a session: a folder or URL of Parquet or csv, or tables of a catalogue."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as fn

from tierwise.diagnostics import Cell, Diagnostic, nearest, shown
from tierwise.plan.refusals import ROW
from tierwise.program.program import Contract, Table
from tierwise.run.address import TABLE, table_of
from tierwise.run.backend import (
    Cells,
    RawTable,
    Unreadable,
    missing_columns,
    raw_name,
    unreadable,
)
from tierwise.run.digest import already
from tierwise.run.on_spark.errors import translated

_PARQUET = ".parquet"
_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_FORMATS = (_PARQUET, *_DELIMITERS)
_WHAT_DATA_IS = ("DATA is a folder or URL of NAME.parquet or NAME.csv, files or folders, "
                 f"or tables of a catalogue as {TABLE}SCHEMA")  # fmt: skip


def open_data(
    session: SparkSession, data: str, contract: Contract, found: list[Diagnostic]
) -> dict[str, RawTable]:
    """Make every table of the contract that the data has readable as ``raw_name``.

    Findings: ``data-missing`` for what is not there, ``data-ambiguous`` for a table that is there
    twice, ``data-encoding`` and ``data-unreadable`` for what cannot be read.
    """
    if "://" not in data and not data.startswith(TABLE) and not Path(data).is_dir():
        found.append(
            Diagnostic("data-missing", "there is no such folder", Cell(data), _WHAT_DATA_IS)
        )
        return {}
    if data.startswith(TABLE) and "" in table_of(data):
        found.append(Diagnostic("data-missing", "no schema is named", Cell(data), _WHAT_DATA_IS))
        return {}
    opened = {}
    for name, table in contract.tables.items():
        try:
            with translated(reads=True):
                frame = _frame(session, data, name, found)
                if frame is not None:
                    opened[name] = _opened(frame[1], frame[0], table)
        except Unreadable as error:
            found.append(unreadable(Cell(name), error, "write it once more"))
    for name, raw in opened.items():
        found.extend(missing_columns(raw.shown, raw.header, contract.tables[name]))
    return opened


def open_rows(
    session: SparkSession, tables: Mapping[str, Sequence[Cells]], contract: Contract
) -> dict[str, RawTable]:
    """Make rows that are at hand readable as ``raw_name``; the first row of each is number 0."""
    opened = {}
    for name, table in contract.tables.items():
        rows = tables.get(name, ())
        header = tuple(table.columns)
        cells = {column: pa.array([row[column] for row in rows], pa.string()) for column in header}
        numbers = pa.array(range(len(rows)), pa.int64())
        frame = session.createDataFrame(pa.table(cells | {ROW: numbers}))
        frame.createOrReplaceTempView(f"`{raw_name(name)}`")
        opened[name] = RawTable(name, name, 0, True, already(""), header)
    return opened


def _frame(
    session: SparkSession, data: str, name: str, found: list[Diagnostic]
) -> tuple[str, DataFrame] | None:
    """How a table is shown, and its rows as they lie there."""
    if data.startswith(TABLE):
        return _of_catalogue(session, data.removeprefix(TABLE), name, found)
    there = {}
    for suffix in _FORMATS:
        path = f"{data.rstrip('/')}/{name}{suffix}"
        if "://" not in data and not Path(path).exists():
            continue
        frame = _read(session, path, suffix)
        if frame is not None:
            there[f"{name}{suffix}"] = (path, frame)
    if len(there) > 1:
        found.append(Diagnostic("data-ambiguous", f"the table '{name}' is there twice: "
                                f"{' and '.join(there)}", Cell(data), "keep one of them"))  # fmt: skip
        return None
    if not there:
        names = [each.stem for each in Path(data).iterdir()] if "://" not in data else []
        close = nearest(name, names)
        hint = f"; {close}" if close.startswith("did you") else ""
        found.append(Diagnostic("data-missing", f"the table '{name}' is missing", Cell(data),
                                f"add {name}.parquet or {name}.csv{hint}"))  # fmt: skip
        return None
    ((label, (path, frame)),) = there.items()
    if not label.endswith(_PARQUET) and _is_not_utf8(session, path):
        found.append(Diagnostic("data-encoding", "the text is not UTF-8", Cell(label),
                                "save the file as UTF-8"))  # fmt: skip
        return None
    return label, frame


def _of_catalogue(
    session: SparkSession, schema: str, name: str, found: list[Diagnostic]
) -> tuple[str, DataFrame] | None:
    named = ".".join(f"`{part.replace('`', '``')}`" for part in [*schema.split("."), name])
    # Catalogues mostly keep names in small letters, and the session looks for them as they are written.
    for each in dict.fromkeys((named, named.lower())):
        try:
            return f"{schema}.{name}", session.table(each)
        except AnalysisException as error:
            if "NOT_FOUND" not in str(error) and "NAMESPACE" not in str(error):
                raise
    found.append(Diagnostic("data-missing", f"there is no table {shown(f'{schema}.{name}')}",
                            Cell(f"{TABLE}{schema}"), _WHAT_DATA_IS))  # fmt: skip
    return None


def _read(session: SparkSession, path: str, suffix: str) -> DataFrame | None:
    try:
        if suffix == _PARQUET:
            return session.read.parquet(path)
        return session.read.csv(
            path, sep=_DELIMITERS[suffix], header=True, inferSchema=False, mode="FAILFAST",
            quote='"', escape='"', multiLine=True, enforceSchema=False,
            unescapedQuoteHandling="RAISE_ERROR", maxColumns=100_000,
        )  # fmt: skip
    except AnalysisException as error:
        if "PATH_NOT_FOUND" in str(error):
            return None
        raise


def _is_not_utf8(session: SparkSession, path: str) -> bool:
    """Whether a text file has bytes that Spark would replace in silence."""
    lines = session.read.text(path)
    return bool(lines.filter(~fn.is_valid_utf8(fn.col("value"))).limit(1).count())


def _opened(frame: DataFrame, label: str, table: Table) -> RawTable:
    """A table under its name, each row with a number that puts them in some order."""
    if any(each.written_as for each in table.columns.values()):
        cells = (
            fn.col(f"`{each}`").alias(name) for name, each in table.named(frame.columns).items()
        )
        frame = frame.select(*cells)
    header = tuple(frame.columns)
    is_text = not label.endswith(_PARQUET) and label.endswith(tuple(_DELIMITERS))
    numbered = frame.withColumn(ROW, fn.monotonically_increasing_id())
    numbered.createOrReplaceTempView(f"`{raw_name(table.name)}`")
    read = [column for column in table.columns if column in header]
    return RawTable(table.name, label, None, is_text, already(_digest(frame, read)), header)


def _digest(frame: DataFrame, columns: Sequence[str]) -> str:
    """A digest of the rows whatever their order and files: their number, and a sum of hashes."""
    cells = [fn.col(f"`{name}`") for name in columns]
    hashed = fn.xxhash64(*cells, *(cell.isNull() for cell in cells)) if cells else fn.lit(0)
    row = frame.agg(fn.count(fn.lit(1)).alias("n"),
                    fn.sum(hashed.cast("decimal(38, 0)")).alias("sum")).collect()[0]  # fmt: skip
    text = f"{row['n']}:{row['sum']}:{','.join(columns)}"
    return hashlib.sha256(text.encode()).hexdigest()
