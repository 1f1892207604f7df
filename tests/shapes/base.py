"""What the references of the shapes share: plain rows, months and exact numbers.

A reference is a module ``shape_NAME`` with ``expected(tables, shop)``: what the competency of that
name in examples/shapes gives for one shop of a data set as of June 2021, worked out row by row with
exact fractions, without the engine. Its keys are names of values and metrics, ``points.METRIC``,
``points.GROUP``, ``score`` and ``level`` (None: no level), as many as the shape is about; a name that
is not among them is not compared.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction

from reference.worlds import Row, Tables

Expected = Mapping[str, Fraction | int | str | bool | datetime.date | None]

AS_OF = datetime.date(2021, 6, 30)
NOW = 2021 * 12 + 5
"""The number of the as-of month."""


def month_of(cell: object) -> int:
    """The number of the month of a day, or of a text such as 2021-06: years times 12, and months."""
    if isinstance(cell, datetime.date):
        return cell.year * 12 + cell.month - 1
    text = str(cell)
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def last_day(month: int) -> datetime.date:
    """The last day of a month."""
    after = month + 1
    return datetime.date(after // 12, after % 12 + 1, 1) - datetime.timedelta(days=1)


def in_effect(begins: object, ends: object, day: datetime.date) -> bool:
    """Whether a period covers a day; a missing end is open."""
    assert isinstance(begins, datetime.date)
    return begins <= day and (ends is None or (isinstance(ends, datetime.date) and ends >= day))


def number(cell: object) -> Fraction:
    """A cell's exact number."""
    return Fraction(str(cell))


def own(tables: Tables, table: str, shop: Row) -> list[Row]:
    """The rows of a table that name a shop."""
    return [row for row in tables[table] if row["shop_id"] == shop["shop_id"]]


def net(order: Row) -> Fraction:
    """What an order is worth: a return counts against it."""
    return number(order["amount"]) * (1 if order["kind"] == "sale" else -1)


def back(cell: object) -> int:
    """How many months before the as-of month a day or month lies: 0 in that month."""
    return NOW - month_of(cell)


def clipped(points: Fraction, most: int | Fraction, least: int | Fraction = 0) -> Fraction:
    """Points within bounds."""
    return min(max(points, Fraction(least)), Fraction(most))


def claimed_in(tables: Tables, shop: Row, month: int) -> set[object]:
    """The customers on which a shop has a claim on the last day of a month."""
    return {
        each["customer_id"]
        for each in own(tables, "claims", shop)
        if in_effect(each["begins_on"], each["ends_on"], last_day(month))
    }


def users_in(tables: Tables, customers: set[object], month: int) -> Fraction:
    """The users that customers have in a month."""
    rows = (
        each
        for each in tables["usage"]
        if each["customer_id"] in customers and month_of(each["month"]) == month
    )
    return sum((number(each["users"]) for each in rows), Fraction(0))


def holding(tables: Tables, shop: Row) -> dict[object, set[str]]:
    """By person of a shop, the badges in effect on the last day; "signs" only if taken in time."""
    held: dict[object, set[str]] = {}
    for each in own(tables, "people", shop):
        taken = each["passed_on"]
        assert isinstance(taken, datetime.date)
        too_late = each["badge"] == "signs" and taken > datetime.date(2020, 6, 30)
        if in_effect(taken, each["expires_on"], AS_OF) and not too_late:
            held.setdefault(each["person_id"], set()).add(str(each["badge"]))
    return held


def sales_in(tables: Tables, shop: Row, first: int, last: int) -> Fraction:
    """Net sales from one month through another, by their numbers."""
    orders = own(tables, "orders", shop)
    return sum(
        (net(each) for each in orders if first <= month_of(each["ordered_on"]) <= last), Fraction(0)
    )
