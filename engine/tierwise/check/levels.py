"""Every level can be reached, and not only where a level above it holds too.

What may be named in a condition has a range (``program.value_ranges``), and a level is given where
its condition holds and none above it does; where that cannot be met together, it is never given.

Levels that ask for the score alone are judged more closely. Their conditions compare linear terms
of it; so between two neighbouring scores at which two terms are equal nothing changes, and it is
enough to try each of those, a point on either side of it, and both ends. Where a term is not linear
nothing is claimed in this way.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Sequence
from fractions import Fraction

from tierwise.diagnostics import Diagnostic, shown
from tierwise.expression.possible import Possible
from tierwise.expression.scalars import ScalarEvaluator
from tierwise.expression.typed import literal
from tierwise.program.option import SCORE, Level, Option
from tierwise.program.program import Program
from tierwise.program.value_ranges import option_ranges
from tierwise.quantity import plain_decimal

CODE = "unreachable-level"

Line = tuple[Fraction, Fraction]
"""slope × score + constant."""


def check(program: Program) -> Iterable[Diagnostic]:
    """A finding for each level that is never given."""
    for option in program.options:
        place = option_ranges(option, program.contract).of_levels()
        numbers = place.names(SCORE).numbers
        least = numbers.low if numbers is not None and numbers.low is not None else Fraction(0)
        held, given = _by_score(option, least)
        for number, level in enumerate(option.levels):
            above = option.levels[:number]
            none_above = [(each.when.tree, False) for each in above]
            if place.never(level.when.tree) or (level.id in held and not held[level.id]):
                why = _nothing_meets(level, place)
            elif level.id in held.keys() - given or place.never(level.when.tree, *none_above):
                why = _why(level, above, place)
            else:
                continue
            yield Diagnostic(CODE, f"the level '{level.id}' is never given: {why}", level.when.span,
                             "levels stand best first; correct the condition or the order")  # fmt: skip


def _why(level: Level, above: Sequence[Level], place: Possible) -> str:
    """Which level above it keeps a level from being given, if one does it alone."""
    text = ast.dump(level.when.tree)
    for other in above:
        if ast.dump(other.when.tree) == text:
            return f"'{other.id}' above it asks for the same"
    for other in above:
        if place.always(other.when.tree, (level.when.tree, True)):
            return f"'{other.id}' above it holds wherever it does"
    return "levels above it hold wherever it does"


def _nothing_meets(level: Level, place: Possible) -> str:
    """That a condition never holds, with what is known of the points that it names."""
    known = []
    for name in sorted(level.when.names):
        numbers = place.names(name).numbers
        if numbers is not None and numbers.low is not None and numbers.high is not None:
            known.append(f"{name} is from {plain_decimal(numbers.low)} to "
                         f"{plain_decimal(numbers.high)}")  # fmt: skip
    points = [name for name in level.when.names if name.startswith("points.")]
    if points and "score" in level.when.names:
        known.append("the score is the sum of the points")
    because = f", since {', '.join(known)}" if known else ""
    return f"{shown(level.when.text)} never holds{because}"


def _by_score(option: Option, least: Fraction) -> tuple[dict[str, bool], set[str]]:
    """Of the levels that ask for the score alone: whether any score meets each, and which are given.

    None of them where that cannot be told.
    """
    most = (
        option.max_score or option.most_points()
    )  # whether they agree is another check's question
    levels = [level for level in option.levels if level.when.names <= {"score"}]
    scores = _scores(levels, least, most)
    if scores is None:
        return {}, set()
    names = [
        [each.id for each in levels if ScalarEvaluator({"score": score}).value(each.when)]
        for score in scores
    ]
    held = {each for held_here in names for each in held_here}
    return {each.id: each.id in held for each in levels}, {each[0] for each in names if each}


def _scores(levels: Sequence[Level], least: Fraction, most: Fraction) -> list[Fraction] | None:
    """Scores that between them meet every combination of the levels' conditions, if they can."""
    turns = {least, most}
    for level in levels:
        for node in ast.walk(level.when.tree):
            if isinstance(node, ast.Compare):
                turns_here = _turns(node)
                if turns_here is None:
                    return None
                turns |= {each for each in turns_here if least <= each <= most}
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
        case ast.Call():
            return None  # rounding, and choosing, is not linear
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
