"""Solutions Partner against its reference, at the thresholds and in great numbers."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import tierwise
from reference.calendar_of_months import month_of
from reference.solutions_partner import MAXIMA, METRICS, Programme, Tables, is_designated
from reference.solutions_partner_data import data_set
from reference.solutions_partner_edges import edge_world
from reference.worlds import merged, name_in, written
from rule_files import RULES

MONTHS = ("2022-10", "2023-03", "2023-04", "2026-06", "2026-08", "2027-06", "2027-07", "2027-08",
          "2027-09")  # fmt: skip
Seen = tuple[Fraction, str | None, tuple[Fraction | None, ...], tuple[Fraction, ...]]


def worlds(as_of: str) -> list[Tables]:
    start = 1_000 * MONTHS.index(as_of)
    return [edge_world(seed, as_of) for seed in range(start, start + 100)] + [
        data_set(seed, as_of) for seed in range(start, start + 50)
    ]


def by_the_reference(each: list[Tables], as_of: str) -> dict[str, Seen]:
    """By partner, what the reference says."""
    found: dict[str, Seen] = {}
    for number, world in enumerate(each):
        programme = Programme(world, month_of(as_of))
        for row in world["partners"]:
            values, points = programme.score(str(row["partner_id"]))
            level = "designated" if is_designated(points) else None
            partner = name_in(number, row["partner_id"])
            found[partner] = (sum(points, Fraction(0)), level, values, points)
    return found


@pytest.mark.parametrize("as_of", MONTHS)
def test_hundreds_of_partners_at_the_thresholds(as_of: str, tmp_path: Path) -> None:
    each = worlds(as_of)
    expected = by_the_reference(each, as_of)
    results = tierwise.evaluate(
        written(merged(each), tmp_path),
        as_of,
        rules=RULES,
        competency="solutions-partner-business-applications",
        allow_short_history=True,
    )
    (option,) = results.options
    seen: dict[str, Seen] = {}
    for score in option.scores():
        assert tuple(metric.metric.id for metric in score.metrics) == METRICS
        seen[score.scored] = (
            score.score,
            score.level or None,
            tuple(metric.value for metric in score.metrics),
            tuple(metric.points for metric in score.metrics),
        )
    assert seen.keys() == expected.keys()
    assert [f"{key}: {seen[key]}, not {expected[key]}" for key in expected
            if seen[key] != expected[key]] == []  # fmt: skip


@pytest.mark.parametrize("as_of", MONTHS)
def test_the_data_reach_both_sides_of_what_decides(as_of: str) -> None:
    """Data that miss the edges would agree with any rules."""
    scored = list(by_the_reference(worlds(as_of), as_of).values())
    assert sum(level == "designated" for _, level, _, _ in scored) >= 3
    # Exactly 70, a little less, and 70 with a metric that is 0.
    assert any(score == 70 and level for score, level, _, _ in scored)
    assert any(70 - Fraction(1, 100) < score < 70 for score, _, _, _ in scored)
    assert any(score >= 70 and not level for score, level, _, _ in scored)
    for number, (metric, most) in enumerate(zip(METRICS, MAXIMA, strict=True)):
        earned = [points[number] for _, _, _, points in scored]
        assert {0, most} <= set(earned), metric
        assert any(0 < each < most for each in earned), metric


@pytest.mark.parametrize("as_of", MONTHS)
def test_the_data_reach_both_tracks_with_five_workloads_and_with_four(as_of: str) -> None:
    least = set()
    for world in worlds(as_of):
        programme = Programme(world, month_of(as_of))
        least.add(min(programme.reaching("p", programme.as_of - back, 5_000, more=True)
                      for back in (1, 13)))  # fmt: skip
    assert {0, 4, 5, 6} <= least
