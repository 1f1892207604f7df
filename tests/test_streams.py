"""Streams that are full, closed or left, and signals to stop, as a process meets them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import pytest

import small_programme
from command_line import PROGRAM, run
from thorough import mostly

ROOT = Path(__file__).parents[1]
CONTOSO = ROOT / "examples" / "contoso"


def test_a_disk_that_is_full_is_named() -> None:
    ran = run("evaluate", CONTOSO, "--as-of", "2021-05", "--output", "/dev/full", "--format", "csv")
    assert ran.returncode == 3
    assert "/dev/full: No space left on device" in ran.stderr


@pytest.mark.parametrize("words", [["--version"], ["evaluate", CONTOSO, "--as-of", "2021-05"]])
def test_standard_output_that_is_full_is_said_once(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run([PROGRAM, *words], stdout=full, stderr=subprocess.PIPE,
                             check=False, encoding="utf-8", cwd=ROOT)  # fmt: skip
    assert ran.returncode == 3
    assert ran.stderr.count("No space left on device") == 1
    assert ran.stderr.endswith("check the path, the permissions and the disk\n")


@pytest.mark.parametrize("stream", [1, 2])
def test_a_stream_that_is_closed_is_no_bug(stream: int) -> None:
    words = ["sh", "-c", f'"$0" validate "$1" {stream}>&-', PROGRAM, "examples/resellers/rules"]
    ran = subprocess.run(words, capture_output=True, check=False, encoding="utf-8", cwd=ROOT)
    assert ran.returncode == 0
    assert ("nothing wrong" in ran.stderr) == (stream == 1)
    assert not ran.stdout


@pytest.mark.parametrize("command", ["evaluate", "explain --partner ash"])
def test_results_that_cannot_be_written_are_not_lost_in_silence(
    command: str, tmp_path: Path
) -> None:
    """Standard output is closed; a file is written all the same."""
    rules, data = small_programme.written(tmp_path)
    name, *words = command.split()
    asked = [PROGRAM, name, data, "--as-of", small_programme.AS_OF, "--rules", rules, *words]
    shell = ["sh", "-c", '"$0" "$@" >&-', *map(str, asked)]
    ran = subprocess.run(shell, capture_output=True, check=False, encoding="utf-8", cwd=ROOT)
    assert ran.returncode == 3
    assert "standard output: it is closed\n  leave it open, or give --output a file\n" in ran.stderr


def test_help_that_cannot_be_shown_names_the_stream() -> None:
    """What typer writes itself, of which the error has no name."""
    shell = ["sh", "-c", '"$0" --help >&-', PROGRAM]
    ran = subprocess.run(shell, capture_output=True, check=False, encoding="utf-8")
    assert ran.returncode == 3
    assert ran.stderr.startswith("tierwise: standard output: it is closed\n")


def test_a_reader_that_stops_is_no_failure_to_talk_about() -> None:
    words = [PROGRAM, "evaluate", str(CONTOSO), "--as-of", "2021-05", "--format", "json"]
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        talk = process.stderr.read().decode()
    assert "Traceback" not in talk


@pytest.mark.parametrize("shown", ["", "1"])
def test_an_interrupt_that_falls_where_a_library_clears_away_is_not_lost(shown: str) -> None:
    """Python passes over it there, and would say so with a traceback."""
    code = (
        "import tierwise.tasks.validate as task\n"
        "from tierwise_cli import start, stopped\n"
        "class Clears:\n"
        "    def __del__(self): stopped.tell(); raise KeyboardInterrupt\n"
        "def cleared(paths): Clears(); stopped.go_on()\n"
        "task.validate = cleared; start.main()"
    )
    ran = subprocess.run([sys.executable, "-c", code, "validate"], capture_output=True, check=False,
                         encoding="utf-8", env={**os.environ, "TIERWISE_TRACEBACK": shown})  # fmt: skip
    assert ran.returncode == 3
    assert ran.stderr.endswith("tierwise: interrupted\n  nothing was left half written\n")
    assert ("Traceback" in ran.stderr) == bool(shown)


STOPS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
MOMENTS = [0.3, 0.6, 1.5]
"""Seconds after which they come: while it starts, plans and writes."""


LISTENING = """
import os, signal, sys
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Starts a program with signals as a terminal leaves them: who runs the tests may ignore some, as nohup
does, and then so would the program."""


def stopped(number: signal.Signals, patience: float, folder: Path, *words: object) -> int:
    """The exit code of a command that is told to stop; it says nothing of how it is made."""
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(scratch)}
    command = [sys.executable, "-IS", "-c", LISTENING, PROGRAM, *map(str, words)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          env=environment) as process:  # fmt: skip
        time.sleep(patience)
        process.send_signal(number)
        assert process.stderr is not None
        talk = process.stderr.read().decode()
    before_it_began = process.returncode in (1, -number) and ", in main\n" not in talk
    assert "Traceback" not in talk or before_it_began  # then it is Python's own
    assert "bug" not in talk
    assert list(scratch.iterdir()) == []
    return -number if before_it_began else process.returncode


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
@pytest.mark.parametrize(
    ("number", "patience"), mostly([*zip(STOPS, MOMENTS, strict=True)], [*product(STOPS, MOMENTS)])
)
def test_a_signal_to_stop_leaves_nothing(
    tmp_path: Path, number: signal.Signals, patience: float
) -> None:
    output = tmp_path / "out" / "scores.csv"
    output.parent.mkdir()
    code = stopped(number, patience, tmp_path, "evaluate", CONTOSO, "--as-of", "2021-05",
                   "--output", output)  # fmt: skip
    assert list(output.parent.iterdir()) == ([output] if code == 0 else [])
    assert code in (0, 3)


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
@pytest.mark.parametrize("number", mostly(STOPS[:1], STOPS))
def test_a_signal_to_stop_leaves_no_demo_data(tmp_path: Path, number: signal.Signals) -> None:
    out = tmp_path / "out"
    code = stopped(number, 2.5, tmp_path, "demo-data", out, "--partners", 2_000_000)
    assert (code, out.exists()) == (3, False)


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
@pytest.mark.parametrize("words", [("validate",), ("demo-data", "OUT", "--partners", "10")])
@pytest.mark.parametrize("patience", mostly([0.25], [0.15, 0.25, 0.4]))
def test_an_interrupt_while_it_starts(
    tmp_path: Path, words: tuple[str, ...], patience: float
) -> None:
    """What loads is broken off as quietly as what runs."""
    out = tmp_path / "out"
    words = tuple(str(out) if each == "OUT" else each for each in words)
    code = stopped(signal.SIGINT, patience, tmp_path, *words)
    assert code in (0, 3, -signal.SIGINT)  # the last is Python's, before it has begun
    assert code == 0 or not out.exists()
