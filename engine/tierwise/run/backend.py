"""What every backend can do. Everything else in run/ and tasks/ knows only this.

A backend makes the tables of data available by name, and runs queries over such names: the
expressions of a plan, as Ibis prints them for it. It decides nothing about a rule.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from tierwise.diagnostics import CannotRun, Cell, Diagnostic, nearest
from tierwise.plan.plan import Step, data_name
from tierwise.program.program import Contract, Table
from tierwise.run.address import shown_address
from tierwise.run.digest import Digest

Cells = Mapping[str, str | None]
"""A row: its cells by column, as a text file would write them."""
Data = Path | str | Mapping[str, Sequence[Cells]]
"""Where data lies: a path, or what a backend reads beside paths; or rows by table."""


@dataclass(frozen=True)
class Settings:
    """What a run may use.

    ``threads`` (None: all), ``memory`` such as "4GB" (None: as the backend thinks fit); ``backend``
    by its name; ``master``: where a cluster is, or a database that may load data into temporary
    tables; ``session``: one that is open, None to open one.
    """

    threads: int | None = None
    memory: str | None = None
    backend: str = "duckdb"
    master: str | None = field(default=None, repr=False)
    session: object = None


VIEW = "look at the view, and at the rows that it reads"
"""What to do where a view of the user's fails."""


class Unreadable(CannotRun):
    """What a backend met where it read data: not a query that is wrong, but damaged bytes, or a view of the user's."""

    def __init__(self, message: str, hint: str = "write the file once more") -> None:
        super().__init__(message, hint)


class TooLarge(CannotRun):
    """A number has more digits than a backend calculates with exactly."""

    def __init__(self) -> None:
        super().__init__("a number is too large to be calculated exactly", "look for amounts that are too large or "
                         "have too many digits behind the point, and rules that multiply")  # fmt: skip


@dataclass(frozen=True)
class RawTable:
    """A table as it lies in the data.

    ``shown`` is how findings name it; its first row is number ``first_row`` there, None where rows
    have no number. ``is_text``: its cells are text that has to be parsed. ``digest`` is that of
    its file, or of its content. ``header``: the columns that it has. ``whole``: all of its rows
    could be read. ``near``: the name of those of its rows that matter, where not all do.
    """

    name: str
    shown: str
    first_row: int | None
    is_text: bool
    digest: Digest
    header: tuple[str, ...]
    whole: bool = True
    near: str = ""

    @property
    def source(self) -> str:
        """The name in a backend of the rows that are read."""
        return self.near or raw_name(self.name)


class Backend(Protocol):
    """An open backend."""

    @property
    def name(self) -> str:
        """What it is called in a stamp."""
        ...

    @property
    def hashes_well(self) -> bool:
        """Whether it makes a number of 64 bits of several cells, faster than it groups by them."""
        ...

    def lacking(self, steps: Iterable[Step]) -> Iterable[tuple[Step, str]]:
        """The steps of a plan that it could not run, with what is missing.

        It is asked before data is read. A backend on which every rule is tested need not look.
        """
        ...

    def open(self, data: Data, contract: Contract, found: list[Diagnostic]) -> dict[str, RawTable]:
        """Make every table of the contract that the data has readable as ``raw_name``, as it stands.

        Findings: ``data-missing`` for what is not there, and what keeps a table from being read.

        Raises:
            CannotRun: the environment does not let the data be opened.
        """
        ...

    def numbered(self, raw: RawTable) -> ir.Table:
        """The rows of a raw table; with their number as ``ROW`` where ``raw`` says that they have one."""
        ...

    def reading(self) -> AbstractContextManager[None]:
        """Within this block the data is read for the first time, and may turn out damaged.

        Raises:
            Unreadable: it did.
        """
        ...

    def running(self) -> AbstractContextManager[None]:
        """Within this block steps of a plan are created, whose rows are in no order."""
        ...

    def schema(self, name: str) -> ibis.Schema:
        """The columns of a table."""
        ...

    def types(self, name: str) -> Mapping[str, str]:
        """The columns of a table with their types, as the backend calls them."""
        ...

    def expect(self, query: ir.Table) -> None:
        """A query that will be created or read later: what can be got ready for it is, in another thread."""
        ...

    def create(self, name: str, table: ir.Table, stored: bool) -> None:
        """Make a query available under a name, its rows kept if ``stored``.

        Raises:
            CannotRun: memory or disk ran out; ``TooLarge``: a number is too large to stay exact.
        """
        ...

    def sift(self, name: str, table: ir.Table) -> None:
        """Make the few rows that a query leaves of those it reads available under a name; raises as ``create`` does."""
        ...

    def let_go(self, name: str) -> None:
        """Nobody will read any more what is stored under a name, nor what has been made over it."""
        ...

    def rows(self, table: ir.Table) -> list[tuple[object, ...]]:
        """The rows of a query; raises as ``create`` does."""
        ...

    def arrow(self, table: ir.Table) -> pa.Table:
        """The rows of a query as an Arrow table; raises as ``create`` does."""
        ...

    def check_target(self, target: str) -> None:
        """Make sure that ``write`` may write a target; asked before data is opened, and once more afterwards.

        What can only be known then passes the first time.

        Raises:
            CannotRun: something else stands there.
        """
        ...

    def write(self, table: ir.Table, target: str) -> None:
        """Write the rows of a query, whole or not at all, without bringing them here.

        Nothing is asked of the backend afterwards. Raises as ``create`` does.

        Args:
            table: the query.
            target: a file of Parquet, or where several machines write, a folder of them; or
                ``table:NAME``, a table of the database that data was read from.
        """
        ...


def raw_name(table: str) -> str:
    """The name of a raw table in a backend."""
    return f"raw:{table}"


def table_of(backend: Backend, name: str) -> ir.Table:
    """A table of a backend, for a query to read by its name."""
    return ibis.table(backend.schema(name), name=name)


def typed_of(backend: Backend, contract: Contract, table: str) -> ir.Table:
    """A table of a contract, typed, for a query to read by its name."""
    return table_of(backend, data_name(contract, table))


def numbers(backend: Backend, query: ir.Table) -> dict[str, int | None]:
    """What a query of one row gives, whole numbers by column."""
    (row,) = backend.rows(query)
    return {name: None if each is None else int(str(each))
            for name, each in zip(query.columns, row, strict=True)}  # fmt: skip


def number(backend: Backend, query: ir.Table) -> int:
    """What a query of one cell gives, a whole number; 0 where there is none."""
    return next(iter(numbers(backend, query).values())) or 0


def missing_columns(shown: str, there: Collection[str], table: Table) -> Iterator[Diagnostic]:
    """A finding for each column of the contract that a table does not have.

    Args:
        shown: how findings name the table.
        there: its columns, as the contract names them; see ``Table.named``.
        table: what the contract says of it.
    """
    others = [name for name in there if name and name not in table.columns]
    for column in table.columns.values():
        if column.name not in there:
            header = column.header
            hint = nearest(header, others) if others else f"add it to {shown}"
            yield Diagnostic("data-missing", f"the column '{header}' is missing",
                             Cell(shown, None, header), hint)  # fmt: skip


def unreadable(place: Cell, error: Exception, hint: str) -> Diagnostic:
    """A finding for what a backend says of data that it cannot read."""
    first = re.sub(r"^[A-Z][A-Za-z/ ]* Error: ", "", str(error).strip().split("\n")[0])
    return Diagnostic("data-unreadable", f"it cannot be read: {first}", place, hint)


def damaged(error: Unreadable, data: Data, raw: Mapping[str, RawTable]) -> Diagnostic:
    """The same of a table that is read while scores are made: the one that the backend names, if any."""
    named = (each.shown for each in raw.values() if each.shown in str(error))
    place = next(named, "the data" if isinstance(data, Mapping) else shown_address(str(data)))
    return unreadable(Cell(place), error, error.hint)
