"""Why one scored one has its value: its credited facts, and a verdict on every row near it.

The rows that touch a scored one for a metric are those about an entity that one of its
associations, of any kind and time, leads to; or, where rows name the scored one, its own. Each
has one verdict: it counted, or the first condition that dropped it. Columns that are not the
row's own begin with a colon, which no name of a contract does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from tierwise.measures.base import AS_OF_MONTHS, EMPTY, Measure
from tierwise.months import format_month, last_day
from tierwise.plan.credit import once
from tierwise.plan.credit_near import LEADS_TO, CreditNear, credit_near
from tierwise.plan.plan import MeasuredPlan, OptionPlan, Plan, Step
from tierwise.plan.rows import Reached, dating, month_of, reach
from tierwise.program.eligibility import entity_seen_from_target

COUNTED = "counted"
"""The verdict on a row that lies behind a credited fact."""


@dataclass(frozen=True)
class Near:
    """What lies near one scored one for a metric, each a step that has to run first.

    ``rows``: the rows that touch it, with ``:entity`` and by condition ``:holdsN``; ``credited``:
    its credited facts; ``counted``: those of them that count; ``credit``: None where rows name the
    scored one themselves. They are few, whatever the size of the data, and all else is asked of them.
    """

    rows: Step
    credited: Step
    counted: Step
    credit: CreditNear | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that have to run first."""
        of_credit = self.credit.steps if self.credit is not None else ()
        return (*of_credit, self.rows, self.credited, self.counted)


@dataclass(frozen=True)
class Evidence:
    """What is read of one scored one for a metric, each the query of a step.

    ``verdicts``: every row that touches it, with the ``own`` columns of the row, what dates it along
    references, and ``:verdict``; ``facts``: (entity, month, credited_in, part, amount, by), what counts
    of it, in order; ``behind``: what each of these came through, None where rows name the scored one.
    """

    own: tuple[str, ...]
    verdicts: Step
    facts: Step
    behind: Step | None

    @property
    def steps(self) -> tuple[Step, ...]:
        """What is read, in order."""
        return (self.verdicts, *((self.behind,) if self.behind is not None else ()), self.facts)


def evidence(
    plan: Plan, option: OptionPlan, metric: MeasuredPlan, near: Near, scored: str | int
) -> Evidence:
    """What is read of one scored one for a metric, once the steps of what lies near it have run."""
    own = _shown(plan, metric)
    behind = _behind(near.counted, near.credit) if near.credit is not None else None
    verdicts = _verdicts(plan, option, metric, near, scored).select(*own, ":verdict")
    return Evidence(
        own,
        Step(f"{metric.facts}:verdicts", "rows with their verdicts", verdicts, stored=False),
        Step(f"{metric.counted}:facts", "facts that count", _facts(near.counted), stored=False),
        Step(f"{metric.counted}:behind", "what facts came through", behind, stored=False)
        if behind is not None else None,
    )  # fmt: skip


def nearby(
    plan: Plan, option: OptionPlan, metrics: Iterable[MeasuredPlan], scored: str | int
) -> dict[str, Near]:
    """What lies near a scored one for each of some metrics, by the names of their values."""
    near: dict[str, Near] = {}
    shared: dict[tuple[str, ...], CreditNear] = {}
    for metric in metrics:
        measure, credit = metric.measure, None
        if measure.rows.credit:
            policy = option.option.policies[measure.rows.credit]
            rests = entity_seen_from_target(plan.program.contract, policy, measure)
            asked = (measure.rows.credit, *rests)
            credit = shared.get(asked) or credit_near(
                plan, option, measure.rows.credit, rests, scored
            )
            shared[asked] = credit
        near[metric.value.id] = _near(plan, metric, credit, scored)
    return near


def _near(plan: Plan, metric: MeasuredPlan, credit: CreditNear | None, scored: str | int) -> Near:
    """What lies near a scored one for a metric."""
    measure = metric.measure
    contract = plan.program.contract
    own = _shown(plan, metric)
    dated_by = contract.tables[measure.rows.table].dated_by if measure.window is not None else None
    paths = {path for condition in measure.rows.conditions for path in condition.paths}
    paths = paths.union(*(each.names for each in metric.measured.asks.values()))
    paths |= measure.rows.by.expression.names if measure.rows.by else frozenset()
    paths |= {measure.rows.scored} if credit is None else frozenset()
    reached = reach(contract, plan.data, measure.rows.table, paths | measure.entity.names | {*own})
    reached = replace(reached, as_of=ibis.literal(last_day(plan.program.as_of)))
    conditions = [reached.holds(condition) for condition in measure.rows.conditions]
    rows = _touching(reached, measure, credit, scored).select(
        **{name: reached.table[reached.paths[name]] for name in own},
        **({":month": month_of(reached, dated_by)} if dated_by is not None else {}),
        **{f":holds{index}": holds for index, holds in enumerate(conditions)},
        **{":entity": reached.entity(measure.entity)},
        **({":by": reached.evaluate(measure.rows.by.expression)} if measure.rows.by else {}),
        **{f":{name}": reached.evaluate(each) for name, each in metric.measured.asks.items()},
    )
    own_facts = Step(
        f"{metric.credited}:near", "own facts", _own(plan, metric.credited, scored), stored=True
    )
    return Near(Step(f"{metric.facts}:near", "rows near", rows, stored=True), own_facts,
                _counted(plan, metric, scored) or own_facts, credit)  # fmt: skip


def _counted(plan: Plan, metric: MeasuredPlan, scored: str | int) -> Step | None:
    """The credited facts of a scored one that count; None where all of them do."""
    counted = _own(plan, metric.counted, scored)
    if metric.measured.once and AS_OF_MONTHS[0] in plan.table(metric.counted).columns:
        keys = tuple(key for key in ("scored", "by", "entity", "part") if key in counted.columns)
        counted = once(counted, keys)
    elif metric.counted == metric.credited:
        return None
    return Step(f"{metric.counted}:near:counted", "own facts that count", counted, stored=True)


def _own(plan: Plan, name: str, scored: str | int) -> ir.Table:
    """The facts of a step that are a scored one's, as of the as-of month."""
    facts = _of_as_of(plan, name)
    return facts.filter(facts.scored == scored)


def _of_as_of(plan: Plan, name: str) -> ir.Table:
    """The facts of a step that are wanted as of the as-of month."""
    facts, as_of = plan.table(name), plan.program.as_of
    if AS_OF_MONTHS[0] in facts.columns:
        there = facts.filter(facts.first_as_of <= as_of, facts.last_as_of >= as_of)
        return there.drop(*AS_OF_MONTHS)
    return facts.filter(facts.as_of == as_of).drop("as_of") if "as_of" in facts.columns else facts


def _touching(
    reached: Reached, measure: Measure, credit: CreditNear | None, scored: str | int
) -> ir.Table:
    """The rows of the measure's table that touch a scored one."""
    rows = reached.table
    if credit is None:
        return rows.filter(rows[reached.paths[measure.rows.scored]] == scored)
    entities = credit.associations.read().select("entity").distinct()
    return rows.semi_join(entities, reached.entity(measure.entity) == entities.entity)


def _facts(counted: Step) -> ir.Table:
    """(entity, month, credited_in, part, amount, by) of what counts of one scored one, in order."""
    own = counted.read()
    by = own["by"].cast("string") if "by" in own.columns else ibis.literal("")
    return own.select("entity", "month", "credited_in", "part", "amount", by=by).order_by(
        "month", "entity", "by", "part", "amount"
    )


def _behind(counted: Step, credit: CreditNear) -> ir.Table:
    """(entity, credited_in, way, target, first, last): what each credited fact came through.

    The columns of what it leads to, by ``LEADS_TO`` and their name, stand besides.
    """
    facts = counted.read().select("entity", "credited_in").distinct()
    ways = credit.ways.read()
    entities = credit.associations.read().select("target", "entity").distinct()
    joined = ways.join(entities, "target").join(facts, "entity")
    behind = joined.filter(
        joined.begins <= joined.credited_in, joined.ends >= joined.credited_in,
        joined["first"] <= joined.credited_in, joined["last"] >= joined.credited_in,
    )  # fmt: skip
    leads = [name for name in ways.columns if name.startswith(LEADS_TO)]
    columns = ["entity", "credited_in", "way", "target", "first", "last", *leads]
    return behind.select(*columns).distinct().order_by(columns)


def _shown(plan: Plan, metric: MeasuredPlan) -> tuple[str, ...]:
    """The columns of a row that are shown: its own, and what dates it."""
    measure = metric.measure
    table = plan.program.contract.tables[measure.rows.table]
    own = tuple(table.columns)
    dated_by = table.dated_by if measure.window is not None else None
    return own if dated_by is None or dated_by.path in own else (*own, dated_by.path)


def _verdicts(
    plan: Plan, option: OptionPlan, metric: MeasuredPlan, near: Near, scored: str | int
) -> ir.Table:
    """A verdict on every row that touches a scored one, in order."""
    measure = metric.measure
    rows = near.rows.read()
    table = _with_facts(plan, metric, near, rows, scored)
    table = _with_context(metric, table, scored)
    if near.credit is not None:
        table = _with_credit(plan, measure, near.credit, rows, table)
    verdict = ibis.cases(*_branches(plan, option, metric, table), else_=COUNTED)
    order = dict.fromkeys((":month", ":entity", *_shown(plan, metric)))
    return table.mutate(**{":verdict": verdict}).order_by(
        [name for name in order if name in table.columns]
    )


Branch = tuple[ir.BooleanValue, str]


def _branches(
    plan: Plan, option: OptionPlan, metric: MeasuredPlan, table: ir.Table
) -> list[Branch]:
    """Everything that may drop a row, in the order in which it is judged, with what to say."""
    measure = metric.measure
    branches: list[Branch] = [
        (~table[f":holds{index}"].fill_null(False), f"not: {condition.expression.text}")
        for index, condition in enumerate(measure.rows.conditions)
    ]
    if measure.window is not None:
        first, last = (
            plan.program.as_of + end for end in (measure.window.first, measure.window.last)
        )
        outside = (table[":month"] < first) | (table[":month"] > last)
        path = dating(plan.program.contract, measure.rows.table).path
        whose = f"{path} is " if "." in path else ""
        branches.append((outside, f"{whose}not in {format_month(first)} to {format_month(last)}"))
    branches += [(reason.holds(table), reason.text) for reason in metric.measured.reasons]
    branches.append((table[":is_fact"].isnull(), metric.measured.no_fact))
    if measure.rows.by is not None:
        branches.insert(len(measure.rows.conditions), (
            table[":by"].isnull(), f"nothing in {measure.rows.by.expression.text}"))  # fmt: skip
    if measure.rows.credit:
        ways = option.option.policies[measure.rows.credit].ways
        displacing = sorted({other for way in ways for other in way.unless})
        branches += [
            (table[":in_effect"].isnull(), "no association in effect at the end of the month"),
            (~table[":has_way"], f"no association of the kind that {measure.rows.credit} credits"),
            (~table[":is_eligible"], "the association is with something that is not eligible"),
            (table[":is_credited"].isnull(), f"displaced by {' or '.join(displacing)}"),
        ]
    all_count = ":is_counted" not in table.columns
    left_out = table[":is_credited" if all_count else ":is_counted"].isnull()
    if metric.measured.once:
        branches.append((left_out & table[":known"].notnull(), "counted in another month already"))
    whys = [f"not: {' and '.join(each.text for each in measure.rows.during)}"] if (
        measure.rows.during) else []  # fmt: skip
    whys += [metric.measured.choice.otherwise] if metric.measured.choice is not None else []
    branches += [(left_out, ", or ".join(whys))] if whys else []
    return [*branches, (table[":amount"].isnull(), EMPTY)] if metric.measured.adds else branches


def _with_facts(
    plan: Plan, metric: MeasuredPlan, near: Near, rows: ir.Table, scored: str | int
) -> ir.Table:
    """``:is_fact``: whether a fact lies behind a row; ``:is_credited``: one of the scored one's.

    ``:is_counted``: one that counts, where not all do; ``:known``: whether any of its entity does.
    """
    measure = metric.measure
    facts, counted = _of_as_of(plan, metric.facts), near.counted.read()
    if "scored" in facts.columns:
        facts = facts.filter(facts.scored == scored)
    entities = rows.select(":entity").distinct()
    facts = facts.semi_join(entities, facts.entity == entities[":entity"])
    named = {"entity": ":entity"}
    named |= {"credited_in": ":month"} if measure.window is not None else {}
    named |= {"by": ":by"} if measure.rows.by is not None else {}
    chosen = {**named, "amount": ":amount"} if metric.measured.choice is not None else named
    sources = [(":is_fact", facts, named), (":is_credited", near.credited.read(), named)]
    if near.counted != near.credited or chosen != named:
        sources.append((":is_counted", counted, chosen))
    table = rows
    for name, source, columns in sources:
        keys = source.select(**{f"{name}:{own}": own for own in columns}, **{name: True}).distinct()
        match = [table[row] == keys[f"{name}:{own}"] for own, row in columns.items()]
        table = table.left_join(keys, match)
    if metric.measured.once:
        known = counted.select(**{":known": "entity"}).distinct()
        table = table.left_join(known, table[":entity"] == known[":known"])
    return table


def _with_context(metric: MeasuredPlan, table: ir.Table, scored: str | int) -> ir.Table:
    """What the measure knows of a row's entity, for its reasons: columns named ``:NAME``."""
    context = metric.measured.context
    if context is None:
        return table
    if "scored" in context.columns:
        context = context.filter(context.scored == scored).drop("scored")
    known = [name for name in context.columns if name != "entity"]
    named = context.select(
        **{":context:entity": context.entity}, **{f":{name}": context[name] for name in known}
    )
    return table.left_join(named, table[":entity"] == named[":context:entity"])


def _with_credit(
    plan: Plan, measure: Measure, credit: CreditNear, rows: ir.Table, table: ir.Table
) -> ir.Table:
    """``:in_effect``, ``:has_way``, ``:is_eligible``: the associations in a row's month."""
    own = credit.associations.read()
    months = rows.select(about=":entity", **_months(plan, measure, rows)).distinct()
    met = months.join(
        own,
        [
            months.about == own.entity,
            months["until"] >= own["first"],
            months["at"] <= own["last"],
        ],
    )
    summed = met.group_by("about", "at").aggregate(
        **{
            ":in_effect": met.count(),
            ":has_way": met.has_way.any(),
            ":is_eligible": (met.has_way & met.eligible).any(),
        }
    )
    at = _months(plan, measure, table)["at"]
    match = [table[":entity"] == summed.about, at == summed["at"]]
    return table.left_join(summed, match)


def _months(plan: Plan, measure: Measure, table: ir.Table) -> dict[str, ir.Value]:
    """The months in some of which a row must be credited: its own, or all that count."""
    if measure.window is not None or measure.counted is None:
        return {"at": table[":month"], "until": table[":month"]}
    first, last = (
        plan.program.as_of + end for end in (measure.counted.first, measure.counted.last)
    )
    return {"at": ibis.literal(first, "int32"), "until": ibis.literal(last, "int32")}
