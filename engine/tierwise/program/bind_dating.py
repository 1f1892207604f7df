"""What says the month of a table's rows: the column or the path that its contract names."""

from __future__ import annotations

from collections.abc import Mapping

from tierwise.diagnostics import Diagnostic, shown
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import parse
from tierwise.model.ruleset import TableRule
from tierwise.program.names import TableNames
from tierwise.program.program import Catalogue, Column, Dating, Table

MONTH = "month"
"""The column that says a row's month where the contract says nothing else."""
NO_MONTH = (f"give it a column '{MONTH}' of that type that may not be empty, or say in the contract "
            "'dated_by: ...', a date or a month of the row")  # fmt: skip


def dating(
    rule: TableRule,
    tables: Mapping[str, Table],
    catalogues: Mapping[str, Catalogue],
    found: list[Diagnostic],
) -> Dating | None:
    """What says the month of a table's rows; None where nothing does, or after a finding.

    Findings: those of expressions, ``wrong-type``, ``no-month`` where a row need not have one.
    """
    table = tables[rule.name.text]
    if rule.dated_by is None:
        column = table.columns.get(MONTH)
        is_one = column is not None and column.kind is Kind.MONTH and not column.optional
        if rule.rare_events and not is_one:
            found.append(Diagnostic("no-month", f"the table {shown(table.name)} has rare "
                                    "events, and no month", rule.name.span, NO_MONTH))  # fmt: skip
        return Dating(MONTH, Kind.MONTH) if is_one else None
    expression = parse(rule.dated_by, TableNames(table, tables, catalogues), None, found)
    if expression is None:
        return None
    path, along = expression.text, _along(table, expression.text, tables)
    if not along or along[-1].kind not in (Kind.DATE, Kind.MONTH):
        found.append(Diagnostic("wrong-type", f"{shown(path)} is no column of dates or months",
                                rule.dated_by.span, "name one of the table's columns, or one along "
                                "references"))  # fmt: skip
        return None
    empty = next((each for each in along if each.optional), None)
    if empty is not None:
        found.append(Diagnostic("no-month", f"{shown(empty.name)} may be empty, and every row needs "
                                "a month", rule.dated_by.span, "name what no row lacks, or remove "
                                "'optional' from the column; or leave out 'dated_by' and 'over', and "
                                f"write where: 0 <= months_between({path}, as_of) < 12"))  # fmt: skip
        return None
    return Dating(path, along[-1].kind)


def _along(table: Table, path: str, tables: Mapping[str, Table]) -> tuple[Column, ...]:
    """The references that a path follows, and the column that it ends at; none: at no column."""
    *steps, last = path.split(".")
    along = []
    for step in steps:
        column = table.reference(step)
        if column is None or column.references not in tables:
            return ()
        along.append(column)
        table = tables[column.references]
    end = table.columns.get(last)
    return (*along, end) if end is not None else ()
