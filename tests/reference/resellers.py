"""The programme of docs/tutorial.md, row by row in plain Python and exact fractions.

It reads as the policy page does, and shares no code with the engine. Months are numbers:
twelve times the year, plus the month from 0.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

Row = dict[str, object]
ELECTRIC = {"mower", "trimmer"}
ISLANDS = {"skerries"}
MOST = {"sales": 30, "electric_buyers": 10, "service": 15, "satisfaction": 15, "support": 10,
        "technicians": 20, "service_buyers": 10}  # fmt: skip


@dataclass
class Reseller:
    """One reseller and its rows, by table; an order's lines lie in it."""

    name: str
    region: str
    orders: list[Row] = field(default_factory=list)
    service: dict[tuple[str, int], int] = field(default_factory=dict)
    answers: list[Row] = field(default_factory=list)
    tickets: list[Row] = field(default_factory=list)
    trainings: list[Row] = field(default_factory=list)


@dataclass
class Score:
    """What one reseller has; a value of None is none."""

    values: dict[str, Fraction | None]
    points: dict[str, Fraction]
    level: str | None


def month_of(day: object) -> int:
    """The number of a day's month."""
    assert isinstance(day, date)
    return day.year * 12 + day.month - 1


def last_day(month: int) -> date:
    """The last day of a month."""
    year, number = divmod(month, 12)
    return date(year, number + 1, calendar.monthrange(year, number + 1)[1])


def number(row: Row, name: str) -> Fraction:
    """A cell as a fraction."""
    return Fraction(str(row[name]))


def sold_lines(reseller: Reseller, as_of: int) -> list[tuple[Row, Row]]:
    """The lines of paid orders of twelve months, each behind its order."""
    return [
        (order, line)
        for order in reseller.orders
        if order["status"] == "paid" and as_of - 11 <= month_of(order["ordered_on"]) <= as_of
        for line in order["lines"]  # type: ignore[attr-defined]
    ]


def technicians(reseller: Reseller, month: int) -> int:
    """People who have Basics, and Blades or Batteries, on the last day of a month."""
    day, count = last_day(month), 0
    for person in {row["person"] for row in reseller.trainings}:
        passed = set()
        for row in reseller.trainings:
            first, last = row["passed_on"], row["valid_through"]
            assert isinstance(first, date)
            valid = first <= day and (not isinstance(last, date) or day <= last)
            if row["person"] == person and valid:
                passed.add(row["course"])
        count += "basics" in passed and bool(passed & {"blades", "batteries"})
    return count


def won_buyers(reseller: Reseller, as_of: int) -> int:
    """Buyers who came under contract in twelve months, less those who left."""
    buyers, won = {buyer for buyer, _ in reseller.service}, 0
    for buyer in buyers:
        for month in range(as_of - 11, as_of + 1):
            now = reseller.service.get((buyer, month), 0) > 0
            before = reseller.service.get((buyer, month - 1), 0) > 0
            won += now - before
    return won


def score(reseller: Reseller, as_of: int, version: str) -> Score:
    """What the policy page gives a reseller at the end of a month."""
    values: dict[str, Fraction | None] = {}
    points: dict[str, Fraction] = {}

    def earns(
        metric: str, value: Fraction | None, rule: Callable[[Fraction], Fraction | int]
    ) -> None:
        values[metric] = value
        most = Fraction(MOST[metric])
        points[metric] = Fraction(0)
        if value is not None:
            points[metric] = min(max(Fraction(rule(value)), Fraction(0)), most)

    lines = sold_lines(reseller, as_of)
    enough = 25000 if reseller.region in ISLANDS else 40000 if version == "1.0.0" else 50000
    sales = sum((number(line, "pieces") * number(line, "price") for _, line in lines), Fraction(0))
    earns("sales", sales, lambda value: 30 * value / enough)

    buyers = {order["buyer"] for order, line in lines if line["machine"] in ELECTRIC}
    earns("electric_buyers", Fraction(len(buyers)),
          lambda value: 10 if value >= 5 else 4 if value >= 2 else 0)  # fmt: skip

    now = sum(many for (_, month), many in reseller.service.items() if month == as_of)
    then = sum(many for (_, month), many in reseller.service.items() if month == as_of - 12)
    earns("service", Fraction(now - then, then) if then else None,
          lambda value: 15 * value / Fraction("0.2") if then >= 10 else 0)  # fmt: skip

    grades = [number(row, "grade") for row in reseller.answers
              if as_of - 5 <= int(str(row["month"])) <= as_of]  # fmt: skip
    earns("satisfaction", sum(grades, Fraction(0)) / len(grades) if grades else None,
          lambda value: 15 if value >= 8 and len(grades) >= 3 else 0)  # fmt: skip

    tickets = [row for row in reseller.tickets
               if as_of - 11 <= month_of(row["opened_on"]) <= as_of]  # fmt: skip
    in_time = [row for row in tickets if row["closed_on"] is not None
               and month_of(row["closed_on"]) - month_of(row["opened_on"]) <= 1]  # fmt: skip
    earns("support", Fraction(len(in_time), len(tickets)) if tickets else None,
          lambda value: 10 if value >= Fraction("0.9") else 0)  # fmt: skip
    if not tickets:
        points["support"] = Fraction(10)

    earns("technicians", Fraction(technicians(reseller, as_of)), lambda value: 5 * value)

    if version != "1.0.0":
        breakdowns = sum(row["sort"] == "breakdown" for row in tickets)
        earns("service_buyers", Fraction(won_buyers(reseller, as_of)),
              lambda value: 5 * value - breakdowns)  # fmt: skip

    total, level = sum(points.values()), None
    always_two = all(technicians(reseller, month) >= 2 for month in range(as_of - 5, as_of + 1))
    if total >= 85 and min(points.values()) > 0 and always_two:
        level = "platinum"
    elif total >= 70 and points["technicians"] >= 10:
        level = "gold"
    elif total >= 50:
        level = "silver"
    elif total >= 25:
        level = "bronze"
    return Score(values, points, level)
