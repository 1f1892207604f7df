"""The figures that the policy page itself names, through the engine: one made data set, one run."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

import tierwise
from reference.choices import TABLES
from reference.files import write_csv
from reference.tables import Data
from rule_files import carried_rules

AS_OF = "2021-05"
MONTHS = [f"{year}-{month:02d}" for year in (2020, 2021) for month in range(1, 13)][4:17]


class Story:
    """Rows of all tables, added partner by partner."""

    def __init__(self) -> None:
        self.data: Data = {table: [] for table in TABLES}

    def partner(self, partner: str) -> None:
        row = {"partner_id": partner, "name": partner, "country": "NL"}
        self.data["partners"].append(row)

    def subscription(self, partner: str, number: int, since: str = "2020-05") -> str:
        """A customer with one subscription and seats from a month on, sold as CSP."""
        name = f"{partner}-{number}"
        self.data["customers"].append({"customer_id": f"C-{name}", "name": name, "country": "NL"})
        self.data["subscriptions"].append({
            "subscription_id": name, "customer_id": f"C-{name}", "tenant_id": f"T-{name}",
            "product": "Sales", "channel": "CSP", "paid": True,
            "start_date": dt.date(2020, 1, 1), "agreement_start": None})  # fmt: skip
        self.data["associations"].append({
            "partner_id": partner, "subscription_id": name, "type": "CSP", "incentive": None,
            "from_date": dt.date(2020, 1, 1), "to_date": None})  # fmt: skip
        for month in MONTHS:
            seats = 1 if month >= since else 0
            self.data["seats"].append(
                {"subscription_id": name, "month": month, "paid_seats": seats}
            )
        return name

    def revenue(self, partner: str, amount: str) -> None:
        name = self.subscription(partner, 900)
        for month, part in (("2020-05", "0"), ("2020-06", amount)):
            self.data["billings"].append({
                "subscription_id": name, "month": month, "kind": "billing",
                "amount": Decimal(part), "currency": "USD"})  # fmt: skip

    def users(self, partner: str, then: int, now: int) -> None:
        name = self.subscription(partner, 901)
        for month in MONTHS:
            users = now if month == AS_OF else then
            self.data["usage"].append({
                "subscription_id": name, "month": month, "environment": "production",
                "monthly_active_users": users})  # fmt: skip

    def exams(self, partner: str, people: list[list[str]]) -> None:
        for number, exams in enumerate(people):
            for exam in exams:
                self.data["exams"].append({
                    "partner_id": partner, "person_id": f"{partner}-{number}", "exam": exam,
                    "passed_on": dt.date(2020, 1, 1), "expires_on": None})  # fmt: skip


CUSTOMER_ENGAGEMENT, FINANCE, CENTRAL = ["PL-200", "MB-230"], ["MB-300", "MB-320"], ["MB-800"]
FIVE_OF_MIXED_KINDS = [CUSTOMER_ENGAGEMENT, CUSTOMER_ENGAGEMENT, FINANCE, FINANCE, CENTRAL]
DEVELOPERS = [["PL-400"], ["MB-300", "MB-500"]]


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tierwise.ScoreResult]:
    story = Story()
    story.partner("half the revenue")
    story.revenue("half the revenue", "15000")
    story.partner("five consultants")
    story.exams("five consultants", FIVE_OF_MIXED_KINDS)
    story.partner("one person with both")
    story.exams("one person with both", [[*CUSTOMER_ENGAGEMENT, *FINANCE]])
    story.partner("two developers")
    story.exams("two developers", DEVELOPERS)
    story.partner("growth of a third")
    story.users("growth of a third", 300, 400)
    totals = {"59": ("12000", 0), "59.99": ("14970", 0), "60": ("15000", 0), "79": ("30000", 9),
              "80": ("30000", 10), "100": ("30000", 10)}  # fmt: skip
    for total, (revenue, customers) in totals.items():
        story.partner(total)
        story.revenue(total, revenue)
        story.users(total, 100, 135)
        developers = DEVELOPERS if customers else []
        story.exams(total, FIVE_OF_MIXED_KINDS + developers)
        for number in range(customers):
            story.subscription(total, number, since="2020-08")
    for number in range(10):
        for month, users in (("2020-06", 4), ("2020-07", 5)):
            story.data["usage"].append({
                "subscription_id": f"100-{number}", "month": month, "environment": "production",
                "monthly_active_users": users})  # fmt: skip
    folder = tmp_path_factory.mktemp("seed")
    write_csv(story.data, folder)
    results = tierwise.evaluate(folder, AS_OF, rules=carried_rules())
    return {score.scored: score for score in results.options[0].scores()}


def points(score: tierwise.ScoreResult) -> dict[str, Fraction]:
    return {metric.metric.id: metric.points for metric in score.metrics if metric.points}


def test_15_000_usd_earns_5_of_10_points(scores: dict[str, tierwise.ScoreResult]) -> None:
    assert points(scores["half the revenue"]) == {"net_new_revenue": 5}


def test_five_consultants_of_mixed_kinds_earn_30(scores: dict[str, tierwise.ScoreResult]) -> None:
    assert points(scores["five consultants"]) == {"functional_consultants": 30}


def test_a_person_with_two_certifications_counts_once(
    scores: dict[str, tierwise.ScoreResult],
) -> None:
    assert points(scores["one person with both"]) == {"functional_consultants": 6}


def test_two_developers_of_either_kind_earn_5(scores: dict[str, tierwise.ScoreResult]) -> None:
    assert points(scores["two developers"]) == {"developers": 5}


def test_growth_of_a_third_earns_an_exact_share(scores: dict[str, tierwise.ScoreResult]) -> None:
    expected = Fraction(25) * Fraction(1, 3) / Fraction(35, 100)
    assert points(scores["growth of a third"]) == {"monthly_active_user_growth": expected}


@pytest.mark.parametrize(
    ("total", "level"),
    [("59", ""), ("59.99", ""), ("60", "silver"), ("79", "silver"), ("80", "gold"),
     ("100", "gold")],
)  # fmt: skip
def test_a_score_and_its_level(
    total: str, level: str, scores: dict[str, tierwise.ScoreResult]
) -> None:
    assert (scores[total].score, scores[total].level) == (Fraction(total), level)
