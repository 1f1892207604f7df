"""Points for every full unit of the value, never above the maximum."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tierwise.expression.parse import Expression
from tierwise.points.base import PointsBinder, PointsKind, Scope
from tierwise.quantity import FRACTION, Quantity, plain
from tierwise.source.fields import Fields, quantity_of

if TYPE_CHECKING:
    from tierwise.rational import Rational

ABOVE_ZERO = r"^(?!0+(\.0+)?( ?%| |$))[0-9]{1,18}(\.[0-9]{1,12})?( ?%| [A-Za-z]{1,20})?$"


@dataclass(frozen=True)
class Every:
    """The rule, as written and bound: a unit, and what each full one earns."""

    unit: Quantity
    earns: Fraction
    expressions: tuple[Expression, ...] = ()

    @property
    def formula(self) -> str:
        """In words."""
        return f"{plain(self.earns)} for every {self.unit.text}, up to {{max_points}}"

    def bind(self, binder: PointsBinder) -> Every:
        """It names nothing."""
        del binder
        return self

    def points(
        self, value: Rational, threshold: Fraction | None, max_points: Fraction, scope: Scope
    ) -> Rational:
        """What the full units earn."""
        del threshold, scope
        return ((value / self.unit.number).whole() * self.earns).clipped(0, max_points)


def parse(fields: Fields | None) -> Every:
    """The rule from its fields."""
    assert fields is not None, "the schema asks for fields"
    return Every(quantity_of(fields.node("every")), Fraction(fields.text("earns")))


KIND = PointsKind(
    key="every",
    title="For every full unit",
    help="So many points for every full unit of the value; what is left over earns nothing. Never "
    "below 0, never above the maximum.",
    example={"every": "1000 EUR", "earns": 2},
    needs_threshold=False,
    needs_value=True,
    parse=parse,
    schema={
        "title": "Unit",
        "description": "The unit: a number above 0, with a currency or %.",
        "type": ["number", "string"], "pattern": ABOVE_ZERO, "exclusiveMinimum": 0,
        "examples": ["1000 EUR"],
    },
    properties={
        "earns": {"title": "Earns", "description": "What every full unit earns: a number, or a "
                  "fraction.",
                  "type": ["number", "string"], "exclusiveMinimum": 0, "maximum": 1_000_000,
                  "pattern": FRACTION, "examples": ["15/7"]},
    },
)  # fmt: skip
