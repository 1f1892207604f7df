"""Data sets of shops, made at random within what the contract of examples/shapes allows.

Amounts and dates are drawn from few values, so that thresholds are met, missed and just missed.
"""

from __future__ import annotations

import datetime
import random

from reference.worlds import Row, Tables

AREAS = {"bread": "food", "spade": "garden", "train": "toys"}
WEIGHTS = {"bread": "1", "spade": "1.5", "train": "2"}
LARGE = {"DE": True, "NL": True, "PT": False}
REGIONS = {"DE": "middle", "NL": "west", "PT": "south"}
ACTIVITIES = {
    "fair": ("2", False),
    "plan": ("5", True),
    "story": ("3.5", False),
    "visit": ("1", True),
}
BADGES = ("advice", "repair", "repair-2", "sales", "signs", "pottery")
RATES = {"EUR": ["1"], "USD": ["0.8", "1", "1.25"], "XAU": ["0.0001", "7.5"]}
FIRST, AS_OF = datetime.date(2018, 1, 1), datetime.date(2021, 6, 30)


def day(draw: random.Random, near: bool = True) -> datetime.date:
    """A day before the end of the as-of month, or in the month after; more of them near it."""
    back = draw.choice((20, 40, 100, 200, 400, 800, 1200)) if near else 1200
    return AS_OF + datetime.timedelta(days=draw.randint(0, 20) - draw.randint(0, back))


def world(seed: int) -> Tables:
    """A data set of some shops and customers; every table has a row."""
    draw = random.Random(seed)
    shops: list[Row] = [
        {
            "shop_id": f"s{number}",
            "country": draw.choice([*LARGE]),
            "joined_on": day(draw),
            "enrolled_on": draw.choice([None, day(draw)]),
            "headcount": draw.choice([0, 1, 2, 3, 8]),
        }
        for number in range(draw.randint(1, 4))
    ]
    customers: list[Row] = [
        {
            "customer_id": f"c{number}",
            "country": draw.choice([*LARGE]),
            "seats": draw.choice([0, 5, 50]),
        }
        for number in range(draw.randint(1, 5))
    ]
    ids = [row["shop_id"] for row in shops]
    buyers = [row["customer_id"] for row in customers]
    orders: list[Row] = [
        {
            "order_id": f"o{number}",
            "shop_id": draw.choice(ids),
            "customer_id": draw.choice(buyers),
            "product": draw.choice([*AREAS]),
            "ordered_on": day(draw),
            "kind": draw.choice(["sale", "sale", "sale", "return"]),
            "amount": draw.choice(["0", "10", "25.5", "50", "99.99", "100", "300"]),
        }
        for number in range(draw.randint(1, 30))
    ]
    people: dict[tuple[object, ...], Row] = {}
    for number in range(draw.randint(1, 25)):
        passed = day(draw)
        shop = draw.randrange(len(ids))
        row: Row = {
            "person_id": f"p{shop}-{number % 5}",
            "shop_id": ids[shop],
            "badge": draw.choice(BADGES),
            "area": draw.choice([*AREAS.values()]),
            "passed_on": passed,
            "expires_on": draw.choice([None, None, passed, passed + datetime.timedelta(days=365)]),
        }
        people[row["person_id"], row["badge"], row["passed_on"]] = row
    activities: list[Row] = [
        {"activity_id": f"a{number}", "shop_id": draw.choice(ids), "type": draw.choice([*ACTIVITIES]),
         "done_on": day(draw)}
        for number in range(draw.randint(1, 15))
    ]  # fmt: skip
    ratings: list[Row] = [
        {"rating_id": f"r{number}", "shop_id": draw.choice(ids), "customer_id": draw.choice(buyers),
         "given_on": day(draw), "stars": draw.randint(0, 5)}
        for number in range(draw.randint(1, 20))
    ]  # fmt: skip
    claims: list[Row] = []
    for number in range(draw.randint(1, 10)):
        begins = day(draw)
        ends = draw.choice(
            [None, None, begins, begins + datetime.timedelta(days=draw.randint(1, 400))]
        )
        claims.append({"claim_id": f"k{number}", "shop_id": draw.choice(ids),
                       "customer_id": draw.choice(buyers), "begins_on": begins, "ends_on": ends})  # fmt: skip
    months = [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(2018 * 12, 2021 * 12 + 7)]
    usage: dict[tuple[object, ...], Row] = {}
    for buyer in buyers:
        first = draw.randrange(len(months))
        for month in months[first:]:
            if draw.random() < 0.8:
                users = draw.choice([0, 1, 10, 20, 25, 50])
                usage[buyer, month] = {"customer_id": buyer, "month": month, "users": users}
    usage[buyers[0], "2021-06"] = {"customer_id": buyers[0], "month": "2021-06", "users": 30}
    rates: list[Row] = [
        {"currency": currency, "month": month, "eur": draw.choice(values)}
        for currency, values in RATES.items()
        for month in months
    ]
    payments: list[Row] = [
        {"payment_id": f"y{number}", "shop_id": draw.choice(ids),
         "paid_on": max(FIRST, min(AS_OF, day(draw))), "currency": draw.choice([*RATES]),
         "amount": draw.choice(["0", "1000", "2500.5", "4000", "9999.99"])}
        for number in range(draw.randint(1, 12))
    ]  # fmt: skip
    return {
        "shops": shops, "customers": customers, "orders": orders, "people": [*people.values()],
        "activities": activities, "ratings": ratings, "claims": claims, "usage": [*usage.values()],
        "payments": payments, "rates": rates,
    }  # fmt: skip
