"""Values, thresholds, points and levels against plain fractions, many scored ones at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import trunc

import pytest

import tierwise
from tierwise.run.results import ScoreResult

CONTRACT = """\
kind: contract
schema: 1
id: stands
scored: stands
tables:
  stands:
    key: [stand]
    columns:
      stand: {type: text}
      place: {type: text, references: places}
      size: {type: decimal, optional: true}
      opened: {type: date, optional: true}
  takings:
    columns:
      stand: {type: text, references: stands}
      month: {type: month}
      sort: {type: text}
      money: {type: decimal}
"""
PLACES = """\
kind: catalogue
schema: 1
id: places
attributes: {busy: {type: boolean}, rent: {type: decimal}}
entries: {harbour: {busy: true, rent: 2.5}, hill: {busy: false, rent: 0.5}}
lists: {outside: {values: [hill]}}
"""


def measure(sort: str) -> str:
    return f"measure: {{sum: money, from: takings, where: sort == '{sort}', over: 1 month}}"


COMPETENCY = f"""\
kind: competency
schema: 1
id: stall
version: 1.0.0
in_force: {{from: 2020-01}}
title: Stall
source: https://example.org
contract: stands
options:
  stall:
    title: Stall
    values:
      b: {{{measure("b")}}}
      ratio: {{is: a / b}}
      busy: {{is: scored.place.busy and not missing(scored.size)}}
      word: {{is: "'large' if scored.size > 10 else 'small'"}}
      net: {{is: a - b * scored.place.rent}}
      old: {{is: "scored.opened < date('2020-03-01') and scored.opened <= as_of"}}
      outside: {{is: scored.place in places.outside}}
      third: {{is: ratio / 3 - 1 / 3}}
      constant: {{is: 7 / 3}}
      inverse: {{is: 1 / third}}
    metrics:
      a:
        {measure("a")}
        requires: [{{that: value >= -50, otherwise: far below}}]
        threshold: [{{when: busy and word == 'large', is: 30}}, {{when: busy, is: 20}}, {{is: 7}}]
        max_points: 10
      half: {{is: ratio, points: all_or_nothing, threshold: 50 %, max_points: 5}}
      either: {{is: ratio, points: {{all_when: "value > 2 or a < 0 or old"}}, max_points: 3}}
      rising:
        is: net
        points: {{steps: [{{at_least: 20.5, points: 4}}, {{at_least: 0, points: 1}}, {{at_least: 5, points: 18/7}}]}}
        max_points: 4
      units: {{is: net, points: {{every: 2.5, earns: 0.3}}, max_points: 2}}
      worked: {{is: third, points: {{formula: 2 * value + constant - 1}}, max_points: 6}}
      sour: {{is: inverse, points: {{formula: value}}, max_points: 6}}
    levels:
      top: {{when: score >= 15 and lowest_points > 0}}
      half: {{when: points.half == 5 and word == 'small'}}
      some: {{when: "score > 4 or outside and ratio > 1"}}
"""
Stand = dict[str, Fraction | str | None]


def stands() -> Iterator[tuple[str, Stand]]:
    chance = random.Random(3)
    numbers = [Fraction(n) for n in (0, 0, 1, 2, 3, 5, 7, 10, 20, 30, -1, -50, -51)]
    numbers += [Fraction(n, 100) for n in (250, 1, 2999, 2050, -333)]
    for index in range(400):
        yield f"s{index}", {
            "a": chance.choice(numbers), "b": chance.choice(numbers),
            "place": chance.choice(["harbour", "hill"]),
            "size": chance.choice([None, Fraction(10), Fraction(21, 2)]),
            "opened": chance.choice([None, "2020-02-29", "2020-03-01"]),
        }  # fmt: skip


def decimal(number: object) -> str:
    assert isinstance(number, Fraction)
    return str(Decimal(number.numerator) / Decimal(number.denominator))


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ScoreResult]:
    top = tmp_path_factory.mktemp("points")
    rules, data = top / "rules", top / "data"
    rules.mkdir()
    data.mkdir()
    for name, text in (("contract", CONTRACT), ("places", PLACES), ("stall", COMPETENCY)):
        (rules / f"{name}.yaml").write_text(text, encoding="utf-8")
    rows, takings = ["stand,place,size,opened"], ["stand,month,sort,money"]
    for name, stand in stands():
        size = "" if stand["size"] is None else decimal(stand["size"])
        rows.append(f"{name},{stand['place']},{size},{stand['opened'] or ''}")
        for sort in "ab":
            half = decimal(Fraction(stand[sort] or 0) / 2)
            takings += [f"{name},2021-05,{sort},{half}"] * 2
    (data / "stands.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (data / "takings.csv").write_text("\n".join(takings) + "\n", encoding="utf-8")
    assert tierwise.validate([rules]).findings == ()
    results = tierwise.evaluate(data, "2021-05", rules=rules)
    return {each.scored: each for each in results.options[0].scores()}


def divided(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or not other else one / other


def expected(stand: Stand) -> tuple[dict[str, object], dict[str, Fraction], Fraction, str]:
    a, b, size = (Fraction(stand[name] or 0) for name in ("a", "b", "size"))
    large, hill = size > 10, stand["place"] == "hill"
    busy = not hill and stand["size"] is not None
    ratio = divided(a, b)
    net = a - b * (Fraction(1, 2) if hill else Fraction(5, 2))
    third = None if ratio is None else ratio / 3 - Fraction(1, 3)
    inverse = divided(Fraction(1), third)
    old = stand["opened"] == "2020-02-29"
    values: dict[str, object] = {
        "b": b, "ratio": ratio, "busy": busy, "word": "large" if large else "small", "net": net,
        "old": old, "outside": hill, "third": third, "constant": Fraction(7, 3),
        "inverse": inverse, "a": a, "half": ratio, "either": ratio, "rising": net, "units": net,
        "worked": third, "sour": inverse,
    }  # fmt: skip

    def within(number: Fraction | None, most: int) -> Fraction:
        return Fraction(0) if number is None else min(max(number, Fraction(0)), Fraction(most))

    threshold = 30 if busy and large else 20 if busy else 7
    steps = 4 if net >= Fraction(41, 2) else Fraction(18, 7) if net >= 5 else 1 if net >= 0 else 0
    points = {
        "a": within(10 * a / threshold, 10) if a >= -50 else Fraction(0),
        "half": Fraction(5 if ratio is not None and ratio >= Fraction(1, 2) else 0),
        "either": Fraction(3 if (ratio is not None and ratio > 2) or a < 0 or old else 0),
        "rising": Fraction(steps),
        "units": within(trunc(net / Fraction(5, 2)) * Fraction(3, 10), 2),
        "worked": within(None if third is None else 2 * third + Fraction(4, 3), 6),
        "sour": within(inverse, 6),
    }
    score = sum(points.values(), Fraction(0))
    level = ""
    if score > 4 or (hill and ratio is not None and ratio > 1):
        level = "some"
    if points["half"] == 5 and not large:
        level = "half"
    if score >= 15 and min(points.values()) > 0:
        level = "top"
    return values, points, score, level


def test_every_value_and_point_is_exact(scores: dict[str, ScoreResult]) -> None:
    levels = set()
    for name, stand in stands():
        values, points, score, level = expected(stand)
        got = scores[name]
        assert {each: got.value(each) for each in values} == values, (name, stand)
        assert {each.metric.id: each.points for each in got.metrics} == points, (name, stand)
        assert (got.score, got.level) == (score, level), (name, stand)
        levels.add(level)
    assert levels == {"", "some", "half", "top"}


def test_the_threshold_that_applies_is_told(scores: dict[str, ScoreResult]) -> None:
    told = {name: score.metrics[0].threshold for name, score in scores.items()}
    numbers = {each.number for each in told.values() if each is not None}
    assert numbers == {30, 20, 7}
    assert scores["s0"].metrics[2].threshold is None
