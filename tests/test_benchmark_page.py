"""What docs/performance.md says is what the benchmark found."""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOP = Path(__file__).parents[1]
PAGE = (TOP / "docs" / "performance.md").read_text("utf-8")
RESULTS = json.loads((TOP / "benchmarks" / "results.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    folder = str(TOP / "benchmarks")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module("tables")


def test_the_tables_are_those_of_the_results(tables: ModuleType) -> None:
    assert tables.with_tables(PAGE, RESULTS) == PAGE, "run python benchmarks/tables.py"


def test_every_table_has_its_place(tables: ModuleType) -> None:
    assert {name for _, name, _ in tables.MARKED.findall(PAGE)} == tables.TABLES.keys()


def test_the_plots_are_there() -> None:
    images = re.findall(r"!\[[^]]*\]\(([^)]+)\)", PAGE)
    assert images
    for image in images:
        assert (TOP / "docs" / image).is_file()


def test_nobody_got_another_score() -> None:
    for name, found in RESULTS["measurements"].items():
        if name.startswith("smb "):
            assert found["agreement"]["SQL by hand"]["differing"] == 0
            assert all(not each["differing"] for each in found["agreement"].values())


def test_a_billion_rows_is_never_less_than_in_proportion(tables: ModuleType) -> None:
    for seconds, expected in ((5.0, 100.0), (20.0, 400.0)):
        found = tables.expectation(
            (5_000_000, {"seconds": 1.0}), (50_000_000, {"seconds": seconds})
        )
        assert found["seconds"] >= expected
