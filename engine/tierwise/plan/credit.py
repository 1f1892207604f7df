"""Who is credited: associations as intervals of months, and facts joined to them late.

An association is in effect in a month when it is on that month's last day; so it is an interval
of months. Where several meet on one thing, the months are cut at every beginning and end, and in
each piece it is decided once which of them displace which. Nothing is expanded month by month.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from tierwise.measures.base import AS_OF_MONTHS
from tierwise.measures.rows import Condition, Window
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
    policies: Sequence[Policy],
    through: Reached,
    conditions: tuple[Condition, ...],
    months: Window,
    entities: Mapping[str, ir.Value],
) -> ir.Table:
    """Eligible associations in effect in some of the months that some of the policies credit.

    Args:
        policies: policies through the same associations to the same things.
        through: the associations, with what the policies and the conditions name.
        conditions: what makes an association eligible.
        months: the numbers of the first and the last month.
        entities: what else is to be known of each association, by column.

    Returns:
        (scored, target, first, last), the entities, and by policy its ``way``, null for none.
    """
    table = through.table
    begins, ends = policies[0].period
    rows = table.select(
        scored=table[policies[0].to],
        target=table[policies[0].of],
        first=first_month(table[begins]),
        last=last_month(table[ends]),
        **entities,
        **{way_column(policy): way_of(policy, through) for policy in policies},
        eligible=functools.reduce(
            operator.and_, map(through.holds, conditions), ibis.literal(True)
        ),
    )
    of_any = functools.reduce(
        operator.or_, (rows[way_column(policy)].notnull() for policy in policies)
    )
    rows = rows.filter(
        rows.eligible, of_any, rows["first"] <= rows["last"], rows["first"] <= months.last,
        rows["last"] >= months.first,
    )  # fmt: skip
    return rows.drop("eligible")


def credits(policy: Policy, way: ir.StringValue) -> ir.BooleanValue:  # noqa: A001 - as rules call it
    """Whether a way is there that credits, and does not only displace others."""
    return way.isin([each.name for each in policy.ways if each.credits]).fill_null(False)


def way_column(policy: Policy) -> str:
    """The column that says which way of a policy an association is of."""
    return f"way:{policy.name}"


def credits_column(policy: Policy) -> str:
    """The column that says whether a policy credits in an interval."""
    return f"credits:{policy.name}"


@dataclass(frozen=True)
class Credit:
    """Who is credited, months as intervals without overlaps.

    ``intervals`` is (scored, target, first, last), each once, with the entities, and by policy
    whether it ``credits``; ``ways`` is by policy (scored, target, way, first, last).
    """

    intervals: ir.Table
    ways: Mapping[str, ir.Table]


def credit(
    policies: Sequence[Policy],
    rows: ir.Table,
    several: ir.Table,
    entities: Sequence[str],
) -> Credit:
    """Decide who is credited, once for all policies.

    Args:
        policies: policies that look at the same associations.
        rows: these, as ``associated`` gives them.
        several: those of them that ``meeting`` gives; of the others months need not be cut.
        entities: the columns of entities.
    """
    alone = rows.anti_join(several, "target")
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
    ).select("scored", *entities, *map(way_column, policies), target=several.target,
             first="at", last="until")  # fmt: skip
    left = _with_displaced(policies, covered)
    columns = ("scored", "target", "first", "last", *entities)
    flags = {credits_column(policy): credits(policy, alone[way_column(policy)])
             for policy in policies}  # fmt: skip
    pieces_once = left.group_by(list(columns)).aggregate(
        **{name: left[name].any() for name in flags}
    )
    credited_ones = functools.reduce(operator.or_, (pieces_once[name] for name in flags))
    intervals = ibis.union(
        alone.select(*columns, **flags),
        pieces_once.filter(credited_ones).select(*columns, *flags),
    )
    return Credit(intervals, {each.name: _by_way(each, alone, left) for each in policies})


def meeting(policies: Sequence[Policy], rows: ir.Table) -> ir.Table:
    """At least the associations of things on which one may displace another, or repeat it.

    Most things have associations that do not meet.
    """
    many = rows.count()
    may = [many > 2, (many > 1) & (rows.scored.min() == rows.scored.max())]
    for policy in policies:
        own = rows[way_column(policy)]
        may += [(own == way.name).any() & own.isin(way.unless).any()
                for way in policy.ways if way.unless]  # fmt: skip
    by_target = rows.group_by("target").aggregate(meet=functools.reduce(operator.or_, may))
    return rows.semi_join(by_target.filter(by_target.meet), "target")


def _by_way(policy: Policy, alone: ir.Table, left: ir.Table) -> ir.Table:
    """(scored, target, way, first, last): the intervals of a policy, by which way."""
    own = alone.filter(credits(policy, alone[way_column(policy)]))
    pieces = left.filter(left[credits_column(policy)])
    return ibis.union(
        *(each.select("scored", "target", way=each[way_column(policy)], first="first", last="last")
          for each in (own, pieces))
    )  # fmt: skip


def _with_displaced(policies: Sequence[Policy], covered: ir.Table) -> ir.Table:
    """Pieces of associations, with whether each policy credits: no displacing way covers them, too."""
    displacing = {
        f"by:{policy.name}:{way.name}": covered[way_column(policy)].isin(way.unless).any().over(
            group_by=[covered.target, covered["first"]]
        )
        for policy in policies
        for way in policy.ways
        if way.unless
    }  # fmt: skip
    flagged = covered.mutate(**displacing)
    flags = {}
    for policy in policies:
        own = flagged[way_column(policy)]
        lost = [(own == way.name) & flagged[f"by:{policy.name}:{way.name}"]
                for way in policy.ways if way.unless]  # fmt: skip
        is_lost = functools.reduce(operator.or_, lost, ibis.literal(False))
        flags[credits_column(policy)] = credits(policy, own) & ~is_lost
    return flagged.mutate(**flags).drop(*displacing)


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
