"""Solutions Partner against its reference, and the specification's own vectors."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tierwise
from reference.calendar_of_months import month_of
from reference.solutions_partner import METRICS, Programme, Tables, is_designated, points_of
from reference.solutions_partner_data import data_set

RULES = Path(__file__).parents[1] / "rules"
MONTHS = ("2022-10", "2023-03", "2023-04", "2026-06", "2026-07", "2027-06", "2027-07", "2027-08")
COLUMNS = {
    "associations": ["partner_id", "subscription_id", "type", "incentive", "from_date", "to_date"],
    "workload_revenue": ["subscription_id", "month", "amount", "currency"],
    "workload_usage": ["subscription_id", "month", "quantity"],
    "certifications": ["partner_id", "person_id", "certification", "taken_on", "expires_on"],
}


def written(tables: Tables, folder: Path) -> Path:
    for name, rows in tables.items():
        header = list(rows[0]) if rows else COLUMNS[name]
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(["" if row[key] is None else row[key] for key in header]
                             for row in rows)  # fmt: skip
    return folder


def differences(tables: Tables, as_of: str, folder: Path) -> list[str]:
    """What the engine says otherwise than the reference."""
    results = tierwise.evaluate(written(tables, folder), as_of, rules=RULES,
                                competency="solutions-partner-business-applications",
                                allow_short_history=True)  # fmt: skip
    (option,) = results.options
    programme = Programme(tables, month_of(as_of))
    found = []
    for score in option.scores():
        values, points = programme.score(score.scored)
        assert tuple(each.metric.id for each in score.metrics) == METRICS
        for metric, value, earned in zip(score.metrics, values, points, strict=True):
            if (metric.value, metric.points) != (value, earned):
                found.append(f"{score.scored} {metric.metric.id}: {metric.value} {metric.points}, "
                             f"not {value} {earned}")  # fmt: skip
        if (score.score, score.level == "designated") != (sum(points), is_designated(points)):
            found.append(f"{score.scored}: {score.score} {score.level}, not {sum(points)}")
    assert len(option) == 3
    return found


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10**9), as_of=st.sampled_from(MONTHS))
def test_generated_data(seed: int, as_of: str, tmp_path: Path) -> None:
    assert differences(data_set(seed, as_of), as_of, tmp_path) == []


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
