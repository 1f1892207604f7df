"""Exact numbers inside a plan: a fraction of two columns.

Values, points and scores are decided as rational arithmetic decides them, so each is carried as
a numerator and a denominator above zero; either may be a whole number known when the plan is
made, or a column of whole decimals. A database that cannot hold a product fails; it never rounds.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from tierwise.diagnostics import CannotRun

WHOLE = "decimal(38, 0)"
MOST = 10**38
_DIGITS = 17
"""Binary digits of a fraction that is made a column: enough for any count of months."""

Number = int | Fraction | Decimal


@dataclass(frozen=True, eq=False)
class Rational:
    """``scale`` × numerator ÷ denominator; the columns are whole, the denominator above zero.

    The constant ``scale`` is kept apart so that it is reduced while the plan is made.
    """

    numerator: ir.NumericValue | None
    denominator: ir.NumericValue | None
    scale: Fraction = Fraction(1)

    @staticmethod
    def of_column(column: ir.NumericValue) -> Rational:
        """A column of whole numbers or decimals, exact."""
        places = column.type().scale if column.type().is_decimal() else 0
        if not places:
            return Rational(column.cast(WHOLE), None)
        wide = column.cast(f"decimal(38, {places})")
        return Rational((wide * 10**places).cast(WHOLE), None, Fraction(1, 10**places))

    @staticmethod
    def of_number(number: Number) -> Rational:
        """A number that is known when the plan is made."""
        return Rational(None, None, Fraction(number))

    def __neg__(self) -> Rational:
        return Rational(self.numerator, self.denominator, -self.scale)

    def __add__(self, other: Rational | Number) -> Rational:
        return self._plus(_rational(other), 1)

    def __sub__(self, other: Rational | Number) -> Rational:
        return self._plus(_rational(other), -1)

    def __radd__(self, other: Number) -> Rational:
        return _rational(other) + self

    def __rsub__(self, other: Number) -> Rational:
        return _rational(other) - self

    def __mul__(self, other: Rational | Number) -> Rational:
        right = _rational(other)
        return Rational(
            _times(self.numerator, right.numerator),
            _times(self.denominator, right.denominator),
            self.scale * right.scale,
        )

    __rmul__ = __mul__

    def __truediv__(self, other: Rational | Number) -> Rational:
        """The quotient; null where the divisor is 0."""
        right = _rational(other)
        if right.scale == 0:
            return Rational(ibis.null(WHOLE), None)
        if right.numerator is None:
            return self * (1 / right.scale)
        negative = right.numerator < 0
        size = negative.ifelse(-right.numerator, right.numerator).nullif(_whole(0))
        above = _whole(1) if right.denominator is None else right.denominator
        signed = negative.ifelse(-above, above)
        return self * Rational(signed, size.cast(WHOLE), 1 / right.scale)

    def whole(self) -> Rational:
        """The whole part: what is left when the digits behind the point are cut off."""
        numerator, denominator = self.columns()
        return self._multiple(numerator - numerator % denominator)

    def floor(self) -> Rational:
        """The greatest whole number that is not above it."""
        if self._is_whole:
            return self
        numerator, denominator = self.columns()
        rest = numerator % denominator
        below = (rest < 0).ifelse(denominator, _whole(0))
        return self._multiple(numerator - rest - below)

    def ceiling(self) -> Rational:
        """The least whole number that is not below it."""
        return -((-self).floor())

    def nearest(self) -> Rational:
        """The nearest whole number; of two that are as near, the one further from 0."""
        if self._is_whole:
            return self
        numerator, denominator = self.columns()
        rest = numerator % denominator
        over = rest.abs()
        away = (rest < 0).ifelse(-denominator, denominator)
        # Doubling the rest might need a digit more than there is.
        more = (over >= denominator - over).ifelse(away, _whole(0))
        return self._multiple(numerator - rest + more)

    def whole_column(self) -> ir.NumericValue:
        """The number, which is whole, as a column of whole decimals.

        Where it is carried as a fraction, missing from 2^17 on. Databases divide such numbers
        inexactly, so each binary digit of the quotient is asked for by itself.
        """
        numerator, denominator = self.columns()
        if self._is_whole:
            return numerator
        size = numerator.abs()
        digits = [(size % _scaled(denominator, 2 ** (digit + 1)) >= _scaled(denominator, 2**digit))
                  .ifelse(_whole(2**digit), _whole(0)) for digit in range(_DIGITS)]  # fmt: skip
        quotient = _whole(functools.reduce(operator.add, digits))
        signed = (numerator < 0).ifelse(-quotient, quotient)
        within = size < _scaled(denominator, 2**_DIGITS)
        return within.ifelse(signed, ibis.null(WHOLE)).cast(WHOLE)

    def _multiple(self, numerator: ir.NumericValue) -> Rational:
        """The whole number that a multiple of the denominator of ``columns`` is.

        A denominator that is known stays known, any other one is gone; so sums add up numerators.
        """
        if self.denominator is None:
            return Rational(_whole(numerator), None, Fraction(1, self.scale.denominator))
        return Rational(_divided(_whole(numerator), self.columns()[1]), None)

    @property
    def _is_whole(self) -> bool:
        """Whether it is carried as a whole number, not as a fraction."""
        return self.denominator is None and self.scale.denominator == 1

    def __rtruediv__(self, other: Number) -> Rational:
        return _rational(other) / self

    def __ge__(self, other: Rational | Number) -> ir.BooleanValue:
        left, right = self._sides(_rational(other))
        return left >= right

    def __gt__(self, other: Rational | Number) -> ir.BooleanValue:
        left, right = self._sides(_rational(other))
        return left > right

    def __le__(self, other: Rational | Number) -> ir.BooleanValue:
        left, right = self._sides(_rational(other))
        return left <= right

    def __lt__(self, other: Rational | Number) -> ir.BooleanValue:
        left, right = self._sides(_rational(other))
        return left < right

    def __eq__(self, other: object) -> ir.BooleanValue:
        left, right = self._sides(_rational(other))
        return left == right

    def __ne__(self, other: object) -> ir.BooleanValue:
        return ~(self == other)

    def clipped(self, low: Number, high: Number) -> Rational:
        """The number itself, but not below ``low`` nor above ``high``."""
        bounds = Fraction(low), Fraction(high)
        common = math.lcm(self.scale.denominator, *(bound.denominator for bound in bounds))
        number = _whole(_scaled(self.numerator, int(self.scale * common)))
        least, most = (_whole(_product(int(each * common), self.denominator)) for each in bounds)
        within = ibis.cases((number < least, least), (number > most, most), else_=number)
        missing = self.isnull()
        kept = missing.ifelse(ibis.null(WHOLE), within.cast(WHOLE))
        return Rational(kept, self.denominator, Fraction(1, common))

    def or_zero(self) -> Rational:
        """The number, or 0 where there is none."""
        missing = self.isnull()
        numerator = missing.ifelse(_whole(0), _whole(_scaled(self.numerator, 1)))
        denominator = self.denominator
        filled = None if denominator is None else missing.ifelse(_whole(1), denominator)
        return Rational(numerator, filled, self.scale)

    def where(self, condition: ir.BooleanValue, other: Rational | Number) -> Rational:
        """The number itself where the condition is true, else the other one."""
        right = _rational(other)
        common = math.lcm(self.scale.denominator, right.scale.denominator)
        left_numerator = _whole(_scaled(self.numerator, int(self.scale * common)))
        right_numerator = _whole(_scaled(right.numerator, int(right.scale * common)))
        numerator = condition.ifelse(left_numerator, right_numerator)
        denominator = self.denominator
        if denominator is not right.denominator:
            left_denominator = _whole(_scaled(denominator, 1))
            denominator = condition.ifelse(left_denominator, _whole(_scaled(right.denominator, 1)))
        return Rational(numerator, denominator, Fraction(1, common))

    def only_if(self, condition: ir.BooleanValue) -> Rational:
        """The number where the condition is true, else 0."""
        numerator = condition.ifelse(_whole(_scaled(self.numerator, 1)), _whole(0))
        return Rational(numerator, self.denominator, self.scale)

    def present_if(self, condition: ir.BooleanValue) -> Rational:
        """The number where the condition is true, else no number."""
        numerator = condition.ifelse(_whole(_scaled(self.numerator, 1)), ibis.null(WHOLE))
        return Rational(numerator.cast(WHOLE), self.denominator, self.scale)

    @property
    def is_quotient(self) -> bool:
        """Whether it is divided by a column."""
        return self.denominator is not None

    def in_order(self) -> ir.NumericValue:
        """A column in whose order such numbers stand, where they are no quotients."""
        return _whole(_scaled(self.numerator, -1 if self.scale < 0 else 1))

    def isnull(self) -> ir.BooleanValue:
        """Whether there is no number."""
        sides = [side.isnull() for side in (self.numerator, self.denominator) if side is not None]
        return functools.reduce(operator.or_, sides, ibis.literal(False))

    def kept(self, name: str) -> tuple[dict[str, ir.Value], Callable[[ir.Table], Rational]]:
        """Columns that keep this number in a table, and how to read it back from there.

        What is known while the plan is made stays known, so that denominators stay small.
        """
        sides = {f"{name}_n": self.numerator, f"{name}_d": self.denominator}
        columns = {column: side for column, side in sides.items() if side is not None}

        def read(table: ir.Table) -> Rational:
            numerator, denominator = (
                table[column] if column in columns else None for column in sides
            )
            return Rational(numerator, denominator, self.scale)

        return columns, read

    def columns(self) -> tuple[ir.NumericValue, ir.NumericValue]:
        """Numerator and denominator as two columns of whole decimals, the second above zero."""
        return (
            _whole(_scaled(self.numerator, self.scale.numerator)),
            _whole(_scaled(self.denominator, self.scale.denominator)),
        )

    def _plus(self, other: Rational, sign: int) -> Rational:
        common = math.lcm(self.scale.denominator, other.scale.denominator)
        left = _scaled(self.numerator, int(self.scale * common))
        right = _scaled(other.numerator, sign * int(other.scale * common))
        if self.denominator is other.denominator:
            return Rational(_whole(left + right), self.denominator, Fraction(1, common))
        numerator = _product(left, other.denominator) + _product(right, self.denominator)
        denominator = _times(self.denominator, other.denominator)
        return Rational(_whole(numerator), denominator, Fraction(1, common))

    def _sides(self, other: Rational) -> tuple[ir.NumericValue, ir.NumericValue]:
        """Both sides multiplied by their denominators, for a comparison."""
        common = math.lcm(self.scale.denominator, other.scale.denominator)
        left = _scaled(self.numerator, int(self.scale * common))
        right = _scaled(other.numerator, int(other.scale * common))
        return _whole(_product(left, other.denominator)), _whole(_product(right, self.denominator))


def whole_quotient(above: ir.NumericValue, below: ir.NumericValue) -> ir.NumericValue:
    """The largest whole number not above a quotient, exact; ``below`` is above zero.

    Databases divide decimals as binary numbers. So the quotient is guessed, what the guess leaves
    is divided again, and what is still left, less than one, says on which side the guess lies.
    """
    guess = _guess(above, below)
    rest = (above - guess * below).cast(WHOLE)
    better = _guess(rest, below)
    rest = (rest - better * below).cast(WHOLE)
    step = ibis.cases((rest < 0, -1), (rest >= below, 1), else_=0)
    return (guess + better + step.cast(WHOLE)).cast(WHOLE)


def _divided(above: ir.NumericValue, below: ir.NumericValue) -> ir.NumericValue:
    """The quotient of a multiple, exact.

    Each guess leaves a rest of which fifteen digits less are to be guessed; after three there is none.
    Databases round a binary number that they make a decimal; to floor it Ibis takes 64 bits.
    """
    quotient = _whole(0)
    for _ in range(3):
        guess = _guess(above, below)
        quotient = (quotient + guess).cast(WHOLE)
        above = (above - guess * below).cast(WHOLE)
    return quotient


def _guess(above: ir.NumericValue, below: ir.NumericValue) -> ir.NumericValue:
    """The quotient but for a small part of it, as a whole number; how it is rounded does not matter.

    To round it down would take it through 64 bits, which one database does without a word.
    """
    return (above.cast("float64") / below.cast("float64")).cast(WHOLE)


def _rational(number: object) -> Rational:
    if isinstance(number, Rational):
        return number
    assert isinstance(number, int | Fraction | Decimal), "expressions are typed"
    return Rational.of_number(number)


def _scaled(column: ir.NumericValue | None, factor: int) -> ir.NumericValue | int:
    if column is None:
        return factor
    return column if factor == 1 else (column * _whole(factor)).cast(WHOLE)


def _times(left: ir.NumericValue | None, right: ir.NumericValue | None) -> ir.NumericValue | None:
    if left is None or right is None:
        return left if right is None else right
    return (left * right).cast(WHOLE)


def _product(left: ir.NumericValue | int, right: ir.NumericValue | None) -> ir.NumericValue | int:
    if right is None:
        return left
    if isinstance(left, int):
        return _scaled(right, left)
    return _times(left, right)


def _whole(number: ir.NumericValue | int) -> ir.NumericValue:
    if not isinstance(number, int):
        return number.cast(WHOLE)
    if abs(number) >= MOST:
        raise CannotRun("the rules calculate with a number of more than 38 digits",
                        "multiply less: powers, and products of long decimals, grow fast")  # fmt: skip
    return ibis.literal(Decimal(number), WHOLE)
