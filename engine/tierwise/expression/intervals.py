"""Intervals of exact numbers: what a number may be, where not all of it is known."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Interval:
    """The numbers from ``low`` to ``high``, at least one; None: without an end on that side.

    ``low_open``, ``high_open``: whether the end itself is left out. ``whole``: only whole numbers;
    their ends are whole and never open. ``between`` makes sure of it.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False
    whole: bool = False

    @staticmethod
    def between(
        low: Fraction | int | None,
        high: Fraction | int | None,
        low_open: bool = False,
        high_open: bool = False,
        whole: bool = False,
    ) -> Interval | None:
        """The interval with these ends; None where no number lies between them."""
        least = Fraction(low) if isinstance(low, int) else low
        most = Fraction(high) if isinstance(high, int) else high
        if whole and least is not None:
            least = Fraction(math.floor(least) + 1 if low_open else math.ceil(least))
            low_open = False
        if whole and most is not None:
            most = Fraction(math.ceil(most) - 1 if high_open else math.floor(most))
            high_open = False
        is_open = low_open or high_open
        if least is not None and most is not None and (least > most or (least == most and is_open)):
            return None
        low_open, high_open = low_open and least is not None, high_open and most is not None
        return Interval(least, most, low_open, high_open, whole)

    @staticmethod
    def of(number: Fraction | int) -> Interval:
        """One number alone."""
        exact = Fraction(number)
        return Interval(exact, exact, whole=exact.denominator == 1)

    @property
    def only(self) -> Fraction | None:
        """The number where there is but one."""
        return self.low if self.low is not None and self.low == self.high else None

    def __contains__(self, number: Fraction) -> bool:
        return self & Interval.of(number) is not None

    def __and__(self, other: Interval) -> Interval | None:
        """The numbers of both; None where there are none."""
        if self is other:
            return self
        low, low_open = _inner(_lows(self), _lows(other), 1)
        high, high_open = _inner(_highs(self), _highs(other), -1)
        return Interval.between(low, high, low_open, high_open, self.whole or other.whole)

    def __or__(self, other: Interval) -> Interval:
        """The least interval that holds the numbers of either."""
        low, low_open = _outer(_lows(self), _lows(other), 1)
        high, high_open = _outer(_highs(self), _highs(other), -1)
        return Interval(low, high, low_open, high_open, self.whole and other.whole)

    def __neg__(self) -> Interval:
        low = None if self.high is None else -self.high
        high = None if self.low is None else -self.low
        return Interval(low, high, self.high_open, self.low_open, self.whole)

    def __add__(self, other: Interval) -> Interval:
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(
            low, high, low is not None and (self.low_open or other.low_open),
            high is not None and (self.high_open or other.high_open), self.whole and other.whole,
        )  # fmt: skip

    def __sub__(self, other: Interval) -> Interval:
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        corners = [_product(one, two) for one, two in itertools.product(_ends(self), _ends(other))]
        low, low_open = _extreme(corners, -1)
        high, high_open = _extreme(corners, 1)
        return Interval(low, high, low_open, high_open, self.whole and other.whole)

    def inverse(self) -> Interval | None:
        """What 1 divided by its numbers may be; None where 0 is the only one."""
        without = self.without(Fraction(0))
        if without is None:
            return None
        low, high = without.low, without.high
        if (low is None or low < 0) and (high is None or high > 0):
            return ALL
        upper = None if not low else 1 / low
        lower = None if not high else 1 / high
        if low is None:  # the numbers below 0, however far
            return Interval.between(lower, 0, without.high_open, True)
        if high is None:
            return Interval.between(0, upper, True, without.low_open)
        return Interval.between(lower, upper, without.high_open, without.low_open)

    def without(self, number: Fraction) -> Interval | None:
        """The same without a number, where that is an end of it."""
        low_open = self.low_open or self.low == number
        high_open = self.high_open or self.high == number
        return Interval.between(self.low, self.high, low_open, high_open, self.whole)

    def may_be_below(self, other: Interval) -> bool:
        """Whether a number of this one is less than one of the other."""
        return self.low is None or other.high is None or self.low < other.high

    def may_be_equal(self, other: Interval) -> bool:
        """Whether both have a number in common."""
        return self & other is not None

    def may_differ(self, other: Interval) -> bool:
        """Whether they are anything but one number, the same."""
        return self.only is None or self.only != other.only


ALL = Interval()

_End = tuple[Fraction | None, bool]
"""The number at an end, None without end, and whether the number itself is left out."""


def at_most(bound: Interval, strict: bool) -> Interval:
    """Every number that is not above (or below, if strict) some number of another interval."""
    return Interval(None, bound.high, False, bound.high is not None and (strict or bound.high_open))


def at_least(bound: Interval, strict: bool) -> Interval:
    """Every number that is not below (or above, if strict) some number of another interval."""
    return -at_most(-bound, strict)


def _lows(interval: Interval) -> _End:
    return interval.low, interval.low_open


def _highs(interval: Interval) -> _End:
    return interval.high, interval.high_open


def _inner(one: _End, other: _End, sign: int) -> _End:
    """The end that leaves out more; ``sign``: 1 of low ends, -1 of high ones."""
    (first, first_open), (second, second_open) = one, other
    if first is None or second is None:
        return other if first is None else one
    if first == second:
        return first, first_open or second_open
    return one if (first > second) is (sign > 0) else other


def _outer(one: _End, other: _End, sign: int) -> _End:
    """The end that leaves out less."""
    (first, first_open), (second, second_open) = one, other
    if first is None or second is None:
        return None, False
    if first == second:
        return first, first_open and second_open
    return one if (first < second) is (sign > 0) else other


_Corner = tuple[int, Fraction, bool]
"""A number that may be without end: (sign of infinity or 0, the number, whether left out)."""


def _ends(interval: Interval) -> tuple[_Corner, _Corner]:
    low = (-1, Fraction(0), True) if interval.low is None else (0, interval.low, interval.low_open)
    high = (1, Fraction(0), True) if interval.high is None else (
        0, interval.high, interval.high_open)  # fmt: skip
    return low, high


def _product(one: _Corner, other: _Corner) -> _Corner:
    for zero in (one, other):
        if not zero[0] and not zero[1]:
            # 0 times anything is 0, and it is among the products where either factor is.
            return 0, Fraction(0), min(each[2] for each in (one, other) if each[:2] == zero[:2])
    if one[0] or other[0]:
        return _sign(one) * _sign(other), Fraction(0), True
    return 0, one[1] * other[1], one[2] or other[2]


def _sign(corner: _Corner) -> int:
    return corner[0] or (1 if corner[1] > 0 else -1)


def _extreme(corners: Iterable[_Corner], sign: int) -> _End:
    """The least (-1) or greatest (1) of the corners of a product."""
    infinite, number, _ = max(
        corners, key=lambda each: (sign * each[0], sign * each[1], not each[2])
    )
    if infinite:
        return None, False
    best = [each for each in corners if each[:2] == (0, number)]
    return number, all(each[2] for each in best)
