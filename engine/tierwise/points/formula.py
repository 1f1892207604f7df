"""Points as an expression over values says, from 0, or a penalty, to the maximum."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.expression.schema import EXPRESSION
from tierwise.points.base import PointsBinder, PointsKind, Scope
from tierwise.quantity import plain_decimal
from tierwise.source.document import Written
from tierwise.source.fields import Fields

if TYPE_CHECKING:
    from tierwise.rational import Rational


@dataclass(frozen=True)
class FormulaRule:
    """The rule as written."""

    number: Written
    lowest: Fraction

    def bind(self, binder: PointsBinder) -> Formula | None:
        """Resolve names; None after a finding."""
        number = binder.expression(self.number, Kind.DECIMAL)
        return None if number is None else Formula(number, self.lowest)


@dataclass(frozen=True)
class Formula:
    """The rule with its names resolved."""

    number: Expression
    lowest: Fraction = Fraction(0)

    @property
    def formula(self) -> str:
        """In words."""
        text = self.number.text.replace("{", "{{").replace("}", "}}")
        return text + f", from {plain_decimal(self.lowest)} to {{max_points}}"

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The formula."""
        return (self.number,)

    def points(
        self, value: Rational, threshold: Fraction | None, max_points: Fraction, scope: Scope
    ) -> Rational:
        """What the formula gives, within the bounds; nothing where it gives no number."""
        del value, threshold
        return scope.number(self.number).clipped(self.lowest, max_points).or_zero()


def parse(fields: Fields | None) -> FormulaRule:
    """The rule from its fields."""
    assert fields is not None, "the schema asks for fields"
    lowest = fields.number("lowest") if "lowest" in fields else Fraction(0)
    return FormulaRule(fields.written("formula"), lowest)


KIND = PointsKind(
    key="formula",
    title="By a formula",
    help="What an expression over values gives: never below 0, or below 'lowest', never above the maximum. It earns "
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
    optional={
        "lowest": {"title": "Lowest", "description": "The fewest points that it gives, below 0: a "
                   "penalty. Without it, 0.", "type": "number", "maximum": 0,
                   "minimum": -1_000_000, "examples": [-10]},
    },
)  # fmt: skip
