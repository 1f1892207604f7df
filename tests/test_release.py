"""The command ``release``: a version that is released stays as it is, or validation says so."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tierwise
from command_line import run
from rule_files import RULES, copy_of_good, findings, replaced
from tierwise import pipeline
from tierwise.diagnostics import Diagnostic
from tierwise.months import parse_month
from tierwise.tasks import release as task

LIST = "releases.yaml"


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _second(rules: Path, version: str = "2.0.0", first: str = "2021-01") -> Path:
    """A second version of the good competency."""
    text = (rules / "competency.yaml").read_text(encoding="utf-8")
    text = text.replace("version: 1.0.0", f"version: {version}").replace("2020-01", first)
    file = rules / f"{version}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def _refused(rules: Path, version: str = "1.0.0", competency: str = "pear-grower") -> Diagnostic:
    """The one finding for which a version is not released; nothing is written."""
    before = {path: path.read_bytes() for path in rules.rglob("*") if path.is_file()}
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.release(competency, version, rules=rules)
    assert {path: path.read_bytes() for path in rules.rglob("*") if path.is_file()} == before
    (finding,) = refused.value.diagnostics
    assert finding.hint
    return finding


def test_a_release_as_a_process(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    digest = _digest(rules / "competency.yaml")
    ran = run("release", "pear-grower", "1.0.0", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == f"pear-grower 1.0.0 released: rules/releases.yaml, sha256 {digest}\n"
    assert (rules / LIST).read_text(encoding="utf-8").splitlines() == [
        "# yaml-language-server: $schema=../../schemas/releases.schema.json",
        "# Written by 'tierwise release'. A released version never changes: write a new one.",
        "kind: releases",
        "schema: 1",
        "competency: pear-grower",
        "releases:",
        f"  - {{version: 1.0.0, sha256: {digest}}}",
    ]
    assert run("validate", "rules", cwd=tmp_path).returncode == 0
    again = run("release", "pear-grower", "1.0.0", "--rules", "rules", cwd=tmp_path)
    assert again.returncode == 0
    assert "1.0.0 released already" in again.stdout
    replaced(rules / "competency.yaml", "Pear grower", "Grower of pears")
    for words in (["release", "pear-grower", "1.0.0"], ["validate", "rules"],
                  ["validate", "rules/competency.yaml"]):  # fmt: skip
        ran = run(*words, cwd=tmp_path)
        assert ran.returncode == 1
        assert "rules/competency.yaml:5:10: error" in ran.stdout + ran.stderr
        assert "[released-changed]" in ran.stdout + ran.stderr
        assert "a new version in a file of its own" in ran.stdout + ran.stderr
    assert run("validate", "rules/credit.yaml", cwd=tmp_path).returncode == 0


def test_each_version_is_one_more_line(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    second = _second(rules)
    tierwise.release("pear-grower", "2.0.0", rules=rules)
    before = (rules / LIST).read_text(encoding="utf-8")
    report = tierwise.release("pear-grower", "1.0.0", rules=rules)
    assert (report.file, report.is_new, report.warnings) == (rules / LIST, True, ())
    assert report.sha256 == _digest(rules / "competency.yaml")
    after = (rules / LIST).read_text(encoding="utf-8")
    assert after == f"{before}  - {{version: 1.0.0, sha256: {report.sha256}}}\n"
    assert not tierwise.release("pear-grower", "1.0.0", rules=rules).is_new
    assert (rules / LIST).read_text(encoding="utf-8") == after
    assert findings(rules) == ()
    second.unlink()
    (gone,) = findings(rules)
    assert (gone.code, str(gone.place)) == ("released-missing", f"{rules / LIST}:7:15")


def test_the_digest_is_of_the_bytes(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    file = rules / "competency.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    report = tierwise.release("pear-grower", "1.0.0", rules=rules)
    assert report.sha256 == _digest(file)
    assert (rules / LIST).read_text(encoding="utf-8").startswith("# yaml-language-server")
    assert findings(rules) == ()
    file.write_bytes(file.read_bytes() + b"\r\n")
    assert [each.code for each in findings(rules)] == ["released-changed"]


def test_a_released_file_may_be_renamed_and_must_keep_its_version(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    tierwise.release("pear-grower", "1.0.0", rules=rules)
    (rules / "competency.yaml").rename(rules / "1.0.0.yaml")
    assert findings(rules) == ()
    replaced(rules / "1.0.0.yaml", "version: 1.0.0", "version: 1.0.1")
    assert [each.code for each in findings(rules)] == ["released-missing"]


def test_a_change_that_breaks_the_shape_is_a_change(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    tierwise.release("pear-grower", "1.0.0", rules=rules)
    replaced(rules / "competency.yaml", "max_score: 100", "max_score: x")
    assert [each.code for each in findings(rules)] == ["released-changed", "wrong-type"]


def test_scores_do_not_depend_on_what_is_released(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    month = parse_month("2021-01")
    assert month is not None
    digests = []
    for _ in range(2):
        programs = pipeline.programs(tierwise.load_rules(rules), month, None, None).value
        assert programs is not None
        digests.append(programs[0].digests)
        tierwise.release("pear-grower", "1.0.0", rules=rules)
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("competency.yaml", "weight > 0", "wieght > 0", "unknown-name"),
        ("competency.yaml", "max_score: 100", "max_score: x", "wrong-type"),
        ("competency.yaml", "kind: competency", "kind: [", "yaml-syntax"),
        ("credit.yaml", "kind: credit", "kind: credi", "unknown-kind"),
        ("2.0.0.yaml", "version: 2.0.0", "version: 1.0.0", "duplicate-id"),
        ("2.0.0.yaml", "2021-01", "2020-01", "versions-overlap"),
    ],
)
def test_a_version_with_errors_is_not_released(
    file: str, old: str, new: str, code: str, tmp_path: Path
) -> None:
    rules = copy_of_good(tmp_path)
    _second(rules)
    replaced(rules / file, old, new)
    assert _refused(rules).code == code


def test_errors_elsewhere_and_warnings_keep_no_version_from_being_released(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(_second(rules), "weight > 0", "wieght > 0")
    replaced(rules / "competency.yaml", "        group: skill\n", "")
    report = tierwise.release("pear-grower", "1.0.0", rules=rules)
    assert [each.code for each in report.warnings] == ["unused-group"]
    assert _refused(rules, "2.0.0").code == "unknown-name"


def test_what_there_is_not(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    unknown = _refused(rules, "1.0.1")
    assert (unknown.code, unknown.hint) == ("unknown-version", "did you mean '1.0.0'?")
    unknown = _refused(rules, competency="pear-growers")
    assert (unknown.code, unknown.hint) == ("unknown-competency", "did you mean 'pear-grower'?")
    assert _refused(tmp_path / "nowhere").code == "rules-missing"
    ran = run("release", "pear-grower", "1.0.0", cwd=rules)  # never those of the package
    assert ran.returncode == 1
    assert "[rules-missing]" in ran.stderr


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("competency: pear-grower", "competency: apple-grower", "released-missing"),
        ("sha256: ", "sha256: x", "wrong-value"),
        ("kind: releases", "kind: release", "unknown-kind"),
        ("schema: 1", "schema: [", "yaml-syntax"),
    ],
)
def test_a_list_that_is_wrong_is_left_as_it_is(
    old: str, new: str, code: str, tmp_path: Path
) -> None:
    rules = copy_of_good(tmp_path)
    tierwise.release("pear-grower", "1.0.0", rules=rules)
    _second(rules)
    replaced(rules / LIST, old, new)
    assert _refused(rules, "2.0.0").code == code


def test_one_list_is_of_one_competency(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(_second(rules), "id: pear-grower", "id: apple-grower")
    tierwise.release("pear-grower", "1.0.0", rules=rules)
    refused = _refused(rules, "2.0.0", "apple-grower")
    assert (refused.code, refused.place.path) == ("not-its-releases", str(rules / LIST))
    (rules / "apples").mkdir()
    (rules / "2.0.0.yaml").rename(rules / "apples" / "2.0.0.yaml")
    report = tierwise.release("apple-grower", "2.0.0", rules=rules)
    assert report.file == rules / "apples" / LIST
    assert findings(rules) == ()


def test_a_version_that_is_released_twice(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    tierwise.release("pear-grower", "1.0.0", rules=rules)
    with (rules / LIST).open("a", encoding="utf-8") as file:
        file.write(f"  - {{version: 1.0.0, sha256: {'0' * 64}}}\n")
    (twice,) = findings(rules)
    assert (twice.code, str(twice.place)) == ("duplicate-id", f"{rules / LIST}:8:15")
    assert [str(each.place) for each in twice.related] == [f"{rules / LIST}:7:15"]


def test_a_write_that_fails_leaves_the_list_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = copy_of_good(tmp_path)
    tierwise.release("pear-grower", "1.0.0", rules=rules)
    _second(rules)
    before = {path: path.read_bytes() for path in rules.iterdir()}

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        task.release("pear-grower", "2.0.0", rules)
    assert {path: path.read_bytes() for path in rules.iterdir()} == before


def test_the_list_is_a_file_of_its_schema(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    tierwise.release("pear-grower", "1.0.0", rules=rules)
    schema = RULES.parent / "schemas" / "releases.schema.json"
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema),
               str(rules / LIST)]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
