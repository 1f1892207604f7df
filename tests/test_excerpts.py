"""Findings show the line that they point at; of a very long one the part around it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tierwise.diagnostics import Diagnostic, Span
from tierwise_cli.render.findings import print_findings


@pytest.mark.parametrize("before", [0, 3, 100, 500, 990])
def test_the_mark_stands_below_what_is_meant(before: int, tmp_path: Path) -> None:
    file = tmp_path / "long.yaml"
    file.write_text(f"{'x' * before}WRONG{'y' * (1000 - before)}\n", "utf-8")
    out = io.StringIO()
    span = Span(str(file), 1, before + 1, 1, before + 6)
    print_findings([Diagnostic("a-code", "no", span, "")], out)
    _, line, mark = out.getvalue().splitlines()
    assert line[mark.index("^") : mark.rindex("^") + 1] == "WRONG"
    assert len(line) < 200
