"""Expressions over the values of scored ones, exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from tierwise.expression.columns import ColumnEvaluator
from tierwise.expression.parse import Expression
from tierwise.rational import Rational

Read = Callable[[ir.Table], object]
"""How something that expressions name is read from a table: an exact number, a column, a constant."""
AddStep = Callable[[str, str, ir.Table, bool], ir.Table]
"""Adds a step of a name and title, stored or not; gives its table for later ones to read."""


@dataclass(frozen=True)
class Scope:
    """The rows of a table, a scored one each, and how what has a name is read from them."""

    table: ir.Table
    readers: Mapping[str, Read]

    def _evaluate(self, expression: Expression) -> object:
        values = {name: self.readers[name](self.table) for name in expression.names}
        # An exact number is at hand, so that numbers that meet no other are exact as well.
        values[" "] = Rational.of_number(0)
        return ColumnEvaluator(values).raw(expression)

    def read(self, name: str) -> Rational:
        """A number that has a name."""
        return exact(self.readers[name](self.table))

    def holds(self, condition: Expression) -> ir.BooleanValue:
        """Whether a condition holds."""
        value = self._evaluate(condition)
        if isinstance(value, bool):
            return ibis.literal(value)
        assert isinstance(value, ir.BooleanValue), "conditions are typed"
        return value.fill_null(False)

    def number(self, expression: Expression) -> Rational:
        """What an expression that is a number gives."""
        return exact(self._evaluate(expression))

    def column(self, expression: Expression) -> ir.Value:
        """What an expression that is no number gives."""
        value = self._evaluate(expression)
        return value if isinstance(value, ir.Value) else ibis.literal(value)


def exact(value: object) -> Rational:
    """A number of any sort as an exact one."""
    if isinstance(value, Rational):
        return value
    if isinstance(value, int | Decimal | Fraction):
        return Rational.of_number(value)
    assert isinstance(value, ir.NumericValue), "numbers are typed"
    return Rational.of_column(value)
