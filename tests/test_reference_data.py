"""The data sets that the engine is compared on keep the contract, and so do their files."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]
from hypothesis import HealthCheck, given, settings

from reference.choices import AS_OF, MONTHS
from reference.datasets import merge, merged_id, random_dataset
from reference.datasets import small_datasets as hypothesis_datasets
from reference.files import SCHEMAS, write_csv, write_parquet
from reference.small_and_midmarket import METRICS, score
from reference.tables import Data

KEYS = {
    "partners": ("partner_id",),
    "customers": ("customer_id",),
    "subscriptions": ("subscription_id",),
    "associations": ("partner_id", "subscription_id", "type", "incentive", "from_date"),
    "seats": ("subscription_id", "month"),
    "usage": ("subscription_id", "month", "environment"),
    "exams": ("partner_id", "person_id", "exam", "passed_on"),
}
REFERENCES = {
    "partner_id": "partners",
    "customer_id": "customers",
    "subscription_id": "subscriptions",
}


def keep_the_contract(data: Data) -> None:
    """What the data contract says of keys, references, sets of values and order of dates."""
    assert set(data) == set(SCHEMAS)
    for table, rows in data.items():
        assert all(list(row) == list(SCHEMAS[table]) for row in rows)
        if table in KEYS:
            assert len({tuple(row[key] for key in KEYS[table]) for row in rows}) == len(rows)
        for column, target in REFERENCES.items():
            known = {row[column] for row in data[target]}
            assert all(row[column] in known for row in rows if column in row)
        assert all(row["month"] in MONTHS for row in rows if "month" in row)
    for row in data["subscriptions"]:
        assert (row["channel"] == "EA") == (row["agreement_start"] is not None)
    for row in data["associations"]:
        claim = row["incentive"]
        assert claim in ("OSA", "OSU") if row["type"] == "CPOR" else claim is None
        first, last = row["from_date"], row["to_date"]
        assert isinstance(first, date)
        assert last is None or (isinstance(last, date) and first <= last)
    for row in data["billings"]:
        amount = row["amount"]
        assert isinstance(amount, Decimal)
        assert 0 <= amount == round(amount, 6) < 10**12


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hypothesis_datasets())
def test_data_sets_of_hypothesis_keep_the_contract(data: Data) -> None:
    keep_the_contract(data)
    assert set(score(data, AS_OF)) == {row["partner_id"] for row in data["partners"]}


def test_random_data_sets_keep_the_contract_and_are_dense() -> None:
    seen: dict[str, int] = dict.fromkeys((*METRICS, "gold", "silver", ""), 0)
    for seed in range(300):
        data = random_dataset(seed)
        assert data == random_dataset(seed)
        keep_the_contract(data)
        for scored in score(data, AS_OF).values():
            seen[scored.level] += 1
            for metric, points in scored.points.items():
                seen[metric] += points > 0
    assert min(seen.values()) >= 5, seen


def test_a_merged_data_set_gives_every_partner_what_it_got_in_its_own() -> None:
    datasets = [random_dataset(seed) for seed in range(40)]
    merged = merge(datasets)
    keep_the_contract(merged)
    expected = {
        merged_id(number, partner): scored
        for number, data in enumerate(datasets)
        for partner, scored in score(data, AS_OF).items()
    }
    scores = score(merged, AS_OF)
    anchor = scores.pop("anchor")
    assert scores == expected
    assert anchor.score == 0
    for table in ("billings", "seats", "usage"):
        assert min(str(row["month"]) for row in merged[table]) == "2020-04"


def test_files_hold_the_rows_that_were_written(tmp_path: Path) -> None:
    data = merge([random_dataset(seed) for seed in range(5)])
    write_csv(data, tmp_path)
    write_parquet(data, tmp_path)
    for table, columns in SCHEMAS.items():
        with (tmp_path / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            texts = list(csv.DictReader(file))
        cells = pq.read_table(tmp_path / f"{table}.parquet").to_pylist()
        assert len(texts) == len(cells) == len(data[table])
        for row, text, cell in zip(data[table], texts, cells, strict=True):
            assert list(text) == list(cell) == list(columns)
            for column, value in row.items():
                if column == "month":
                    assert text[column] == value == f"{cell[column]:%Y-%m}"
                    assert cell[column].day == 1
                else:
                    assert cell[column] == value
                    expected = "" if value is None else str(value)
                    if isinstance(value, bool):
                        expected = {True: "true", False: "false"}[value]
                    if isinstance(value, Decimal):
                        assert Decimal(text[column]) == value
                        assert "E" not in text[column]
                    else:
                        assert text[column] == expected
