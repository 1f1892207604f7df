"""Findings: for people with the line they point at, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from tierwise.diagnostics import Diagnostic, Place, Span

_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m"}
_BOLD, _DIM, _OFF = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_MOST = 200


def print_findings(findings: Sequence[Diagnostic], out: TextIO) -> None:
    """Print findings: place, what is wrong, the line it points at, what to do."""
    colour = out.isatty()
    for finding in findings[:_MOST]:
        out.write(_finding(finding, colour))
    if len(findings) > _MOST:
        out.write(f"... and {len(findings) - _MOST} more findings\n")


def _finding(finding: Diagnostic, colour: bool) -> str:
    severity = _paint(finding.severity, _COLOURS[finding.severity], colour)
    code = _paint(f"[{finding.code}]", _DIM, colour)
    lines = [f"{_paint(str(finding.place), _BOLD, colour)}: {severity}: {finding.message} {code}"]
    if isinstance(finding.place, Span):
        lines.extend(_excerpt(finding.place, colour))
    if finding.hint:
        lines.append(f"    {finding.hint}")
    lines.extend(f"    {related.place}: {related.message}" for related in finding.related)
    return "\n".join(lines) + "\n"


def _excerpt(span: Span, colour: bool) -> list[str]:
    """The line that a span points at, marked."""
    path = Path(span.path)
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        text = next((line for number, line in enumerate(file, 1) if number == span.line), "")
    text = text.rstrip("\n").replace("\t", " ")
    if not text.strip() or len(text) > 160 or not text.isprintable():
        return []
    end = span.end_column if span.end_line == span.line else span.column + 1
    mark = "^" * max(1, min(end, len(text) + 1) - span.column)
    gutter = f"{span.line:>5} | "
    marked = " " * (span.column - 1) + _paint(mark, _COLOURS["error"], colour)
    return [f"{gutter}{text}", f"{' ' * (len(gutter) - 2)}| {marked}"]


def _paint(text: str, code: str, colour: bool) -> str:
    return f"{code}{text}{_OFF}" if colour else text


def findings_json(findings: Sequence[Diagnostic]) -> str:
    """Findings as a JSON document: ``{"findings": [...]}``."""
    items = [finding_dict(finding) for finding in findings]
    return json.dumps({"findings": items}, ensure_ascii=False, indent=2) + "\n"


def finding_dict(finding: Diagnostic) -> dict[str, object]:
    """One finding as plain data; its keys are always the same."""
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "hint": finding.hint,
        "place": _place(finding.place),
        "related": [
            {"place": _place(related.place), "message": related.message}
            for related in finding.related
        ],
    }


def _place(place: Place) -> dict[str, object]:
    if isinstance(place, Span):
        return {"file": place.path, "line": place.line, "column": place.column,
                "end_line": place.end_line, "end_column": place.end_column}  # fmt: skip
    return {"file": place.path, "row": place.row, "column": place.column}
