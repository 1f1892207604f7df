"""Every level can be reached: by some score, and not only where a level above it holds too.

Conditions compare linear terms of the score; so between two neighbouring scores at which two
terms are equal nothing changes, and it is enough to try each of those, a point on either side of
it, and both ends. Where a term is not linear nothing is claimed,
nor of a level that asks for more than the score.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Sequence
from fractions import Fraction

from tierwise.diagnostics import Diagnostic, shown
from tierwise.expression.scalars import ScalarEvaluator
from tierwise.expression.typed import literal
from tierwise.program.option import Level
from tierwise.program.program import Program
from tierwise.quantity import plain_decimal

CODE = "unreachable-level"

Line = tuple[Fraction, Fraction]
"""slope × score + constant."""


def check(program: Program) -> Iterable[Diagnostic]:
    """A finding for each level that no score gives."""
    for option in program.options:
        most = (
            option.max_score or option.most_points()
        )  # whether they agree is another check's question
        levels = [level for level in option.levels if level.when.names <= {"score"}]
        scores = _scores(levels, most)
        if scores is None:
            continue
        held = {
            score: [each.id for each in levels
                    if ScalarEvaluator({"score": score}).value(each.when)]
            for score in scores
        }  # fmt: skip
        given = {names[0] for names in held.values() if names}
        for level in levels:
            if level.id in given:
                continue
            why = f"no score from 0 to {plain_decimal(most)} meets {shown(level.when.text)}"
            if any(level.id in names for names in held.values()):
                why = "a level above it holds wherever it does"
            yield Diagnostic(CODE, f"the level '{level.id}' is never given: {why}", level.when.span,
                             "levels stand best first; correct the condition or the order")  # fmt: skip


def _scores(levels: Sequence[Level], most: Fraction) -> list[Fraction] | None:
    """Scores that between them meet every combination of the levels' conditions, if they can."""
    turns = {Fraction(0), most}
    for level in levels:
        for node in ast.walk(level.when.tree):
            if isinstance(node, ast.Compare):
                turns_here = _turns(node)
                if turns_here is None:
                    return None
                turns |= {each for each in turns_here if 0 <= each <= most}
    points = sorted(turns)
    between = [(low + high) / 2 for low, high in itertools.pairwise(points)]
    return sorted([*points, *between])


def _turns(compare: ast.Compare) -> set[Fraction] | None:
    """The scores at which two terms of a comparison are equal; None where one is not linear."""
    sides = [compare.left, *compare.comparators]
    turns: set[Fraction] = set()
    for left, right in itertools.pairwise(sides):
        others = right.elts if isinstance(right, ast.List) else [right]
        for other in others:
            firsts, seconds = _lines(left), _lines(other)
            if firsts is None or seconds is None:
                return None
            for first, second in itertools.product(firsts, seconds):
                slope = first[0] - second[0]
                if slope:
                    turns.add((second[1] - first[1]) / slope)
    return turns


def _lines(node: ast.expr) -> list[Line] | None:
    """What a term may be, one line for each branch of its conditionals."""
    number = literal(node)
    if number is not None:
        # Two conditions that are compared change where they do, which is tried for themselves.
        return [(Fraction(0), Fraction(str(number)))] if not isinstance(number, bool | str) else []
    match node:
        case ast.Name():
            return [(Fraction(1), Fraction(0))] if node.id == "score" else []
        case ast.UnaryOp(op=ast.UAdd() | ast.USub()):
            sign = -1 if isinstance(node.op, ast.USub) else 1
            lines = _lines(node.operand)
            return None if lines is None else [(sign * slope, sign * at) for slope, at in lines]
        case ast.IfExp():
            body, other = _lines(node.body), _lines(node.orelse)
            return None if body is None or other is None else [*body, *other]
        case ast.BinOp():
            left, right = _lines(node.left), _lines(node.right)
            if left is None or right is None:
                return None
            every = [_combined(node.op, one, two) for one, two in itertools.product(left, right)]
            lines = [line for line in every if line is not None]
            return lines if len(lines) == len(every) else None
        case _:
            return []


def _combined(operator: ast.operator, left: Line, right: Line) -> Line | None:
    match operator:
        case ast.Add():
            return left[0] + right[0], left[1] + right[1]
        case ast.Sub():
            return left[0] - right[0], left[1] - right[1]
        case ast.Mult() if not left[0] or not right[0]:
            return left[0] * right[1] + right[0] * left[1], left[1] * right[1]
        case ast.Div() if not right[0] and right[1]:
            return left[0] / right[1], left[1] / right[1]
        case _:
            return None
