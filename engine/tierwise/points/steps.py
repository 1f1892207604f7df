"""Points by steps: those of the highest step that the value reaches."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tierwise.expression.parse import Expression
from tierwise.points.base import PointsBinder, PointsKind, Scope
from tierwise.quantity import FRACTION, PATTERN, Quantity, plain
from tierwise.source.fields import Fields, quantity_of

if TYPE_CHECKING:
    from tierwise.rational import Rational


@dataclass(frozen=True)
class Steps:
    """The rule, as written and bound: (from which value on, points), as the file states them."""

    steps: tuple[tuple[Quantity, Fraction], ...]
    expressions: tuple[Expression, ...] = ()

    @property
    def formula(self) -> str:
        """In words."""
        return "; ".join(f"{plain(points)} from {least.text}" for least, points in self.steps)

    def bind(self, binder: PointsBinder) -> Steps:
        """It names nothing."""
        del binder
        return self

    def points(
        self, value: Rational, threshold: Fraction | None, max_points: Fraction, scope: Scope
    ) -> Rational:
        """The points of the highest step that is reached."""
        del threshold, scope
        number = type(value).of_number
        earned = number(0)
        for least, points in sorted(self.steps, key=lambda step: step[0].number):
            reached = (value >= least.number).fill_null(False)
            earned = number(min(points, max_points)).where(reached, earned)
        return earned


def parse(fields: Fields | None) -> Steps:
    """The rule from its fields."""
    assert fields is not None, "the schema asks for fields"
    steps = (Fields(node) for node in fields.items("steps"))
    return Steps(tuple((quantity_of(each.node("at_least")), Fraction(each.text("points")))
                       for each in steps))  # fmt: skip


KIND = PointsKind(
    key="steps",
    title="By steps",
    help="The points of the highest step that the value reaches; below all of them none.",
    example={"steps": [{"at_least": 10, "points": 4}, {"at_least": 20, "points": 9}]},
    needs_threshold=False,
    needs_value=True,
    parse=parse,
    schema={
        "title": "Steps",
        "description": "From which value on how many points are earned.",
        "type": "array",
        "minItems": 1,
        "examples": [[{"at_least": 10, "points": 4}, {"at_least": 20, "points": 9}]],
        "items": {
            "title": "Step",
            "description": "A value, and the points from it on.",
            "examples": [{"at_least": 10, "points": 4}],
            "type": "object",
            "properties": {
                "at_least": {
                    "title": "At least",
                    "description": "The value: a number, with a currency or %.",
                    "type": ["number", "string"], "pattern": PATTERN, "examples": ["10 %"],
                },
                "points": {"title": "Points", "description": "The points from there on: a number, or a "
                           "fraction.", "type": ["number", "string"], "minimum": 0,
                           "pattern": FRACTION, "examples": [4]},
            },
            "required": ["at_least", "points"],
            "additionalProperties": False,
        },
    },
    properties={},
)  # fmt: skip
