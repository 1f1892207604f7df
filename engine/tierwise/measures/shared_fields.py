"""The fields that several measures have, with their part of the JSON Schema."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from tierwise.expression.parse import Expression
from tierwise.expression.schema import EXPRESSION, NAME, Json
from tierwise.measures.base import Steps
from tierwise.measures.rows import ByRule, Entity, Rows, RowsRule, Window
from tierwise.measures.totalled import Totalled
from tierwise.quantity import plain_decimal
from tierwise.source.document import Mapping as MappingNode
from tierwise.source.document import Written
from tierwise.source.fields import Fields, written

if TYPE_CHECKING:
    import ibis.expr.types as ir

FROM: Json = {
    "title": "Table",
    "description": "The contract's table whose rows are measured.",
    "type": "string",
    "examples": ["orders"],
}
WHERE: Json = {
    "title": "Condition",
    "description": "Which rows count: one expression, or a list of which all must hold. "
    "What the option calls eligible is asked besides.",
    "anyOf": [
        EXPRESSION,
        {"type": "array", "items": EXPRESSION, "minItems": 1, "uniqueItems": True},
    ],
    "examples": ["status == 'paid'"],
}
OVER: Json = {
    "title": "Window",
    "description": "How many months count: the as-of month and those before it.",
    "type": "string",
    "pattern": "^([1-9][0-9]?|1[0-1][0-9]|120) months?$",
    "examples": ["12 months"],
}
OVER_SEVERAL: Json = {
    **OVER,
    "description": "How many months: the as-of month and those before it, the first of which is "
    "what the others are compared with.",
    "pattern": "^([2-9]|[1-9][0-9]|1[0-1][0-9]|120) months$",
}
SINCE: Json = {
    "title": "Compared with",
    "description": "How many months before the as-of month the earlier stock is taken.",
    "type": "string",
    "pattern": "^([1-9][0-9]?|1[0-1][0-9]|120) months? ago$",
    "examples": ["12 months ago"],
}
PER: Json = {
    "title": "Entity",
    "description": "What is counted or followed from month to month: a column of the row, "
    "a path along its references, or a list of them that identify it together.",
    "anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 5,
         "uniqueItems": True},
    ],
    "examples": ["order.buyer"],
}  # fmt: skip
ENDING: Json = {
    "title": "Ending",
    "description": "How many months before the as-of month the window ends; without it, it ends "
    "with the as-of month.",
    "type": "string",
    "pattern": "^([1-9][0-9]?|1[0-1][0-9]|120) months? ago$",
    "examples": ["12 months ago"],
}
CREDIT: Json = {
    "title": "Credit policy",
    "description": "Who is credited. Left out where the row itself names the scored one.",
    "type": "string",
    "examples": ["sales_claim"],
}
BY: Json = {
    "title": "By",
    "description": "What the value is told apart by: a name, and an expression over the row. The "
    "value is then one for each of these; 'number_with', 'highest', 'lowest', 'total' or 'average' "
    "over that name make one of them again.",
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "propertyNames": NAME,
    "additionalProperties": EXPRESSION,
    "examples": [{"area": "product.area"}],
}
DURING: Json = {
    **WHERE,
    "title": "During",
    "description": "Which credited facts count: conditions over 'month' (the fact's), 'as_of', "
    "'scored' and, with a credit policy, 'credited_since': the first of the months in a row in "
    "which the scored one is credited with it.",
    "examples": ["month >= scored.joined_in"],
}
ON: Json = {
    "title": "On",
    "description": "The day on which a row must be in effect, of a table with a period: an "
    "expression over the row that gives a date. Instead of a window.",
    **EXPRESSION,
    "examples": ["as_of"],
}
AT_LEAST: Json = {
    "title": "At least",
    "description": "The month's total from which the state is reached.",
    "type": "number",
    "exclusiveMinimum": 0,
    "maximum": 1_000_000_000_000,
    "examples": [1],
}
MORE_THAN: Json = {
    **AT_LEAST,
    "title": "More than",
    "description": "The month's total above which the state is reached.",
    "minimum": 0,
    "examples": [0],
}
del MORE_THAN["exclusiveMinimum"]

ROWS: dict[str, Json] = {"from": FROM, "where": WHERE, "by": BY, "during": DURING, "credit": CREDIT}
"""The fields of every measure."""
IN_TIME: dict[str, Json] = {"over": OVER, "ending": ENDING, "on": ON}
"""The fields of a measure over a window, over what is in effect on a day, or over every row."""


def amount(description: str, example: str) -> Json:
    """The schema of the field by which such a measure is chosen: what is totalled."""
    return {"title": "Amount", "description": description, **EXPRESSION, "examples": [example]}


@dataclass(frozen=True)
class Least:
    """From which total on a state is reached: at least a number, or more than it."""

    number: Fraction
    more: bool

    @property
    def text(self) -> str:
        """As a sentence says it: "5 or more", "more than 500"."""
        number = plain_decimal(self.number)
        return f"more than {number}" if self.more else f"{number} or more"

    @property
    def below(self) -> str:
        """What does not reach it, as a sentence says it: "fewer than 5"."""
        return f"{'no more' if self.more else 'fewer'} than {plain_decimal(self.number)}"

    @property
    def enough(self) -> int:
        """The least whole number not below 0 that reaches it."""
        return max(math.floor(self.number) + 1 if self.more else math.ceil(self.number), 0)

    def reached(self, total: ir.NumericValue, steps: Steps) -> ir.BooleanValue:
        """Whether a total reaches it."""
        compare: Callable[..., ir.BooleanValue] = operator.gt if self.more else operator.ge
        return compare(total, steps.number(self.number))


class _WithLeast(Protocol):
    """A measure that asks of totals whether they reach a number."""

    @property
    def rows(self) -> Rows: ...
    @property
    def entity(self) -> Entity: ...
    @property
    def amount(self) -> Expression: ...
    @property
    def window(self) -> Window: ...
    @property
    def least(self) -> Least: ...


class AsksForLeast:
    """What such measures have in common."""

    @property
    def totalled(self: _WithLeast) -> Totalled:
        """The totals of the window, by which it is only asked whether they reach the number."""
        return Totalled(self.rows, self.entity, self.amount, (self.window,), self.least.enough)


def least(fields: Fields) -> Least:
    """The field ``at_least`` or ``more_than``, whichever stands."""
    more = "more_than" in fields
    return Least(fields.number("more_than" if more else "at_least"), more)


def rows(fields: Fields) -> RowsRule:
    """The fields in ``ROWS``, and ``on``."""
    by = None
    if "by" in fields:
        node = fields.node("by")
        assert isinstance(node, MappingNode), "the schema asks for a mapping"
        entry = node.entries[0]
        by = ByRule(Written(entry.key, entry.key_span), written(entry.node))
    return RowsRule(fields.written("from"), fields.many("where"), fields.maybe("credit"), by,
                    fields.many("during"), fields.maybe("on"))  # fmt: skip


def window(fields: Fields) -> Window | None:
    """The months in ``over`` and ``ending``; None where there is no ``over``."""
    return Window.of(months(fields, "over"), ago(fields)) if "over" in fields else None


def ago(fields: Fields) -> int:
    """How many months before the as-of month a window ends."""
    return months(fields, "ending") if "ending" in fields else 0


def months(fields: Fields, key: str) -> int:
    """The number of months in a field such as ``12 months`` or ``12 months ago``."""
    match = re.match(r"[0-9]+", fields.text(key))
    assert match is not None, "the schema asks for a number of months"
    return int(match[0])
