"""The rows of the data with their types, and the calendar they are looked up by."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

Data = dict[str, list[dict[str, object]]]
"""Rows by table name, each a dictionary by the contract's column names.

Months are 'YYYY-MM', dates `datetime.date`, amounts `Decimal`, counts `int`, `paid` a `bool`; a
missing value is None.
"""

# --- the calendar -------------------------------------------------------------------------------


def months_earlier(month: str, count: int) -> str:
    """The month `count` months before; "the unit is the calendar month"."""
    year, number = (int(part) for part in month.split("-"))
    for _ in range(count):
        number -= 1
        if number == 0:
            year, number = year - 1, 12
    return f"{year:04d}-{number:02d}"


def last_day(month: str) -> date:
    """The end of a month; "`as of 2021-05` means the state at the end of May 2021"."""
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, calendar.monthrange(year, number)[1])


def twelve_months(as_of: str) -> list[str]:
    """The "12-month period": "the as-of month and the 11 before it"; the oldest first."""
    return [months_earlier(as_of, count) for count in range(11, -1, -1)]


# --- the rows, with their types -----------------------------------------------------------------


@dataclass(frozen=True)
class Subscription:
    """One row of subscriptions."""

    subscription_id: str
    customer_id: str
    tenant_id: str
    product: str
    channel: str
    paid: bool
    agreement_start: date | None


@dataclass(frozen=True)
class Association:
    """One row of associations."""

    partner_id: str
    type: str
    incentive: str | None
    from_date: date
    to_date: date | None


@dataclass(frozen=True)
class Billing:
    """One row of billings."""

    subscription_id: str
    month: str
    kind: str
    amount: Fraction


@dataclass(frozen=True)
class Exam:
    """One row of exams."""

    partner_id: str
    person_id: str
    exam: str
    passed_on: date
    expires_on: date | None


Kind = TypeVar("Kind")


def typed(row: dict[str, object], column: str, kind: type[Kind]) -> Kind:
    """The value of a column that must be there."""
    value = row[column]
    if not isinstance(value, kind):
        raise TypeError(f"{column}: {value!r} is not {kind.__name__}")
    return value


def typed_or_missing(row: dict[str, object], column: str, kind: type[Kind]) -> Kind | None:
    """The value of a column that may be missing."""
    return None if row[column] is None else typed(row, column, kind)


class Tables:
    """The rows of the data, looked up the way the metrics need them."""

    def __init__(self, data: Data) -> None:
        self.partners = [typed(row, "partner_id", str) for row in data["partners"]]
        self.subscriptions: dict[str, Subscription] = {}
        self.subscriptions_of_customer: dict[str, list[Subscription]] = defaultdict(list)
        self.subscriptions_of_tenant: dict[str, list[Subscription]] = defaultdict(list)
        self.associations: dict[str, list[Association]] = defaultdict(list)
        self.billings: list[Billing] = []
        self.seats: dict[tuple[str, str], int] = defaultdict(int)
        self.production_users: dict[tuple[str, str], int] = defaultdict(int)
        self.exams: list[Exam] = []
        for row in data["subscriptions"]:
            subscription = Subscription(
                typed(row, "subscription_id", str),
                typed(row, "customer_id", str),
                typed(row, "tenant_id", str),
                typed(row, "product", str),
                typed(row, "channel", str),
                typed(row, "paid", bool),
                typed_or_missing(row, "agreement_start", date),
            )
            self.subscriptions[subscription.subscription_id] = subscription
            self.subscriptions_of_customer[subscription.customer_id].append(subscription)
            self.subscriptions_of_tenant[subscription.tenant_id].append(subscription)
        for row in data["associations"]:
            association = Association(
                typed(row, "partner_id", str),
                typed(row, "type", str),
                typed_or_missing(row, "incentive", str),
                typed(row, "from_date", date),
                typed_or_missing(row, "to_date", date),
            )
            self.associations[typed(row, "subscription_id", str)].append(association)
        for row in data["billings"]:
            if typed(row, "currency", str) != "USD":
                raise ValueError("amounts are expected in USD only")
            billing = Billing(
                typed(row, "subscription_id", str),
                typed(row, "month", str),
                typed(row, "kind", str),
                Fraction(typed(row, "amount", Decimal)),
            )
            self.billings.append(billing)
        for row in data["seats"]:
            key = typed(row, "subscription_id", str), typed(row, "month", str)
            self.seats[key] += typed(row, "paid_seats", int)
        for row in data["usage"]:
            # A tenant's users are "production only".
            if typed(row, "environment", str) == "production":
                key = typed(row, "subscription_id", str), typed(row, "month", str)
                self.production_users[key] += typed(row, "monthly_active_users", int)
        for row in data["exams"]:
            exam = Exam(
                typed(row, "partner_id", str),
                typed(row, "person_id", str),
                typed(row, "exam", str),
                typed(row, "passed_on", date),
                typed_or_missing(row, "expires_on", date),
            )
            self.exams.append(exam)
