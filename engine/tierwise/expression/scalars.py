"""Expressions over single values: numbers are fractions, so that a decision is exact."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tierwise.expression.evaluator import Evaluator

Scalar = Fraction | str | bool | None | tuple[str, ...]

ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.In: lambda item, items: item in items, ast.NotIn: lambda item, items: item not in items,
}  # fmt: skip


class ScalarEvaluator(Evaluator[Any]):
    """Decides expressions over one set of values; a missing value makes a comparison false."""

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
        if left is None or right is None or (isinstance(node.op, ast.Div) and right == 0):
            return None
        return ARITHMETIC[type(node.op)](left, right)

    def _logical(self, node: ast.BoolOp) -> bool:
        decide = all if isinstance(node.op, ast.And) else any
        return decide(bool(self._eval(value)) for value in node.values)

    def _comparison(self, node: ast.Compare) -> bool:
        sides = [self._eval(node.left), *(self._eval(side) for side in node.comparators)]
        pairs = zip(sides, node.ops, sides[1:], strict=False)
        return all(
            left is not None and right is not None and _COMPARE[type(compare)](left, right)
            for left, compare, right in pairs
        )

    def _conditional(self, node: ast.IfExp) -> Any:
        return self._eval(node.body if self._eval(node.test) else node.orelse)

    def _function(self, node: ast.Call) -> bool:
        present = self._eval(node.args[0]) is not None
        return present if ast.unparse(node.func) == "present" else not present
