"""Solutions Partner against its reference, at the thresholds and in great numbers."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tierwise
from reference.calendar_of_months import month_of
from reference.solutions_partner import (
    MAXIMA,
    METRICS,
    Programme,
    Tables,
    is_designated,
    points_of,
)  # fmt: skip
from reference.solutions_partner_data import data_set
from reference.solutions_partner_edges import edge_world
from reference.worlds import merged, name_in, written
from rule_files import carried_rules
from thorough import examples, mostly

MONTHS = ("2022-10", "2023-03", "2023-04", "2026-06", "2026-08", "2027-06", "2027-07", "2027-08",
          "2027-09")  # fmt: skip
AT_THE_END = "2027-09"
"""After another version, and after the ends of certifications."""
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


def by_the_engine(each: list[Tables], as_of: str, folder: Path) -> dict[str, Seen]:
    """The same, as the engine says."""
    results = tierwise.evaluate(
        written(merged(each), folder),
        as_of,
        rules=carried_rules(),
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
    return seen


def differences(seen: dict[str, Seen], expected: dict[str, Seen]) -> list[str]:
    assert seen.keys() == expected.keys()
    return [f"{key}: {seen[key]}, not {expected[key]}" for key in expected
            if seen[key] != expected[key]]  # fmt: skip


@pytest.mark.parametrize("as_of", mostly([AT_THE_END], MONTHS))
def test_hundreds_of_partners_at_the_thresholds(as_of: str, tmp_path: Path) -> None:
    each = worlds(as_of)
    expected = by_the_reference(each, as_of)
    reaches_both_sides_of_what_decides(list(expected.values()))
    reaches_both_tracks_with_five_workloads_and_with_four(each, as_of)
    assert differences(by_the_engine(each, as_of, tmp_path), expected) == []


def reaches_both_sides_of_what_decides(scored: list[Seen]) -> None:
    """Data that miss the edges would agree with any rules."""
    assert sum(level == "designated" for _, level, _, _ in scored) >= 3
    # Exactly 70, a little less, and 70 with a metric that is 0.
    assert any(score == 70 and level for score, level, _, _ in scored)
    assert any(70 - Fraction(1, 100) < score < 70 for score, _, _, _ in scored)
    assert any(score >= 70 and not level for score, level, _, _ in scored)
    for number, (metric, most) in enumerate(zip(METRICS, MAXIMA, strict=True)):
        earned = [points[number] for _, _, _, points in scored]
        assert {0, most} <= set(earned), metric
        assert any(0 < each < most for each in earned), metric


def reaches_both_tracks_with_five_workloads_and_with_four(each: list[Tables], as_of: str) -> None:
    least = set()
    for world in each:
        programme = Programme(world, month_of(as_of))
        least.add(min(programme.reaching("p", programme.as_of - back, 5_000, more=True)
                      for back in (1, 13)))  # fmt: skip
    assert {0, 4, 5, 6} <= least


@settings(
    max_examples=examples(2),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seeds=st.lists(st.integers(0, 10**9), min_size=10, max_size=30),
       as_of=st.sampled_from([*MONTHS, "2026-07"]))  # fmt: skip
def test_other_data_every_time(seeds: list[int], as_of: str, tmp_path: Path) -> None:
    each = [data_set(seed, as_of) for seed in seeds]
    assert differences(by_the_engine(each, as_of, tmp_path), by_the_reference(each, as_of)) == []


@pytest.mark.parametrize(
    ("enterprise", "values", "then", "expected", "designated"),
    [
        (False, (3, 4, 1, "0.22", 4), 25_000, (9, 16, "7.5", 22, 16), True),
        (False, (5, 5, 2, "0.30", 5), 24_999, (15, 20, 15, 0, 20), False),
        (False, (4, 5, 1, "0.20", 4), 40_000, (12, 20, "7.5", 20, 16), True),
        (True, (3, 14, 5, "0.18", 4), 60_000, (9, 14, "75/7", 18, 16), False),
        (True, (5, 20, 7, "0.30", 5), 50_000, (15, 20, 15, 30, 20), True),
    ],
)
def test_the_vectors(
    enterprise: bool, values: tuple[int | str, ...], then: int, expected: tuple[int | str, ...],
    designated: bool,
) -> None:  # fmt: skip
    points = points_of(enterprise, True, tuple(map(Fraction, values)), Fraction(then))
    assert points == tuple(map(Fraction, expected))
    assert is_designated(points) is designated
