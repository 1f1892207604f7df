"""No points: the metric only shows its value, for levels to ask for."""

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
class NoPoints:
    """The rule, as written and bound: there is nothing to say but its name."""

    formula: str = "it earns no points"
    expressions: tuple[Expression, ...] = ()

    def bind(self, binder: PointsBinder) -> NoPoints:
        """It names nothing."""
        del binder
        return self

    def points(
        self, value: Rational, threshold: Fraction | None, max_points: Fraction, scope: Scope
    ) -> Rational:
        """None."""
        del threshold, max_points, scope
        return type(value).of_number(0)


def parse(fields: Fields | None) -> NoPoints:
    """The rule from its name."""
    del fields
    return NoPoints()


KIND = PointsKind(
    key="none",
    title="No points",
    help="The metric earns nothing and has no maximum; its value is shown, and levels may ask for "
    "it.",
    example="none",
    needs_threshold=False,
    needs_value=False,
    parse=parse,
    earns=False,
)
