"""What the contract refuses, as queries: one row a table with a count for each kind of violation.

All are decided over columns. A table's simple violations are counted in one pass; keys and
references are a query each. Only where something is wrong is it asked which rows.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from tierwise.expression.kinds import Kind
from tierwise.kept import kept
from tierwise.plan.keys import filled
from tierwise.plan.rows import Reached, dating, meets, month_cell, month_of, reach
from tierwise.plan.typed import (
    FORMS,
    TOO_LARGE,
    accepts,
    holds_nul,
    too_large,
    typed_cell,
    well_formed,
)  # fmt: skip
from tierwise.program.program import Check, Column, Contract, Meeting, Table
from tierwise.quantity import plain_decimal
from tierwise.source.fields import in_language

ROW = ":row"
"""The column with a row's number, counted from 0, in raw tables of which some rows are missing."""

_MANY = 16
"""Values of a set beyond which cells are grouped before they are looked up in it."""
_LISTED = 8


@dataclass(frozen=True)
class Violation:
    """One thing that rows of a table may do wrong. ``bad``: over ``CheckedTable.both``.

    ``known``: where it is that a cell is none of many values, those.
    """

    code: str
    column: str | None
    message: str
    hint: str
    bad: ir.BooleanValue
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckedTable:
    """A table's raw rows beside their typed cells, and what may be wrong with a row."""

    table: Table
    both: ir.Table
    violations: tuple[Violation, ...]

    @functools.cached_property
    def counts(self) -> ir.Table:
        """One row: how many ``rows`` there are, and how many violate each, ``v0``, ``v1`` ...

        Those about ``known`` values are left out; see ``looked_up``.
        """
        sums = {f"v{index}": each.bad.sum()
                for index, each in enumerate(self.violations) if not each.known}  # fmt: skip
        return self.both.aggregate(rows=self.both.count(), **sums)

    @functools.cached_property
    def looked_up(self) -> Mapping[int, ir.Table]:
        """By violation about ``known`` values: one row, ``n``, how many rows violate it."""
        return {index: _none_of(self.both, typed_name(each.column or ""), each.known)
                for index, each in enumerate(self.violations) if each.known}  # fmt: skip

    def offending(self, index: int, limit: int) -> ir.Table:
        """(row, cell): the first rows that violate one, counted from 0, with the raw cell."""
        violation = self.violations[index]
        column = violation.column
        cell = self.both[column].cast("string") if column else ibis.literal("")
        numbered = self.both.mutate(bad=violation.bad, row=_row(self.both), cell=cell)
        bad = numbered.filter(numbered.bad)
        return bad.order_by("row").limit(limit).select("row", "cell")

    def numbered(self) -> ir.Table:
        """The typed rows with their number, ``row``."""
        return _numbered(self.table, self.both)


def numbered_rows(table: Table, raw: ir.Table) -> ir.Table:
    """The rows of a raw table, typed, with their number, ``row``."""
    return _numbered(table, _beside(table, raw))


def _numbered(table: Table, both: ir.Table) -> ir.Table:
    cells = {name: both[typed_name(name)] for name in table.columns}
    return both.select(row=_row(both), **cells)


def _row(both: ir.Table) -> ir.IntegerValue:
    return both[ROW] if ROW in both.columns else ibis.row_number()


def _beside(table: Table, raw: ir.Table) -> ir.Table:
    """A raw table with its typed cells."""
    cells = {
        typed_name(name): typed_cell(raw[name], column) for name, column in table.columns.items()
    }
    return raw.mutate(**cells)


@kept
def months_of_rows(table: Table, raw: ir.Table) -> ir.Table | None:
    """One row: the ``first`` and ``last`` month of the rows of a raw table; see ``months_reached``.

    None where no column of the table dates them. Asked apart, a file knows it of itself.
    """
    dated_by = table.dated_by
    if dated_by is None or dated_by.path not in table.columns:
        return None
    dates = raw[dated_by.path]
    cell = dates if dates.type().is_date() else typed_cell(dates, table.columns[dated_by.path])
    cells = raw.aggregate(first=cell.min(), last=cell.max())
    kind = Kind.DATE if dates.type().is_date() else dated_by.kind
    return cells.select(**{end: month_cell(cells[end], kind) for end in ("first", "last")})


def months_reached(contract: Contract, tables: Mapping[str, ir.Table], table: Table) -> ir.Table:
    """One row: the ``first`` and ``last`` month of the rows of a table that is dated.

    Args:
        tables: every table that what dates it leads through, typed and without violations.
    """
    dated_by = dating(contract, table.name)
    reached = reach(contract, tables, table.name, [dated_by.path])
    month = month_of(reached, dated_by)
    return reached.table.aggregate(first=month.min(), last=month.max())


def _none_of(rows: ir.Table, column: str, known: tuple[str, ...]) -> ir.Table:
    grouped = rows.group_by(cell=rows[column]).aggregate(n=rows.count())
    return grouped.filter(grouped.cell.notin(_texts(known))).aggregate(n=lambda bad: bad.n.sum())


@functools.lru_cache
def _texts(known: tuple[str, ...]) -> tuple[ir.StringScalar, ...]:
    """Values and the empty one, which is another matter; Ibis takes long to make them of many."""
    return tuple(map(ibis.literal, (*known, "")))


def typed_name(column: str) -> str:
    """The name of a column's typed cells in ``CheckedTable.both``."""
    return f"typed:{column}"


def wrong_types(table: Table, schema: ibis.Schema) -> list[str]:
    """The columns whose physical type the contract cannot take."""
    return [name for name, column in table.columns.items()
            if not accepts(column.kind, schema[name])]  # fmt: skip


@kept
def checked_table(contract: Contract, table: Table, raw: ir.Table) -> CheckedTable:
    """What may be wrong with the rows of a raw table, column by column in the contract's order."""
    both = _beside(table, raw)
    violations: list[Violation] = []
    for column in table.columns.values():
        violations.extend(_of_column(contract, column, both))
    violations.extend(_of_checks(contract, table, both, violations))
    return CheckedTable(table, both, tuple(violations))


def _of_column(contract: Contract, column: Column, both: ir.Table) -> list[Violation]:
    raw, cell = both[column.name], both[typed_name(column.name)]
    violations = []
    is_filled = filled(raw)
    formed = well_formed(raw, column.kind)
    if formed is not None:
        violations.append(Violation("data-type", column.name, f"not {FORMS[column.kind]}",
                                    "correct the cell", is_filled & ~formed))  # fmt: skip
    large = too_large(raw, column.kind)
    if large is not None:
        violations.append(Violation("data-type", column.name, TOO_LARGE, "correct the cell",
                                    is_filled & large))  # fmt: skip
    nul = holds_nul(raw, column)
    if nul is not None:
        violations.append(Violation("data-encoding", column.name, "a NUL character stands here",
                                    "write the cell again as text", nul))  # fmt: skip
    if not column.optional:
        violations.append(Violation("data-empty-cell", column.name, "the cell is empty",
                                    f"every row needs its {column.name}", ~is_filled))  # fmt: skip
    if column.values is not None:
        violations.append(_of_set(column, cell, column.values, "data-value",
                                  f"none of {', '.join(column.values)}", "correct the cell"))  # fmt: skip
    if column.minimum is not None:
        below = _below(cell, column.minimum)
        violations.append(Violation("data-minimum", column.name,
                                    f"below {plain_decimal(column.minimum)}", "correct the cell",
                                    below))  # fmt: skip
    if column.references in contract.catalogues:
        known = tuple(contract.catalogues[column.references].entries)
        listed = f", which has {', '.join(known)}" if len(known) <= _LISTED else ""
        violations.append(_of_set(
            column, cell, known, "data-unknown", f"not in the catalogue {column.references}{listed}",
            f"correct the cell, or add it to the catalogue {column.references}"))  # fmt: skip
    return violations


def _of_set(column: Column, cell: ir.StringColumn, values: tuple[str, ...], code: str,
            message: str, hint: str) -> Violation:  # fmt: skip
    bad = cell.notin(_texts(values))
    known = values if len(values) > _MANY else ()
    return Violation(code, column.name, message, hint, bad, known)


def _below(cell: ir.NumericColumn, minimum: Fraction) -> ir.BooleanValue:
    """Whether a number is below a minimum; a whole one where it is below the next whole number."""
    if not cell.type().is_decimal():
        return cell < math.ceil(minimum)
    scale = cell.type().scale or 0
    least = Decimal(math.ceil(minimum * 10**scale)).scaleb(-scale)
    return cell < ibis.literal(least, f"decimal(38, {scale})").cast(cell.type())


def _of_checks(
    contract: Contract, table: Table, both: ir.Table, others: list[Violation]
) -> list[Violation]:
    """The contract's own conditions, of rows in which the cells that they name are right."""
    row = Reached(both, {name: typed_name(name) for name in table.columns}, contract)
    violations = []
    for check in table.checks:
        if along_references(contract, table, check):
            continue
        wrong = [each.bad.fill_null(False) for each in others if each.column in check.that.names]
        broken = ~row.evaluate(check.that).fill_null(False)
        bad = broken & ~functools.reduce(operator.or_, wrong) if wrong else broken
        violations.append(Violation("data-check", check.column, in_language(check.message, "en"),
                                    f"the contract asks for: {check.that.text}", bad))  # fmt: skip
    return violations


def along_references(contract: Contract, table: Table, check: Check) -> bool:
    """Whether a condition names what other tables say."""
    aliases = {name.partition(".")[0] for name in check.that.names if "." in name}
    columns = (table.reference(alias) for alias in aliases)
    return any(each is not None and each.references not in contract.catalogues for each in columns)


def breaking_rows(
    contract: Contract, tables: Mapping[str, ir.Table], table: Table, check: Check
) -> ir.Table:
    """(row, cell): the rows that break a condition along references.

    Args:
        tables: every table that it leads through, typed and without violations; that of the
            rows with their numbers, ``row``.
    """
    names = {*check.that.names, *([check.column] if check.column else ())}
    reached = reach(contract, tables, table.name, names)
    bad = reached.table.filter(~reached.evaluate(check.that).fill_null(False))
    cell = bad[check.column].cast("string") if check.column else ibis.literal("")
    return bad.select("row", cell=cell)


@kept
def dangling(typed: ir.Table, target: ir.Table, meeting: Meeting) -> ir.Table:
    """The rows of a table whose reference leads nowhere, though none of its columns is empty.

    Args:
        typed, target: the rows, and those that they refer to.
        meeting: as ``Contract.meeting`` gives it.
    """
    present = typed.filter(*(filled(typed[own]) for own, _ in meeting))
    return present.anti_join(target, [meets(present[own], target[key]) for own, key in meeting])


@kept
def how_many_dangle(typed: ir.Table, target: ir.Table, meeting: Meeting) -> ir.Table:
    """One row: ``n``, how many rows ``dangling`` has."""
    missing = dangling(typed, target, meeting)
    return missing.aggregate(n=missing.count())


def dangling_rows(
    numbered: ir.Table, column: str, target: ir.Table, meeting: Meeting, limit: int
) -> ir.Table:
    """(row, cell): the first rows whose reference leads nowhere; the cell is of ``column``."""
    bad = dangling(numbered, target, meeting)
    return bad.order_by("row").limit(limit).select("row", cell=bad[column])
