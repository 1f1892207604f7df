"""Cloud Business Applications against its reference, at the thresholds and in great numbers."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tierwise
from reference.calendar_of_months import month_of
from reference.cloud_business import METRICS, PRODUCTS, Programme, Tables, level_of
from reference.cloud_business_data import data_set
from reference.cloud_business_edges import edge_world
from reference.worlds import merged, name_in, written
from rule_files import carried_rules
from thorough import examples, mostly

MONTHS = ("2020-10", "2020-11", "2020-12", "2021-01", "2021-12", "2022-01", "2022-02", "2022-09")
AT_THE_END = "2022-02"
"""After another version, and after the ends of exams."""
Seen = tuple[Fraction, str | None, dict[str, Fraction | None], dict[str, Fraction]]


def worlds(as_of: str) -> list[Tables]:
    start = 1_000 * MONTHS.index(as_of)
    return [edge_world(seed, as_of) for seed in range(start, start + 60)] + [
        data_set(seed, as_of) for seed in range(start, start + 30)
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


def by_the_engine(each: list[Tables], as_of: str, folder: Path) -> dict[tuple[str, str], Seen]:
    """The same, as the engine says."""
    results = tierwise.evaluate(
        written(merged(each), folder),
        as_of,
        rules=carried_rules(),
        competency="cloud-business-applications",
        allow_short_history=True,
    )
    return {
        (option.option.id, score.scored): (
            score.score,
            score.level or None,
            {metric.metric.id: metric.value for metric in score.metrics},
            {metric.metric.id: metric.points for metric in score.metrics},
        )
        for option in results.options
        for score in option.scores()
    }


def differences(
    seen: dict[tuple[str, str], Seen], expected: dict[tuple[str, str], Seen]
) -> list[str]:
    assert seen.keys() == expected.keys()
    return [f"{key}: {seen[key]}, not {expected[key]}" for key in expected
            if seen[key] != expected[key]]  # fmt: skip


@pytest.mark.parametrize("as_of", mostly([AT_THE_END], MONTHS))
def test_hundreds_of_partners_at_the_thresholds(as_of: str, tmp_path: Path) -> None:
    each = worlds(as_of)
    expected = by_the_reference(each, as_of)
    reaches_both_sides_of_what_decides(list(expected.values()))
    assert differences(by_the_engine(each, as_of, tmp_path), expected) == []


def reaches_both_sides_of_what_decides(scored: list[Seen]) -> None:
    """Data that miss the edges would agree with any rules."""
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


@settings(
    max_examples=examples(2),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seeds=st.lists(st.integers(0, 10**9), min_size=10, max_size=30),
       as_of=st.sampled_from(MONTHS))  # fmt: skip
def test_other_data_every_time(seeds: list[int], as_of: str, tmp_path: Path) -> None:
    each = [data_set(seed, as_of) for seed in seeds]
    assert differences(by_the_engine(each, as_of, tmp_path), by_the_reference(each, as_of)) == []
