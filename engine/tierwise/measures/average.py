"""The average of an amount over the eligible rows of the window; without rows there is none."""

from __future__ import annotations

from dataclasses import dataclass

from tierwise.measures.amounts import OfAmounts, kind


@dataclass(frozen=True)
class Average(OfAmounts):
    """The measure with its names resolved: all amounts count."""


KIND = kind(
    "average",
    "The average of an amount",
    "The sum of an amount over the eligible rows, by how many they are. Rows whose amount is empty "
    "are left out; where there are none, there is no value. 'total' and 'rows' may be named in "
    "'requires'.",
    "{average: grade, from: answers, over: 6 months}",
    Average,
    {"title": "Amount", "description": "The amount of one row.", "examples": ["grade"]},
)
