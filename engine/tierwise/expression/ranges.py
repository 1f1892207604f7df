"""What an expression may give, told from what its names may be: never less than it can.

A third way to read an expression beside ``scalars`` and ``columns``: over ``Range``, which stands
for all the values that something may have. What is not known may be anything, so that a finding
rests on what is proved alone.

To add a function, add its line to ``FUNCTION_RANGES``; without one it may give anything.
"""

from __future__ import annotations

import ast
import functools
import itertools
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from tierwise.expression.functions import FUNCTIONS
from tierwise.expression.intervals import ALL, Interval
from tierwise.expression.kinds import Kind
from tierwise.expression.typed import path_of

BOTH = frozenset({True, False})


@dataclass(frozen=True)
class Range:
    """What a value may be: which numbers, which of true and false, and whether it may be missing.

    ``numbers``: None where it is never a number. What may be a text or a date may be anything.
    """

    numbers: Interval | None = ALL
    truths: frozenset[bool] = BOTH
    missing: bool = True

    @staticmethod
    def number(numbers: Interval | None, missing: bool = False) -> Range:
        """Some number of an interval."""
        return Range(numbers, frozenset(), missing)

    @staticmethod
    def truth(*truths: bool) -> Range:
        """A condition that may be these; never missing."""
        return Range(None, frozenset(truths), False)

    @staticmethod
    def of_kind(kind: Kind | None, missing: bool = True) -> Range:
        """Any value of a kind."""
        if kind is Kind.BOOLEAN:
            return Range(None, BOTH, missing)
        if kind in (Kind.WHOLE, Kind.DECIMAL):
            return Range.number(Interval(whole=kind is Kind.WHOLE), missing)
        return Range(missing=missing)

    def __or__(self, other: Range) -> Range:
        """What either may be."""
        numbers = self.numbers or other.numbers
        if self.numbers is not None and other.numbers is not None:
            numbers = self.numbers | other.numbers
        return Range(numbers, self.truths | other.truths, self.missing or other.missing)

    @property
    def is_present(self) -> bool:
        """Whether it may be there at all."""
        return self.numbers is not None or bool(self.truths)

    @property
    def may_hold(self) -> bool:
        """Whether a condition of this range may hold."""
        return True in self.truths

    @property
    def may_fail(self) -> bool:
        """Whether a condition of this range may not hold; a missing one does not."""
        return False in self.truths or self.missing

    @property
    def decided(self) -> Range:
        """The same as a condition that is true or false: a missing one is false."""
        return Range(None, self.truths | {False} if self.missing else self.truths, False)


ANYTHING = Range()
NOTHING = Range(None, frozenset(), True)


def _of_presence(arguments: Sequence[Range], wanted: bool) -> Range:
    (argument,) = arguments
    truths = {wanted} if argument.is_present else set()
    return Range.truth(*truths, *([not wanted] if argument.missing else []))


def _of_months(arguments: Sequence[Range]) -> Range:
    return Range.number(Interval(whole=True), any(each.missing for each in arguments))


def _missing(arguments: Sequence[Range]) -> bool:
    return any(each.missing for each in arguments)


def _between(low: int, high: int) -> Callable[[Sequence[Range]], Range]:
    numbers = Interval(Fraction(low), Fraction(high), whole=True)
    return lambda arguments: Range.number(numbers, _missing(arguments))


def _extreme(arguments: Sequence[Range], most: bool) -> Range:
    """The least or greatest of several; of dates nothing is known."""
    numbers = [each.numbers for each in arguments]
    known = [each for each in numbers if each is not None]
    if len(known) < len(numbers):
        return Range(missing=_missing(arguments))
    lows, highs = [each.low for each in known], [each.high for each in known]
    pick: Callable[..., Fraction] = max if most else min
    low = _end(lows, pick, any_end=most)
    high = _end(highs, pick, any_end=not most)
    whole = all(each.whole for each in known)
    return Range.number(Interval(low, high, whole=whole), _missing(arguments))


def _end(
    ends: Sequence[Fraction | None], pick: Callable[..., Fraction], any_end: bool
) -> Fraction | None:
    """The end of an extreme; ``any_end``: it has one where any of its numbers has."""
    there = [each for each in ends if each is not None]
    if not there or (len(there) < len(ends) and not any_end):
        return None
    return pick(there)


def _rounded(arguments: Sequence[Range]) -> Range:
    """Of a number rounded in any way: whole, and less than 1 from it."""
    numbers = arguments[0].numbers
    if numbers is None:
        return Range(missing=_missing(arguments))
    low = None if numbers.low is None else Fraction(math.floor(numbers.low))
    high = None if numbers.high is None else Fraction(math.ceil(numbers.high))
    return Range.number(Interval(low, high, whole=True), _missing(arguments))


FUNCTION_RANGES: dict[str, Callable[[Sequence[Range]], Range]] = {
    "present": lambda arguments: _of_presence(arguments, True),
    "missing": lambda arguments: _of_presence(arguments, False),
    "months_between": _of_months,
    "days_between": _of_months,
    "date": lambda arguments: Range(missing=False),
    "year": _between(0, 9999),
    "quarter": _between(1, 4),
    "month_of_year": _between(1, 12),
    "least": lambda arguments: _extreme(arguments, most=False),
    "greatest": lambda arguments: _extreme(arguments, most=True),
    "floor": _rounded,
    "ceiling": _rounded,
    "round": _rounded,
}
"""What a function may give, by what its arguments may be."""


@dataclass(frozen=True)
class Ranges:
    """Tells the range of each part of an expression.

    ``names``: the range of a name or path. ``choices``: of conditionals, by their identity, the
    side that is looked at alone.
    """

    names: Callable[[str], Range]
    choices: Mapping[int, bool]

    def of(self, node: ast.expr) -> Range:
        """What a part may give."""
        path = path_of(node)
        if path in ("true", "false"):
            return Range.truth(path == "true")
        if path is not None:
            return self.names(path)
        match node:
            case ast.Constant():
                return _of_constant(node)
            case ast.UnaryOp(op=ast.Not()):
                value = self.of(node.operand)
                return _truths(value.may_fail, value.may_hold)
            case ast.UnaryOp():
                value = self.of(node.operand)
                if isinstance(node.op, ast.UAdd) or value.numbers is None:
                    return value
                return replace(value, numbers=-value.numbers)
            case ast.BinOp():
                return _calculated(node.op, self.of(node.left), self.of(node.right))
            case ast.BoolOp():
                return self._logical(node)
            case ast.Compare():
                return self._comparison(node)
            case ast.IfExp():
                return self._conditional(node)
            case ast.Call():
                return self._function(node)
        return ANYTHING

    def _logical(self, node: ast.BoolOp) -> Range:
        values = [self.of(value) for value in node.values]
        if isinstance(node.op, ast.And):
            return _truths(all(each.may_hold for each in values),
                           any(each.may_fail for each in values))  # fmt: skip
        return _truths(any(each.may_hold for each in values), all(each.may_fail for each in values))

    def _comparison(self, node: ast.Compare) -> Range:
        pairs = [self._pair(*each) for each in pairs_of(node)]
        return _truths(all(hold for hold, _ in pairs), any(fail for _, fail in pairs))

    def _pair(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> tuple[bool, bool]:
        """Whether a comparison may hold, and whether it may not."""
        one = self.of(left)
        if isinstance(sign, ast.In | ast.NotIn):
            if not isinstance(right, ast.List):
                return one.is_present, True
            others = [self._pair(left, ast.Eq(), item) for item in right.elts]
            among, without = any(hold for hold, _ in others), all(fail for _, fail in others)
            if isinstance(sign, ast.In):
                return among, without
            return without and one.is_present, among or one.missing
        other = self.of(right)
        hold, fail = _compared(sign, one, other)
        return hold, fail or one.missing or other.missing

    def _conditional(self, node: ast.IfExp) -> Range:
        side, test = self.choices.get(id(node)), self.of(node.test)
        sides = [node.body] if side is not False and test.may_hold else []
        sides += [node.orelse] if side is not True and test.may_fail else []
        value = functools.reduce(operator.or_, map(self.of, sides), Range(None, frozenset(), False))
        # A condition that is worked out and missing counts as false when it is compared.
        is_condition = value.missing and value.numbers is None
        return replace(value, truths=value.truths | {False}) if is_condition else value

    def _function(self, node: ast.Call) -> Range:
        name = path_of(node.func) or ""
        known = FUNCTION_RANGES.get(name)
        if known is not None:
            return known([self.of(argument) for argument in node.args])
        return Range.of_kind(FUNCTIONS[name].gives if name in FUNCTIONS else None)


def range_of(node: ast.expr, names: Callable[[str], Range]) -> Range:
    """What an expression may give, by what its names may be."""
    return Ranges(names, {}).of(node)


def pairs_of(node: ast.Compare) -> Iterable[tuple[ast.expr, ast.cmpop, ast.expr]]:
    """The comparisons of a chain."""
    sides = [node.left, *node.comparators]
    return zip(sides, node.ops, sides[1:], strict=False)


def _compared(sign: ast.cmpop, one: Range, other: Range) -> tuple[bool, bool]:
    """Whether a comparison of two values that are there may hold, and whether it may fail."""
    hold = fail = False
    if one.numbers is not None and other.numbers is not None:
        hold, fail = _compared_numbers(sign, one.numbers, other.numbers)
    for first, second in itertools.product(one.truths, other.truths):
        same = first is second
        hold |= same is isinstance(sign, ast.Eq)
        fail |= same is not isinstance(sign, ast.Eq)
    return hold, fail


def _compared_numbers(sign: ast.cmpop, one: Interval, other: Interval) -> tuple[bool, bool]:
    below, above = one.may_be_below(other), other.may_be_below(one)
    equal = one.may_be_equal(other)
    match sign:
        case ast.Lt():
            return below, above or equal
        case ast.LtE():
            return below or equal, above
        case ast.Gt():
            return above, below or equal
        case ast.GtE():
            return above or equal, below
        case ast.Eq():
            return equal, one.may_differ(other)
        case ast.NotEq():
            return one.may_differ(other), equal
    return True, True


def _of_constant(node: ast.Constant) -> Range:
    value: object = node.value
    if isinstance(value, bool):
        return Range.truth(value)
    if isinstance(value, int | Decimal | Fraction):
        return Range.number(Interval.of(Fraction(value)))
    return Range(missing=False)


def _calculated(sign: ast.operator, left: Range, right: Range) -> Range:
    missing = left.missing or right.missing
    one, other = left.numbers, right.numbers
    if one is None or other is None:
        return replace(NOTHING, missing=True)
    match sign:
        case ast.Add():
            return Range.number(one + other, missing)
        case ast.Sub():
            return Range.number(one - other, missing)
        case ast.Mult():
            return Range.number(one * other, missing)
        case ast.Div():
            inverse = other.inverse()
            may_be_zero = other.may_be_equal(Interval.of(0))
            numbers = None if inverse is None else one * inverse
            return Range.number(numbers, missing or may_be_zero)
    return ANYTHING


def _truths(may_hold: bool, may_fail: bool) -> Range:
    return Range.truth(*([True] if may_hold else []), *([False] if may_fail else []))
