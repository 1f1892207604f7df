"""Solutions Partner for Business Applications, row by row in fractions."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .calendar_of_months import end_of, in_effect, month_of

Row = dict[str, object]
Tables = dict[str, list[Row]]
Thing = tuple[object, object]
"""A workload at a tenant."""

RATES = {
    **dict.fromkeys(("Business Central", "Core HR", "Guides", "Remote Assist", "Talent Attract",
                     "Talent Onboard"), Fraction(1000)),
    **dict.fromkeys(("Contact Center", "Sales", "Sales Insights", "Customer Service",
                     "Field Service", "Power Apps", "Power Automate", "Power BI"), Fraction(200)),
    **dict.fromkeys(("Finance", "Project Operations", "Portals", "Retail"), Fraction(100)),
    "Customer Insights": Fraction(1, 5),
}  # fmt: skip
ADMIN_LINK_ONLY = {"Power Apps", "Power Automate", "Power BI", "Customer Insights"}
INTERMEDIATE = {
    "Finance Functional Consultant", "Finance and Operations Developer",
    "Supply Chain Management Functional Consultant", "Customer Service Functional Consultant",
    "Field Service Functional Consultant", "Business Central Functional Consultant",
    "Power BI Data Analyst", "Power Platform Functional Consultant", "Power Platform Developer",
    "Power Automate RPA Developer", "Customer Experience Analyst", "Sales AI Consultant",
    "Intelligent Applications Builder", "Contact Center AI Engineer",
}  # fmt: skip
ADVANCED = {
    "Supply Chain Management Expert", "Finance and Operations Solution Architect",
    "Power Platform Solution Architect", "Business Central Developer",
    "Agentic AI Business Solutions Architect",
}  # fmt: skip
RETIRED = {
    "Field Service Functional Consultant": date(2026, 6, 30),
    "Power Platform Functional Consultant": date(2026, 8, 31),
    "Power Automate RPA Developer": date(2026, 6, 30),
    "Customer Experience Analyst": date(2026, 7, 31),
    "Supply Chain Management Expert": date(2026, 6, 30),
    "Finance and Operations Solution Architect": date(2026, 6, 30),
    "Power Platform Solution Architect": date(2026, 6, 30),
}
METRICS = ("net_customer_adds", "intermediate_certifications", "advanced_certifications",
           "usage_growth", "deployments")  # fmt: skip


@dataclass(frozen=True)
class Track:
    """What a track asks for."""

    full: tuple[Fraction, ...]
    least_value: int
    deployed: int


def track(is_enterprise: bool, is_new: bool) -> Track:
    """By the table: where each track earns all points; and the SMB track of the earlier version."""
    if is_enterprise:
        return Track(tuple(map(Fraction, (5, 20, 7, "0.3", 5))), 50_000, 10_000)
    if is_new:
        return Track(tuple(map(Fraction, (5, 5, 2, "0.3", 5))), 25_000, 5_000)
    return Track(tuple(map(Fraction, (20, 5, 2, "0.45", 10))), 50_000, 5_000)


MAXIMA = (15, 20, 15, 30, 20)


def points_of(
    is_enterprise: bool, is_new: bool, values: tuple[Fraction | None, ...], then: Fraction
) -> tuple[Fraction, ...]:
    """The points of the five values, with the value of usage a year ago."""
    asked = track(is_enterprise, is_new)
    points = []
    for most, full, value in zip(MAXIMA, asked.full, values, strict=True):
        share = Fraction(0) if value is None else most * value / full
        points.append(min(max(share, Fraction(0)), Fraction(most)))
    if then < asked.least_value:
        points[3] = Fraction(0)
    return tuple(points)


def is_designated(points: tuple[Fraction, ...]) -> bool:
    """Whether a score of at least 70 has every one of the five metrics above 0."""
    return sum(points) >= 70 and all(each > 0 for each in points)


@dataclass(eq=False)
class Programme:
    """One data set as of one month (a number)."""

    tables: Tables
    as_of: int

    def __post_init__(self) -> None:
        self.subscriptions = {row["subscription_id"]: row for row in self.tables["subscriptions"]}
        self.is_new = self.as_of >= month_of("2023-04")
        self.revenue = self._totals("workload_revenue", "amount", by_rate=False)
        self.usage = self._totals("workload_usage", "quantity", by_rate=True)

    def _totals(self, table: str, column: str, by_rate: bool) -> dict[tuple[Thing, int], Fraction]:
        totals: dict[tuple[Thing, int], Fraction] = {}
        for row in self.tables[table]:
            own = self.subscriptions[row["subscription_id"]]
            rate = RATES[str(own["workload"])] if by_rate else Fraction(1)
            key = ((own["tenant_id"], own["workload"]), month_of(str(row["month"])))
            totals[key] = totals.get(key, Fraction(0)) + Fraction(str(row[column])) * rate
        return totals

    @functools.cache  # noqa: B019  one data set lives as long as its test
    def credited(self, thing: Thing, month: int, claim: str) -> set[str]:
        """Who is credited with a workload in a month: for revenue (OSA) or usage (OSU)."""
        found: set[str] = set()
        for key, row in self.subscriptions.items():
            if (row["tenant_id"], row["workload"]) != thing:
                continue
            own = [
                each
                for each in self.tables["associations"]
                if each["subscription_id"] == key
                and in_effect(each["from_date"], each["to_date"], end_of(month))
            ]  # type: ignore[arg-type]
            if claim == "OSU" and row["workload"] in ADMIN_LINK_ONLY:
                found |= {str(each["partner_id"]) for each in own if each["type"] == "PAL"}
                continue
            claims = {str(each["partner_id"]) for each in own
                      if each["type"] == "CPOR" and each["incentive"] == claim}  # fmt: skip
            found |= claims | {str(each["partner_id"]) for each in own if each["type"] == "CSP"}
            if not claims:
                found |= {str(each["partner_id"]) for each in own if each["type"] == "DPOR"}
        return found

    def reaching(self, partner: str, month: int, least: int, more: bool = False) -> int:
        """Workloads whose revenue of a month is at least, or more than, so much."""
        return sum((total > least if more else total >= least)
                   and partner in self.credited(thing, month, "OSA")
                   for (thing, at), total in self.revenue.items() if at == month)  # fmt: skip

    def deployed(self, partner: str, month: int, least: int) -> int:
        """Workloads worth at least so much in a month."""
        return sum(total >= least and partner in self.credited(thing, month, "OSU")
                   for (thing, at), total in self.usage.items() if at == month)  # fmt: skip

    def worth(self, partner: str, month: int) -> Fraction:
        """What the usage of all workloads of a partner is worth in a month."""
        return sum((total for (thing, at), total in self.usage.items()
                    if at == month and partner in self.credited(thing, month, "OSU")),
                   Fraction(0))  # fmt: skip

    def holders(self, partner: str, of: set[str]) -> int:
        """People who hold at least one certification of a list now."""
        day, people = end_of(self.as_of), set()
        for row in self.tables["certifications"]:
            name, taken = str(row["certification"]), row["taken_on"]
            assert isinstance(taken, date)
            if row["partner_id"] != partner or name not in of:
                continue
            retired = RETIRED.get(name)
            if retired is not None and (taken > retired or day > retired.replace(year=2027)):
                continue
            if in_effect(taken, row["expires_on"], day):  # type: ignore[arg-type]
                people.add(row["person_id"])
        return len(people)

    def score(self, partner: str) -> tuple[tuple[Fraction | None, ...], tuple[Fraction, ...]]:
        """The values and points of one partner."""
        now, ago = self.as_of, self.as_of - 12
        large = [self.reaching(partner, now - back, 5000, more=True) for back in (1, 13)]
        enterprise = min(large) >= 5
        if enterprise:
            adds = self.reaching(partner, now, 1500) - self.reaching(partner, ago, 1500)
        else:
            least = 250 if self.is_new else 500
            more = not self.is_new
            adds = self.reaching(partner, now, least, more) - self.reaching(
                partner, ago, least, more
            )
        least_value = track(enterprise, self.is_new).deployed
        then = self.worth(partner, ago)
        values = (
            Fraction(adds),
            Fraction(self.holders(partner, INTERMEDIATE)),
            Fraction(self.holders(partner, ADVANCED)),
            (self.worth(partner, now) - then) / then if then else None,
            Fraction(self.deployed(partner, now, least_value)
                     - self.deployed(partner, ago, least_value)),
        )  # fmt: skip
        return values, points_of(enterprise, self.is_new, values, then)
