"""The engine against the plain reference: exactly the same values, points, scores and levels.

Many small data sets are merged into one, which costs the engine one run; see
``reference.datasets.merge``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tierwise
from reference.choices import AS_OF, TABLES
from reference.datasets import merge, random_dataset, small_datasets
from reference.files import write_csv, write_parquet
from reference.small_and_midmarket import Scored, score
from reference.tables import Data
from rule_files import carried_rules
from thorough import examples, mostly

COMPETENCY = "small-and-midmarket-cloud-solutions"
Expected = dict[str, Scored]


def write_duckdb(data: Data, folder: Path) -> None:
    """The Parquet tables in one DuckDB file, ``data.duckdb``."""
    write_parquet(data, folder)
    with duckdb.connect(str(folder / "data.duckdb")) as database:
        for table in TABLES:
            file = folder / f"{table}.parquet"
            database.execute(f"CREATE TABLE {table} AS SELECT * FROM read_parquet('{file}')")


@functools.cache
def two_thousand() -> tuple[Data, Expected]:
    """Data, and what the reference says of it, for every format that it is written in."""
    data = merge([random_dataset(seed) for seed in range(2_000)])
    return data, score(data, AS_OF)


def differences(wanted: Expected, source: Path) -> list[str]:
    """Every partner whose result is another one than the reference's."""
    results = tierwise.evaluate(
        source, AS_OF, rules=carried_rules(), competency=COMPETENCY, threads=2
    )
    (option,) = results.options
    seen = {}
    for each in option.scores():
        values = {metric.metric.id: metric.value for metric in each.metrics}
        points = {metric.metric.id: metric.points for metric in each.metrics}
        seen[each.scored] = (each.score, each.level, values, points)
    expected = {
        partner: (each.score, each.level, each.values, each.points)
        for partner, each in wanted.items()
    }
    assert seen.keys() == expected.keys()
    return [
        f"{partner}: {seen[partner]} instead of {expected[partner]}"
        for partner in expected
        if seen[partner] != expected[partner]
    ]


CSV = (write_csv, ".")


@pytest.mark.parametrize(
    ("write", "source"),
    mostly([CSV], [CSV, (write_parquet, "."), (write_duckdb, "data.duckdb")]),
    ids=["csv", "parquet", "duckdb"],
)
def test_two_thousand_data_sets_without_a_difference(
    write: Callable[[Data, Path], None], source: str, tmp_path: Path
) -> None:
    data, wanted = two_thousand()
    write(data, tmp_path)
    assert differences(wanted, tmp_path / source) == []


@settings(max_examples=examples(8), deadline=None, suppress_health_check=list(HealthCheck))
@given(datasets=st.lists(small_datasets(), min_size=1, max_size=12))
def test_generated_data_sets_without_a_difference(
    datasets: list[Data], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("data")
    data = merge(datasets)
    write_csv(data, folder)
    assert differences(score(data, AS_OF), folder) == []
