"""Data for solutions partners that is aimed at thresholds, a step below, at and above.

Each world has a partner "p", who is aimed at, and a rival "q", who is in its way. Most worlds
earn nearly all points, so that designation is decided by the last fifth of a dollar.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from .calendar_of_months import end_of, month_of, month_text
from .solutions_partner import (
    ADMIN_LINK_ONLY,
    ADVANCED,
    INTERMEDIATE,
    RATES,
    RETIRED,
    Row,
    Tables,
    track,
)

DAY = timedelta(days=1)
LONG_AGO = date(2018, 1, 1)
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
                       "associations", "workload_revenue", "workload_usage", "certifications")}  # fmt: skip
        self.tables["partners"] = [
            {"partner_id": partner, "name": partner, "country": None} for partner in ("p", "q")
        ]
        self.tables["customers"] = [{"customer_id": "c", "name": "c", "country": None}]
        self.is_strong = chance.random() < 0.6
        self.is_new = self.as_of >= month_of("2023-04")
        self.is_enterprise = self.large_workloads()
        self.asked = track(self.is_enterprise, self.is_new)
        # Of all points; or 9 + 20 + 15 + 10 + 16 = 70.
        self.shares = chance.choice(
            (
                (Fraction(1), Fraction(1), Fraction(1)),
                (Fraction(3, 5), Fraction(1, 3), Fraction(4, 5)),
                (Fraction(3, 5), Fraction(1, 3), Fraction(4, 5)),
            )
        )
        self.adds()
        self.people("intermediate", INTERMEDIATE, int(self.asked.full[1]))
        self.people("advanced", ADVANCED, int(self.asked.full[2]))
        self.usage()

    # rows

    def subscription(self, workload: str, tenant: str | None = None) -> tuple[str, str]:
        """A subscription for a workload, at a tenant of its own unless one is given."""
        key = f"s{len(self.tables['subscriptions'])}"
        tenant = tenant or f"t{key}"
        self.tables["subscriptions"].append({
            "subscription_id": key, "customer_id": "c", "tenant_id": tenant, "product": "x",
            "channel": "CSP", "paid": True, "start_date": date(2019, 1, 1),
            "agreement_start": None, "workload": workload})  # fmt: skip
        return key, tenant

    def associate(self, partner: str, key: str, kind: str, incentive: str | None = None,
                  start: date = LONG_AGO, end: date | None = None) -> None:  # fmt: skip
        self.tables["associations"].append({"partner_id": partner, "subscription_id": key,
            "type": kind, "incentive": incentive, "from_date": start, "to_date": end})  # fmt: skip

    def credit(self, key: str, claim: str, months: tuple[int, ...], by_link: bool = False) -> None:
        """Give p the credit in one way or another, in months; in weak worlds not always."""
        other = {"OSA": "OSU", "OSU": "OSA"}[claim]
        periods: list[tuple[date, date | None]] = [(LONG_AGO, None)]
        if self.chance.random() < 0.4:
            periods = [(end_of(month), end_of(month)) for month in months]
        if by_link:
            form = "PAL"
        else:
            form = self.chance.choice(("CSP", "CPOR", "DPOR", "DPOR beside other", "DPOR beside Presales"))  # fmt: skip
        if not self.is_strong and self.chance.random() < 0.2:
            self.fail(key, claim, months[0], by_link)
            return
        for start, end in periods:
            if form == "CPOR":
                self.associate("p", key, form, claim, start, end)
            else:
                self.associate("p", key, form.split(" ")[0], None, start, end)
        if form.startswith("DPOR beside"):
            self.associate("q", key, "CPOR", other if form.endswith("other") else "Presales")

    def fail(self, key: str, claim: str, month: int, by_link: bool) -> None:
        """Have p associated in a way that earns no credit."""
        other = {"OSA": "OSU", "OSU": "OSA"}[claim]
        form = self.chance.choice(("wrong claim", "Presales", "displaced", "too early", "too late", "link"))  # fmt: skip
        if form in {"wrong claim", "Presales"}:
            self.associate("p", key, "CPOR", other if form == "wrong claim" else form)
        elif form == "displaced":
            self.associate("p", key, "DPOR")
            self.associate("q", key, "CPOR", claim)
        elif form == "too early":
            self.associate("p", key, "PAL" if by_link else "CSP", end=end_of(month) - DAY)
        elif form == "too late":
            self.associate("p", key, "PAL" if by_link else "CSP", start=end_of(month) + DAY)
        else:
            self.associate("p", key, "CSP" if by_link else "PAL")

    def earns(self, key: str, month: int, amount: Fraction) -> None:
        """Revenue, in one row or in three, one of which takes back."""
        parts = [amount] if self.chance.random() < 0.6 else [amount - 5, Fraction(12), Fraction(-7)]
        for part in parts:
            self.tables["workload_revenue"].append(
                {"subscription_id": key, "month": month_text(month), "amount": decimal(part),
                 "currency": "USD"})  # fmt: skip

    def uses(self, key: str, workload: str, month: int, worth: Fraction) -> None:
        """Usage that is worth so much."""
        self.tables["workload_usage"].append(
            {"subscription_id": key, "month": month_text(month),
             "quantity": decimal(worth / RATES[workload])})  # fmt: skip

    # what is aimed at

    def workload(self, by_link: bool) -> str:
        return self.chance.choice(
            sorted(ADMIN_LINK_ONLY) if by_link else sorted(RATES.keys() - ADMIN_LINK_ONLY)
        )

    def large_workloads(self) -> bool:
        """Five workloads of more than 5,000 USD in both months, or just not; most in one piece."""
        form = self.chance.choice(("five", "five", "six", "none", "none", "four", "four then", "exactly 5,000",
                                   "same workload", "uncredited then", "month beside"))  # fmt: skip
        if form == "none":
            return False
        months = (self.as_of - 1, self.as_of - 13)
        wanted = {"six": 6, "four": 4}.get(form, 5)
        tenant = None
        for n in range(wanted):
            is_odd = n == wanted - 1
            workload = self.chance.choice(sorted(RATES))
            if form == "same workload" and is_odd:
                workload = str(self.tables["subscriptions"][-1]["workload"])
                key, _ = self.subscription(workload, tenant)
            else:
                key, tenant = self.subscription(workload)
            keys = [key]
            if self.chance.random() < 0.3:
                keys.append(self.subscription(workload, tenant)[0])
            is_credited = not (form == "uncredited then" and is_odd)
            self.associate("p", key, "CSP", start=LONG_AGO if is_credited else end_of(months[1]) + DAY)  # fmt: skip
            for month in months:
                if form == "four then" and is_odd and month == months[1]:
                    continue
                least = Fraction(5_000) + (0 if form == "exactly 5,000" and is_odd else CENT)
                at = month - 1 if form == "month beside" and is_odd else month
                for each in keys:
                    self.earns(each, at, least / len(keys) if len(keys) == 1 else
                               (Fraction(2_000) if each == key else least - 2_000))  # fmt: skip
        return form in {"five", "six"}

    def adds(self) -> None:
        """Workloads that just qualify, now and a year ago, and some that just do not."""
        now, ago = self.as_of, self.as_of - 12
        if self.is_enterprise:
            least = Fraction(1_500)
        else:
            least = Fraction(250) if self.is_new else 500 + CENT
        wanted = int(self.shares[0] * self.asked.full[0])
        if not self.is_strong:
            wanted = max(0, wanted + self.chance.choice((-3, -1, 0, 1)))
        before = self.chance.choice((0, 0, 1, 2))
        for _ in range(wanted + before):
            self.qualifies(now, least)
        for _ in range(before):
            self.qualifies(ago, least)
        for _ in range(self.chance.choice((0, 1, 2))):
            self.qualifies(self.chance.choice((now, ago)), least - CENT)
        for beside in (now - 2, ago - 2, ago + 2):
            if self.chance.random() < 0.2:
                self.qualifies(beside, least)

    def qualifies(self, month: int, amount: Fraction) -> None:
        workload = self.chance.choice(sorted(RATES))
        key, tenant = self.subscription(workload)
        self.credit(key, "OSA", (month,))
        if self.chance.random() < 0.3:
            # A part of it comes through a subscription that p has nothing to do with.
            elsewhere, _ = self.subscription(workload, tenant)
            self.earns(elsewhere, month, amount - 100)
            amount = Fraction(100)
        self.earns(key, month, amount)

    def people(self, prefix: str, names: set[str], wanted: int) -> None:
        """People about the number; some whose certification has run out or retired."""
        end = end_of(self.as_of)
        lasting = sorted(name for name in names if name not in RETIRED)
        if not self.is_strong:
            wanted = max(0, wanted + self.chance.choice((-5, -1, 0, 1)))
        for n in range(wanted):
            expires = self.chance.choice((None, end, end + DAY))
            self.certified(f"{prefix}{n}", self.chance.choice(lasting), date(2021, 1, 1), expires)
            if self.chance.random() < 0.2:
                self.certified(f"{prefix}{n}", self.chance.choice(lasting), date(2021, 2, 1), None)
        if self.is_strong:
            self.certified(f"{prefix}late", lasting[0], end + DAY, None)
            self.certified(f"{prefix}gone", lasting[0], date(2021, 1, 1), end - DAY)
            return
        for n in range(self.chance.choice((0, 1, 2, 3))):
            name = self.chance.choice(sorted(names & RETIRED.keys()))
            taken = RETIRED[name] + self.chance.choice((0, 0, 1)) * DAY
            self.certified(f"{prefix}r{n}", name, taken, self.chance.choice((None, taken + DAY)))
        # One person on both lists.
        self.certified("both", self.chance.choice(lasting), end, None)

    def certified(self, person: str, name: str, taken: date, expires: date | None) -> None:
        row: Row = {"partner_id": "p", "person_id": person, "certification": name,
                    "taken_on": taken, "expires_on": expires}  # fmt: skip
        key = list(row.values())[:4]
        if key not in [list(each.values())[:4] for each in self.tables["certifications"]]:
            self.tables["certifications"].append(row)

    def usage(self) -> None:
        """Workloads that are just deployed, and one that makes the growth what it should be."""
        now, ago = self.as_of, self.as_of - 12
        least = Fraction(self.asked.deployed)
        step = Fraction(1, 5)
        wanted = int(self.shares[2] * self.asked.full[4])
        before = self.chance.choice((0, 1))
        if not self.is_strong:
            wanted = max(0, wanted + self.chance.choice((-2, -1, 0, 1)))
        for _ in range(wanted + before):
            self.deployed(now, least)
        for _ in range(before):
            self.deployed(ago, least)
        short = self.chance.choice((0, 1))
        for _ in range(short):
            self.deployed(now, least - step)
        spent_now = (wanted + before) * least + short * (least - step)
        spent_ago = before * least
        then = Fraction(self.asked.least_value) + self.chance.choice((0, 0, 0, -step, step))
        if self.chance.random() < 0.5:
            then += 100_000
        growth = self.shares[1] * self.asked.full[3]
        if not self.is_strong:
            growth *= self.chance.choice((1, 2, Fraction(1, 2), 0, -1))
        # In steps of a fifth of a dollar, at or just below the growth that is wanted.
        later = (then * (1 + growth)) // step * step - self.chance.choice((0, 0, 1)) * step
        by_link = self.chance.random() < 0.5
        workload = "Customer Insights" if by_link else "Finance"
        key, _ = self.subscription(workload)
        self.credit(key, "OSU", (now, ago), by_link)
        for month, worth in ((ago, then - spent_ago), (now, later - spent_now)):
            if worth >= 0:
                self.uses(key, workload, month, worth)
        for beside in (now - 1, ago + 1, ago - 1):
            self.uses(key, workload, beside, Fraction(1_000_000))

    def deployed(self, month: int, worth: Fraction) -> None:
        """A workload worth so much, on one subscription or on two."""
        by_link = self.chance.random() < 0.3
        workload = self.workload(by_link)
        key, tenant = self.subscription(workload)
        self.credit(key, "OSU", (month,), by_link)
        if self.chance.random() < 0.3:
            elsewhere, _ = self.subscription(workload, tenant)
            self.uses(elsewhere, workload, month, worth - 1_000)
            worth = Fraction(1_000)
        self.uses(key, workload, month, worth)


def decimal(amount: Fraction) -> str:
    """An amount as files write it, exactly."""
    text = f"{Decimal(amount.numerator) / Decimal(amount.denominator):f}"
    assert Fraction(text) == amount
    return text
