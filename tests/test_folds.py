"""Folds over months and parts, groups and ranks, against a plain reading of what they say.

One competency has a value of every kind of fold; Hypothesis draws the rows, of few amounts and months,
so that ties, negative amounts, months and areas without rows, and met thresholds are frequent.
"""

from __future__ import annotations

import csv
import datetime
import functools
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

import tierwise
from thorough import examples
from tierwise.model.ruleset import RuleSet

CONTRACT = """\
kind: contract
schema: 1
id: entries-data
title: Entries
scored: units
tables:
  units:
    key: [unit]
    columns:
      unit: {type: text}
      country: {type: text, optional: true}
      joined: {type: date}
  entries:
    rare_events: true
    columns:
      unit: {type: text, references: units}
      month: {type: month}
      area: {type: text, values: [x, y, z]}
      amount: {type: decimal}
"""
COMPETENCY = """\
kind: competency
schema: 1
id: folds
version: 1.0.0
in_force: {from: 2018-01}
title: Folds
source: https://example.org
contract: entries-data
options:
  all:
    title: All
    values:
      net: {measure: {sum: amount, from: entries, over: 1 month}}
      peak: {measure: {largest: amount, from: entries, over: 2 months}}
      mean: {measure: {average: amount, from: entries, over: 3 months}}
      quarter_net: {measure: {sum: amount, from: entries, over: 3 months}}
      net_of: {measure: {sum: amount, from: entries, over: 3 months, by: {area: area}}}
      year_of: {measure: {sum: amount, from: entries, over: 12 months, by: {area: area}}}
      peak_of: {measure: {largest: amount, from: entries, over: 2 months, by: {area: area}}}
      months_above: {number_with: net > 10, over: 6 months}
      months_earlier: {number_with: net >= 10, over: 3 months, ending: 2 months ago}
      months_since: {number_with: net <= 0, over: 6 months, since: scored.joined}
      best_since: {highest: net, over: 6 months, since: scored.joined}
      best_month: {highest: net, over: 4 months}
      worst_peak: {lowest: peak, over: 4 months}
      total_net: {total: net, over: 5 months}
      mean_peak: {average: peak, over: 5 months}
      best_mean: {highest: mean, over: 4 months}
      worst_mean: {lowest: mean, over: 4 months, ending: 1 month ago}
      best_year: {highest: year_of, over: area}
      best_area: {highest: net_of, over: area}
      worst_area: {lowest: net_of, over: area}
      total_peaks: {total: peak_of, over: area}
      mean_of_areas: {average: net_of, over: area}
      areas_low: {number_with: net_of <= 5 and (missing(peak_of) or peak_of < 10), over: area}
      best_share: {highest: net_of / quarter_net, over: area}
      best_of_best: {highest: best_area, over: 3 months}
      best_total: {highest: total_net, over: 3 months}
      months_of_months: {number_with: months_above >= 2, over: 3 months}
      rank: {percentile: peak, within: scored.country}
      rank_of_all: {percentile: total_net}
      rank_of_alike: {percentile: total_net, within: mean_peak}
      held: {highest: points.turnover, over: 3 months}
    groups:
      either: {title: Either, counts: best, group: both}
      both: {title: Both, max_points: 12}
    metrics:
      turnover: {is: total_net, points: {formula: value / 4, lowest: -5}, max_points: 10}
      foremost: {is: best_area, threshold: 20, max_points: 6, group: either}
      peaks:
        is: mean_peak
        points: {steps: [{at_least: 5, points: 2}, {at_least: 10, points: 9}]}
        max_points: 9
        group: either
      ranked: {is: rank, points: {all_when: value >= 0.5}, max_points: 5, group: both}
      kept: {is: held, points: {every: 2, earns: 1}, max_points: 4}
    levels:
      gold: {when: score >= 10 and months_above >= 2}
      silver: {when: score >= 5}
"""
AMOUNTS = ("-10", "-0.01", "0", "0.01", "5", "9.99", "10", "10.01", "20")
NOW = 2021 * 12 + 5
FIRST = NOW - 12

Number = Fraction | int | None


@dataclass(frozen=True)
class Unit:
    """Something scored, with its rows as (month, area, amount)."""

    country: str | None
    joined: datetime.date
    entries: tuple[tuple[int, str, Fraction], ...]

    def rows(self, month: int, months: int) -> list[tuple[int, str, Fraction]]:
        return [each for each in self.entries if month - months < each[0] <= month]


def highest(values: Iterable[Number]) -> Number:
    return max((each for each in values if each is not None), default=None)


def lowest(values: Iterable[Number]) -> Number:
    return min((each for each in values if each is not None), default=None)


def mean(values: Iterable[Number]) -> Number:
    known = [each for each in values if each is not None]
    return Fraction(sum(known)) / len(known) if known else None


def looked_at(now: int, months: int, ending: int = 0) -> range:
    return range(now - ending - months + 1, now - ending + 1)


def since(unit: Unit, months: range) -> list[int]:
    first = unit.joined.year * 12 + unit.joined.month - 1
    return [month for month in months if month >= first]


def net(unit: Unit, now: int, months: int = 1) -> Fraction:
    return sum((amount for *_, amount in unit.rows(now, months)), Fraction(0))


def peak(unit: Unit, now: int) -> Number:
    return highest(amount for *_, amount in unit.rows(now, 2))


def average(unit: Unit, now: int) -> Number:
    return mean(amount for *_, amount in unit.rows(now, 3))


def areas(unit: Unit, now: int, months: int = 3) -> Mapping[str, Fraction]:
    rows = unit.rows(now, months)
    return {area: sum((x for _, its, x in rows if its == area), Fraction(0))
            for area in {area for _, area, _ in rows}}  # fmt: skip


def peak_of(unit: Unit, now: int, area: str) -> Number:
    return highest(amount for _, its, amount in unit.rows(now, 2) if its == area)


def total_net(unit: Unit, now: int) -> Fraction:
    return sum((net(unit, month) for month in looked_at(now, 5)), Fraction(0))


def months_above(unit: Unit, now: int) -> int:
    return sum(net(unit, month) > 10 for month in looked_at(now, 6))


def mean_peak(unit: Unit) -> Number:
    return mean(peak(unit, month) for month in looked_at(NOW, 5))


def turnover(unit: Unit, now: int) -> Fraction:
    return min(Fraction(10), max(Fraction(-5), total_net(unit, now) / 4))


def values_of(unit: Unit) -> dict[str, Number]:
    """Every value that is about one unit alone."""

    def over(what: Callable[[Unit, int], Number], months: int, ending: int = 0) -> list[Number]:
        return [what(unit, month) for month in looked_at(NOW, months, ending)]

    net_of = areas(unit, NOW)
    peaks = {area: peak_of(unit, NOW, area) for area in net_of}
    whole = net(unit, NOW, 3)
    recent = since(unit, looked_at(NOW, 6))
    return {
        "months_above": months_above(unit, NOW),
        "months_earlier": sum(net(unit, each) >= 10 for each in looked_at(NOW, 3, 2)),
        "months_since": sum(net(unit, month) <= 0 for month in recent),
        "best_since": highest(net(unit, month) for month in recent),
        "best_month": highest(over(net, 4)),
        "worst_peak": lowest(over(peak, 4)),
        "total_net": total_net(unit, NOW),
        "mean_peak": mean_peak(unit),
        "best_mean": highest(over(average, 4)),
        "worst_mean": lowest(over(average, 4, 1)),
        "best_year": highest(areas(unit, NOW, 12).values()),
        "best_area": highest(net_of.values()),
        "worst_area": lowest(net_of.values()),
        "total_peaks": sum((each for each in peaks.values() if each is not None), Fraction(0)),
        "mean_of_areas": mean(net_of.values()),
        "areas_low": sum(
            amount <= 5 and (peaks[area] is None or peaks[area] < 10)
            for area, amount in net_of.items()
        ),
        "best_share": highest(each / whole for each in net_of.values()) if whole else None,
        "best_of_best": highest(over(lambda x, month: highest(areas(x, month).values()), 3)),
        "best_total": highest(over(total_net, 3)),
        "months_of_months": sum(
            months_above(unit, each) >= 2 for each in looked_at(NOW, 3)
        ),
        "held": highest(over(turnover, 3)),
    }  # fmt: skip


def rank(own: Number, others: list[Number]) -> Number:
    """The share of the others that have less, among those that have something."""
    known = [each for each in others if each is not None]
    if own is None or not known:
        return None
    return Fraction(sum(each < own for each in known), len(known))


def expected(units: list[Unit]) -> list[dict[str, object]]:
    """Everything that is said of each unit."""
    found: list[dict[str, object]] = []
    for place, unit in enumerate(units):
        rest = [other for number, other in enumerate(units) if number != place]
        values = values_of(unit)
        near = [peak(other, NOW) for other in rest if other.country == unit.country]
        values["rank"] = rank(peak(unit, NOW), near) if unit.country is not None else None
        values["rank_of_all"] = rank(total_net(unit, NOW), [total_net(each, NOW) for each in rest])
        alike = [total_net(each, NOW) for each in rest if mean_peak(each) == mean_peak(unit)]
        values["rank_of_alike"] = (
            rank(total_net(unit, NOW), alike) if mean_peak(unit) is not None else None
        )
        best, peaks = values["best_area"], values["mean_peak"]
        points = {
            "turnover": turnover(unit, NOW),
            "foremost": min(Fraction(6), max(Fraction(0), Fraction(best or 0) * 6 / 20)),
            "peaks": Fraction(0 if peaks is None or peaks < 5 else 2 if peaks < 10 else 9),
            "ranked": Fraction(5 if values["rank"] is not None and values["rank"] >= 0.5 else 0),
            "kept": min(
                Fraction(4), max(Fraction(0), Fraction(Fraction(values["held"] or 0) // 2))
            ),
        }
        group = min(Fraction(12), max(points["foremost"], points["peaks"]) + points["ranked"])
        score = points["turnover"] + points["kept"] + group
        level = "silver" if score >= 5 else None
        level = "gold" if score >= 10 and months_above(unit, NOW) >= 2 else level
        each = {f"points.{name}": earned for name, earned in points.items()}
        found.append({**values, **each, "score": score, "level": level})
    return found


@functools.cache
def rules() -> RuleSet:
    """The contract and the competency."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "contract.yaml").write_text(CONTRACT, "utf-8")
        (folder / "competency.yaml").write_text(COMPETENCY, "utf-8")
        assert not [each for each in tierwise.validate([folder]).findings if each.is_error]
        return tierwise.load_rules(folder)


def seen(units: list[Unit], folder: Path) -> list[dict[str, object]]:
    """The same, of the engine."""
    with (folder / "units.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["unit", "country", "joined"])
        lines.writerows([f"u{n}", unit.country, unit.joined] for n, unit in enumerate(units))
    with (folder / "entries.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["unit", "month", "area", "amount"])
        for n, unit in enumerate(units):
            for month, area, amount in unit.entries:
                text = f"{month // 12}-{month % 12 + 1:02}"
                lines.writerow([f"u{n}", text, area, f"{float(amount):.2f}"])
    results = tierwise.evaluate(folder, "2021-06", rules=rules())
    found = {}
    for score in results.options[0].scores():
        points = {f"points.{metric.metric.id}": metric.points for metric in score.metrics}
        found[score.scored] = {
            **score.values,
            **points,
            "score": score.score,
            "level": score.level or None,
        }
    return [found[f"u{n}"] for n in range(len(units))]


ENTRIES = st.tuples(
    st.integers(FIRST, NOW),
    st.sampled_from("xyz"),
    st.sampled_from(AMOUNTS).map(Fraction),
)
UNITS = st.builds(
    Unit,
    st.sampled_from(["A", "A", "B", "C", None, None]),
    st.dates(datetime.date(2020, 12, 1), datetime.date(2021, 7, 1)),
    st.lists(ENTRIES, max_size=14).map(tuple),
)


ALONE = Unit("A", datetime.date(2021, 1, 15), ((NOW, "x", Fraction(20)),))
NO_ROWS = Unit("B", datetime.date(2021, 7, 1), ())


def apart(groups: list[list[Unit]]) -> list[Unit]:
    """All units of some groups, of which each has countries of its own to be ranked in."""
    return [replace(unit, country=f"{number}/{unit.country}")
            for number, group in enumerate(groups) for unit in group]  # fmt: skip


@settings(max_examples=examples(4), deadline=None, derandomize=True)
@given(groups=st.lists(st.lists(UNITS, min_size=1, max_size=16), min_size=3, max_size=6))
@example(groups=[[ALONE]])
@example(groups=[[ALONE, NO_ROWS]])
def test_folds_are_what_they_say(groups: list[list[Unit]]) -> None:
    """Several groups in one evaluation; who is alone has nobody to be ranked among."""
    units = apart(groups)
    with tempfile.TemporaryDirectory() as folder:
        told = seen(units, Path(folder))
    for unit, one, wanted in zip(units, told, expected(units), strict=True):
        differ = {name: (one[name], value) for name, value in wanted.items() if one[name] != value}
        assert differ == {}, unit
