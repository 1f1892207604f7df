"""Cloud Business Applications against its reference, over data dense in what is easy to miss."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tierwise
from reference.calendar_of_months import month_of
from reference.cloud_business import METRICS, PRODUCTS, Programme, Tables, level_of
from reference.cloud_business_data import data_set

RULES = Path(__file__).parents[1] / "rules"
MONTHS = ("2020-10", "2020-11", "2020-12", "2021-02", "2021-12", "2022-01", "2022-02", "2022-09")


def written(tables: Tables, folder: Path) -> Path:
    for name, rows in tables.items():
        header = list(rows[0]) if rows else COLUMNS[name]
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            for row in rows:
                writer.writerow(["" if row[key] is None else str(row[key]).lower()
                                 if isinstance(row[key], bool) else row[key] for key in header])  # fmt: skip
    return folder


COLUMNS = {
    "associations": ["partner_id", "subscription_id", "type", "incentive", "from_date", "to_date"],
    "billings": ["subscription_id", "month", "kind", "amount", "currency"],
    "seats": ["subscription_id", "month", "paid_seats"],
    "usage": ["subscription_id", "month", "environment", "monthly_active_users"],
    "exams": ["partner_id", "person_id", "exam", "passed_on", "expires_on"],
}
Expected = dict[tuple[str, str], tuple[dict[str, Fraction | None], dict[str, Fraction]]]


def differences(tables: Tables, as_of: str, folder: Path) -> list[str]:
    """What the engine says otherwise than the reference."""
    results = tierwise.evaluate(written(tables, folder), as_of, rules=RULES,
                                competency="cloud-business-applications",
                                allow_short_history=True)  # fmt: skip
    found = []
    for option in results.options:
        programme = Programme(option.option.id, tables, month_of(as_of))
        by_partner = {each.scored: each for each in option.scores()}
        assert len(by_partner) == len(tables["partners"])
        for row in tables["partners"]:
            values, points = programme.score(row)
            score = by_partner[str(row["partner_id"])]
            where = f"{option.option.id} {score.scored}"
            for metric in score.metrics:
                name = metric.metric.id
                if (metric.value, metric.points) != (values[name], points[name]):
                    found.append(f"{where} {name}: {metric.value} {metric.points}, "
                                 f"not {values[name]} {points[name]}")  # fmt: skip
            total = sum(points.values(), Fraction(0))
            if (score.score, score.level or None) != (total, level_of(total)):
                found.append(f"{where}: {score.score} {score.level}, not {total}")
            assert [each.metric.id for each in score.metrics] == list(METRICS)
    assert {option.option.id for option in results.options} == set(PRODUCTS)
    return found


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10**9), as_of=st.sampled_from(MONTHS))
def test_generated_data(seed: int, as_of: str, tmp_path: Path) -> None:
    assert differences(data_set(seed, as_of), as_of, tmp_path) == []


@pytest.mark.parametrize("as_of", MONTHS[::3])
def test_every_month(as_of: str, tmp_path: Path) -> None:
    assert differences(data_set(7, as_of), as_of, tmp_path) == []
