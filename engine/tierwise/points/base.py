"""What every points rule shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.expression.schema import Json
from tierwise.source.document import Written
from tierwise.source.fields import Fields

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tierwise.rational import Rational


class Scope(Protocol):
    """What a points rule may ask about one scored one."""

    def holds(self, condition: Expression) -> ir.BooleanValue:
        """Whether a condition over values holds."""

    def number(self, expression: Expression) -> Rational:
        """What an expression over values gives."""


class PointsBinder(Protocol):
    """What the binding stage offers to a points rule."""

    def expression(self, text: Written, wanted: Kind) -> Expression | None:
        """A checked expression over values, or None after a finding."""


class Points(Protocol):
    """A points rule with its names resolved."""

    @property
    def formula(self) -> str:
        """How points are earned, to a reader; with {value}, {threshold} and {max_points}."""

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """What it asks of the scope."""

    def points(
        self, value: Rational, threshold: Fraction | None, max_points: Fraction, scope: Scope
    ) -> Rational:
        """The points of a value, exact; null where it earns nothing because there is no value."""


class PointsRule(Protocol):
    """A points rule as written."""

    def bind(self, binder: PointsBinder) -> Points | None:
        """The rule with its names resolved, or None after a finding."""


@dataclass(frozen=True)
class PointsKind:
    """A kind of points rule, as the registry lists it.

    ``schema`` and ``properties``: None where the rule is written as its key alone; else the part
    of the JSON Schema of the field that bears its key, and of those that must stand beside it;
    ``optional``: of those that may. ``earns``: whether it earns anything at all.
    """

    key: str
    title: str
    help: str
    example: object
    needs_threshold: bool
    needs_value: bool
    parse: Callable[[Fields | None], PointsRule]
    schema: Json | None = None
    properties: Mapping[str, Json] | None = None
    optional: Mapping[str, Json] | None = None
    earns: bool = True
