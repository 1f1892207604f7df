"""What the data sets choose from, dense in hard cases, and where the choices come from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Protocol, TypeVar

from hypothesis import strategies

AS_OF = "2021-05"
EARLIEST_MONTH = "2020-04"
MONTHS = tuple(
    [f"2020-{number:02d}" for number in range(4, 13)]
    + [f"2021-{number:02d}" for number in range(1, 7)]
)
"""From one month before the first that any metric looks at, to one month after the as-of month."""

TABLES = (
    "partners",
    "customers",
    "subscriptions",
    "associations",
    "billings",
    "seats",
    "usage",
    "exams",
)
IDENTIFIERS = ("partner_id", "customer_id", "tenant_id", "subscription_id", "person_id")

Option = TypeVar("Option")


class Chooser(Protocol):
    """Where choices come from; the first option is the simplest one."""

    def one_of(self, options: Sequence[Option]) -> Option:
        """Choose one of several options; an option listed twice is twice as likely."""
        ...


class RandomChooser:
    """Chooses by a seeded random generator."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def one_of(self, options: Sequence[Option]) -> Option:
        """Choose one of several options."""
        return self.random.choice(options)


class HypothesisChooser:
    """Lets Hypothesis choose, and shrink towards the first option."""

    def __init__(self, draw: strategies.DrawFn) -> None:
        self.draw = draw

    def one_of(self, options: Sequence[Option]) -> Option:
        """Choose one of several options."""
        return self.draw(strategies.sampled_from(options))


# --- what there is to choose from ---------------------------------------------------------------

ELIGIBLE_PRODUCTS: tuple[str, ...] = (
    "Business Central",
    "Sales",
    "Marketing",
    "Customer Service",
    "Field Service",
    "Project Service",
    "Plan 1",
    "Automation",
    "Microsoft Relationship Sales",
    "Capacity and Storage",
    "Finance and Operations",
    "Fraud Protection",
    "Operations",
    "Retail",
    "Human Resources",
    "Plan 2",
    "Mixed Reality",
    "Team Member",
)
OTHER_PRODUCTS: tuple[str, ...] = ("Office 365", "Plan 3", "Sales Insights", "Power BI")
CHANNELS = ("CSP", "CSP", "CSP", "EA", "EA", "EA", "Web Direct", "Web Direct", "Open")

# Around the months in which an agreement of the first year enters or leaves the window.
AGREEMENT_STARTS = (
    date(2020, 6, 1),
    date(2020, 5, 31),
    date(2020, 6, 30),
    date(2020, 7, 1),
    date(2019, 6, 30),
    date(2019, 7, 1),
    date(2019, 12, 15),
    date(2020, 1, 31),
    date(2020, 12, 10),
    date(2021, 5, 31),
    date(2021, 6, 1),
)
START_DATES = (date(2019, 1, 1), date(2020, 6, 15), date(2021, 5, 31), date(2018, 3, 7))

ASSOCIATION_TYPES: tuple[tuple[str, str | None], ...] = (
    ("CSP", None),
    ("DPOR", None),
    ("CPOR", "OSA"),
    ("CPOR", "OSU"),
    ("DPOR", None),
)

AMOUNTS = tuple(
    Decimal(amount)
    for amount in (
        "1000",
        "15000",
        "30000",
        "29999.99",
        "7500.5",
        "0",
        "0.01",
        "0.005",
        "0.000001",
        "1234.565",
        "333.333333",
        "4000.1",
        "2999.999999",
        "48000",
    )
)

EXAMS_OF_CONSULTANTS = (
    ("MB-800",),
    ("PL-200", "MB-210"),
    ("PL-200", "MB-220"),
    ("PL-200", "MB-230"),
    ("PL-200", "MB-240"),
    ("MB-300", "MB-310"),
    ("MB-300", "MB-320"),
    ("MB-300", "MB-330"),
    ("MB-800", "PL-200", "MB-230", "MB-240"),
)
EXAMS_OF_DEVELOPERS = (
    ("PL-400",),
    ("MB-300", "MB-500"),
    ("MB-300", "MB-700"),
    ("PL-400", "MB-300", "MB-500"),
)
# Halves, mixtures and codes that do not count.
EXAMS_OF_OTHERS = (
    ("PL-200",),
    ("MB-300",),
    ("PL-200", "MB-310"),
    ("MB-300", "MB-240"),
    ("MB-210", "MB-220", "MB-230"),
    ("PL-200", "MB-500"),
    ("MB-500", "MB-700"),
    ("PL-200", "MB-300"),
    ("MB-910", "AZ-104"),
    ("PL-100", "MB-210"),
    ("MB-300", "MB-330", "MB-700"),
)
EXAM_SETS = EXAMS_OF_CONSULTANTS + EXAMS_OF_DEVELOPERS + EXAMS_OF_OTHERS
PASSED_ON = (
    date(2020, 2, 3),
    date(2019, 11, 30),
    date(2020, 12, 31),
    date(2021, 5, 1),
    date(2021, 5, 30),
    date(2021, 5, 31),
    date(2021, 6, 1),
)
EXPIRES_ON: tuple[date | None, ...] = (
    None,
    None,
    None,
    date(2022, 2, 3),
    date(2021, 6, 30),
    date(2021, 6, 1),
    date(2021, 5, 31),
    date(2021, 5, 30),
    date(2021, 5, 1),
)

SEATS = (1, None, 0, 2, 25)
USERS = (4, 5, None, 0, 1, 2, 3, 6)
# A year ago: alone or added up around 50.
USERS_A_YEAR_AGO = (None, 50, 49, 51, 25, 24, 26, 1, 60, 100)
# Users now: less, the same, a little more, and around 35 % more than 50, 60 and 100.
USERS_NOW = (None, None, 50, 0, 4, 5, 34, 55, 67, 68, 81, 134, 135, 136)

SCORES_TO_LAND_ON = (
    Fraction(60),
    Fraction(80),
    Fraction("59.99"),
    Fraction("79.99"),
)
