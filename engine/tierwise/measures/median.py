"""The median of an amount: the middle one, or the average of the two in the middle."""

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
class Median(OfAmounts):
    """The measure with its names resolved: the amounts in the middle count."""

    def lower(self, steps: Steps) -> Facts:
        """A fact a row; those in the middle count."""
        choice = Choice(partial(_middle, steps), "not the amount in the middle")
        return replace(super().lower(steps), choice=choice)

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """Half of the two amounts in the middle, or twice the one."""
        total, rows = parts["total"], parts[ROWS]
        are_two = (rows / 2).floor() * 2 == rows
        both = total.where(are_two, total * 2)
        return (both / 2).present_if(rows > 0)


def _middle(steps: Steps, facts: ir.Table, keys: tuple[str, ...]) -> ir.Table:
    """The one or two facts in the middle, of each scored one."""
    order = [facts.amount, facts.month, facts.entity]
    place = steps.place(facts, keys, order)
    many = facts.count().over(group_by=list(keys))
    ranked = facts.mutate(place=place, **{CHOSEN_FROM: many})
    first, second = (ranked[CHOSEN_FROM] - 1) // 2, ranked[CHOSEN_FROM] // 2
    return ranked.filter((ranked.place == first) | (ranked.place == second)).drop("place")


KIND = kind(
    "median",
    "The median of an amount",
    "The amount in the middle of those of the eligible rows; with an even number, the average of "
    "the two in the middle. Rows whose amount is empty are left out; where there are none, there "
    "is no value. 'rows', how many there are in all, may be named in 'requires', and 'total', what "
    "stands in the middle added up.",
    "{median: grade, from: answers, over: 6 months}",
    Median,
    {"title": "Amount", "description": "The amount of one row.", "examples": ["grade"]},
)
