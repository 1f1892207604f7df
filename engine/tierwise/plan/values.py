"""Values in the order in which they name each other: each becomes columns of one wide table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir

from tierwise.plan.scope import Read, Scope
from tierwise.program.program import Calculated, Value
from tierwise.rational import Rational

AddStep = Callable[[str, str, ir.Table, bool], ir.Table]
"""Adds a step of a name and title, stored or not; gives its table for later ones to read."""


@dataclass(frozen=True)
class Valued:
    """A table with a row a scored one (or one and a month), and how what has a name is read."""

    table: ir.Table
    readers: Mapping[str, Read]

    def scope(self, **more: Read) -> Scope:
        """What expressions see, with some more names."""
        return Scope(self.table, {**self.readers, **more})


def part_column(value: str, part: str) -> str:
    """The column of a value's folded part."""
    return f"{value}:{part}"


def with_parts(
    table: ir.Table, folded: Mapping[str, tuple[ir.Table, Sequence[str]]], keys: Sequence[str]
) -> ir.Table:
    """A table joined to folded parts by value; who has none has parts of 0."""
    filled: list[str] = []
    for index, (value, (parts, names)) in enumerate(folded.items()):
        own = {part_column(value, name): parts[name] for name in names}
        marked = parts.select(**{f"{index}:{key}": parts[key] for key in keys}, **own)
        match = [table[key] == marked[f"{index}:{key}"] for key in keys]
        table = table.left_join(marked, match).drop(*(f"{index}:{key}" for key in keys))
        filled += own
    return table.mutate(**{name: table[name].fill_null(0) for name in filled}) if filled else table


def valued(
    table: ir.Table, values: Sequence[Value], readers: Mapping[str, Read], add_step: AddStep
) -> Valued:
    """A table with parts to one with all values.

    Args:
        table: with the part columns of the values that are measured or looked back at.
        values: each behind those that it names.
        readers: of what else expressions may name.
        add_step: adds a step to the plan.
    """
    known = dict(readers)
    for value in values:
        for part in value.parts:
            known[f"{value.id}.{part}"] = number_reader(part_column(value.id, part))
    waiting, layer = list(values), 0
    while waiting:
        ready = [value for value in waiting if _names(value, values) <= known.keys()]
        scope = Scope(table, known)
        columns: dict[str, ir.Value] = {}
        for value in ready:
            own, known[value.id] = _columns(value, scope)
            columns.update(own)
        layer += 1
        name = "values" if layer == 1 else f"values:{layer}"
        table = add_step(name, name, table.mutate(**columns), True)
        waiting = [value for value in waiting if value not in ready]
    return Valued(table, known)


def _names(value: Value, values: Sequence[Value]) -> set[str]:
    """The values that one needs."""
    if not isinstance(value.source, Calculated):
        return set()
    named = {name.partition(".")[0] for name in value.source.expression.names}
    return named & {each.id for each in values}


def _columns(value: Value, scope: Scope) -> tuple[dict[str, ir.Value], Read]:
    """The columns that keep a value, and how it is read from them."""
    if isinstance(value.source, Calculated) and not value.kind.is_number:
        is_condition = value.kind == "boolean"
        expression = value.source.expression
        column = scope.holds(expression) if is_condition else scope.column(expression)
        return {value.id: column}, lambda table: table[value.id]
    number = _number(value, scope)
    columns, read = number.kept(f"{value.id}:value")
    return columns, read


def _number(value: Value, scope: Scope) -> Rational:
    if isinstance(value.source, Calculated):
        return scope.number(value.source.expression)
    if value.measure is None:
        return Rational.of_column(scope.table[part_column(value.id, "value")])
    parts = {part: Rational.of_column(scope.table[part_column(value.id, part)])
             for part in value.measure.parts}  # fmt: skip
    return value.measure.value(parts)


def number_reader(column: str) -> Read:
    """How a column of numbers is read."""
    return lambda table: Rational.of_column(table[column])
