"""Cases of a month are one evaluation, and do not meet in it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from pear_cases import HARVEST, MASTERS, expect, failed, program_of, report_of, rules
from rule_files import GOOD, carried_rules, replaced
from thorough import EVERYTHING, mostly
from tierwise import pipeline
from tierwise.program.cases.case import Case
from tierwise.program.cases.identity import identities
from tierwise.tasks import run_cases

__all__ = ["rules"]


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


LOOK_AT_WHAT_IDENTIFIES = [
    ("credit.yaml", "role == 'owner'", "role == 'owner' and grower != 'n'"),
    ("competency.yaml", "per: box.market", "per: [box.variety, box.sort]"),
    ("competency.yaml", "        - organic\n", "        - organic and market != 'n'\n"),
    ("contract.yaml", "weight <= 5000", "weight <= 5000 and box.market != 'n'"),
    ("contract.yaml", "      market: {type: text}", "      market: {type: text, values: [m]}"),
]


@pytest.mark.parametrize(
    ("file", "old", "new"), mostly(LOOK_AT_WHAT_IDENTIFIES[:2], LOOK_AT_WHAT_IDENTIFIES)
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
    program = program_of(GOOD)
    places = identities(program)
    assert places is not None
    assert {("growers", "grower"), ("crates", "market"), ("diplomas", "person"),
            ("deliveries", "crate")} <= places  # fmt: skip
    assert not {("diplomas", "course"), ("crates", "variety"), ("growers", "region")} & places
