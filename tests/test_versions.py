"""Which version of a competency is in force, and what may be asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

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
) -> tuple[str, ...] | Diagnostic:  # fmt: skip
    """The versions of the programs asked for, or the one finding."""
    loaded = pipeline.load(rules).value
    assert loaded is not None
    outcome = pipeline.programs(loaded, _month(month), competency, option)
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
    assert findings(rules) == ()
    assert _asked(rules, month) == (version,)


@pytest.mark.parametrize(
    ("terms", "month"),
    [
        (["{from: 2020-01}"], "2019-12"),
        (["{from: 2020-01, through: 2020-06}", "{from: 2021-01}"], "2020-07"),
        ([], "2020-01"),
    ],
)
def test_no_version_is_in_force(terms: list[str], month: str, tmp_path: Path) -> None:
    finding = _asked(_with_versions(tmp_path, *terms), month)
    assert isinstance(finding, Diagnostic)
    assert finding.code == "no-version-in-force"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (["{from: 2020-01}", "{from: 2020-01}"], "versions-overlap"),
        (["{from: 2020-01, through: 2021-01}", "{from: 2021-01}"], "versions-overlap"),
        (["{from: 2020-03, through: 2020-02}"], "never-in-force"),
    ],
)
def test_versions_that_contradict_each_other(terms: list[str], code: str, tmp_path: Path) -> None:
    assert [each.code for each in findings(_with_versions(tmp_path, *terms))] == [code]


def test_unknown_competencies_and_options() -> None:
    unknown = _asked(GOOD, "2021-01", "pear-growers")
    assert isinstance(unknown, Diagnostic)
    assert (unknown.code, unknown.hint) == ("unknown-competency", "did you mean 'pear-grower'?")
    unknown = _asked(GOOD, "2021-01", "pear-grower", "clasic")
    assert isinstance(unknown, Diagnostic)
    assert (unknown.code, unknown.hint) == ("unknown-option", "did you mean 'classic'?")
    assert _asked(GOOD, "2021-01", "pear-grower", "classic") == ("1.0.0",)


def test_findings_of_a_program_that_is_asked_for(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "weight > 0", "wieght > 0")
    finding = _asked(rules, "2021-01")
    assert isinstance(finding, Diagnostic)
    assert finding.code == "unknown-name"
