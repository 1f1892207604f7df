"""Small data sets for solutions partners, dense in what is easy to get wrong."""

from __future__ import annotations

import random
from datetime import date, timedelta

from .calendar_of_months import end_of, month_of, month_text
from .solutions_partner import ADVANCED, INTERMEDIATE, RATES, Row, Tables

WORKLOADS = sorted(RATES)
AMOUNTS = ("249.99", "250", "500", "500.01", "1499.99", "1500", "5000", "5000.01", "6000", "-10")


def data_set(seed: int, as_of: str) -> Tables:
    """A data set as of about a month."""
    chance, month = random.Random(seed), month_of(as_of)
    subscriptions: list[Row] = [
        {"subscription_id": f"s{n}", "customer_id": f"c{n % 2}", "tenant_id": f"t{n % 3}",
         "product": "x", "channel": "CSP", "paid": True, "start_date": date(2019, 1, 1),
         "agreement_start": None, "workload": chance.choice(WORKLOADS)}
        for n in range(chance.choice((3, 12, 18)))
    ]  # fmt: skip
    tables: Tables = {
        "partners": [{"partner_id": f"p{n}", "name": "p", "country": None} for n in range(3)],
        "customers": [{"customer_id": f"c{n}", "name": "c", "country": None} for n in range(2)],
        "subscriptions": subscriptions, "associations": [], "workload_revenue": [],
        "workload_usage": [], "certifications": [],
    }  # fmt: skip
    rich = chance.random() < 0.5
    for row in subscriptions:
        key = row["subscription_id"]
        tables["associations"] += _associations(chance, str(key), month)
        for at in (month - 14, month - 13, month - 12, month - 2, month - 1, month):
            for _ in range(chance.choice((0, 1, 1, 2))):
                amount = chance.choice(("5000.01", "6000") if rich else AMOUNTS)
                tables["workload_revenue"].append(
                    {"subscription_id": key, "month": month_text(at), "amount": amount,
                     "currency": "USD"})  # fmt: skip
            if chance.random() < 0.8:
                worth = chance.choice((4999, 5000, 9999, 10_000, 25_000, 60_000))
                quantity = worth / float(RATES[str(row["workload"])])
                tables["workload_usage"].append(
                    {"subscription_id": key, "month": month_text(at), "quantity": f"{quantity:.3f}"})  # fmt: skip
    tables["certifications"] = _certifications(chance, month)
    return tables


def _associations(chance: random.Random, key: str, as_of: int) -> list[Row]:
    rows: dict[tuple[object, ...], Row] = {}
    for _ in range(chance.choice((1, 2, 3))):
        kind = chance.choice(("CSP", "CSP", "CPOR", "DPOR", "PAL"))
        incentive = chance.choice(("OSA", "OSU", "Presales")) if kind == "CPOR" else None
        start, end = date(2018, 1, 1), None
        if chance.random() < 0.3:
            edge = end_of(as_of - chance.choice((0, 1, 11, 12, 13)))
            start = edge + timedelta(days=chance.choice((0, 1)))
        elif chance.random() < 0.3:
            edge = end_of(as_of - chance.choice((0, 1, 11, 12, 13)))
            end = edge - timedelta(days=chance.choice((0, 1)))
        row: Row = {"partner_id": f"p{chance.choice((0, 0, 0, 1, 2))}", "subscription_id": key,
                    "type": kind, "incentive": incentive, "from_date": start, "to_date": end}  # fmt: skip
        rows.setdefault(tuple(row.values())[:5], row)
    return list(rows.values())


def _certifications(chance: random.Random, as_of: int) -> list[Row]:
    rows: dict[tuple[object, ...], Row] = {}
    for partner in ("p0", "p1", "p2"):
        for n in range(chance.choice((1, 6, 8, 22))):
            for _ in range(chance.choice((1, 2))):
                name = chance.choice(sorted(INTERMEDIATE | ADVANCED))
                taken = chance.choice((date(2022, 1, 1), date(2026, 6, 30), date(2026, 7, 1),
                                       end_of(as_of), end_of(as_of) + timedelta(days=1)))  # fmt: skip
                expires = chance.choice((None, end_of(as_of), end_of(as_of) - timedelta(days=1)))
                if expires is not None and expires < taken:
                    expires = None
                row: Row = {"partner_id": partner, "person_id": f"a{n}", "certification": name,
                            "taken_on": taken, "expires_on": expires}  # fmt: skip
                rows.setdefault(tuple(row.values())[:4], row)
    return list(rows.values())
