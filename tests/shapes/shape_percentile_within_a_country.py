"""The share of the other shops of a country that sell less."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Tables, name_in
from shapes.base import NOW, Expected, sales_in


def together(worlds: list[Tables]) -> dict[str, Expected]:
    """By shop of all data sets together, what the competency gives."""
    sales = {
        name_in(number, shop["shop_id"]): (shop["country"], sales_in(tables, shop, NOW - 11, NOW))
        for number, tables in enumerate(worlds)
        for shop in tables["shops"]
    }
    found: dict[str, Expected] = {}
    for shop, (country, own) in sales.items():
        others = [
            each for name, (where, each) in sales.items() if where == country and name != shop
        ]
        rank = Fraction(sum(each < own for each in others), len(others)) if others else None
        good = rank is not None and rank >= Fraction(8, 10)
        found[shop] = {"sales": own, "rank": rank, "score": 10 if good else 0,
                       "level": "best" if good else None}  # fmt: skip
    return found
