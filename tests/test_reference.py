"""Pins the reference implementation by figures worked out by hand from the specification."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from reference.small_and_midmarket import METRICS, Scored, level_of, score
from reference.story import Story, one_partner

# --- points, score, level -----------------------------------------------------------------------


def test_a_partner_with_nothing_is_scored_nothing() -> None:
    assert score(Story("A").data, "2021-05") == {
        "A": Scored(
            score=Fraction(0),
            level="",
            values={
                "net_new_revenue": Fraction(0),
                "net_customer_adds": Fraction(0),
                "functional_consultants": Fraction(0),
                "developers": Fraction(0),
                "new_deployments": Fraction(0),
                "monthly_active_user_growth": None,
            },
            points=dict.fromkeys(METRICS, Fraction(0)),
        )
    }


@pytest.mark.parametrize(
    ("amount", "points"),
    [("15000", 5), ("30000", 10), ("45000", 10), ("0", 0)],
    ids=["half", "all", "never above", "none"],
)
def test_15_000_usd_earns_5_of_10(amount: str, points: int) -> None:
    story = one_partner()
    story.billed("S", "2021-01", amount)
    assert story.points("A", "net_new_revenue") == points


def test_points_are_never_below_0_but_values_are() -> None:
    story = one_partner()
    story.billed("S", "2021-01", "100.25")
    story.billed("S", "2021-01", "300.005", "credit")
    assert story.value("A", "net_new_revenue") == Fraction("-199.755")
    assert story.points("A", "net_new_revenue") == 0


@pytest.mark.parametrize(
    ("scored", "level"),
    [
        ("0", ""),
        ("59.99", ""),
        ("60", "silver"),
        ("79.999999999999999999", "silver"),
        ("80", "gold"),
        ("100", "gold"),
    ],
)
def test_80_is_gold_60_is_silver_and_59_99_is_not(scored: str, level: str) -> None:
    assert level_of(Fraction(scored)) == level


def test_a_score_of_exactly_60_out_of_parts_that_binary_fractions_miss() -> None:
    """30 + 25 + 5 of 10 for 15,000 USD in three thousand parts of 5 dollars."""
    story = one_partner()
    for number in range(5):
        story.passed("A", f"person {number}", "MB-800")
    story.used("S", "2020-05", 60)
    story.used("S", "2020-06", 60)
    story.used("S", "2021-05", 81)
    story.billed("S", "2021-01", "4.999999", times=3000)
    story.billed("S", "2021-02", "0.000001", times=3000)
    scored = score(story.data, "2021-05")["A"]
    assert scored.values["monthly_active_user_growth"] == Fraction(35, 100)
    assert scored.score == 60
    assert scored.level == "silver"
    story.billed("S", "2021-03", "30", "credit")
    scored = score(story.data, "2021-05")["A"]
    assert scored.score == Fraction("59.99")
    assert scored.level == ""


# --- net new revenue ----------------------------------------------------------------------------


def test_the_12_month_period_is_the_as_of_month_and_the_11_before_it() -> None:
    story = one_partner()
    story.billed("S", "2020-05", "1")
    story.billed("S", "2020-06", "10")
    story.billed("S", "2021-05", "100")
    story.billed("S", "2021-06", "1000")
    assert story.value("A", "net_new_revenue") == 110


def test_for_ea_only_the_start_month_and_the_11_after_it_count() -> None:
    story = Story("A")
    for name, start in (("old", date(2019, 8, 31)), ("new", date(2020, 12, 31))):
        story.subscription(name, channel="EA", agreement_start=start)
        story.associated("A", name)
    story.billed("old", "2020-07", "1")
    story.billed("old", "2020-08", "10")
    story.billed("new", "2020-11", "100")
    story.billed("new", "2020-12", "1000")
    story.billed("new", "2021-05", "10000")
    assert story.value("A", "net_new_revenue") == 11001


def test_only_paid_eligible_subscriptions_count() -> None:
    story = Story("A")
    story.subscription("unpaid", paid=False)
    story.subscription("other product", product="Office 365")
    story.subscription("other channel", channel="Open")
    story.subscription("included product", product="Human Resources", channel="Web Direct")
    amounts = {
        "unpaid": "1",
        "other product": "10",
        "other channel": "100",
        "included product": "1000",
    }
    for name, amount in amounts.items():
        story.associated("A", name)
        story.billed(name, "2021-01", amount)
    assert story.value("A", "net_new_revenue") == 1000


def test_each_of_several_partners_gets_all_of_it_once() -> None:
    story = Story("A", "B", "C")
    story.subscription("S")
    story.associated("A", "S", "CSP")
    story.associated("A", "S", "OSA")
    story.associated("A", "S", "OSA", first=date(2021, 1, 1))
    story.associated("B", "S", "OSA")
    story.billed("S", "2021-01", "500")
    assert story.value("A", "net_new_revenue") == 500
    assert story.value("B", "net_new_revenue") == 500
    assert story.value("C", "net_new_revenue") == 0


@pytest.mark.parametrize(
    ("first", "last", "credited"),
    [
        (date(2021, 1, 31), date(2021, 1, 31), True),
        (date(2021, 1, 1), date(2021, 1, 30), False),
        (date(2021, 2, 1), None, False),
        (date(2021, 1, 31), None, True),
        (date(2020, 1, 1), date(2021, 1, 31), True),
    ],
)
def test_an_association_counts_if_in_effect_on_the_last_day(
    first: date, last: date | None, credited: bool
) -> None:
    story = Story("A")
    story.subscription("S")
    story.associated("A", "S", first=first, last=last)
    story.billed("S", "2021-01", "500")
    assert story.value("A", "net_new_revenue") == (500 if credited else 0)


# --- which claim, and what it displaces ---------------------------------------------------------


def told_of_displacement(claim: str) -> Story:
    """A is DPOR and B claims as CPOR, on one subscription with all four kinds of events."""
    story = Story("A", "B")
    story.subscription("S")
    story.associated("A", "S", "DPOR")
    story.associated("B", "S", claim)
    story.billed("S", "2021-01", "600")
    story.seats("S", ["2021-05"])
    story.used("S", "2020-05", 50)
    story.used("S", "2021-05", 60)
    return story


@pytest.mark.parametrize(("claim", "by_osa", "by_osu"), [("OSA", "B", "A"), ("OSU", "A", "B")])
def test_a_claim_displaces_dpor_for_its_own_metrics_only(
    claim: str, by_osa: str, by_osu: str
) -> None:
    scores = score(told_of_displacement(claim).data, "2021-05")
    revenue = {partner: row.values["net_new_revenue"] for partner, row in scores.items()}
    adds = {partner: row.values["net_customer_adds"] for partner, row in scores.items()}
    deployments = {partner: row.values["new_deployments"] for partner, row in scores.items()}
    growth = {partner: row.values["monthly_active_user_growth"] for partner, row in scores.items()}
    nothing = dict.fromkeys("AB", Fraction(0))
    assert revenue == {**nothing, by_osa: 600}
    assert adds == {**nothing, by_osa: 1}
    assert deployments == {**nothing, by_osu: 1}
    assert growth == {"A": None, "B": None, by_osu: Fraction(1, 5)}


def test_displacement_lasts_as_long_as_the_claim_and_spares_csp() -> None:
    story = Story("A", "B", "C")
    story.subscription("S")
    story.associated("A", "S", "DPOR")
    story.associated("B", "S", "OSA", first=date(2021, 1, 15), last=date(2021, 2, 27))
    story.associated("C", "S", "CSP")
    for month, amount in (("2020-12", "1"), ("2021-01", "10"), ("2021-02", "100")):
        story.billed("S", month, amount)
    assert story.value("A", "net_new_revenue") == 101
    assert story.value("B", "net_new_revenue") == 10
    assert story.value("C", "net_new_revenue") == 111


def test_a_claim_on_another_subscription_displaces_nobody() -> None:
    story = Story("A", "B")
    story.subscription("S")
    story.subscription("T")
    story.associated("A", "S", "DPOR")
    story.associated("B", "T", "OSU")
    story.used("T", "2021-01", 5)
    assert story.value("A", "new_deployments") == 1
    assert story.value("B", "new_deployments") == 1
