"""Points in proportion: maximum × value ÷ threshold, never below 0 nor above the maximum."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tierwise.points.base import PointsKind

if TYPE_CHECKING:
    from tierwise.rational import Rational


def points(value: Rational, threshold: Fraction, max_points: Fraction) -> Rational:
    """The points of a value, exact."""
    return (value * (max_points / threshold)).clipped(0, max_points)


KIND = PointsKind(
    key="proportional",
    title="In proportion to the threshold",
    help="Maximum × value ÷ threshold: half the threshold earns half the points. Never below 0, "
    "never above the maximum.",
    formula="{max_points} × {value} ÷ {threshold}",
    points=points,
)
