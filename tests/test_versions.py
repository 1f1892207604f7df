"""Which version of a competency is in force, and what may be asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

import small_programme
import tierwise
from rule_files import GOOD, copy_of_good, findings, replaced
from tierwise import pipeline
from tierwise.diagnostics import Diagnostic
from tierwise.months import parse_month


def _month(text: str) -> int:
    month = parse_month(text)
    assert month is not None
    return month


def _with_versions(folder: Path, *in_force: str) -> Path:
    """The good rules with a version of the competency for each of some terms."""
    rules = copy_of_good(folder)
    text = (rules / "competency.yaml").read_text(encoding="utf-8")
    (rules / "competency.yaml").unlink()
    for number, term in enumerate(in_force, 1):
        version = text.replace("version: 1.0.0", f"version: {number}.0.0")
        version = version.replace("{from: 2020-01}", term)
        (rules / f"{number}.yaml").write_text(version, encoding="utf-8")
    return rules


def _asked(rules: Path, month: str, competency: str | None = None, option: str | None = None,
           version: str | None = None) -> tuple[str, ...] | Diagnostic:  # fmt: skip
    """The versions of the programs asked for, or the one finding."""
    loaded = pipeline.load(rules).value
    assert loaded is not None
    outcome = pipeline.programs(loaded, _month(month), competency, option, version)
    if outcome.value is None:
        (finding,) = outcome.diagnostics
        assert finding.hint
        return finding
    return tuple(program.version for program in outcome.value)


@pytest.mark.parametrize(
    ("terms", "month", "version"),
    [
        (["{from: 2020-01}"], "2020-01", "1.0.0"),
        (["{from: 2020-01}"], "2031-07", "1.0.0"),
        (["{from: 2020-01}", "{from: 2021-01}"], "2020-12", "1.0.0"),
        (["{from: 2020-01}", "{from: 2021-01}"], "2021-01", "2.0.0"),
        (["{from: 2020-01, through: 2020-06}", "{from: 2021-01}"], "2020-06", "1.0.0"),
    ],
)
def test_the_latest_version_that_has_begun(
    terms: list[str], month: str, version: str, tmp_path: Path
) -> None:
    rules = _with_versions(tmp_path, *terms)
    assert not any(each.is_error for each in findings(rules))
    assert _asked(rules, month) == (version,)


@pytest.mark.parametrize(
    ("terms", "month", "hint"),
    [
        (["{from: 2020-01}"], "2019-12", "1.0.0 is in force from 2020-01"),
        (
            ["{from: 2020-01, through: 2020-06}", "{from: 2021-01}", "{from: 2022-01}"],
            "2020-07",
            "1.0.0 is in force through 2020-06, 2.0.0 is in force from 2021-01",
        ),
        (
            ["{from: 2020-01}", "{from: 2021-01, through: 2021-12}"],
            "2022-01",
            "2.0.0 is in force through 2021-12",
        ),
        ([], "2020-01", "a competency's file says 'kind: competency'"),
    ],
)
def test_no_version_is_in_force(terms: list[str], month: str, hint: str, tmp_path: Path) -> None:
    finding = _asked(_with_versions(tmp_path, *terms), month)
    assert isinstance(finding, Diagnostic)
    assert (finding.code, finding.hint) == ("no-version-in-force", hint)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (["{from: 2020-01}", "{from: 2020-01}"], "versions-overlap"),
        (["{from: 2020-01, through: 2021-01}", "{from: 2021-01}"], "versions-overlap"),
        (["{from: 2020-03, through: 2020-02}"], "never-in-force"),
        (["{from: 2020-03, through: 2020-02}", "{from: 2020-03}"], "never-in-force"),
        (["{from: 2020-01, through: 2020-06}", "{from: 2020-08}"], "versions-gap"),
    ],
)
def test_versions_that_contradict_each_other(terms: list[str], code: str, tmp_path: Path) -> None:
    assert [each.code for each in findings(_with_versions(tmp_path, *terms))] == [code]


@pytest.mark.parametrize(
    "terms",
    [
        ["{from: 2020-01}", "{from: 2021-01}", "{from: 2021-02}"],
        ["{from: 2020-01, through: 2020-12}", "{from: 2021-01, through: 2021-01}"],
        ["{from: 2021-01}", "{from: 2020-01, through: 2020-12}"],
        ["{from: 2020-01}", "{from: 2021-01, through: 2021-06}", "{from: 2021-07}"],
    ],
)
def test_versions_that_follow_each_other(terms: list[str], tmp_path: Path) -> None:
    assert findings(_with_versions(tmp_path, *terms)) == ()


def test_one_version_in_the_way_of_several(tmp_path: Path) -> None:
    terms = ["{from: 2020-01, through: 2025-12}", "{from: 2021-01, through: 2021-06}"]
    rules = _with_versions(tmp_path, *terms, "{from: 2022-01}", "{from: 2026-01}")
    (finding,) = findings(rules)
    assert finding.code == "versions-overlap"
    assert finding.message == "in 2021-01 the version '1.0.0' is in force as well"
    assert str(finding.place) == f"{rules / '2.yaml'}:6:11"
    related = [str(each.place) for each in finding.related]
    assert related == [f"{rules / '1.yaml'}:6:11", f"{rules / '3.yaml'}:6:11"]


def test_months_between_two_versions(tmp_path: Path) -> None:
    terms = ["{from: 2020-01}", "{from: 2021-01, through: 2021-06}", "{from: 2022-01}"]
    rules = _with_versions(tmp_path, *terms)
    (gap,) = findings(rules)
    assert (gap.code, gap.severity) == ("versions-gap", "warning")
    assert gap.message == "from 2021-07 through 2021-12 no version is in force"
    assert str(gap.place) == f"{rules / '3.yaml'}:6:11"
    assert [str(each.place) for each in gap.related] == [f"{rules / '2.yaml'}:6:11"]
    assert isinstance(_asked(rules, "2021-07"), Diagnostic)


def test_a_version_in_a_file_that_is_wrong_leaves_no_gap(tmp_path: Path) -> None:
    terms = ["{from: 2020-01, through: 2020-12}", "{from: 2021-01, through: 2021-12}"]
    rules = _with_versions(tmp_path, *terms, "{from: 2022-01}")
    replaced(rules / "2.yaml", "max_score: 100", "max_score: x")
    assert [each.code for each in findings(rules)] == ["wrong-type"]


def test_unknown_competencies_and_options() -> None:
    unknown = _asked(GOOD, "2021-01", "pear-growers")
    assert isinstance(unknown, Diagnostic)
    assert (unknown.code, unknown.hint) == ("unknown-competency", "did you mean 'pear-grower'?")
    unknown = _asked(GOOD, "2021-01", "pear-grower", "clasic")
    assert isinstance(unknown, Diagnostic)
    assert (unknown.code, unknown.hint) == ("unknown-option", "did you mean 'classic'?")
    assert _asked(GOOD, "2021-01", "pear-grower", "classic") == ("1.0.0",)


TWO = ("{from: 2020-01, through: 2020-12}", "{from: 2021-01}")


@pytest.mark.parametrize("month", ["2019-01", "2020-06", "2021-06"])
@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_a_version_that_is_named_whatever_its_months(
    version: str, month: str, tmp_path: Path
) -> None:
    rules = _with_versions(tmp_path, *TWO)
    assert _asked(rules, month, version=version) == (version,)
    assert _asked(rules, month, "pear-grower", "classic", version) == (version,)


def test_a_version_that_there_is_not(tmp_path: Path) -> None:
    rules = _with_versions(tmp_path, *TWO)
    unknown = _asked(rules, "2021-01", version="2.0.1")
    assert isinstance(unknown, Diagnostic)
    assert (unknown.code, unknown.hint) == ("unknown-version", "did you mean '2.0.0'?")
    assert str(unknown.place) == "--version"
    unknown = _asked(rules, "2021-01", "apple-grower", version="2.0.0")
    assert isinstance(unknown, Diagnostic)
    assert unknown.code == "unknown-competency"
    for file in rules.glob("?.yaml"):
        file.unlink()
    unknown = _asked(rules, "2021-01", version="2.0.0")
    assert isinstance(unknown, Diagnostic)
    assert unknown.code == "unknown-competency"


def test_a_version_of_one_of_several_competencies(tmp_path: Path) -> None:
    rules = _with_versions(tmp_path, *TWO)
    other = (rules / "1.yaml").read_text(encoding="utf-8").replace("pear-grower", "apple-grower")
    (rules / "other.yaml").write_text(other, encoding="utf-8")
    several = _asked(rules, "2021-01", version="1.0.0")
    assert isinstance(several, Diagnostic)
    assert several.code == "several-competencies"
    assert several.hint == "name one of apple-grower, pear-grower"
    assert _asked(rules, "2021-01", "apple-grower", version="1.0.0") == ("1.0.0",)
    unknown = _asked(rules, "2021-01", "apple-grower", version="2.0.0")
    assert isinstance(unknown, Diagnostic)
    assert unknown.code == "unknown-version"


def test_findings_of_a_program_that_is_asked_for(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "weight > 0", "wieght > 0")
    finding = _asked(rules, "2021-01")
    assert isinstance(finding, Diagnostic)
    assert finding.code == "unknown-name"


def test_other_competencies_are_not_read(tmp_path: Path) -> None:
    """One that is wrong keeps nobody from scoring the one that is asked for; it is named where that is none."""
    rules, data = small_programme.written(tmp_path)
    own = (rules / "competency.yaml").read_text("utf-8")
    other = rules / "other.yaml"
    for text in (own.replace("id: trader", "id: other").replace("max_score: 100", "max_score: x"),
                 "kind: competency\nid: other\nschema: 1\n" + "title: {en: ["):  # fmt: skip
        other.write_text(text, "utf-8")
        results = tierwise.evaluate(data, small_programme.AS_OF, rules=rules, competency="trader")
        assert len([*results.options[0].scores()]) == 3
        for asked in (None, "other"):
            with pytest.raises(tierwise.Refused) as refused:
                tierwise.evaluate(data, small_programme.AS_OF, rules=rules, competency=asked)
            assert {each.place.path for each in refused.value.diagnostics} == {str(other)}
    other.write_text(own.replace("id: trader", "id: 'trader'").replace("1.0.0", "1.0"), "utf-8")
    with pytest.raises(tierwise.Refused, match="not '1"):  # its id stands in quotes
        tierwise.evaluate(data, small_programme.AS_OF, rules=rules, competency="trader")
    other.write_text(own.replace("id: trader", "id: trainer"), "utf-8")
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(data, small_programme.AS_OF, rules=rules, competency="trainee")
    (finding,) = refused.value.diagnostics
    assert (finding.code, finding.hint) == ("unknown-competency", "did you mean 'trainer'?")


@pytest.mark.parametrize(
    "title", ['title: {en: "Trader\nid: other\nof old"}', "title:\n  en: 'Trader\n\nid: other\n'"]
)
def test_a_line_of_a_quoted_text_is_no_id(title: str, tmp_path: Path) -> None:
    """So the version in which it stands is not passed over."""
    rules, data = small_programme.written(tmp_path)
    text = (rules / "competency.yaml").read_text("utf-8").lstrip()
    for old, new in (("kind: competency\n", ""), ("title: {en: Trader}\n", ""),
                     ("1.0.0", "2.0.0"), ("2024-01", "2024-02")):  # fmt: skip
        text = text.replace(old, new, 1)
    (rules / "second.yaml").write_text(f"kind: competency\n{title}\n{text}", "utf-8")
    results = tierwise.evaluate(data, small_programme.AS_OF, rules=rules, competency="trader")
    assert results.options[0].program.version == "2.0.0"
