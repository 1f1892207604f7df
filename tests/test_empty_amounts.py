"""What an empty amount means: 0 where amounts are added up, no amount where they are compared."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import tierwise
from tierwise.model.ruleset import RuleSet
from tierwise.tasks.explain import MetricExplanation

CONTRACT = """
kind: contract
schema: 1
id: walks-data
scored: walkers
tables:
  walkers: {key: [walker], columns: {walker: {type: text}}}
  walks:
    rare_events: true
    columns:
      walker: {type: text, references: walkers}
      month: {type: month}
      park: {type: text}
      miles: {type: decimal, optional: true}
"""
COMPETENCY = """
kind: competency
schema: 1
id: walker
version: 1.0.0
in_force: {from: 2020-01}
contract: walks-data
options:
  only:
    values:
      in_park: {measure: {sum: miles, from: walks, over: 12 months, by: {park: park}}}
      mean: {average: in_park, over: park}
      now_in_park: {measure: {stock: miles, per: walker, from: walks, by: {park: park}}}
      now_mean: {average: now_in_park, over: park}
    metrics:
      summed: {measure: {sum: miles, from: walks, over: 12 months}, threshold: 10, max_points: 1}
      stocked: {measure: {stock: miles, per: walker, from: walks}, threshold: 10, max_points: 1}
      grown:
        measure: {growth: miles, since: 1 month ago, per: walker, from: walks}
        threshold: 10 %
        max_points: 1
      middle: {measure: {median: miles, from: walks, over: 12 months}, threshold: 9, max_points: 1}
      of_parks: {is: mean, threshold: 10, max_points: 1}
      now_of_parks: {is: now_mean, threshold: 10, max_points: 1}
    levels: {good: {when: score >= 1}}
"""
WALKS = """walker,month,park,miles
a,2021-02,north,2.5
a,2021-03,north,3
a,2021-03,south,
"""
EMPTY = "there is no amount: counts as 0"


def made(folder: Path) -> tuple[RuleSet, Path]:
    rules, data = folder / "rules", folder / "data"
    rules.mkdir()
    data.mkdir()
    (rules / "contract.yaml").write_text(CONTRACT)
    (rules / "walker.yaml").write_text(COMPETENCY)
    (data / "walkers.csv").write_text("walker\na\n")
    (data / "walks.csv").write_text(WALKS)
    return tierwise.load_rules(rules), data


def shown(folder: Path) -> dict[str, MetricExplanation]:
    rules, data = made(folder)
    report = tierwise.explain(data, "2021-03", "a", rules=rules)
    return {each.result.metric.id: each for each in report.options[0].metrics}


def test_an_empty_amount_counts_as_0_and_says_so(tmp_path: Path) -> None:
    metrics = shown(tmp_path)
    values = {name: each.result.value for name, each in metrics.items()}
    assert values == {
        "summed": Fraction("5.5"),
        "stocked": 3,
        "grown": Fraction("0.2"),
        "middle": Fraction("2.75"),
        "of_parks": Fraction("2.75"),
        "now_of_parks": Fraction("1.5"),
    }
    verdicts = {name: [row.verdict for row in each.value.rows] for name, each in metrics.items()}
    assert verdicts["summed"] == ["counted", "counted", EMPTY]
    assert verdicts["stocked"][1:] == ["counted", EMPTY]
    assert verdicts["grown"] == ["counted", "counted", EMPTY]
    assert verdicts["middle"] == ["counted", "counted", "there is no amount"]
    assert [row.counted for row in metrics["summed"].value.rows] == [True, True, True]
    assert [fact.amount for fact in metrics["summed"].value.facts] == [Fraction("2.5"), 0, 3]


APART = (
    "'in_park' is told apart by 'park', so it has a value for each part: name a fold of it; explain "
    "lists the parts"
)


@pytest.mark.parametrize(
    ("name", "message"),
    [("sumed", "the option has no value 'sumed': did you mean 'summed'?"), ("in_park", APART)],
)
def test_a_value_that_there_is_not_is_said(tmp_path: Path, name: str, message: str) -> None:
    rules, data = made(tmp_path)
    score = next(tierwise.evaluate(data, "2021-03", rules=rules).options[0].scores())
    assert score.value("mean") == score.value("of_parks")
    with pytest.raises(KeyError) as raised:
        score.value(name)
    assert str(raised.value) == message
