"""Rules with many metrics: what compares their points stays small, and exact."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import ibis.expr.types as ir
import pytest

import tierwise
from tierwise.run.embedded.database import Database, sql_of

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
      all: {title: All}
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


def _folder(folder: Path, value: str = "{}", rest: str = ", group: best", many: int = MANY) -> Path:
    rules = folder / "rules"
    rules.mkdir()
    names = NAMES[:many]
    columns = "".join(f"      a{name}: {{type: whole}}\n      b{name}: {{type: whole}}\n"
                      for name in names)  # fmt: skip
    values = {name: value.format(f"scored.a{name} / scored.b{name}") for name in names}
    metrics = "".join(f"      m{name}: {{is: {values[name]}, threshold: 50 %, max_points: 5{rest}}}\n"
                      for name in names)  # fmt: skip
    (rules / "contract.yaml").write_text(CONTRACT + columns, "utf-8")
    (rules / "competency.yaml").write_text((COMPETENCY + metrics + LEVELS), "utf-8")
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


LARGE = [987_654_321, 123_456_789, 555_555_557, 999_999_937, 314_159_269]


def _of_large_divisors(tmp_path: Path, value: str, rest: str) -> tierwise.ScoreResult:
    """What a unit gets whose metrics divide by large numbers that have no divisor in common."""
    rules = _folder(tmp_path, value, rest, len(LARGE))
    data = tmp_path / "data"
    data.mkdir()
    header = ",".join(f"{side}{name}" for name in NAMES[: len(LARGE)] for side in "ab")
    cells = ",".join(f"{number // 3},{number}" for number in LARGE)
    (data / "units.csv").write_text(f"unit,{header}\nu,{cells}\n", "utf-8")
    (score,) = tierwise.evaluate(data, "2021-06", rules=rules).options[0].scores()
    return score


POINTS = "points.m00, points.m01, points.m02, points.m03"


@pytest.mark.parametrize(
    ("rest", "whose"),
    [("", f"the score, the sum of {POINTS}, points.m04 and 2 more,"),
     (", group: all", f"what the group 'all' earns, the sum of {POINTS} and points.m04,")],
)  # fmt: skip
def test_a_sum_that_is_no_exact_number_is_named(rest: str, whose: str, tmp_path: Path) -> None:
    with pytest.raises(tierwise.CannotRun) as told:
        _of_large_divisors(tmp_path, "{}", rest)
    assert str(told.value) == f"option 'all': {whose} is a fraction of more than 38 digits"
    assert "round" in told.value.hint


def test_what_is_rounded_has_a_sum(tmp_path: Path) -> None:
    score = _of_large_divisors(tmp_path, "round(1000 * {}) / 1000", "")
    assert score.score == len(LARGE) * Fraction(333, 1000) * 10
