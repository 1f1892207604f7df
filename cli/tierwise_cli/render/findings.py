"""Findings: for people with the line they point at, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from tierwise.diagnostics import Argument, Diagnostic, Place, Span, printable
from tierwise_cli.colour import coloured

_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "note": "\x1b[1;36m"}
_BOLD, _DIM, _OFF = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_MOST = 200
_LARGEST = 2_000_000
_WIDEST = 160
"""Letters of a line that are shown."""


def print_findings(findings: Sequence[Diagnostic], out: TextIO) -> None:
    """Print findings: place, what is wrong, the line it points at, what to do."""
    colour = coloured(out)
    for finding in findings[:_MOST]:
        out.write(_finding(finding, colour))
    if len(findings) > _MOST:
        out.write(f"... and {len(findings) - _MOST} more findings\n")


def _finding(finding: Diagnostic, colour: bool) -> str:
    severity = _paint(finding.severity, _COLOURS[finding.severity], colour)
    code = _paint(f"[{finding.code}]", _DIM, colour)
    place, message = printable(str(finding.place)), printable(finding.message)
    lines = [f"{_paint(place, _BOLD, colour)}: {severity}: {message} {code}"]
    if isinstance(finding.place, Span):
        lines.extend(_excerpt(finding.place, colour))
    if finding.hint:
        lines.append(f"    {printable(finding.hint)}")
    lines.extend(
        printable(f"    {related.place}: {related.message}") for related in finding.related
    )
    return "\n".join(lines) + "\n"


def _excerpt(span: Span, colour: bool) -> list[str]:
    """The line that a span points at, marked."""
    lines = _lines(span.path)
    text = lines[span.line - 1].replace("\t", " ") if span.line <= len(lines) else ""
    if not text.strip() or not text.isprintable():
        return []
    end = span.end_column if span.end_line == span.line else span.column + 1
    column, size = span.column - 1, max(1, min(end, len(text) + 1) - span.column)
    if len(text) > _WIDEST:  # a part of it around what is meant
        first = min(max(0, column - _WIDEST // 4), len(text) - _WIDEST)
        before, after = "... " if first else "", " ..." if first + _WIDEST < len(text) else ""
        size = min(size, first + _WIDEST - column)
        text = f"{before}{text[first : first + _WIDEST]}{after}"
        column += len(before) - first
    mark = "^" * size
    gutter = f"{span.line:>5} | "
    marked = " " * column + _paint(mark, _COLOURS["error"], colour)
    return [f"{gutter}{text}", f"{' ' * (len(gutter) - 2)}| {marked}"]


@lru_cache(maxsize=8)
def _lines(path: str) -> tuple[str, ...]:
    """The lines of a file; none of one that is too large to be a rule file."""
    file = Path(path)
    if not file.is_file() or file.stat().st_size > _LARGEST:
        return ()
    text = file.read_text(encoding="utf-8-sig", errors="replace")
    return tuple(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _paint(text: str, code: str, colour: bool) -> str:
    return f"{code}{text}{_OFF}" if colour else text


def findings_json(findings: Sequence[Diagnostic]) -> str:
    """Findings as a JSON document: ``{"findings": [...]}``."""
    items = [finding_dict(finding) for finding in findings]
    text = json.dumps({"findings": items}, ensure_ascii=False, indent=2) + "\n"
    return text.encode("utf-8", "backslashreplace").decode()  # a file's name need not be UTF-8


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
    if isinstance(place, Argument):
        return {"argument": place.path}
    return {"file": place.path, "row": place.row, "column": place.column}
