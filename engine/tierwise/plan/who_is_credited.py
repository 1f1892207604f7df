"""Who is credited in an option: the intervals of every policy, decided together where they can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import ibis.expr.types as ir

from tierwise.measures.base import Measure
from tierwise.measures.rows import Window
from tierwise.plan.credit import (
    associated,
    credit,
    credits_column,
    meeting,
    way_column,
    with_since,
)
from tierwise.plan.made import AddStep
from tierwise.plan.plan import CreditPlan
from tierwise.plan.rows import reach
from tierwise.program.eligibility import eligibility, entity_seen_from_target
from tierwise.program.option import Option
from tierwise.program.policy import Policy
from tierwise.program.program import Contract
from tierwise.program.value_names import CREDITED_SINCE

ALWAYS = 10_000 * 12
"""More months than any data has."""


class WhoIsCredited:
    """The credit of one option. ``plans``: by policy, the steps that evidence reads.

    Args:
        wanted: by value, as of how many months it is wanted; ``as_of`` is the last of them.
        step: adds a step.
    """

    def __init__(
        self, contract: Contract, option: Option, tables: Mapping[str, ir.Table],
        as_of: int, wanted: Mapping[str, int], step: AddStep,
    ) -> None:  # fmt: skip
        self.contract = contract
        self.option = option
        self.tables = tables
        self.as_of = as_of
        self.wanted = wanted
        self.step = step
        self.kept: dict[tuple[str, ...], ir.Table] = {}
        self.plans: dict[str, CreditPlan] = {}

    def by_entity(self, policy: Policy, measure: Measure) -> tuple[ir.Table, bool]:
        """(scored, entity, first, last) of a policy, by what facts are about; whether that is its target.

        ``since`` besides, where a measure of the policy asks for it.
        """
        by_target = self._intervals(policy)
        target = self._key_of(policy)
        rest = entity_seen_from_target(self.contract, policy, measure)
        since = ["since"] if "since" in by_target.columns else []
        entity = by_target["target" if rest == (target,) else _entity_column(rest)]
        return by_target.select("scored", "first", "last", *since, entity=entity), rest == (target,)

    def _key_of(self, policy: Policy) -> str:
        return self.contract.tables[policy.target].key[0]

    def _intervals(self, policy: Policy) -> ir.Table:
        """The intervals in which a policy credits, each once, with what facts are about."""
        key = ("intervals", policy.name)
        if key not in self.kept:
            decided, entities = self._decided(policy)
            own = decided.filter(decided[credits_column(policy)])
            own = own.select("scored", "target", "first", "last", *entities)
            is_asked = any(asks_since(measure) for _, measure in self.option.measured
                             if measure.rows.credit == policy.name)  # fmt: skip
            self.kept[key] = self.step(
                f"credit:{policy.name}",
                f"credit of {policy.name}",
                with_since(own) if is_asked else own,
                stored=is_asked,
            )
        return self.kept[key]

    def _decided(self, policy: Policy) -> tuple[ir.Table, tuple[str, ...]]:
        """Who is credited by all policies that look at the same associations, and the entities."""
        used = dict.fromkeys(measure.rows.credit for _, measure in self.option.measured)
        alike = [other for name, other in self.option.policies.items() if name in used
                 if (other.through, other.to, other.of, other.period)
                 == (policy.through, policy.to, policy.of, policy.period)]  # fmt: skip
        names = {each.name for each in alike}
        rests = {entity_seen_from_target(self.contract, policy, measure) for _, measure in self.option.measured
                 if measure.rows.credit in names} - {(self._key_of(policy),)}  # fmt: skip
        entities = {_entity_column(rest): rest for rest in sorted(rests)}
        key = ("decided", *sorted(names))
        if key not in self.kept:
            kept = self._associated(alike, entities)
            joined, together = "+".join(sorted(names)), " and ".join(each.name for each in alike)
            several = self.step(f"meeting:{joined}", f"associations of {together} that meet",
                                meeting(alike, kept), stored=True)  # fmt: skip
            decided = credit(alike, kept, several, tuple(entities))
            for each in alike:
                own = kept.filter(kept[way_column(each)].notnull())
                own = own.select("scored", "target", "first", "last", way=own[way_column(each)])
                own = self.step(f"associated:{each.name}", "associations", own, stored=False)
                ways = self.step(f"ways:{each.name}", "ways", decided.ways[each.name], stored=False)
                self.plans[each.name] = CreditPlan(str(own.get_name()), str(ways.get_name()))
            self.kept[key] = self.step(
                f"credit:{joined}", f"credit of {together}", decided.intervals, stored=True
            )
        return self.kept[key], tuple(entities)

    def _associated(
        self, policies: Sequence[Policy], entities: Mapping[str, tuple[str, ...]]
    ) -> ir.Table:
        """The associations that policies look at, each once."""
        policy = policies[0]
        conditions = eligibility(self.contract, self.option.eligible, policy.through)
        paths = {path for condition in conditions for path in condition.paths}
        paths.update(name for each in policies for way in each.ways for name in way.when.names)
        paths |= {policy.to, policy.of, *policy.period}
        along = {column: [f"{policy.reference}.{part}" for part in rest]
                 for column, rest in entities.items()}  # fmt: skip
        paths |= {path for each in along.values() for path in each}
        through = reach(self.contract, self.tables, policy.through, paths)
        first = min(month for each in policies for month in self._credited_from(each))
        rows = associated(
            policies, through, conditions, Window(self.as_of + first, self.as_of),
            {column: through.together(each) for column, each in along.items()},
        )  # fmt: skip
        together = " and ".join(each.name for each in policies)
        name = f"associated:{'+'.join(sorted(each.name for each in policies))}"
        return self.step(name, f"associations of {together}", rows, stored=True)

    def _credited_from(self, policy: Policy) -> Iterable[int]:
        """The first months, seen from the as-of month, in which values ask who is credited."""
        for value, measure in self.option.measured:
            window = measure.window or measure.counted
            if measure.rows.credit != policy.name or window is None:
                continue
            if asks_since(measure):
                yield -ALWAYS
            yield window.first + 1 - self.wanted[value.id]


def _entity_column(rest: Sequence[str]) -> str:
    """The column of credit that says what facts are about, by its path from what is credited."""
    return f"entity:{':'.join(rest)}"


def asks_since(measure: Measure) -> bool:
    """Whether a measure asks since when somebody is credited."""
    return any(CREDITED_SINCE in each.names for each in measure.rows.during)
