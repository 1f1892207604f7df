"""Expressions over columns: each becomes part of a relational plan.

``and``, ``or``, ``not``, ``in``, chains and conditionals cannot be overloaded in Python, so they
are mapped here; ``+ - * /`` and comparisons use what the columns themselves define.
"""

from __future__ import annotations

import ast
import functools
import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import ibis

from tierwise.expression.evaluator import Evaluator
from tierwise.expression.scalars import ARITHMETIC
from tierwise.months import month_number, parse_date

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip


class ColumnEvaluator(Evaluator[Any]):
    """Turns expressions into Ibis columns; months are whole numbers (``months.month_number``)."""

    def _constant(self, node: ast.Constant) -> Any:
        value: Any = node.value
        return ibis.literal(value) if isinstance(value, bool | str) else value

    def _unary(self, node: ast.UnaryOp) -> Any:
        value = self._eval(node.operand)
        if isinstance(node.op, ast.Not):
            return ~value if not isinstance(value, bool) else not value
        return -value if isinstance(node.op, ast.USub) else value

    def _binary(self, node: ast.BinOp) -> Any:
        left, right = self._eval(node.left), self._eval(node.right)
        if isinstance(node.op, ast.Mult):
            for one, other in ((left, right), (right, left)):
                if isinstance(one, int | Decimal) and one == 1:
                    return other
        return ARITHMETIC[type(node.op)](*_aligned(left, right))

    def _logical(self, node: ast.BoolOp) -> Any:
        join = operator.and_ if isinstance(node.op, ast.And) else operator.or_
        return functools.reduce(join, [self._eval(value) for value in node.values])

    def _comparison(self, node: ast.Compare) -> Any:
        nodes = [node.left, *node.comparators]
        pairs = zip(nodes, node.ops, nodes[1:], strict=False)
        parts = [self._pair(left, compare, right) for left, compare, right in pairs]
        return functools.reduce(operator.and_, parts)

    def _pair(self, left: ast.expr, compare: ast.cmpop, right: ast.expr) -> Any:
        first, second = self._eval(left), self._eval(right)
        if isinstance(compare, ast.In):
            return first.isin(second)
        if isinstance(compare, ast.NotIn):
            return first.notin(second)
        sides = _as_time(first, left, second), _as_time(second, right, first)
        return _COMPARE[type(compare)](*_aligned(*sides))

    def _conditional(self, node: ast.IfExp) -> Any:
        test, body, other = (self._eval(part) for part in (node.test, node.body, node.orelse))
        return ibis.ifelse(test, *_aligned(body, other))

    def _function(self, node: ast.Call) -> Any:
        arguments = [self._eval(argument) for argument in node.args]
        match ast.unparse(node.func):
            case "present":
                return arguments[0].notnull()
            case "missing":
                return arguments[0].isnull()
            case _:
                start, end = (_month_of(argument) for argument in arguments)
                return end - start


def decimal_literal(number: Decimal) -> Any:
    """A decimal constant of the type that holds its digits."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int), "the grammar has no infinity"
    return ibis.literal(number, f"decimal(38, {max(0, -exponent)})")


def _aligned(left: Any, right: Any) -> tuple[Any, Any]:
    """Two sides of which one is a decimal as decimals of the same type; others as they are.

    Ibis finds no common type for decimals with different digits; the wider one loses nothing.
    """
    if isinstance(left, ibis.Value) and isinstance(right, Decimal):
        right = decimal_literal(right)
    elif isinstance(right, ibis.Value) and isinstance(left, Decimal):
        left = decimal_literal(left)
    types = [side.type() for side in (left, right) if isinstance(side, ibis.Value)]
    decimals = [each for each in types if each.is_decimal()]
    if (
        not decimals
        or all(each == types[0] for each in types)
        or not all(each.is_decimal() or each.is_integer() for each in types)
    ):
        return left, right
    physical = f"decimal(38, {max(each.scale or 0 for each in decimals)})"
    left, right = (
        side.cast(physical) if isinstance(side, ibis.Value) else side for side in (left, right)
    )
    return left, right


def _month_of(column: Any) -> Any:
    """A column's month number: of a date the month it lies in, of a month itself."""
    return month_number(column.year(), column.month()) if column.type().is_date() else column


def _as_time(value: Any, node: ast.expr, other: Any) -> Any:
    """A text constant beside a date or a month, as that date or month."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return value
    kind = other.type() if hasattr(other, "type") else None
    if kind is not None and kind.is_date():
        return ibis.literal(parse_date(node.value))
    if kind is not None and kind.is_integer():
        year, month = node.value.split("-")
        return month_number(int(year), int(month))
    return value
