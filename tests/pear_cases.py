"""Cases of the good rules, for tests of what comes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

import tierwise
from rule_files import copy_of_good
from tierwise import pipeline
from tierwise.program.program import Program
from tierwise.tasks import validate
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


def program_of(rules: Path) -> Program:
    """The program of the good rules."""
    bound = pipeline.programs(tierwise.load_rules(rules), 2021 * 12, None, None).value
    assert bound is not None
    return bound[0]
