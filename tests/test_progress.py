"""What is shown to whoever waits at a terminal."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import pytest

import tierwise
from tierwise_cli import progress, stopped

CONTOSO = Path(__file__).parents[1] / "examples" / "contoso"


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch, patience: float) -> str:
    """What stands on a stream while and after something long is done."""
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "PATIENCE", patience)
    with progress.progress() as show:
        show("weighing [all] pears")
        time.sleep(0.3)  # one thing that takes long, of which nothing more is told
    return stream.getvalue()


def test_one_long_thing_is_shown_with_its_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(Terminal(), monkeypatch, 0.05)
    assert "weighing [all] pears 0:00:00" in text.replace("\x1b[33m", "").replace("\x1b[0m", "")
    assert text.endswith("\x1b[?25h\r\x1b[1A\x1b[2K")  # the cursor is back, and the line gone


def test_nothing_is_shown_of_what_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "weighing" not in shown(Terminal(), monkeypatch, 60)


def test_a_log_sees_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SELDOM", 0.1)
    begun = time.monotonic()
    lines = shown(io.StringIO(), monkeypatch, 0.0).splitlines()
    took = (
        time.monotonic() - begun
    )  # a machine may be slow: not how many lines, but how many in that time
    assert 1 <= len(lines) <= took / 0.1
    assert {*lines} <= {f"0:{second:02} weighing [all] pears" for second in range(int(took) + 1)}


def test_a_log_of_something_short_stays_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(io.StringIO(), monkeypatch, 0.0) == ""


@pytest.mark.parametrize("stream", [Terminal(), io.StringIO()], ids=["terminal", "file"])
def test_an_interrupt_that_a_library_kept_to_itself_comes_with_the_next_stage(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    with progress.progress() as show:
        show("opening the data")
        monkeypatch.setattr(stopped, "_told", True)
        with pytest.raises(KeyboardInterrupt):
            show("checking billings")


def test_rows_and_stages_are_told() -> None:
    told: list[str] = []
    tierwise.evaluate(CONTOSO, "2021-05", option="cloud-business-applications-smb",
                      competency="small-and-midmarket-cloud-solutions", progress=told.append)  # fmt: skip
    assert told[0] == "opening the data"
    assert "checking billings among the others: 138 rows" in told
    assert "checking billings row by row, after 721 rows" in told
    checked = [each.removeprefix("checking ") for each in told if each.startswith("checking ")]
    alone = [each.partition(" ")[0] for each in checked if " row by row" in each]
    among = [each.partition(" ")[0] for each in checked if " among the others: " in each]
    assert (
        alone == among[::-1] != []
    )  # what refers to others has most rows: plans are made meanwhile
    numbered = [each for each in told if each.endswith(f" of {told[-1].rpartition(' ')[2]}")]
    assert [each.rpartition("(")[2] for each in numbered] == [
        f"{place} of {len(numbered)})" for place in range(1, len(numbered) + 1)
    ]
