"""The better of two options."""

from __future__ import annotations

from fractions import Fraction

from reference.worlds import Row, Tables
from shapes.base import Expected, back, clipped, net, own

LEVELS = ("gold", "silver", None)


def expected(tables: Tables, shop: Row) -> Expected:
    """What the competency gives for one shop."""
    orders = [each for each in own(tables, "orders", shop) if 0 <= back(each["ordered_on"]) < 12]
    sales = clipped(sum(map(net, orders), Fraction(0)) / 10, 30)
    customers = clipped(Fraction(10 * len({each["customer_id"] for each in orders})), 30)
    one = "gold" if sales == 30 else "silver" if sales >= 10 else None
    two = "gold" if customers == 30 else "silver" if customers >= 20 else None
    return {"by-sales.score": sales, "by-sales.level": one, "by-customers.score": customers,
            "by-customers.level": two, "competency_level": min(one, two, key=LEVELS.index)}  # fmt: skip
