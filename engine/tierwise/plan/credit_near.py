"""The credit of one scored one, as an explanation reads it: few rows, whatever the size of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from tierwise.plan.credit import credits, first_month, last_month, way_of
from tierwise.plan.plan import CreditPlan, OptionPlan, Plan, Step
from tierwise.plan.rows import reach
from tierwise.program.eligibility import eligibility
from tierwise.program.policy import Policy

LEADS_TO = "leads_to:"
"""Before the name of a column of what an association leads to."""


@dataclass(frozen=True)
class CreditNear:
    """The associations of one scored one by which a policy credits.

    ``associations``: (target, entity, has_way, eligible, first, last), all of them; ``ways``: (target,
    way, begins, ends, first, last), where an association, from ``first`` through ``last``, is
    credited from ``begins`` through ``ends``. The columns of what it leads to, by ``LEADS_TO`` and their
    name, stand besides. Metrics that are about the same share them.
    """

    associations: Step
    ways: Step

    @property
    def steps(self) -> tuple[Step, ...]:
        """Both; what is stored has to run before it is read."""
        return (self.associations, self.ways)


def credit_near(
    plan: Plan, option: OptionPlan, credit: str, rests: tuple[str, ...], scored: str | int
) -> CreditNear:
    """The associations of a scored one, and by which ways and when they are credited."""
    policy, steps = option.option.policies[credit], option.credits[credit]
    associations = _associations(plan, option, policy, scored, rests)
    return CreditNear(
        Step(
            f"{steps.associated}:near:{'+'.join(rests)}",
            "own associations",
            associations,
            stored=True,
        ),
        Step(f"{steps.ways}:near", "own ways", _ways(plan, policy, steps, scored), stored=False),
    )


def _associations(
    plan: Plan, option: OptionPlan, policy: Policy, scored: str | int, rests: Sequence[str]
) -> ir.Table:
    """(target, entity, has_way, eligible, first, last): associations, with what facts are about."""
    contract = plan.program.contract
    conditions = eligibility(contract, option.option.eligible, policy.through)
    paths = {path for condition in conditions for path in condition.paths}
    paths.update(*(way.when.names for way in policy.ways), policy.period, (policy.to, policy.of))
    through = reach(contract, plan.data, policy.through, paths)
    rows = through.table
    begins, ends = policy.period
    eligible = ibis.and_(ibis.literal(True), *map(through.holds, conditions))
    own = rows.filter(rows[policy.to] == scored).select(
        target=rows[policy.of],
        has_way=credits(policy, way_of(policy, through)).fill_null(False),
        eligible=eligible.fill_null(False),
        first=first_month(rows[begins]),
        last=last_month(rows[ends]),
    )
    key = contract.tables[policy.target].key[0]
    known = reach(contract, plan.data, policy.target, {*rests, key})
    entities = known.table.select(target=known.table[key], entity=known.together(rests))
    return own.join(entities, "target")


def _ways(plan: Plan, policy: Policy, steps: CreditPlan, scored: str | int) -> ir.Table:
    """(target, way, begins, ends, first, last): when and by which way associations are credited."""
    ways, whole = plan.table(steps.ways), plan.table(steps.associated)
    ways = ways.filter(ways.scored == scored).select("target", "way", begins="first", ends="last")
    whole = whole.filter(whole.scored == scored).select("target", "way", "first", "last")
    met = ways.join(whole, ["target", "way"])
    target = plan.program.contract.tables[policy.target]
    table = plan.data[policy.target]
    leads = {f"{LEADS_TO}{each.name}": table[each.name]
             for each in target.columns.values() if each.references}  # fmt: skip
    targets = table.select(**{"target:key": table[target.key[0]]}, **leads)
    known = met.join(targets, met.target == targets["target:key"])
    return known.select("target", "way", "begins", "ends", "first", "last", *leads).distinct()
