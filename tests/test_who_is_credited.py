"""What docs/language.md says of who is credited, and of keys that a case leaves out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import tierwise
from rule_files import copy_of_good, replaced

HEAD = "kind: cases\nschema: 1\ncompetency: pear-grower\ncases:\n  one:\n    as_of: 2021-05\n"
RESELLERS = Path(__file__).parents[1] / "examples" / "resellers" / "rules"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return copy_of_good(tmp_path)


def failures(rules: Path, text: str) -> list[str]:
    (rules / "one.cases.yaml").write_text(text, "utf-8")
    report = tierwise.test([rules / "one.cases.yaml"], rules=rules)
    assert not report.files[0].findings, report.files[0].findings
    return [each.message for result in report.results for each in result.failures]


@pytest.mark.parametrize(("conditions", "ann"), [("", 0), ("      growers: [founded_early]\n", 1)])
def test_an_association_that_is_not_eligible_displaces_nobody(
    rules: Path, conditions: str, ann: int
) -> None:
    replaced(rules / "contract.yaml", "      region: {type: text, references: regions}\n  crates",
             "      region: {type: text, references: regions}\n"
             "    derived: {founded_early: founded < '2000-01-01'}\n  crates")  # fmt: skip
    replaced(rules / "competency.yaml", "    eligible:\n", f"    eligible:\n{conditions}")
    found = failures(rules, HEAD + f"""    tables:
      growers: [{{grower: ann, founded: 1990-01-01}}, {{grower: bob, founded: 2010-01-01}}]
      crates: [{{crate: a, variety: doyenne}}]
      tenures: [{{grower: ann, crate: a}}, {{grower: bob, crate: a, role: tenant}}]
      deliveries: [{{crate: a, weight: 750}}]
    expect:
      ann: {{metrics: {{harvest: {{points: {ann}}}}}}}
      bob: {{metrics: {{harvest: {{points: {1 - ann}}}}}}}
""")  # fmt: skip
    assert found == []


def test_one_association_credits_with_all_that_several_things_lead_to(rules: Path) -> None:
    found = failures(rules, HEAD + """    tables:
      growers: [{grower: ann}, {grower: bob}, {grower: cas}]
      crates:
        - {crate: a, variety: doyenne, market: m}
        - {crate: b, variety: doyenne, market: m}
        - {crate: c, variety: doyenne, market: m, organic: false}
      tenures: [{grower: ann, crate: a}, {grower: bob, crate: b}, {grower: cas, crate: c}]
      deliveries:
        - {crate: a, month: 2020-12, pieces: 0, weight: 1}
        - {crate: a, pieces: 60, weight: 1}
        - {crate: b, pieces: 60, weight: 1}
    expect:
      ann: {metrics: {opened: {value: 1}}}
      bob: {metrics: {opened: {value: 1}}}
      cas: {metrics: {opened: {value: 0}}}
""")  # fmt: skip
    assert found == []


@pytest.mark.parametrize(
    ("owner", "ann", "bob", "cas"), [("", 1, 0, 1), (", credits: false", 0, 0, 1)]
)
def test_a_way_that_does_not_credit_displaces_all_the_same(
    rules: Path, owner: str, ann: int, bob: int, cas: int
) -> None:
    """Ann owns what bob is a tenant of; cas is a tenant of what nobody owns."""
    replaced(rules / "credit.yaml", "owner: {when: role == 'owner', unless: [tenant]}",
             f"owner: {{when: role == 'owner'{owner}}}")  # fmt: skip
    replaced(rules / "credit.yaml", "tenant: {when: role == 'tenant'}",
             "tenant: {when: role == 'tenant', unless: [owner]}")  # fmt: skip
    found = failures(rules, HEAD + f"""    tables:
      growers: [{{grower: ann}}, {{grower: bob}}, {{grower: cas}}]
      crates: [{{crate: a, variety: doyenne}}, {{crate: c, variety: doyenne}}]
      tenures: [{{grower: ann, crate: a}}, {{grower: bob, crate: a, role: tenant}}, {{grower: cas, crate: c, role: tenant}}]
      deliveries: [{{crate: a, weight: 750}}, {{crate: c, weight: 750}}]
    expect:
      ann: {{metrics: {{harvest: {{points: {ann}}}}}}}
      bob: {{metrics: {{harvest: {{points: {bob}}}}}}}
      cas: {{metrics: {{harvest: {{points: {cas}}}}}}}
""")  # fmt: skip
    assert found == []


@pytest.mark.parametrize(("person", "technicians"), [("", 0), ("person: Ann, ", 1)])
def test_rows_that_leave_a_key_out_are_of_different_things(
    tmp_path: Path, person: str, technicians: int
) -> None:
    shutil.copytree(RESELLERS, tmp_path / "rules")
    courses = "".join(f"        - {{{person}course: {each}, passed_on: 2025-01-01}}\n"
                      for each in ("basics", "blades"))  # fmt: skip
    assert failures(
        tmp_path / "rules",
        HEAD.replace("pear-grower", "reseller").replace("2021-05", "2025-12")
        + f"    tables:\n      trainings:\n{courses}"
        + f"    expect: {{metrics: {{technicians: {{value: {technicians}}}}}}}\n",
    ) == []  # fmt: skip
