"""The command line: what it prints where, what it leaves, how it exits."""

from __future__ import annotations

import functools
import importlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pyarrow.parquet as pq
import pytest

from command_line import PROGRAM, Ran, run, run_process
from thorough import mostly
from tierwise_cli import start
from tierwise_cli.colour import coloured

ROOT = Path(__file__).parents[1]
CONTOSO = ROOT / "examples" / "contoso"
COMMANDS = ("evaluate", "explain", "validate", "test", "release", "demo-data")


def _words(*words: object, data: Path = CONTOSO) -> tuple[object, ...]:
    return ("evaluate", data, "--as-of", "2021-05", "--rules", ROOT / "rules", *words)


def evaluate(*words: object, data: Path = CONTOSO) -> Ran:
    return run(*_words(*words, data=data))


@functools.cache
def printed(*words: str) -> Ran:
    """What evaluating the example prints, for all tests that only look at it."""
    return evaluate(*words)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command: str) -> None:
    ran = run(command, "--help")
    assert ran.returncode == 0
    assert f"Example: tierwise {command}" in ran.stdout


@pytest.mark.parametrize("command", [each for each in COMMANDS if each != "release"])
def test_what_help_gives_as_an_example_runs(command: str, tmp_path: Path) -> None:
    """Cases of one competency: test_cases.py runs all that are carried."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    others = ("cloud-business-applications", "solutions-partner-business-applications")
    left_out = others if command == "test" else ()
    shutil.copytree(ROOT / "rules", tmp_path / "rules", ignore=shutil.ignore_patterns(*left_out))
    module = importlib.import_module(f"tierwise_cli.commands.{command.replace('-', '_')}")
    examples = re.findall(r"Example: tierwise (.+)", module.command.__doc__)
    for example in examples:
        if "postgresql://" not in example:
            ran = run(*shlex.split(example), cwd=tmp_path)
            assert ran.returncode == 0, ran.stderr


def test_version_and_completion() -> None:
    assert run_process("--version").stdout.startswith("tierwise 0.")
    # The shell is the one that calls it; what runs the tests need not have one.
    shell = f"{shlex.quote(PROGRAM)} --show-completion; exit $?"
    words = ["bash", "-c", shell]
    completion = subprocess.run(words, capture_output=True, text=True, check=False)
    assert completion.returncode == 0, completion.stderr
    assert "_tierwise_completion" in completion.stdout


def test_a_version_before_it_is_in_force(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", rules)
    competency = "small-and-midmarket-cloud-solutions"
    file = rules / "microsoft" / competency / "1.0.0.yaml"
    file.write_text(file.read_text("utf-8").replace("{from: 2021-01}", "{from: 2030-01}"), "utf-8")
    words = (CONTOSO, "--as-of", "2021-05", "--rules", rules, "--competency", competency)
    assert "no version is in force" in run("evaluate", *words).stderr
    forced = run("evaluate", *words, "--version", "1.0.0")
    assert forced.returncode == 0
    assert forced.stdout.splitlines()[1] == "version 1.0.0, as of 2021-05"
    assert (
        f"--as-of 2021-05 --rules {rules} --competency {competency} --version 1.0.0"
        in forced.stderr
    )
    explained = run("explain", *words, "--version", "1.0.0", "--partner", "P04")
    assert explained.stdout.startswith("P04: 29 points")


def test_help_loads_no_engine() -> None:
    code = "import sys, tierwise_cli.app; print([m for m in ('ibis', 'duckdb', 'pyarrow', 'pandas',"
    code += " 'rich', 'jsonschema') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert ran.stdout.strip() == "[]"


def test_results_on_stdout_and_talk_on_stderr() -> None:
    ran = printed("--format", "csv")
    assert ran.returncode == 0
    assert len(ran.stdout.splitlines()) == 20
    assert "note: cloud-business-applications is not scored" in ran.stderr
    own = evaluate("--format", "csv", "--competency", "small-and-midmarket-cloud-solutions")
    assert (own.stdout, own.stderr) == (ran.stdout, "")
    assert "next: tierwise explain" in printed().stderr


def test_no_colour_where_there_is_no_terminal() -> None:
    assert "\x1b" not in printed().stdout + run("validate", "rules").stdout


def test_a_second_run_gives_the_same_bytes(tmp_path: Path) -> None:
    """Also in another process, in which sets have another order, with another number of threads."""
    files = {side: [tmp_path / f"{side}.{each}" for each in ("csv", "json", "parquet")]
             for side in ("here", "there")}  # fmt: skip
    for file in files["here"]:
        assert evaluate("--output", file, "--threads", 1).returncode == 0
    commands = [[*map(str, _words("--output", file, "--threads", 2))] for file in files["there"]]
    code = f"from command_line import run\nprint([run(*each).returncode for each in {commands}])"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "PYTHONHASHSEED": "5"}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True,
                         env=environment)  # fmt: skip
    assert ran.stdout.strip() == "[0, 0, 0]", ran.stderr
    for one, other in zip(files["here"], files["there"], strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_every_output_names_what_it_was_made_from(tmp_path: Path) -> None:
    evaluate("--output", tmp_path / "scores.json")
    stamp = json.loads((tmp_path / "scores.json").read_text("utf-8"))["stamp"]
    evaluate("--output", tmp_path / "scores.parquet")
    table = pq.read_table(tmp_path / "scores.parquet")
    assert table.schema.metadata[b"tierwise.rules_digest"].decode() == stamp["rules_digest"]
    assert set(table["data_digest"].to_pylist()) == {stamp["data_digest"]}
    assert stamp["rules_digest"] in printed("--format", "csv").stdout
    assert stamp["rules_digest"][:12] in printed().stdout


def test_json_has_thresholds_maxima_and_reasons() -> None:
    document = json.loads(evaluate("--format", "json", "--partner", "P12").stdout)
    (row,) = document["results"]
    assert (row["partner_id"], row["score"], row["level"]) == ("P12", 0, None)
    growth = row["metrics"]["monthly_active_user_growth"]
    assert growth == {
        "value": 1, "value_exact": "1", "threshold": 0.35, "unit": "%", "points": 0,
        "points_exact": "0", "maximum": 25, "parts": {"now": 98, "then": 49},
        "reason": "fewer than 50 monthly active users 12 months ago",
    }  # fmt: skip


def test_a_refused_run_leaves_an_earlier_file_alone(tmp_path: Path) -> None:
    data, output = tmp_path / "data", tmp_path / "scores.csv"
    shutil.copytree(CONTOSO, data)
    (data / "usage.csv").unlink()
    output.write_text("as it was", "utf-8")
    ran = evaluate("--output", output, data=data)
    assert ran.returncode == 1
    assert "the table 'usage' is missing" in ran.stderr
    assert ran.stdout == ""
    assert output.read_text("utf-8") == "as it was"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "scores.csv"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["evaluate", "examples/contoso"], 2, "name the month, or several with --from and --to"),
        (["evaluate", "examples/contoso", "--as-of", "2021-13"], 2, "'2021-13' is not a month"),
        (["evaluate", "examples/contoso", "--as-of", "2021-05", "--format", "xml"], 2, "xml"),
        (["evaluate", "examples/contoso", "--as-of", "2021-05", "--output", "nowhere/a.csv"], 2,
         "there is no folder nowhere"),
        (["evaluate", "examples/nothing", "--as-of", "2021-05"], 1, "no such file or folder"),
        (["evaluate", "examples/contoso", "--as-of", "2020-09"], 1, "no version is in force"),
        (["evaluate", "examples/contoso", "--as-of", "2021-05", "--competency", "small"], 2,
         "there is no competency 'small'"),
        (["evaluate", "examples/contoso", "--as-of", "2021-05", "--option", "smb"], 2,
         "there is no option 'smb'"),
        (["evaluate", "examples/contoso", "--as-of", "2021-05", "--partner", "P1"], 1,
         "there is no 'P1' in partners"),
        (["evaluate", "examples/contoso", "--as-of", "2021-05", "--version", "1.0.1",
          "--competency", "small-and-midmarket-cloud-solutions"], 2, "there is no version '1.0.1'"),
        (["explain", "examples/contoso", "--as-of", "2021-05", "--partner", "P04", "--version",
          "2", "--competency", "small-and-midmarket-cloud-solutions"], 2, "there is no version '2'"),
        (["evaluate", "examples/contoso", "--as-of", "2021-05", "--competency", "small"], 2,
         "--competency: error: "),
        (["release", "small", "1.0.0"], 2, "COMPETENCY: error: there is no competency 'small'"),
        (["demo-data", "nowhere", "--partners", "10000001"], 2,
         "10,000,001 cannot be made; ask for 1 to 10,000,000"),
        (["demo-data", "nowhere", "--partners", "1", "--contract", "none"], 2,
         "--contract: error: there is no data contract 'none'"),
        (["demo-data", "nowhere", "--partners", "1", "--rules",
          "rules/microsoft/catalogues"], 3, "there is no data contract among the rules"),
        (["validate", "nowhere"], 1, "there is no such file or folder"),
        (["validate", "rules"], 0, "nothing wrong"),
        (["nothing"], 2, "No such command"),
    ],
)  # fmt: skip
def test_exit_codes(words: list[str], code: int, message: str) -> None:
    ran = run(*words)
    assert ran.returncode == code, ran.stderr
    assert message in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr


EVERYDAY = [
    ["nothing"], [*_words()],
    ["demo-data", "nowhere", "--partners", "1", "--rules", "rules/microsoft/catalogues"],
]  # fmt: skip


@pytest.mark.parametrize(
    "words", mostly(EVERYDAY, [*EVERYDAY, ["validate", "rules"], ["evaluate", "examples/nothing", "--as-of", "2021-05"]]),
    ids=["usage", "results", "could not run", "clean", "findings"],
)  # fmt: skip
def test_a_process_prints_and_exits_as_a_command_does_here(words: list[object]) -> None:
    alone, here = run_process(*words), run(*words)
    assert (alone.returncode, alone.stdout, alone.stderr) == (
        here.returncode, here.stdout, here.stderr,
    )  # fmt: skip


def test_a_memory_limit_that_is_no_size_is_said() -> None:
    ran = evaluate("--memory-limit", "lots")
    assert ran.returncode in (2, 3)
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("times", "said"),
    [(9, "the rules calculate with a number of more than 38 digits"),
     (4, "a number is too large to be calculated exactly")],
)  # fmt: skip
def test_a_level_of_too_large_numbers_is_no_bug(times: int, said: str, tmp_path: Path) -> None:
    rules, competency = tmp_path / "rules", "small-and-midmarket-cloud-solutions"
    shutil.copytree(ROOT / "rules", rules)
    file = rules / "microsoft" / competency / "1.0.0.yaml"
    large = f"{'score * ' * times} score >= 80 and score >= 80"
    text = file.read_text("utf-8").replace("score >= 80", large)
    file.write_text(text, "utf-8")
    ran = run(
        "evaluate", CONTOSO, "--as-of", "2021-05", "--rules", rules, "--competency", competency
    )
    assert ran.returncode == 3
    assert said in ran.stderr


@pytest.mark.parametrize("raised", [MemoryError(), RuntimeError("can't start new thread")])
def test_memory_that_the_system_does_not_give_is_no_bug(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], raised: Exception
) -> None:
    def command() -> None:
        raise raised

    monkeypatch.setattr("typer.main.get_command", lambda app: command)
    with pytest.raises(SystemExit) as ended:
        start._run()
    assert ended.value.code == 3
    said = capsys.readouterr().err
    assert "there is not enough memory" in said
    assert "--memory-limit" in said


def test_no_color_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """On one there is colour, unless NO_COLOR asks for none; without one there is none."""
    terminal = mock.Mock(isatty=lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert coloured(terminal)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured(terminal)
    monkeypatch.delenv("NO_COLOR")
    assert not coloured(mock.Mock(isatty=lambda: False))


def test_no_line_of_a_table_ends_with_blanks() -> None:
    lines = evaluate().stdout.splitlines()
    assert len(lines) > 25
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize(
    ("words", "place"),
    [("evaluate --competency nope", "--competency"), ("evaluate --option nope", "--option"),
     ("evaluate --competency cloud-business-applications --version 9.9.9", "--version"),
     ("explain --partner P04 --metric nope", "--metric"), ("evaluate --master foo", "--master"),
     ("evaluate --output table:foo", "--output")],
)  # fmt: skip
def test_what_is_not_called_as_meant_is_told_of_the_call(words: str, place: str) -> None:
    command, *options = words.split()
    ran = run(command, CONTOSO, "--as-of", "2021-05", *options)
    assert ran.returncode == 2
    assert ran.stderr.startswith(f"{place}: error: ")


def test_one_partner_is_explained_at_a_time() -> None:
    ran = run("explain", CONTOSO, "--as-of", "2021-05", "--partner", "P04", "--partner", "P05")
    assert ran.returncode == 2
    assert "one partner is explained at a time" in ran.stderr


def test_a_folder_that_may_not_be_written_to_is_said_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: Path(path) != tmp_path)
    ran = run("evaluate", "nowhere", "--as-of", "2021-05", "--output", tmp_path / "a.csv")
    assert ran.returncode == 2
    assert "may not be written to" in ran.stderr.replace("\n", " ")


def test_the_rules_of_the_package_are_used_elsewhere(tmp_path: Path) -> None:
    ran = run("evaluate", CONTOSO, "--as-of", "2021-05", "--format", "csv", cwd=tmp_path)
    assert ran.returncode == 0
    assert len(ran.stdout.splitlines()) == 20


@pytest.mark.parametrize("table", ["partners", "usage"])
def test_the_data_is_not_written_over(tmp_path: Path, table: str) -> None:
    data = tmp_path / "data"
    shutil.copytree(CONTOSO, data)
    before = (data / f"{table}.csv").read_bytes()
    ran = evaluate("--output", data / f"{table}.csv", data=data)
    assert ran.returncode == 2
    assert "is part of the data; name another file" in ran.stderr
    assert (data / f"{table}.csv").read_bytes() == before


@pytest.mark.parametrize("command", ["evaluate", "explain", "test"])
def test_the_rules_are_not_written_over(tmp_path: Path, command: str) -> None:
    rules, link = tmp_path / "rules", tmp_path / "scores.json"
    shutil.copytree(ROOT / "rules", rules)
    file = rules / "microsoft" / "contracts" / "partner-data.yaml"
    link.symlink_to(file)
    before = file.read_bytes()
    words: dict[str, tuple[object, ...]] = {
        "evaluate": (CONTOSO, "--as-of", "2021-05", "--format", "json"),
        "explain": (CONTOSO, "--as-of", "2021-05", "--partner", "P04", "--format", "json"),
        "test": ("--format", "junit"),
    }
    for output in (file, link):
        ran = run(command, *words[command], "--rules", rules, "--output", output)
        assert ran.returncode == 2
        assert "is one of the rule files; name another file" in ran.stderr
        assert file.read_bytes() == before


def test_an_output_that_is_a_link(tmp_path: Path) -> None:
    loop, nowhere, new = (tmp_path / name for name in ("loop.csv", "nowhere.csv", "new.csv"))
    loop.symlink_to(loop)
    nowhere.symlink_to(tmp_path / "gone" / "a.csv")
    new.symlink_to(tmp_path / "a.csv")
    for link, message in (
        (loop, "is a link that leads back to itself"),
        (nowhere, f"and there is no folder {tmp_path / 'gone'}"),
    ):
        ran = evaluate("--output", link)
        assert ran.returncode == 2
        assert message in ran.stderr
    assert evaluate("--output", new).returncode == 0
    assert new.is_symlink()
    assert (tmp_path / "a.csv").read_text("utf-8").startswith("partner_id,")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    odd = os.fsdecode(b"caf\xe9")
    data, rules = tmp_path / odd, tmp_path / "rules"
    shutil.copytree(CONTOSO, data)
    shutil.copytree(ROOT / "rules", rules)
    ran = evaluate(data=data)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "the path is not UTF-8" in ran.stderr
    assert run("evaluate", ".", "--as-of", "2021-05", "--rules", rules, cwd=data).returncode == 0
    ran = run("demo-data", tmp_path / f"new{odd}", "--partners", "1")
    assert (ran.returncode, "the path is not UTF-8" in ran.stderr) == (1, True)
    assert evaluate("--output", tmp_path / f"{odd}.csv").returncode == 0
    (rules / "microsoft" / "contracts" / "partner-data.yaml").rename(
        rules / "microsoft" / f"{odd}.yaml"
    )
    for words in (("validate", rules), ("evaluate", CONTOSO, "--as-of", "2021-05", "--rules", rules),
                  ("test", "--rules", rules)):  # fmt: skip
        ran = run(*words)
        assert ran.returncode == 1
        assert "the file's name is not UTF-8 [file-encoding]" in ran.stdout + ran.stderr


def test_what_to_type_next_can_be_pasted(tmp_path: Path) -> None:
    """The rules and data are found nowhere else, and are refused without the flag."""
    data, rules = tmp_path / "sp ace", tmp_path / "o'rules"
    shutil.copytree(CONTOSO, data)
    shutil.copytree(ROOT / "rules", rules)
    usage = (data / "usage.csv").read_text("utf-8").splitlines(keepends=True)
    late = [line for line in usage if ",2020-0" not in line]
    (data / "usage.csv").write_text("".join(late), "utf-8")
    words = ("--competency", "small-and-midmarket-cloud-solutions", "--version", "1.0.0",
             "--option", "cloud-business-applications-smb", "--threads", "1")  # fmt: skip
    ran = run("evaluate", data.name, "--as-of", "2021-05", "--rules", rules, *words,
              "--allow-short-history", cwd=tmp_path)  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    for command in ran.stderr.rpartition("next:")[2].strip().splitlines():
        program, *pasted = shlex.split(command)
        assert program == "tierwise"
        assert [each for each in words if each not in pasted] == []
        again = run(*pasted, cwd=tmp_path)
        assert again.returncode == 0, again.stderr
    assert (tmp_path / "scores.csv").exists()


def test_what_to_type_next_is_about_the_same_partners() -> None:
    talk = evaluate("--partner", "P04", "--partner", "P05").stderr
    assert talk.count("--partner P04") == 2
    assert "--partner P04 --partner P05 --output scores.csv" in talk


def test_data_tells_the_terminal_nothing(tmp_path: Path) -> None:
    """Names of partners and things are data: a terminal must not obey what stands in them."""
    data, hostile = tmp_path / "data", "P04\x1b[2J\x01\rX"
    shutil.copytree(CONTOSO, data)
    for file in data.glob("*.csv"):
        text = file.read_bytes().decode().replace("S0401", "S\x1b]0;x\x07")
        file.write_bytes(text.replace("P04", f'"{hostile}"').encode())
    shown = "P04\\x1b[2J\\x01\\rX"
    ran = evaluate(data=data)
    assert ran.returncode == 0, ran.stderr
    explained = run("explain", data, "--as-of", "2021-05", "--rules", ROOT / "rules", "--partner",
                    hostile)  # fmt: skip
    assert explained.stdout.startswith(f"{shown}: 29 points, no level\n")
    assert "S\\x1b]0;x\\x07" in explained.stdout
    assert shown in ran.stdout
    for text in (ran.stdout, ran.stderr, explained.stdout, explained.stderr):
        assert [each for each in text if not each.isprintable() and each != "\n"] == []
    document = json.loads(evaluate("--format", "json", data=data).stdout)
    assert hostile in {row["partner_id"] for row in document["results"]}
