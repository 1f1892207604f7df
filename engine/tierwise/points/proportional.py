"""Points in proportion: maximum × value ÷ threshold, never below 0 nor above the maximum."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tierwise.expression.parse import Expression
from tierwise.points.base import PointsBinder, PointsKind, Scope
from tierwise.source.fields import Fields

if TYPE_CHECKING:
    from tierwise.rational import Rational


@dataclass(frozen=True)
class Proportional:
    """The rule, as written and bound: there is nothing to say but its name."""

    formula: str = "{max_points} × {value} ÷ {threshold}, from 0 to {max_points}"
    expressions: tuple[Expression, ...] = ()

    def bind(self, binder: PointsBinder) -> Proportional:
        """It names nothing."""
        del binder
        return self

    def points(
        self, value: Rational, threshold: Fraction | None, max_points: Fraction, scope: Scope
    ) -> Rational:
        """The points of a value, exact."""
        del scope
        assert threshold is not None, "the schema asks for a threshold"
        return (value * (max_points / threshold)).clipped(0, max_points)


def parse(fields: Fields | None) -> Proportional:
    """The rule from its name."""
    del fields
    return Proportional()


KIND = PointsKind(
    key="proportional",
    title="In proportion to the threshold",
    help="Maximum × value ÷ threshold: half the threshold earns half the points. Never below 0, "
    "never above the maximum.",
    example="proportional",
    needs_threshold=True,
    needs_value=True,
    parse=parse,
)
