"""Catalogues that change from one month to the next: which is in force, and what is said of others."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import tierwise
from rule_files import copy_of_good, findings, replaced
from tierwise.diagnostics import Diagnostic

CONTRACT = """
kind: contract
schema: 1
id: shop-data
scored: shops
tables:
  shops:
    key: [shop]
    columns: {shop: {type: text}, land: {type: text, references: lands}}
  orders:
    columns:
      shop: {type: text, references: shops, as: of_shop}
      month: {type: month}
      pieces: {type: whole}
  papers:
    period: {from: earned, through: lapses}
    columns:
      shop: {type: text, references: shops, as: of_shop}
      person: {type: text}
      exam: {type: text}
      earned: {type: date}
      lapses: {type: date, optional: true}
"""
LANDS = """
kind: catalogue
schema: 1
id: lands
in_force: {from: 2020-01, through: 2020-12}
attributes: {factor: {type: whole}}
entries: {NL: {factor: 1}, BE: {factor: 5}}
"""
EXAMS = """
kind: certifications
schema: 1
id: exams
in_force: {from: 2020-01}
exams: {A-1: {}, B-1: {}}
certifications: {expert: {requires: A-1}}
"""
COMPETENCY = """
kind: competency
schema: 1
id: shopkeeper
version: 1.0.0
in_force: {from: 2020-06}
contract: shop-data
options:
  only:
    metrics:
      sales:
        measure: {sum: pieces * of_shop.land.factor, from: orders, over: 2 months}
        threshold: 100
        max_points: 10
      experts:
        measure: {holders_of: [expert], in: exam, per: person, from: papers}
        threshold: 1
        max_points: 10
    levels: {good: {when: score >= 6}}
"""
CASES = """
kind: cases
schema: 1
competency: shopkeeper
cases:
  the last month of the old ones:
    as_of: 2020-12
    tables: &tables
      shops: [{shop: anna, land: NL}]
      orders: [{month: 2020-12, pieces: 10}]
      papers: [{person: ann, exam: A-1}]
    expect: {metrics: {sales: {value: 10}, experts: {value: 1}}}
  the first month of the new ones:
    as_of: 2021-01
    tables: *tables
    expect: {metrics: {sales: {value: 20}, experts: {value: 0}}}
  both exams:
    as_of: 2021-01
    tables:
      shops: [{land: DE}]
      orders: [{month: 2021-01, pieces: 10}]
      papers: [{person: ann, exam: A-1}, {person: ann, exam: B-1}]
    expect: {metrics: {sales: {value: 30}, experts: {value: 1}}}
"""
TABLES = CASES.partition("&tables\n")[2].partition("    expect")[0]
LANDS_2021 = LANDS.replace("{from: 2020-01, through: 2020-12}", "{from: 2021-01}").replace(
    "NL: {factor: 1}, BE: {factor: 5}", "NL: {factor: 2}, DE: {factor: 3}"
)
EXAMS_2021 = EXAMS.replace("from: 2020-01", "from: 2021-01").replace(
    "requires: A-1", "requires: {all: [A-1, B-1]}"
)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The rules; the data lies beside them."""
    files = {"contract": CONTRACT, "competency": COMPETENCY, "lands": LANDS, "exams": EXAMS,
             "lands-2021": LANDS_2021, "exams-2021": EXAMS_2021}  # fmt: skip
    data = {
        "shops": "shop,land\nanna,NL\n",
        "orders": "shop,month,pieces\nanna,2020-01,0\nanna,2020-12,10\nanna,2021-01,1\n",
        "papers": "shop,person,exam,earned,lapses\nanna,ann,A-1,2020-01-01,\n",
    }
    for folder in ("rules", "data"):
        (tmp_path / folder).mkdir()
    for name, text in files.items():
        (tmp_path / "rules" / f"{name}.yaml").write_text(text, "utf-8")
    for name, text in data.items():
        (tmp_path / "data" / f"{name}.csv").write_text(text, "utf-8")
    return tmp_path / "rules"


def told(found: tuple[Diagnostic, ...]) -> list[tuple[str, str, str]]:
    assert all(each.hint for each in found)
    return [(each.code, Path(each.place.path).name, each.message) for each in found]


@pytest.mark.parametrize(
    ("as_of", "sales", "experts"), [("2020-12", 10, 1), ("2021-01", 22, 0), ("2031-01", 0, 0)]
)
def test_the_one_in_force_in_the_month(as_of: str, sales: int, experts: int, rules: Path) -> None:
    assert findings(rules) == ()
    evaluated = tierwise.evaluate(rules.parent / "data", as_of, rules=rules)
    (row,) = evaluated.to_arrow().to_pylist()
    assert (row["sales.value"], row["experts.value"]) == (Decimal(sales), experts)
    later = "-2021" if as_of > "2021" else ""
    files = [name for name, _ in evaluated.stamp.rules]
    assert files == sorted(["competency.yaml", "contract.yaml", f"exams{later}.yaml",
                            f"lands{later}.yaml"])  # fmt: skip


def test_data_names_what_is_in_force(rules: Path) -> None:
    (rules.parent / "data" / "shops.csv").write_text("shop,land\nanna,BE\n", "utf-8")
    tierwise.evaluate(rules.parent / "data", "2020-12", rules=rules)
    with pytest.raises(tierwise.Refused, match="not in the catalogue lands, which has NL, DE"):
        tierwise.evaluate(rules.parent / "data", "2021-01", rules=rules)


def _with_cases(rules: Path, text: str) -> None:
    text = text.replace("&tables\n", "\n").replace("*tables\n", f"\n{TABLES}")
    (rules / "shops.cases.yaml").write_text(text, "utf-8")


def test_a_case_in_each_month(rules: Path) -> None:
    _with_cases(rules, CASES)
    report = tierwise.test(rules=rules)
    assert report.passed, report.problems
    assert len(report.results) == 3


def test_a_case_in_a_month_without_a_catalogue(rules: Path) -> None:
    replaced(rules / "lands-2021.yaml", "from: 2021-01", "from: 2021-03")
    _with_cases(rules, CASES.partition("  both exams")[0])
    gap, missing = findings(rules)
    assert told((gap, missing)) == [
        ("versions-gap", "lands-2021.yaml",
         "from 2021-01 through 2021-02 no file of the catalogue 'lands' is in force"),
        ("not-in-force", "shops.cases.yaml",
         "in 2021-01 no file of the catalogue 'lands' is in force"),
    ]  # fmt: skip


def test_a_gap_is_a_warning_and_its_months_are_refused(rules: Path) -> None:
    replaced(rules / "lands-2021.yaml", "from: 2021-01", "from: 2021-03")
    (gap,) = findings(rules)
    assert (gap.code, gap.severity) == ("versions-gap", "warning")
    assert [Path(each.place.path).name for each in gap.related] == ["lands.yaml"]
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(rules.parent / "data", "2021-02", rules=rules)
    assert told(refused.value.diagnostics) == [
        ("not-in-force", "contract.yaml", "in 2021-02 no file of the catalogue 'lands' is in force")
    ]
    tierwise.evaluate(rules.parent / "data", "2021-03", rules=rules)


def test_what_nothing_refers_to_may_be_absent(rules: Path) -> None:
    (rules / "more.yaml").write_text(LANDS.replace("id: lands", "id: more"), "utf-8")
    evaluated = tierwise.evaluate(rules.parent / "data", "2021-01", rules=rules)
    assert "more.yaml" not in [name for name, _ in evaluated.stamp.rules]


@pytest.mark.parametrize("file", ["lands", "exams"])
def test_an_overlap(file: str, rules: Path) -> None:
    replaced(rules / f"{file}.yaml", "2020-01", "2020-01, through: 2021-06, x: 1")
    text = (rules / f"{file}.yaml").read_text("utf-8").replace(", x: 1, through: 2020-12", "")
    (rules / f"{file}.yaml").write_text(text.replace(", x: 1", ""), "utf-8")
    assert told(findings(rules)) == [
        ("versions-overlap", f"{file}-2021.yaml",
         f"in 2021-01 another file of the catalogue '{file}' is in force as well"),
    ]  # fmt: skip


def test_a_later_file_supersedes_one_without_an_end(rules: Path) -> None:
    replaced(rules / "lands.yaml", ", through: 2020-12", "")
    assert findings(rules) == ()


def test_every_version_is_checked_against_every_catalogue(rules: Path) -> None:
    replaced(rules / "lands-2021.yaml", "factor: {", "faktor: {")
    text = (rules / "lands-2021.yaml").read_text("utf-8").replace("{factor: ", "{faktor: ")
    (rules / "lands-2021.yaml").write_text(text, "utf-8")
    replaced(rules / "exams-2021.yaml", "{expert:", "{master:")
    assert told(findings(rules)) == [
        ("unknown-name", "competency.yaml",
         "there is no 'of_shop.land.factor' here (as of 2021-01)"),
        ("unknown-certification", "competency.yaml",
         "there is no certification 'expert' (as of 2021-01)"),
    ]  # fmt: skip
    replaced(rules / "competency.yaml", "{from: 2020-06}", "{from: 2020-06, through: 2020-12}")
    assert findings(rules) == ()


def test_what_is_wrong_in_a_later_catalogue_is_told_once(rules: Path) -> None:
    replaced(rules / "exams-2021.yaml", "[A-1, B-1]", "[A-1, C-1]")
    replaced(rules / "lands-2021.yaml", "factor: 2", "factor: x")
    assert sorted(told(findings(rules))) == [
        ("unknown-exam", "exams-2021.yaml", "there is no exam 'C-1'"),
        ("wrong-type", "lands-2021.yaml", "'x' is not a whole number"),
    ]


def test_a_contract_is_checked_against_every_catalogue(rules: Path) -> None:
    replaced(rules / "contract.yaml", "references: lands}}",
             "references: lands}}\n    checks: [{that: land in lands.open, message: no}]")  # fmt: skip
    with (rules / "lands.yaml").open("a", encoding="utf-8") as file:
        file.write("lists: {open: {values: [NL]}}\n")
    assert told(findings(rules)) == [
        ("unknown-name", "contract.yaml", "there is no 'lands.open' here (as of 2021-01)")
    ]


def test_certifications_have_names_of_their_own_at_one_time(rules: Path) -> None:
    text = (rules / "exams-2021.yaml").read_text("utf-8").replace("id: exams", "id: others")
    (rules / "exams-2021.yaml").write_text(text, "utf-8")
    replaced(rules / "exams.yaml", "{from: 2020-01}", "{from: 2020-01, through: 2020-12}")
    assert findings(rules) == ()
    for as_of, experts in (("2020-12", 1), ("2021-01", 0)):
        (row,) = tierwise.evaluate(rules.parent / "data", as_of, rules=rules).to_arrow().to_pylist()
        assert row["experts.value"] == experts
    replaced(rules / "exams.yaml", "through: 2020-12", "through: 2021-01")
    assert [code for code, *_ in told(findings(rules))] == ["duplicate-name"]


def test_an_id_is_one_kinds_only(rules: Path) -> None:
    replaced(rules / "exams-2021.yaml", "id: exams", "id: lands")
    assert [code for code, *_ in told(findings(rules))] == ["duplicate-id"]


def test_demo_data_is_of_its_last_month(rules: Path) -> None:
    tierwise.demo_data(rules.parent / "demo", rules=rules, partners=20, format="csv")
    lands = {line.split(",")[1] for line in (rules.parent / "demo" / "shops.csv").read_text()
             .splitlines()[1:]}  # fmt: skip
    assert lands == {"NL", "DE"}


def test_two_undated_files_are_one_too_many(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    text = (rules / "regions.yaml").read_text("utf-8")
    (rules / "more.yaml").write_text(text, "utf-8")
    assert [code for code, *_ in told(findings(rules))] == ["duplicate-id"]
