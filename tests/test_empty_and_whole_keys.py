"""Scored ones whose key is a whole number, and cells that identify nothing because they are empty."""

from __future__ import annotations

from pathlib import Path

import pytest

import tierwise

RULES = {
    "contract": """\
kind: contract
schema: 1
id: stalls
scored: stalls
tables:
  stalls: {key: [no], columns: {no: {type: whole}}}
  visits:
    columns:
      no: {type: whole, references: stalls}
      month: {type: month}
      team: {type: text, optional: true}
      sort: {type: text}
      size: {type: whole}
""",
    "stall": """\
kind: competency
schema: 1
id: stall
version: 1.0.0
in_force: {from: 2020-01}
title: Stall
source: https://example.org
contract: stalls
options:
  stall:
    title: Stall
    values:
      sorts: {measure: {count: [team, sort], from: visits, over: 1 month}}
      large: {measure: {reached: size, at_least: 1, per: team, from: visits, over: 1 month}}
      stock: {measure: {stock: size, per: [team, sort], from: visits}}
      added: {measure: {changes: size, at_least: 1, per: team, from: visits, over: 1 month}}
    metrics:
      teams: {measure: {count: team, from: visits, over: 1 month}, threshold: 1, max_points: 1}
    levels: {some: {when: score > 0}}
""",
}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    rules, data = tmp_path / "rules", tmp_path / "data"
    rules.mkdir()
    data.mkdir()
    for name, text in RULES.items():
        (rules / f"{name}.yaml").write_text(text, encoding="utf-8")
    (data / "stalls.csv").write_text("no\n7\n12\n", encoding="utf-8")
    rows = ["no,month,team,sort,size", "7,2021-04,,a,0", "7,2021-05,,a,3", "7,2021-05,,b,4",
            "12,2021-05,red,a,3", "12,2021-05,,b,4"]  # fmt: skip
    (data / "visits.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return rules, data


def test_an_empty_cell_identifies_nothing(folders: tuple[Path, Path]) -> None:
    rules, data = folders
    results = tierwise.evaluate(data, "2021-05", rules=rules)
    names = ("teams", "sorts", "large", "stock", "added")
    told = {each.scored: [each.value(name) for name in names]
            for each in results.options[0].scores()}  # fmt: skip
    assert told == {"7": [0, 0, 0, 0, 0], "12": [1, 1, 1, 3, 1]}


def test_a_whole_key_is_explained(folders: tuple[Path, Path]) -> None:
    rules, data = folders
    report = tierwise.explain(data, "2021-05", "12", rules=rules)
    (metric,) = report.options[0].metrics
    assert [(fact.entity, fact.amount) for fact in metric.value.facts] == [("red", 1)]
    assert dict(metric.value.verdicts) == {"counted": 1, "it names nothing": 1}
