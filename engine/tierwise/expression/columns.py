"""Expressions over columns: each becomes part of a relational plan.

``and``, ``or``, ``not``, ``in``, chains and conditionals cannot be overloaded in Python, so they
are mapped here; ``+ - * /`` and comparisons use what the columns themselves define.

A database knows a third answer beside true and false; a rule does not. A comparison with a
missing value does not hold, and neither does a missing condition; ``not`` turns what does not
hold into what holds. So wherever the third answer would make a difference it is made false.
"""

from __future__ import annotations

import ast
import datetime
import functools
import operator
from collections.abc import Callable
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import ibis

from tierwise.expression.evaluator import Evaluator
from tierwise.expression.functions import FUNCTIONS
from tierwise.expression.parse import Expression
from tierwise.expression.scalars import ARITHMETIC
from tierwise.months import parse_date, parse_month

Constant = bool | int | str | Decimal | Fraction
EXACT = Context(prec=80)

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip


class ColumnEvaluator(Evaluator[Any]):
    """Turns expressions into Ibis columns; months are whole numbers (``months.month_number``).

    A name may also stand for an exact number of the plan (``rational.Rational``), which brings
    its own operators; so constants stay Python's own until they meet a column.
    """

    def value(self, expression: Expression) -> Any:
        """The column that an expression makes; a condition that is missing does not hold."""
        return _column(super().value(expression))

    def raw(self, expression: Expression) -> Any:
        """The same, but an exact number or a constant of Python stays one."""
        return super().value(expression)

    def _constant(self, node: ast.Constant) -> Any:
        return node.value

    def _unary(self, node: ast.UnaryOp) -> Any:
        if isinstance(node.op, ast.Not):
            return ~_column(self._condition(node.operand))
        value = self._eval(node.operand)
        value = Fraction(value) if isinstance(value, Decimal) else value
        return -value if isinstance(node.op, ast.USub) else value

    def _binary(self, node: ast.BinOp) -> Any:
        left, right = self._eval(node.left), self._eval(node.right)
        if isinstance(left, Constant) and isinstance(right, Constant):
            left, right = Fraction(left), Fraction(right)  # Decimals would be rounded
        if isinstance(node.op, ast.Mult):
            for one, other in ((left, right), (right, left)):
                if isinstance(one, Constant) and one == 1 and isinstance(other, ibis.Value):
                    return other
            return _product(*_aligned(left, right))
        return ARITHMETIC[type(node.op)](*_aligned(left, right))

    def _logical(self, node: ast.BoolOp) -> Any:
        join = operator.and_ if isinstance(node.op, ast.And) else operator.or_
        return functools.reduce(join, [_column(self._eval(value)) for value in node.values])

    def _comparison(self, node: ast.Compare) -> Any:
        nodes = [node.left, *node.comparators]
        pairs = zip(nodes, node.ops, nodes[1:], strict=False)
        parts = [_column(self._pair(left, compare, right)) for left, compare, right in pairs]
        return functools.reduce(operator.and_, parts)

    def _pair(self, left: ast.expr, compare: ast.cmpop, right: ast.expr) -> Any:
        first = self._two_valued(left)
        if isinstance(compare, ast.In | ast.NotIn):
            return _membership(first, isinstance(compare, ast.In), self._eval(right))
        second = self._two_valued(right)
        sides = _aligned(_as_time(first, second), _as_time(second, first))
        return _COMPARE[type(compare)](*sides)

    def _conditional(self, node: ast.IfExp) -> Any:
        test = _column(self._eval(node.test))
        body, other = self._eval(node.body), self._eval(node.orelse)
        exact = self._exact_number()
        calculated = _is_number(body) or _is_number(other)
        if exact is not None and (calculated or _is_exact(body) or _is_exact(other)):
            body = body if _is_exact(body) else exact.of_number(body)
            return body.where(test, other)
        return ibis.ifelse(test, *_aligned(_column(body), _column(other)))

    def _function(self, node: ast.Call) -> Any:
        function = FUNCTIONS[ast.unparse(node.func)]
        values = [self._two_valued(argument) for argument in node.args]
        if all(isinstance(value, Constant) for value in values):
            known = function.of_single([_single(value) for value in values])
            return ibis.literal(known) if isinstance(known, datetime.date) else known
        exact = self._exact_number()
        if function.exact is not None and any(_is_exact(value) for value in values):
            return function.exact(*(exact.of_number(value) if isinstance(value, Constant) else value
                                    for value in values))  # fmt: skip
        columns = [value.whole_column() if _is_exact(value) else _column(value) for value in values]
        column = function.column(*_aligned(*columns))
        # Among exact numbers a column of numbers is one as well, so that it can meet them.
        is_number = exact is not None and column.type().is_numeric()
        return exact.of_column(column) if is_number else column

    def _exact_number(self) -> Any:
        """One of the plan's exact numbers, by which others can be made; None over rows."""
        return next((value for value in self.values.values() if _is_exact(value)), None)

    def _condition(self, node: ast.expr) -> Any:
        """A condition that is true or false, never missing."""
        return _held(self._eval(node))

    def _two_valued(self, node: ast.expr) -> Any:
        """A value; where it is a condition that is worked out, true or false."""
        value = self._eval(node)
        worked_out = isinstance(node, ast.Compare | ast.BoolOp | ast.IfExp) or (
            isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))  # fmt: skip
        is_condition = isinstance(value, ibis.Value) and value.type().is_boolean()
        return _held(value) if worked_out and is_condition else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool)


def _is_exact(value: Any) -> bool:
    """Whether a value is one of the plan's exact numbers, neither a column nor a constant."""
    return not isinstance(value, ibis.Value | Constant | tuple)


def _column(value: Any) -> Any:
    """A constant as a column; what is one already, or an exact number, as it is."""
    if isinstance(value, Fraction):
        whole = value.denominator == 1
        value = int(value) if whole else EXACT.divide(value.numerator, value.denominator)
    if isinstance(value, Decimal):
        return decimal_literal(value)
    return ibis.literal(value) if isinstance(value, Constant) else value


def decimal_literal(number: Decimal) -> Any:
    """A decimal constant of the type that holds its digits."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int), "the grammar has no infinity"
    return ibis.literal(number, f"decimal(38, {max(0, -exponent)})")


def _held(condition: Any) -> Any:
    return condition.fill_null(False) if isinstance(condition, ibis.Value) else condition


def _single(value: Any) -> Any:
    """A constant as single values are: its numbers are fractions."""
    return Fraction(value) if _is_number(value) else value


def _membership(item: Any, wanted: bool, items: Any) -> Any:
    """Whether an item is one of a list's; with a missing item neither holds."""
    if isinstance(item, ibis.Value):
        return item.isin(items) if wanted else item.notin(items)
    each = [_column(item == other) for other in items]
    among = functools.reduce(operator.or_, each)
    return among if wanted else ~among


def _aligned(*sides: Any) -> tuple[Any, ...]:
    """Sides of which one is a decimal as decimals of the same type; others as they are.

    Ibis finds no common type for decimals with different digits; the wider one loses nothing.
    """
    if any(isinstance(side, ibis.Value) for side in sides):
        sides = tuple(_column(side) if isinstance(side, Decimal | Fraction) else side
                      for side in sides)  # fmt: skip
    types = [side.type() for side in sides if isinstance(side, ibis.Value)]
    decimals = [each for each in types if each.is_decimal()]
    if (
        not decimals
        or all(each == types[0] for each in types)
        or not all(each.is_decimal() or each.is_integer() for each in types)
    ):
        return sides
    physical = f"decimal(38, {max(each.scale or 0 for each in decimals)})"
    return tuple(side.cast(physical) if isinstance(side, ibis.Value) else side for side in sides)


def _product(left: Any, right: Any) -> Any:
    """A product as the decimal that loses no digit.

    Ibis takes a product for no longer than its factors; told only once, it would leave it at that.
    """
    types = [side.type() for side in (left, right) if isinstance(side, ibis.Value)]
    places = sum(each.scale or 0 for each in types if each.is_decimal())
    product = left * right
    if not places:
        return product
    return product.cast(f"decimal(37, {places})").cast(f"decimal(38, {places})")


def _as_time(value: Any, other: Any) -> Any:
    """A text constant beside a date or a month, as that date or month."""
    if isinstance(value, str) and _is_exact(other):
        return parse_month(value)  # a month is read as an exact number is
    if not isinstance(value, str) or not isinstance(other, ibis.Value):
        return value
    if other.type().is_date():
        return ibis.literal(parse_date(value))
    return parse_month(value) if other.type().is_integer() else value
