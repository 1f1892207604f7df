"""Exams that people hold, where a contract says that only those of a file may stand in the data."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

import tierwise
from rule_files import copy_of_good, findings, replaced

RESELLERS = Path(__file__).parents[1] / "examples" / "resellers"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of the example, whose contract says so of courses."""
    folder = tmp_path / "resellers"
    shutil.copytree(RESELLERS, folder)
    return folder


def refused(example: Path, as_of: str = "2025-12") -> list[tuple[str, str, str, str]]:
    with pytest.raises(tierwise.Refused) as error:
        tierwise.evaluate(example / "data", as_of, rules=example / "rules")
    return [(each.code, str(each.place).rpartition("/")[2], each.message, each.hint)
            for each in error.value.diagnostics]  # fmt: skip


def test_an_exam_that_is_not_listed_is_refused(example: Path) -> None:
    replaced(example / "data" / "trainings.csv", "ash,Ben,basics", "ash,Ben,basic")
    assert refused(example) == [
        ("data-unknown", "trainings.csv, row 4, column course",
         "'basic' is not in the catalogue courses, which has basics, blades, batteries",
         "correct the cell, or add it to the catalogue courses"),
    ]  # fmt: skip


def test_where_the_contract_does_not_say_so_it_counts_nowhere(example: Path) -> None:
    replaced(example / "rules" / "contract.yaml", ", references: courses", "")
    replaced(example / "data" / "trainings.csv", "ash,Ben,basics", "ash,Ben,basic")
    (ash, *_) = tierwise.evaluate(
        example / "data", "2025-12", rules=example / "rules"
    ).options[0].scores()  # fmt: skip
    assert ash.value("technicians") == 1


def test_the_exams_are_those_in_force(example: Path) -> None:
    courses = example / "rules" / "courses.yaml"
    before = courses.read_text("utf-8")
    courses.write_text(before + "in_force: {from: 2024-01, through: 2025-12}\n", "utf-8")
    later = before.replace("batteries", "accumulators") + "in_force: {from: 2026-01}\n"
    (example / "rules" / "courses-2026.yaml").write_text(later, "utf-8")
    tierwise.evaluate(example / "data", "2025-12", rules=example / "rules")
    assert {each[0] for each in refused(example, "2026-01") if "batteries" in each[2]} == {
        "data-unknown"
    }


def test_demo_data_and_cases_have_listed_exams(example: Path) -> None:
    rules = tierwise.load_rules(example / "rules")
    tierwise.demo_data(example / "demo", 50, rules=rules)
    known = duckdb.sql(
        f"SELECT DISTINCT course FROM '{example}/demo/trainings.parquet' ORDER BY 1"
    ).fetchall()
    assert known == [("basics",), ("batteries",), ("blades",)]
    cases = example / "rules" / "reseller" / "cases.yaml"
    text = cases.read_text("utf-8")
    cases.write_text(text.replace("course: basics", "course: basic", 1), "utf-8")
    assert [(each.code, each.message) for each in findings(example / "rules")] == [
        ("unknown-value", "'basic' is no value of 'course'")
    ]


def test_a_file_that_no_column_refers_to_may_be_called_as_a_table_is(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "courses.yaml", "id: courses", "id: diplomas")
    assert findings(rules) == ()
