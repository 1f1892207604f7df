"""The smallest of the amounts of the eligible rows; without rows there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from tierwise.measures.amounts import OfAmounts, kind
from tierwise.measures.base import CHOSEN_FROM, ROWS, Choice, Facts, Steps

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tierwise.rational import Rational


@dataclass(frozen=True)
class Smallest(OfAmounts):
    """The measure with its names resolved: one amount counts."""

    def lower(self, steps: Steps) -> Facts:
        """A fact a row; the smallest counts, of equal ones that of the first month."""
        choice = Choice(partial(_smallest, steps), "not the smallest amount")
        return replace(super().lower(steps), choice=choice)

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """The amount, where there is one."""
        return parts["total"].present_if(parts[ROWS] > 0)


def _smallest(steps: Steps, facts: ir.Table, keys: tuple[str, ...]) -> ir.Table:
    """The fact with the smallest amount, of each scored one."""
    order = [facts.amount, facts.month, facts.entity]
    place = steps.place(facts, keys, order)
    many = facts.count().over(group_by=list(keys))
    ranked = facts.mutate(place=place, **{CHOSEN_FROM: many})
    return ranked.filter(ranked.place == 0).drop("place")


KIND = kind(
    "smallest",
    "The smallest amount",
    "The smallest amount of the eligible rows. Rows whose amount is empty are left out; where there "
    "are none, there is no value. 'rows', how many there are, may be named in 'requires'.",
    "{smallest: amount, from: orders, over: 12 months}",
    Smallest,
    {"title": "Amount", "description": "The amount of one row.", "examples": ["amount"]},
)
