"""Cases beside the rules: what passes, what fails and how it is told, what is filled in."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest

import command_line
import tierwise
from command_line import Ran
from rule_files import EVERYTHING, GOOD, RULES, carried_rules, copy_of_good, replaced
from tierwise import pipeline
from tierwise.program.cases.case import Case
from tierwise.program.cases.identity import identities
from tierwise.program.program import Program
from tierwise.tasks import run_cases, validate
from tierwise.tasks.test import CasesReport

CLEAN, FINDINGS, USAGE, COULD_NOT_RUN = 0, 1, 2, 3

HEAD = """# yaml-language-server: $schema=../../schemas/cases.schema.json
kind: cases
schema: 1
competency: pear-grower
cases:
"""
HARVEST = """  a harvest:
    title: {en: Pears count in full}
    as_of: 2021-05
    tables:
      crates: [{crate: a, variety: conference, picked: 2021-01-31}]
      tenures: [{crate: a}]
      deliveries:
        - {crate: a, month: 2021-02, weight: 5000}
        - {crate: a, month: 2021-03, weight: 2500.5}
        - {crate: a, month: 2020-05, weight: 1}
    expect:
      metrics:
        harvest: {value: 7500.5, points: 15001/1500}
      score: 15001/1500
      level: null
"""
MASTERS = """  a master:
    as_of: 2021-05
    tables:
      diplomas: [{course: pruning}]
    expect:
      metrics:
        masters: {points: 0}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the good rules; a test writes its cases into it."""
    return copy_of_good(tmp_path)


def write(rules: Path, *cases: str, head: str = HEAD) -> Path:
    file = rules / "pears.cases.yaml"
    file.write_text(head + "".join(cases), encoding="utf-8")
    return file


def report_of(rules: Path, *cases: str) -> CasesReport:
    write(rules, *cases)
    return tierwise.test(rules=rules)


def failed(report: CasesReport) -> list[str]:
    assert not [each for file in report.files for each in file.findings], report.problems
    return [each.message for result in report.results for each in result.failures]


def expect(tables: str, expected: str, name: str = "one") -> str:
    """A case on one line each."""
    return f"  {name}:\n    as_of: 2021-05\n    tables: {tables}\n    expect: {expected}\n"


def mistakes(rules: Path, *cases: str, head: str = HEAD) -> list[tuple[str, str, str]]:
    """What validation finds: code, line and column, message."""
    write(rules, *cases, head=head)
    found = validate.validate([rules]).findings
    assert all(each.hint for each in found)
    return [(each.code, str(each.place).partition(".yaml:")[2], each.message) for each in found]


# What passes and what fails.


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


# What is kept apart.


def same_keys(name: str, *, then: int, now: int, course: str, expected: str) -> str:
    """A case whose keys, market and person are those of the others."""
    deliveries = [
        f"{{crate: a, month: {month}, pieces: {pieces}, weight: 1}}"
        for month, pieces in (("2020-05", then), ("2020-12", 1), ("2021-05", now))
    ]
    tables = (
        "{crates: [{crate: a, variety: doyenne, market: m}], tenures: [{grower: g, crate: a}], "
        f"deliveries: [{', '.join(deliveries)}], diplomas: [{{person: p, course: {course}}}]}}"
    )
    return expect(tables, expected, name)


SAME_KEYS = [
    same_keys("first", then=50, now=100, course="PRUNE-1",
              expected="{metrics: {opened: {value: 1}, growth: {value: 1}, masters: {value: 0}}}"),
    same_keys("second", then=100, now=50, course="GRAFT-1",
              expected="{metrics: {opened: {value: 0}, growth: {value: -1/2}, "
                       "masters: {value: 0}}}"),
    same_keys("third", then=200, now=99, course="GRAFT-2",
              expected="{metrics: {opened: {value: 0}, harvest: {value: 1}}}"),
]  # fmt: skip


def test_cases_with_the_same_keys_do_not_meet(rules: Path) -> None:
    assert failed(report_of(rules, *SAME_KEYS)) == []


def _evaluations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Is filled with the number of scored rows of every evaluation from now on."""
    seen: list[int] = []
    ran = pipeline.ran

    def counted(data, *args, **kwargs):  # type: ignore[no-untyped-def]
        seen.append(len(data["growers"]))
        return ran(data, *args, **kwargs)

    monkeypatch.setattr(pipeline, "ran", counted)
    return seen


def test_cases_of_a_month_are_one_evaluation(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _evaluations(monkeypatch)
    other = MASTERS.replace("a master", "another month").replace("2021-05", "2021-06")
    assert failed(report_of(rules, *SAME_KEYS, HARVEST, other)) == []
    assert seen == [4, 1]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("competency.yaml", "        - organic\n", "        - organic and market != 'n'\n"),
        ("contract.yaml", "weight <= 5000", "weight <= 5000 and box.market != 'n'"),
        ("credit.yaml", "role == 'owner'", "role == 'owner' and grower != 'n'"),
        ("contract.yaml", "      market: {type: text}", "      market: {type: text, values: [m]}"),
        ("competency.yaml", "per: box.market", "per: [box.variety, box.sort]"),
    ],
)
def test_cases_are_apart_where_a_rule_looks_at_what_identifies(
    rules: Path, monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str
) -> None:
    seen = _evaluations(monkeypatch)
    replaced(rules / file, old, new)
    assert failed(report_of(rules, *SAME_KEYS)) == []
    assert seen == [1, 1, 1]


def test_one_of_several_columns_that_identify_together_is_enough(
    rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = _evaluations(monkeypatch)
    text = (rules / "competency.yaml").read_text("utf-8")
    text = text.replace("per: box.market", "per: [box.variety, box.market, box.sort]")
    (rules / "competency.yaml").write_text(text, "utf-8")
    assert failed(report_of(rules, *SAME_KEYS)) == []
    assert seen == [3]


def test_an_empty_cell_of_a_key_keeps_no_cases_apart(rules: Path) -> None:
    replaced(rules / "contract.yaml", "  sales:\n    columns:\n",
             "  sales:\n    key: [month, note]\n    columns:\n"
             "      note: {type: text, optional: true}\n")  # fmt: skip
    report = report_of(rules, *(expect("{sales: [{}]}", "{score: 0}", each) for each in "ab"))
    assert report.passed


def test_whole_numbers_that_identify_are_kept_apart(rules: Path) -> None:
    contract = (rules / "contract.yaml").read_text("utf-8")
    contract = contract.replace("crate: {type: text", "crate: {type: whole")
    (rules / "contract.yaml").write_text(contract, "utf-8")
    cases = [each.replace("crate: a", "crate: 1") for each in SAME_KEYS]
    assert failed(report_of(rules, *cases)) == []


def test_all_cases_together_give_what_each_gives_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each competency three cases, with expectations that all fail: so every number is told."""
    carried = pipeline.cases(carried_rules()).value
    assert carried
    groups: dict[str, list[Case]] = {}
    for case in carried:
        program = case.program.only(case.option)
        groups.setdefault(f"{case.together_with}{case.option}", []).append(
            replace(case, program=program)
        )
    largest = {group[0].program.competency: group
               for group in sorted(groups.values(), key=len)}  # fmt: skip
    assert len(largest) == 3
    some = [*largest.values()][: 3 if EVERYTHING else 1]
    every = tuple(case for group in some for case in group[:: len(group) // 3][:3])
    assert len(every) == 3 * len(some)
    assert None not in {identities(case.program) for case in every}
    together = [_told(every), []]
    monkeypatch.setattr(run_cases, "identities", lambda program: None)
    together[1] = _told(every)
    assert together[0] == together[1]
    assert len(together[0]) > len(every)


def _told(cases: tuple[Case, ...]) -> list[str]:
    wrong = [
        replace(case, expected=tuple(replace(each, wanted="?" if each.what == "level" else Fraction(-7))
                                     for each in case.expected))
        for case in cases
    ]  # fmt: skip
    found = run_cases.run_cases(wrong, lambda doing: None)
    return [str(each) for _, failures, _ in found for each in failures]


def test_which_columns_identify() -> None:
    program = _program(GOOD)
    places = identities(program)
    assert places is not None
    assert {("growers", "grower"), ("crates", "market"), ("diplomas", "person"),
            ("deliveries", "crate")} <= places  # fmt: skip
    assert not {("diplomas", "course"), ("crates", "variety"), ("growers", "region")} & places


def _program(rules: Path) -> Program:
    bound = pipeline.programs(tierwise.load_rules(rules), 2021 * 12, None, None).value
    assert bound is not None
    return bound[0]


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


# Mistakes, each with its code and place.


@pytest.mark.parametrize(
    ("tables", "code", "place", "message"),
    [
        ("{creates: [{}]}", "unknown-table", "8:14", "there is no table 'creates'"),
        ("{crates: [{crte: a}]}", "unknown-column", "8:24", "there is no column 'crte'"),
        ("{crates: [{crate: 1}]}", "wrong-type", "8:31", "'1' is not a text, as 'crate' is"),
        ("{crates: [{organic: yes}]}", "wrong-type", "8:33",
         "'yes' is not true or false, as 'organic' is"),
        ("{crates: [{picked: 2021-02-30}]}", "wrong-type", "8:32",
         "'2021-02-30' is not a date, as 'picked' is"),
        ("{deliveries: [{month: 2021-13}]}", "wrong-type", "8:35",
         "'2021-13' is not a month, as 'month' is"),
        ("{deliveries: [{pieces: 1.5}]}", "wrong-type", "8:36",
         "'1.5' is not a whole number, as 'pieces' is"),
        ("{deliveries: [{pieces: -1}]}", "wrong-value", "8:36", "-1 is below 0"),
        ("{deliveries: [{weight: null}]}", "wrong-value", "8:36", "'weight' may not be empty"),
        ("{crates: [{sort: jam}]}", "unknown-value", "8:30", "'jam' is no value of 'sort'"),
        ("{growers: [{region: east}]}", "unknown-value", "8:33", "'east' is no value of 'region'"),
        ('{crates: [{crate: "a\\0"}]}', "wrong-value", "8:31",
         "'a\\x00' has a character that no data has"),
        ("{crates: [{crate: a}], tenures: [{crate: b}]}", "unknown-row", "8:54",
         "there is no 'b' in crates"),
        ("{crates: [{crate: a}, {crate: a}]}", "duplicate-key", "8:35",
         "the key stands in an earlier row: 'a'"),
        ("{growers: [{}, {}]}", "several-rows", "9:13",
         "the case has 2 rows of growers, and this does not say which one is meant"),
        ("{crates: {}}", "wrong-type", "8:22", "a list is needed here, not a mapping"),
        ("{crates: [a]}", "wrong-type", "8:23", "a mapping is needed here, not 'a'"),
        ("{crates: [{crate: [a]}]}", "wrong-type", "8:31",
         "a text or a number or true or false or null is needed here, not a list"),
    ],
)  # fmt: skip
def test_a_mistake_in_tables(rules: Path, tables: str, code: str, place: str, message: str) -> None:
    assert mistakes(rules, expect(tables, "{score: 0}")) == [(code, place, message)]


@pytest.mark.parametrize(
    ("expected", "code", "place", "message"),
    [
        ("{metrics: {harvst: {points: 0}}}", "unknown-metric", "9:24",
         "there is no metric 'harvst'"),
        ("{level: slver}", "unknown-level", "9:21", "there is no level 'slver'"),
        ("{ann: {score: 0}}", "unknown-row", "9:14", "there is no 'ann' in growers"),
        ("{metrics: {harvest: {value: 5 t}}}", "wrong-value", "9:41", "'t' is not its unit"),
        ("{metrics: {harvest: {points: 5 kg}}}", "wrong-value", "9:42",
         "'5 kg' is not of the form that is needed here"),
        ("{metrics: {harvest: {}}}", "wrong-value", "9:33", "nothing stands here"),
        ("{metrics: {harvest: {pints: 1}}}", "unknown-field", "9:34",
         "there is no field 'pints' here"),
        ("{score: 0, levle: silver}", "unknown-field", "9:24", "there is no field 'levle' here"),
        ("{score: 1/0}", "wrong-value", "9:21", "'1/0' is not of the form that is needed here"),
        ("{scroe: 0}", "wrong-type", "9:21", "a mapping is needed here, not '0'"),
        ("{}", "wrong-value", "9:13", "nothing stands here"),
    ],
)  # fmt: skip
def test_a_mistake_in_what_is_expected(
    rules: Path, expected: str, code: str, place: str, message: str
) -> None:
    assert mistakes(rules, expect("{}", expected)) == [(code, place, message)]


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("competency: pear-grower", "competency: pear-growr", "unknown-competency", "4:13"),
        ("cases:", "version: 2.0.0\ncases:", "unknown-version", "5:10"),
        ("cases:", "option: modern\ncases:", "unknown-option", "5:9"),
        ("cases:", "cases: {}\n#", "wrong-value", "5:8"),
        ("schema: 1", "schema: 2", "unknown-value", "3:9"),
    ],
)
def test_a_mistake_in_the_head(rules: Path, old: str, new: str, code: str, place: str) -> None:
    body = () if "{}" in new else (MASTERS,)
    found = mistakes(rules, *body, head=HEAD.replace(f"\n{old}", f"\n{new}"))
    assert [each[:2] for each in found] == [(code, place)]


def test_a_month_without_a_version_in_force(rules: Path) -> None:
    (found,) = mistakes(rules, MASTERS.replace("2021-05", "2019-12"))
    assert found == ("no-version-in-force", "7:12", "no version is in force in 2019-12")
    later = (rules / "competency.yaml").read_text("utf-8").replace("version: 1", "version: 2")
    (rules / "later.yaml").write_text(later.replace("from: 2020-01", "from: 2021-05"), "utf-8")
    head = HEAD.replace("\ncases:", "\nversion: 1.0.0\ncases:")
    (found,) = mistakes(rules, MASTERS, head=head)
    assert found == ("no-version-in-force", "8:12",
                     "in 2021-05 the version 1.0.0 is not in force, but 2.0.0")  # fmt: skip


# Several versions.

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
    ran = run("--format", "junit", cwd=rules.parent).stdout
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


@pytest.mark.parametrize(
    "competency", [None] if EVERYTHING else ["small-and-midmarket-cloud-solutions"]
)
def test_the_carried_cases_pass_and_leave_no_metric_out(competency: str | None) -> None:
    report = tierwise.test(rules=RULES, competency=competency)
    assert report.passed
    assert report.findings == ()
    assert len(report.results) >= 12


def test_cases_do_not_change_what_results_were_made_from(rules: Path) -> None:
    before = _program(rules).digests
    write(rules, HARVEST)
    assert _program(rules).digests == before
