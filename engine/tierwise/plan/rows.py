"""Rows of a table with what their references reach, and the conditions that make them eligible."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import ibis
import ibis.expr.types as ir

from tierwise.expression.columns import ColumnEvaluator, decimal_literal
from tierwise.expression.functions import FUNCTIONS
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression, constant
from tierwise.measures.rows import Condition, Entity, Rows
from tierwise.months import month_number
from tierwise.program.program import Catalogue, Contract, Dating

Constant = str | bool | int | Decimal
JoinKind = Literal["left", "inner"]


@dataclass(frozen=True)
class Reached:
    """A table joined along its references: ``paths`` says which column a path became.

    ``constants``: paths that are the same for every row. ``as_of``: the day that expressions call
    so, where they may.
    """

    table: ir.Table
    paths: Mapping[str, str]
    contract: Contract
    constants: Mapping[str, Constant] = field(default_factory=dict)
    as_of: ir.DateValue | None = None

    def entity(self, entity: Entity) -> ir.Value:
        """What identifies an entity: a column, or a structure of several."""
        return _together([self.evaluate(part) for part in entity.parts])

    def together(self, paths: Sequence[str]) -> ir.Value:
        """The same, given by the paths of the columns."""
        return _together([self.cell(path) for path in paths])

    def cell(self, path: str) -> ir.Value:
        """What a path leads to; also what is the same for every row."""
        if path not in self.constants:
            return self.table[self.paths[path]]
        return _as_value(self.constants[path])

    def evaluate(self, expression: Expression, prefix: str = "") -> ir.Value:
        """An expression over the row; ``prefix`` is the path along which its names lie."""
        values: dict[str, object] = {}
        for name in sorted(expression.names):
            catalogue, _, member = name.partition(".")
            path = f"{prefix}{name}"
            if path in self.paths:
                values[name] = self.table[self.paths[path]]
            elif path in self.constants:
                values[name] = self.constants[path]
            elif name == "as_of" and self.as_of is not None:
                values[name] = self.as_of
            else:
                values[name] = self.contract.catalogues[catalogue].lists[member]
        return _as_value(ColumnEvaluator(values).value(expression))

    def exact(self, expression: Expression) -> ir.Value:
        """As ``evaluate``; a decimal has the type that loses no digit, however it is calculated.

        Ibis does not say how many digits a product has behind the point, so it is counted here.
        """
        value = self.evaluate(expression)
        if expression.kind is not Kind.DECIMAL:
            return value
        places = self._places(expression.tree)
        physical = value.type()
        if places == 0 and physical.is_integer():
            return value
        if any(isinstance(node, ast.Mult) for node in ast.walk(expression.tree)):
            # Ibis takes a product for no longer than its factors, and would leave the cast out.
            value = value.cast(f"decimal(37, {places})")
        elif physical.is_decimal() and physical.scale == places:
            return value
        return value.cast(f"decimal(38, {places})")

    def _places(self, node: ast.expr) -> int:
        """How many digits behind the point the value of a calculation may have."""
        match node:
            case ast.Constant():
                value = constant(node)
                return _places_of(value) if isinstance(value, Decimal) else 0
            case ast.UnaryOp():
                return self._places(node.operand)
            case ast.BinOp(op=ast.Mult()):
                return self._places(node.left) + self._places(node.right)
            case ast.BinOp():
                return max(self._places(node.left), self._places(node.right))
            case ast.IfExp():
                return max(self._places(node.body), self._places(node.orelse))
            case ast.Call() if FUNCTIONS[ast.unparse(node.func)].gives is None:
                return max(map(self._places, node.args))
            case ast.Name() | ast.Attribute():
                path = ast.unparse(node)
                if path in self.constants:
                    constant_value = self.constants[path]
                    return _places_of(constant_value) if isinstance(constant_value, Decimal) else 0
                physical = self.table[self.paths[path]].type()
                return (physical.scale or 0) if physical.is_decimal() else 0
            case _:
                return 0

    def holds(self, condition: Condition) -> ir.BooleanValue:
        """Whether a condition holds, over the row."""
        return self.evaluate(condition.expression, condition.prefix)


def _as_value(value: ir.Value | Constant) -> ir.Value:
    """What is the same for every row as a value of Ibis'; anything else is one."""
    if isinstance(value, Decimal):
        return decimal_literal(value)
    return ibis.literal(value) if isinstance(value, bool | int | str) else value


def _together(parts: Sequence[ir.Value]) -> ir.Value:
    if len(parts) == 1:
        return parts[0]
    return ibis.struct({f"part_{index}": part for index, part in enumerate(parts)})


def reach(
    contract: Contract, tables: Mapping[str, ir.Table], name: str, paths: Iterable[str]
) -> Reached:
    """A table of the contract with the columns that some paths name.

    Args:
        contract: the contract, whose references the paths follow.
        tables: its tables, typed.
        name: the table whose rows are wanted; a row stays one row.
        paths: such as ``amount`` and ``order.customer.country``; others are passed over.
    """
    bound = contract.tables[name]
    table = tables[name]
    found = {path: path for path in paths if path in bound.columns}
    constants: dict[str, Constant] = {}
    below: dict[str, set[str]] = {}
    for path in paths:
        alias, _, rest = path.partition(".")
        if rest and bound.reference(alias) is not None:
            below.setdefault(alias, set()).add(rest)
    for alias, rests in sorted(below.items()):
        column = bound.reference(alias)
        assert column is not None, "only references were kept"
        if column.references in contract.catalogues:
            catalogue = contract.catalogues[column.references]
            known = rests & catalogue.attributes.keys()
            same = {} if column.optional else _same_everywhere(catalogue, known)
            constants.update({f"{alias}.{rest}": value for rest, value in same.items()})
            names = _column_names(alias, known - same.keys())
            key = table[column.name]
            table = table.mutate(**{name: _attribute(key, catalogue, rest)
                                    for rest, name in names.items()})  # fmt: skip
        else:
            meeting = contract.meeting(column)
            keys = {key for _, key in meeting}
            other = reach(contract, tables, column.references, {*rests, *keys})
            names = _column_names(alias, rests & other.paths.keys())
            constants.update({f"{alias}.{rest}": each for rest, each in other.constants.items()
                              if not column.optional})  # fmt: skip
            right = other.table.select(
                **{f"{alias}__key:{key}": other.table[other.paths[key]] for key in keys},
                **{name: other.table[other.paths[rest]] for rest, name in names.items()},
            )
            how: JoinKind = "left" if column.optional else "inner"
            met = [meets(table[own], right[f"{alias}__key:{key}"]) for own, key in meeting]
            table = table.join(right, met, how=how)
        found.update({f"{alias}.{rest}": name for rest, name in names.items()})
    return Reached(table, found, contract, constants)


def names_as_of(contract: Contract, rows: Rows, expressions: Iterable[Expression]) -> bool:
    """Whether which rows are eligible, or an expression over them, names the as-of month."""
    names = frozenset().union(*(each.paths for each in rows.conditions),
                              *(each.names for each in expressions))  # fmt: skip
    names |= rows.by.expression.names if rows.by is not None else frozenset()
    return "as_of" in names - contract.tables[rows.table].columns.keys()


def meets(own: ir.Column, key: ir.Column) -> ir.BooleanValue:
    """Whether a typed cell stands for a cell of a key."""
    return standing_for(own, key) == key


def standing_for(own: ir.Column, key: ir.Column) -> ir.Column:
    """What a typed cell is in a key: itself, or its month where a date stands for that."""
    is_in_month = own.type().is_date() and not key.type().is_date()
    return month_cell(own, Kind.DATE) if is_in_month else own


def dating(contract: Contract, table: str) -> Dating:
    """What says the month of the rows of a table that is measured by month."""
    dated_by = contract.tables[table].dated_by
    assert dated_by is not None, "binding refuses a table that is measured without a month"
    return dated_by


def month_of(reached: Reached, dated_by: Dating) -> ir.IntegerColumn:
    """The month of each row, as a month number; its path must have been reached."""
    cell = reached.table[reached.paths[dated_by.path]]
    return month_cell(cell, dated_by.kind)


def month_cell(cell: ir.Column, kind: Kind) -> ir.IntegerColumn:
    """The month number of a typed cell: of a date the month it lies in, of a month itself."""
    if kind is not Kind.DATE:
        return cell
    return month_number(cell.year(), cell.month()).cast("int32")


def _column_names(alias: str, rests: Iterable[str]) -> dict[str, str]:
    """The columns that paths along a reference become."""
    return {rest: f"{alias}__{rest.replace('.', '__')}" for rest in sorted(rests)}


def _same_everywhere(catalogue: Catalogue, attributes: Iterable[str]) -> dict[str, Constant]:
    """The attributes that are the same in every entry; then nothing has to be looked up.

    What a column refers to is in its catalogue, or the data would have been refused.
    """
    same = {}
    for attribute in attributes:
        values = {entry[attribute] for entry in catalogue.entries.values()}
        if len(values) == 1:
            same[attribute] = values.pop()
    return same


def _attribute(key: ir.Column, catalogue: Catalogue, attribute: str) -> ir.Column:
    """What a catalogue says of the entry whose key stands in a column; null where none stands there.

    Entries of which it says the same are looked for together, and most of them not at all: what is none
    of the others is one of these, since what a column refers to is in its catalogue.
    """
    given = [values[attribute] for values in catalogue.entries.values()]
    decimals = [value for value in given if isinstance(value, Decimal)]
    places = max(map(_places_of, decimals), default=0)
    physical = (f"decimal(38, {places})" if places else "int64") if decimals else None
    alike: dict[Constant, list[str]] = {}
    for entry, values in catalogue.entries.items():
        alike.setdefault(values[attribute], []).append(entry)
    if not alike:
        return ibis.null()
    *fewer, most = sorted(alike.items(), key=lambda each: len(each[1]))
    branches = [(key.isin(entries), ibis.literal(value, physical)) for value, entries in fewer]
    return ibis.cases(*branches, (key.notnull(), ibis.literal(most[0], physical)))


def _places_of(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
