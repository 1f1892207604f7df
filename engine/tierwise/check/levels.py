"""Every level can be reached: by some score, and not only where a level above it holds too.

Conditions compare the score with constants; so between two neighbouring constants nothing
changes, and it is enough to try each constant, a point on either side of it, and both ends.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from tierwise.diagnostics import Diagnostic
from tierwise.expression.parse import constant
from tierwise.expression.scalars import ScalarEvaluator
from tierwise.program.program import Option, Program
from tierwise.quantity import plain_decimal

CODE = "unreachable-level"


def check(program: Program) -> Iterable[Diagnostic]:
    """A finding for each level that no score gives."""
    for option in program.options:
        reached: set[str] = set()
        most = sum((metric.max_points for metric in option.metrics), Fraction(0))
        scores = _scores(option, most)
        for score in scores:
            evaluator = ScalarEvaluator({"score": score})
            first = next((each for each in option.levels if evaluator.value(each.when)), None)
            if first is not None:
                reached.add(first.id)
        for level in option.levels:
            if level.id in reached:
                continue
            holds = any(ScalarEvaluator({"score": score}).value(level.when) for score in scores)
            why = "a level above it holds wherever it does" if holds else (
                f"no score from 0 to {plain_decimal(most)} meets '{level.when.text}'")  # fmt: skip
            yield Diagnostic(CODE, f"the level '{level.id}' is never given: {why}", level.when.span,
                             "levels stand best first; correct the condition or the order")  # fmt: skip


def _scores(option: Option, most: Fraction) -> list[Fraction]:
    """Scores that between them meet every combination of the levels' conditions."""
    values = (
        constant(node)
        for level in option.levels
        for node in ast.walk(level.when.tree)
        if isinstance(node, ast.Constant)
    )
    constants = {Fraction(value) for value in values if isinstance(value, int | Decimal)}
    points = sorted({Fraction(0), most, *(each for each in constants if 0 <= each <= most)})
    between = [(low + high) / 2 for low, high in itertools.pairwise(points)]
    return sorted([*points, *between])
