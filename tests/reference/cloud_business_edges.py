"""Data for Cloud Business Applications that is aimed at thresholds, a step below, at and above.

Each world has a partner "p", who is aimed at, and a rival "q", who is in its way. About half of
the worlds earn nearly all points, so that levels are decided by the last cent.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from .calendar_of_months import end_of, month_of, month_text
from .cloud_business import LARGE, PRODUCTS, THRESHOLDS, Row, Tables

DAY = timedelta(days=1)
FIRST = date(2020, 10, 1)
RETIREMENTS = (date(2020, 12, 31), date(2021, 1, 31))
CENT = Fraction(1, 100)


def edge_world(seed: int, as_of: str) -> Tables:
    """A small data set as of a month."""
    world = _World(random.Random(seed), month_of(as_of))
    world.build()
    return world.tables


@dataclass
class _World:
    chance: random.Random
    as_of: int
    tables: Tables = field(default_factory=dict)

    def build(self) -> None:
        chance = self.chance
        self.tables = {name: [] for name in ("partners", "customers", "subscriptions",
                       "associations", "billings", "seats", "usage", "exams")}  # fmt: skip
        self.option = chance.choice(sorted(PRODUCTS))
        self.is_strong = chance.random() < 0.6
        self.left_out = chance.choice(
            (set(), {"deployments"}, {"users", "growth"}, {"deployments"}, {"users", "growth"})
        )
        self.own = chance.random() < 0.5
        self.renewal = None if self.is_strong else self.one_of_renewals()
        country = chance.choice(("NL", "US", "DE", "JP") if self.own else ("IN", "BR", None))
        for partner in ("p", "q"):
            self.tables["partners"].append({"partner_id": partner, "name": partner,
                "country": country, "renewal_date": self.renewal})  # fmt: skip
        self.theirs = self.market()
        self.asked = THRESHOLDS[self.option, self.theirs]
        self.least = LARGE[self.option, self.theirs]
        self.revenue()
        self.adds()
        self.consultants()
        self.developers()
        if "deployments" not in self.left_out:
            self.deployments()
        if "users" not in self.left_out:
            self.users()

    # rows

    def subscription(self, country: str | None = None, eligible: bool = True, **given: object) -> str:  # fmt: skip
        """A subscription with a customer and a tenant of its own unless they are given."""
        key = f"s{len(self.tables['subscriptions'])}"
        row: Row = {"subscription_id": key, "customer_id": f"c{key}", "tenant_id": f"t{key}",
                    "product": self.chance.choice(sorted(PRODUCTS[self.option])),
                    "channel": self.chance.choice(("CSP", "Web Direct")), "paid": True,
                    "start_date": date(2019, 1, 1), "agreement_start": None, **given}  # fmt: skip
        if not eligible:
            row |= self.chance.choice(({"paid": False}, {"channel": "Open"},
                                       {"product": "Business Central"}))  # fmt: skip
        self.tables["subscriptions"].append(row)
        if row["customer_id"] not in {each["customer_id"] for each in self.tables["customers"]}:
            self.tables["customers"].append(
                {"customer_id": row["customer_id"], "name": "c", "country": country}
            )
        return key

    def associate(self, partner: str, key: str, kind: str, incentive: str | None = None,
                  start: date = date(2018, 1, 1), end: date | None = None) -> None:  # fmt: skip
        self.tables["associations"].append({"partner_id": partner, "subscription_id": key,
            "type": kind, "incentive": incentive, "from_date": start, "to_date": end})  # fmt: skip

    def credit(self, key: str, claim: str, at: int | None = None) -> None:
        """Give p the credit in one way or another, at least in a month; in weak worlds not always."""
        other = {"OSA": "OSU", "OSU": "OSA"}[claim]
        start, end = date(2018, 1, 1), None
        if at is not None and self.chance.random() < 0.4:
            start = end = end_of(at)
        form = self.chance.choice(("CSP", "CPOR", "DPOR", "DPOR beside other", "DPOR beside Presales"))  # fmt: skip
        if not self.is_strong and self.chance.random() < 0.25:
            form = self.chance.choice(("wrong claim", "Presales", "displaced", "too early", "too late"))  # fmt: skip
        if form in {"CSP", "DPOR"}:
            self.associate("p", key, form, None, start, end)
        elif form == "CPOR":
            self.associate("p", key, form, claim, start, end)
        elif form.startswith("DPOR beside"):
            self.associate("p", key, "DPOR", None, start, end)
            self.associate("q", key, "CPOR", other if form.endswith("other") else "Presales")
        elif form in {"wrong claim", "Presales"}:
            self.associate("p", key, "CPOR", other if form == "wrong claim" else form)
        elif form == "displaced":
            self.associate("p", key, "DPOR")
            self.associate("q", key, "CPOR", claim, start, end)
        else:
            last = end_of(self.as_of if at is None else at)
            if form == "too early":
                self.associate("p", key, "CSP", end=last - DAY)
            else:
                self.associate("p", key, "CSP", start=last + DAY)

    def used(self, key: str, month: int, users: int, environment: str = "production") -> None:
        self.tables["usage"].append({"subscription_id": key, "month": month_text(month),
            "environment": environment, "monthly_active_users": users})  # fmt: skip

    def about(self, number: int) -> int:
        """A number in strong worlds, and one about it in others."""
        return number if self.is_strong else max(0, number + self.chance.choice((-2, -1, -1, 0, 1)))

    # what is aimed at

    def one_of_renewals(self) -> date | None:
        end = end_of(self.as_of)
        return self.chance.choice((None, None, FIRST, date(2020, 6, 30), end, end + DAY,
                                   end_of(self.as_of - 1)))  # fmt: skip

    def market(self) -> bool:
        """Make one customer decide the market, or just fail to."""
        form = self.chance.choice(("none", "CSP", "OSA", "OSU", "first month", "before it", "last month", "after it",
                                   "a day short", "Presales", "half displaced", "displaced",
                                   "beside Presales", "ineligible"))  # fmt: skip
        if form == "none":
            return False
        key = self.subscription(self.chance.choice(("NL", "US", "DE", "JP")), form != "ineligible")
        first, last = end_of(self.as_of - 11), end_of(self.as_of)
        periods = {
            "first month": (date(2018, 1, 1), first), "before it": (date(2018, 1, 1), first - DAY),
            "last month": (last, None), "after it": (last + DAY, None),
            "a day short": (end_of(self.as_of - 3) + DAY, end_of(self.as_of - 2) - DAY),
        }  # fmt: skip
        if form in {"OSA", "OSU", "Presales"}:
            self.associate("p", key, "CPOR", form)
        elif form in {"half displaced", "displaced", "beside Presales"}:
            self.associate("p", key, "DPOR")
            claims = {"half displaced": [self.chance.choice(("OSA", "OSU"))],
                      "displaced": ["OSA", "OSU"], "beside Presales": ["Presales"]}  # fmt: skip
            for claim in claims[form]:
                self.associate("q", key, "CPOR", claim)
        else:
            start, end = periods.get(form, (date(2018, 1, 1), None))
            self.associate("p", key, "CSP", None, start, end)
        return form not in {"before it", "after it", "a day short", "Presales", "displaced",
                            "ineligible"}  # fmt: skip

    def revenue(self) -> None:
        """All points' revenue, or a cent less or a half, in boundary months and by first years."""
        wanted = Fraction(self.asked[0]) + self.chance.choice((0, -CENT, -CENT, CENT))
        if not self.is_strong:
            wanted *= self.chance.choice((1, 1, Fraction(1, 2), 0))
        month = self.as_of - self.chance.choice((0, 11, 5))
        is_agreement = self.chance.random() < 0.5
        start = end_of(month - self.chance.choice((0, 11))) if is_agreement else None
        key = self.subscription(channel="EA" if is_agreement else "CSP", agreement_start=start)
        self.credit(key, "OSA", month)
        self.billed(key, month, wanted + 100)
        self.billed(key, month, Fraction(100), "credit")
        if self.chance.random() < 0.5:
            self.billed(key, self.as_of - 12, Fraction(7_000))
        if self.chance.random() < 0.3:
            late = self.subscription(
                channel="EA", agreement_start=end_of(month - self.chance.choice((-1, 12)))
            )
            self.associate("p", late, "CSP")
            self.billed(late, month, Fraction(9_000))

    def billed(self, key: str, month: int, amount: Fraction, kind: str = "billing") -> None:
        self.tables["billings"].append({"subscription_id": key, "month": month_text(month),
            "kind": kind, "amount": f"{float(max(amount, Fraction(0))):.2f}", "currency": "USD"})  # fmt: skip

    def adds(self) -> None:
        """Customers about the threshold, and stories of loss that cost one, or nobody, anything."""
        first, last = self.as_of - 11, self.as_of
        for _ in range(self.about(self.asked[1])):
            at = self.chance.choice((first, first + 1, last))
            self.seats(at, set(range(at, last + 1)))
        if self.is_strong:
            return
        stories = ({first - 1, first}, {first - 1, first, first + 3}, {first}, {first + 2, last},
                   {first + 1, first + 2, first + 4}, {first - 1}, {last - 1})  # fmt: skip
        for _ in range(self.chance.choice((1, 2, 4))):
            months = self.chance.choice(stories)
            self.seats(self.chance.choice(sorted(months)), set(months))

    def seats(self, at: int, months: set[int]) -> None:
        key = self.subscription(self.chance.choice(("IN", "BR", "NG", "VN", None)))
        self.credit(key, "OSA", at)
        if self.chance.random() < 0.2:
            elsewhere = self.subscription(customer_id=f"c{key}", tenant_id=f"t{key}")
            self.seat(elsewhere, at, 1)
        for month in months:
            self.seat(key, month, self.chance.choice((1, 2)))
        if at not in months or self.chance.random() < 0.2:
            unpaid = self.subscription(eligible=False, customer_id=f"c{key}", tenant_id=f"t{key}")
            self.seat(unpaid, at - 1, 3)

    def seat(self, key: str, month: int, number: int) -> None:
        self.tables["seats"].append({"subscription_id": key, "month": month_text(month),
                                     "paid_seats": number})  # fmt: skip

    def consultants(self) -> None:
        """Numbers at the ends of the bands, growth that just suffices, and 50 in the 24 months."""
        bands = (15, 30, 50) if self.own else (5, 15, 25)
        then = self.chance.choice((*bands, *(each - 1 for each in bands), 20, 40, 32))
        if self.is_strong:
            then = self.chance.choice((*bands[:2], bands[1] - 1, bands[2] - 1, bands[2]))
        percent = Fraction(35 if then < bands[1] else 25, 100)
        short = 0 if self.is_strong else self.chance.choice((0, 0, 1))
        now = then + ceil(then * percent) - short
        if "growth" in self.left_out:
            then, now = bands[0] + 2, bands[0] + 2
        end = end_of(self.as_of)
        snapshot = self.renewal if self.renewal is not None and self.renewal <= end else FIRST
        for n in range(then):
            self.consultant(f"a{n}", self.chance.choice((snapshot, snapshot - DAY)), None)
        for n in range(then, now):
            self.consultant(f"a{n}", min(snapshot + DAY, end), None)
        if not self.is_strong and self.chance.random() < 0.5:
            edge = end_of(self.as_of - self.chance.choice((22, 23, 23, 24)))
            expiry = edge - self.chance.choice((0, 0, 1)) * DAY
            for n in range(max(0, bands[2] - self.chance.choice((0, 0, 1)))):
                self.consultant(f"b{n}", date(2017, 1, 1), expiry, is_old=True)

    def consultant(self, person: str, day: date, expires: date | None, is_old: bool = False) -> None:  # fmt: skip
        """Somebody who holds a core exam and another, the later passed on the day."""
        is_new = self.as_of >= month_of("2020-12")
        if self.option == "customer-engagement":
            core = "PL-200" if is_new else "MB-200"
            seconds = ["MB-210", "MB-220", "MB-230", "MB-240"]
            seconds += [] if self.is_strong and not is_old else ["MB6-898"]
        else:
            core, seconds = "MB-300", ["MB-310", "MB-320", "MB-330"]
            seconds += [] if is_new or self.is_strong else ["MB6-897"]
        if not self.is_strong and self.chance.random() < 0.05:
            core, seconds = "MB-200", ["MB-210"]
        self.passed(person, core, day, expires)
        self.passed(person, self.chance.choice(seconds), day, expires)

    def developers(self) -> None:
        """People about the threshold, of every combination; some about the retirements."""
        _, _, _, wanted, _, _ = THRESHOLDS[self.option, self.own]
        is_new = self.as_of >= month_of("2020-12")
        if self.option == "customer-engagement":
            lasting = [("PL-400",)] if is_new else [("MB-200", "MB-400"), ("MB-200", "MB2-716")]
            others = [("MB-200", "MB-400"), ("MB-200", "MB2-716"), ("PL-400", "MB-400"),
                      ("MB-200", "PL-400"), ("MB-200",)]  # fmt: skip
        else:
            lasting = [("MB-300", "MB-500")]
            others = [("MB-300", "MB-894"), ("MB-300", "MB6-894"), ("MB-300", "MB-897"),
                      ("MB-300", "MB6-897"), ("MB-300", "MB6-898"), ("MB-500", "MB-894")]  # fmt: skip
        for n in range(self.about(wanted)):
            for exam in self.chance.choice(lasting):
                self.passed(f"d{n}", exam, date(2020, 5, 1), None)
        if not self.is_strong:
            for n in range(self.chance.choice((1, 2, 3))):
                day = self.chance.choice(RETIREMENTS) + self.chance.choice((0, 0, 1)) * DAY
                for exam in self.chance.choice(others):
                    self.passed(f"e{n}", exam, day, self.chance.choice((None, end_of(self.as_of))))

    def passed(self, person: str, exam: str, day: date, expires: date | None) -> None:
        if expires is not None and expires < day:
            expires = None
        self.tables["exams"].append({"partner_id": "p", "person_id": person, "exam": exam,
                                     "passed_on": day, "expires_on": expires})  # fmt: skip

    def deployments(self) -> None:
        """Tenants that just reach the number, or just do not, or were there before."""
        first, large = self.as_of - 11, self.least
        for _ in range(self.about(self.asked[4])):
            month = self.chance.choice((first + 1, first + 5, self.as_of - 1))
            key = self.subscription(eligible=True)
            self.credit(key, "OSU", month)
            self.used(key, first, large - 1)
            if self.chance.random() < 0.5:
                self.used(key, month, large)
            else:
                second = self.subscription(customer_id=f"c{key}", tenant_id=f"t{key}")
                self.used(key, month, large - 10)
                self.used(second, month, 10)
        for _ in range(0 if self.is_strong else self.chance.choice((0, 1, 2))):
            key = self.subscription()
            self.associate("p", key, "CSP", start=self.chance.choice(
                (date(2018, 1, 1), end_of(first + 2) + DAY)))  # fmt: skip
            reached = self.chance.choice((large, large, large - 1))
            self.used(key, self.chance.choice((first, first - 1, first + 1)), large)
            self.used(key, first + 2, reached)
            self.used(key, first + 2, 500, "sandbox")

    def users(self) -> None:
        """A tenant that grows by a quarter, or just not, from the least number or one fewer."""
        least = self.least
        then = 4 * least if self.is_strong else self.chance.choice((least, least - 1, 4 * least))
        now = ceil(Fraction(5 * then, 4))
        if not self.is_strong:
            now = self.chance.choice((now, now - 1, ceil(Fraction(9 * then, 8)), then, then - 5, 0))
        key = self.subscription()
        self.credit(key, "OSU", None)
        self.used(key, self.as_of - 12, then)
        self.used(key, self.as_of - 11, 2 * then)
        self.used(key, self.as_of, now)
        self.used(key, self.as_of, 50, "sandbox")
