"""Rules with many metrics: what compares their points stays small, and exact."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import ibis.expr.types as ir
import pytest

import tierwise
from tierwise.run.database import Database, sql_of

MANY = 40
NAMES = [f"{number:02}" for number in range(MANY)]
CONTRACT = """\
kind: contract
schema: 1
id: sums-data
scored: units
tables:
  units:
    key: [unit]
    columns:
      unit: {type: text}
"""
COMPETENCY = """\
kind: competency
schema: 1
id: sums
version: 1.0.0
in_force: {from: 2018-01}
contract: sums-data
options:
  all:
    groups:
      best: {title: Best, counts: best}
    values:
      fewest: {is: lowest_points}
    metrics:
"""
LEVELS = """\
    levels:
      gold: {when: lowest_points >= 1}
"""
LONGEST = 200_000
"""Letters of a query; by one metric more it grew to three times as many."""


def _folder(folder: Path) -> Path:
    rules = folder / "rules"
    rules.mkdir()
    columns = "".join(f"      a{name}: {{type: whole}}\n      b{name}: {{type: whole}}\n"
                      for name in NAMES)  # fmt: skip
    metrics = "".join(f"      m{name}: {{is: scored.a{name} / scored.b{name}, threshold: 50 %, "
                      "max_points: 5, group: best}\n" for name in NAMES)  # fmt: skip
    (rules / "contract.yaml").write_text(CONTRACT + columns, "utf-8")
    (rules / "competency.yaml").write_text(COMPETENCY + metrics + LEVELS, "utf-8")
    return rules


def test_the_best_and_lowest_of_many_metrics(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(1)
    cells = [[(draw.randint(4, 25), draw.randint(50, 60)) for _ in NAMES] for _ in range(6)]
    names = [f"{side}{name}" for name in NAMES for side in "ab"]
    lines = [",".join(map(str, (f"u{number}", *(cell for pair in row for cell in pair))))
             for number, row in enumerate(cells)]  # fmt: skip
    data = tmp_path / "data"
    data.mkdir()
    (data / "units.csv").write_text("\n".join([",".join(["unit", *names]), *lines]), "utf-8")
    lengths: list[int] = []
    create = Database.create

    def created(database: Database, name: str, table: ir.Table, stored: bool) -> None:
        lengths.append(len(sql_of(table)))
        create(database, name, table, stored)

    monkeypatch.setattr(Database, "create", created)
    results = tierwise.evaluate(data, "2021-06", rules=_folder(tmp_path))
    for score, row in zip(results.options[0].scores(), cells, strict=True):
        points = [min(Fraction(5), Fraction(5 * 2 * above, below)) for above, below in row]
        assert (score.score, score.values["fewest"]) == (max(points), min(points))
        assert score.level == ("gold" if min(points) >= 1 else "")
    assert max(lengths) < LONGEST
