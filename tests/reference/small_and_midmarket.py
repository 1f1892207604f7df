"""Small and Midmarket Cloud Solutions, option Cloud Business Applications SMB, row by row.

Every function cites the sentence of the specification that it does. Arithmetic is done in
fractions, so that levels are decided "as rational arithmetic would decide them".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from .tables import (
    Association,
    Data,
    Subscription,
    Tables,
    last_day,
    months_earlier,
    twelve_months,
)

# "Eligible subscriptions: Paid; channel ...; and one of these products".
ELIGIBLE_CHANNELS = frozenset({"EA", "CSP", "Web Direct"})
CUSTOMER_ENGAGEMENT = frozenset(
    {
        "Sales",
        "Marketing",
        "Customer Service",
        "Field Service",
        "Project Service",
        "Plan 1",
        "Automation",
        "Microsoft Relationship Sales",
    }
)
FINANCE_AND_OPERATIONS = frozenset(
    {
        "Business Central",
        "Capacity and Storage",
        "Finance and Operations",
        # "which includes Fraud Protection, Operations, Retail, Human Resources, Plan 2"
        "Fraud Protection",
        "Operations",
        "Retail",
        "Human Resources",
        "Plan 2",
        "Mixed Reality",
        "Team Member",
    }
)
ELIGIBLE_PRODUCTS = CUSTOMER_ENGAGEMENT | FINANCE_AND_OPERATIONS

# "CPOR: through an OSA claim for net new revenue and net customer adds; through an OSU claim for
# new deployments and user growth."
CLAIM_FOR_REVENUE_AND_CUSTOMERS = "OSA"
CLAIM_FOR_DEPLOYMENTS_AND_USERS = "OSU"

# The table of metrics: "max points" and "threshold for all points".
MAXIMUM_POINTS = {
    "net_new_revenue": 10,
    "net_customer_adds": 10,
    "functional_consultants": 30,
    "developers": 5,
    "new_deployments": 20,
    "monthly_active_user_growth": 25,
}
THRESHOLDS = {
    "net_new_revenue": Fraction(30_000),
    "net_customer_adds": Fraction(10),
    "functional_consultants": Fraction(5),
    "developers": Fraction(2),
    "new_deployments": Fraction(10),
    "monthly_active_user_growth": Fraction(35, 100),
}
METRICS = tuple(MAXIMUM_POINTS)

DEPLOYED_FROM_USERS = 5
GROWTH_FROM_USERS = 50


@dataclass(frozen=True)
class Scored:
    """What one partner gets: score, level ('gold', 'silver' or '') and what they come from."""

    score: Fraction
    level: str
    values: dict[str, Fraction | None]
    points: dict[str, Fraction]


# --- who gets the credit ------------------------------------------------------------------------


def is_eligible(subscription: Subscription) -> bool:
    """Whether it is "paid; channel EA, CSP or Web Direct; and one of these products"."""
    return (
        subscription.paid
        and subscription.channel in ELIGIBLE_CHANNELS
        and subscription.product in ELIGIBLE_PRODUCTS
    )


def is_in_effect(association: Association, month: str) -> bool:
    """Whether it is "in effect on the last day of the month in question".

    The data contract says of to_date: "null = open, inclusive".
    """
    day = last_day(month)
    if association.from_date > day:
        return False
    return association.to_date is None or association.to_date >= day


def credited_for_subscription(
    tables: Tables, subscription: Subscription, month: str, claim: str
) -> set[str]:
    """The partners credited for a subscription in a month.

    "an association between the partner and a paid, eligible subscription"; "Several partners may
    be credited for the same subscription; each gets all of it, once, however many associations it
    has": hence a set.
    """
    if not is_eligible(subscription):
        return set()
    in_effect = [
        association
        for association in tables.associations[subscription.subscription_id]
        if is_in_effect(association, month)
    ]
    # "DPOR: credited, unless a CPOR holds that same subscription in that month with a claim for
    # that metric"
    claimed = any(
        association.type == "CPOR" and association.incentive == claim for association in in_effect
    )
    credited = set()
    for association in in_effect:
        if association.type == "CSP":
            credited.add(association.partner_id)
        if association.type == "CPOR" and association.incentive == claim:
            credited.add(association.partner_id)
        if association.type == "DPOR" and not claimed:
            credited.add(association.partner_id)
    return credited


def credited_for_any(
    tables: Tables, subscriptions: Iterable[Subscription], month: str, claim: str
) -> set[str]:
    """The partners credited through any of a customer's or a tenant's subscriptions.

    "A partner credited for one subscription of the tenant is credited for the tenant."
    """
    credited: set[str] = set()
    for subscription in subscriptions:
        credited |= credited_for_subscription(tables, subscription, month, claim)
    return credited


# --- the six values -----------------------------------------------------------------------------


def in_first_year_of_agreement(subscription: Subscription, month: str) -> bool:
    """Whether a month is in "the agreement's first year": "its start month and the 11 after it"."""
    if subscription.agreement_start is None:
        raise ValueError(f"{subscription.subscription_id}: an EA needs its agreement_start")
    start_month = subscription.agreement_start.strftime("%Y-%m")
    return start_month in {months_earlier(month, count) for count in range(12)}


def net_new_revenue(tables: Tables, as_of: str) -> dict[str, Fraction]:
    """Metric 1: "billings minus credits over the 12 months", "an amount in its month"."""
    revenue = {partner: Fraction(0) for partner in tables.partners}
    period = twelve_months(as_of)
    for billing in tables.billings:
        if billing.month not in period:
            continue
        subscription = tables.subscriptions[billing.subscription_id]
        if subscription.channel == "EA" and not in_first_year_of_agreement(
            subscription, billing.month
        ):
            continue
        credited = credited_for_subscription(
            tables, subscription, billing.month, CLAIM_FOR_REVENUE_AND_CUSTOMERS
        )
        for partner in credited:
            if billing.kind == "billing":
                revenue[partner] += billing.amount
            if billing.kind == "credit":
                revenue[partner] -= billing.amount
    return revenue


def net_customer_adds(tables: Tables, as_of: str) -> dict[str, Fraction]:
    """Metric 2: "over the 12 months, customers added minus customers lost".

    The seats are looked at "over all the customer's eligible subscriptions (with whichever
    partner, or none: bought from Microsoft directly)".
    """
    adds = {partner: Fraction(0) for partner in tables.partners}
    claim = CLAIM_FOR_REVENUE_AND_CUSTOMERS
    for subscriptions in tables.subscriptions_of_customer.values():
        eligible = [subscription for subscription in subscriptions if is_eligible(subscription)]
        for month in twelve_months(as_of):
            before = months_earlier(month, 1)
            seats = sum(tables.seats[row.subscription_id, month] for row in eligible)
            seats_before = sum(tables.seats[row.subscription_id, before] for row in eligible)
            # "Every partner associated with the customer in m is credited +1."
            if seats_before == 0 and seats >= 1:
                for partner in credited_for_any(tables, eligible, month, claim):
                    adds[partner] += 1
            # "every partner associated with the customer in m-1 (its last month with seats) is
            # charged -1"
            if seats_before >= 1 and seats == 0:
                for partner in credited_for_any(tables, eligible, before, claim):
                    adds[partner] -= 1
    return adds


def exams_held(tables: Tables, as_of: str) -> dict[tuple[str, str], set[str]]:
    """The exams that each of a partner's people holds "at the end of the as-of month".

    "An exam counts from the day it was passed through the day it expires (open-ended if none)."
    """
    day = last_day(as_of)
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    for exam in tables.exams:
        expired = exam.expires_on is not None and exam.expires_on < day
        if exam.passed_on <= day and not expired:
            held[exam.partner_id, exam.person_id].add(exam.exam)
    return held


def is_functional_consultant(exams: set[str]) -> bool:
    """Whether somebody holds "at least one of" the three certifications of metric 3."""
    customer_engagement = "PL-200" in exams and bool(
        exams & {"MB-210", "MB-220", "MB-230", "MB-240"}
    )
    finance_and_operations = "MB-300" in exams and bool(exams & {"MB-310", "MB-320", "MB-330"})
    business_central = "MB-800" in exams
    return customer_engagement or finance_and_operations or business_central


def is_developer(exams: set[str]) -> bool:
    """Whether somebody holds "PL-400; or MB-300 and any of MB-500, MB-700"."""
    return "PL-400" in exams or ("MB-300" in exams and bool(exams & {"MB-500", "MB-700"}))


def functional_consultants(tables: Tables, as_of: str) -> dict[str, Fraction]:
    """Metric 3: the partner's people who are consultants; "a person counts once"."""
    count = {partner: Fraction(0) for partner in tables.partners}
    for (partner, _person), exams in exams_held(tables, as_of).items():
        if is_functional_consultant(exams):
            count[partner] += 1
    return count


def developers(tables: Tables, as_of: str) -> dict[str, Fraction]:
    """Metric 4: "Developers, likewise"."""
    count = {partner: Fraction(0) for partner in tables.partners}
    for (partner, _person), exams in exams_held(tables, as_of).items():
        if is_developer(exams):
            count[partner] += 1
    return count


def users_of_tenant(tables: Tables, tenant: str, month: str) -> int:
    """A tenant's users: "the sum over its eligible paid subscriptions, production only".

    "A month for which a subscription has no row counts as 0."
    """
    users = 0
    for subscription in tables.subscriptions_of_tenant[tenant]:
        if is_eligible(subscription):
            users += tables.production_users[subscription.subscription_id, month]
    return users


def credited_for_tenant(tables: Tables, tenant: str, month: str) -> set[str]:
    """The partners credited for a tenant in a month, by the claim for deployments and users."""
    return credited_for_any(
        tables, tables.subscriptions_of_tenant[tenant], month, CLAIM_FOR_DEPLOYMENTS_AND_USERS
    )


def new_deployments(tables: Tables, as_of: str) -> dict[str, Fraction]:
    """Metric 5: tenants "below 5 in the window's first month" that reached 5 later in it.

    They must have "reached 5 in one of the following 11"; credited is "a tenant in the month it
    first crosses".
    """
    deployments = {partner: Fraction(0) for partner in tables.partners}
    baseline, *crossing_months = twelve_months(as_of)
    for tenant in list(tables.subscriptions_of_tenant):
        if users_of_tenant(tables, tenant, baseline) >= DEPLOYED_FROM_USERS:
            continue
        for month in crossing_months:
            if users_of_tenant(tables, tenant, month) >= DEPLOYED_FROM_USERS:
                for partner in credited_for_tenant(tables, tenant, month):
                    deployments[partner] += 1
                break
    return deployments


def monthly_active_users(tables: Tables, month: str) -> dict[str, Fraction]:
    """The users of metric 6, "over all the tenants credited to the partner" in a month.

    "What happens in a month is credited to the partners associated in that month: ... active
    users in the month in which they are counted."
    """
    users = {partner: Fraction(0) for partner in tables.partners}
    for tenant in list(tables.subscriptions_of_tenant):
        for partner in credited_for_tenant(tables, tenant, month):
            users[partner] += users_of_tenant(tables, tenant, month)
    return users


# --- points, score, level -----------------------------------------------------------------------


def proportional_points(metric: str, value: Fraction) -> Fraction:
    """The table's points: in proportion, "never below 0 nor above max points"."""
    maximum = Fraction(MAXIMUM_POINTS[metric])
    return min(max(maximum * value / THRESHOLDS[metric], Fraction(0)), maximum)


def level_of(score: Fraction) -> str:
    """The level: "Score 80-100: gold; 60-79: silver; below 60: neither"."""
    if score >= 80:
        return "gold"
    if score >= 60:
        return "silver"
    return ""


def score(data: Data, as_of: str) -> dict[str, Scored]:
    """Score every row of partners, also one with nothing, at the end of a month 'YYYY-MM'."""
    tables = Tables(data)
    revenue = net_new_revenue(tables, as_of)
    adds = net_customer_adds(tables, as_of)
    consultants = functional_consultants(tables, as_of)
    developing = developers(tables, as_of)
    deployments = new_deployments(tables, as_of)
    users_now = monthly_active_users(tables, as_of)
    users_then = monthly_active_users(tables, months_earlier(as_of, 12))

    results = {}
    for partner in tables.partners:
        now, then = users_now[partner], users_then[partner]
        # Metric 6: "(users in the as-of month - users 12 months ago) ÷ users 12 months ago".
        growth = None if then == 0 else (now - then) / then
        values: dict[str, Fraction | None] = {
            "net_new_revenue": revenue[partner],
            "net_customer_adds": adds[partner],
            "functional_consultants": consultants[partner],
            "developers": developing[partner],
            "new_deployments": deployments[partner],
            "monthly_active_user_growth": growth,
        }
        points = {
            metric: Fraction(0) if value is None else proportional_points(metric, value)
            for metric, value in values.items()
        }
        # And: "Fewer than 50 users 12 months ago: no points".
        if then < GROWTH_FROM_USERS:
            points["monthly_active_user_growth"] = Fraction(0)
        total = sum(points.values(), Fraction(0))
        results[partner] = Scored(total, level_of(total), values, points)
    return results
