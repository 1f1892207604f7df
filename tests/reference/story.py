"""Data told in short sentences, for figures worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from reference.choices import TABLES
from reference.small_and_midmarket import score
from reference.tables import Data

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
