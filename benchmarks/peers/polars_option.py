"""What polars_script.py calculates; imported once the number of threads is set."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from pathlib import Path

import polars as pl

CHANNELS = ["EA", "CSP", "Web Direct"]
PRODUCTS = ["Sales", "Marketing", "Customer Service", "Field Service", "Project Service", "Plan 1",
            "Automation", "Microsoft Relationship Sales", "Business Central", "Capacity and Storage",
            "Finance and Operations", "Fraud Protection", "Operations", "Retail", "Human Resources",
            "Plan 2", "Mixed Reality", "Team Member"]  # fmt: skip
SID, CID, TID = "subscription_id", "customer_id", "tenant_id"
EVER = 99_999


def month_of(column: str) -> pl.Expr:
    """A month as a number one can count with."""
    day = pl.col(column)
    return day.dt.year() * 12 + day.dt.month().cast(pl.Int32) - 1


def scores(data: Path, first: date) -> pl.DataFrame:
    """One row a partner: score, level and values."""
    read = partial(_read, data)
    as_of = first.year * 12 + first.month - 1
    last = date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)
    eligible = read("subscriptions").filter(
        pl.col("paid") & pl.col("channel").is_in(CHANNELS) & pl.col("product").is_in(PRODUCTS)
    ).select(SID, CID, TID, agreement=pl.when(pl.col("channel") == "EA")
             .then(month_of("agreement_start"))).collect(engine="streaming").lazy()  # fmt: skip
    credit = credited(read("associations"), eligible, as_of)
    parts = [
        revenue(read("billings"), credit, as_of),
        adds(read("seats"), eligible, credit, as_of),
        people(read("exams"), last),
        users(read("usage"), eligible, credit, as_of),
    ]
    table = read("partners").select("partner_id")
    for part in parts:
        table = table.join(part.collect(engine="streaming").lazy(), on="partner_id", how="left")
    return judged(table).sort("partner_id").collect()


def _read(data: Path, name: str) -> pl.LazyFrame:
    return pl.scan_parquet(data / f"{name}.parquet")


def credited(associations: pl.LazyFrame, eligible: pl.LazyFrame, as_of: int) -> pl.LazyFrame:
    """(partner, subscription, m, osa, osu): who is credited in which month, for which claims."""
    held = associations.join(eligible, on=SID).with_columns(
        f=month_of("from_date"),
        l=(pl.col("to_date") + pl.duration(days=1)).pipe(_month_before).fill_null(EVER),
    )
    by_month = held.with_columns(
        m=pl.int_ranges(pl.max_horizontal("f", pl.lit(as_of - 12)),
                        pl.min_horizontal("l", pl.lit(as_of)) + 1)
    ).filter(pl.col("m").list.len() > 0).explode("m")  # fmt: skip
    claims = by_month.with_columns(
        **{claim: (pl.col("type") != "CPOR") | (pl.col("incentive") == name)
           for claim, name in (("osa", "OSA"), ("osu", "OSU"))}
    )  # fmt: skip
    is_claim = pl.col("type") == "CPOR"
    displacing = claims.filter(is_claim).group_by(SID, "m").agg(
        by_osa=pl.col("osa").any(), by_osu=pl.col("osu").any())  # fmt: skip
    judged_ = claims.join(displacing, on=[SID, "m"], how="left").with_columns(
        **{claim: pl.col(claim) & ~((pl.col("type") == "DPOR")
                                    & pl.col(f"by_{claim}").fill_null(value=False))
           for claim in ("osa", "osu")}
    )  # fmt: skip
    once = judged_.group_by("partner_id", SID, "m").agg(
        pl.col("osa").any(), pl.col("osu").any(),
        *(pl.col(each).first() for each in (CID, TID, "agreement")))  # fmt: skip
    return once.collect(engine="streaming").lazy()


def _month_before(day: pl.Expr) -> pl.Expr:
    return day.dt.year() * 12 + day.dt.month().cast(pl.Int32) - 2


def revenue(billings: pl.LazyFrame, credit: pl.LazyFrame, as_of: int) -> pl.LazyFrame:
    """Billings minus credits, in cents."""
    cents = (pl.col("amount") * 100).cast(pl.Int64)
    in_month = billings.with_columns(m=month_of("month")).filter(
        pl.col("m").is_between(as_of - 11, as_of)
    ).group_by(SID, "m").agg(
        cents=pl.when(pl.col("kind") == "billing").then(cents).otherwise(-cents).sum())  # fmt: skip
    year = pl.col("m") - pl.col("agreement")
    counting = credit.filter(pl.col("osa") & (year.is_null() | year.is_between(0, 11)))
    return in_month.join(counting, on=[SID, "m"]).group_by("partner_id").agg(pl.col("cents").sum())


def adds(
    seats: pl.LazyFrame, eligible: pl.LazyFrame, credit: pl.LazyFrame, as_of: int
) -> pl.LazyFrame:
    """Customers won minus customers lost."""
    held = seats.filter(pl.col("paid_seats") > 0).with_columns(m=month_of("month")).filter(
        pl.col("m").is_between(as_of - 12, as_of)
    ).join(eligible.select(SID, CID), on=SID).select(CID, "m").unique()  # fmt: skip
    before = held.with_columns(m=pl.col("m") + 1)
    won = held.join(before, on=[CID, "m"], how="anti").filter(pl.col("m") > as_of - 12)
    after = held.with_columns(m=pl.col("m") - 1)
    lost = held.join(after, on=[CID, "m"], how="anti").filter(pl.col("m") < as_of)
    events = pl.concat([won.with_columns(s=1), lost.with_columns(s=-1)])
    by_customer = credit.filter("osa").select("partner_id", CID, "m").unique()
    return events.join(by_customer, on=[CID, "m"]).group_by("partner_id").agg(
        adds=pl.col("s").sum())  # fmt: skip


def people(exams: pl.LazyFrame, last: date) -> pl.LazyFrame:
    """Consultants and developers."""
    valid = exams.filter((pl.col("passed_on") <= last)
                         & (pl.col("expires_on").is_null() | (pl.col("expires_on") >= last)))  # fmt: skip

    def has(*codes: str) -> pl.Expr:
        return pl.col("exam").is_in(codes).any()

    held = valid.group_by("partner_id", "person_id").agg(
        consultant=(has("PL-200") & has("MB-210", "MB-220", "MB-230", "MB-240"))
        | (has("MB-300") & has("MB-310", "MB-320", "MB-330")) | has("MB-800"),
        developer=has("PL-400") | (has("MB-300") & has("MB-500", "MB-700")),
    )  # fmt: skip
    return held.group_by("partner_id").agg(
        consultants=pl.col("consultant").sum(), developers=pl.col("developer").sum())  # fmt: skip


def users(
    usage: pl.LazyFrame, eligible: pl.LazyFrame, credit: pl.LazyFrame, as_of: int
) -> pl.LazyFrame:
    """New deployments, and users now and a year before."""
    used = usage.filter(pl.col("environment") == "production").with_columns(
        m=month_of("month")
    ).filter(pl.col("m").is_between(as_of - 12, as_of)).join(
        eligible.select(SID, TID), on=SID
    ).group_by(TID, "m").agg(users=pl.col("monthly_active_users").sum()).collect(
        engine="streaming").lazy()  # fmt: skip
    by_tenant = credit.filter("osu").select("partner_id", TID, "m").unique().collect(
        engine="streaming").lazy()  # fmt: skip
    reached = used.filter((pl.col("users") >= 5) & (pl.col("m") > as_of - 12)).group_by(TID).agg(
        pl.col("m").min()
    ).filter(pl.col("m") > as_of - 11)  # fmt: skip
    deployed = reached.join(by_tenant, on=[TID, "m"]).group_by("partner_id").agg(
        deployed=pl.len())  # fmt: skip
    ends = used.filter(pl.col("m").is_in([as_of, as_of - 12])).join(by_tenant, on=[TID, "m"])
    grown = ends.group_by("partner_id").agg(
        now=pl.col("users").filter(pl.col("m") == as_of).sum(),
        before=pl.col("users").filter(pl.col("m") == as_of - 12).sum())  # fmt: skip
    return grown.join(deployed, on="partner_id", how="full", coalesce=True)


def judged(table: pl.LazyFrame) -> pl.LazyFrame:
    """Points in units of 1/300,000, growth as a fraction; so that levels are exact."""
    values = ["cents", "adds", "consultants", "developers", "deployed", "now", "before"]
    table = table.with_columns(pl.col(values).cast(pl.Int64).fill_null(0))
    now, before = pl.col("now"), pl.col("before")
    known = (pl.col("cents").clip(0, 3_000_000) + pl.col("adds").clip(0, 10) * 300_000
             + pl.col("consultants").clip(0, 5) * 1_800_000 + pl.col("developers").clip(0, 2) * 750_000
             + pl.col("deployed").clip(0, 10) * 600_000)  # fmt: skip
    some = (before >= 50) & (now > before) & ((now - before) * 100 < 35 * before)
    full = (before >= 50) & ((now - before) * 100 >= 35 * before)
    over = pl.when(some).then(known * 7 * before + 150_000_000 * (now - before)).otherwise(
        known + pl.when(full).then(7_500_000).otherwise(0))  # fmt: skip
    under = pl.when(some).then(7 * before).otherwise(1)
    return table.with_columns(over=over, under=under).select(
        "partner_id",
        score=pl.col("over") / (pl.col("under") * 300_000.0),
        level=pl.when(pl.col("over") >= 24_000_000 * pl.col("under")).then(pl.lit("gold"))
        .when(pl.col("over") >= 18_000_000 * pl.col("under")).then(pl.lit("silver")),
        net_new_revenue=pl.col("cents") / 100, net_customer_adds="adds",
        functional_consultants="consultants", developers="developers", new_deployments="deployed",
        users_now="now", users_before="before",
    )  # fmt: skip
