"""Cloud Business Applications against its reference, at the thresholds and in great numbers."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

import tierwise
from reference.calendar_of_months import month_of
from reference.cloud_business import METRICS, PRODUCTS, Programme, Tables, level_of
from reference.cloud_business_data import data_set
from reference.cloud_business_edges import edge_world
from reference.worlds import merged, name_in, written
from rule_files import RULES

MONTHS = ("2020-10", "2020-11", "2020-12", "2021-01", "2021-12", "2022-01", "2022-02", "2022-09")
Seen = tuple[Fraction, str | None, dict[str, Fraction | None], dict[str, Fraction]]


def worlds(as_of: str) -> list[Tables]:
    start = 1_000 * MONTHS.index(as_of)
    return [edge_world(seed, as_of) for seed in range(start, start + 100)] + [
        data_set(seed, as_of) for seed in range(start, start + 50)
    ]


def by_the_reference(each: list[Tables], as_of: str) -> dict[tuple[str, str], Seen]:
    """By option and partner, what the reference says."""
    found: dict[tuple[str, str], Seen] = {}
    for number, world in enumerate(each):
        for option in PRODUCTS:
            programme = Programme(option, world, month_of(as_of))
            for row in world["partners"]:
                values, points = programme.score(row)
                score = sum(points.values(), Fraction(0))
                partner = name_in(number, row["partner_id"])
                found[option, partner] = (score, level_of(score), values, points)
    return found


@pytest.mark.parametrize("as_of", MONTHS)
def test_hundreds_of_partners_at_the_thresholds(as_of: str, tmp_path: Path) -> None:
    each = worlds(as_of)
    expected = by_the_reference(each, as_of)
    results = tierwise.evaluate(
        written(merged(each), tmp_path),
        as_of,
        rules=RULES,
        competency="cloud-business-applications",
        allow_short_history=True,
    )
    seen: dict[tuple[str, str], Seen] = {}
    for option in results.options:
        for score in option.scores():
            seen[option.option.id, score.scored] = (
                score.score,
                score.level or None,
                {metric.metric.id: metric.value for metric in score.metrics},
                {metric.metric.id: metric.points for metric in score.metrics},
            )
    assert seen.keys() == expected.keys()
    assert [f"{key}: {seen[key]}, not {expected[key]}" for key in expected
            if seen[key] != expected[key]] == []  # fmt: skip


@pytest.mark.parametrize("as_of", MONTHS)
def test_the_data_reach_both_sides_of_what_decides(as_of: str) -> None:
    """Data that miss the edges would agree with any rules."""
    scored = list(by_the_reference(worlds(as_of), as_of).values())
    levels = Counter(level for _, level, _, _ in scored)
    assert min(levels["gold"], levels["silver"], levels[None]) >= 3
    scores = [score for score, _, _, _ in scored]
    for limit in (60, 80):
        assert limit in scores
        assert any(limit - Fraction(1, 1000) < score < limit for score in scores)
    maxima = dict(zip(METRICS, (10, 10, 15, 15, 5, 20, 25), strict=True))
    for metric, most in maxima.items():
        earned = [points[metric] for _, _, _, points in scored]
        assert {0, most} <= set(earned), metric
        if metric != "functional_consultant_growth":
            assert any(0 < each < most for each in earned), metric
