"""The command ``validate``: exit codes, formats, single files, and how little it loads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from command_line import PROGRAM, TOP, Ran, run
from rule_files import GOOD, RULES, copy_of_good, replaced

CLEAN, FINDINGS, USAGE = 0, 1, 2


def _run(*arguments: str, cwd: Path = TOP) -> Ran:
    return run("validate", *arguments, cwd=cwd)


def test_clean_rules() -> None:
    ran = _run(str(RULES))
    assert (ran.returncode, ran.stdout) == (CLEAN, "")
    assert "nothing wrong" in ran.stderr


def test_a_finding_with_its_line_and_what_to_do(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "weight > 0", "wieght > 0")
    ran = _run("rules", cwd=tmp_path)
    assert ran.returncode == FINDINGS
    assert ran.stdout.splitlines() == [
        "rules/competency.yaml:49:19: error: there is no 'wieght' here [unknown-name]",
        "   49 |           where: [wieght > 0, pieces > 0]",
        "      |                   ^^^^^^",
        "    did you mean 'weight'?",
    ]
    assert ran.stderr == "5 rule files read: 1 finding\n"


def test_warnings_alone_are_clean(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "        group: skill\n", "")
    ran = _run(str(rules))
    assert ran.returncode == CLEAN
    assert "warning" in ran.stdout


def test_findings_as_json(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "max_points: 40", "max_points: 41")
    ran = _run(str(rules), "--format", "json")
    assert ran.returncode == FINDINGS
    (finding,) = json.loads(ran.stdout)["findings"]
    assert set(finding) == {"code", "severity", "message", "hint", "place", "related"}
    assert set(finding["place"]) == {"file", "line", "column", "end_line", "end_column"}
    assert finding["code"] == "points-do-not-add-up"
    assert len(finding["related"]) == 5
    assert json.loads(_run(str(GOOD), "--format", "json").stdout) == {"findings": []}


def test_a_format_that_there_is_not() -> None:
    assert _run(str(GOOD), "--format", "xml").returncode == USAGE


def test_one_file_among_its_rules(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "weight > 0", "wieght > 0")
    for cwd, name in ((tmp_path, "rules/competency.yaml"), (rules, "competency.yaml")):
        ran = _run(name, cwd=cwd)
        assert ran.returncode == FINDINGS
        assert ran.stdout.startswith(f"{name}:49:19: error")
    assert _run("rules/credit.yaml", cwd=tmp_path).returncode == CLEAN


def test_one_file_that_others_keep_from_being_judged(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "contract.yaml", "kind: contract", "kind: contrat")
    ran = _run("rules/competency.yaml", cwd=tmp_path)
    assert ran.returncode == FINDINGS
    assert "contract.yaml:2:7" in ran.stdout


def test_one_file_alone(tmp_path: Path) -> None:
    (tmp_path / "competency.yaml").write_bytes((GOOD / "competency.yaml").read_bytes())
    ran = _run("competency.yaml", cwd=tmp_path)
    assert ran.returncode == FINDINGS
    assert ran.stdout.count("error") == 1
    assert "unknown-contract" in ran.stdout


@pytest.mark.parametrize("name", ["nowhere", "empty", "empty/nothing.yaml", "/dev/null"])
def test_rules_that_are_missing(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "remarks.txt").write_text("nothing", encoding="utf-8")
    ran = _run(name, "--format", "json", cwd=tmp_path)
    assert ran.returncode == FINDINGS
    (finding,) = json.loads(ran.stdout)["findings"]
    assert finding["code"] == "rules-missing"
    assert finding["hint"]


def test_a_file_that_is_no_rule_file_is_not_passed_over(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    (rules / "README.md").write_text("# Rules\n", encoding="utf-8")
    assert _run("rules/README.md", cwd=tmp_path).returncode == FINDINGS
    (rules / "MORE.YAML").write_text("kind: contrat\n", encoding="utf-8")
    assert _run("rules", cwd=tmp_path).returncode == FINDINGS


def test_names_and_texts_that_cannot_be_printed(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    (rules / "\udcff.yaml").write_text('kind: "\\e[31mred\\a"\n', encoding="utf-8")
    for arguments in ([str(rules)], [str(rules), "--format", "json"]):
        ran = _run(*arguments)
        assert ran.returncode == FINDINGS
        assert "\x1b" not in ran.stdout
        assert "Traceback" not in ran.stderr
        assert "bug" not in ran.stderr


HUGE = {
    "keys": "kind: catalogue\nschema: 1\nid: huge\nentries:\n"
            + "".join(f"  K{number}: {{of: 1}}\n" for number in range(10_000)),
    "names": "kind: certifications\nschema: 1\nid: huge\nexams:\n"
             + "".join(f"  EXAM-{number}: {{}}\n" for number in range(9_000))
             + "certifications:\n  one:\n    requires:\n      any:\n"
             + "".join(f"        - EXAN-{number}\n" for number in range(9_000)),
    "dictionaries": "kind: certifications\nschema: 1\nid: huge\nexams: {A-1: {}}\n"
                    "certifications:\n  one:\n    requires:\n      any:\n"
                    + "".join(f"        - all: [A-{number}]\n" for number in range(9_000)),
    "policies": "kind: credit\nschema: 1\nid: huge\ncontract: orchard-data\npolicies:\n"
                + "".join(f"  p{number}: {{through: tenures, to: grower, of: box, "
                          f"ways: {{w: {{when: rol == 'owner'}}}}}}\n" for number in range(2_500)),
    "expressions": "kind: credit\nschema: 1\nid: huge\ncontract: orchard-data\npolicies:\n"
                   "  p:\n    through: tenures\n    to: grower\n    of: box\n    ways:\n"
                   + "".join(f"      w{number}: {{when: \"{' or '.join(['role != grower'] * 55)} or x\"}}\n"
                             for number in range(900)),
    "checks": "kind: contract\nschema: 1\nid: huge\nscored: a\ntables:\n  a:\n    key: [b]\n    columns: {b: {type: text}}\n    checks:\n"
              + "".join(f"      - {{that: 'b + {number} > c{number} ** 2', message: no}}\n" for number in range(8_000)),
    "expression": "kind: credit\nschema: 1\nid: huge\ncontract: orchard-data\npolicies:\n"
                  "  p: {through: tenures, to: grower, of: box, ways: {w: {when: '"
                  + "(" * 10_000 + "'}}}\n",
    "hundred megabytes": "#" * 100_000_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HUGE)
def test_huge_files_cost_a_moment(name: str, tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    (rules / "huge.yaml").write_text(HUGE[name], encoding="utf-8")
    start = time.monotonic()
    ran = _run(str(rules))
    assert time.monotonic() - start < 60  # not a speed: only that it does not explode
    assert ran.returncode == FINDINGS
    assert "Traceback" not in ran.stderr
    assert len(ran.stdout) < 200_000


def test_validate_loads_no_engine() -> None:
    code = (
        "import sys, tierwise; report = tierwise.validate([sys.argv[1]]); assert not report.findings;"
        "print([name for name in ('ibis', 'duckdb', 'pyarrow', 'pandas') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(RULES)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_bug_is_called_one_without_a_traceback() -> None:
    code = (
        "import tierwise.tasks.validate as task; from tierwise_cli.start import main\n"
        "def broken(paths): raise RuntimeError('a screw is loose')\n"
        "task.validate = broken; main()"
    )
    command = [sys.executable, "-c", code, "validate"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 3
    assert "this is a bug in tierwise: RuntimeError: a screw is loose" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_library_that_does_not_load_is_no_bug(tmp_path: Path) -> None:
    library = tmp_path / "duckdb" / "__init__.py"
    library.parent.mkdir()
    library.write_text("raise ImportError('libduckdb.so: no memory to map it')\n", "utf-8")
    command = [PROGRAM, "evaluate", TOP / "examples/contoso", "--as-of", "2021-05"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False,
                         env={**os.environ, "PYTHONPATH": str(tmp_path)})  # fmt: skip
    assert ran.returncode == 3
    assert "a library cannot be loaded: libduckdb.so: no memory to map it\n  install" in ran.stderr
