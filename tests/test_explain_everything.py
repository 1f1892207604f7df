"""Everything that is scored can be explained: all shipped programmes, and every shape of a rule."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import ibis.expr.types as ir
import pytest
from ibis.expr.operations import UnboundTable

import tierwise
from rule_files import EVERY_SHAPE, OF_EACH_KIND, SHAPES, carried_rules
from thorough import mostly
from tierwise import pipeline
from tierwise.measures.base import ROWS
from tierwise.model.ruleset import RuleSet
from tierwise.months import parse_month
from tierwise.plan.lower import lower
from tierwise.plan.written import written_schemas
from tierwise.program.program import Program
from tierwise.tasks.readings import Readings

SHIPPED = [("partner-data", "small-and-midmarket-cloud-solutions", "2021-05"),
           ("cloud-business-applications-data", "cloud-business-applications", "2020-11"),
           ("cloud-business-applications-data", "cloud-business-applications", "2021-05"),
           ("solutions-partner-data", "solutions-partner-business-applications", "2026-07")]  # fmt: skip


def bound(rules: RuleSet, month: str, competency: str) -> Iterator[Program]:
    as_of = parse_month(month)
    assert as_of is not None
    programs = pipeline.programs(rules, as_of, competency, None).value
    assert programs is not None
    yield from programs


@pytest.mark.parametrize(
    ("competency", "month", "is_shipped"),
    [*((name, month, True) for _, name, month in SHIPPED),
     *mostly([(name, "2021-06", False) for name in OF_EACH_KIND],
             [(name, "2021-06", False) for name in EVERY_SHAPE])],
)  # fmt: skip
def test_what_is_near_bears_a_name_of_its_own(
    competency: str, month: str, is_shipped: bool
) -> None:
    """Nothing is made under the name of something else, and all before what reads it."""
    rules = carried_rules() if is_shipped else tierwise.load_rules(SHAPES)
    made: dict[str, ir.Table] = {}
    for program in bound(rules, month, competency):
        plan = lower(program, written_schemas(program.contract))
        for step in (*plan.scoring, *Readings("1", None).steps(plan)):
            if step.name in made:
                assert made[step.name].equals(step.table), step.name
            read = {each.name for each in step.table.op().find(UnboundTable)}
            assert {name for name in read if ":near" in name} <= made.keys(), step.name
            made[step.name] = step.table


@pytest.mark.parametrize(("contract", "competency", "month"), mostly(SHIPPED[:1], SHIPPED))
def test_explanations_give_what_scores_are(
    contract: str, competency: str, month: str, tmp_path: Path
) -> None:
    """The same values, parts and points, and facts that add up to the parts."""
    rules, data = carried_rules(), tmp_path / "data"
    tierwise.demo_data(data, 40, rules=rules, contract=contract, seed=3)
    everybody = tierwise.evaluate(data, month, rules=rules, competency=competency,
                                  allow_short_history=True)  # fmt: skip
    added_up = 0
    for scored in [each.scored for each in everybody.options[0].scores() if each.score][:3]:
        report = tierwise.explain(data, month, scored, rules=rules, competency=competency,
                                  allow_short_history=True)  # fmt: skip
        for option, results in zip(report.options, everybody.options, strict=True):
            (own,) = (each for each in results.scores() if each.scored == scored)
            assert option.score == own
            assert [each.result for each in option.metrics] == [*own.metrics]
            for metric in option.metrics:
                parts = dict.fromkeys(metric.result.parts, Fraction(0))
                if parts and ROWS not in parts:
                    for fact in metric.value.facts:
                        parts[fact.part] += fact.amount
                    assert parts == metric.result.parts, metric.result.metric.id
                    added_up += 1
    assert added_up > 5
