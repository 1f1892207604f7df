"""What lies near one scored one: its credited facts, and every row that touches it with what is known of it.

The rows that touch a scored one for a metric are those about an entity that one of its
associations, of any kind and time, leads to; or, where rows name the scored one, its own. They are few,
whatever the size of the data: all else is decided where they are read. Columns that are not the
row's own begin with a colon, which no name of a contract does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from tierwise.measures.base import AS_OF_MONTHS, Measure
from tierwise.months import last_day
from tierwise.plan.credit import once
from tierwise.plan.credit_near import CreditNear, credit_near
from tierwise.plan.plan import MeasuredPlan, OptionPlan, Plan, Step
from tierwise.plan.rows import Reached, month_of, reach
from tierwise.program.eligibility import entity_seen_from_target


@dataclass(frozen=True)
class Near:
    """What lies near one scored one for a metric, each a step; what is stored has to run before it is read.

    ``rows``: the rows that touch it: their ``own`` columns, what dates them along references, ``:entity``, ``:month``,
    ``:by``, by condition ``:holdsN``, by reason ``:reasonN``, and what these ask of a row; ``facts``: (entity,
    credited_in, by) of the facts about the same, whoever is credited; ``credited``: its credited facts;
    ``counted``: those of them that count; ``credit``: None where rows name the scored one themselves.
    """

    own: tuple[str, ...]
    rows: Step
    facts: Step
    credited: Step
    counted: Step
    credit: CreditNear | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """All of them; what others read, before these."""
        of_credit = self.credit.steps if self.credit is not None else ()
        return (*of_credit, self.rows, self.facts, self.credited, self.counted)


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
    table = contract.tables[measure.rows.table]
    dated_by = table.dated_by if measure.window is not None else None
    # What is shown of a row: its own columns, and what dates it.
    dating_path = (dated_by.path,) if dated_by is not None else ()
    own = tuple(dict.fromkeys((*table.columns, *dating_path)))
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
    # Several policies may credit the same facts: of each, other rows are near.
    name = f"{metric.facts}:near:{measure.rows.credit}"
    near = Step(name, "rows near", _with_reasons(metric, rows, scored), stored=True)
    facts = Step(f"{name}:facts", "facts near", _facts(plan, metric, near, scored), stored=False)
    credited = Step(
        f"{metric.credited}:near", "own facts", _own(plan, metric.credited, scored), stored=False
    )
    counted = _counted(plan, metric, scored) or credited
    return Near(own, near, facts, credited, counted, credit)


def _with_reasons(metric: MeasuredPlan, rows: ir.Table, scored: str | int) -> ir.Table:
    """Rows with ``:reasonN``: whether the measure has that reason not to make a fact of one."""
    reasons, context = metric.measured.reasons, metric.measured.context
    if not reasons:
        return rows
    known = rows
    if context is not None:
        if "scored" in context.columns:
            context = context.filter(context.scored == scored).drop("scored")
        named = {f":{name}": context[name] for name in context.columns if name != "entity"}
        beside = context.select(**{":context:entity": context.entity}, **named)
        known = rows.left_join(beside, rows[":entity"] == beside[":context:entity"])
    return known.select(
        *rows.columns,
        **{f":reason{index}": each.holds(known) for index, each in enumerate(reasons)},
    )


def _facts(plan: Plan, metric: MeasuredPlan, near: Step, scored: str | int) -> ir.Table:
    """(entity, credited_in, by): the facts about what rows near are about."""
    facts = _of_as_of(plan, metric.facts)
    if "scored" in facts.columns:
        facts = facts.filter(facts.scored == scored)
    entities = near.read().select(":entity").distinct()
    there = [name for name in ("entity", "credited_in", "by") if name in facts.columns]
    return facts.semi_join(entities, facts.entity == entities[":entity"]).select(*there)


def _counted(plan: Plan, metric: MeasuredPlan, scored: str | int) -> Step | None:
    """The credited facts of a scored one that count; None where all of them do."""
    counted = _own(plan, metric.counted, scored)
    if metric.measured.once and AS_OF_MONTHS[0] in plan.table(metric.counted).columns:
        keys = tuple(key for key in ("scored", "by", "entity", "part") if key in counted.columns)
        counted = once(counted, keys)
    elif metric.counted == metric.credited:
        return None
    return Step(f"{metric.counted}:near:counted", "own facts that count", counted, stored=False)


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
