"""Builds a data set out of choices; every row obeys the data contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from . import choices
from .choices import AS_OF, MONTHS, TABLES, Chooser
from .small_and_midmarket import score
from .tables import Data, last_day


class Builder:
    """Adds rows to a data set, choice by choice."""

    def __init__(self, chooser: Chooser) -> None:
        self.choose = chooser
        self.data: Data = {table: [] for table in TABLES}
        self.association_keys: set[tuple[object, ...]] = set()
        self.exam_keys: set[tuple[object, ...]] = set()

    def often(self) -> bool:
        """Choose yes in three cases of four."""
        return self.choose.one_of((True, True, True, False))

    def seldom(self) -> bool:
        """Choose yes in one case of four."""
        return self.choose.one_of((False, False, False, True))

    # rows

    def add_partner(self, partner: str) -> None:
        """Add a row of partners."""
        country = self.choose.one_of(("US", "NL", "DE"))
        row: dict[str, object] = {
            "partner_id": partner,
            "name": f'Partner "{partner}", Ltd',
            "country": country,
        }
        self.data["partners"].append(row)

    def add_customer(self, customer: str) -> None:
        """Add a row of customers."""
        row: dict[str, object] = {
            "customer_id": customer,
            "name": f"Customer {customer}",
            "country": "US",
        }
        self.data["customers"].append(row)

    def add_subscription(
        self,
        subscription: str,
        customer: str,
        tenant: str,
        product: str = "Business Central",
        channel: str = "CSP",
        paid: bool = True,
    ) -> None:
        """Add a row of subscriptions, with an agreement_start if the channel is EA."""
        row: dict[str, object] = {
            "subscription_id": subscription,
            "customer_id": customer,
            "tenant_id": tenant,
            "product": product,
            "channel": channel,
            "paid": paid,
            "start_date": self.choose.one_of(choices.START_DATES),
            "agreement_start": self.choose.one_of(choices.AGREEMENT_STARTS)
            if channel == "EA"
            else None,
        }
        self.data["subscriptions"].append(row)

    def add_association(
        self,
        partner: str,
        subscription: str,
        type_and_incentive: tuple[str, str | None],
        from_date: date,
        to_date: date | None,
    ) -> None:
        """Add a row of associations, unless its key is taken."""
        key = (partner, subscription, type_and_incentive, from_date)
        if key in self.association_keys:
            return
        self.association_keys.add(key)
        row: dict[str, object] = {
            "partner_id": partner,
            "subscription_id": subscription,
            "type": type_and_incentive[0],
            "incentive": type_and_incentive[1],
            "from_date": from_date,
            "to_date": to_date,
        }
        self.data["associations"].append(row)

    def add_billing(self, subscription: str, month: str, kind: str, amount: Decimal) -> None:
        """Add a row of billings."""
        row: dict[str, object] = {
            "subscription_id": subscription,
            "month": month,
            "kind": kind,
            "amount": amount,
            "currency": "USD",
        }
        self.data["billings"].append(row)

    def add_seats(self, subscription: str, month: str, paid_seats: int) -> None:
        """Add a row of seats."""
        row: dict[str, object] = {
            "subscription_id": subscription,
            "month": month,
            "paid_seats": paid_seats,
        }
        self.data["seats"].append(row)

    def add_usage(self, subscription: str, month: str, environment: str, users: int) -> None:
        """Add a row of usage."""
        row: dict[str, object] = {
            "subscription_id": subscription,
            "month": month,
            "environment": environment,
            "monthly_active_users": users,
        }
        self.data["usage"].append(row)

    def add_exam(
        self, partner: str, person: str, exam: str, passed_on: date, expires_on: date | None
    ) -> None:
        """Add a row of exams, unless its key is taken."""
        key = (partner, person, exam, passed_on)
        if key in self.exam_keys:
            return
        self.exam_keys.add(key)
        row: dict[str, object] = {
            "partner_id": partner,
            "person_id": person,
            "exam": exam,
            "passed_on": passed_on,
            "expires_on": expires_on,
        }
        self.data["exams"].append(row)

    # what happens around one subscription

    def day_of(self, month: str) -> date:
        """Choose the last day of a month, its first, one in the middle, or the last but one."""
        last = last_day(month)
        return self.choose.one_of(
            (last, last, last.replace(day=1), last.replace(day=15), last - timedelta(days=1))
        )

    def interval(self) -> tuple[date, date | None]:
        """Choose an interval: open, long, short, one day; often at the ends of months."""
        form = self.choose.one_of(
            ("open", "open", "open from", "open from", "long", "between", "between", "one day")
        )
        if form == "open":
            return date(2019, 1, 1), None
        if form == "open from":
            return self.day_of(self.choose.one_of(MONTHS)), None
        if form == "long":
            return date(2019, 1, 1), self.day_of(self.choose.one_of(MONTHS))
        if form == "one day":
            day = self.day_of(self.choose.one_of(MONTHS))
            return day, day
        first = self.day_of(self.choose.one_of(MONTHS))
        second = self.day_of(self.choose.one_of(MONTHS))
        return min(first, second), max(first, second)

    def associate(self, subscription: str, partners: Sequence[str]) -> None:
        """Add associations of all types: overlapping, abutting, displacing, repeated."""
        for _ in range(self.choose.one_of((2, 1, 1, 2, 3, 0))):
            partner = self.choose.one_of(partners)
            type_and_incentive = self.choose.one_of(choices.ASSOCIATION_TYPES)
            from_date, to_date = self.interval()
            self.add_association(partner, subscription, type_and_incentive, from_date, to_date)
            more = self.choose.one_of(
                ("", "", "", "next partner", "next type", "other type", "displace", "overlap")
            )
            next_day = None if to_date is None else to_date + timedelta(days=1)
            if more == "next partner" and next_day is not None:
                other = self.choose.one_of(partners)
                self.add_association(other, subscription, type_and_incentive, next_day, None)
            if more == "next type" and next_day is not None:
                other_type = self.choose.one_of(choices.ASSOCIATION_TYPES)
                self.add_association(partner, subscription, other_type, next_day, None)
            if more == "other type":
                other_type = self.choose.one_of(choices.ASSOCIATION_TYPES)
                self.add_association(partner, subscription, other_type, from_date, to_date)
            if more == "displace":
                claim = self.choose.one_of(("OSA", "OSU"))
                other = self.choose.one_of(partners)
                from_day, to_day = self.interval()
                self.add_association(partner, subscription, ("DPOR", None), from_date, to_date)
                self.add_association(other, subscription, ("CPOR", claim), from_day, to_day)
            if more == "overlap":
                from_day, to_day = self.interval()
                self.add_association(partner, subscription, type_and_incentive, from_day, to_day)

    def path(self, levels: Sequence[int | None]) -> list[int | None]:
        """Choose a level for each month: a few stretches, each at one level (None: no row)."""
        changes = {0}
        for _ in range(self.choose.one_of((1, 0, 2, 3))):
            changes.add(self.choose.one_of(range(1, len(MONTHS))))
        path: list[int | None] = []
        level: int | None = None
        for position in range(len(MONTHS)):
            if position in changes:
                level = self.choose.one_of(levels)
            path.append(level)
        return path

    def take_seats(self, subscription: str, gap: dict[str, int | None]) -> None:
        """Add seats along a path, but for the months in which the whole customer has none."""
        for month, level in zip(MONTHS, self.path(choices.SEATS), strict=True):
            seats = gap.get(month, level)
            if seats is not None:
                self.add_seats(subscription, month, seats)

    def use(self, subscription: str) -> None:
        """Add usage: around 5 in the window, around 50 a year ago, some of it in a sandbox."""
        users = dict(zip(MONTHS, self.path(choices.USERS), strict=True))
        if self.often():
            users["2020-06"] = self.choose.one_of((4, None, 0, 1, 2, 3, 5))
        if self.choose.one_of((False, True)):
            users["2020-05"] = self.choose.one_of(choices.USERS_A_YEAR_AGO)
            users["2021-05"] = self.choose.one_of(choices.USERS_NOW)
        for month, count in users.items():
            if count is not None:
                self.add_usage(subscription, month, "production", count)
        if self.seldom():
            months = (self.choose.one_of(MONTHS), "2020-05", "2021-05", "2020-06")
            for month in dict.fromkeys(months):
                count = self.choose.one_of((None, 5, 1, 50, 100))
                if count is not None:
                    self.add_usage(subscription, month, "sandbox", count)

    def bill(self, subscription: str) -> None:
        """Add billings and credits, some of them twice, some outside the window."""
        for _ in range(self.choose.one_of((2, 0, 1, 3, 5))):
            month = self.choose.one_of((*MONTHS, "2020-05", "2020-06", "2021-05"))
            kind = self.choose.one_of(("billing", "billing", "credit"))
            amount = self.choose.one_of(choices.AMOUNTS)
            for _ in range(self.choose.one_of((1, 1, 1, 1, 2))):
                self.add_billing(subscription, month, kind, amount)

    # a whole data set

    def examine(self, partner: str) -> None:
        """Add people and their exams; the same people may work for several partners."""
        for number in range(self.choose.one_of((1, 0, 2, 3))):
            person = f"person-{number}"
            for exam in self.choose.one_of(choices.EXAM_SETS):
                for _ in range(self.choose.one_of((1, 1, 1, 2))):
                    passed_on = self.choose.one_of(choices.PASSED_ON)
                    expires_on = self.choose.one_of(choices.EXPIRES_ON)
                    if expires_on is not None:
                        expires_on = max(expires_on, passed_on)
                    self.add_exam(partner, person, exam, passed_on, expires_on)

    def add_gap(self) -> dict[str, int | None]:
        """Choose months in which a customer has no seats at all, by rows of 0 or by no rows."""
        if self.choose.one_of((True, False)):
            return {}
        start = self.choose.one_of(range(len(MONTHS)))
        length = self.choose.one_of((1, 2, 3, 8))
        seats = self.choose.one_of((None, 0))
        return dict.fromkeys(MONTHS[start : start + length], seats)

    def add_consultants(self, partner: str) -> None:
        """Give a partner four to six consultants."""
        for number in range(self.choose.one_of((5, 5, 5, 5, 4, 6))):
            for exam in self.choose.one_of(choices.EXAMS_OF_CONSULTANTS):
                self.add_exam(partner, f"consultant-{number}", exam, date(2020, 2, 3), None)

    def add_developers(self, partner: str) -> None:
        """Give a partner none to three developers."""
        for number in range(self.choose.one_of((2, 0, 1, 3))):
            for exam in self.choose.one_of(choices.EXAMS_OF_DEVELOPERS):
                self.add_exam(partner, f"developer-{number}", exam, date(2020, 2, 3), None)

    def add_growth(self, partner: str) -> None:
        """Give a partner a tenant of its own that grows from about 50 users."""
        then = self.choose.one_of((60, 50, 49, 51, 100, 200, 90))
        now = floor(Fraction(135, 100) * then) + self.choose.one_of((1, 1, 0, -1, -7, 40))
        self.add_own_subscription(partner, "growth")
        self.add_usage("growth-subscription", "2020-05", "production", then)
        self.add_usage("growth-subscription", "2020-06", "production", then)
        self.add_usage("growth-subscription", AS_OF, "production", now)

    def add_deployments(self, partner: str) -> None:
        """Give a partner up to eleven tenants of its own, deployed and perhaps with seats."""
        with_seats = self.choose.one_of((False, True))
        month = self.choose.one_of((AS_OF, *MONTHS[3:]))
        for number in range(self.choose.one_of((10, 5, 6, 8, 11, 1))):
            subscription = self.add_own_subscription(partner, f"deployed-{number}")
            self.add_usage(subscription, month, "production", 5)
            if with_seats:
                self.add_seats(subscription, AS_OF, 1)

    def add_own_subscription(self, partner: str, name: str) -> str:
        """Add a customer, a tenant and a subscription that no other partner has to do with."""
        customer, subscription = f"{name}-customer", f"{name}-subscription"
        self.add_customer(customer)
        self.add_subscription(subscription, customer, f"{name}-tenant")
        self.add_association(partner, subscription, ("CSP", None), date(2019, 1, 1), None)
        return subscription

    def land(self, partner: str) -> None:
        """Bill what is missing for a score of exactly 60 or 80, or as little less as can be.

        Where no amount of six decimals is exact, the score comes to lie within a billionth of
        the level's border, on either side.
        """
        scored = score(self.data, AS_OF)[partner]
        revenue = scored.values["net_new_revenue"] or Fraction(0)
        without_revenue = scored.score - scored.points["net_new_revenue"]
        within_reach = [
            target
            for target in choices.SCORES_TO_LAND_ON
            if without_revenue < target <= without_revenue + 10
        ]
        if not within_reach:
            return
        missing = (self.choose.one_of(within_reach) - without_revenue) * 3000 - revenue
        millionths = missing * 1_000_000
        whole = ceil(millionths) if self.choose.one_of((True, False)) else floor(millionths)
        if abs(whole) >= 10**12:
            return
        amount = Decimal(abs(whole)).scaleb(-6)
        subscription = self.add_own_subscription(partner, "landing")
        self.add_billing(subscription, "2021-02", "billing" if whole >= 0 else "credit", amount)

    def build(self) -> Data:
        """Build one data set."""
        partners = [f"partner-{n}" for n in range(self.choose.one_of((2, 1, 2, 3, 4)))]
        customers = [f"customer-{n}" for n in range(self.choose.one_of((1, 2, 3)))]
        tenants = [f"tenant-{n}" for n in range(self.choose.one_of((1, 2, 3)))]
        subscriptions = [f"subscription-{n}" for n in range(self.choose.one_of((1, 2, 3, 4, 5)))]
        for partner in partners:
            self.add_partner(partner)
        gaps = {}
        for customer in customers:
            self.add_customer(customer)
            gaps[customer] = self.add_gap()
        for subscription in subscriptions:
            customer = self.choose.one_of(customers)
            products = self.choose.one_of(
                (choices.ELIGIBLE_PRODUCTS,) * 7 + (choices.OTHER_PRODUCTS,)
            )
            self.add_subscription(
                subscription,
                customer,
                self.choose.one_of(tenants),
                self.choose.one_of(products),
                self.choose.one_of(choices.CHANNELS),
                self.choose.one_of((True,) * 8 + (False,)),
            )
            self.associate(subscription, partners)
            self.take_seats(subscription, gaps[customer])
            self.use(subscription)
            self.bill(subscription)
        for partner in partners:
            self.examine(partner)
        if self.choose.one_of((False, False, True)):
            self.make_one_succeed(partners)
        return self.data

    def make_one_succeed(self, partners: Sequence[str]) -> None:
        """Bring one partner close to a level, or over it."""
        partner = self.choose.one_of(partners)
        self.add_consultants(partner)
        if self.often():
            self.add_developers(partner)
        if self.often():
            self.add_growth(partner)
        if self.often():
            self.add_deployments(partner)
        if self.often():
            self.land(partner)
