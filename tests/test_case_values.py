"""Cases expect named values and the points of groups, of every kind that a value has."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierwise.tasks.test import test as run_cases

RULES = {
    "contract.yaml": """
kind: contract
schema: 1
id: stall-data
title: Stalls
source: https://example.org/stalls
scored: stalls
tables:
  stalls:
    key: [stall]
    columns: {stall: {type: text}, town: {type: text}, opened: {type: date, optional: true}}
  sales:
    columns: {stall: {type: text, references: stalls}, month: {type: month}, amount: {type: decimal}}
""",
    "stall.yaml": """
kind: competency
schema: 1
id: stall
version: 1.0.0
in_force: {from: 2020-01}
title: Stall
source: https://example.org/stalls
contract: stall-data
options:
  only:
    groups: {trade: {title: Trade, max_points: 6}}
    values:
      busy: {is: sales >= 100}
      where: {is: scored.town}
      since: {is: scored.opened}
      half: {is: sales / 200, unit: '%'}
      by_month: {measure: {sum: amount, from: sales, over: 2 months, by: {when: month}}}
      best: {highest: by_month, over: when}
    metrics:
      sales:
        group: trade
        measure: {sum: amount, from: sales, over: 1 month}
        threshold: 100
        max_points: 10
      shown: {is: best + half, points: none}
    levels:
      known: {when: busy and where == 'Delft' and present(since)}
""",
}
CASE = """
kind: cases
schema: 1
competency: stall
title: Stalls
source: https://example.org/stalls
cases:
  one:
    as_of: 2021-05
    tables:
      stalls: [{{stall: A, town: Delft, opened: 2020-02-29}}]
      sales: [{{stall: A, month: 2021-05, amount: 150}}, {{stall: A, month: 2021-04, amount: 30}}]
    expect:
      metrics: {{sales: {{value: 150}}, shown: {{points: 0}}}}
      {expected}
"""
RIGHT = (
    "values: {busy: true, where: Delft, since: 2020-02-29, half: 75 %, best: 150, sales: 150}",
    "groups: {trade: 6}",
    "values: {half: 3/4}",
)
WRONG = {
    "values: {busy: false}": "'one': value of busy: expected false, got true",
    "values: {where: Leiden}": "'one': value of where: expected Leiden, got Delft",
    "values: {where: null}": "'one': value of where: expected none, got Delft",
    "values: {since: 2020-03-01}": "'one': value of since: expected 2020-03-01, got 2020-02-29",
    "values: {half: 70 %}": "'one': value of half: expected 70 %, got 75 %",
    "values: {best: 30}": "'one': value of best: expected 30, got 150",
    "groups: {trade: 10}": "'one': points of trade: expected 10, got 6",
}
REFUSED = {
    "values: {bussy: true}": "there is no value 'bussy'",
    "values: {by_month: 1}": "there is no value 'by_month'",
    "values: {busy: 1}": "'1' is not a condition",
    "values: {since: soon}": "'soon' is not a date",
    "values: {best: much}": "'much' is not a number",
    "values: {best: true}": "'true' is not a number",
    "groups: {trades: 1}": "there is no group 'trades'",
}


def said(folder: Path, expected: str) -> list[str]:
    """What is wrong with a case that expects something besides."""
    for name, text in RULES.items():
        (folder / name).write_text(text.lstrip(), encoding="utf-8")
    (folder / "cases.yaml").write_text(CASE.lstrip().format(expected=expected), encoding="utf-8")
    outcome = run_cases(rules=folder)
    assert outcome.value is not None, [str(each) for each in outcome.diagnostics]
    (file,) = outcome.value.files
    failed = [each.message for case in file.cases for each in case.failures]
    return failed + [each.message for each in file.findings]


@pytest.mark.parametrize("expected", RIGHT)
def test_what_is_so_passes(expected: str, tmp_path: Path) -> None:
    assert said(tmp_path, expected) == []


@pytest.mark.parametrize("expected", WRONG)
def test_what_is_not_so_fails(expected: str, tmp_path: Path) -> None:
    assert said(tmp_path, expected) == [WRONG[expected]]


@pytest.mark.parametrize("expected", REFUSED)
def test_what_cannot_be_expected_is_refused(expected: str, tmp_path: Path) -> None:
    assert said(tmp_path, expected) == [REFUSED[expected]]
