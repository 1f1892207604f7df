"""One mistake, one message: each case of rules_bad has exactly the finding it tells."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from rule_files import GOOD, RULES, BadCase, bad_cases, findings, told
from tierwise.codes import CODES

CASES = bad_cases()
ENGINE = Path(__file__).parents[1] / "engine" / "tierwise"
RULES_SIDE = ("source", "expression", "measures", "points", "model", "program", "check")
SAID_BY_OTHER_TESTS = {
    "duplicate-key": "test_case_mistakes.py",
    "file-encoding": "test_read.py",
    "file-too-large": "test_read.py",
    "file-unreadable": "test_read.py",
    "no-version-in-force": "test_versions.py",
    "rules-missing": "test_validate.py",
    "several-competencies": "test_versions.py",
    "several-rows": "test_case_mistakes.py",
    "unknown-competency": "test_versions.py",
    "unknown-level": "test_case_mistakes.py",
    "unknown-metric": "test_case_mistakes.py",
    "unknown-option": "test_versions.py",
    "unknown-row": "test_case_mistakes.py",
    "unknown-version": "test_versions.py",
}
NO_CODES = {"sales-data", "utf-8", "utf-8-sig"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_mistake_gives_one_finding(case: BadCase, tmp_path: Path) -> None:
    rules = case.make(tmp_path)
    assert [told(each, rules) for each in findings(rules)] == [case.found]


def test_two_mistakes_give_two_findings(tmp_path: Path) -> None:
    rules = next(case for case in CASES if case.name == "unknown_name").make(tmp_path)
    other = next(case for case in CASES if case.name == "unknown_group")
    file = rules / other.mistake["file"]
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(other.mistake["replace"], other.mistake["by"]), encoding="utf-8")
    assert [each.code for each in findings(rules)] == ["unknown-name", "unknown-group"]


@pytest.mark.parametrize("rules", [GOOD, RULES], ids=["good", "carried"])
def test_good_rules_have_no_finding(rules: Path) -> None:
    assert findings(rules) == ()


def test_a_broken_competency_hides_nothing_in_another(tmp_path: Path) -> None:
    rules = next(case for case in CASES if case.name == "unknown_name").make(tmp_path)
    broken = (GOOD / "competency.yaml").read_text(encoding="utf-8")
    broken = broken.replace("id: pear-grower", "id: other").replace(
        "max_score: 100", "max_score: x"
    )
    (rules / "other.yaml").write_text(broken, encoding="utf-8")
    assert sorted(each.code for each in findings(rules)) == ["unknown-name", "wrong-type"]


def _codes_in_source() -> set[str]:
    """Every code that the rules side can give: whatever in its source reads like one."""
    files = [*(file for room in RULES_SIDE for file in (ENGINE / room).rglob("*.py")),
             ENGINE / "pipeline.py"]  # fmt: skip
    texts = {
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if re.fullmatch(r"[a-z]+(-[a-z]+)+", text)} - NO_CODES


def test_every_code_is_explained_and_nothing_else() -> None:
    assert set(CODES) == _codes_in_source()


def test_every_code_has_a_case_and_every_case_a_code() -> None:
    in_cases = {str(case.found["code"]) for case in CASES}
    assert in_cases | set(SAID_BY_OTHER_TESTS) == set(CODES)
    assert not in_cases & set(SAID_BY_OTHER_TESTS)
    for code, file in SAID_BY_OTHER_TESTS.items():
        assert f'"{code}"' in (Path(__file__).parent / file).read_text(encoding="utf-8")


def test_every_finding_says_what_to_do() -> None:
    assert [case.name for case in CASES if not case.found["hint"]] == []
