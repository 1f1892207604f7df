"""Expressions over single values: numbers are fractions, so that a decision is exact.

A comparison with a missing value does not hold, and neither does a missing condition; ``not``
turns what does not hold into what holds. ``columns`` means the same.
"""

from __future__ import annotations

import ast
import datetime
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tierwise.expression.evaluator import Evaluator
from tierwise.expression.functions import FUNCTIONS
from tierwise.months import parse_date, parse_month

Scalar = Fraction | str | bool | datetime.date | int | None | tuple[str | Fraction, ...]

ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.In: lambda item, items: item in items, ast.NotIn: lambda item, items: item not in items,
}  # fmt: skip


class ScalarEvaluator(Evaluator[Any]):
    """Decides expressions over one set of values; months are numbers (``months.month_number``)."""

    def _constant(self, node: ast.Constant) -> Scalar:
        value: Any = node.value
        return value if isinstance(value, bool | str) else Fraction(value)

    def _unary(self, node: ast.UnaryOp) -> Any:
        value = self._eval(node.operand)
        if isinstance(node.op, ast.Not):
            return not value
        return None if value is None else (-value if isinstance(node.op, ast.USub) else value)

    def _binary(self, node: ast.BinOp) -> Any:
        left, right = self._eval(node.left), self._eval(node.right)
        return None if left is None or right is None else ARITHMETIC[type(node.op)](left, right)

    def _logical(self, node: ast.BoolOp) -> bool:
        decide = all if isinstance(node.op, ast.And) else any
        return decide(bool(self._eval(value)) for value in node.values)

    def _comparison(self, node: ast.Compare) -> bool:
        sides = [self._eval(node.left), *(self._eval(side) for side in node.comparators)]
        pairs = zip(sides, node.ops, sides[1:], strict=False)
        return all(
            left is not None
            and right is not None
            and _COMPARE[type(compare)](_as_time(left, right), _as_time(right, left))
            for left, compare, right in pairs
        )

    def _conditional(self, node: ast.IfExp) -> Any:
        return self._eval(node.body if self._eval(node.test) else node.orelse)

    def _function(self, node: ast.Call) -> Any:
        values = [self._eval(argument) for argument in node.args]
        return FUNCTIONS[ast.unparse(node.func)].of_single(values)


def _as_time(value: Any, other: Any) -> Any:
    """A text beside a date or a month, as that date or month."""
    if not isinstance(value, str) or isinstance(other, str | tuple):
        return value
    return parse_date(value) if isinstance(other, datetime.date) else parse_month(value)
