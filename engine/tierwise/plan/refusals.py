"""What the contract refuses, as queries: one row a table with a count for each kind of violation.

All are decided over columns. A table's simple violations are counted in one pass; keys and
references are a query each. Only where something is wrong is it asked which rows.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from tierwise.plan.rows import Reached
from tierwise.plan.typed import FORMS, accepts, typed_cell, well_formed
from tierwise.program.program import Column, Contract, Table
from tierwise.source.fields import in_language


@dataclass(frozen=True)
class Violation:
    """One thing that rows of a table may do wrong. ``bad``: over ``CheckedTable.both``."""

    code: str
    column: str | None
    message: str
    hint: str
    bad: ir.BooleanValue


@dataclass(frozen=True)
class CheckedTable:
    """A table's raw rows beside their typed cells, and what may be wrong with a row."""

    table: Table
    both: ir.Table
    violations: tuple[Violation, ...]

    def counts(self) -> ir.Table:
        """One row: how many rows violate each, ``v0``, ``v1`` ...; and ``first`` month."""
        sums = {f"v{index}": each.bad.sum() for index, each in enumerate(self.violations)}
        month = self.table.columns.get("month")
        if month is not None and month.kind == "month":
            cell = self.both[_typed("month")]
            sums |= {"first": cell.min(), "last": cell.max()}
        return self.both.aggregate(rows=self.both.count(), **sums)

    def offending(self, index: int, limit: int) -> ir.Table:
        """(row, cell): the first rows that violate one, counted from 0, with the raw cell."""
        violation = self.violations[index]
        column = violation.column
        cell = self.both[column].cast("string") if column else ibis.literal("")
        numbered = self.both.mutate(bad=violation.bad, row=ibis.row_number(), cell=cell)
        bad = numbered.filter(numbered.bad)
        return bad.order_by("row").limit(limit).select("row", "cell")


def _typed(column: str) -> str:
    return f"typed:{column}"


def wrong_types(table: Table, schema: ibis.Schema) -> dict[str, str]:
    """Columns whose physical type the contract cannot take, with what it is."""
    return {
        name: str(schema[name])
        for name, column in table.columns.items()
        if not accepts(column.kind, schema[name])
    }


def checked_table(contract: Contract, table: Table, raw: ir.Table) -> CheckedTable:
    """What may be wrong with the rows of a raw table, column by column in the contract's order."""
    cells = {
        _typed(name): typed_cell(raw[name], column.kind) for name, column in table.columns.items()
    }
    both = raw.mutate(**cells)
    violations: list[Violation] = []
    for column in table.columns.values():
        violations.extend(_of_column(contract, column, both))
    violations.extend(_of_checks(contract, table, both))
    return CheckedTable(table, both, tuple(violations))


def _of_column(contract: Contract, column: Column, both: ir.Table) -> list[Violation]:
    raw, cell = both[column.name], both[_typed(column.name)]
    violations = []
    formed = well_formed(raw, column.kind)
    if formed is not None:
        violations.append(Violation("data-type", column.name, f"not {FORMS[column.kind]}",
                                    "correct the cell", raw.notnull() & ~formed))  # fmt: skip
    if not column.optional:
        violations.append(Violation("data-empty-cell", column.name, "the cell is empty",
                                    f"every row needs its {column.name}", raw.isnull()))  # fmt: skip
    if column.values is not None:
        violations.append(Violation("data-value", column.name,
                                    f"none of {', '.join(column.values)}", "correct the cell",
                                    cell.notin(column.values)))  # fmt: skip
    if column.minimum is not None:
        least = int(column.minimum)
        violations.append(Violation("data-minimum", column.name, f"below {least}",
                                    "correct the cell", cell < least))  # fmt: skip
    if column.references in contract.catalogues:
        known = tuple(contract.catalogues[column.references].entries)
        hint = f"correct the cell, or add it to the catalogue {column.references}"
        violations.append(Violation("data-unknown", column.name,
                                    f"not in the catalogue {column.references}", hint,
                                    cell.notin(known)))  # fmt: skip
    return violations


def _of_checks(contract: Contract, table: Table, both: ir.Table) -> list[Violation]:
    row = Reached(both, {name: _typed(name) for name in table.columns}, contract)
    return [
        Violation("data-check", check.column, in_language(check.message, "en"),
                  f"the contract asks for: {check.that.text}", ~row.evaluate(check.that))
        for check in table.checks
    ]  # fmt: skip


def _with_whole_keys(table: Table, typed: ir.Table) -> ir.Table:
    """The rows whose key has every cell that it must have; others are reported as such."""
    needed = [typed[name].notnull() for name in table.key if not table.columns[name].optional]
    return typed.filter(*needed) if needed else typed


def duplicate_keys(table: Table, typed: ir.Table) -> ir.Table:
    """One row: ``n``, how many rows bear a key that an earlier row bears."""
    typed = _with_whole_keys(table, typed)
    counted = typed.group_by(list(table.key)).aggregate(rows=typed.count())
    more = counted.filter(counted.rows > 1)
    return more.aggregate(n=(more.rows - 1).sum())


def duplicate_rows(table: Table, typed: ir.Table, limit: int) -> ir.Table:
    """(row, cell): the first rows whose key an earlier row bears, with the key's cells."""
    numbered = _with_whole_keys(table, typed.mutate(row=ibis.row_number()))
    again = ibis.row_number().over(group_by=[numbered[name] for name in table.key],
                                   order_by=numbered.row)  # fmt: skip
    marked = numbered.mutate(again=again)
    cells = [marked[name].cast("string").fill_null("") for name in table.key]
    cell = functools.reduce(lambda left, right: left + ", " + right, cells)
    bad = marked.filter(marked.again > 0).mutate(cell=cell)
    return bad.order_by("row").limit(limit).select("row", "cell")


def dangling(typed: ir.Table, column: str, target: ir.Table, key: str) -> ir.Table:
    """The rows of a table whose reference leads nowhere."""
    present = typed.filter(typed[column].notnull())
    return present.anti_join(target, present[column] == target[key])


def dangling_rows(typed: ir.Table, column: str, target: ir.Table, key: str, limit: int) -> ir.Table:
    """(row, cell): the first rows whose reference leads nowhere."""
    numbered = typed.mutate(row=ibis.row_number())
    bad = dangling(numbered, column, target, key)
    return bad.order_by("row").limit(limit).select("row", cell=bad[column])
