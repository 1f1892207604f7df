"""All points from the threshold on, and none below it."""

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
class AllOrNothing:
    """The rule, as written and bound: there is nothing to say but its name."""

    formula: str = "{max_points} if {value} is at least {threshold}"
    expressions: tuple[Expression, ...] = ()

    def bind(self, binder: PointsBinder) -> AllOrNothing:
        """It names nothing."""
        del binder
        return self

    def points(
        self, value: Rational, threshold: Fraction | None, max_points: Fraction, scope: Scope
    ) -> Rational:
        """All or none."""
        del scope
        assert threshold is not None, "the schema asks for a threshold"
        every = type(value).of_number(max_points)
        return every.only_if((value >= threshold).fill_null(False))


def parse(fields: Fields | None) -> AllOrNothing:
    """The rule from its name."""
    del fields
    return AllOrNothing()


KIND = PointsKind(
    key="all_or_nothing",
    title="All or nothing",
    help="All points where the value is at least the threshold, else none.",
    example="all_or_nothing",
    needs_threshold=True,
    needs_value=True,
    parse=parse,
)
