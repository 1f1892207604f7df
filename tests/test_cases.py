"""Cases beside the rules: what passes, what fails and how it is told, what is filled in."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

import command_line
import tierwise
from command_line import Ran
from pear_cases import (
    CLEAN,
    COULD_NOT_RUN,
    FINDINGS,
    HARVEST,
    HEAD,
    MASTERS,
    USAGE,
    expect,
    failed,
    program_of,
    report_of,
    rules,
    write,
)
from rule_files import RULES, replaced
from thorough import mostly
from tierwise import pipeline
from tierwise.tasks import validate

__all__ = ["rules"]


def test_cases_that_pass(rules: Path) -> None:
    report = report_of(rules, HARVEST, MASTERS)
    assert report.passed
    assert [result.passed for result in report.results] == [True, True]


def test_a_failure_says_what_was_expected_and_where(rules: Path) -> None:
    wrong = HARVEST.replace("value: 7500.5, points: 15001/1500", "value: 7500, points: 10")
    wrong = wrong.replace("level: null", "level: silver")
    report = report_of(rules, wrong, MASTERS)
    assert not report.passed
    assert failed(report) == [
        "'a harvest': value of harvest: expected 7500 kg, got 7500.5 kg",
        "'a harvest': points of harvest: expected 10, got 15001/1500",
        "'a harvest': level: expected silver, got no level",
    ]
    places = [str(each.place).removeprefix(f"{rules}/") for each in report.results[0].failures]
    assert places[:2] == ["pears.cases.yaml:18:26", "pears.cases.yaml:18:40"]
    assert report.results[1].passed


@pytest.mark.parametrize(
    ("expected", "passes"),
    [("75001/10", False), ("15001/2", True), ("'15001/2'", True), ("7500.50", True),
     ("7500.5 kg", True), ("7500.499999999999", False)],
)  # fmt: skip
def test_values_are_compared_as_fractions(rules: Path, expected: str, passes: bool) -> None:
    text = HARVEST.replace("value: 7500.5", f"value: {expected}")
    assert (failed(report_of(rules, text)) == []) is passes


def test_no_value_and_a_reason(rules: Path) -> None:
    tables = "{crates: [{crate: a, variety: doyenne}], tenures: [{crate: a}], deliveries: [%s]}"
    rows = "{crate: a, month: 2020-05, pieces: 49}, {crate: a, month: 2021-05, pieces: 98}"
    nothing = expect(tables % "", "{metrics: {growth: {value: null, points: 0}}}", "nothing")
    few = expect(tables % rows, "{metrics: {growth: {value: 1, points: 15}}}", "few")
    (failure,) = report_of(rules, nothing, few).results[1].failures
    assert failure.message == "'few': points of growth: expected 15, got 0"
    assert failure.hint == "the rules say: fewer than 50 pieces a year ago"


def test_several_scored_rows_by_their_keys(rules: Path) -> None:
    tables = (
        "{growers: [{grower: ann}, {grower: bob}], crates: [{crate: a, variety: doyenne}], "
        "tenures: [{grower: bob, crate: a}], deliveries: [{crate: a, weight: 750}]}"
    )
    case = expect(tables, "{ann: {score: 0}, bob: {metrics: {harvest: {points: 2}}}}")
    assert failed(report_of(rules, case)) == ["'one': points of harvest of bob: expected 2, got 1"]


# What is filled in.


def rows(rules: Path, tables: str) -> dict[str, list[dict[str, str | None]]]:
    write(rules, expect(tables, "{score: 0}"))
    cases = pipeline.cases(tierwise.load_rules(rules)).value
    assert cases, validate.validate([rules]).findings
    return {name: [dict(row.cells) for row in each] for name, each in cases[0].rows.items()}


def test_a_case_without_rows_has_one_that_is_scored(rules: Path) -> None:
    made = rows(rules, "{}")
    assert made["growers"] == [{"grower": "grower-1", "founded": None, "region": "north"}]
    assert not any(each for name, each in made.items() if name != "growers")


def test_what_a_row_leaves_out_is_what_the_contract_allows(rules: Path) -> None:
    made = rows(rules, "{deliveries: [{}], tenures: [{}, {crate: b}], diplomas: [{}]}")
    assert made["crates"] == [
        {"crate": "b", "variety": "variety", "sort": "dessert", "organic": "true",
         "picked": "2021-05-01", "market": "market"},
    ]  # fmt: skip
    assert made["deliveries"] == [{"crate": "b", "month": "2021-05", "weight": "0", "pieces": "0"}]
    assert made["tenures"][0] == {
        "grower": "grower-1", "crate": "b", "region": None, "role": "owner",
        "first_day": "0001-01-01", "last_day": None,
    }  # fmt: skip
    assert made["diplomas"][0]["person"] == "person"


def test_a_row_is_added_for_each_key_that_others_name(rules: Path) -> None:
    made = rows(rules, "{sales: [{grower: ann}, {grower: ann}], deliveries: [{crate: x}, {}]}")
    assert [row["grower"] for row in made["growers"]] == ["ann"]
    assert [row["crate"] for row in made["crates"]] == ["x"]
    assert [row["crate"] for row in made["deliveries"]] == ["x", "x"]


def test_keys_are_made_unique(rules: Path) -> None:
    made = rows(rules, "{growers: [{grower: ann}], crates: [{}, {crate: crate-1}, {}]}")
    assert [row["crate"] for row in made["crates"]] == ["crate-2", "crate-1", "crate-3"]


# Metrics and versions that no case is about.


def test_a_metric_that_no_case_expects_anything_of(rules: Path) -> None:
    report = report_of(rules, HARVEST, MASTERS)
    assert report.passed
    told = [(each.code, each.message, str(each.severity)) for each in report.findings]
    assert told == [
        ("metric-without-case", f"no case expects anything of '{name}'", "warning")
        for name in ("new_markets", "opened", "growth")
    ]
    assert "competency.yaml:" in str(report.findings[0].place)


def test_a_version_without_cases(rules: Path) -> None:
    other = (rules / "competency.yaml").read_text("utf-8").replace("id: pear-grower", "id: other")
    (rules / "other.yaml").write_text(other, "utf-8")
    assert "version-without-cases" in {each.code for each in report_of(rules, HARVEST).findings}
    only = tierwise.test(rules=rules, competency="pear-grower")
    assert "version-without-cases" not in {each.code for each in only.findings}


# On the command line.


def run(*words: object, cwd: Path) -> Ran:
    return command_line.run("test", *words, cwd=cwd)


def test_what_it_prints(rules: Path) -> None:
    write(rules, HARVEST.replace("score: 15001", "score: 15002"))
    ran = command_line.run_process("test", "rules/pears.cases.yaml", cwd=rules.parent)
    assert ran.returncode == FINDINGS
    first = "'a harvest': score: expected 7501/750, got 15001/1500 [case-failed]"
    assert ran.stdout.splitlines()[:3] == [
        f"rules/pears.cases.yaml:19:14: error: {first}",
        "   19 |       score: 15002/1500",
        "      |              ^^^^^^^^^^",
    ]
    assert "rules/pears.cases.yaml: 0 of 1 passed\n" in ran.stdout
    assert ran.stderr == "1 case in 1 file: 1 failed\n"


def test_exit_codes(rules: Path) -> None:
    file = write(rules, HARVEST)
    top = rules.parent
    assert run(cwd=top).returncode == CLEAN
    assert run("rules", "--competency", "pear-grower", cwd=top).returncode == CLEAN
    assert run("--competency", "apple", cwd=top).returncode == USAGE
    assert "there is no such file or folder" in run("nowhere", cwd=top).stderr
    assert run("nowhere", cwd=top).returncode == FINDINGS
    assert run("rules/contract.yaml", cwd=top).returncode == FINDINGS
    assert run("--format", "xml", cwd=top).returncode == USAGE
    assert run("--output", "nowhere/a.xml", cwd=top).returncode == USAGE
    assert run("--output", "/dev/full", cwd=top).returncode == COULD_NOT_RUN
    file.write_text(HEAD + HARVEST.replace("crate: a", "crte: a", 1), "utf-8")
    ran = run(cwd=top)
    assert ran.returncode == FINDINGS
    assert "[unknown-column]" in ran.stdout
    assert "0 of 0 passed and mistakes in the file" in ran.stdout


def test_rules_that_are_wrong_are_told_and_nothing_is_run(rules: Path) -> None:
    write(rules, HARVEST)
    replaced(rules / "competency.yaml", "weight > 0", "wieght > 0")
    ran = run(cwd=rules.parent)
    assert (ran.returncode, ran.stdout) == (FINDINGS, "")
    assert "[unknown-name]" in ran.stderr


def test_cases_that_lie_elsewhere(rules: Path, tmp_path: Path) -> None:
    mine = write(rules, MASTERS).rename(tmp_path / "mine.yaml")
    assert run("mine.yaml", "--rules", "rules", cwd=tmp_path).returncode == CLEAN
    write(rules, HARVEST)
    ran = run("rules", mine, "--rules", "rules", cwd=tmp_path)
    assert "2 cases in 2 files: all passed" in ran.stderr


def test_junit(rules: Path) -> None:
    refused = expect("{deliveries: [{weight: 5001}]}", "{score: 0}", "'<heavy> \\e'")
    write(rules, HARVEST, MASTERS.replace("points: 0", "points: 1"), refused)
    broken = HEAD + expect("{creates: []}", "{score: 0}")
    (rules / "broken.cases.yaml").write_text(broken, encoding="utf-8")
    ran = run("--output", "cases.xml", cwd=rules.parent)
    assert (ran.returncode, ran.stdout) == (FINDINGS, "")
    assert "[case-failed]" in ran.stderr
    root = ElementTree.parse(rules.parent / "cases.xml").getroot()  # noqa: S314
    assert root.attrib == {"name": "tierwise", "tests": "4", "failures": "1", "errors": "2"}
    suites = {suite.attrib["name"]: suite for suite in root}
    pears = suites["rules/pears.cases.yaml"]
    names = [case.attrib["name"] for case in pears]
    assert names == ["a harvest: Pears count in full", "a master", "<heavy> \\e"]
    assert pears[0].attrib["classname"] == "pear-grower.classic"
    assert pears[1].attrib["line"] == "21"
    failure = pears.find("testcase/failure")
    assert failure is not None
    assert failure.text == ("rules/pears.cases.yaml:27: 'a master': points of masters: "
                            "expected 1, got 0")  # fmt: skip
    error = suites["rules/broken.cases.yaml"].find("testcase/error")
    assert error is not None
    assert error.attrib["type"] == "unknown-table"
    again = run("--format", "junit", cwd=rules.parent)
    assert again.stdout == (rules.parent / "cases.xml").read_text("utf-8")


SMALL = "small-and-midmarket-cloud-solutions"


@pytest.mark.parametrize("competency", mostly([SMALL], [SMALL, None]))
def test_the_carried_cases_pass_and_leave_no_metric_out(competency: str | None) -> None:
    report = tierwise.test(rules=RULES, competency=competency)
    assert report.passed
    assert report.findings == ()
    assert len(report.results) >= 12


def test_cases_do_not_change_what_results_were_made_from(rules: Path) -> None:
    before = program_of(rules).digests
    write(rules, HARVEST)
    assert program_of(rules).digests == before
