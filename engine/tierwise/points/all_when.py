"""All points where a condition over values holds, also where the metric has no value."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.expression.schema import EXPRESSION
from tierwise.points.base import PointsBinder, PointsKind, Scope
from tierwise.source.document import Written
from tierwise.source.fields import Fields

if TYPE_CHECKING:
    from tierwise.rational import Rational


@dataclass(frozen=True)
class AllWhenRule:
    """The rule as written."""

    condition: Written

    def bind(self, binder: PointsBinder) -> AllWhen | None:
        """Resolve names; None after a finding."""
        condition = binder.expression(self.condition, Kind.BOOLEAN)
        return None if condition is None else AllWhen(condition)


@dataclass(frozen=True)
class AllWhen:
    """The rule with its names resolved."""

    condition: Expression

    @property
    def formula(self) -> str:
        """In words."""
        condition = self.condition.text.replace("{", "{{").replace("}", "}}")
        return "{max_points} if " + condition

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The condition."""
        return (self.condition,)

    def points(
        self, value: Rational, threshold: Fraction | None, max_points: Fraction, scope: Scope
    ) -> Rational:
        """All or none."""
        del threshold
        return type(value).of_number(max_points).only_if(scope.holds(self.condition))


def parse(fields: Fields | None) -> AllWhenRule:
    """The rule from its fields."""
    assert fields is not None, "the schema asks for fields"
    return AllWhenRule(fields.written("all_when"))


KIND = PointsKind(
    key="all_when",
    title="All points where a condition holds",
    help="All points where the condition over values holds, else none; also where the metric "
    "itself has no value, so that 'or' gives another way to earn them.",
    example={"all_when": "value >= 10 or years_held >= 2"},
    needs_threshold=False,
    needs_value=False,
    parse=parse,
    schema={
        "title": "Condition",
        "description": "An expression over 'value', other values and 'scored'.",
        **EXPRESSION,
        "examples": ["value >= 10 or years_held >= 2"],
    },
    properties={},
)
