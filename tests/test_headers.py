"""A column of the contract may have another header in the data, whatever form the data has."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

import tierwise
from demo_market import rule_set
from other_formats import rewritten
from tierwise.tasks.demo_data import demo_data

CONTRACT = """\
kind: contract
schema: 1
id: marks-data
scored: pupils
tables:
  pupils:
    key: [pupil]
    columns:
      pupil: {type: text}
      form: {type: text, header: class}
  marks:
    columns:
      whose: {type: text, references: pupils, header: Pupil ID}
      mark: {type: whole, header: in, minimum: 0}
      weight: {type: decimal, header: mark}
"""
COMPETENCY = """\
kind: competency
schema: 1
id: marks
version: 1.0.0
in_force: {from: 2020-01}
title: Marks
source: https://example.org
contract: marks-data
options:
  all:
    title: All
    values:
      weight: {measure: {sum: weight, from: marks}}
    metrics:
      marks: {measure: {sum: mark, from: marks, where: whose.form == 'b'}, threshold: 10, max_points: 10}
    levels: {good: {when: score >= 5 and weight > 1}}
"""
CASES = """\
kind: cases
schema: 1
competency: marks
title: Cases
source: https://example.org
cases:
  by the contract's names:
    as_of: 2021-06
    tables:
      pupils: [{pupil: p, form: b}]
      marks: [{whose: p, mark: 6, weight: 1.5}]
    expect: {metrics: {marks: {value: 6}}, level: good}
"""
TABLES = {
    "pupils": [["pupil", "class", "form"], ["ann", "b", "x"], ["ben", "a", "b"]],
    # 'weight' is a column of the data that the contract does not mean.
    "marks": [["Pupil ID", "in", "mark", "weight"], ["ann", "7", "1.25", "99"], ["ann", "1", "2", "98"],
              ["ben", "5", "0.5", "97"]],
}  # fmt: skip


def write(folder: Path, form: str, tables: dict[str, list[list[str]]] = TABLES) -> Path:
    """The tables as csv or Parquet files, or as a DuckDB file."""
    folder.mkdir()
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    if form == "csv":
        return folder

    def query(file: Path) -> str:
        types = "{'in': 'INTEGER', 'mark': 'DECIMAL(9,2)'}"
        more = f", types = {types}" if file.stem == "marks" else ""
        return f"FROM read_csv('{file}', header = true{more})"

    return rewritten(folder, form, query)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("marks") / "rules"
    rule_set(folder, CONTRACT, COMPETENCY, CASES)
    return folder


@pytest.mark.parametrize("form", ["csv", "parquet", "duckdb"])
def test_data_is_read_by_its_headers(form: str, rules: Path, tmp_path: Path) -> None:
    data = write(tmp_path / "data", form)
    results = tierwise.evaluate(data, "2021-06", rules=rules)
    found = {each.scored: (each.score, each.value("weight"), each.level)
             for each in results.options[0].scores()}  # fmt: skip
    assert found == {"ann": (8, Decimal("3.25"), "good"), "ben": (0, Decimal("0.5"), "")}
    metric = tierwise.explain(data, "2021-06", "ann", rules=rules).options[0].metrics[0]
    assert [row.cells for row in metric.value.rows] == [
        {"whose": "ann", "mark": "1", "weight": "2"}, {"whose": "ann", "mark": "7", "weight": "1.25"}]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "parquet", "duckdb"])
def test_what_is_wrong_has_its_place(form: str, rules: Path, tmp_path: Path) -> None:
    tables = {**TABLES, "marks": [*TABLES["marks"], ["eve", "-1", "1", "1"]]}
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(write(tmp_path / "data", form, tables), "2021-06", rules=rules)
    found = {each.code: str(each.place) for each in refused.value.diagnostics if each.is_error}
    assert set(found) == {"data-minimum", "data-reference"}
    row = {"csv": 5, "parquet": 4, "duckdb": 4}[form]
    assert all(f"row {row}" in place for place in found.values()), found


def test_a_header_that_there_is_not(rules: Path, tmp_path: Path) -> None:
    tables = {**TABLES, "pupils": [["pupil", "klass", "form"], ["ann", "b", "x"]]}
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(write(tmp_path / "data", "csv", tables), "2021-06", rules=rules)
    (finding,) = refused.value.diagnostics
    assert finding.message == "the column 'class' is missing"
    assert "klass" in finding.hint


def test_cases_say_the_names_of_the_contract(rules: Path) -> None:
    report = tierwise.test(rules=rules)
    assert [each.failures for each in report.results] == [()]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_demo_data_has_the_headers(form: str, rules: Path, tmp_path: Path) -> None:
    loaded = tierwise.load_rules(rules)
    assert demo_data(loaded, None, tmp_path / "out", 20, 1, form).diagnostics == ()
    file = tmp_path / "out" / f"marks.{form}"
    columns = duckdb.sql(f"FROM '{file}'").columns
    assert columns == ["Pupil ID", "in", "mark"]
    assert len(tierwise.evaluate(tmp_path / "out", "2025-12", rules=rules).options[0]) == 20
