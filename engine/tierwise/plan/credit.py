"""Who is credited: associations as intervals of months, and facts joined to them late.

An association is in effect in a month when it is on that month's last day; so it is an interval
of months. Where several meet on one thing, the months are cut at every beginning and end, and in
each piece it is decided once which of them displace which. Nothing is expanded month by month.
"""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from tierwise.measures.base import AS_OF_MONTHS, Condition, Window
from tierwise.months import OPEN_ENDED, month_number
from tierwise.plan.rows import Reached
from tierwise.program.policy import Policy


def first_month(begins: ir.DateColumn) -> ir.IntegerColumn:
    """The first month on whose last day a period that begins on a day is in effect."""
    return month_number(begins.year(), begins.month()).cast("int32")


def last_month(ends: ir.DateColumn) -> ir.IntegerColumn:
    """The last month on whose last day a period through a day is in effect."""
    after = ends + ibis.interval(days=1)
    last = month_number(after.year(), after.month()) - 1
    return last.cast("int32").fill_null(OPEN_ENDED)


def way_of(policy: Policy, through: Reached) -> ir.StringValue:
    """The first way of the policy whose condition an association meets, or null."""
    return ibis.cases(*((through.evaluate(way.when), way.name) for way in policy.ways))


def associated(
    policy: Policy, through: Reached, conditions: tuple[Condition, ...], first: int, last: int
) -> ir.Table:
    """(scored, target, way, first, last): eligible associations in effect in some of the months."""
    table = through.table
    begins, ends = policy.period
    rows = table.select(
        scored=table[policy.to],
        target=table[policy.of],
        way=way_of(policy, through),
        first=first_month(table[begins]),
        last=last_month(table[ends]),
        eligible=functools.reduce(
            operator.and_, map(through.holds, conditions), ibis.literal(True)
        ),
    )
    rows = rows.filter(
        rows.eligible, rows.way.notnull(), rows["first"] <= rows["last"], rows["first"] <= last,
        rows["last"] >= first,
    )  # fmt: skip
    return rows.select("scored", "target", "way", "first", "last")


@dataclass(frozen=True)
class Credit:
    """Who is credited, months as intervals without overlaps.

    ``ways`` is (scored, target, way, first, last), by which way; ``intervals`` the same without
    the way, each once.
    """

    ways: ir.Table
    intervals: ir.Table


def credit(policy: Policy, rows: ir.Table) -> Credit:
    """Decide who is credited, from the associations that ``associated`` gives.

    Most things have one association, which nothing displaces; the work of cutting months is done
    only for those that have several.
    """
    counted = rows.group_by("target").aggregate(associations=rows.count())
    met = counted.filter(counted.associations > 1).select("target")
    alone = rows.anti_join(met, "target")
    several = rows.semi_join(met, "target")
    cuts = ibis.union(
        several.select("target", at="first"),
        several.select("target", at=(several["last"] + 1).cast("int32")),
        distinct=True,
    )
    pieces = cuts.mutate(next=cuts["at"].lead().over(group_by=cuts.target, order_by=cuts["at"]))
    pieces = pieces.filter(pieces["next"].notnull())
    pieces = pieces.mutate(until=(pieces["next"] - 1).cast("int32"))
    covered = several.join(
        pieces,
        [
            several.target == pieces.target,
            several["first"] <= pieces["at"],
            several["last"] >= pieces.until,
        ],
    ).select("scored", "way", target=several.target, first="at", last="until")
    left = _without_displaced(policy, covered)
    if not all(way.credits for way in policy.ways):
        alone, left = (each.filter(credits(policy, each.way)) for each in (alone, left))
    columns = ("scored", "target", "first", "last")
    return Credit(
        ibis.union(alone.select("scored", "target", "way", "first", "last"),
                   left.select("scored", "target", "way", "first", "last")),
        ibis.union(alone.select(*columns), left.select(*columns).distinct()),
    )  # fmt: skip


def credits(policy: Policy, way: ir.StringValue) -> ir.BooleanValue:  # noqa: A001 - as rules call it
    """Whether a way is there that credits, and does not only displace others."""
    return way.isin([each.name for each in policy.ways if each.credits])


def _without_displaced(policy: Policy, covered: ir.Table) -> ir.Table:
    """The pieces of associations that no displacing way covers as well."""
    displaced = [way for way in policy.ways if way.unless]
    if not displaced:
        return covered
    flags = {
        f"by_{way.name}": covered.way.isin(way.unless).any().over(
            group_by=[covered.target, covered["first"]]
        )
        for way in displaced
    }  # fmt: skip
    flagged = covered.mutate(**flags)
    lost = [(flagged.way == way.name) & flagged[f"by_{way.name}"] for way in displaced]
    return flagged.filter(~functools.reduce(operator.or_, lost))


def credited(
    facts: ir.Table, by: ir.Table, is_target: bool, since: bool, counted: Window | None = None
) -> ir.Table:
    """(scored, entity, month, credited_in, part, amount): facts joined to who is credited.

    Args:
        facts: (entity, month, credited_in, part, amount), with what ``measures.base.Facts`` allows.
        by: (scored, entity, first, last), who is credited, and with ``since`` where that is asked.
        is_target: whether the entity is what the policy credits; else several of those may lead
            from one scored one to the same entity, which is then credited once.
        since: whether to keep since when each is credited, as ``credited_since``.
        counted: the months, seen from an as-of month, in some of which facts that may be credited
            in any of several have to be credited; then they are kept with those as of which they
            count.
    """
    lasts = "credited_until" in facts.columns
    until = facts.credited_until if lasts else facts.credited_in
    within = [
        facts.entity == by.entity,
        until >= by["first"],
        facts.credited_in <= by["last"],
    ]
    month, credited_in = facts.month, facts.credited_in
    if lasts:
        month = credited_in = ibis.greatest(facts.month, by["first"])
    keys = [name for name in ("as_of", "by", *AS_OF_MONTHS) if name in facts.columns]
    more = {"credited_since": by.since} if since else {}
    if counted is not None:
        more["first_as_of"] = ibis.greatest(facts.credited_in, by["first"]) - counted.last
        more["last_as_of"] = ibis.least(until, by["last"]) - counted.first
    joined = facts.join(by, within).select(
        "scored", "part", "amount", *keys, month=month, credited_in=credited_in,
        entity=facts.entity, **more,
    )  # fmt: skip
    if is_target:
        return joined
    if not since:
        return joined.distinct()
    others = [name for name in joined.columns if name != "credited_since"]
    return joined.group_by(others).aggregate(credited_since=joined.credited_since.min())


def with_since(intervals: ir.Table) -> ir.Table:
    """Intervals of credit with ``since``: the first of the months in a row that each is one of."""
    thing = [intervals.scored, intervals.target]
    before = intervals["last"].lag().over(group_by=thing, order_by=intervals["first"])
    begins = before.isnull() | (before < intervals["first"] - 1)
    marked = intervals.mutate(begin=begins.ifelse(intervals["first"], ibis.null("int32")))
    since = marked.begin.max().over(
        group_by=[marked.scored, marked.target], order_by=marked["first"], rows=(None, 0)
    )
    return marked.mutate(since=since).drop("begin")


def once(facts: ir.Table, keys: tuple[str, ...]) -> ir.Table:
    """Credited facts of which a scored one has each entity once, in the first month."""
    return facts.group_by(list(keys)).aggregate(
        month=facts.month.min(), credited_in=facts.credited_in.min(), amount=facts.amount.max()
    )
