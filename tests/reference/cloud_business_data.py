"""Small data sets for Cloud Business Applications, dense in what is easy to get wrong."""

from __future__ import annotations

import random
from datetime import date, timedelta

from .calendar_of_months import end_of, month_of, month_text
from .cloud_business import Row, Tables

PRODUCTS = ("Sales", "Plan 1", "Talent", "Finance", "Plan 2", "Business Central")
COUNTRIES = ("US", "NL", "IN", "BR", None)
CORE = ("MB-200", "PL-200", "MB-300", "PL-400")
SECOND = ("MB-210", "MB6-898", "MB-310", "MB6-897", "MB-897", "MB-400", "MB2-716", "MB-500",
          "MB6-894", "MB-894")  # fmt: skip


def data_set(seed: int, as_of: str) -> Tables:
    """A data set as of about a month."""
    return _Maker(random.Random(seed), month_of(as_of)).tables()


class _Maker:
    def __init__(self, chance: random.Random, as_of: int) -> None:
        self.chance, self.as_of = chance, as_of

    def tables(self) -> Tables:
        chance = self.chance
        partners: list[Row] = [
            {"partner_id": f"p{n}", "name": f"p{n}", "country": chance.choice(COUNTRIES),
             "renewal_date": self.renewal()} for n in range(3)]  # fmt: skip
        customers: list[Row] = [
            {"customer_id": f"c{n}", "name": f"c{n}", "country": chance.choice(COUNTRIES)}
            for n in range(3)]  # fmt: skip
        subscriptions = [self.subscription(n) for n in range(5)]
        tables: Tables = {
            "partners": partners, "customers": customers, "subscriptions": subscriptions,
            "associations": [], "billings": [], "seats": [], "usage": [], "exams": [],
        }  # fmt: skip
        keys = set()
        for subscription in subscriptions:
            for _ in range(chance.randint(0, 4)):
                row = self.association(subscription)
                key = tuple(
                    row[name]
                    for name in ("partner_id", "subscription_id", "type", "incentive", "from_date")
                )
                if key not in keys:
                    keys.add(key)
                    tables["associations"].append(row)
            self.months(tables, subscription)
        for partner in partners:
            tables["exams"] += self.exams(str(partner["partner_id"]))
        return tables

    def day(self) -> date:
        """A day at or beside the end of a month."""
        month = self.as_of + self.chance.randint(-26, 0)
        return end_of(month) + timedelta(days=self.chance.choice((-20, -1, 0, 1)))

    def renewal(self) -> date | None:
        end = end_of(self.as_of)
        return self.chance.choice((None, None, end, end + timedelta(days=1), date(2020, 11, 5)))

    def subscription(self, number: int) -> Row:
        channel = self.chance.choice(("CSP", "EA", "Web Direct", "CSP", "Open"))
        start = end_of(self.as_of - self.chance.randint(6, 24)) if channel == "EA" else None
        return {
            "subscription_id": f"s{number}", "customer_id": f"c{self.chance.randint(0, 2)}",
            "tenant_id": f"t{self.chance.randint(0, 3)}", "product": self.chance.choice(PRODUCTS),
            "channel": channel, "paid": self.chance.random() < 0.9,
            "start_date": date(2019, 1, 1), "agreement_start": start,
        }  # fmt: skip

    def association(self, subscription: Row) -> Row:
        kind = self.chance.choice(("CSP", "CPOR", "CPOR", "DPOR"))
        incentive = self.chance.choice(("OSA", "OSU", "Presales")) if kind == "CPOR" else None
        start = self.chance.choice((date(2018, 1, 1), self.day()))
        end = self.chance.choice((None, None, self.day()))
        if end is not None and end < start:
            end = None
        return {"partner_id": f"p{self.chance.randint(0, 2)}",
                "subscription_id": subscription["subscription_id"], "type": kind,
                "incentive": incentive, "from_date": start, "to_date": end}  # fmt: skip

    def months(self, tables: Tables, subscription: Row) -> None:
        """Billings, seats and users of a subscription, month by month."""
        chance, key = self.chance, subscription["subscription_id"]
        large = chance.choice((49, 50, 99, 100, 149, 150, 249, 250, 400))
        has_seats = chance.random() < 0.5
        for month in range(self.as_of - 13, self.as_of + 1):
            text = month_text(month)
            if chance.random() < 0.2:
                tables["billings"].append(
                    {"subscription_id": key, "month": text,
                     "kind": chance.choice(("billing", "billing", "credit")),
                     "amount": chance.choice(("150000", "75000.5", "299999.99", "0.01")),
                     "currency": "USD"})  # fmt: skip
            has_seats = has_seats if chance.random() < 0.7 else not has_seats
            if has_seats or chance.random() < 0.1:
                tables["seats"].append({"subscription_id": key, "month": text,
                                        "paid_seats": chance.randint(1, 3) if has_seats else 0})  # fmt: skip
            if chance.random() < 0.7:
                tables["usage"].append(
                    {"subscription_id": key, "month": text,
                     "environment": chance.choice(("production", "production", "sandbox")),
                     "monthly_active_users": chance.choice((0, 10, large, large, 2 * large))})  # fmt: skip

    def exams(self, partner: str) -> list[Row]:
        """Alike people in numbers about the bands, and some who differ."""
        chance = self.chance
        rows: dict[tuple[str, str, date], Row] = {}

        def passed(person: str, exam: str, day: date, expires: date | None) -> None:
            rows.setdefault((person, exam, day), {
                "partner_id": partner, "person_id": person, "exam": exam, "passed_on": day,
                "expires_on": expires})  # fmt: skip

        early, option = (
            date(2020, 9, 30),
            chance.choice((("MB-200", "MB-210"), ("MB-300", "MB-310"))),
        )
        for n in range(chance.choice((0, 4, 5, 14, 15, 24, 25, 29, 30, 49, 50))):
            expires = chance.choice((None, None, None, self.day()))
            if expires is not None and expires < early:
                expires = None
            for exam in option:
                passed(f"a{n}", exam, early, expires)
        late = chance.choice((date(2020, 10, 1), date(2020, 10, 2), end_of(self.as_of)))
        for n in range(chance.choice((0, 1, 2, 5, 6, 8, 11))):
            for exam in ("PL-200", "MB-300", "MB-210", "MB-320"):
                passed(f"b{n}", exam, late, None)
        for n in range(4):
            day = chance.choice((date(2020, 12, 31), date(2021, 1, 1), date(2021, 1, 31),
                                 date(2021, 2, 1), date(2020, 6, 1)))  # fmt: skip
            passed(f"c{n}", chance.choice(CORE), day, None)
            passed(f"c{n}", chance.choice(SECOND), day, None)
        return list(rows.values())
