"""Who is scored, with what expressions ask of them."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from tierwise.expression.kinds import Kind
from tierwise.plan.rows import reach
from tierwise.plan.scope import Read, exact
from tierwise.program.option import Option
from tierwise.program.program import Contract, walk


def everybody(
    contract: Contract, tables: Mapping[str, ir.Table], option: Option
) -> tuple[ir.Table, dict[str, Read]]:
    """(scored, and what expressions ask of them), and how each name is read from it."""
    names = {name for each in option.expressions for name in each.names}
    paths = {name.removeprefix("scored.") for name in names if name.startswith("scored.")}
    key = contract.scored_key
    reached = reach(contract, tables, contract.scored, paths | {key})
    columns = {"scored": reached.table[key]}
    readers: dict[str, Read] = {}
    for path in sorted(paths):
        name = f"scored.{path}"
        if path in reached.constants:
            readers[name] = _constant(reached.constants[path])
        else:
            columns[name] = reached.table[reached.paths[path]]
            through, rest = walk(contract.tables, contract.scored, path)
            column = contract.tables[through[-1]].columns.get(rest)
            is_month = column is not None and column.kind is Kind.MONTH
            readers[name] = _as_it_is(name) if is_month else _attribute(name)
    for name in names:
        catalogue, _, member = name.partition(".")
        known = contract.catalogues.get(catalogue)
        if known is not None and member in known.lists:
            readers[name] = _constant(known.lists[member])
    return reached.table.select(**columns), readers


def _constant(value: object) -> Read:
    return lambda table: value


def _as_it_is(name: str) -> Read:
    return lambda table: table[name]


def _attribute(name: str) -> Read:
    """How a column of the scored one is read: a number exact, anything else as it is."""

    def read(table: ir.Table) -> object:
        column = table[name]
        return exact(column) if column.type().is_numeric() else column

    return read
