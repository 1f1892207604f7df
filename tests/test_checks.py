"""What is well formed and still cannot be meant; examples both ways."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest

from rule_files import copy_of_good, findings, replaced
from tierwise.check import CHECKS, unused_eligibility

CHECK_FOLDER = Path(unused_eligibility.__file__).parent
LEVELS = "      gold: {when: score >= 80}\n      silver: {when: score >= 60}\n"


def _codes(rules: Path) -> list[str]:
    return [each.code for each in findings(rules)]


def _levels(tmp_path: Path, **levels: str) -> list[str]:
    rules = copy_of_good(tmp_path)
    lines = "".join(f"      {name}: {{when: '{when}'}}\n" for name, when in levels.items())
    replaced(rules / "competency.yaml", LEVELS, lines)
    return [each.message.split("'")[1] for each in findings(rules)]


REACHABLE = [
    {"gold": "score >= 80", "silver": "score >= 60"},
    {"gold": "score == 100"}, {"gold": "score == 0"}, {"gold": "true"},
    {"gold": "score * 2 >= 190", "silver": "score * 2 >= 180", "bronze": "true"},
    {"gold": "score + 10 >= 105.5", "silver": "score >= 95.4"},
    {"gold": "score / 3 > 33", "silver": "99 >= score > 98.99"},
    {"gold": "score in [99.5, 3]", "silver": "99.4 < score"},
    {"gold": "not score < 80", "silver": "60 <= score < 80"},
    {"gold": "(score - 60 if score >= 60 else 0) > 35", "silver": "score > 94"},
    {"gold": "(score >= 90) == (score <= 95)", "silver": "score > 80"},
    {"gold": "score * score > 9000", "silver": "score * score > 10001"},  # nothing is claimed
    {"gold": "-score <= -80", "silver": "score >= 60 and score != 70"},
]  # fmt: skip
UNREACHABLE = [
    ({"gold": "score > 100"}, ["gold"]), ({"gold": "score < 0"}, ["gold"]),
    ({"gold": "false"}, ["gold"]), ({"gold": "score >= 60", "silver": "score >= 80"}, ["silver"]),
    ({"gold": "true", "silver": "score >= 0", "bronze": "score > 1"}, ["silver", "bronze"]),
    ({"gold": "score * 2 >= 201"}, ["gold"]), ({"gold": "score >= 80 and score < 80"}, ["gold"]),
    ({"gold": "score - 20 > 80", "silver": "score >= 60"}, ["gold"]),
    ({"gold": "score in [101, -1]"}, ["gold"]),
    ({"gold": "score > 50", "silver": "score >= 50", "bronze": "score == 50"}, ["bronze"]),
]  # fmt: skip


@pytest.mark.parametrize("levels", REACHABLE)
def test_levels_that_some_score_gives(levels: dict[str, str], tmp_path: Path) -> None:
    assert _levels(tmp_path, **levels) == []


@pytest.mark.parametrize(("levels", "never"), UNREACHABLE)
def test_levels_that_no_score_gives(
    levels: dict[str, str], never: list[str], tmp_path: Path
) -> None:
    assert _levels(tmp_path, **levels) == never


@pytest.mark.parametrize(
    ("points", "most", "found"),
    [("40", "100", []), ("40.5", "100.5", []), ("40.1", "100", ["points-do-not-add-up"]),
     ("39.999999999999", "100", ["points-do-not-add-up"])],
)  # fmt: skip
def test_points_add_up(points: str, most: str, found: list[str], tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "max_points: 40", f"max_points: {points}")
    replaced(rules / "competency.yaml", "max_score: 100", f"max_score: {most}")
    assert _codes(rules) == found


def test_an_option_need_not_say_its_maximum(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "    max_score: 100\n", "")
    assert _codes(rules) == []


ALIVE = [
    "any: [PRUNE-1, GRAFT-1]", "any: [PRUNE-1, {all: [GRAFT-1, GRAFT-2]}]",
    "any: [{all: [PRUNE-1, GRAFT-1]}, {all: [PRUNE-1, GRAFT-2]}]",
    "any: [{at_least: 2, of: [PRUNE-1, GRAFT-1, GRAFT-2]}, SPRAY-1]", "all: [PRUNE-1, GRAFT-1]",
    "any: [PRUNE-1]",
]  # fmt: skip
DEAD = [
    "any: [PRUNE-1, {all: [PRUNE-1, GRAFT-1]}]", "any: [{all: [PRUNE-1, GRAFT-1]}, PRUNE-1]",
    "any: [{any: [PRUNE-1, GRAFT-1]}, GRAFT-1]", "any: [PRUNE-1, {all: [PRUNE-1]}]",
    "any: [{at_least: 2, of: [PRUNE-1, GRAFT-1, GRAFT-2]}, {all: [GRAFT-2, PRUNE-1, SPRAY-1]}]",
    "all: [PRUNE-1, {any: [GRAFT-1, {all: [GRAFT-1, SPRAY-1]}]}]",
]  # fmt: skip


@pytest.mark.parametrize(
    ("requires", "found"),
    [*((each, []) for each in ALIVE), *((each, ["dead-combination"]) for each in DEAD)],
)
def test_alternatives_of_a_certification(requires: str, found: list[str], tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "courses.yaml", "at_least: 2\n      of: [SPRAY-1, PRUNE-1, GRAFT-1]", requires)
    assert _codes(rules) == found


def test_strange_combinations_cost_a_moment(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    names = [f"E-{number}" for number in range(400)]
    exams = "".join(f"  {name}: {{}}\n" for name in names)
    replaced(rules / "courses.yaml", "certifications:\n", f"{exams}certifications:\n")
    every = ", ".join(names)
    pairs = ", ".join(f"{{any: [{one}, {two}]}}" for one, two in itertools.pairwise(names))
    replaced(rules / "courses.yaml", "at_least: 2\n      of: [SPRAY-1, PRUNE-1, GRAFT-1]",
             f"any: [{{at_least: 200, of: [{every}]}}, {{all: [{pairs}]}}, SPRAY-1]")  # fmt: skip
    start = time.monotonic()
    assert _codes(rules) == []
    assert time.monotonic() - start < 5


def test_groups_are_used_or_warned_about(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "        group: skill\n", "")
    (finding,) = findings(rules)
    assert (finding.code, finding.severity) == ("unused-group", "warning")


@pytest.mark.parametrize(
    ("table", "condition", "found"),
    [("leases", "present(last_day)", ["unused-eligibility"]), ("growers", "present(founded)", []),
     ("deliveries", "weight > 0", []), ("tenures", "role == ''owner''", []),
     ("sales", "month > ''2020-01''", ["unused-eligibility"])],
)  # fmt: skip
def test_conditions_on_tables_matter(
    table: str, condition: str, found: list[str], tmp_path: Path
) -> None:
    rules = copy_of_good(tmp_path)
    eligible = f"    eligible:\n      {table}: ['{condition}']\n"
    replaced(rules / "competency.yaml", "    eligible:\n", eligible)
    assert _codes(rules) == found


def test_every_check_is_a_file_and_a_line_of_the_registry() -> None:
    files = {file.stem for file in CHECK_FOLDER.glob("*.py")} - {"__init__"}
    assert {check.__module__.rpartition(".")[2] for check in CHECKS.values()} == files
