"""`rows` of a median, a largest or a smallest are all rows that it was chosen from."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import tierwise

CONTRACT = """\
kind: contract
schema: 1
id: ratings-data
scored: shops
tables:
  shops:
    key: [shop]
    columns: {shop: {type: text}}
  ratings:
    rare_events: true
    columns:
      shop: {type: text, references: shops}
      month: {type: month}
      stars: {type: whole, optional: true}
"""
COMPETENCY = """\
kind: competency
schema: 1
id: ratings
version: 1.0.0
in_force: {from: 2018-01}
contract: ratings-data
options:
  all:
    values:
      middle: {measure: {median: stars, from: ratings, over: 2 months}}
      most: {measure: {largest: stars, from: ratings, over: 2 months}}
      least_of_all: {measure: {smallest: stars, from: ratings, over: 2 months}}
      rows: {is: middle.rows + 100 * most.rows + 10000 * least_of_all.rows}
      most_rows: {highest: middle.rows, over: 3 months}
    metrics:
      stars:
        measure: {median: stars, from: ratings, over: 2 months}
        requires: [{that: rows >= 3, otherwise: fewer than three}]
        threshold: 4
        max_points: 4
      shown: {is: rows + most_rows, points: none}
    levels:
      good: {when: score >= 3}
"""


@pytest.mark.parametrize(
    ("stars", "middle", "points"),
    [("", None, 0), ("3", 3, 0), ("3 4", Fraction(7, 2), 0), ("1 3 4", 3, 3),
     ("1 2 4 4", 3, 3), ("5 - 1 3 2 4", 3, 3)],
)  # fmt: skip
def test_rows_are_all_rows(
    stars: str, middle: Fraction | int | None, points: int, tmp_path: Path
) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "contract.yaml").write_text(CONTRACT, "utf-8")
    (rules / "competency.yaml").write_text(COMPETENCY, "utf-8")
    lines = [f"s,2021-0{5 + number % 2},{each.replace('-', '')}"
             for number, each in enumerate(stars.split())]  # fmt: skip
    (tmp_path / "shops.csv").write_text("shop\ns\n", "utf-8")
    (tmp_path / "ratings.csv").write_text("\n".join(["shop,month,stars", *lines]), "utf-8")
    many = len(stars.replace("-", "").split())
    (score,) = tierwise.evaluate(tmp_path, "2021-06", rules=rules).options[0].scores()
    assert (score.values["middle"], score.score) == (middle, points)
    assert score.values["rows"] == 10101 * many
    assert score.values["most_rows"] == many
