"""No fold adds up quotients: their denominators differ from place to place, so no sum is exact."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from tierwise.diagnostics import Diagnostic
from tierwise.expression.parse import Expression
from tierwise.expression.typed import literal, path_of
from tierwise.measures.average import Average
from tierwise.measures.growth import Growth
from tierwise.points.every import Every
from tierwise.points.formula import Formula
from tierwise.points.proportional import Proportional
from tierwise.program.option import (
    LOWEST_POINTS,
    SCORE,
    Calculated,
    Fold,
    Folded,
    Metric,
    Option,
    Ranked,
    Value,
    points_of,
)  # fmt: skip
from tierwise.program.program import Program

CODE = "inexact-sum"


def check(program: Program) -> Iterable[Diagnostic]:
    """A finding for each total or average of what is divided by something that differs."""
    for option in program.options:
        quotients = _Quotients(option)
        for value in option.values:
            source = value.source
            if not isinstance(source, Folded) or source.fold not in (Fold.TOTAL, Fold.AVERAGE):
                continue
            if quotients.is_one(source.expression, None):
                yield Diagnostic(CODE, f"a {source.fold.value} of what is divided by another value "
                                 "cannot be exact", value.span, "fold what is divided and what it is "
                                 "divided by apart, and divide then")  # fmt: skip


@dataclass
class _Quotients:
    """Which names of an option are divided by something that is no constant."""

    option: Option
    known: dict[str, bool] = field(default_factory=dict)

    def of(self, name: str) -> bool:
        if name not in self.known:
            self.known[name] = False
            self.known[name] = self._of(name)
        return self.known[name]

    def _of(self, name: str) -> bool:
        option = self.option
        value = next((each for each in option.values if each.id == name), None)
        if value is not None:
            return self._of_value(value)
        if name in (SCORE, LOWEST_POINTS):
            return any(self.of(points_of(each.id)) for each in option.metrics)
        metric = next((each for each in option.metrics if points_of(each.id) == name), None)
        if metric is not None:
            return self._of_points(metric)
        group = next((each for each in option.groups if points_of(each.id) == name), None)
        return group is not None and any(map(self.of, option.members(group.id)))

    def _of_value(self, value: Value) -> bool:
        match value.source:
            case Calculated(expression):
                return self.is_one(expression, value.id)
            case Folded(fold, expression, _):
                added = fold in (Fold.NUMBER_WITH, Fold.TOTAL)
                return fold is Fold.AVERAGE or (not added and self.is_one(expression, None))
            case Ranked() | Average() | Growth():
                return True
        return False

    def _of_points(self, metric: Metric) -> bool:
        match metric.points:
            case Proportional() | Every():
                return self.of(metric.id)
            case Formula(number):
                return self.is_one(number, metric.id)
        return False

    def is_one(self, expression: Expression, own: str | None) -> bool:
        """Whether an expression gives a quotient; ``own``: what it calls ``value``."""
        return self._in(expression.tree, own)

    def _in(self, node: ast.expr, own: str | None) -> bool:
        match node:
            case ast.Name(id="value") if own is not None:
                return self.of(own)
            case ast.Name() | ast.Attribute():
                return self.of(path_of(node) or "")
            case ast.IfExp():
                return self._in(node.body, own) or self._in(node.orelse, own)
            case ast.BinOp(op=ast.Div()) if literal(node.right) is None:
                return True
            case ast.BinOp():
                return self._in(node.left, own) or self._in(node.right, own)
            case ast.UnaryOp():
                return self._in(node.operand, own)
            case ast.Call():
                return any(self._in(each, own) for each in node.args)
        return False
