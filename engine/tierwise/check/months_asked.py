"""Conditions on the months of facts ask for none that the window of their measure does not have."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from fractions import Fraction

from tierwise.diagnostics import Diagnostic, Severity, shown
from tierwise.expression.intervals import Interval
from tierwise.expression.parse import Expression
from tierwise.expression.possible import mirrored
from tierwise.expression.ranges import pairs_of
from tierwise.expression.typed import literal, path_of
from tierwise.measures.rows import Window
from tierwise.program.program import Program

CODE = "outside-window"


def check(program: Program) -> Iterable[Diagnostic]:
    """A warning for each comparison of a fact's month that asks for more than is read."""
    for option in program.options:
        for _, measure in option.measured:
            window = measure.counted
            if measure.window is None or window is None:
                continue
            for expression in measure.rows.during:
                yield from _of_condition(expression, window)


def _of_condition(expression: Expression, window: Window) -> Iterator[Diagnostic]:
    newest, oldest = -window.last, -window.first
    read = f"{newest} to {oldest}" if newest < oldest else str(oldest)
    for node in ast.walk(expression.tree):
        if not isinstance(node, ast.Compare):
            continue
        for pair in pairs_of(node):
            outside = next((ago for ago in _asked(*pair) if _is_outside(ago, newest, oldest)), None)
            if outside is not None:
                text = ast.get_source_segment(expression.text, node) or expression.text
                yield Diagnostic(CODE, f"{shown(text)} asks for months that are not read: those of "
                                 f"the window lie {read} months before the as-of month",
                                 expression.span, "make 'over' longer, or correct the condition",
                                 Severity.WARNING)  # fmt: skip


def _is_outside(ago: Interval, newest: int, oldest: int) -> bool:
    """Whether the window ends before what is asked for does; with 'at least so many' it may."""
    ends_later = ago.high is not None and (ago.high > oldest or ago.high < newest)
    return ends_later or (ago.low is not None and ago.low > oldest)


def _asked(left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Iterator[Interval]:
    """By how many months a fact may lie before the as-of month, where a comparison says that."""
    if isinstance(sign, ast.In) and isinstance(right, ast.List):
        for item in right.elts:
            yield from _asked(left, ast.Eq(), item)
        return
    for one, compare, other in ((left, sign, right), (right, mirrored(sign), left)):
        direction, number = _direction(one), literal(other)
        if direction and isinstance(number, int):
            way = compare if direction > 0 else mirrored(compare)
            ago = _interval(way, Fraction(number * direction))
            yield from () if ago is None else (ago,)


def _direction(node: ast.expr) -> int:
    """1 where it is the months from a fact's to the as-of month, -1 the other way round, else 0."""
    if isinstance(node, ast.Call) and path_of(node.func) == "months_between":
        sides = [path_of(each) for each in node.args]
        return 1 if sides == ["month", "as_of"] else -1 if sides == ["as_of", "month"] else 0
    return 0


def _interval(sign: ast.cmpop, number: Fraction) -> Interval | None:
    match sign:
        case ast.Eq():
            return Interval.of(number)
        case ast.Lt() | ast.LtE():
            return Interval.between(None, number, high_open=isinstance(sign, ast.Lt), whole=True)
        case ast.Gt() | ast.GtE():
            return Interval.between(number, None, low_open=isinstance(sign, ast.Gt), whole=True)
    return None
