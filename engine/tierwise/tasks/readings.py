"""What an explanation reads of one scored one: which values, and the queries for each."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from tierwise.expression.kinds import Kind
from tierwise.plan.evidence import Near, nearby
from tierwise.plan.plan import OptionPlan, Plan, Step
from tierwise.program.option import Metric, Option, Value
from tierwise.program.program import Contract


class Readings:
    """Queries for one scored one, each made once: by the thread that gets them ready, or whoever asks first.

    Args:
        partner: its key, as text.
        metric: only this one; None: all.
    """

    def __init__(self, partner: str, metric: str | None) -> None:
        self.partner = partner
        self._metric = metric
        self._making = threading.Lock()
        self._near: dict[str, dict[str, Near]] = {}

    def metrics(self, option: Option) -> list[Metric]:
        """The metrics of an option that are explained."""
        return [each for each in option.metrics if self._metric in (None, each.id)]

    def values(self, option: Option) -> list[Value]:
        """The values behind these, in the order of the rule file; without a metric asked for, behind levels too."""
        behind = {value.id for each in self.metrics(option) for value in _behind(option, each)}
        for level in option.levels if self._metric is None else ():
            behind |= {value.id for value in option.named_by(level.when)}
        behind -= {each.id for each in self.metrics(option) if not each.value.dimension}
        return as_written(value for value in option.values if value.id in behind)

    def key(self, contract: Contract) -> str | int:
        """The key of the scored one as a contract types it."""
        column = contract.tables[contract.scored].columns[contract.scored_key]
        return int(self.partner) if column.kind is Kind.WHOLE else self.partner

    def near(self, plan: Plan, option: OptionPlan) -> dict[str, Near]:
        """By value that is measured, what lies near; what of it is stored has to run before it is read."""
        with self._making:
            if option.scores not in self._near:
                explained = [each.value for each in self.metrics(option.option)]
                explained += self.values(option.option)
                measured = {each.id: option.measured[each.id] for each in explained
                            if each.id in option.measured}  # fmt: skip
                key = self.key(plan.program.contract)
                self._near[option.scores] = nearby(plan, option, measured.values(), key)
            return self._near[option.scores]

    def steps(self, plan: Plan) -> Iterator[Step]:
        """All that is created and read beside scores."""
        scoring = {*plan.scoring}
        yield from (each for each in plan.steps if each not in scoring)
        for option in plan.options:
            yield from steps_near(self.near(plan, option).values())


def steps_near(near: Iterable[Near]) -> list[Step]:
    """The steps of what lies near for some metrics, what they share once."""
    return list({step.name: step for each in near for step in each.steps}.values())


def as_written(values: Iterable[Value]) -> list[Value]:
    """Values in the order of the rule file."""
    return sorted(values, key=lambda value: (value.span.line, value.span.column))


def _behind(option: Option, metric: Metric) -> set[Value]:
    """The values that a metric, its threshold or its points come from."""
    expressions = [*metric.expressions, *metric.value.expressions]
    return {value for each in expressions for value in option.named_by(each)}
