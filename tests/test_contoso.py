"""The example that is worked out by hand: examples/contoso, and what should come out."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest

import tierwise
from rule_files import carried_rules

ROOT = Path(__file__).parents[1]
EXPECTED = ROOT / "tests" / "expected" / "contoso.csv"


@pytest.fixture(scope="module")
def expected() -> dict[str, dict[str, str]]:
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return {row["partner_id"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def results() -> tierwise.Results:
    return tierwise.evaluate(ROOT / "examples" / "contoso", "2021-05", rules=carried_rules())


def test_every_partner_has_exactly_what_is_worked_out_by_hand(
    results: tierwise.Results, expected: dict[str, dict[str, str]]
) -> None:
    seen = {score.scored: score for score in results.options[0].scores()}
    assert seen.keys() == expected.keys()
    for partner, row in expected.items():
        score = seen[partner]
        assert (score.score, score.level) == (Fraction(row["score"]), row["level"]), partner
        for metric in score.metrics:
            value = row[f"{metric.metric.id}.value"]
            assert metric.value == (Fraction(value) if value else None), (partner, metric.metric.id)
            assert metric.points == Fraction(row[f"{metric.metric.id}.points"]), partner


def test_the_readme_says_the_same_scores(expected: dict[str, dict[str, str]]) -> None:
    readme = (ROOT / "examples" / "contoso" / "README.md").read_text("utf-8")
    for partner, row in expected.items():
        line = next(line for line in readme.splitlines() if line.startswith(f"| {partner} "))
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells[2:4] == [row["score"], row["level"]]
