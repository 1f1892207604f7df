"""Keys that stand twice, as queries: a cheap question first, and the exact one where it is needed."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from tierwise.expression.kinds import Kind
from tierwise.kept import kept
from tierwise.plan.bits import MOST_BITS, bit_of
from tierwise.plan.typed import month_text
from tierwise.program.program import Table


def filled(cell: ir.Column) -> ir.BooleanValue:
    """Whether a cell is not empty."""
    return (cell != "") & cell.notnull() if cell.type().is_string() else cell.notnull()


def _with_whole_keys(table: Table, typed: ir.Table) -> ir.Table:
    """The rows whose key has every cell that it must have; others are reported as such."""
    needed = [filled(typed[name]) for name in table.key if not table.columns[name].optional]
    return typed.filter(*needed) if needed else typed


@dataclass(frozen=True)
class KeyByMonth:
    """A key that is some ``things``, a ``month``, and columns of few values, by name: ``small``."""

    things: tuple[str, ...]
    month: str
    small: Mapping[str, tuple[str, ...]]

    @property
    def in_a_month(self) -> int:
        """How many rows of a month the things of a key may have."""
        return math.prod(map(len, self.small.values()))


def key_by_month(table: Table) -> KeyByMonth | None:
    """The key of a table as such, where it is one."""
    small = {
        name: column.values
        for name, column in table.columns.items()
        if name in table.key and column.values is not None and not column.optional
    }
    month = table.dated_by.path if table.dated_by is not None else ""
    things = tuple(name for name in table.key if name not in small and name != month)
    is_month = month in table.key and table.columns[month].kind is Kind.MONTH
    return KeyByMonth(things, month, small) if is_month and things else None


@dataclass(frozen=True)
class Grouped:
    """The rows of a table by the ``things`` of their keys, with which of them stand twice.

    ``typed``: the rows. ``repeated``: whether a thing has a row twice: the sum of the bits of its rows is
    another one than their union.
    """

    things: tuple[str, ...]
    typed: ir.Table
    repeated: ir.BooleanScalar

    def rows(self, more: Mapping[str, ir.Value] | None = None) -> ir.Table:
        """A row a thing, with whether it is ``repeated`` and perhaps ``more``."""
        return self.typed.group_by(self.things).aggregate(repeated=self.repeated, **(more or {}))


def question(rows: ir.Table, dangling: ir.Table | None) -> ir.Table:
    """One row: ``repeated``, how many things have a key twice; ``dangling``: how many of those rows.

    Args:
        rows: as ``Grouped.rows`` gives them.
        dangling: those of them that refer to nothing; None where that is not asked.
    """
    repeated = rows.aggregate(repeated=rows.repeated.sum().fill_null(0))
    if dangling is None:
        return repeated.mutate(dangling=0)
    return repeated.cross_join(dangling.aggregate(dangling=dangling.count()))


@kept
def by_thing(table: Table, typed: ir.Table, first: int, last: int) -> Grouped | None:
    """The rows by the things of their keys: a cheap question before the exact one.

    Where a key is a thing, a month and perhaps columns of few values, rows are grouped by the
    thing alone, of which there are far fewer. Each month and value is one bit of a number. None:
    no such key, or more bits than a number has.
    """
    key = key_by_month(table)
    if key is None or (last - first + 1) * key.in_a_month > MOST_BITS:
        return None
    position = typed[key.month] - first
    for name, values in key.small.items():
        codes = [(typed[name] == value, code) for code, value in enumerate(values)]
        position = position * len(values) + ibis.cases(*codes, else_=0)
    bit = bit_of(position)
    return Grouped(key.things, typed, bit.sum() != bit.bit_or())


@kept
def fewer_hashes(table: Table, typed: ir.Table) -> ir.Table:
    """One row: ``n``, how many keys of several columns there are more than hashes of them.

    Where it is 0, no key stands twice; else two keys may only have the same hash.
    """
    typed = _with_whole_keys(table, typed)
    hashed = ibis.struct({name: typed[name] for name in table.key}).hash()
    return typed.aggregate(n=typed.count() - hashed.nunique())


@kept
def duplicate_keys(table: Table, typed: ir.Table) -> ir.Table:
    """One row: ``n``, how many rows bear a key that an earlier row bears."""
    typed = _with_whole_keys(table, typed)
    counted = typed.group_by(list(table.key)).aggregate(rows=typed.count())
    more = counted.filter(counted.rows > 1)
    return more.aggregate(n=(more.rows - 1).sum())


def duplicate_rows(table: Table, numbered: ir.Table, limit: int) -> ir.Table:
    """(row, cell): the first rows whose key an earlier row bears, with the key's cells."""
    numbered = _with_whole_keys(table, numbered)
    again = ibis.row_number().over(group_by=[numbered[name] for name in table.key],
                                   order_by=numbered.row)  # fmt: skip
    marked = numbered.mutate(again=again)
    cells = [
        month_text(marked[name]) if table.columns[name].kind is Kind.MONTH
        else marked[name].cast("string").fill_null("")
        for name in table.key
    ]  # fmt: skip
    cell = functools.reduce(lambda left, right: left + ", " + right, cells)
    bad = marked.filter(marked.again > 0).mutate(cell=cell)
    return bad.order_by("row").limit(limit).select("row", "cell")
