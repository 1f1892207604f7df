"""What every points rule shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tierwise.rational import Rational


@dataclass(frozen=True)
class PointsKind:
    """A kind of points rule, as the registry lists it.

    ``points`` takes a value, the threshold for all points and the maximum; it gives the points,
    null where there is no value. ``formula`` says the same to a reader.
    """

    key: str
    title: str
    help: str
    formula: str
    points: Callable[[Rational, Fraction, Fraction], Rational]
