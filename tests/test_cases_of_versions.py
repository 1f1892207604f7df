"""Files of cases that are about several versions, or lie among several competencies."""

from __future__ import annotations

from pathlib import Path

import pytest

import command_line
import tierwise
from pear_cases import (
    HARVEST,
    HEAD,
    MASTERS,
    expect,
    failed,
    mistakes,
    report_of,
    rules,
    write,
)
from rule_files import replaced
from tierwise.tasks import validate

__all__ = ["rules"]


BOTH = HEAD.replace("\ncases:", "\nversions: [1.0.0, 2.0.0]\ncases:")


def _with_a_second_version(rules: Path, old: str, new: str) -> None:
    """A version of 2021-06 on, in which something differs from the first."""
    text = (rules / "competency.yaml").read_text("utf-8").replace("version: 1", "version: 2")
    assert old in text
    text = text.replace("from: 2020-01", "from: 2021-06").replace(old, new)
    (rules / "later.yaml").write_text(text, "utf-8")


def test_cases_of_several_versions_are_tested_with_each(rules: Path) -> None:
    _with_a_second_version(rules, "threshold: 30000 kg", "threshold: 15000 kg")
    write(rules, HARVEST, MASTERS, head=BOTH)
    report = tierwise.test(rules=rules)
    assert [(each.case.full_name, each.passed) for each in report.results] == [
        ("a harvest (1.0.0)", True), ("a harvest (2.0.0)", False),
        ("a master (1.0.0)", True), ("a master (2.0.0)", True),
    ]  # fmt: skip
    assert failed(report) == [
        "'a harvest (2.0.0)': points of harvest: expected 15001/1500, got 15001/750",
        "'a harvest (2.0.0)': score: expected 15001/1500, got 15001/750",
    ]
    assert [each.code for each in report.findings] == ["metric-without-case"] * 6


def test_what_is_refused_of_several_versions_names_each(rules: Path) -> None:
    _with_a_second_version(rules, "threshold: 30000 kg", "threshold: 15000 kg")
    write(rules, expect("{deliveries: [{weight: 5001}]}", "{score: 0}"), head=BOTH)
    refused = [each.refused[0].message for each in tierwise.test(rules=rules).results]
    assert refused == [f"'one ({version})': a delivery weighs no more than five tonnes"
                       for version in ("1.0.0", "2.0.0")]  # fmt: skip
    ran = command_line.run("test", "--format", "junit", cwd=rules.parent).stdout
    assert [f'name="one ({each})"' in ran for each in ("1.0.0", "2.0.0")] == [True, True]


def test_mistakes_with_several_versions_are_told_once_or_name_the_version(rules: Path) -> None:
    _with_a_second_version(rules, "      masters:", "      great_masters:")
    wrong = expect("{crates: [{crte: a}]}", "{score: 0}")
    assert mistakes(rules, MASTERS, wrong, head=BOTH) == [
        ("unknown-metric", "13:9", "there is no metric 'masters' (version 2.0.0)"),
        ("unknown-column", "16:24", "there is no column 'crte'"),
    ]


@pytest.mark.parametrize(
    ("versions", "code", "place", "message"),
    [
        ("versions: [1.0.0, 3.0.0]", "unknown-version", "5:19", "there is no version '3.0.0'"),
        ("versions: [1.0.0, 1.0.0]", "wrong-value", "5:19",
         "'1.0.0' stands in the list twice"),
        ("versions: []", "wrong-value", "5:11", "nothing stands here"),
        ("versions: [1]", "wrong-type", "5:12", "a text is needed here, not '1'"),
        ("version: 1.0.0\nversions: [1.0.0]", "wrong-value", "6:1",
         "only one of version, versions may stand here"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_versions(
    rules: Path, versions: str, code: str, place: str, message: str
) -> None:
    head = HEAD.replace("\ncases:", f"\n{versions}\ncases:")
    assert mistakes(rules, MASTERS, head=head) == [(code, place, message)]


def test_an_option_must_be_named_where_there_are_several(rules: Path) -> None:
    text = (rules / "competency.yaml").read_text("utf-8")
    classic = text[text.index("  classic:") :]
    replaced(rules / "competency.yaml", classic, classic + classic.replace("classic:", "modern:"))
    (found,) = mistakes(rules, MASTERS)
    assert found[0] == "missing-field"
    assert "option" in found[2]
    head = HEAD.replace("\ncases:", "\noption: modern\ncases:")
    assert mistakes(rules, MASTERS, head=head) == []


def test_one_broken_competency_is_one_finding(rules: Path) -> None:
    replaced(rules / "competency.yaml", "max_score: 100", "max_score: x")
    assert [each[0] for each in mistakes(rules, MASTERS)] == ["wrong-type"]


def test_one_file_of_cases_is_judged_among_its_rules(rules: Path) -> None:
    file = write(rules, MASTERS)
    assert validate.validate([file]).findings == ()
    file.write_text(file.read_text("utf-8").replace("masters", "mastres"), "utf-8")
    assert [each.code for each in validate.validate([file]).findings] == ["unknown-metric"]
    assert validate.validate([rules / "credit.yaml"]).findings == ()
    replaced(rules / "competency.yaml", "max_score: 100", "max_score: x")
    assert [each.code for each in validate.validate([file]).findings] == ["wrong-type"]


def test_what_the_contract_refuses_stops_no_other_case(rules: Path) -> None:
    heavy = expect("{deliveries: [{weight: 1}, {weight: 5001}]}", "{score: 0}", "heavy")
    report = report_of(rules, heavy, HARVEST, heavy.replace("heavy", "heavier"))
    assert not report.passed
    assert [result.passed for result in report.results] == [False, True, False]
    (refused,) = report.results[0].refused
    assert (refused.code, str(refused.place).rpartition("yaml:")[2]) == ("data-check", "8:49")
    assert refused.message == "'heavy': a delivery weighs no more than five tonnes"
