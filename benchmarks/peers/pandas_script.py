"""The SMB option as an analyst would write it in pandas: clear, in memory, without refusals.

python benchmarks/peers/pandas_script.py DATA --as-of 2021-05 --output scores.parquet
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

CHANNELS = ["EA", "CSP", "Web Direct"]
PRODUCTS = ["Sales", "Marketing", "Customer Service", "Field Service", "Project Service", "Plan 1",
            "Automation", "Microsoft Relationship Sales", "Business Central", "Capacity and Storage",
            "Finance and Operations", "Fraud Protection", "Operations", "Retail", "Human Resources",
            "Plan 2", "Mixed Reality", "Team Member"]  # fmt: skip


def month_of(dates: pd.Series) -> pd.Series:
    """Months as numbers one can count with."""
    dates = pd.to_datetime(dates)
    return dates.dt.year * 12 + dates.dt.month - 1


def credited(associations: pd.DataFrame, claim: str, months: range) -> pd.DataFrame:
    """(partner, subscription, m): who is credited in which month."""
    kept = associations[(associations.type != "CPOR") | (associations.incentive == claim)]
    by_month = []
    for m in months:
        now = kept[(kept.f <= m) & (kept.l >= m)]
        claimed = now.loc[now.type == "CPOR", "subscription_id"]
        now = now[(now.type != "DPOR") | ~now.subscription_id.isin(claimed)]
        pairs = now[["partner_id", "subscription_id"]].drop_duplicates()
        by_month.append(pairs.assign(m=m))
    return pd.concat(by_month)


def people(exams: pd.DataFrame, last: pd.Timestamp) -> tuple[pd.Series, pd.Series]:
    """Consultants and developers by partner."""
    ends = pd.to_datetime(exams.expires_on)
    valid = exams[(pd.to_datetime(exams.passed_on) <= last) & (ends.isna() | (ends >= last))]
    held = pd.crosstab([valid.partner_id, valid.person_id], valid.exam) > 0

    def has(exam: str) -> pd.Series:
        return held[exam] if exam in held else pd.Series(data=False, index=held.index)

    def any_of(*codes: str) -> pd.Series:
        return pd.concat([has(code) for code in codes], axis=1).any(axis=1)

    consultant = (has("PL-200") & any_of("MB-210", "MB-220", "MB-230", "MB-240")) | (
        has("MB-300") & any_of("MB-310", "MB-320", "MB-330")) | has("MB-800")  # fmt: skip
    developer = has("PL-400") | (has("MB-300") & any_of("MB-500", "MB-700"))
    return (consultant[consultant].groupby("partner_id").size(),
            developer[developer].groupby("partner_id").size())  # fmt: skip


def main() -> None:
    """Read, score, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--as-of", required=True)
    parser.add_argument("--output", type=Path, required=True)
    asked = parser.parse_args()

    def read(name: str) -> pd.DataFrame:
        return pd.read_parquet(asked.data / f"{name}.parquet")

    year, month = map(int, asked.as_of.split("-"))
    now = year * 12 + month - 1
    last = pd.Timestamp(year, month, 1) + pd.offsets.MonthEnd(0)
    subscriptions = read("subscriptions")
    subscriptions = subscriptions[subscriptions.paid & subscriptions.channel.isin(CHANNELS)
                                  & subscriptions["product"].isin(PRODUCTS)]  # fmt: skip
    key = subscriptions[["subscription_id", "customer_id", "tenant_id", "channel"]].assign(
        agreement=month_of(subscriptions.agreement_start))  # fmt: skip
    associations = read("associations").merge(key[["subscription_id"]], on="subscription_id")
    associations["f"] = month_of(associations.from_date)
    ends = pd.to_datetime(associations.to_date) + pd.Timedelta(days=1)
    associations["l"] = (ends.dt.year * 12 + ends.dt.month - 2).fillna(10**6)
    by_osa = credited(associations, "OSA", range(now - 12, now + 1))
    by_osu = credited(associations, "OSU", range(now - 12, now + 1))

    billings = read("billings")
    billings["m"] = month_of(billings.month)
    billings = billings[billings.m.between(now - 11, now)].merge(key, on="subscription_id")
    in_first_year = (billings.m - billings.agreement).between(0, 11)
    billings = billings[(billings.channel != "EA") | in_first_year]
    amount = billings.amount.astype(float)
    billings["amount"] = amount.where(billings.kind == "billing", -amount)
    billed = billings.groupby(["subscription_id", "m"], as_index=False).amount.sum()
    revenue = billed.merge(by_osa, on=["subscription_id", "m"]).groupby("partner_id").amount.sum()

    seats = read("seats")
    seats["m"] = month_of(seats.month)
    seats = seats[seats.m.between(now - 12, now)].merge(key, on="subscription_id")
    held = seats.groupby(["customer_id", "m"]).paid_seats.sum().unstack(fill_value=0) > 0
    events = []
    for m in range(now - 11, now + 1):
        won, lost = held.get(m, False) & ~held.get(m - 1, False), held.get(m - 1) & ~held.get(m)
        events += [pd.DataFrame({"customer_id": held.index[won], "m": m, "s": 1}),
                   pd.DataFrame({"customer_id": held.index[lost], "m": m - 1, "s": -1})]  # fmt: skip
    by_customer = by_osa.merge(key, on="subscription_id")[["partner_id", "customer_id", "m"]]
    adds = pd.concat(events).merge(by_customer.drop_duplicates(), on=["customer_id", "m"])
    adds = adds.groupby("partner_id").s.sum()

    usage = read("usage")
    usage = usage[usage.environment == "production"]
    usage["m"] = month_of(usage.month)
    usage = usage[usage.m.between(now - 12, now)].merge(key, on="subscription_id")
    users = usage.groupby(["tenant_id", "m"], as_index=False).monthly_active_users.sum()
    reached = users[(users.m >= now - 11) & (users.monthly_active_users >= 5)]
    reached = reached.groupby("tenant_id", as_index=False).m.min()
    by_tenant = by_osu.merge(key, on="subscription_id")[["partner_id", "tenant_id", "m"]]
    by_tenant = by_tenant.drop_duplicates()
    deployed = reached[reached.m > now - 11].merge(by_tenant, on=["tenant_id", "m"])
    deployed = deployed.groupby("partner_id").size()
    both = users[users.m.isin([now, now - 12])].merge(by_tenant, on=["tenant_id", "m"])
    grown = both.pivot_table(index="partner_id", columns="m", values="monthly_active_users",
                             aggfunc="sum", fill_value=0)  # fmt: skip

    consultants, developers = people(read("exams"), last)
    scores = read("partners")[["partner_id"]].set_index("partner_id")
    growth = ((grown[now] - grown[now - 12]) / grown[now - 12]).where(grown[now - 12] >= 50)
    parts = [(revenue, 30_000, 10), (adds, 10, 10), (consultants, 5, 30), (developers, 2, 5),
             (deployed, 10, 20), (growth, 0.35, 25)]  # fmt: skip
    scores["score"] = 0.0
    for value, threshold, most in parts:
        points = (value.reindex(scores.index).fillna(0).astype(float) * most / threshold).clip(
            0, most
        )
        scores["score"] += points
    scores["level"] = pd.cut(scores.score.round(9), [-1, 60, 80, 101], right=False,
                             labels=["", "silver", "gold"]).astype(str)  # fmt: skip
    scores.reset_index().to_parquet(asked.output)


if __name__ == "__main__":
    main()
