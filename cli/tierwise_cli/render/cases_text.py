"""What came of cases, for people: what failed, with its place, and how many passed."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import BinaryIO, TextIO

from tierwise.diagnostics import printable
from tierwise.tasks.test import CasesReport
from tierwise_cli.render.findings import print_findings


def print_report(report: CasesReport, out: TextIO) -> None:
    """Print everything found, and a line for each file."""
    print_findings(report.problems, out)
    for file in report.files:
        passed = sum(result.passed for result in file.cases)
        wrong = " and mistakes in the file" if file.findings else ""
        out.write(f"{printable(file.path)}: {passed} of {len(file.cases)} passed{wrong}\n")


def writer(report: CasesReport) -> Callable[[BinaryIO], None]:
    """A function that writes the same to a file."""
    text = io.StringIO()
    print_report(report, text)
    encoded = text.getvalue().encode("utf-8", "backslashreplace")

    def write(out: BinaryIO) -> None:
        out.write(encoded)

    return write


def summary(report: CasesReport) -> str:
    """One line about all of them."""
    results = report.results
    failed = sum(not result.passed for result in results)
    cases = f"{len(results)} case{'s' if len(results) != 1 else ''}"
    files = f"{len(report.files)} file{'s' if len(report.files) != 1 else ''}"
    return f"{cases} in {files}: {f'{failed} failed' if failed else 'all passed'}\n"
