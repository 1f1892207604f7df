"""What is told apart by a whole number, and what is rounded, are exact numbers in expressions."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import tierwise

CONTRACT = """
kind: contract
schema: 1
id: boxes-data
scored: packers
tables:
  packers: {key: [packer], columns: {packer: {type: text}}}
  boxes:
    rare_events: true
    columns:
      packer: {type: text, references: packers}
      month: {type: month}
      size: {type: whole}
"""
COMPETENCY = """
kind: competency
schema: 1
id: packer
version: 1.0.0
in_force: {from: 2020-01}
contract: boxes-data
options:
  only:
    values:
      total_of_all: {measure: {sum: 1, from: boxes, over: 36 months}}
      many: {measure: {sum: 1, from: boxes, over: 36 months, by: {size: size}}}
      in_year: {measure: {sum: 1, from: boxes, over: 36 months, by: {year: year(month)}}}
FOLDS
      earned: {total: points.pairs, over: 3 months}
    metrics:
      pairs: {is: total_of_all, points: {every: 2, earns: 3}, max_points: 9}
      m: {is: f0, threshold: 1, max_points: 1}
    levels: {good: {when: score >= 1}}
"""
BOXES = """packer,month,size
a,2020-03,3
a,2021-02,3
a,2021-03,4
a,2021-03,2
"""
SIZES = {
    "total: many * size": 12,
    "highest: many / size": Fraction(2, 3),
    "total: many + size": 13,
    "number_with: size == many + 1": 2,
    "total: least(many, size)": 4,
    "number_with: many < size": 3,
    "total: many if size > 3 else 0": 1,
    "number_with: size in [2, 3]": 2,
    "lowest: -size": -4,
    "total: many * floor(size / 2)": 5,
    "average: ceiling(size / 2)": Fraction(5, 3),
    "total: round(size / 4)": 3,
}
YEARS = {
    "number_with: year < year(as_of)": 1,
    "total: in_year * (year - 2019)": 7,
    "total: in_year if year == year(as_of) else 0": 3,
}


def test_a_whole_number_that_tells_apart_is_exact(tmp_path: Path) -> None:
    folds = [(text, "size", gives) for text, gives in SIZES.items()]
    folds += [(text, "year", gives) for text, gives in YEARS.items()]
    lines = [f'      f{index}: {{{text.replace(": ", ": "+chr(34), 1)}", over: {over}}}'
             for index, (text, over, _) in enumerate(folds)]  # fmt: skip
    rules, data = tmp_path / "rules", tmp_path / "data"
    rules.mkdir()
    data.mkdir()
    (rules / "contract.yaml").write_text(CONTRACT)
    (rules / "packer.yaml").write_text(COMPETENCY.replace("FOLDS", "\n".join(lines)))
    (data / "packers.csv").write_text("packer\na\n")
    (data / "boxes.csv").write_text(BOXES)
    results = tierwise.evaluate(data, "2021-03", rules=tierwise.load_rules(rules))
    score = next(results.options[0].scores())
    gave = {text: score.value(f"f{index}") for index, (text, _, _) in enumerate(folds)}
    assert gave == {text: gives for text, _, gives in folds}
    assert score.value("earned") == 0 + 3 + 6
