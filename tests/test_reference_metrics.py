"""Pins the reference's customers, people, deployments and users by figures worked out by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from reference.choices import MONTHS
from reference.story import Story, one_partner

# --- net customer adds --------------------------------------------------------------------------


def test_a_customer_won_lost_and_won_back_is_one_add_in_the_end() -> None:
    """Won in September (+1), lost in December (-1), won back in March (+1)."""
    story = one_partner()
    story.seats("S", ["2020-09", "2020-10", "2020-11", "2021-03", "2021-04", "2021-05"])
    story.seats("S", ["2020-12"], 0)
    assert story.value("A", "net_customer_adds") == 1
    assert story.points("A", "net_customer_adds") == 1


def test_adds_look_from_the_month_before_the_period_to_the_as_of_month() -> None:
    had_seats = one_partner()
    had_seats.seats("S", ["2020-05", *MONTHS[2:]])
    assert had_seats.value("A", "net_customer_adds") == 0
    without = one_partner()
    without.seats("S", MONTHS[2:])
    assert without.value("A", "net_customer_adds") == 1
    lost_at_once = one_partner()
    lost_at_once.seats("S", ["2020-05"])
    assert lost_at_once.value("A", "net_customer_adds") == -1
    lost_afterwards = one_partner()
    lost_afterwards.seats("S", MONTHS[:-1])
    assert lost_afterwards.value("A", "net_customer_adds") == 0


def test_a_lost_customer_is_charged_to_the_partners_of_its_last_month_with_seats() -> None:
    """Lost in March: A left on the last of February, B came in March."""
    story = Story("A", "B")
    story.subscription("S")
    story.associated("A", "S", last=date(2021, 2, 28))
    story.associated("B", "S", first=date(2021, 3, 1))
    story.seats("S", MONTHS[: MONTHS.index("2021-03")])
    assert story.value("A", "net_customer_adds") == -1
    assert story.value("B", "net_customer_adds") == 0


def test_a_partner_that_associates_later_gets_nothing_for_it() -> None:
    """T is new in January with partner B, but the customer has had S from Microsoft directly."""
    story = Story("A", "B")
    story.subscription("S", channel="Web Direct")
    story.subscription("T")
    story.associated("A", "S", first=date(2021, 2, 1))
    story.associated("B", "T")
    story.seats("S", MONTHS)
    story.seats("T", MONTHS[MONTHS.index("2021-01") :])
    assert story.value("A", "net_customer_adds") == 0
    assert story.value("B", "net_customer_adds") == 0


def test_every_partner_associated_with_the_customer_is_credited() -> None:
    """B is associated through a subscription without seats, D through one that is ineligible."""
    story = Story("A", "B", "D")
    story.subscription("S")
    story.subscription("T")
    story.subscription("U", paid=False)
    story.associated("A", "S")
    story.associated("B", "T")
    story.associated("D", "U")
    story.seats("S", MONTHS[5:])
    assert story.value("A", "net_customer_adds") == 1
    assert story.value("B", "net_customer_adds") == 1
    assert story.value("D", "net_customer_adds") == 0


def test_seats_of_ineligible_subscriptions_do_not_make_a_customer() -> None:
    story = one_partner()
    story.subscription("U", product="Office 365")
    story.seats("U", MONTHS)
    story.seats("S", MONTHS[8:])
    assert story.value("A", "net_customer_adds") == 1


# --- people -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exams", "consultant", "developer"),
    [
        (("PL-200", "MB-210"), 1, 0),
        (("PL-200", "MB-240"), 1, 0),
        (("PL-200",), 0, 0),
        (("PL-200", "MB-310"), 0, 0),
        (("MB-300", "MB-330"), 1, 0),
        (("MB-300", "MB-230"), 0, 0),
        (("MB-800",), 1, 0),
        (("PL-400",), 0, 1),
        (("MB-300", "MB-700"), 0, 1),
        (("MB-500", "MB-700"), 0, 0),
        (("PL-200", "MB-300", "MB-310", "MB-220", "MB-500", "PL-400"), 1, 1),
    ],
)
def test_who_is_a_consultant_and_who_a_developer(
    exams: tuple[str, ...], consultant: int, developer: int
) -> None:
    story = Story("A")
    story.passed("A", "person", *exams)
    assert story.value("A", "functional_consultants") == consultant
    assert story.value("A", "developers") == developer
    assert story.points("A", "functional_consultants") == 6 * consultant
    assert story.points("A", "developers") == Fraction(5, 2) * developer


@pytest.mark.parametrize(
    ("passed", "expires", "held"),
    [
        (date(2021, 5, 31), None, 1),
        (date(2021, 6, 1), None, 0),
        (date(2020, 1, 1), date(2021, 5, 31), 1),
        (date(2020, 1, 1), date(2021, 5, 30), 0),
    ],
)
def test_an_exam_counts_from_the_day_it_was_passed_through_the_day_it_expires(
    passed: date, expires: date | None, held: int
) -> None:
    story = Story("A")
    story.passed("A", "person", "MB-800", on=passed, expires=expires)
    assert story.value("A", "functional_consultants") == held


def test_an_expired_exam_passed_again_counts() -> None:
    story = Story("A")
    story.passed("A", "person", "MB-800", on=date(2019, 1, 1), expires=date(2020, 1, 1))
    story.passed("A", "person", "MB-800", on=date(2021, 1, 1))
    assert story.value("A", "functional_consultants") == 1


def test_halves_held_by_two_people_or_for_two_partners_are_not_a_whole() -> None:
    story = Story("A", "B")
    story.passed("A", "first", "PL-200")
    story.passed("A", "second", "MB-210")
    story.passed("B", "first", "MB-210")
    assert story.value("A", "functional_consultants") == 0
    assert story.value("B", "functional_consultants") == 0


# --- new deployments ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("users", "deployments"),
    [
        ({"2020-06": 4, "2020-07": 5}, 1),
        ({"2021-05": 5}, 1),
        ({"2020-06": 5, "2020-08": 1, "2020-09": 5}, 0),
        ({"2020-05": 9, "2020-06": 4, "2021-05": 4, "2021-06": 9}, 0),
        ({"2020-07": 5, "2020-08": 0, "2020-09": 5}, 1),
    ],
    ids=["at once", "at last", "baseline reached", "outside the window", "only once"],
)
def test_a_tenant_is_deployed_when_it_reaches_5_from_below(
    users: dict[str, int], deployments: int
) -> None:
    story = one_partner()
    for month, count in users.items():
        story.used("S", month, count)
    assert story.value("A", "new_deployments") == deployments
    assert story.points("A", "new_deployments") == 2 * deployments


def test_a_tenants_users_are_added_up_over_eligible_paid_subscriptions_in_production() -> None:
    story = one_partner()
    story.subscription("T", customer="another customer")
    story.subscription("U", paid=False)
    story.used("S", "2021-01", 3)
    story.used("S", "2021-01", 9, "sandbox")
    story.used("U", "2021-01", 9)
    story.used("T", "2021-01", 1)
    assert story.value("A", "new_deployments") == 0
    story.used("T", "2021-02", 2)
    story.used("S", "2021-02", 3)
    assert story.value("A", "new_deployments") == 1


def test_a_tenant_is_credited_in_the_month_it_first_crosses() -> None:
    """It crosses in January, falls, and crosses again in March, when B has taken over from A."""
    story = Story("A", "B")
    story.subscription("S")
    story.associated("A", "S", last=date(2021, 1, 31))
    story.associated("B", "S", first=date(2021, 2, 1))
    for month, count in (("2021-01", 5), ("2021-02", 4), ("2021-03", 50)):
        story.used("S", month, count)
    assert story.value("A", "new_deployments") == 1
    assert story.value("B", "new_deployments") == 0


# --- monthly active user growth -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "now", "value", "points"),
    [
        (100, 135, Fraction(35, 100), Fraction(25)),
        (50, 55, Fraction(1, 10), Fraction(50, 7)),
        (50, 100, Fraction(1), Fraction(25)),
        (49, 98, Fraction(1), Fraction(0)),
        (50, 40, Fraction(-1, 5), Fraction(0)),
        (0, 40, None, Fraction(0)),
    ],
    ids=["35 %", "10 %", "at most 25", "fewer than 50", "shrinking", "none a year ago"],
)
def test_growth_over_users_12_months_ago(
    then: int, now: int, value: Fraction | None, points: Fraction
) -> None:
    story = one_partner()
    story.used("S", "2020-05", then)
    story.used("S", "2020-06", 1000)
    story.used("S", "2021-05", now)
    assert story.value("A", "monthly_active_user_growth") == value
    assert story.points("A", "monthly_active_user_growth") == points


def test_users_are_credited_in_the_month_in_which_they_are_counted() -> None:
    """A has T's tenant then, both tenants now, and that of S once; B has T's tenant now."""
    story = Story("A", "B")
    story.subscription("S", tenant="first")
    story.subscription("S again", tenant="first")
    story.subscription("T", tenant="second")
    story.associated("A", "S", "OSU", first=date(2020, 6, 1))
    story.associated("A", "S again", "DPOR", first=date(2020, 6, 1))
    story.associated("A", "T", "DPOR")
    story.associated("B", "T", "CSP", first=date(2021, 5, 31))
    for month, first, again, second in (("2020-05", 70, 10, 50), ("2021-05", 7, 3, 60)):
        story.used("S", month, first)
        story.used("S again", month, again)
        story.used("T", month, second)
    assert story.value("A", "monthly_active_user_growth") == Fraction(70 - 50, 50)
    assert story.value("B", "monthly_active_user_growth") is None
