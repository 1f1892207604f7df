"""``holders_of`` with ``by`` asks each part for itself, as the rule language says."""

from __future__ import annotations

import shutil
from pathlib import Path

from tierwise.tasks.test import test as run_cases

SHAPES = Path(__file__).parents[1] / "examples" / "shapes"
COMPETENCY = """\
kind: competency
schema: 1
id: advisers
version: 1.0.0
in_force: {from: 2020-01}
title: Advisers
source: https://example.org
contract: shop-data
options:
  all:
    title: All
    values:
      everywhere: {measure: {holders_of: [adviser], in: badge, per: person_id, from: people}}
      in_area: {measure: {holders_of: [adviser], in: badge, per: person_id, from: people, by: {area: area}}}
      areas: {number_with: in_area >= 1, over: area}
    metrics:
      advisers: {total: in_area, over: area, threshold: 1, max_points: 1}
    levels: {some: {when: everywhere >= 1 or areas >= 1}}
"""
CASES = """\
kind: cases
schema: 1
competency: advisers
title: Cases
source: https://example.org
cases:
  two halves in two areas are an adviser, but in neither of them:
    as_of: 2021-06
    tables:
      people: [{person_id: p, badge: advice, area: food}, {person_id: p, badge: sales, area: toys}]
    expect: {values: {everywhere: 1, areas: 0}, metrics: {advisers: {value: 0}}}
  both halves in one area, and one of them in another:
    as_of: 2021-06
    tables:
      people: [{person_id: p, badge: advice, area: food}, {person_id: p, badge: sales, area: food}, {person_id: p, badge: sales, area: toys, passed_on: 2021-05-01}]
    expect: {values: {everywhere: 1, areas: 1}, metrics: {advisers: {value: 1}}}
  one person in two areas counts in each:
    as_of: 2021-06
    tables:
      people: [{person_id: p, badge: advice, area: food}, {person_id: p, badge: sales, area: food}, {person_id: p, badge: advice, area: toys, passed_on: 2021-05-01}, {person_id: p, badge: sales, area: toys, passed_on: 2021-05-01}]
    expect: {values: {everywhere: 1, areas: 2}, metrics: {advisers: {value: 2}}}
"""


def test_each_part_is_asked_for_itself(tmp_path: Path) -> None:
    for file in SHAPES.glob("*.yaml"):
        shutil.copy(file, tmp_path)
    (tmp_path / "advisers.yaml").write_text(COMPETENCY, encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(CASES, encoding="utf-8")
    outcome = run_cases(rules=tmp_path)
    assert outcome.value is not None
    assert [each.message for each in outcome.diagnostics] == []
    cases = [case for file in outcome.value.files for case in file.cases]
    assert len(cases) == 3
    assert [each.message for case in cases for each in case.failures] == []
