"""A competency with its names resolved, its expressions typed and its order fixed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.program.option import Option
from tierwise.source.fields import Titles

Meeting = tuple[tuple[str, str], ...]
"""(own column, key column): what is the same in a row and in the one that it refers to."""


@dataclass(frozen=True)
class Column:
    """A column of a table. ``references``: the table or catalogue whose key it holds, or "".

    ``beside``: where that key has more columns, by each of the others the row's own that holds it.
    ``written_as``: its header in the data, "" where that is its name.
    """

    name: str
    kind: Kind
    optional: bool
    references: str
    alias: str
    values: tuple[str, ...] | None
    minimum: Fraction | None
    beside: tuple[tuple[str, str], ...] = ()
    written_as: str = ""

    @property
    def header(self) -> str:
        """How the data names it."""
        return self.written_as or self.name


@dataclass(frozen=True)
class Check:
    """A condition that every row of a table must meet, and the column a finding points at."""

    that: Expression
    column: str | None
    message: Titles


@dataclass(frozen=True)
class Dating:
    """What says the month of a row: the path to it, and its kind, a date or a month."""

    path: str
    kind: Kind


@dataclass(frozen=True, eq=False)
class Table:
    """A table of the contract; ``period``: the columns of its first and last day.

    ``derived``: names that stand for an expression over a row, wherever an expression may stand.
    ``dated_by``: None where nothing says the month of a row. ``rare_events``: whether months
    without rows at either end of the data are no sign that some are missing. ``declared_by``: the
    contract that says all of this, or of those that say a part the nearest; another one with a
    table of the same name and ``declared_by`` means the same table.
    """

    name: str
    title: Titles
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    period: tuple[str, str] | None
    checks: tuple[Check, ...]
    derived: Mapping[str, Expression] = field(default_factory=dict)
    dated_by: Dating | None = None
    rare_events: bool = False
    declared_by: str = ""

    def named(self, header: Iterable[str]) -> dict[str, str]:
        """Of the columns of data, by how the contract names each, or they themselves, their headers.

        What bears the name of a column that has another header is left out: it is something else.
        """
        written = {each.header: each.name for each in self.columns.values()}
        return {written.get(each, each): each for each in header
                if each in written or each not in self.columns}  # fmt: skip

    def reference(self, alias: str) -> Column | None:
        """The column whose reference has that name."""
        columns = self.columns.values()
        return next((each for each in columns if each.references and each.alias == alias), None)


def walk(tables: Mapping[str, Table], table: str, path: str) -> tuple[tuple[str, ...], str]:
    """The tables that a path from a row leads through, its own first, and the rest of the path.

    The rest is the name of a column in the last of them, there or not; or it still has a dot,
    where no table follows: a list of a catalogue, an attribute of an entry, or nothing at all.
    """
    through = [table]
    step, dot, further = path.partition(".")
    while dot:
        column = tables[through[-1]].reference(step)
        if column is None or column.references not in tables:
            break
        through.append(column.references)
        path = further
        step, dot, further = path.partition(".")
    return tuple(through), path


@dataclass(frozen=True)
class Catalogue:
    """A catalogue: what its entries say, and its lists."""

    id: str
    attributes: Mapping[str, Kind]
    entries: Mapping[str, Mapping[str, str | bool | int | Decimal]]
    lists: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Contract:
    """The data contract with the catalogues that it and the rules refer to.

    Files of certifications that its columns refer to are among them, their exams as entries.
    ``lineage``: its id and those of the contracts that it extends, whose credit policies are its.
    """

    id: str
    lineage: tuple[str, ...]
    scored: str
    tables: Mapping[str, Table]
    catalogues: Mapping[str, Catalogue]

    @property
    def scored_key(self) -> str:
        """The column that identifies what is scored."""
        return self.tables[self.scored].key[0]

    def apart(self) -> Contract:
        """The contract as if it declared every table itself, and shared none with others."""
        own = {name: replace(each, declared_by=self.id) for name, each in self.tables.items()}
        return replace(self, tables=own)

    def meeting(self, column: Column) -> Meeting:
        """Where the reference of a column to a table leads: a date meets its month."""
        own = dict(column.beside)
        return tuple((own.get(name, column.name), name)
                     for name in self.tables[column.references].key)  # fmt: skip

    def tables_along(self, table: str, paths: Iterable[str]) -> frozenset[str] | None:
        """The tables that paths from a row lead through, with its own; None where one is missing.

        What a path names must be there in the whole contract; this one may be a part of it.
        """
        along = {table}
        for path in paths:
            through, rest = walk(self.tables, table, path)
            along |= {*through}
            at = self.tables[through[-1]]
            step, dot, _ = rest.partition(".")
            if not dot and rest not in at.columns:
                return None
            column = at.reference(step) if dot else None
            if column is not None and column.references not in self.catalogues:
                return None
        return frozenset(along)

    def scored_paths(self, table: str) -> tuple[str, ...]:
        """The shortest paths by which rows of a table name the scored one themselves.

        Such as ``reseller_id`` of an order, or ``order.reseller_id`` of one of its lines.
        """
        if table == self.scored:
            return (self.scored_key,)
        level, seen = [(table, "")], {table}
        while level:
            columns = [(f"{prefix}{column.name}", f"{prefix}{column.alias}.", column.references)
                       for name, prefix in level
                       for column in self.tables[name].columns.values() if column.references]  # fmt: skip
            own = tuple(path for path, _, target in columns if target == self.scored)
            if own:
                return own
            level = [(target, prefix) for _, prefix, target in columns
                     if target in self.tables and target not in seen]  # fmt: skip
            seen |= {target for target, _ in level}
        return ()


@dataclass(frozen=True, eq=False)
class Program:
    """A version of a competency, ready to be planned; a plan that was made of one is kept for it.

    ``as_of`` is a month number. ``months``: as of how many months it is scored, of which that is the
    last; the same rules are in force in all of them.
    """

    competency: str
    version: str
    title: Titles
    source: str
    contract: Contract
    options: tuple[Option, ...]
    as_of: int
    digests: tuple[tuple[str, str], ...]
    months: int = 1

    @property
    def as_of_months(self) -> range:
        """The numbers of the months that it is scored as of."""
        return range(self.as_of + 1 - self.months, self.as_of + 1)

    def in_month(self, as_of: int) -> Program:
        """The same program as of one of its months."""
        return replace(self, as_of=as_of, months=1)

    def only(self, option: str) -> Program:
        """The same program with one of its options, or with none where it has no such."""
        kept = tuple(each for each in self.options if each.id == option)
        return replace(self, options=kept)
