"""Demo data: the folder it is written to, and what cannot be asked for."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import tierwise
from demo_market import (
    LIBRARY,
    MARKET,
    MARKET_DEMO,
    TOP,
    TOWNS,
    contents,
    made,
    make,
    rule_set,
)
from rule_files import RULES
from thorough import mostly
from tierwise.diagnostics import CannotRun, Outcome
from tierwise.model.ruleset import RuleSet
from tierwise.program.demo_data.bind import bind_demos
from tierwise.run.demo_data import generate
from tierwise.tasks.demo_data import DemoReport, demo_data


@pytest.fixture
def rules(tmp_path: Path) -> RuleSet:
    return rule_set(tmp_path / "rules", MARKET, TOWNS, MARKET_DEMO)


def refusal(outcome: Outcome[DemoReport]) -> str:
    """The only finding, which left nothing."""
    assert outcome.value is None
    assert len(outcome.diagnostics) == 1
    return str(outcome.diagnostics[0])


def test_the_report_and_the_marker(rules: RuleSet, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    report = made(make(rules, out, 5, 9, "csv"))
    names = ["stalls", "goods", "sales", "visits", "crowns"]
    assert list(report.rows) == names
    assert report.rows["stalls"] == 5
    assert report.files == tuple(out / f"{name}.csv" for name in names)
    marker = json.loads((out / "demo-data.json").read_text(encoding="utf-8"))
    assert marker == {
        "made_by": f"tierwise {tierwise.__version__} demo-data", "contract": "market", "stalls": 5,
        "seed": 9, "format": "csv", "months": {"from": "2024-03", "through": "2025-02"},
        "files": sorted(f"{name}.csv" for name in names),
        "rules": {document.relative: document.digest for document in rules.documents},
    }  # fmt: skip
    assert sorted(path.name for path in out.iterdir()) == sorted(
        [*marker["files"], "demo-data.json"]
    )


def test_progress_names_every_table(rules: RuleSet, tmp_path: Path) -> None:
    said: list[str] = []
    demo_data(rules, None, tmp_path / "out", 5, 1, "csv", said.append)
    assert {line.split()[1] for line in said if line.startswith("writing")} == {
        "stalls", "goods", "sales", "visits", "crowns"}  # fmt: skip


def test_demo_data_takes_the_place_of_demo_data(rules: RuleSet, tmp_path: Path) -> None:
    made(make(rules, tmp_path / "out", 5, 1, "csv"))
    made(make(rules, tmp_path / "out", 6, 1, "parquet"))
    made(make(rules, tmp_path / "other", 6, 1, "parquet"))
    assert contents(tmp_path / "out") == contents(tmp_path / "other")


def test_what_others_put_there_stays(rules: RuleSet, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "goods.csv").write_text("mine", encoding="utf-8")
    assert refusal(make(rules, out)) == (
        f"{out}: error demo-out: the folder holds 'goods.csv', which demo-data did not write "
        "(name a folder that is not there yet)")  # fmt: skip
    assert contents(out) == {"goods.csv": b"mine"}
    (out / "goods.csv").unlink()
    made(make(rules, out))
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    (out / "more.txt").write_text("mine", encoding="utf-8")
    before = contents(out)
    assert "'more.txt' and 1 more, which" in refusal(make(rules, out, 7))
    assert contents(out) == before


@pytest.mark.parametrize("marker", ["", "[]", '{"files": ["../goods.csv"]}', '{"files": 3}'])
def test_a_marker_that_says_something_else(rules: RuleSet, tmp_path: Path, marker: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "goods.csv").write_text("mine", encoding="utf-8")
    (out / "goods.csv").write_text("mine", encoding="utf-8")
    (out / "demo-data.json").write_text(marker, encoding="utf-8")
    assert "'goods.csv', which demo-data did not write" in refusal(make(rules, out))
    (out / "goods.csv").unlink()
    made(make(rules, out))
    assert (tmp_path / "goods.csv").read_text(encoding="utf-8") == "mine"


def test_a_file_is_no_folder(rules: RuleSet, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    assert refusal(make(rules, tmp_path / "out")) == (
        f"{tmp_path / 'out'}: error demo-out: this is a file, not a folder (name a folder that is "
        "not there yet)")  # fmt: skip


def test_a_folder_that_cannot_be_made(rules: RuleSet, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(CannotRun) as told:
        make(rules, tmp_path / "file" / "out")
    assert told.value.hint == "check the folder, and the space on disk"


@pytest.mark.parametrize("error", [CannotRun("no space"), KeyboardInterrupt(), ValueError("bug")])
def test_nothing_is_left_of_what_fails(
    rules: RuleSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    made(make(rules, tmp_path / "old", 5))
    before = contents(tmp_path / "old")
    write: Callable[..., None] = generate._Work._write

    def fail(work: generate._Work, database: object, name: str) -> None:
        write(work, database, name)
        if name == "visits":
            raise error

    monkeypatch.setattr(generate._Work, "_write", fail)
    for name in ("old", "new/folder"):
        with pytest.raises(type(error)):
            make(rules, tmp_path / name, 9)
    assert contents(tmp_path / "old") == before
    assert not (tmp_path / "new").exists()


def test_what_an_earlier_run_left_is_cleared_away(rules: RuleSet, tmp_path: Path) -> None:
    (tmp_path / "out" / ".demo-data-x1y2").mkdir(parents=True)
    (tmp_path / "out" / ".demo-data-x1y2" / "goods.csv").write_text("", encoding="utf-8")
    made(make(rules, tmp_path / "out"))
    assert not list((tmp_path / "out").glob(".*"))


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
@pytest.mark.parametrize("patience", mostly([1.0], [0.3, 1.0, 2.0]))
def test_an_interruption_leaves_nothing(tmp_path: Path, patience: float) -> None:
    out = tmp_path / "out"
    code = f"""
import signal; signal.signal(signal.SIGINT, signal.default_int_handler)
import tierwise
tierwise.demo_data({str(out)!r}, 200000, rules={str(RULES)!r},
                   progress=lambda doing: print(doing, flush=True))
"""
    environment = {**os.environ, "PYTHONPATH": str(TOP / "engine")}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(patience)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert errors.strip().splitlines()[-1] == "KeyboardInterrupt"
    assert not out.exists()


# --- what is asked for ----------------------------------------------------------------------------


def test_what_cannot_be_asked_for(rules: RuleSet, tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked: dict[str, Outcome[DemoReport]] = {
        "--partners: error demo-size: 0 cannot be made (ask for 1 to 10,000,000)":
            make(rules, out, 0),
        "--partners: error demo-size: 10,000,001 cannot be made (ask for 1 to 10,000,000)":
            make(rules, out, 10_000_001),
        "--format: error demo-format: 'xlsx' is not a format of data (known here: csv, parquet)":
            make(rules, out, format_="xlsx"),
        "--contract: error unknown-contract: there is no data contract 'markt' (did you mean "
        "'market'?)": make(rules, out, contract="markt"),
    }  # fmt: skip
    assert [refusal(outcome) for outcome in asked.values()] == list(asked)
    assert not out.exists()


def test_one_of_several_contracts(tmp_path: Path) -> None:
    rules = rule_set(tmp_path / "rules", MARKET, LIBRARY, TOWNS, MARKET_DEMO)
    assert refusal(make(rules, tmp_path / "out")) == (
        "--contract: error several-contracts: there are several data contracts (name one of "
        "library, market)")  # fmt: skip
    report = made(make(rules, tmp_path / "out", contract="library"))
    assert "branches" in report.rows


def test_rules_without_a_contract(tmp_path: Path) -> None:
    rules = rule_set(tmp_path / "rules", TOWNS)
    with pytest.raises(CannotRun, match="there is no data contract among the rules"):
        make(rules, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_mistake_in_the_contract_is_said(tmp_path: Path) -> None:
    rules = rule_set(tmp_path / "rules", MARKET.replace("scored: stalls", "scored: stall"), TOWNS)
    outcome = make(rules, tmp_path / "out")
    assert [each.code for each in outcome.diagnostics] == ["unknown-table"]
    assert bind_demos(rule_set(tmp_path / "other", MARKET.replace("scored: stalls", "scored: x"),
                               TOWNS, MARKET_DEMO)) == ()  # fmt: skip


def test_the_api_refuses_by_raising(tmp_path: Path) -> None:
    with pytest.raises(tierwise.Refused) as told:
        tierwise.demo_data(tmp_path / "out", 0, rules=RULES)
    assert [each.code for each in told.value.diagnostics] == ["demo-size"]
