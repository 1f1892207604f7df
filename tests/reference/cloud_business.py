"""Cloud Business Applications, row by row in fractions, as its specification says it.

Rows are dictionaries by column: months 'YYYY-MM', days ``date``, amounts ``Fraction``.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .calendar_of_months import end_of, in_effect, month_of

Row = dict[str, object]
Tables = dict[str, list[Row]]

DEVELOPED = {"US", "NL", "DE", "JP"}
CHANNELS = {"EA", "CSP", "Web Direct"}
PRODUCTS = {
    "customer-engagement": {
        "Sales", "Customer Service", "Field Service", "Project Service Automation", "Marketing",
        "Microsoft Relationship Sales", "Plan 1", "Talent", "Enterprise Team Member",
    },
    "finance-and-operations": {
        "Unified Operations", "Finance", "Supply Chain Management", "Retail", "Commerce", "Plan 2",
        "Mixed Reality", "Talent", "Enterprise Team Member",
    },
}  # fmt: skip
# net new revenue, customer adds, consultants, developers, large deployments, growth of users
THRESHOLDS = {
    ("customer-engagement", True): (300_000, 10, 15, 5, 5, Fraction(1, 4)),
    ("customer-engagement", False): (150_000, 5, 5, 2, 1, Fraction(1, 4)),
    ("finance-and-operations", True): (300_000, 3, 15, 5, 3, Fraction(1, 4)),
    ("finance-and-operations", False): (150_000, 1, 5, 2, 1, Fraction(1, 4)),
}
LARGE = {
    ("customer-engagement", True): 250,
    ("customer-engagement", False): 150,
    ("finance-and-operations", True): 100,
    ("finance-and-operations", False): 50,
}
# By exam, the day it retired and the last day it counts if it was passed until then.
RETIRED = {
    "MB-200": (date(2020, 12, 31), date(2021, 12, 31)),
    "MB-400": (date(2020, 12, 31), date(2021, 12, 31)),
    "MB6-898": (date(2021, 1, 31), date(2022, 1, 31)),
    "MB-897": (date(2021, 1, 31), date(2022, 1, 31)),
    "MB2-716": (date(2021, 1, 31), date(2022, 1, 31)),
    "MB-894": (date(2021, 1, 31), date(2022, 1, 31)),
}
METRICS = ("net_new_revenue", "net_customer_adds", "functional_consultants",
           "functional_consultant_growth", "developers", "new_large_deployments",
           "monthly_active_user_growth")  # fmt: skip


def is_consultant(option: str, is_new: bool, held: set[str]) -> bool:
    """Whether somebody's exams make a functional consultant."""
    if option == "customer-engagement":
        core = "MB-200" in held or (is_new and "PL-200" in held)
        return core and bool(held & {"MB-210", "MB-220", "MB-230", "MB-240", "MB6-898"})
    fifth = "MB-897" if is_new else "MB6-897"
    return "MB-300" in held and bool(held & {"MB-310", "MB-320", "MB-330", fifth, "MB6-898"})


def is_developer(option: str, is_new: bool, held: set[str]) -> bool:
    """Whether somebody's exams make a developer."""
    if option == "customer-engagement":
        old = "MB-200" in held and bool(held & {"MB-400", "MB2-716"})
        return old or (is_new and "PL-400" in held)
    return "MB-300" in held and bool(held & {"MB-500", "MB-894" if is_new else "MB6-894"})


@dataclass(eq=False)
class Programme:
    """One option over one data set, as of one month (a number)."""

    option: str
    tables: Tables
    as_of: int

    def __post_init__(self) -> None:
        self.subscriptions = {row["subscription_id"]: row for row in self.tables["subscriptions"]}
        self.customers = {row["customer_id"]: row for row in self.tables["customers"]}
        self.window = range(self.as_of - 11, self.as_of + 1)
        self.is_new = self.as_of >= month_of("2020-12")

    @functools.cache  # noqa: B019  one data set lives as long as its test
    def eligible(self) -> list[Row]:
        """Paid, through one of the channels, one of the option's products."""
        return [row for row in self.subscriptions.values()
                if row["paid"] and row["channel"] in CHANNELS
                and row["product"] in PRODUCTS[self.option]]  # fmt: skip

    def credited(self, subscription: Row, month: int, claim: str) -> set[str]:
        """Who is credited for a subscription in a month, by a claim."""
        day = end_of(month)
        own = [
            row
            for row in self.tables["associations"]
            if row["subscription_id"] == subscription["subscription_id"]
            and in_effect(row["from_date"], row["to_date"], day)
        ]  # type: ignore[arg-type]
        claims = {str(row["partner_id"]) for row in own
                  if row["type"] == "CPOR" and row["incentive"] == claim}  # fmt: skip
        direct = {str(row["partner_id"]) for row in own if row["type"] == "CSP"}
        digital = {str(row["partner_id"]) for row in own if row["type"] == "DPOR"}
        return claims | direct | (digital if not claims else set())

    @functools.cache  # noqa: B019  one data set lives as long as its test
    def credited_for(self, column: str, thing: object, month: int, claim: str) -> set[str]:
        """Who is credited for a customer or tenant, through any of its eligible subscriptions."""
        found: set[str] = set()
        for row in self.eligible():
            if row[column] == thing:
                found |= self.credited(row, month, claim)
        return found

    def customers_are_developed(self, partner: str) -> bool:
        """Whether at least one customer in a developed country ... in any of the 12 months."""
        for row in self.eligible():
            if self.customers[row["customer_id"]]["country"] not in DEVELOPED:
                continue
            for month in self.window:
                for claim in ("OSA", "OSU"):
                    if partner in self.credited(row, month, claim):
                        return True
        return False

    def revenue(self, partner: str) -> Fraction:
        """Billings minus credits; of an Enterprise Agreement its first year."""
        eligible = {row["subscription_id"] for row in self.eligible()}
        total = Fraction(0)
        for row in self.tables["billings"]:
            month = month_of(str(row["month"]))
            subscription = self.subscriptions[row["subscription_id"]]
            if row["subscription_id"] not in eligible or month not in self.window:
                continue
            if subscription["channel"] == "EA":
                start = subscription["agreement_start"]
                assert isinstance(start, date)
                if not 0 <= month - (start.year * 12 + start.month - 1) < 12:
                    continue
            if partner in self.credited(subscription, month, "OSA"):
                amount = Fraction(str(row["amount"]))
                total += amount if row["kind"] == "billing" else -amount
        return total

    @functools.cache  # noqa: B019  one data set lives as long as its test
    def seats(self, customer: object, month: int) -> int:
        """A customer's paid seats over all eligible subscriptions."""
        own = {row["subscription_id"] for row in self.eligible() if row["customer_id"] == customer}
        return sum(int(str(row["paid_seats"])) for row in self.tables["seats"]
                   if row["subscription_id"] in own and month_of(str(row["month"])) == month)  # fmt: skip

    def net_adds(self, partner: str) -> Fraction:
        """Adds; a loss costs those with the credit of the latest add, if that is in the window."""
        net = 0
        for customer in self.customers:
            latest_add = None
            for month in self.window:
                before, now = self.seats(customer, month - 1), self.seats(customer, month)
                if before == 0 and now >= 1:
                    latest_add = month
                    net += partner in self.credited_for("customer_id", customer, month, "OSA")
                if before >= 1 and now == 0 and latest_add is not None:
                    net -= partner in self.credited_for("customer_id", customer, latest_add, "OSA")
        return Fraction(net)

    @functools.cache  # noqa: B019  one data set lives as long as its test
    def held(self, partner: str, day: date) -> dict[str, set[str]]:
        """By person, the exams that count on a day."""
        people: dict[str, set[str]] = {}
        for row in self.tables["exams"]:
            passed, exam = row["passed_on"], str(row["exam"])
            assert isinstance(passed, date)
            if row["partner_id"] != partner or not in_effect(passed, row["expires_on"], day):  # type: ignore[arg-type]
                continue
            if exam in RETIRED and (passed > RETIRED[exam][0] or day > RETIRED[exam][1]):
                continue
            people.setdefault(str(row["person_id"]), set()).add(exam)
        return people

    @functools.cache  # noqa: B019  one data set lives as long as its test
    def consultants(self, partner: str, day: date) -> int:
        """How many people are functional consultants on a day."""
        held = self.held(partner, day).values()
        return sum(is_consultant(self.option, self.is_new, exams) for exams in held)

    @functools.cache  # noqa: B019  one data set lives as long as its test
    def users(self, tenant: object, month: int) -> int:
        """A tenant's users of production over all eligible subscriptions."""
        own = {row["subscription_id"] for row in self.eligible() if row["tenant_id"] == tenant}
        return sum(int(str(row["monthly_active_users"])) for row in self.tables["usage"]
                   if row["subscription_id"] in own and row["environment"] == "production"
                   and month_of(str(row["month"])) == month)  # fmt: skip

    def tenants(self) -> set[object]:
        """Every tenant."""
        return {row["tenant_id"] for row in self.subscriptions.values()}

    def deployments(self, partner: str, least: int) -> Fraction:
        """Tenants below the number in the first month that reached it later."""
        count = 0
        first, *later = self.window
        for tenant in self.tenants():
            if self.users(tenant, first) >= least:
                continue
            for month in later:
                if self.users(tenant, month) >= least:
                    count += partner in self.credited_for("tenant_id", tenant, month, "OSU")
                    break
        return Fraction(count)

    def all_users(self, partner: str, month: int) -> int:
        """Users of all tenants credited in the month."""
        return sum(self.users(tenant, month) for tenant in self.tenants()
                   if partner in self.credited_for("tenant_id", tenant, month, "OSU"))  # fmt: skip

    def score(self, row: Row) -> tuple[dict[str, Fraction | None], dict[str, Fraction]]:
        """The values and points of one partner."""
        partner, day = str(row["partner_id"]), end_of(self.as_of)
        theirs = self.customers_are_developed(partner)
        own = row["country"] in DEVELOPED
        money, adds, _, _, large, growth = THRESHOLDS[self.option, theirs]
        _, _, people, developers, _, _ = THRESHOLDS[self.option, own]
        renewal = row["renewal_date"]
        snapshot = renewal if isinstance(renewal, date) and renewal <= day else date(2020, 10, 1)
        now, then = self.consultants(partner, day), self.consultants(partner, snapshot)
        held = self.held(partner, day).values()
        least = LARGE[self.option, theirs]
        users, users_then = (
            self.all_users(partner, self.as_of),
            self.all_users(partner, self.as_of - 12),
        )
        values: dict[str, Fraction | None] = {
            "net_new_revenue": self.revenue(partner),
            "net_customer_adds": self.net_adds(partner),
            "functional_consultants": Fraction(now),
            "functional_consultant_growth": Fraction(now - then, then) if then else None,
            "developers": Fraction(sum(is_developer(self.option, self.is_new, each) for each in held)),
            "new_large_deployments": self.deployments(partner, least),
            "monthly_active_user_growth":
                Fraction(users - users_then, users_then) if users_then else None,
        }  # fmt: skip

        def share(metric: str, most: int, threshold: Fraction | int) -> Fraction:
            value = values[metric]
            if value is None:
                return Fraction(0)
            return min(max(most * value / Fraction(threshold), Fraction(0)), Fraction(most))

        points = {
            "net_new_revenue": share("net_new_revenue", 10, money),
            "net_customer_adds": share("net_customer_adds", 10, adds),
            "functional_consultants": share("functional_consultants", 15, people),
            "functional_consultant_growth":
                Fraction(15 if self.grows(partner, own, now, then) else 0),
            "developers": share("developers", 5, developers),
            "new_large_deployments": share("new_large_deployments", 20, large),
            "monthly_active_user_growth": share("monthly_active_user_growth", 25, growth)
            if users_then >= least else Fraction(0),
        }  # fmt: skip
        return values, points

    def grows(self, partner: str, own: bool, now: int, then: int) -> bool:
        """Growth of consultants: "the better of two ways"."""
        bands = [(15, 29, 35), (30, 49, 25)] if own else [(5, 14, 35), (15, 24, 25)]
        for low, high, percent in bands:
            if low <= then <= high and Fraction(now - then, then) >= Fraction(percent, 100):
                return True
        many = 50 if own else 25
        return any(
            self.consultants(partner, end_of(self.as_of - back)) >= many for back in range(24)
        )


def level_of(score: Fraction) -> str | None:
    """The level of an option's score."""
    return "gold" if score >= 80 else "silver" if score >= 60 else None
