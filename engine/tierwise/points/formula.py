"""Points as an expression over values says, from 0 to the maximum."""

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
class FormulaRule:
    """The rule as written."""

    number: Written

    def bind(self, binder: PointsBinder) -> Formula | None:
        """Resolve names; None after a finding."""
        number = binder.expression(self.number, Kind.DECIMAL)
        return None if number is None else Formula(number)


@dataclass(frozen=True)
class Formula:
    """The rule with its names resolved."""

    number: Expression

    @property
    def formula(self) -> str:
        """In words."""
        text = self.number.text.replace("{", "{{").replace("}", "}}")
        return text + ", from 0 to {max_points}"

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The formula."""
        return (self.number,)

    def points(
        self, value: Rational, threshold: Fraction | None, max_points: Fraction, scope: Scope
    ) -> Rational:
        """What the formula gives, within the bounds; nothing where it gives no number."""
        del value, threshold
        return scope.number(self.number).clipped(0, max_points).or_zero()


def parse(fields: Fields | None) -> FormulaRule:
    """The rule from its fields."""
    assert fields is not None, "the schema asks for fields"
    return FormulaRule(fields.written("formula"))


KIND = PointsKind(
    key="formula",
    title="By a formula",
    help="What an expression over values gives: never below 0, never above the maximum. It earns "
    "nothing where it has no value, as where it divides by 0.",
    example={"formula": "2 * value - penalties"},
    needs_threshold=False,
    needs_value=False,
    parse=parse,
    schema={
        "title": "Formula",
        "description": "An expression over 'value', other values and 'scored' that gives a number.",
        **EXPRESSION,
        "examples": ["2 * value - penalties"],
    },
    properties={},
)
