"""Pins the reference implementation by figures worked out by hand from the specification."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]
import pytest
from hypothesis import HealthCheck, given, settings

from reference.datasets import AS_OF, MONTHS, TABLES, merge, merged_id, random_dataset
from reference.datasets import small_datasets as hypothesis_datasets
from reference.files import SCHEMAS, write_csv, write_parquet
from reference.small_and_midmarket import METRICS, Data, Scored, level_of, score

LONG_AGO = date(2018, 1, 1)


class Story:
    """Data told in short sentences; customers and tenants are named after the subscription."""

    def __init__(self, *partners: str) -> None:
        self.data: Data = {table: [] for table in TABLES}
        for partner in partners:
            self.data["partners"].append({"partner_id": partner, "name": "", "country": "US"})

    def subscription(
        self,
        name: str,
        customer: str = "customer",
        tenant: str = "tenant",
        product: str = "Sales",
        channel: str = "CSP",
        paid: bool = True,
        agreement_start: date | None = None,
    ) -> None:
        """A subscription; eligible unless said otherwise."""
        known = {row["customer_id"] for row in self.data["customers"]}
        if customer not in known:
            self.data["customers"].append({"customer_id": customer, "name": "", "country": "US"})
        self.data["subscriptions"].append(
            {
                "subscription_id": name,
                "customer_id": customer,
                "tenant_id": tenant,
                "product": product,
                "channel": channel,
                "paid": paid,
                "start_date": LONG_AGO,
                "agreement_start": agreement_start,
            }
        )

    def associated(
        self,
        partner: str,
        subscription: str,
        kind: str = "CSP",
        first: date = LONG_AGO,
        last: date | None = None,
    ) -> None:
        """An association of a kind: CSP, DPOR, or a claim (OSA or OSU) by a CPOR."""
        claim = kind if kind in ("OSA", "OSU") else None
        self.data["associations"].append(
            {
                "partner_id": partner,
                "subscription_id": subscription,
                "type": "CPOR" if claim else kind,
                "incentive": claim,
                "from_date": first,
                "to_date": last,
            }
        )

    def billed(
        self, subscription: str, month: str, amount: str, kind: str = "billing", times: int = 1
    ) -> None:
        """A billing or a credit in US dollars, perhaps several times."""
        for _ in range(times):
            self.data["billings"].append(
                {
                    "subscription_id": subscription,
                    "month": month,
                    "kind": kind,
                    "amount": Decimal(amount),
                    "currency": "USD",
                }
            )

    def seats(self, subscription: str, months: Sequence[str], count: int = 1) -> None:
        """Paid seats in each of several months."""
        for month in months:
            self.data["seats"].append(
                {"subscription_id": subscription, "month": month, "paid_seats": count}
            )

    def used(
        self, subscription: str, month: str, users: int, environment: str = "production"
    ) -> None:
        """Monthly active users."""
        self.data["usage"].append(
            {
                "subscription_id": subscription,
                "month": month,
                "environment": environment,
                "monthly_active_users": users,
            }
        )

    def passed(
        self,
        partner: str,
        person: str,
        *exams: str,
        on: date = date(2020, 1, 15),
        expires: date | None = None,
    ) -> None:
        """Exams passed by one of a partner's people."""
        for exam in exams:
            self.data["exams"].append(
                {
                    "partner_id": partner,
                    "person_id": person,
                    "exam": exam,
                    "passed_on": on,
                    "expires_on": expires,
                }
            )

    def value(self, partner: str, metric: str) -> Fraction | None:
        """The value of a metric as of 2021-05."""
        return score(self.data, "2021-05")[partner].values[metric]

    def points(self, partner: str, metric: str) -> Fraction:
        """The points of a metric as of 2021-05."""
        return score(self.data, "2021-05")[partner].points[metric]


def one_partner(kind: str = "CSP") -> Story:
    """Partner A, associated for good with one eligible subscription S."""
    story = Story("A")
    story.subscription("S")
    story.associated("A", "S", kind)
    return story


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


# --- the data sets ------------------------------------------------------------------------------

KEYS = {
    "partners": ("partner_id",),
    "customers": ("customer_id",),
    "subscriptions": ("subscription_id",),
    "associations": ("partner_id", "subscription_id", "type", "incentive", "from_date"),
    "seats": ("subscription_id", "month"),
    "usage": ("subscription_id", "month", "environment"),
    "exams": ("partner_id", "person_id", "exam", "passed_on"),
}
REFERENCES = {
    "partner_id": "partners",
    "customer_id": "customers",
    "subscription_id": "subscriptions",
}


def keep_the_contract(data: Data) -> None:
    """What the data contract says of keys, references, sets of values and order of dates."""
    assert set(data) == set(SCHEMAS)
    for table, rows in data.items():
        assert all(list(row) == list(SCHEMAS[table]) for row in rows)
        if table in KEYS:
            assert len({tuple(row[key] for key in KEYS[table]) for row in rows}) == len(rows)
        for column, target in REFERENCES.items():
            known = {row[column] for row in data[target]}
            assert all(row[column] in known for row in rows if column in row)
        assert all(row["month"] in MONTHS for row in rows if "month" in row)
    for row in data["subscriptions"]:
        assert (row["channel"] == "EA") == (row["agreement_start"] is not None)
    for row in data["associations"]:
        claim = row["incentive"]
        assert claim in ("OSA", "OSU") if row["type"] == "CPOR" else claim is None
        first, last = row["from_date"], row["to_date"]
        assert isinstance(first, date)
        assert last is None or (isinstance(last, date) and first <= last)
    for row in data["billings"]:
        amount = row["amount"]
        assert isinstance(amount, Decimal)
        assert 0 <= amount == round(amount, 6) < 10**12


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hypothesis_datasets())
def test_data_sets_of_hypothesis_keep_the_contract(data: Data) -> None:
    keep_the_contract(data)
    assert set(score(data, AS_OF)) == {row["partner_id"] for row in data["partners"]}


def test_random_data_sets_keep_the_contract_and_are_dense() -> None:
    seen: dict[str, int] = dict.fromkeys((*METRICS, "gold", "silver", ""), 0)
    for seed in range(300):
        data = random_dataset(seed)
        assert data == random_dataset(seed)
        keep_the_contract(data)
        for scored in score(data, AS_OF).values():
            seen[scored.level] += 1
            for metric, points in scored.points.items():
                seen[metric] += points > 0
    assert min(seen.values()) >= 5, seen


def test_a_merged_data_set_gives_every_partner_what_it_got_in_its_own() -> None:
    datasets = [random_dataset(seed) for seed in range(40)]
    merged = merge(datasets)
    keep_the_contract(merged)
    expected = {
        merged_id(number, partner): scored
        for number, data in enumerate(datasets)
        for partner, scored in score(data, AS_OF).items()
    }
    scores = score(merged, AS_OF)
    anchor = scores.pop("anchor")
    assert scores == expected
    assert anchor.score == 0
    for table in ("billings", "seats", "usage"):
        assert min(str(row["month"]) for row in merged[table]) == "2020-04"


def test_files_hold_the_rows_that_were_written(tmp_path: Path) -> None:
    data = merge([random_dataset(seed) for seed in range(5)])
    write_csv(data, tmp_path)
    write_parquet(data, tmp_path)
    for table, columns in SCHEMAS.items():
        with (tmp_path / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            texts = list(csv.DictReader(file))
        cells = pq.read_table(tmp_path / f"{table}.parquet").to_pylist()
        assert len(texts) == len(cells) == len(data[table])
        for row, text, cell in zip(data[table], texts, cells, strict=True):
            assert list(text) == list(cell) == list(columns)
            for column, value in row.items():
                if column == "month":
                    assert text[column] == value == f"{cell[column]:%Y-%m}"
                    assert cell[column].day == 1
                else:
                    assert cell[column] == value
                    expected = "" if value is None else str(value)
                    if isinstance(value, bool):
                        expected = {True: "true", False: "false"}[value]
                    if isinstance(value, Decimal):
                        assert Decimal(text[column]) == value
                        assert "E" not in text[column]
                    else:
                        assert text[column] == expected
